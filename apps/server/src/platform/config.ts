import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";

/** The only file that reads `process.env`. Every setting: name, default, one sentence. */
function int(min: number, max: number, fallback: number) {
  const text = `a whole number from ${min} to ${max}`;
  return z.coerce.number(text).int(text).min(min, text).max(max, text).default(fallback);
}
const flag = (fallback: boolean) => z.enum(["0", "1", "true", "false"], "0 or 1").default(fallback ? "1" : "0").transform((v) => v === "1" || v === "true");
const list = (fallback: string) => z.string().default(fallback).transform((v) => v.split(/[\s,]+/).filter(Boolean));
const isNetwork = (text: string): boolean => {
  const [address = "", bits, ...rest] = text.split("/");
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
};

/** How many proxies stand in front, or which: what they say of the caller is believed, and nothing beyond. */
const proxies = z.string().default("0").transform((text, check): false | number | string[] => {
  if (text === "true") return 1;
  if (text === "false" || text === "0") return false;
  if (/^[1-9]$/.test(text)) return Number(text);
  const networks = text.split(/[\s,]+/).filter(Boolean);
  if (networks.length === 0 || !networks.every(isNetwork)) check.addIssue({ code: "custom", message: "a number of proxies from 0 to 9, or their addresses and networks" });
  return networks;
});
const url = (...protocols: string[]) => z.string().default("").refine((text) => text === "" || (URL.canParse(text) && protocols.includes(new URL(text).protocol)), `an address that begins with ${protocols.map((each) => `${each}//`).join(" or ")}`);
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
const isSipTarget = (text: string): boolean => {
  const port = /^sips?:(?:[^@\s;]+@)?(?:\[[\da-f:.]+\]|[\w.-]*\w)(?::(\d+))?(?:;[^\s]+)?$/i.exec(text);
  return port !== null && (port[1] === undefined || isPort(port[1]));
};
const isRange = (text: string): boolean => {
  const [from = "", to = ""] = text.split("-");
  return isPort(from) && isPort(to) && Number(to) - Number(from) >= 2;
};

export const ROLES = ["web", "voice", "media", "router", "jobs"] as const;
export type Role = (typeof ROLES)[number];

export const configSchema = z.object({
  LINIJA_ROLES: list(ROLES.join(",")).pipe(z.array(z.enum(ROLES, `any of ${ROLES.join(", ")}`)).min(1)).describe("Which roles this node runs"),
  LINIJA_DATA: z.string().default(".linija").describe("Folder for the database, recordings and attachments"),
  LINIJA_PROJECTS: z.string().default("").describe("Folder of declarations; empty uses the one that comes with Linija"),
  LINIJA_DEMO: flag(true).describe("Load the demo company when the database is empty and run the demo mail server"),
  LINIJA_DEMO_PASSWORD: z.string().min(8, "at least 8 characters").default("linija-demo").describe("Password of every demo account"),
  LINIJA_ADMIN_LOGIN: z.string().regex(/^[\w.@-]{2,80}$/, "2 to 80 letters, digits, dots, dashes, @").default("admin").describe("Sign-in name of the first administrator, made when there is no user and no demo"),
  LINIJA_ADMIN_PASSWORD: z.string().refine((value) => value === "" || value.length >= 12, "at least 12 characters").default("").describe("Password of the same; empty makes one, told once by the start that makes it. Not looked at later"),
  LINIJA_KEY: z.string().refine((value) => value === "" || Buffer.from(value, "base64").length === 32, "32 bytes in base64").default("").describe("Key that seals secrets in the database, 32 bytes in base64, the same on every node; empty uses secret.key in LINIJA_DATA, made by the first start"),
  WEBHOOK_PRIVATE: flag(false).describe("Let webhooks call addresses of this machine and of private networks"),
  DATABASE_URL: url("postgres:", "postgresql:", "socket:").describe("PostgreSQL ≥ 15; empty starts the embedded one"),
  DATABASE_POOL: int(2, 100, 16).describe("Connections of this node to PostgreSQL"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"], "debug, info, warn or error").default("info").describe("What is written to the log"),
  LOG_FILE: z.string().default("").describe("Log file; empty writes to standard output"),
  HTTP_HOST: z.string().default("127.0.0.1").describe("Address the desk, the API and the status page listen on"),
  HTTP_PORT: int(0, 65_535, 8080).describe("Port of the same; when taken, the next free one is used"),
  PUBLIC_URL: url("http:", "https:").describe("Address clients see in links; empty uses the one listened on"),
  TRUST_PROXY: proxies.describe("Reverse proxies in front whose X-Forwarded-For is believed: how many there are (1 for one), or their addresses and networks with commas; 0 believes nobody"),
  SIP_HOST: z.string().default("127.0.0.1").describe("Address SIP listens on (UDP and TCP)"),
  SIP_PORT: int(0, 65_535, 5060).describe("Port of the same; when taken, the next free one is used"),
  SIP_ADVERTISE: z.string().default("").describe("Address put into SIP and SDP; empty uses SIP_HOST"),
  SIP_TRUNK: z.string().default("").refine((text) => text === "" || isSipTarget(text), "an address such as sip:10.0.0.5:5060;transport=udp").describe("Where calls to outside numbers go, for example sip:10.0.0.5:5060;transport=udp"),
  SIP_TRUNK_USER: z.string().default("").describe("Digest user name at the trunk"),
  SIP_TRUNK_PASSWORD: z.string().default("").describe("Digest password at the trunk"),
  SIP_TRUNK_CALLER: z.string().default("").describe("Caller id for outgoing calls; empty uses the project's number"),
  SIP_FLOOD_PER_S: int(1, 1_000_000, 1000).describe("New SIP requests one address may send in a second; more are refused with 503"),
  SIP_DIGEST: list("MD5").pipe(z.array(z.enum(["MD5", "SHA-256"], "MD5, SHA-256 or both")).min(1)).describe("Challenges sent to operators' phones, for example SHA-256,MD5; some phones of today register only when MD5 stands alone"),
  SIP_CALLS_MAX: int(1, 100_000, 2000).describe("Live calls on this node; the next one is refused with 503 and Retry-After"),
  SIP_CALLS_PER_HOST: int(0, 100_000, 100).describe("Live calls one address may make to us, a fifth of them answered and not yet acknowledged; the next one is refused with 503 and Retry-After. The trunk (SIP_TRUNK) and addresses of registered phones are not limited; 0 limits nobody"),
  SIP_CALLS_PER_HOST_EXCEPT: list("127.0.0.0/8,::1").pipe(z.array(z.string().refine(isNetwork, "an address or a network"))).describe("Addresses and networks that limit does not count for, with commas: this machine itself, other addresses of the trunk"),
  MEDIA_WORKERS: int(1, 64, 2).describe("Media processes"),
  MEDIA_ADDRESS: z.string().default("").describe("Where a separate media node listens or is reached (host:port, several with commas: a process each); empty starts media processes as children"),
  MEDIA_PORTS: z.string().refine(isRange, "two ports from 1 to 65535, the lower one first, such as 20000-39998").default("20000-39998").describe("UDP ports for RTP"),
  MEDIA_HOST: z.string().default("").describe("Address put into SDP for media; empty uses SIP_ADVERTISE"),
  MEDIA_LATCH: z.enum(["signalled", "any"], "signalled or any").default("signalled").describe("Whose sound a phone's line believes: signalled takes only the address in SDP and the one SIP came from; any also takes whoever sends first, for trunks whose media comes from elsewhere"),
  RING_MS: int(5_000, 120_000, 20_000).describe("How long one operator rings before the next"),
  LEG_RETURN_MS: int(1_000, 120_000, 30_000).describe("How long a client waits for an operator whose browser was lost"),
  SMTP_URL: url("smtp:", "smtps:").describe("Outgoing mail, for example smtp://user:pass@mail:587; empty uses the demo mail server, and without the demo (LINIJA_DEMO=0) no mail leaves"),
  SMTP_DEMO_PORT: int(0, 65_535, 2525).describe("Port of the demo mail server on loopback"),
  RPC_PORT: int(0, 65_535, 0).describe("Port on which other nodes of this installation reach this one"),
  RPC_HOST: z.string().default("127.0.0.1").describe("Address of the same"),
  UNCONFIRMED_AFTER_S: int(1, 31_536_000, 259_200).describe("Silence after which a solved ticket closes as unconfirmed"),
  STOP_GRACE_MS: int(0, 3_600_000, 15_000).describe("How long a graceful stop lets live calls finish"),
});
export type Config = z.infer<typeof configSchema>;

/** Reads the environment and an optional `.env`; throws one error that lists every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env, folder = process.cwd()): Config {
  const merged: Record<string, string | undefined> = { ...readDotEnv(resolve(folder, ".env")), ...env };
  const known = Object.fromEntries(Object.keys(configSchema.shape).flatMap((key) => (merged[key] ? [[key, merged[key]]] : [])));
  const parsed = configSchema.safeParse(known);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The settings cannot be used:\n${lines.join("\n")}`);
  }
  const reached = isDemoKnownToAll(parsed.data) ? outsideOf(parsed.data) : [];
  if (reached.length > 0) throw new Error(`The settings cannot be used:\n  ${reached.join(", ")}: others could sign in with the demo's known password; set LINIJA_DEMO=0, or a LINIJA_DEMO_PASSWORD of your own`);
  return { ...parsed.data, LINIJA_DATA: resolve(folder, parsed.data.LINIJA_DATA) };
}

/** The demo's accounts, and its telephones, have the password that stands in the README. */
const isDemoKnownToAll = ({ LINIJA_DEMO, LINIJA_DEMO_PASSWORD }: Config): boolean => LINIJA_DEMO && LINIJA_DEMO_PASSWORD === "linija-demo";

/** The settings by which somebody beyond this machine comes in: to the desk, also through a proxy, or to SIP. */
function outsideOf({ LINIJA_ROLES, HTTP_HOST, TRUST_PROXY, PUBLIC_URL, SIP_HOST }: Config): string[] {
  const web = LINIJA_ROLES.includes("web");
  const doors = { HTTP_HOST: web && !isLoopback(HTTP_HOST), TRUST_PROXY: web && TRUST_PROXY !== false, PUBLIC_URL: web && PUBLIC_URL !== "" && !isLoopback(new URL(PUBLIC_URL).hostname), SIP_HOST: LINIJA_ROLES.includes("voice") && !isLoopback(SIP_HOST) };
  return Object.entries(doors).flatMap(([name, isOpen]) => (isOpen ? [name] : []));
}

function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

function readDotEnv(path: string): Record<string, string> {
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, "utf8").split("\n").map((line) => line.trim());
  const pairs = lines.filter((line) => line && !line.startsWith("#") && line.includes("="));
  return Object.fromEntries(pairs.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]));
}

/** `.env.example`, written from the schema so that it cannot fall behind. */
export function envExample(): string {
  const lines = Object.entries(configSchema.shape).map(([key, field]) => {
    const fallback = field.safeParse(undefined);
    const value = fallback.success ? String(fallback.data) : "";
    return `# ${field.description ?? ""}\n#${key}=${value}\n`;
  });
  return lines.join("\n");
}
