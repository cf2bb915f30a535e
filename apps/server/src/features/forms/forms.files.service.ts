import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { clientPart, fieldAt } from "@linija/forms";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError, conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { writeWhole } from "../../platform/files.ts";
import { newId } from "../../platform/ids.ts";
import { mediaTypeOf, safeFileName, type FileStore } from "../tickets/index.ts";
import { formInUse } from "./forms.definitions.ts";
import { fillerOf, loadRecord, touchesOf } from "./forms.service.ts";
import { insertFile, selectFile, selectFiles, selectRecordForUpdate, type FileRow, type RecordRow } from "./forms.sql.ts";
import { bySecret, clientCtx } from "./forms.shared.service.ts";
import { fileAccess, toFile } from "./forms.view.ts";

const MOST_FILES = 20;
const SNIFFED = 4_096;
export const MAX_FORM_FILE_BYTES = 10 * 1024 * 1024;

export interface FormUpload { name: string; bytes: Buffer; /** Chosen by who sends it. */ id?: string | undefined }

/** A file for a form's field; the field then carries its id. Written whole and flushed before its row. Sent again under its id it is the same file. */
async function addFile(ctx: Ctx, { record, upload, store }: { record: RecordRow; upload: FormUpload; store: FileStore }) {
  if (upload.bytes.length === 0) throw invalidField("file", "empty_file");
  if (upload.bytes.length > (store.maxBytes ?? MAX_FORM_FILE_BYTES)) throw new AppError("too_large", "too_large");
  const id = upload.id ?? newId(ctx.now().getTime());
  // Under a name of its own: what is sent twice at once is written twice, and one of the two is taken away again.
  const path = join(ctx.now().toISOString().slice(0, 7), newId(ctx.now().getTime()));
  const name = safeFileName(upload.name);
  const filler = fillerOf(ctx);
  const row: FileRow = { id, recordId: record.id, name, path, mediaType: mediaTypeOf(upload.bytes.subarray(0, SNIFFED), name), bytes: upload.bytes.length, sha256: createHash("sha256").update(upload.bytes).digest("hex"), byKind: filler.by, byName: filler.name, at: ctx.now() };
  await writeWhole(join(store.folder, path), upload.bytes);
  let kept: FileRow | null = null;
  try {
    kept = await inTx(ctx, async (ctx) => {
      const locked = await selectRecordForUpdate(ctx.db, record.id);
      const earlier = await selectFile(ctx.db, id);
      if (earlier) return sameFile(earlier, row);
      if (locked?.state !== "draft") throw conflict("form_submitted");
      if ((await selectFiles(ctx.db, record.id)).length >= MOST_FILES) throw invalidField("file", "too_many_files", { most: MOST_FILES });
      await insertFile(ctx.db, row);
      await emit(ctx, { type: "form.file_added", subject: { kind: "form", id: record.id }, data: { fileId: id, name }, touches: touchesOf(record) });
      await audit(ctx, { action: "form.add_file", object: { kind: "form", id: record.id }, after: { fileId: id, name, bytes: row.bytes, sha256: row.sha256 } });
      return row;
    });
  } finally {
    if (kept?.path !== path) await rm(join(store.folder, path), { force: true });
  }
  return toFile(kept);
}

/** Another form's file, or another file under this id, is not told from one that may not be here. */
function sameFile(earlier: FileRow, sent: FileRow): FileRow {
  if (earlier.recordId !== sent.recordId || earlier.sha256 !== sent.sha256) throw conflict("changed_meanwhile");
  return earlier;
}

export const addRecordFile = async (ctx: Ctx, id: string, upload: FormUpload, store: FileStore) => addFile(ctx, { record: await loadRecord(ctx, id, "fill"), upload, store });

/** Only where the form asks the client for files: a link is for filling a form, not a place to leave things. */
export async function addSharedFile(ctx: Ctx, secret: string, upload: FormUpload, store: FileStore) {
  const record = await bySecret(ctx, secret);
  const { form } = await formInUse(ctx.db, record.formId);
  if (![...clientPart(form).fill].some((path) => fieldAt(form.fields, path)?.kind === "file")) throw invalidField("file", "form_unknown_field");
  return addFile(clientCtx(ctx), { record, upload, store });
}

/** A file as it lies, for who may see the form; one from a masked field for who may see what is masked, and it is kept that they did. */
export async function openRecordFile(ctx: Ctx, id: string, fileId: string, store: FileStore) {
  const record = await loadRecord(ctx, id, "read");
  const row = (await selectFiles(ctx.db, id)).find((one) => one.id === fileId);
  const access = fileAccess(ctx, (await formInUse(ctx.db, record.formId)).form, record)(fileId);
  if (!row || access === "hidden") throw notFound("attachment", fileId);
  if (access === "masked") await inTx(ctx, (ctx) => audit(ctx, { action: "form.open_file", object: { kind: "form", id }, after: { fileId, name: row.name } }));
  return { name: row.name, mediaType: row.mediaType, bytes: row.bytes, stream: createReadStream(join(store.folder, row.path)) };
}
