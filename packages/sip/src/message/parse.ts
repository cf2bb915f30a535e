import { isUtf8 } from "node:buffer";
import { SipRequest, SipResponse, type Problem, type SipMessage } from "./message.ts";
import { isTokenCode, isTokenText } from "./params.ts";
import { parseUnsigned } from "./uri.ts";

/** How large a message may be; beyond, it is refused, never cut. */
export interface ParseLimits {
  /** Start line and headers, in bytes; more is 513. */
  headBytes: number;
  /** Header rows; more is 400. */
  headers: number;
  /** Body, in bytes; more is 413. */
  bodyBytes: number;
}

/** What a stack takes unless told otherwise. */
export const defaultLimits: ParseLimits = { headBytes: 16_384, headers: 128, bodyBytes: 65_536 };

const canonical = new Map<string, { name: string; single: number }>();
// Headers that may stand only once (§7.3.1): each has a bit, so that a second one is seen without a search.
const singles = ["from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"];
const longOf: Record<string, string> = {
  v: "via", f: "from", t: "to", i: "call-id", m: "contact", l: "content-length", c: "content-type", e: "content-encoding",
  k: "supported", s: "subject", o: "event", r: "refer-to", b: "referred-by", u: "allow-events", x: "session-expires",
  a: "accept-contact", d: "request-disposition", j: "reject-contact", y: "identity",
};
const commonSpellings = [
  "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Content-Type", "Route",
  "Record-Route", "User-Agent", "Server", "Allow", "Supported", "Require", "Proxy-Require", "Accept", "Expires", "Reason",
  "Subject", "Date", "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Retry-After",
  "P-Asserted-Identity", "Session-Expires", "Min-SE", "Privacy", "Allow-Events", "Accept-Language", "Accept-Encoding",
];

function learn(spelling: string): void {
  const lower = spelling.toLowerCase();
  const name = longOf[lower] ?? lower;
  canonical.set(spelling, { name, single: 1 << (singles.indexOf(name) + 1) });
}
for (const spelling of [...commonSpellings, ...Object.keys(longOf)]) {
  learn(spelling);
  learn(spelling.toLowerCase());
  learn(spelling.toUpperCase());
}

function nameOf(spelling: string): { name: string; single: number } {
  const known = canonical.get(spelling);
  if (known) return known;
  const lower = spelling.toLowerCase();
  return canonical.get(lower) ?? { name: lower, single: 1 };
}

/** Header name in the form `SipMessage.get` wants: lower case, compact forms made long. */
export const canonicalName = (spelling: string): string => nameOf(spelling).name;

const blame = (message: SipMessage, status: number, reason: string): void => {
  message.problem ??= { status, reason };
};

/**
 * Reads one message from one datagram, or from one frame of a stream (RFC 3261 §7). Bytes after the body that
 * Content-Length announces are ignored (§18.3). Null when there is no start line to speak of; otherwise what is wrong
 * stands in `problem`, and as much is filled in as an answer needs. Never throws.
 */
export function parseMessage(data: Buffer, limits: ParseLimits = defaultLimits): SipRequest | SipResponse | null {
  const blank = data.indexOf("\r\n\r\n");
  const headEnd = Math.min(blank < 0 ? data.length : blank, limits.headBytes);
  const isText = isUtf8(data.subarray(0, headEnd));
  const head = isText ? data.toString("utf8", 0, headEnd) : data.toString("latin1", 0, headEnd);
  const lineEnd = head.indexOf("\r\n");
  const message = parseStartLine(lineEnd < 0 ? head : head.slice(0, lineEnd));
  if (!message) return null;
  if (!isText) message.encoding = "latin1";
  if (headEnd === limits.headBytes) blame(message, 513, "Message Too Large");
  if (lineEnd >= 0) readHeaders(message, head, lineEnd + 2, limits.headers);
  if (blank < 0) blame(message, 400, "Headers do not end");
  else takeBody(message, data, blank + 4, limits.bodyBytes);
  return message;
}

