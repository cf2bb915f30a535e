import type { z } from "zod";
import { compute, diff, fieldAt, numbered, provenance, ruleValues, submission, validate, valueAt, withValue, type FieldProblem, type Filler, type Form, type FormData } from "@linija/forms";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalid, invalidField, missingWith, notFound } from "../../platform/errors.ts";
import { announce, emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { may, toldTo, type OwnContacts } from "../access/index.ts";
import { contactsOf, loadTicket, reviewAbout } from "../tickets/index.ts";
import type * as contracts from "./forms.contract.ts";
import type { RecordView } from "./forms.contract.ts";
import { settleConsents } from "./forms.consents.service.ts";
import { formInUse, versionFor, type FormInUse } from "./forms.definitions.ts";
import { settleLookups } from "./forms.lookups.service.ts";
import { applyWrites, type Applied, type Conflict, type Write } from "./forms.rules.ts";
import {
  insertChanges, insertRecord, nextFormNumber, selectChangedSince, selectChanges, selectDrafts, selectFiles, selectFormNames, selectOfSubject, selectRecord, selectRecordForUpdate, selectReveals, selectSubjectProjects,
  updateData, updateSubject, updateSubmitted, updateTyping, type RecordRow, type SubjectKind,
} from "./forms.sql.ts";
import { isOwn, isRevealed, keepUnseen, overlaps, overwrittenUnseen, type Shown } from "./forms.unseen.rules.ts";
import { contextOf, guardedRecord, hide, isHidden, mayReveal, shownTo, subjectOf, toRecordView } from "./forms.view.ts";

/** A record the actor may see (or write); another project's is not told from one that is not there. */
export async function loadRecord(ctx: Ctx, id: string, deed: "read" | "fill", options: { lock?: boolean } = {}): Promise<RecordRow> {
  const record = options.lock ? await selectRecordForUpdate(ctx.db, id) : await selectRecord(ctx.db, id);
  if (!record || !may(ctx, "forms.read", guardedRecord(ctx, record))) throw notFound("form", id);
  if (record.subjectKind === "ticket") await missingWith("form", id, loadTicket(ctx, record.subjectId!, deed === "fill" ? "tickets.write" : "tickets.read"));
  if (deed === "fill" && !may(ctx, "forms.fill", guardedRecord(ctx, record))) throw forbidden();
  return record;
}

/** Whether a thing is there, and in this project. */
async function checkSubject(ctx: Ctx, projectKey: string, subject: { kind: SubjectKind; id: string }): Promise<void> {
  if (subject.kind === "ticket") {
    const ticket = await loadTicket(ctx, subject.id, "tickets.write");
    if (ticket.projectKey !== projectKey) throw invalidField("subject", "form_other_project");
    return;
  }
  const projects = await selectSubjectProjects(ctx.db, { kind: subject.kind, id: subject.id });
  if (!projects || (projects.length > 0 && !projects.includes(projectKey))) throw notFound(subject.kind, subject.id);
}

export const userId = (ctx: Ctx): string | null => (ctx.actor.kind === "user" ? ctx.actor.id : null);

/** Who fills, as it is kept with each field. */
export function fillerOf(ctx: Ctx): Filler {
  const { actor } = ctx;
  const isDepartment = actor.kind === "user" && !actor.roles.some((role) => role !== "department_worker");
  const by = actor.kind === "user" ? (isDepartment ? "department" : "operator") : actor.kind;
  return { by, id: userId(ctx), name: actor.name, at: ctx.now().toISOString() };
}

export const faultsOf = (faults: readonly FieldProblem[]) => invalid(faults.map(({ path, code, params }) => ({ field: path === "" ? "data" : `data.${path}`, code: code === "check" ? "form_check" : `form_${code}`, params: { ...params } })), "form_faults");

/** Numbers and mails of whom the form is about. */
const ownOf = async (ctx: Ctx, { subjectId }: Pick<RecordRow, "subjectId">): Promise<OwnContacts> => (await contactsOf(ctx, [subjectId]))(subjectId);

export async function view(ctx: Ctx, record: RecordRow, used?: FormInUse): Promise<RecordView> {
  return toRecordView(ctx, used ?? (await formInUse(ctx.db, record.formId)), record, { own: await ownOf(ctx, record), files: await selectFiles(ctx.db, record.id), mayWrite: may(ctx, "forms.fill", guardedRecord(ctx, record)) });
}

export const getRecord = async (ctx: Ctx, id: string): Promise<RecordView> => view(ctx, await loadRecord(ctx, id, "read"));

type CreateInput = z.output<typeof contracts.createRecord.body>;

/** Begins a form. A draft sent again, after an answer that was lost, is the same record; so is one sent twice at once. */
export async function createRecord(ctx: Ctx, input: CreateInput): Promise<RecordView> {
  if (!may(ctx, "forms.fill", { projectKey: input.projectKey, ownerId: userId(ctx) })) throw may(ctx, "forms.read", { projectKey: input.projectKey }) ? forbidden() : notFound("project", input.projectKey);
  const used = await versionFor(ctx, input);
  const earlier = await selectRecord(ctx.db, input.id);
  if (earlier) return sameRecord(ctx, input, earlier);
  if (input.subject) await checkSubject(ctx, input.projectKey, input.subject);
  const writes = Object.entries(input.data).map(([path, value]) => ({ path, value }));
  const applied = applyWrites(used.form, {}, writes, { changed: [], version: 0, fill: null, context: contextOf(ctx, used) });
  const data = await settled(ctx, used, { before: {}, applied });
  const changes = diff(used.form, {}, data);
  const filler = fillerOf(ctx);
  const isNew = await inTx(ctx, async (ctx) => {
    const subject = input.subject;
    const row = { id: input.id, projectKey: input.projectKey, formId: used.id, formKey: used.key, subjectKind: subject?.kind ?? null, subjectId: subject?.id ?? null, ownerId: userId(ctx), data, reads: ruleValues(used.form, data, contextOf(ctx, used)), filledBy: provenance({}, changes, filler), createdAt: ctx.now() };
    if (!(await insertRecord(ctx.db, row))) return false;
    await tellTicket(ctx, row);
    await writeChanges(ctx, { ...row, version: 1 }, { changes, filler });
    await emit(ctx, { type: "form.begun", subject: { kind: "form", id: row.id }, data: { formKey: used.key, projectKey: row.projectKey }, touches: subject ? [subject] : [] });
    await audit(ctx, { action: "form.begin", object: { kind: "form", id: row.id }, after: { formId: used.id, subject } });
    return true;
  });
  const record = (await selectRecord(ctx.db, input.id))!;
  return isNew ? view(ctx, record, used) : sameRecord(ctx, input, record);
}

/** What was applied, with lookups by what they are now and consents as they were read; throws what is refused by field. */
async function settled(ctx: Ctx, used: FormInUse, { before, applied }: { before: FormData; applied: Applied }): Promise<FormData> {
  if (applied.faults.length > 0) throw faultsOf(applied.faults);
  const lookups = await settleLookups(ctx, used, { before, after: applied.data });
  const { data, faults } = await settleConsents(ctx, used, { before, after: lookups.data });
  const wrong = [...lookups.faults, ...faults];
  if (wrong.length > 0) throw faultsOf(wrong);
  return data;
}

/** As far as whoever began it may still see it: it may stand on a ticket by now that is about them (R129). */
async function sameRecord(ctx: Ctx, input: CreateInput, record: RecordRow): Promise<RecordView> {
  if (record.projectKey !== input.projectKey || record.formKey !== input.formKey || record.ownerId !== userId(ctx)) throw conflict("changed_meanwhile");
  return view(ctx, await loadRecord(ctx, record.id, "read"));
}

async function writeChanges(ctx: TxCtx, record: Pick<RecordRow, "id" | "version">, { changes, filler }: { changes: ReturnType<typeof diff>; filler: Filler }): Promise<void> {
  if (changes.length > 0) await insertChanges(ctx.db, record.id, changes.map((change) => ({ ...change, version: record.version, byKind: filler.by, byId: filler.id, byName: filler.name, at: ctx.now() })));
}

export interface Saved { record: RecordRow; used: FormInUse; conflicts: Conflict[] }

/** Saves fields of a draft the caller has locked, each for itself; the record as it is then. */
export async function saveLocked(ctx: TxCtx, record: RecordRow, input: { version: number; changes: readonly Write[]; fill: ReadonlySet<string> | null }): Promise<Saved> {
  if (record.state !== "draft") throw conflict("form_submitted");
  const used = await formInUse(ctx.db, record.formId);
  const filler = fillerOf(ctx);
  const oldest = Math.min(input.version, ...input.changes.map(({ seen }) => seen ?? input.version));
  const changed = await selectChangedSince(ctx.db, record.id, { version: oldest, byKind: filler.by, byId: filler.id });
  const shown: Shown = { stored: record.data, shown: shownTo(ctx, used.form, record.data, await ownOf(ctx, record)) };
  const applied = applyWrites(used.form, record.data, keepUnseen(used.form, shown, input.changes), { changed, version: input.version, fill: input.fill, context: contextOf(ctx, used) });
  const { conflicts } = applied;
  await refuseUnseen(ctx, record, { form: used.form, shown, applied });
  const data = await settled(ctx, used, { before: record.data, applied });
  const changes = diff(used.form, record.data, data);
  if (changes.length === 0) return { record, used, conflicts };
  const next: RecordRow = { ...record, data, filledBy: provenance(record.filledBy, changes, filler), version: record.version + 1, updatedAt: ctx.now(), clientReadyAt: filler.by === "client" ? null : record.clientReadyAt };
  await updateData(ctx.db, record.id, { data, reads: ruleValues(used.form, data, contextOf(ctx, used)), filledBy: next.filledBy, clientReadyAt: next.clientReadyAt, at: ctx.now() });
  await tellTicket(ctx, record);
  await writeChanges(ctx, next, { changes, filler });
  const paths = changes.map(({ path }) => path);
  await emit(ctx, { type: "form.filled", subject: { kind: "form", id: record.id }, data: { version: next.version, paths, by: filler.by }, touches: touchesOf(record) });
  // Values stand in the form's own history, masked for who reads it; the log says what was written where.
  await audit(ctx, { action: "form.fill", object: { kind: "form", id: record.id }, after: { version: next.version, paths } });
  return { record: next, used, conflicts };
}

/** What somebody is shown in bullets they do not write over: first they see it, for a reason, or leave it. What they wrote themselves they know. */
async function refuseUnseen(ctx: TxCtx, { id, filledBy }: RecordRow, { form, shown, applied }: { form: Form; shown: Shown; applied: Applied }): Promise<void> {
  const hidden = overwrittenUnseen(form, shown, applied.data);
  if (hidden.length === 0) return;
  const [user, is] = [userId(ctx), fillerOf(ctx)];
  const others = (await selectChangedSince(ctx.db, id, { version: 0, byKind: is.by, byId: is.id })).map(({ path }) => path);
  const unseen = hidden.filter((path) => !isOwn(filledBy, path, { form, is, others }));
  const reveals = user === null || unseen.length === 0 ? [] : await selectReveals(ctx.db, id, user);
  const refused = unseen.filter((path) => !isRevealed(filledBy, path, reveals) && !applied.faults.some((fault) => overlaps(fault.path, path)));
  applied.faults.push(...refused.map((path): FieldProblem => ({ path, code: "unseen", params: {} })));
}

/** Whom a form names may be kept away from the ticket it is about. */
async function tellTicket(ctx: TxCtx, { subjectKind, subjectId }: Pick<RecordRow, "subjectKind" | "subjectId">): Promise<void> {
  if (subjectKind === "ticket" && subjectId) await reviewAbout(ctx, subjectId);
}

export const touchesOf = (record: RecordRow) => { const subject = subjectOf(record); return subject ? [subject] : []; };

export async function saveRecord(ctx: Ctx, id: string, input: z.output<typeof contracts.saveRecord.body>): Promise<{ record: RecordView; conflicts: Conflict[] }> {
  const saved = await inTx(ctx, async (ctx) => saveLocked(ctx, await loadRecord(ctx, id, "fill", { lock: true }), { ...input, fill: null }));
  return { record: await view(ctx, saved.record, saved.used), conflicts: maskConflicts(ctx, saved, await ownOf(ctx, saved.record)) };
}

/** What another wrote into a masked field is not read by losing a race against it. */
const maskConflicts = (ctx: Ctx, { conflicts, used }: Saved, own: OwnContacts): Conflict[] => conflicts.map((one) => ({ ...one, theirs: isHidden(ctx, fieldAt(used.form.fields, one.path)) ? null : toldTo(ctx, one.theirs, own) }));

/** Submits once: sent again, also by two requests at once, it answers as the first time. Nothing incomplete or wrong is taken. */
export async function submitRecord(ctx: Ctx, id: string, input: z.output<typeof contracts.submitRecord.body>): Promise<RecordView> {
  const record = await inTx(ctx, async (ctx) => {
    const locked = await loadRecord(ctx, id, "fill", { lock: true });
    if (locked.state === "submitted") return locked;
    const saved = input.changes ? await saveLocked(ctx, locked, { version: input.version, changes: input.changes, fill: null }) : { record: locked, used: await formInUse(ctx.db, locked.formId), conflicts: [] };
    if (saved.conflicts.length > 0) throw conflict("form_conflicts", { paths: saved.conflicts.map(({ path }) => path).join(", ") });
    return submitLocked(ctx, saved);
  });
  return view(ctx, record);
}

/** Whether the ticket is registered by the same deed, and not told of its form later. */
interface Occasion { withTicket?: boolean }

/** Nothing incomplete or wrong is taken; the caller has locked the draft. */
export async function submitLocked(ctx: TxCtx, { record, used }: Saved, occasion: Occasion = {}): Promise<RecordRow> {
  const context = contextOf(ctx, used);
  const faults = validate(used.form, record.data, context);
  if (faults.length > 0) throw faultsOf(faults);
  const data = await withNumbers(ctx, used, submission(used.form, record.data, context));
  const at = ctx.now();
  await updateSubmitted(ctx.db, record.id, { data, reads: ruleValues(used.form, data, context), at, by: ctx.actor.name });
  await tellTicket(ctx, record);
  const next: RecordRow = { ...record, data, state: "submitted", submittedAt: at, submittedBy: ctx.actor.name, updatedAt: at, version: record.version + 1, typing: [] };
  await writeChanges(ctx, next, { changes: diff(used.form, record.data, data), filler: { ...fillerOf(ctx), by: "system", id: null, name: used.form.key } });
  await emit(ctx, { type: "form.submitted", subject: { kind: "form", id: record.id }, data: { formKey: record.formKey, formId: record.formId, projectKey: record.projectKey, subject: subjectOf(record), ...occasion }, touches: touchesOf(record) });
  await audit(ctx, { action: "form.submit", object: { kind: "form", id: record.id }, after: { version: next.version } });
  return next;
}

async function withNumbers(ctx: TxCtx, { form }: FormInUse, data: FormData): Promise<FormData> {
  let next = data;
  for (const { path, prefix } of numbered(form.fields)) next = withValue(next, path, `${prefix}${String(await nextFormNumber(ctx.db)).padStart(6, "0")}`);
  return next;
}

/** Says what a form is about; once said it stays, and saying the same again changes nothing. */
export async function attachRecord(ctx: Ctx, id: string, subject: { kind: SubjectKind; id: string }): Promise<RecordView> {
  const record = await inTx(ctx, async (ctx) => {
    const locked = await loadRecord(ctx, id, "fill", { lock: true });
    const known = subjectOf(locked);
    if (known && known.kind === subject.kind && known.id === subject.id) return locked;
    if (known) throw conflict("form_attached");
    await checkSubject(ctx, locked.projectKey, subject);
    return attachLocked(ctx, locked, subject);
  });
  return view(ctx, record);
}

/** The caller has locked the record and knows that the thing is there. */
export async function attachLocked(ctx: TxCtx, { id, ...record }: RecordRow, subject: { kind: SubjectKind; id: string }, occasion: Occasion = {}): Promise<RecordRow> {
  await updateSubject(ctx.db, id, subject, ctx.now());
  await tellTicket(ctx, { subjectKind: subject.kind, subjectId: subject.id });
  await emit(ctx, { type: "form.attached", subject: { kind: "form", id }, data: { subject, formKey: record.formKey, state: record.state, ...occasion }, touches: [subject] });
  await audit(ctx, { action: "form.attach", object: { kind: "form", id }, after: { subject } });
  return { ...record, id, subjectKind: subject.kind, subjectId: subject.id, updatedAt: ctx.now() };
}

/** A masked value for a reason; who saw it and why is in the audit log before it is shown. */
export async function revealField(ctx: Ctx, id: string, { path, reason }: { path: string; reason: string }): Promise<{ value: unknown }> {
  return inTx(ctx, async (ctx) => {
    const record = await loadRecord(ctx, id, "read");
    const used = await formInUse(ctx.db, record.formId);
    const { form } = used;
    const field = fieldAt(form.fields, path);
    const allowed = mayReveal(ctx, field, record);
    if (allowed === undefined) throw invalidField("path", "form_not_masked");
    if (!allowed) throw forbidden();
    await audit(ctx, { action: "form.reveal", object: { kind: "form", id }, after: { path }, reason });
    return { value: valueAt(record.state === "draft" ? compute(form, record.data, contextOf(ctx, used)) : record.data, path) ?? null };
  });
}

export async function listRecords(ctx: Ctx, query: z.output<NonNullable<typeof contracts.listRecords.query>>) {
  const limit = query.limit ?? PAGE_SIZE;
  const after = decodeCursor(query.after);
  const rows = await recordsFor(ctx, query, { after, limit: limit + 1 });
  const names = new Map((await selectFormNames(ctx.db, [...new Set(rows.map(({ formId }) => formId))])).map(({ id, name }) => [id, name]));
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(query.subjectId ? row.createdAt : row.updatedAt, row.id));
  return { next, items: items.map((row) => ({ id: row.id, projectKey: row.projectKey, formKey: row.formKey, formName: names.get(row.formId)!, state: row.state, subject: subjectOf(row), updatedAt: row.updatedAt.toISOString(), version: row.version })) };
}

