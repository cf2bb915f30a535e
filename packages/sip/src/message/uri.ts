import { noParams, parseParams, type Params } from "./params.ts";

/** A URI of any scheme. Only sip and sips have their parts taken apart; of others `opaque` is what follows the colon. */
export interface SipUri {
  /** Lower case, without the colon. */
  scheme: string;
  /** As written, escapes kept (§19.1.2); null when there is none. `unescapeUser` gives the meaning. */
  user: string | null;
  password: string | null;
  /** Lower case; IPv6 in its brackets. Empty for schemes other than sip and sips. */
  host: string;
  port: number | null;
  params: Params;
  /** What follows "?", as written; null when there is none. */
  headers: string | null;
  opaque: string | null;
  /** The URI as it was written. */
  text: string;
}

/** Control characters, space, quotes, angle brackets: never part of a URI. */
function hasUriBreaker(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 34 || code === 60 || code === 62 || code === 127) return true;
  }
  return false;
}

function isScheme(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 32;
    const isLetter = code >= 97 && code <= 122;
    if (!isLetter && (i === 0 || !isSchemeRest(text.charCodeAt(i)))) return false;
  }
  return text.length > 0;
}

const isSchemeRest = (code: number): boolean => (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;

/** Letters, digits, "-", "." and, because real networks use it, "_". */
export function isHostName(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isWord = (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isWord && code !== 45 && code !== 46 && code !== 95) return false;
  }
  return text.length > 0;
}

function isIpv6Reference(text: string): boolean {
  for (let i = 1; i < text.length - 1; i++) {
    const code = text.charCodeAt(i) | 32;
    const isHex = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
    if (!isHex && text[i] !== ":" && text[i] !== ".") return false;
  }
  return text.length > 3;
}

/** Reads "host[:port]"; null when either is malformed. */
export function parseHostPort(text: string): { host: string; port: number | null } | null {
  const isIpv6 = text.charCodeAt(0) === 91;
  const hostEnd = isIpv6 ? text.indexOf("]") + 1 : text.indexOf(":");
  const host = hostEnd < 0 ? text : text.slice(0, hostEnd);
  if (isIpv6 ? !isIpv6Reference(host) : !isHostName(host)) return null;
  if (hostEnd < 0 || hostEnd === text.length) return { host: host.toLowerCase(), port: null };
  const port = text.charCodeAt(hostEnd) === 58 ? parseUnsigned(text.slice(hostEnd + 1), 65_535) : null;
  return port === null ? null : { host: host.toLowerCase(), port };
}

/** Decimal digits only, at most `max`; null otherwise. Leading zeros are allowed, as in "Max-Forwards: 0068". */
export function parseUnsigned(text: string, max: number): number | null {
  if (text.length === 0) return null;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
    if (value > max) return null;
  }
  return value;
}

/**
 * Reads a URI (RFC 3261 §19.1). Unknown schemes are kept whole; null when the text is not a URI at all or is a
 * malformed sip URI. Never throws.
 */
export function parseUri(text: string): SipUri | null {
  const colon = text.indexOf(":");
  if (colon < 1 || hasUriBreaker(text)) return null;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === "sip" || scheme === "sips") return parseSip(text, scheme, colon + 1);
  if (!isScheme(scheme) || colon + 1 === text.length) return null;
  const opaque = text.slice(colon + 1);
  return { scheme, user: null, password: null, host: "", port: null, params: noParams, headers: null, opaque, text };
}

function parseSip(text: string, scheme: string, from: number): SipUri | null {
  const at = text.indexOf("@", from);
  const info = at < 0 ? noUser : splitUser(text.slice(from, at));
  if (!info || (at > 0 && text.includes("@", at + 1))) return null;
  if (at > 0) from = at + 1;
  const question = text.indexOf("?", from);
  const headers = question < 0 ? null : text.slice(question + 1);
  const rest = question < 0 ? text : text.slice(0, question);
  const semicolon = rest.indexOf(";", from);
  const hostPort = parseHostPort(semicolon < 0 ? rest.slice(from) : rest.slice(from, semicolon));
  const params = semicolon < 0 ? noParams : parseParams(rest, semicolon);
  if (!hostPort || !params) return null;
  return { scheme, ...info, ...hostPort, params, headers, opaque: null, text };
}

const noUser: { user: string | null; password: string | null } = { user: null, password: null };

/** "user[:password]"; null when the user is empty. */
function splitUser(info: string): typeof noUser | null {
  const colon = info.indexOf(":");
  if (colon === 0 || info === "") return null;
  return colon < 0 ? { user: info, password: null } : { user: info.slice(0, colon), password: info.slice(colon + 1) };
}

/** The user part with its %-escapes resolved; null when the URI has no user. A tel URI gives its number. */
export function unescapeUser(uri: SipUri): string | null {
  const user = uri.user ?? (uri.scheme === "tel" ? (uri.opaque?.split(";")[0] ?? null) : null);
  if (user === null || !user.includes("%")) return user;
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** Writes a user part so that it is legal in a sip URI (§25.1 `user`). */
export const escapeUser = (user: string): string =>
  encodeURIComponent(user).replace(/%(24|26|2B|2C|2F|3B|3D|3F)/g, (escaped) => decodeURIComponent(escaped));

/** The sip URI of a user at a host, escaped. */
export const sipUri = (user: string, host: string, port?: number): string => `sip:${escapeUser(user)}@${host}${port === undefined ? "" : `:${port}`}`;
