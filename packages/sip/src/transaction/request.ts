import { writeBody } from "../message/write.ts";

/** A request on its way out, in the parts that ACK and CANCEL must repeat (RFC 3261 §17.1.1.3, §9.1). */
export interface OutgoingRequest {
  method: string;
  uri: string;
  /** "Route: …\r\n" rows, or "". */
  routes: string;
  /** Header values, tags included. */
  from: string;
  to: string;
  callId: string;
  cseq: number;
  /** Further finished rows, each ended by CRLF. */
  rows: string;
  body: string;
  contentType?: string | undefined;
  encoding: "utf8" | "latin1";
  maxForwards?: number;
}

/** Writes a request; `via` is the finished top Via row. */
export function writeRequest(request: OutgoingRequest, via: string): string {
  const { method, uri, routes, from, to, callId, cseq, rows, body, contentType, encoding, maxForwards = 70 } = request;
  return `${method} ${uri} SIP/2.0\r\n${via}Max-Forwards: ${maxForwards}\r\n${routes}From: ${from}\r\nTo: ${to}\r\n` +
    `Call-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\n${rows}${writeBody(body, contentType, encoding)}`;
}

/** The ACK to a non-2xx answer, or the CANCEL, of an INVITE: same Request-URI, Via, Route, From, Call-ID and CSeq number. */
export const follower = (invite: OutgoingRequest, method: "ACK" | "CANCEL", to = invite.to): OutgoingRequest =>
  ({ ...invite, method, to, rows: "", body: "" });
