import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError, conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { writeWhole } from "../../platform/files.ts";
import { newId } from "../../platform/ids.ts";
import { mediaTypeOf, safeFileName, type FileStore } from "../tickets/index.ts";
import { fillerOf, loadRecord, touchesOf } from "./forms.service.ts";
import { insertFile, selectFiles, selectRecordForUpdate, type FileRow, type RecordRow } from "./forms.sql.ts";
import { bySecret, clientCtx } from "./forms.shared.service.ts";
import { toFile } from "./forms.view.ts";

const MOST_FILES = 20;
const SNIFFED = 4_096;
export const MAX_FORM_FILE_BYTES = 10 * 1024 * 1024;

export interface FormUpload { name: string; bytes: Buffer }

/** A file for a form's field; the field then carries its id. Written whole and flushed before its row. */
async function addFile(ctx: Ctx, { record, upload, store }: { record: RecordRow; upload: FormUpload; store: FileStore }) {
  if (upload.bytes.length === 0) throw invalidField("file", "empty_file");
  if (upload.bytes.length > (store.maxBytes ?? MAX_FORM_FILE_BYTES)) throw new AppError("too_large", "too_large");
  const id = newId(ctx.now().getTime());
  const path = join(ctx.now().toISOString().slice(0, 7), id);
  const name = safeFileName(upload.name);
  const filler = fillerOf(ctx);
  const row: FileRow = { id, recordId: record.id, name, path, mediaType: mediaTypeOf(upload.bytes.subarray(0, SNIFFED), name), bytes: upload.bytes.length, sha256: createHash("sha256").update(upload.bytes).digest("hex"), byKind: filler.by, byName: filler.name, at: ctx.now() };
  await writeWhole(join(store.folder, path), upload.bytes);
  try {
    await inTx(ctx, async (ctx) => {
      const locked = await selectRecordForUpdate(ctx.db, record.id);
      if (locked?.state !== "draft") throw conflict("form_submitted");
      if ((await selectFiles(ctx.db, record.id)).length >= MOST_FILES) throw invalidField("file", "too_many_files", { most: MOST_FILES });
      await insertFile(ctx.db, row);
      await emit(ctx, { type: "form.file_added", subject: { kind: "form", id: record.id }, data: { fileId: id, name }, touches: touchesOf(record) });
      await audit(ctx, { action: "form.add_file", object: { kind: "form", id: record.id }, after: { fileId: id, name, bytes: row.bytes, sha256: row.sha256 } });
    });
  } catch (error) {
    await rm(join(store.folder, path), { force: true });
    throw error;
  }
  return toFile(row);
}

export const addRecordFile = async (ctx: Ctx, id: string, upload: FormUpload, store: FileStore) => addFile(ctx, { record: await loadRecord(ctx, id, "fill"), upload, store });
export const addSharedFile = async (ctx: Ctx, secret: string, upload: FormUpload, store: FileStore) => addFile(clientCtx(ctx), { record: await bySecret(ctx, secret), upload, store });

/** A file as it lies, for who may see the form. */
export async function openRecordFile(ctx: Ctx, id: string, fileId: string, store: FileStore) {
  await loadRecord(ctx, id, "read");
  const row = (await selectFiles(ctx.db, id)).find((one) => one.id === fileId);
  if (!row) throw notFound("attachment", fileId);
  return { name: row.name, mediaType: row.mediaType, bytes: row.bytes, stream: createReadStream(join(store.folder, row.path)) };
}
