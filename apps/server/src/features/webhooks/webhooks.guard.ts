import { createHmac } from "node:crypto";
import { BlockList, isIP } from "node:net";

/** Where a webhook may not go: this machine, private networks, and what is nobody's address (RFC 6890). */
const private4 = [["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4]] as const;
/** All that is anybody's address in IPv6 lies in here (RFC 4291, 2.4): neither loopback, nor private ones, nor those that carry an IPv4 address for a gateway of ours to unpack. */
const PUBLIC6 = ["2000::", 3] as const;
/** But not these: protocols (Teredo and others, RFC 2928), documents (RFC 3849, RFC 9637), and 6to4, which carries an IPv4 address inside. */
const private6 = [["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20]] as const;

const blocked = new BlockList();
for (const [network, bits] of private4) blocked.addSubnet(network, bits, "ipv4");
for (const [network, bits] of private6) blocked.addSubnet(network, bits, "ipv6");

const global6 = new BlockList();
global6.addSubnet(...PUBLIC6, "ipv6");

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !blocked.check(address, "ipv4");
  return isIP(address) === 6 && global6.check(address, "ipv6") && !blocked.check(address, "ipv6");
}

/** Null when the address of a webhook may be tried at all; names are looked up when it is called. */
export function refusalOf(text: string, allowPrivate: boolean): "webhook_address" | null {
  if (!URL.canParse(text)) return "webhook_address";
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") return "webhook_address";
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  const isOurs = isIP(host) !== 0 ? !isPublic(host) : host === "localhost" || host.endsWith(".localhost");
  return isOurs && !allowPrivate ? "webhook_address" : null;
}

/** How the receiver knows that it was us, and when: HMAC-SHA-256 over moment and body with the webhook's secret. */
export const signatureOf = (secret: string, body: string, atMs: number): string => {
  const seconds = Math.floor(atMs / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
};

export const MAX_ATTEMPTS = 10;
/** 10 s, 30 s, 90 s … at most six hours: a day and a half in all. */
export const waitMs = (attempts: number): number => Math.min(6 * 3_600_000, 10_000 * 3 ** (attempts - 1));
