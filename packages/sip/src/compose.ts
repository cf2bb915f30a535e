import type { Core } from "./call/core.ts";
import { parseNameAddr } from "./message/headers.ts";
import { newTag, randomHex } from "./transaction/random.ts";
import type { OutgoingRequest } from "./transaction/request.ts";
import type { InviteOptions, RequestOptions } from "./stack.types.ts";
import type { Transport } from "./transport/transport.ts";
import { oneLine, writeHeaders } from "./message/write.ts";

const newCallId = (): string => randomHex(12);
const contactUser = (from: string): string | null => parseNameAddr(from)?.uri.user ?? null;

/** The INVITE an application asked for (RFC 3261 §8.1.1, §13.2.1). */
export function composeInvite(core: Core, options: InviteOptions, near: { transport: Transport; localTag: string }): OutgoingRequest {
  const { rows, maxForwards } = splitMaxForwards(options.headers);
  const contact = core.contactRow(near.transport, contactUser(options.from));
  return {
    method: "INVITE", uri: oneLine(options.uri), routes: options.route?.length ? `Route: ${oneLine(options.route.join(", "))}\r\n` : "",
    from: `${oneLine(options.from)};tag=${near.localTag}`, to: oneLine(options.to ?? `<${options.uri}>`), callId: newCallId(), cseq: 1,
    rows: contact + core.allowRow + core.agentRow + rows, body: options.sdp, encoding: "utf8", maxForwards,
  };
}

/** A request outside dialogs. Contact is ours unless the application gives one. */
export function composeRequest(core: Core, options: RequestOptions, transport: Transport): OutgoingRequest {
  const { rows, maxForwards } = splitMaxForwards(options.headers);
  const from = oneLine(options.from ?? options.to ?? `<sip:${transport.sentBy}>`);
  const contact = /(?:^|\n)(?:contact|m):/i.test(rows) ? "" : core.contactRow(transport, contactUser(from));
  return {
    method: oneLine(options.method), uri: oneLine(options.uri), routes: "", from: `${from};tag=${newTag()}`,
    to: oneLine(options.to ?? `<${options.uri}>`), callId: newCallId(), cseq: 1, rows: contact + core.agentRow + rows,
    body: options.body ?? "", contentType: options.contentType, encoding: "utf8", maxForwards,
  };
}

/** Rows of an INVITE that the application gave; Max-Forwards is taken out, because it has its own place. */
function splitMaxForwards(headers: Readonly<Record<string, string>> | undefined): { rows: string; maxForwards: number } {
  const rest: Record<string, string> = {};
  let maxForwards = 70;
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === "max-forwards") maxForwards = Math.max(0, Math.min(255, Math.floor(Number(value)) || 0));
    else rest[name] = value;
  }
  return { rows: writeHeaders(rest), maxForwards };
}
