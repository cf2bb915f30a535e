import type { z } from "zod";
import { clientDocument, clientPart, compute, fieldProblemText, forClient, mask, stateOf, validate } from "@linija/forms";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, invalidField, notFound, tooMany } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newSecret } from "../../platform/ids.ts";
import { hashSecret } from "../tickets/index.ts";
import type * as contracts from "./forms.contract.ts";
import type { Language } from "../api.contract.ts";
import type { SharedView } from "./forms.contract.ts";
import { formInUse, type FormInUse } from "./forms.definitions.ts";
import type { Conflict } from "./forms.rules.ts";
import { loadRecord, markTyping, saveLocked, touchesOf } from "./forms.service.ts";
import { selectByLink, selectFiles, selectRecordForUpdate, selectSpoken, updateClientReady, updateLink, type FileRow, type RecordRow } from "./forms.sql.ts";
import { contextOf, filesIn, typingNow } from "./forms.view.ts";

/** A link by which the client fills their part. The secret is told once and kept as its hash; a new one takes the old one's place. */
export async function shareRecord(ctx: Ctx, id: string, hours: number): Promise<{ path: string; until: string }> {
  const secret = newSecret();
  const until = new Date(ctx.now().getTime() + hours * 3_600_000);
  await inTx(ctx, async (ctx) => {
    const record = await loadRecord(ctx, id, "fill", { lock: true });
    if (record.state !== "draft") throw conflict("form_submitted");
    const { form } = await formInUse(ctx.db, record.formId);
    if (clientPart(form).see.size === 0) throw invalidField("id", "form_not_for_clients");
    await updateLink(ctx.db, id, { hash: hashSecret(secret), until });
    await emit(ctx, { type: "form.shared", subject: { kind: "form", id }, data: { until: until.toISOString() }, touches: touchesOf(record) });
    await audit(ctx, { action: "form.share", object: { kind: "form", id }, after: { until: until.toISOString() } });
  });
  return { path: `/f/${secret}`, until: until.toISOString() };
}

export async function unshareRecord(ctx: Ctx, id: string): Promise<{ ok: true }> {
  await inTx(ctx, async (ctx) => {
    const record = await loadRecord(ctx, id, "fill", { lock: true });
    await updateLink(ctx.db, id, null);
    await emit(ctx, { type: "form.unshared", subject: { kind: "form", id }, data: {}, touches: touchesOf(record) });
    await audit(ctx, { action: "form.unshare", object: { kind: "form", id } });
  });
  return { ok: true };
}

export const clientCtx = (ctx: Ctx): Ctx => ({ ...ctx, actor: { kind: "client", id: null, name: "client" } });

/** The record of a secret that is still good; an unknown, closed or late one get one answer. */
export async function bySecret(ctx: Ctx, secret: string): Promise<RecordRow> {
  const record = await selectByLink(ctx.db, hashSecret(secret), ctx.now());
  if (!record) throw notFound("link", "");
  return record;
}

export async function getShared(ctx: Ctx, secret: string, reader?: Language): Promise<SharedView> {
  const record = await bySecret(ctx, secret);
  return sharedView(clientCtx(ctx), record, { used: await formInUse(ctx.db, record.formId), files: await selectFiles(ctx.db, record.id), spoken: await selectSpoken(ctx.db, record), reader });
}

/** Nothing of what the form does not give to clients leaves: neither values, nor names, nor conditions, nor who of us filled it. */
function sharedView(ctx: Ctx, record: RecordRow, { used, files, reader, spoken }: { used: FormInUse; files: readonly FileRow[]; /** Of the ticket or the card; absent: that of the project. */ spoken: Language | undefined; /** Absent: the one they are spoken to in. */ reader?: Language | undefined }): SharedView {
  const { form, project } = used;
  const context = contextOf(ctx, used);
  const { see, fill } = clientPart(form);
  const state = stateOf(form, record.data, context);
  const isSeen = (path: string): boolean => see.has(path.split(".").filter((key) => !/^\d+$/.test(key)).join("."));
  const language = spoken ?? project.project.default_language;
  const faults = validate(form, record.data, context, { draft: true }).filter(({ path }) => isSeen(path));
  const hidden = mask(form, compute(form, record.data, context), () => false);
  const data = forClient(form, hidden.data);
  const shown = new Set(filesIn(form.fields, data));
  return {
    projectName: project.project.name, language, timeZone: form.timeZone, country: used.country, definition: clientDocument(form), fill: [...fill], hidden: [...state.hidden].filter(isSeen),
    data, masked: hidden.masked.filter(isSeen), files: files.filter(({ id }) => shown.has(id)).map(({ id, name }) => ({ id, name })),
    filledBy: Object.fromEntries(Object.entries(record.filledBy).filter(([path]) => isSeen(path)).map(([path, { by, at }]) => [path, { by, at }])),
    typing: typingNow(ctx, record.typing).filter(({ path }) => isSeen(path)).map((one) => ({ ...one, name: "" })), state: record.state, version: record.version,
    faults: faults.map((fault) => ({ path: fault.path, code: fault.code, message: fieldProblemText(fault, reader ?? language) })), until: record.linkUntil!.toISOString(),
    readyAt: record.clientReadyAt?.toISOString() ?? null, submittedAt: record.submittedAt?.toISOString() ?? null,
  };
}

const MOST_SAVES = 5_000;

export async function saveShared(ctx: Ctx, secret: string, { language, ...input }: z.output<typeof contracts.saveShared.body> & { language?: Language }): Promise<{ form: SharedView; conflicts: Conflict[] }> {
  const asked = clientCtx(ctx);
  const saved = await inTx(asked, async (ctx) => {
    const { id } = await bySecret(ctx, secret);
    const record = (await selectRecordForUpdate(ctx.db, id))!;
    // Each save leaves rows of history: a link is for filling a form, not for filling the disk.
    if (record.version > MOST_SAVES) throw tooMany(3_600);
    const { form } = await formInUse(ctx.db, record.formId);
    return saveLocked(ctx, record, { ...input, fill: clientPart(form).fill });
  });
  const form = sharedView(asked, saved.record, { used: saved.used, files: await selectFiles(ctx.db, saved.record.id), spoken: await selectSpoken(ctx.db, saved.record), reader: language });
  // What we wrote meanwhile is told only as it is shown.
  return { form, conflicts: saved.conflicts.map((one) => ({ ...one, theirs: null })) };
}

/** The client has filled their part: whoever shared the form is told. Until they write again, or we submit it. */
export async function readyShared(ctx: Ctx, secret: string, reader?: Language): Promise<SharedView> {
  await inTx(clientCtx(ctx), async (ctx) => {
    const { id } = await bySecret(ctx, secret);
    const record = (await selectRecordForUpdate(ctx.db, id))!;
    if (record.state !== "draft" || record.clientReadyAt !== null) return;
    await updateClientReady(ctx.db, id, ctx.now());
    await emit(ctx, { type: "form.client_ready", subject: { kind: "form", id }, data: {}, touches: touchesOf(record) });
    await audit(ctx, { action: "form.client_ready", object: { kind: "form", id }, after: { version: record.version } });
  });
  return getShared(ctx, secret, reader);
}

export async function typeShared(ctx: Ctx, secret: string, path: string | null): Promise<{ ok: true }> {
  const record = await bySecret(ctx, secret);
  const { form } = await formInUse(ctx.db, record.formId);
  const known = path === null || clientPart(form).see.has(path.split(".").filter((key) => !/^\d+$/.test(key)).join("."));
  if (known) await markTyping(clientCtx(ctx), record, path);
  return { ok: true };
}
