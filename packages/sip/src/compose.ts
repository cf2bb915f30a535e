import type { Core } from "./call/core.ts";
import { parseNameAddr, writeNameAddr } from "./message/headers.ts";
import { newTag, randomHex } from "./transaction/random.ts";
import type { OutgoingRequest } from "./transaction/request.ts";
import type { InviteOptions, RequestOptions } from "./stack.types.ts";
import type { Transport } from "./transport/transport.ts";
import { oneLine, writeHeaders } from "./message/write.ts";

const newCallId = (): string => randomHex(12);
/** An address as the application gave it, in one line and without the tag of another dialog. */
function withoutTag(address: string): string {
  const parsed = address.includes("tag") ? parseNameAddr(address) : null;
  if (!parsed || parsed.tag === null) return oneLine(address);
  return writeNameAddr({ ...parsed, params: new Map([...parsed.params].filter(([name]) => name !== "tag")), tag: null });
}

const contactUser = (from: string): string | null => parseNameAddr(from)?.uri.user ?? null;

/** The INVITE an application asked for (RFC 3261 §8.1.1, §13.2.1). */
export function composeInvite(core: Core, options: InviteOptions, near: { transport: Transport; localTag: string }): OutgoingRequest {
  const { rows, maxForwards } = splitMaxForwards(options.headers);
  const contact = core.contactRow(near.transport, contactUser(options.from));
  return {
    method: "INVITE", uri: oneLine(options.uri), routes: options.route?.length ? `Route: ${oneLine(options.route.join(", "))}\r\n` : "",
    from: `${withoutTag(options.from)};tag=${near.localTag}`, to: withoutTag(options.to ?? `<${options.uri}>`), callId: newCallId(), cseq: 1,
    rows: contact + core.allowRow + core.agentRow + rows, body: options.sdp, encoding: "utf8", maxForwards,
  };
}

/** A request outside dialogs. Contact is ours unless the application gives one. */
export function composeRequest(core: Core, options: RequestOptions, transport: Transport): OutgoingRequest {
  const { rows, maxForwards } = splitMaxForwards(options.headers);
  const from = withoutTag(options.from ?? options.to ?? `<sip:${transport.sentBy}>`);
  const contact = /(?:^|\n)(?:contact|m):/i.test(rows) ? "" : core.contactRow(transport, contactUser(from));
  return {
    method: oneLine(options.method), uri: oneLine(options.uri), routes: "", from: `${from};tag=${newTag()}`,
    to: withoutTag(options.to ?? `<${options.uri}>`), callId: newCallId(), cseq: 1, rows: contact + core.agentRow + rows,
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
