import { parseNameAddr } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { OutgoingRequest } from "../transaction/request.ts";
import type { Transport } from "../transport/transport.ts";
import { parseUri } from "../message/uri.ts";
import type { SipAddress } from "../message/write.ts";

/** Key under which requests of the far end find their dialog. */
export const dialogKey = (callId: string, localTag: string, remoteTag: string): string => `${callId}|${localTag}|${remoteTag}`;

interface DialogState {
  callId: string; localTag: string; remoteTag: string;
  /** From and To of our requests, tags included. */
  local: string; remote: string;
  target: string;
  routeSet: string[];
  localSeq: number; remoteSeq: number | null;
  transport: Transport;
  peer: SipAddress;
  isCallIdOwner: boolean;
  encoding: "utf8" | "latin1";
}

/** The state two user agents share (RFC 3261 §12): identity, sequence numbers, route set and remote target. */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  /** URI the far end wants its requests at; follows its Contact (§12.2.1.2). */
  target: string;
  readonly routeSet: readonly string[];
  localSeq: number;
  remoteSeq: number | null;
  readonly transport: Transport;
  /** Where the far end was last heard. */
  peer: SipAddress;
  /** Whoever made the Call-ID waits longer after a 491 (§14.1). */
  readonly isCallIdOwner: boolean;
  readonly encoding: "utf8" | "latin1";
  /** Sends everything here whatever the target says; null follows target and route set. */
  flow: SipAddress | null = null;

  constructor(state: DialogState) {
    this.callId = state.callId;
    this.localTag = state.localTag;
    this.remoteTag = state.remoteTag;
    this.local = state.local;
    this.remote = state.remote;
    this.target = state.target;
    this.routeSet = state.routeSet;
    this.localSeq = state.localSeq;
    this.remoteSeq = state.remoteSeq;
    this.transport = state.transport;
    this.peer = state.peer;
    this.isCallIdOwner = state.isCallIdOwner;
    this.encoding = state.encoding;
  }

  get key(): string { return dialogKey(this.callId, this.localTag, this.remoteTag); }

  /** A request inside the dialog (§12.2.1.1). ACK repeats the number of its INVITE, everything else takes the next. */
  build(method: string, parts: { rows?: string; body?: string; contentType?: string; cseq?: number } = {}): OutgoingRequest {
    const cseq = parts.cseq ?? ++this.localSeq;
    const { uri, routes } = this.#path();
    return {
      method, uri, routes, from: this.local, to: this.remote, callId: this.callId, cseq, rows: parts.rows ?? "",
      body: parts.body ?? "", contentType: parts.contentType, encoding: this.encoding,
    };
  }

  /** Request-URI and Route rows: loose routing keeps the target in the Request-URI, a strict router first in line takes its place (§12.2.1.1). */
  #path(): { uri: string; routes: string } {
    const first = this.routeSet[0];
    if (first === undefined) return { uri: this.target, routes: "" };
    if (isLoose(first)) return { uri: this.target, routes: `Route: ${this.routeSet.join(", ")}\r\n` };
    const rest = [...this.routeSet.slice(1), `<${this.target}>`];
    return { uri: routeUri(first), routes: `Route: ${rest.join(", ")}\r\n` };
  }

  /** The URI whose host the next request is sent to. */
  get nextHop(): string {
    const first = this.routeSet[0];
    return first === undefined ? this.target : routeUri(first);
  }

  /** Takes the far end's sequence number; false when it is not newer than what we have seen (§12.2.2). */
  takeSeq(seq: number): boolean {
    if (this.remoteSeq !== null && seq <= this.remoteSeq) return false;
    this.remoteSeq = seq;
    return true;
  }

  /** A new Contact of the far end moves the remote target (§12.2.1.2, §12.2.2). */
  retarget(message: SipRequest | SipResponse): void {
    const contact = message.contacts()?.[0];
    if (contact && contact.uri.scheme.startsWith("sip")) this.target = contact.uri.text;
  }
}

const isLoose = (route: string): boolean => parseNameAddr(route)?.uri.params.has("lr") ?? false;

/** The URI of a Route value, without headers, which a Request-URI may not carry. */
function routeUri(route: string): string {
  const text = parseNameAddr(route)?.uri.text ?? route;
  const question = text.indexOf("?");
  return question < 0 ? text : text.slice(0, question);
}

/** The dialog a request to us sets up (§12.1.1). Without Contact, as in RFC 2543, the caller's From stands in. */
export function dialogOfRequest(request: SipRequest, at: { source: SipAddress; transport: Transport; localTag: string }): Dialog {
  const contact = request.contacts()?.[0];
  const { from, to } = request;
  return new Dialog({
    callId: request.callId, localTag: at.localTag, remoteTag: from.tag ?? "",
    local: `${request.get("to")!}${to.tag === null ? `;tag=${at.localTag}` : ""}`, remote: request.get("from")!,
    target: contact?.uri.text ?? from.uri.text, routeSet: request.list("record-route"),
    localSeq: 0, remoteSeq: request.cseq.number, transport: at.transport, peer: at.source, isCallIdOwner: false,
    encoding: request.encoding,
  });
}

/** The dialog a response to our INVITE sets up (§12.1.2): its Record-Route read backwards. */
export function dialogOfResponse(invite: OutgoingRequest, response: SipResponse, at: { peer: SipAddress; transport: Transport; localTag: string }): Dialog {
  const contact = response.contacts()?.[0];
  return new Dialog({
    callId: invite.callId, localTag: at.localTag, remoteTag: response.to.tag ?? "", local: invite.from,
    remote: response.get("to")!, target: contact?.uri.text ?? invite.uri, routeSet: response.list("record-route").reverse(),
    localSeq: invite.cseq, remoteSeq: null, transport: at.transport, peer: at.peer, isCallIdOwner: true,
    encoding: response.encoding,
  });
}

/** Whether a URI is one a request may be aimed at. */
export const isUsableTarget = (uri: string): boolean => parseUri(uri)?.scheme === "sip";
