import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, invalidField } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { may, toldTo, type Right } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type { Process, Reason } from "../processes/index.ts";
import { HIDDEN, hiddenIn } from "../rules/index.ts";
import type { TicketView } from "./tickets.contract.ts";
import { processOf, projectOf } from "./tickets.definitions.ts";
import { contactsOf } from "./tickets.contacts.service.ts";
import { touched } from "./tickets.effects.ts";
import { guarded, loadTicket } from "./tickets.load.ts";
import { follow } from "./tickets.move.service.ts";
import type * as contracts from "./tickets.process.contract.ts";
import { deleteCheck, insertCheck, selectReasons } from "./tickets.process.sql.ts";
import { updateTicketRow, type Ticket } from "./tickets.sql.ts";
import { tell } from "./tickets.why.ts";
import { compiledOf } from "./tickets.world.ts";
import { toView } from "./tickets.view.ts";

/** Ticks an item or takes the tick back; who and when is kept. Told twice it changes nothing. */
export async function tickItem(ctx: Ctx, id: string, { checklist, item, done }: z.output<typeof contracts.tickItem.body>): Promise<TicketView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, id, "tickets.write", { lock: true });
    const process = await processOf(ctx.db, ticket.processId);
    if (!Object.hasOwn(process.checklists[checklist]?.items ?? {}, item)) throw invalidField("item", "unknown_item");
    const row = { ticketId: id, checklist, item, userId: ctx.actor.kind === "user" ? ctx.actor.id : null, at: ctx.now() };
    if (!await (done ? insertCheck(ctx.db, row) : deleteCheck(ctx.db, row))) return toView(ctx, ticket);
    const after = await updateTicketRow(ctx.db, ticket, { updatedAt: ctx.now() });
    if (!after) throw conflict("changed_meanwhile");
    await emit(ctx, { type: "ticket.item_ticked", subject: { kind: "ticket", id }, data: { number: ticket.number, checklist, item, done }, touches: touched(ticket) });
    await audit(ctx, { action: "ticket.tick", object: { kind: "ticket", id }, before: { checklist, item, done: !done }, after: { checklist, item, done } });
    return toView(ctx, await follow(ctx, after));
  });
}

/** "Why?": each decision made on the ticket, by which text and from what, newest first. */
export async function listReasons(ctx: Ctx, id: string, query: z.output<typeof contracts.listReasons.query>): Promise<z.input<typeof contracts.listReasons.reply>> {
  const ticket = await loadTicket(ctx, id, "tickets.read");
  const language = readerLanguage(ctx);
  const limit = query.limit ?? PAGE_SIZE;
  const process = await processOf(ctx.db, ticket.processId);
  const read = pageOf(await selectReasons(ctx.db, id, decodeCursor(query.after), limit + 1), limit, (row) => encodeCursor(row.at, row.id));
  const page = { ...read, items: await Promise.all(read.items.map((row) => asRead(ctx, ticket, row))) };
  const said = await tell(ctx, ticket.projectKey, page.items, language);
  const own = (await contactsOf(ctx, [id]))(id);
  return { items: page.items.map(({ kind, path, text, at, ...row }, index) => ({ ...toldTo(ctx, { ...row, said: said[index]! }, own), at: at.toISOString(), because: { kind, path, text }, words: wordsOf(process, { kind, path, text }, language) })), next: page.next };
}

/** What it was decided from is shown as far as the reader may read it, and so is what was computed from it. */
async function asRead(ctx: Ctx, ticket: Ticket, row: Decided): Promise<Decided> {
  const { catalogue } = compiledOf(await projectOf(ctx.db, ticket.projectKey), row.version, await processOf(ctx.db, row.version));
  const hidden = Object.keys(row.inputs).filter(hiddenIn(catalogue, (right) => may(ctx, right as Right, guarded(ticket))));
  if (hidden.length === 0) return row;
  return { ...row, inputs: { ...row.inputs, ...Object.fromEntries(hidden.map((name) => [name, HIDDEN])) }, ...(row.what.startsWith("fields.") && { value: HIDDEN }) };
}
type Decided = Awaited<ReturnType<typeof selectReasons>>[number];

/** The words people know for the place in the declaration. */
function wordsOf(process: Process, { kind, path }: Reason["because"], language: Language): string {
  const [, key = "", , index] = path.split(".");
  const transition = path.startsWith("transitions.") ? process.transitions[key] : undefined;
  if (!transition) return "";
  const guard = kind === "policy" ? transition.guards[Number(index)] : undefined;
  const policy = guard && "policy" in guard ? process.policies[guard.policy] : undefined;
  return policy ? `${policy.title[language]}: ${policy.paragraph[language]}` : transition.name[language];
}
