import { createHmac } from "node:crypto";
import { BlockList, isIP } from "node:net";

/** Where a webhook may not go: this machine, private networks, and what is nobody's address (RFC 6890). */
const private4 = [["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4]] as const;
/** The last two carry an IPv4 address inside, which could be any. */
const private6 = [["::", 128], ["::1", 128], ["100::", 64], ["2001:db8::", 32], ["fc00::", 7], ["fe80::", 10], ["fec0::", 10], ["ff00::", 8], ["64:ff9b::", 96], ["2002::", 16]] as const;

const blocked = new BlockList();
for (const [network, bits] of private4) blocked.addSubnet(network, bits, "ipv4");
for (const [network, bits] of private6) blocked.addSubnet(network, bits, "ipv6");

export function isPublic(address: string): boolean {
  const family = isIP(address);
  // A subnet of mapped addresses in the list would block all of IPv4 with it.
  if (family === 6 && /^(0*:)*:?(0*:)*ffff:/i.test(address)) return false;
  return family !== 0 && !blocked.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Null when the address of a webhook may be tried at all; names are looked up when it is called. */
export function refusalOf(text: string, allowPrivate: boolean): "webhook_address" | null {
  if (!URL.canParse(text)) return "webhook_address";
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") return "webhook_address";
  const host = url.hostname.replace(/^\[|\]$/g, "");
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
