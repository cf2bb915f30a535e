import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { algorithmOf, digestField, digestHash, digestResponse, parseDigest, type DigestAlgorithm } from "./digest.ts";

export interface DigestRealmOptions {
  /** Shown to people who are asked for a password, and part of every HA1. */
  realm: string;
  /** In the order they are offered; default SHA-256 then MD5, strongest first (RFC 8760 §2.3). */
  algorithms?: readonly DigestAlgorithm[];
  /** A nonce older than this is answered with stale=true. Default 300 000. */
  nonceTtlMs?: number;
  /** Wall clock in milliseconds; default Date.now. */
  now?: () => number;
  /** Signs nonces; default random, so that a restart makes old nonces stale. Share it between nodes. */
  secret?: string;
}

/** What a server keeps for one realm: the key that signs nonces, and the nonce counts it has seen. Make it with `createDigestRealm`. */
export interface DigestRealm {
  readonly realm: string;
  readonly algorithms: readonly DigestAlgorithm[];
  readonly nonceTtlMs: number;
  readonly now: () => number;
  readonly secret: string;
  /** Highest nc accepted for each live nonce; oldest first. */
  readonly counts: Map<string, { nc: number; madeMs: number }>;
}

const MOST_NONCES = 100_000;

/** A realm with no nonces yet. Keep one for as long as the server runs: the counts that stop replays are in it. */
export function createDigestRealm(options: DigestRealmOptions): DigestRealm {
  return {
    realm: options.realm, algorithms: options.algorithms ?? ["SHA-256", "MD5"], nonceTtlMs: options.nonceTtlMs ?? 300_000,
    now: options.now ?? Date.now, secret: options.secret ?? randomBytes(32).toString("hex"), counts: new Map(),
  };
}

const sign = (realm: DigestRealm, stamp: string): string =>
  createHmac("sha256", realm.secret).update(`${stamp}:${realm.realm}`).digest("hex").slice(0, 32);

function newNonce(realm: DigestRealm): string {
  const stamp = `${Math.floor(realm.now()).toString(36)}.${randomBytes(8).toString("hex")}`;
  return `${stamp}.${sign(realm, stamp)}`;
}

/** When a nonce of ours was made, in milliseconds; null when it is not ours. */
function madeAt(realm: DigestRealm, nonce: string): number | null {
  const split = nonce.lastIndexOf(".");
  if (split < 0 || !sameText(nonce.slice(split + 1), sign(realm, nonce.slice(0, split)))) return null;
  return Number.parseInt(nonce.split(".", 1)[0]!, 36);
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Values for WWW-Authenticate (401) or Proxy-Authenticate (407), one row for each algorithm. A nonce is kept nowhere
 * until it is used, so that asking costs nothing.
 */
export function challenge(realm: DigestRealm, options: { isStale?: boolean } = {}): string[] {
  const nonce = newNonce(realm);
  const stale = options.isStale ? ", stale=true" : "";
  return realm.algorithms.map((algorithm) =>
    `Digest ${digestField("realm", realm.realm)}, ${digestField("nonce", nonce)}, algorithm=${algorithm}, qop="auth"${stale}`);
}

/** The credentials of an Authorization or Proxy-Authorization header. */
export interface DigestAuthorization {
  username: string; realm: string; nonce: string; uri: string; response: string;
  algorithm: DigestAlgorithm;
  qop: { nc: string; cnonce: string } | null;
}

/** Reads an Authorization value; null when it is missing, another scheme, malformed, or asks for what we do not do. Never throws. */
export function parseAuthorization(header: string | undefined): DigestAuthorization | null {
  const fields = header === undefined ? null : parseDigest(header);
  const algorithm = fields && algorithmOf(fields);
  if (!fields || !algorithm) return null;
  const [username, realm, nonce, uri, response] = ["username", "realm", "nonce", "uri", "response"].map((name) => fields.get(name));
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined) return null;
  const qop = readQop(fields);
  return qop === undefined ? null : { username, realm, nonce, uri, response: response.toLowerCase(), algorithm, qop };
}

/** Null: none given. Undefined: malformed, or auth-int. */
function readQop(fields: Map<string, string>): DigestAuthorization["qop"] | undefined {
  const said = fields.get("qop");
  if (said === undefined) return null;
  const nc = fields.get("nc") ?? "";
  const cnonce = fields.get("cnonce");
  if (said.toLowerCase() !== "auth" || cnonce === undefined || !/^[0-9a-f]{8}$/i.test(nc)) return undefined;
  return { nc, cnonce };
}

/**
 * `stale` means the password was right but the nonce has expired: challenge again with isStale. `replayed` means the
 * nonce count was seen before. All others: challenge again, or 403.
 */
export type DigestVerdict = "ok" | "wrong" | "stale" | "replayed" | "wrong_realm";

/**
 * Checks credentials against the stored HA1 of the user for `authorization.algorithm` (`digestHa1`). Pass null for a
 * user that does not exist: it takes as long and is `wrong`. A request repeated by its transport never comes here
 * twice, the transaction layer absorbs it, so each nonce count is good for one request (RFC 7616 §3.4).
 */
export function verifyDigest(realm: DigestRealm, input: { method: string; authorization: DigestAuthorization; ha1: string | null }): DigestVerdict {
  const { method, authorization, ha1 } = input;
  const { algorithm, uri, nonce, qop } = authorization;
  if (authorization.realm !== realm.realm || !realm.algorithms.includes(algorithm)) return "wrong_realm";
  const expected = digestResponse({ algorithm, ha1: ha1 ?? digestHash(algorithm, realm.secret), method, uri, nonce, qop });
  if (!sameText(expected, authorization.response) || ha1 === null) return "wrong";
  const madeMs = madeAt(realm, nonce);
  if (madeMs === null || realm.now() - madeMs > realm.nonceTtlMs) return "stale";
  return takeCount(realm, { nonce, madeMs, nc: qop ? Number.parseInt(qop.nc, 16) : 1 }) ? "ok" : "replayed";
}

/** Accepts each count of a nonce once, in rising order; without qop a nonce is good once. */
function takeCount(realm: DigestRealm, use: { nonce: string; madeMs: number; nc: number }): boolean {
  const { counts } = realm;
  const last = counts.get(use.nonce);
  if (last) {
    if (use.nc <= last.nc) return false;
    last.nc = use.nc;
    return true;
  }
  for (const [nonce, { madeMs }] of counts) {
    if (counts.size < MOST_NONCES && realm.now() - madeMs <= realm.nonceTtlMs) break;
    counts.delete(nonce);
  }
  counts.set(use.nonce, { nc: use.nc, madeMs: use.madeMs });
  return true;
}
