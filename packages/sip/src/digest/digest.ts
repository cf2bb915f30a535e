import { createHash } from "node:crypto";
import { isTokenText, quote, skipQuoted, skipSpace, unquote } from "../message/params.ts";

/** MD5 of RFC 3261 §22, SHA-256 of RFC 8760. */
export type DigestAlgorithm = "MD5" | "SHA-256";

/** What a client answers a challenge with, whatever its realm. */
export interface Credentials { username: string; password: string }

/** Lower-case hexadecimal hash of UTF-8 text. */
export const digestHash = (algorithm: DigestAlgorithm, text: string): string =>
  createHash(algorithm === "MD5" ? "md5" : "sha256").update(text).digest("hex");

/** HA1 = H(username:realm:password), which a registrar may store in place of the password. */
export const digestHa1 = (algorithm: DigestAlgorithm, username: string, realm: string, password: string): string =>
  digestHash(algorithm, `${username}:${realm}:${password}`);

/** What goes into the `response` of a Digest answer. */
export interface DigestInput {
  algorithm: DigestAlgorithm;
  /** `digestHa1` of the user. */
  ha1: string;
  method: string;
  /** The `uri` field as the client wrote it, which is its Request-URI. */
  uri: string;
  nonce: string;
  /** Null for the form of RFC 2069, without qop. */
  qop: { nc: string; cnonce: string } | null;
}

/** The `response` value (RFC 7616 §3.4.1, qop=auth or none). */
export function digestResponse(input: DigestInput): string {
  const { algorithm, ha1, method, uri, nonce, qop } = input;
  const ha2 = digestHash(algorithm, `${method}:${uri}`);
  return digestHash(algorithm, qop ? `${ha1}:${nonce}:${qop.nc}:${qop.cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
}

/** Reads "Digest name=value, name="value"": lower-case names, values without quotes. Null when it is another scheme or malformed. */
export function parseDigest(header: string): Map<string, string> | null {
  const text = header.trim();
  if (!/^digest[ \t]/i.test(text)) return null;
  const fields = new Map<string, string>();
  for (let at = 7; at < text.length; ) {
    at = skipSpace(text, at);
    const equals = text.indexOf("=", at);
    if (equals < 0) return null;
    const name = text.slice(at, equals).trim().toLowerCase();
    if (!isTokenText(name) || fields.has(name) || fields.size >= 32) return null;
    const from = skipSpace(text, equals + 1);
    const end = text[from] === '"' ? skipQuoted(text, from) : endOfToken(text, from);
    if (end < 0) return null;
    fields.set(name, unquote(text.slice(from, end).trim()));
    at = skipSpace(text, end);
    if (at < text.length && text[at] !== ",") return null;
    at++;
  }
  return fields.size > 0 ? fields : null;
}

function endOfToken(text: string, from: number): number {
  const comma = text.indexOf(",", from);
  return comma < 0 ? text.length : comma;
}

/** The algorithm a challenge or an answer names; absent means MD5. Null when it is one we do not do. */
export function algorithmOf(fields: Map<string, string>): DigestAlgorithm | null {
  const name = (fields.get("algorithm") ?? "MD5").toUpperCase();
  return name === "MD5" || name === "SHA-256" ? name : null;
}

/** One field of a Digest header, quoted. */
export const digestField = (name: string, value: string): string => `${name}=${quote(value)}`;