function parseStartLine(line: string): SipRequest | SipResponse | null {
  if (line.startsWith("SIP/")) return parseStatusLine(line);
  const methodEnd = line.indexOf(" ");
  const uriEnd = line.lastIndexOf(" SIP/");
  if (methodEnd < 1 || uriEnd < methodEnd) return null;
  const method = line.slice(0, methodEnd);
  if (!isTokenText(method)) return null;
  const version = line.slice(uriEnd + 1).trimEnd();
  const request = new SipRequest(method, line.slice(methodEnd + 1, Math.max(methodEnd + 1, uriEnd)), version);
  if (version !== "SIP/2.0") request.problem = badVersion(version);
  // §7.1: single spaces, none at the end; "<" and spaces in the Request-URI are refused with the URI itself.
  else if (line.length !== uriEnd + 8) blame(request, 400, "Spaces after the request line");
  return request;
}

const badVersion = (version: string): Problem =>
  /^SIP\/\d+\.\d+$/.test(version) ? { status: 505, reason: "Version Not Supported" } : { status: 400, reason: "Malformed SIP version" };

function parseStatusLine(line: string): SipResponse | null {
  const versionEnd = line.indexOf(" ");
  if (versionEnd < 0) return null;
  const statusEnd = line.indexOf(" ", versionEnd + 1);
  const end = statusEnd < 0 ? line.length : statusEnd;
  const status = parseUnsigned(line.slice(versionEnd + 1, end), 699);
  const response = new SipResponse(status ?? 0, line.slice(end + 1), line.slice(0, versionEnd));
  if (status === null || status < 100) blame(response, 400, "Status out of range");
  if (response.version !== "SIP/2.0") blame(response, 505, "Version Not Supported");
  return response;
}

function readHeaders(message: SipMessage, head: string, from: number, most: number): void {
  let seen = 0;
  for (let at = from; at < head.length; ) {
    let end = head.indexOf("\n", at);
    if (end < 0) end = head.length + 1;
    else if (head.charCodeAt(end - 1) !== 13) blame(message, 400, "Line not ended by CRLF");
    const next = isFold(head, end + 1) ? foldedEnd(head, end + 1) : end;
    const colon = nameEnd(head, at, end - 1);
    if (colon < 0) blame(message, 400, "Header line without a name");
    else {
      const { name, single } = nameOf(head.slice(at, colon).trimEnd());
      const raw = head.slice(head.indexOf(":", colon) + 1, next - 1);
      message.names.push(name);
      message.values.push(next === end ? raw.trim() : unfold(raw));
      if (single > 1 && (seen & single) !== 0) blame(message, 400, `More than one ${name}`);
      seen |= single;
    }
    if (message.names.length > most) return blame(message, 400, "Too many headers");
    at = next + 1;
  }
}

/** End of the header name that starts at `at`: its colon, or the spaces before the colon; -1 when there is none. */
function nameEnd(head: string, at: number, end: number): number {
  let i = at;
  while (i < end && isTokenCode(head.charCodeAt(i))) i++;
  if (i === at) return -1;
  const nameStop = i;
  while (i < end && (head.charCodeAt(i) === 32 || head.charCodeAt(i) === 9)) i++;
  return head.charCodeAt(i) === 58 && i < end ? nameStop : -1;
}

const isFold = (head: string, at: number): boolean => head.charCodeAt(at) === 32 || head.charCodeAt(at) === 9;

/** Index of the line feed that ends a folded header (§7.3.1). */
function foldedEnd(head: string, at: number): number {
  for (;;) {
    const end = head.indexOf("\n", at);
    if (end < 0) return head.length + 1;
    if (!isFold(head, end + 1)) return end;
    at = end + 1;
  }
}

// Not by a regular expression: a long run of spaces would cost its square.
const unfold = (raw: string): string => raw.split("\n").map((line) => line.trim()).join(" ").trim();

function takeBody(message: SipMessage, data: Buffer, from: number, most: number): void {
  const said = message.get("content-length");
  const left = data.length - from;
  let length = left;
  if (said !== undefined) {
    const parsed = parseUnsigned(said, Number.MAX_SAFE_INTEGER);
    if (parsed === null) return blame(message, 400, "Malformed Content-Length");
    if (parsed > most) return blame(message, 413, "Request Entity Too Large");
    if (parsed > left) return blame(message, 400, "Body shorter than Content-Length");
    length = parsed;
  }
  if (length > most) return blame(message, 413, "Request Entity Too Large");
  if (length > 0) message.body = data.subarray(from, from + length);
}
