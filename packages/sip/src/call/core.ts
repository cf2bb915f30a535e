import type { Dialog } from "./dialog.ts";
import type { Endpoint, Incoming } from "../transaction/endpoint.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Credentials } from "../digest/digest.client.ts";
import type { OutgoingRequest } from "../transaction/request.ts";
import type { ClientHandlers } from "../transaction/transaction.client.ts";
import type { ServerTransaction } from "../transaction/transaction.server.ts";
import type { Transport } from "../transport/transport.ts";
import type { SipAddress } from "../message/write.ts";
import type { Resolver } from "../transport/resolve.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Whoever gets the requests of a dialog. */
export interface DialogUser {
  receive(incoming: Incoming): void;
  receiveAck(ack: SipRequest): void;
  /** CANCEL of the INVITE that this transaction carries. */
  cancelReinvite(transaction: ServerTransaction): void;
}

/** What calls need of the stack they live in. */
export interface Core {
  readonly endpoint: Endpoint;
  readonly resolver: Resolver;
  /** "User-Agent: …\r\n" and "Server: …\r\n" rows, or "". */
  readonly agentRow: string;
  readonly serverRow: string;
  readonly allowRow: string;
  log(level: LogLevel, message: string, fields: Record<string, unknown>): void;
  /** Runs code of the application; what it throws is logged and goes no further. */
  guard(run: () => void): void;
  contactRow(transport: Transport, user: string | null): string;
  transportFor(to: SipAddress): Transport | null;
  /** Requests of the far end in this dialog go to this call from now on. */
  join(dialog: Dialog, call: DialogUser): void;
  leave(dialog: Dialog): void;
  /** Sends a request in its dialog, answering one digest challenge when there are credentials. */
  sendInDialog(dialog: Dialog, request: OutgoingRequest, on: ClientHandlers, credentials?: Credentials | null): void;
  /** Sends the ACK to a 2xx; returns how to send it again. */
  sendAck(dialog: Dialog, ack: OutgoingRequest): () => void;
  random(): number;
}

/** What came of a re-INVITE of ours. */
export interface ReinviteResult {
  isAccepted: boolean;
  status: number;
  reason: string;
  /** The answer, when accepted. */
  sdp: string | null;
}

export const reinviteResult = (response: SipResponse): ReinviteResult => {
  const isAccepted = response.status < 300;
  return { isAccepted, status: response.status, reason: response.reason, sdp: isAccepted ? response.sdp : null };
};
