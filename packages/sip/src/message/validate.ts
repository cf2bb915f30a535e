import type { Problem, SipRequest, SipResponse } from "./message.ts";
import { parseNameAddrs, type Via } from "./headers.ts";
import { splitList } from "./params.ts";
import { parseUnsigned } from "./uri.ts";

const bad = (reason: string): Problem => ({ status: 400, reason });

/**
 * What makes a request malformed, before any question of whether we want it (§8.2, RFC 4475). Null when it is sound:
 * then Via, From, To, CSeq, Call-ID and Request-URI can be read without fear.
 */
export function checkRequest(request: SipRequest): Problem | null {
  return request.problem ?? checkIdentity(request) ?? checkUri(request) ?? checkHops(request) ?? checkContact(request);
}

function checkIdentity(request: SipRequest): Problem | null {
  if (!request.peekVia()) return bad("Missing or malformed Via");
  if (!request.get("call-id")) return bad("Missing Call-ID");
  if (!request.peekFrom()) return bad("Missing or malformed From");
  if (!request.peekTo()) return bad("Missing or malformed To");
  const cseq = request.peekCSeq();
  if (!cseq) return bad("Missing or malformed CSeq");
  return cseq.method === request.method ? null : bad("CSeq method does not match");
}

const knownSchemes = new Set(["sip", "sips", "tel"]);

function checkUri(request: SipRequest): Problem | null {
  const uri = request.peekUri();
  if (!uri) return bad("Malformed Request-URI");
  // §19.1.1: a Request-URI carries no headers; RFC 4475 §3.1.2.11.
  if (uri.headers !== null) return bad("Headers in Request-URI");
  return knownSchemes.has(uri.scheme) ? null : { status: 416, reason: "Unsupported URI Scheme" };
}

function checkHops(request: SipRequest): Problem | null {
  const text = request.get("max-forwards");
  // Absent is fine: RFC 2543 did not have it (RFC 4475 §3.4.1).
  return text === undefined || parseUnsigned(text, 255) !== null ? null : bad("Malformed Max-Forwards");
}

function checkContact(request: SipRequest): Problem | null {
  if (request.method === "REGISTER" && !request.to.uri.scheme.startsWith("sip")) return bad("To is not a SIP address");
  if (request.contacts() === null) return bad("Malformed Contact");
  if (parseNameAddrs(request.rows("record-route"), splitList) === null) return bad("Malformed Record-Route");
  return null;
}

/** Whether a response may be looked at: sound, ours alone (§8.1.3.3: one Via) and with a readable CSeq. */
export function isSoundResponse(response: SipResponse): boolean {
  if (response.problem !== null || !response.peekVia() || !response.peekCSeq() || !response.peekFrom() || !response.peekTo()) return false;
  if (response.get("call-id") === undefined) return false;
  return response.names.indexOf("via") === response.names.lastIndexOf("via") && response.via.text === response.get("via");
}

/** Whether the branch is one that RFC 3261 promises to be unique (§8.1.1.7); the bare cookie is not (RFC 4475 §3.2.1). */
export const hasUniqueBranch = (via: Via): boolean => via.branch !== null && via.branch.length > 7 && via.branch.startsWith("z9hG4bK");

/** Values of Require that nobody here understands, for the Unsupported header of a 420 (§8.2.2.3). */
export const unsupported = (request: SipRequest, supported: ReadonlySet<string>): string[] =>
  request.names.includes("require") ? request.list("require").filter((tag) => !supported.has(tag)) : [];

/** Whether the caller can take SDP answers; no Accept header means SDP (§20.1). */
export function acceptsSdp(request: SipRequest): boolean {
  if (!request.names.includes("accept")) return true;
  return request.list("accept").some((value) => {
    const type = value.split(";", 1)[0]!.trim().toLowerCase();
    return type === "application/sdp" || type === "application/*" || type === "*/*";
  });
}
