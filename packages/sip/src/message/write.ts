import { firstVia, type Via } from "./headers.ts";
import { SipRequest, type SipMessage, type SipResponse } from "./message.ts";

/** Where a message came from or goes to. */
export interface SipAddress { host: string; port: number; proto: Proto }
export type Proto = "udp" | "tcp";

const reasons: Record<number, string> = {
  100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress", 200: "OK",
  202: "Accepted", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy",
  400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
  405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
  410: "Gone", 413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type",
  416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required", 423: "Interval Too Brief",
  480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
  484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
  491: "Request Pending", 493: "Undecipherable", 500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway",
  503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
  600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
};

/** The phrase RFC 3261 §21 gives a status. */
export const reasonOf = (status: number): string => reasons[status] ?? reasons[Math.floor(status / 100) * 100] ?? "Unknown";

/** Line ends and NUL out of a value, so that no value can start a header of its own. */
export const oneLine = (text: string): string =>
  text.includes("\n") || text.includes("\r") || text.includes("\0") ? text.replace(/[\r\n\0]+[ \t]*/g, " ") : text;

/** Header rows from a record; names and values are made safe for one line each. */
export function writeHeaders(headers: Readonly<Record<string, string | readonly string[]>> | undefined): string {
  if (!headers) return "";
  let text = "";
  for (const name of Object.keys(headers)) {
    const value = headers[name]!;
    for (const row of typeof value === "string" ? [value] : value) text += `${oneLine(name)}: ${oneLine(row)}\r\n`;
  }
  return text;
}

/** Content-Type, Content-Length, the blank line and the body, for a message that will be sent in `encoding`. */
export function writeBody(body: string, contentType = "application/sdp", encoding: "utf8" | "latin1" = "utf8"): string {
  if (body === "") return "Content-Length: 0\r\n\r\n";
  const type = `Content-Type: ${oneLine(contentType)}\r\n`;
  // Bodies are always UTF-8, also under headers that have to be written byte by byte.
  if (encoding === "latin1") body = Buffer.from(body).toString("latin1");
  return `${type}Content-Length: ${Buffer.byteLength(body, encoding)}\r\n\r\n${body}`;
}

const properNames: Readonly<Record<string, string>> = { "call-id": "Call-ID", cseq: "CSeq", "www-authenticate": "WWW-Authenticate" };
const properName = (name: string): string =>
  properNames[name] ?? name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

/** Writes a message back to bytes, headers in their order, Content-Length made true. */
export function writeMessage(message: SipRequest | SipResponse): Buffer {
  let head = message instanceof SipRequest
    ? `${message.method} ${message.uriText} ${message.version}\r\n`
    : `${message.version} ${message.status} ${message.reason}\r\n`;
  message.names.forEach((name, i) => {
    // Names such as "__proto__" are somebody's header too: only well-formed known words get their capitals.
    if (name !== "content-length") head += `${/^[a-z-]+$/.test(name) ? properName(name) : name}: ${message.values[i]!}\r\n`;
  });
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, message.encoding), message.body]);
}

/**
 * Via rows of a response: those of the request, the topmost with `received` and `rport` as the transport saw the
 * sender (RFC 3261 §18.2.1, RFC 3581 §4). A `received` that the sender itself wrote is not believed.
 */
function viaRows(request: SipRequest, source: SipAddress): string {
  const rows = request.rows("via");
  const first = rows[0] ?? "";
  const top = firstVia(first);
  let text = `Via: ${stampVia(request, top, source)}${first.slice(top.length)}\r\n`;
  for (let i = 1; i < rows.length; i++) text += `Via: ${rows[i]!}\r\n`;
  return text;
}

function stampVia(request: SipRequest, top: string, source: SipAddress): string {
  const via = request.peekVia();
  if (!via) return top;
  const { params } = via;
  const wantsPort = params.has("rport");
  if (!wantsPort && !params.has("received")) return via.host === source.host ? top : `${top};received=${source.host}`;
  return rewriteVia(via, source, wantsPort);
}

function rewriteVia(via: Via, source: SipAddress, wantsPort: boolean): string {
  let text = `SIP/${via.version}/${via.transport} ${via.host}${via.port === null ? "" : `:${via.port}`}`;
  for (const [name, value] of via.params) {
    if (name !== "received" && name !== "rport") text += value === null ? `;${name}` : `;${name}=${value}`;
  }
  return `${text};received=${source.host}${wantsPort ? `;rport=${source.port}` : ""}`;
}

export interface ResponseParts {
  status: number;
  reason?: string | undefined;
  /** Put on To when the request had none (§8.2.6.2); not on a 100. */
  toTag?: string | undefined;
  /** Finished rows, each ended by CRLF (Contact, Server, Allow…). */
  rows?: string;
  headers?: Readonly<Record<string, string>> | undefined;
  body?: string;
  contentType?: string;
}

/** Writes the response to a request: Via, From, To, Call-ID, CSeq and, where it sets up a dialog, Record-Route are copied (§8.2.6.2, §12.1.1). */
export function writeResponse(request: SipRequest, source: SipAddress, parts: ResponseParts): string {
  const { status } = parts;
  const phrase = parts.reason === undefined ? reasonOf(status) : oneLine(parts.reason);
  let text = `SIP/2.0 ${status} ${phrase}\r\n${viaRows(request, source)}`;
  text += copyRow(request, "from", "From");
  const to = request.get("to");
  if (to !== undefined) text += `To: ${to}${parts.toTag !== undefined && status > 100 && !hasTag(request) ? `;tag=${parts.toTag}` : ""}\r\n`;
  text += copyRow(request, "call-id", "Call-ID") + copyRow(request, "cseq", "CSeq");
  if (status === 100) text += copyRow(request, "timestamp", "Timestamp");
  if (request.method === "INVITE" && status > 100 && status < 300) text += copyRows(request, "record-route", "Record-Route");
  return text + (parts.rows ?? "") + writeHeaders(parts.headers) + writeBody(parts.body ?? "", parts.contentType, request.encoding);
}

// A malformed To still must not get a second tag: then its text is looked at.
const hasTag = (request: SipRequest): boolean => {
  const to = request.peekTo();
  return to ? to.tag !== null : /;\s*tag\s*=/i.test(request.get("to") ?? "");
};

const copyRow = (message: SipMessage, name: string, proper: string): string => {
  const value = message.get(name);
  return value === undefined ? "" : `${proper}: ${value}\r\n`;
};

/** All rows of a header as they came, ready to stand in another message. */
export function copyRows(message: SipMessage, name: string, proper: string): string {
  let text = "";
  for (const value of message.rows(name)) text += `${proper}: ${value}\r\n`;
  return text;
}
