import { cutText } from "@linija/rules";
import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, missingWith, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import { addNote, contactsOf, inheritAbout, lapseAll, loadTicket, resumeApprovals, reviewTicket, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./relations.contract.ts";
import type { MergePreview, MergeView } from "./relations.contract.ts";
import {
  bringDocumentsBack, CARRIED, carry, carryBack, carryDocuments, carryFollowers, countCarried, countStaying, deleteNote, endMerged, insertMerge, markUndone, returnOwners, reviveMerged, selectBetween, selectMerge, selectMerges, selectTaskOwners, setContacts, setFollowers, setSeen, type Carried, type Contacts, type Merge,
} from "./relations.merge.sql.ts";
import { atKept, refusalOf, UNDO_MS, warningsOf } from "./relations.rules.ts";
import { countRelations, deleteRelations, insertRelation, selectBriefs, takeRelations } from "./relations.sql.ts";
import { idOfNumber, toBrief, toMergeView } from "./relations.service.ts";

const actorId = (ctx: Ctx): string | null => (ctx.actor.kind === "user" ? ctx.actor.id : null);

/** What merging the named ticket into this one would do. Nothing is changed. */
export async function previewMerge(ctx: Ctx, keptId: string, number: string): Promise<MergePreview> {
  const kept = await loadTicket(ctx, keptId, "tickets.assign");
  const goneId = await idOfNumber(ctx, number, { follow: false });
  const gone = await loadTicket(ctx, goneId, "tickets.assign");
  const [briefs, carries, relations, stays, between] = await Promise.all([
    selectBriefs(ctx.db, [keptId, goneId]), countCarried(ctx.db, goneId, keptId), countRelations(ctx.db, goneId), countStaying(ctx.db, goneId, keptId), selectBetween(ctx.db, kept, gone),
  ]);
  const contacts = await contactsOf(ctx, [keptId, goneId]);
  const brief = async (ticket: Ticket) => ({ ...(await toBrief(ctx, briefs.find(({ id }) => id === ticket.id)!, contacts)), version: ticket.version });
  const refused = refusalOf(kept, gone, between);
  return {
    kept: await brief(kept), gone: await brief(gone), carries: { ...carries, relations }, stays, takesClient: !kept.clientId && gone.clientId !== null,
    warnings: refused ? [] : warningsOf(kept, gone), refused: refused ? { code: refused, message: translate(readerLanguage(ctx), refused, {}) } : null,
  };
}

/**
 * Makes two tickets one: what hangs on the other is carried over, and its number and link lead here from now on. Both are
 * locked in the order of their ids, so that two people who merge them the other way round do not wait for each other.
 */
export async function mergeTicket(ctx: Ctx, keptId: string, input: z.output<typeof contracts.mergeTicket.body>): Promise<MergeView> {
  return inTx(ctx, async (ctx) => {
    const { kept, gone } = await loadBoth(ctx, keptId, input.goneId);
    const refused = refusalOf(kept, gone, await selectBetween(ctx.db, kept, gone));
    if (refused) throw conflict(refused);
    if (kept.version !== input.keptVersion || gone.version !== input.goneVersion) throw conflict("changed_meanwhile");
    const merge = await carryOver(ctx, kept, gone);
    await insertMerge(ctx.db, { ...merge, mergedBy: actorId(ctx) });
    await emit(ctx,
      { type: "ticket.merged", subject: { kind: "ticket", id: keptId }, data: { number: kept.number, projectKey: kept.projectKey, goneId: gone.id, goneNumber: gone.number, mergeId: merge.id }, touches: [...touchedBy(kept, gone), ...tasksOf(merge.carried)] },
      { type: "ticket.merged_away", subject: { kind: "ticket", id: gone.id }, data: { number: gone.number, projectKey: gone.projectKey, keptId, keptNumber: kept.number, mergeId: merge.id }, touches: touchedBy(gone, kept) });
    await audit(ctx, { action: "ticket.merge", object: { kind: "ticket", id: keptId }, after: { goneId: gone.id, goneNumber: gone.number, carried: merge.carried } });
    await audit(ctx, { action: "ticket.merge_away", object: { kind: "ticket", id: gone.id }, before: merge.carried.gone, after: { keptId, keptNumber: kept.number } });
    // What conditions read of the form is there now.
    if (merge.carried.ids.forms?.length) await reviewTicket(ctx, keptId);
    return toMergeView(ctx, (await selectMerges(ctx.db, keptId)).find(({ mergeId }) => mergeId === merge.id)!, await contactsOf(ctx, [gone.id]));
  });
}

async function loadBoth(ctx: Ctx, keptId: string, goneId: string): Promise<{ kept: Ticket; gone: Ticket }> {
  const loaded = new Map<string, Ticket>();
  for (const id of [keptId, goneId].sort()) loaded.set(id, await loadTicket(ctx, id, "tickets.assign", { lock: true, merged: true }));
  return { kept: loaded.get(keptId)!, gone: loaded.get(goneId)! };
}

async function carryOver(ctx: TxCtx, kept: Ticket, gone: Ticket): Promise<Omit<Merge, "undoneAt">> {
  const at = ctx.now();
  const ids: Carried["ids"] = {};
  for (const each of CARRIED) ids[each.kind] = await carry(ctx.db, each, gone.id, kept.id);
  const words = [gone.subject, gone.description].filter((text) => text.trim() !== "").join("\n\n");
  const note = await addNote(ctx, kept.id, cutText(`${translate(readerLanguage(ctx), "merge_note", { number: gone.number })}\n${words}`, 10_000));
  const documents = await carryDocuments(ctx.db, gone.id, kept.id);
  const relations = await moveRelations(ctx, kept.id, gone.id);
  const followers = await carryFollowers(ctx.db, gone.id, kept.id);
  const approvals = await lapseAll(ctx.db, gone.id, at);
  const before: Contacts = { clientId: kept.clientId, contactPhone: kept.contactPhone, contactEmail: kept.contactEmail };
  const keptVersion = await setContacts(ctx.db, kept.id, { clientId: kept.clientId ?? gone.clientId, contactPhone: kept.contactPhone ?? gone.contactPhone, contactEmail: kept.contactEmail ?? gone.contactEmail }, at);
  const goneVersion = await endMerged(ctx.db, gone.id, kept.id, at);
  const taskOwners = await selectTaskOwners(ctx.db, ids.subtasks ?? []);
  await inheritAbout(ctx, kept.id);
  const carried: Carried = { ids, taskOwners, documents, approvals, followers, relations, noteId: note.id, kept: { ...before, ownerId: kept.ownerId }, versions: { kept: kept.version, gone: gone.version }, gone: { status: gone.status, closedAs: gone.closedAs, closedAt: gone.closedAt } };
  return { id: newId(at.getTime()), keptId: kept.id, goneId: gone.id, carried, keptVersion, goneVersion, mergedAt: at };
}

async function moveRelations(ctx: TxCtx, keptId: string, goneId: string): Promise<Carried["relations"]> {
  const before = await takeRelations(ctx.db, goneId);
  const made: string[] = [];
  for (const relation of before) {
    const moved = atKept(relation, goneId, keptId);
    const id = moved && await insertRelation(ctx.db, { ...moved, id: newId(ctx.now().getTime()), createdBy: relation.createdBy, createdAt: new Date(relation.createdAt) });
    if (id) made.push(id);
  }
  return { before, made };
}

const touchedBy = (ticket: Ticket, other: Ticket): { kind: string; id: string }[] => [
  { kind: "ticket", id: other.id }, { kind: "project", id: ticket.projectKey }, { kind: "promise", id: ticket.id }, { kind: "approvals", id: ticket.projectKey },
  ...[...new Set([ticket.clientId, other.clientId])].flatMap((id) => (id ? [{ kind: "client", id }] : [])), ...[...new Set([ticket.ownerId, other.ownerId])].flatMap((id) => (id ? [{ kind: "operator", id }] : [])),
];

/** Tasks that are asked for by another ticket now. */
const tasksOf = ({ ids }: Carried): { kind: string; id: string }[] => (ids.subtasks ?? []).map((id) => ({ kind: "ticket", id }));

/** Brings both tickets back as they were; what was written on the kept one since stays there. */
export async function undoMerge(ctx: Ctx, mergeId: string): Promise<{ ok: true }> {
  return inTx(ctx, async (ctx) => {
    const merge = await selectMerge(ctx.db, mergeId);
    if (!merge) throw notFound("merge", mergeId);
    const { kept, gone } = await missingWith("merge", mergeId, loadBoth(ctx, merge.keptId, merge.goneId));
    if (merge.mergedAt.getTime() + UNDO_MS <= ctx.now().getTime()) throw conflict("merge_too_old");
    if (kept.version !== merge.keptVersion || gone.version !== merge.goneVersion) throw conflict("merge_changed_since");
    if (!await markUndone(ctx.db, mergeId, actorId(ctx), ctx.now())) throw conflict("merge_undone");
    await bringBack(ctx, merge);
    await emit(ctx, { type: "ticket.unmerged", subject: { kind: "ticket", id: kept.id }, data: { number: kept.number, goneId: gone.id, goneNumber: gone.number, mergeId }, touches: [...touchedBy(kept, gone), ...tasksOf(merge.carried)] });
    await audit(ctx, { action: "ticket.unmerge", object: { kind: "ticket", id: kept.id }, before: { goneId: gone.id, goneNumber: gone.number } });
    return { ok: true };
  });
}

async function bringBack(ctx: TxCtx, { keptId, goneId, carried }: Merge): Promise<void> {
  const at = ctx.now();
  for (const each of CARRIED) await carryBack(ctx.db, each, carried.ids[each.kind] ?? [], { from: keptId, to: goneId });
  await bringDocumentsBack(ctx.db, carried.documents ?? [], { from: keptId, to: goneId });
  await deleteNote(ctx.db, carried.noteId);
  await deleteRelations(ctx.db, carried.relations.made);
  for (const relation of carried.relations.before) await insertRelation(ctx.db, { ...relation, createdAt: new Date(relation.createdAt) });
  await setFollowers(ctx.db, carried.followers, goneId);
  const keptVersion = await setContacts(ctx.db, keptId, carried.kept, at);
  const { closedAt } = carried.gone;
  const goneVersion = await reviveMerged(ctx.db, goneId, { ...carried.gone, closedAt: closedAt && new Date(closedAt) }, at);
  await resumeApprovals(ctx.db, carried.approvals ?? []);
  await inheritAbout(ctx, keptId, carried.kept.ownerId);
  await inheritAbout(ctx, goneId);
  await returnOwners(ctx.db, carried.taskOwners ?? []);
  // Both stand as they stood: an earlier merge into either can be taken back as before this one.
  await setSeen(ctx.db, keptId, { from: carried.versions?.kept, to: keptVersion });
  await setSeen(ctx.db, goneId, { from: carried.versions?.gone, to: goneVersion });
}
