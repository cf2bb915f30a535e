import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { may, toldTo } from "../access/index.ts";
import { contactsOf, digitsOf, guarded, loadTicket, stageNameOf, subjectFor, type ContactsOf } from "../tickets/index.ts";
import type * as contracts from "./relations.contract.ts";
import type { MergeView, RelationView, TicketBrief } from "./relations.contract.ts";
import { selectMerges, type ShownMerge } from "./relations.merge.sql.ts";
import { sideOf, toStored, UNDO_MS } from "./relations.rules.ts";
import { countRelations, deleteRelation, existsRelation, insertRelation, selectBriefs, selectIdByDigits, selectKin, selectRelated, type Brief } from "./relations.sql.ts";

const MAX_RELATIONS = 200;

export const toBrief = async (ctx: Ctx, { id, number, subject, texts, type, status, stage, processId, clientName, ownerName, createdAt }: Brief, contacts: ContactsOf): Promise<TicketBrief> =>
  ({ id, number, subject: toldTo(ctx, subjectFor(ctx, { subject, texts }), contacts(id)), type, status, stage, stageName: await stageNameOf(ctx, { processId, stage }), clientName, ownerName, createdAt: createdAt.toISOString() });

/** What the reader may see of it; the other end of a relation may lie in a project that is not the reader's. */
const seen = (ctx: Ctx) => (brief: Brief): boolean => may(ctx, "tickets.read", guarded(brief));

export async function listRelations(ctx: Ctx, id: string): Promise<z.input<typeof contracts.listRelations.reply>> {
  await loadTicket(ctx, id, "tickets.read");
  const [kin, related, merges] = await Promise.all([selectKin(ctx.db, id), selectRelated(ctx.db, id), selectMerges(ctx.db, id)]);
  const contacts = await contactsOf(ctx, [...kin, ...related, ...merges].map((row) => row.id));
  const family = await Promise.all(kin.filter(seen(ctx)).map(async (row): Promise<RelationView> => ({ id: row.id, side: row.isParent ? "parent" : "child", ticket: await toBrief(ctx, row, contacts), by: "", at: row.createdAt.toISOString() })));
  const relations = await Promise.all(related.filter(seen(ctx)).map(async (row): Promise<RelationView> => ({ id: row.relationId, side: sideOf(row, id), ticket: await toBrief(ctx, row, contacts), by: row.by, at: row.at.toISOString() })));
  const shown = merges.filter(seen(ctx));
  const [merged, mergedInto] = [shown.filter(({ isKept }) => isKept), shown.find(({ isKept }) => !isKept)];
  return { relations: [...family, ...relations], merged: await Promise.all(merged.map((row) => toMergeView(ctx, row, contacts))), mergedInto: mergedInto ? await toMergeView(ctx, mergedInto, contacts) : null };
}

export async function toMergeView(ctx: Ctx, row: ShownMerge, contacts: ContactsOf): Promise<MergeView> {
  const until = new Date(row.mergedAt.getTime() + UNDO_MS);
  const open = row.isUntouched && until > ctx.now() && may(ctx, "tickets.assign", guarded(row));
  return { id: row.mergeId, ticket: await toBrief(ctx, row, contacts), by: row.by, at: row.mergedAt.toISOString(), undoUntil: open ? until.toISOString() : null };
}

/** The ticket a person named by its number, if the person may see it. `follow`: a merged one is the one it became. */
export async function idOfNumber(ctx: Ctx, number: string, options: { follow: boolean }): Promise<string> {
  const id = await selectIdByDigits(ctx.db, digitsOf(number), options);
  if (id) await loadTicket(ctx, id, "tickets.read");
  else throw notFound("ticket", number);
  return id;
}

/** Both ends show it at once; a relation that says the opposite of one that is there is refused. */
export async function addRelation(ctx: Ctx, id: string, input: z.output<typeof contracts.addRelation.body>): Promise<RelationView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, id, "tickets.write", { lock: true });
    const otherId = await idOfNumber(ctx, input.number, { follow: true });
    if (otherId === id) throw invalidField("number", "relation_itself");
    const relation = toStored(input.side, id, otherId);
    if (relation.kind !== "related" && await existsRelation(ctx.db, { ...relation, fromId: relation.toId, toId: relation.fromId })) throw invalidField("side", "relation_other_way");
    if (await countRelations(ctx.db, id) >= MAX_RELATIONS) throw conflict("relation_too_many", { most: MAX_RELATIONS });
    const stored = { ...relation, id: newId(ctx.now().getTime()), createdBy: ctx.actor.kind === "user" ? ctx.actor.id : null, createdAt: ctx.now() };
    if (!await insertRelation(ctx.db, stored)) throw invalidField("number", "relation_there");
    const [other] = await selectBriefs(ctx.db, [otherId]);
    await emit(ctx, { type: "ticket.related", subject: { kind: "ticket", id }, data: { number: ticket.number, side: input.side, otherId, otherNumber: other!.number }, touches: [{ kind: "ticket", id: otherId }] });
    await audit(ctx, { action: "ticket.relate", object: { kind: "ticket", id }, after: { side: input.side, otherId, otherNumber: other!.number } });
    return { id: stored.id, side: input.side, ticket: await toBrief(ctx, other!, await contactsOf(ctx, [otherId])), by: ctx.actor.name, at: stored.createdAt.toISOString() };
  });
}

export async function removeRelation(ctx: Ctx, id: string, relationId: string): Promise<{ ok: true }> {
  return inTx(ctx, async (ctx) => {
    await loadTicket(ctx, id, "tickets.write", { lock: true });
    const gone = await deleteRelation(ctx.db, relationId, id);
    if (!gone) throw notFound("relation", relationId);
    const otherId = gone.fromId === id ? gone.toId : gone.fromId;
    // What is not shown is not there: a relation to what is about the reader (R129) stays.
    if (!(await selectBriefs(ctx.db, [otherId])).some(seen(ctx))) throw notFound("relation", relationId);
    await emit(ctx, { type: "ticket.unrelated", subject: { kind: "ticket", id }, data: { side: sideOf(gone, id), otherId }, touches: [{ kind: "ticket", id: otherId }] });
    await audit(ctx, { action: "ticket.unrelate", object: { kind: "ticket", id }, before: { side: sideOf(gone, id), otherId } });
    return { ok: true };
  });
}