async function recordsFor(ctx: Ctx, { subjectKind, subjectId }: { subjectKind?: SubjectKind | undefined; subjectId?: string | undefined }, page: { after: [string, string] | null; limit: number }): Promise<RecordRow[]> {
  if (!may(ctx, "forms.read")) throw forbidden();
  if (!subjectKind || !subjectId) return selectDrafts(ctx.db, userId(ctx) ?? newId(), page);
  if (subjectKind === "ticket") await loadTicket(ctx, subjectId, "tickets.read");
  const rows = await selectOfSubject(ctx.db, { kind: subjectKind, id: subjectId }, page);
  return rows.filter((row) => may(ctx, "forms.read", guardedRecord(ctx, row)));
}

/** Each change of each field, masked as the form is. */
export async function recordHistory(ctx: Ctx, id: string, query: z.output<NonNullable<typeof contracts.recordHistory.query>>) {
  const record = await loadRecord(ctx, id, "read");
  const { form } = await formInUse(ctx.db, record.formId);
  const limit = query.limit ?? PAGE_SIZE;
  const rows = await selectChanges(ctx.db, id, { path: query.path ?? null, after: decodeCursor(query.after, "number"), limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(row.version, row.id));
  const own = await ownOf(ctx, record);
  const masked = (path: string, value: unknown): unknown => (value === null ? null : valueAt(hide(ctx, form, withValue({} as FormData, path, value), own).data, path) ?? null);
  return { next, items: items.map((row) => ({
    id: String(row.id), version: row.version, path: row.path, name: fieldAt(form.fields, row.path)?.name ?? { en: row.path, ru: row.path, sl: row.path },
    before: masked(row.path, row.before), after: masked(row.path, row.after), by: { by: row.byKind, id: row.byId, name: row.byName, at: row.at.toISOString() },
  })) };
}

const TYPING_MS = 8_000;

/** Where somebody is now: of no worth a moment later, so neither an event nor a version. */
export async function markTyping(ctx: Ctx, record: RecordRow, path: string | null): Promise<void> {
  const { by, id, name } = fillerOf(ctx);
  if (by === "system") return;
  await updateTyping(ctx.db, record.id, { by, id, name, path: path ?? "", until: new Date(ctx.now().getTime() + TYPING_MS).toISOString() }, path !== null);
  announce([{ id: newId(), at: ctx.now(), type: "form.typing", actor: ctx.actor, depth: 0, requestId: ctx.requestId, subject: { kind: "form", id: record.id }, data: {} }]);
}

export async function setTyping(ctx: Ctx, id: string, path: string | null): Promise<{ ok: true }> {
  await markTyping(ctx, await loadRecord(ctx, id, "fill"), path);
  return { ok: true };
}
