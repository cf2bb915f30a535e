import { isTokenText, noParams, parseParams, quote, skipQuoted, skipSpace, topComma, unquote, type Params } from "./params.ts";
import { parseHostPort, parseUnsigned, parseUri, type SipUri } from "./uri.ts";

/** From, To, Contact, Route, Record-Route: a URI with an optional name and parameters (RFC 3261 §20.10). */
export interface NameAddr {
  /** Without quotes and escapes; null when absent or empty. */
  display: string | null;
  uri: SipUri;
  /** Header parameters (after ">"), not those of the URI. */
  params: Params;
  tag: string | null;
}

/** One hop of a Via header (§20.42). */
export interface Via {
  /** "2.0" in everything we understand. */
  version: string;
  /** Upper case: UDP, TCP, TLS, SCTP or anything else. */
  transport: string;
  host: string;
  port: number | null;
  params: Params;
  branch: string | null;
  text: string;
}

/** Sequence number and method (§20.16); the number is below 2³¹. */
export interface CSeq { number: number; method: string }

/** Display names without quotes are tokens; we refuse only what makes the header ambiguous. */
function isBareDisplay(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 44 || code === 58 || code === 59 || code === 92) return false;
  }
  return true;
}

/** Where "<" of the name-addr is; -1: there is none; -2: the display name is malformed. */
function findBracket(text: string): number {
  if (text.charCodeAt(0) === 34) {
    const end = skipQuoted(text, 0);
    const at = end < 0 ? -1 : skipSpace(text, end);
    return at > 0 && text.charCodeAt(at) === 60 ? at : -2;
  }
  const at = text.indexOf("<");
  if (at <= 0) return at;
  // "sip:a@b;x="<"" has its bracket in a parameter: then this is an addr-spec, not a name-addr.
  if (isBareDisplay(text.slice(0, at))) return at;
  return text.indexOf(";") < at && text.indexOf(":") < text.indexOf(";") && !text.includes(",") ? -1 : -2;
}

/**
 * Reads one name-addr or addr-spec with header parameters. Null when malformed. An addr-spec outside "<>" must not
 * contain ",", ";" or "?" (§20), so parameters after it belong to the header. Never throws.
 */
export function parseNameAddr(value: string): NameAddr | null {
  const text = value.trim();
  const bracket = findBracket(text);
  if (bracket === -2) return null;
  if (bracket >= 0) {
    const close = text.indexOf(">", bracket);
    if (close < 0) return null;
    const display = unquote(text.slice(0, bracket).trim());
    return assemble(display, text.slice(bracket + 1, close), text, close + 1);
  }
  const semicolon = text.indexOf(";");
  const end = semicolon < 0 ? text.length : semicolon;
  const uri = text.slice(0, end).trimEnd();
  if (uri.includes("?") || uri.includes(",")) return null;
  return assemble("", uri, text, end);
}

function assemble(display: string, uriText: string, text: string, paramsAt: number): NameAddr | null {
  const uri = parseUri(uriText);
  if (!uri) return null;
  const params = paramsAt === text.length ? noParams : parseParams(text, paramsAt);
  if (!params) return null;
  return { display: display === "" ? null : display, uri, params, tag: params.get("tag") ?? null };
}

/** Writes a name-addr, always with "<>", parameters included. */
export function writeNameAddr(value: NameAddr): string {
  let text = value.display === null ? `<${value.uri.text}>` : `${quote(value.display)} <${value.uri.text}>`;
  for (const [name, param] of value.params) text += param === null ? `;${name}` : `;${name}=${param}`;
  return text;
}

/** Every name-addr of a header row; null when one of them is malformed. */
export function parseNameAddrs(rows: string[], split: (row: string) => string[]): NameAddr[] | null {
  const all: NameAddr[] = [];
  for (const row of rows) {
    for (const part of split(row)) {
      const parsed = parseNameAddr(part);
      if (!parsed) return null;
      all.push(parsed);
    }
  }
  return all;
}

const slash = (text: string, at: number): number => {
  const next = skipSpace(text, at);
  return text.charCodeAt(next) === 47 ? skipSpace(text, next + 1) : -1;
};

/** Where the sent-protocol ends, and what it says; spaces around the slashes are legal. Null when malformed. */
function readProtocol(text: string): { version: string; transport: string; end: number } | null {
  if (text.startsWith("SIP/2.0/UDP ")) return { version: "2.0", transport: "UDP", end: 12 };
  if (text.startsWith("SIP/2.0/TCP ")) return { version: "2.0", transport: "TCP", end: 12 };
  if (!/^sip\b/i.test(text)) return null;
  const versionAt = slash(text, 3);
  if (versionAt < 0) return null;
  let versionEnd = versionAt;
  while (versionEnd < text.length && !" \t/".includes(text[versionEnd]!)) versionEnd++;
  const transportAt = slash(text, versionEnd);
  if (transportAt < 0) return null;
  let end = transportAt;
  while (end < text.length && !" \t".includes(text[end]!)) end++;
  const transport = text.slice(transportAt, end);
  if (!isTokenText(transport)) return null;
  return { version: text.slice(versionAt, versionEnd), transport: transport.toUpperCase(), end };
}

/** Reads one Via hop; null when malformed. Never throws. */
export function parseVia(text: string): Via | null {
  const protocol = readProtocol(text);
  if (!protocol) return null;
  const from = skipSpace(text, protocol.end);
  const semicolon = text.indexOf(";", from);
  const end = semicolon < 0 ? text.length : semicolon;
  let sentBy = text.slice(from, end);
  if (sentBy.includes(" ") || sentBy.includes("\t")) sentBy = sentBy.split(":").map((part) => part.trim()).join(":");
  const hostPort = parseHostPort(sentBy);
  const params = parseParams(text, end);
  if (!hostPort || !params) return null;
  const { version, transport } = protocol;
  return { version, transport, host: hostPort.host, port: hostPort.port, params, branch: params.get("branch") ?? null, text };
}

/** The first hop of a Via row that may hold several. */
export function firstVia(row: string): string {
  const comma = topComma(row, 0);
  return comma < 0 ? row : row.slice(0, comma).trimEnd();
}

/** Reads CSeq; the number must be below 2^31 (§8.1.1.5). Null when malformed. */
export function parseCSeq(text: string): CSeq | null {
  let end = 0;
  while (end < text.length && text.charCodeAt(end) > 32) end++;
  const number = parseUnsigned(text.slice(0, end), 2 ** 31 - 1);
  const method = text.slice(skipSpace(text, end));
  return number === null || !isTokenText(method) ? null : { number, method };
}
