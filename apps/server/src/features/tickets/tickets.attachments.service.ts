import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { alongFor } from "./tickets.along.ts";
import { touched } from "./tickets.effects.ts";
import { MAX_FILE_BYTES } from "./tickets.files.contract.ts";
import { mediaTypeOf, safeFileName, SNIFF_BYTES } from "./tickets.files.rules.ts";
import { loadTicket } from "./tickets.load.ts";
import { touchTicket, type Ticket } from "./tickets.sql.ts";
import { toAttachmentView } from "./tickets.view.ts";
import { countAttachments, deleteAttachment, insertAttachment, isOfMessage, selectAnyAttachment, selectAttachment, type StoredAttachment } from "./tickets.view.sql.ts";

const MAX_FILES = 50;

/** The folder in which attachments lie. */
export interface FileStore { folder: string; maxBytes?: number }
export interface Upload { /** Drawn by who sends it. */ id?: string | undefined; name: string; stream: Readable; /** True when the parser cut the stream at its own limit. */ truncated: () => boolean }

export const addAttachment = (ctx: Ctx, ticketId: string, upload: Upload, store: FileStore) => attach(ctx, ticketId, { upload, reader: ctx }, store);

/** A file from the client, whom another service has let in; `also` refuses it, or writes what belongs to it, in the same transaction. */
export const addClientAttachment = (ctx: Ctx, ticketId: string, { upload, also }: { upload: Upload; also: Also }, store: FileStore) =>
  attach(ctx, ticketId, { upload, reader: { ...ctx, actor: { kind: "system", name: "portal" } }, also }, store);

/** A file the program makes itself, in the name of who asked for it. */
export const addMadeAttachment = (ctx: Ctx, ticketId: string, upload: Upload, store: FileStore) =>
  attach(ctx, ticketId, { upload, reader: { ...ctx, actor: { kind: "system", name: "linija" } } }, store);

type AttachmentView = ReturnType<typeof toAttachmentView>;
type Also = (ctx: TxCtx, file: AttachmentView, ticket: Ticket) => Promise<void>;
interface Attaching { upload: Upload; /** Whose rights are asked. */ reader: Ctx; also?: Also }

/**
 * Writes the file first, whole and flushed, then its row: a row never points to a file that is not there. Sent again under its id it
 * is the same file: what is sent twice at once is written twice, under names of their own, and one of the two is taken away again.
 */
async function attach(ctx: Ctx, ticketId: string, { upload, reader, also }: Attaching, store: FileStore): Promise<AttachmentView> {
  await loadTicket(reader, ticketId, "tickets.attach");
  const id = upload.id ?? newId(ctx.now().getTime());
  const path = join(ctx.now().toISOString().slice(0, 7), newId(ctx.now().getTime()));
  const written = await write(upload, join(store.folder, path), store.maxBytes ?? MAX_FILE_BYTES);
  let isKept = false;
  try {
    const { view, isNew } = await inTx(ctx, async (ctx) => {
      const ticket = await loadTicket({ ...ctx, actor: reader.actor }, ticketId, "tickets.attach", { lock: true });
      const row = { id, ticketId, path, ...written, uploadedBy: ctx.actor.kind === "user" ? ctx.actor.id : null, at: ctx.now() };
      const there = upload.id && await selectAnyAttachment(ctx.db, upload.id);
      if (there) return { view: toAttachmentView(sameFile(there, row)), isNew: false };
      if ((await countAttachments(ctx.db, ticketId)).n >= MAX_FILES) throw invalidField("file", "too_many_files", { most: MAX_FILES });
      // Only of another ticket: on this one they wait for each other.
      if (!(await insertAttachment(ctx.db, row))) throw conflict("sent_before");
      await touchTicket(ctx.db, ticketId, ctx.now());
      await emit(ctx, { type: "ticket.file_added", subject: { kind: "ticket", id: ticketId }, data: { attachmentId: id, name: row.name, bytes: row.bytes }, touches: touched(ticket) });
      await audit(ctx, { action: "ticket.attach", object: { kind: "ticket", id: ticketId }, after: { attachmentId: id, name: row.name, bytes: row.bytes, sha256: row.sha256 } });
      const view = toAttachmentView({ ...row, by: ctx.actor.kind === "client" ? "" : ctx.actor.name });
      await also?.(ctx, view, ticket);
      return { view, isNew: true };
    });
    isKept = isNew;
    return view;
  } finally {
    if (!isKept) await rm(join(store.folder, path), { force: true });
  }
}

const sameFile = (there: StoredAttachment, { ticketId, uploadedBy, sha256 }: Pick<StoredAttachment, "ticketId" | "uploadedBy" | "sha256">): StoredAttachment => sameOrRefused(there, { ticketId, uploadedBy, sha256 });

async function write(upload: Upload, path: string, maxBytes: number): Promise<{ name: string; mediaType: string; bytes: number; sha256: string }> {
  const name = safeFileName(upload.name);
  const hash = createHash("sha256");
  const head: Buffer[] = [];
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (bytes < SNIFF_BYTES) head.push(chunk.subarray(0, SNIFF_BYTES - bytes));
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > maxBytes ? new AppError("too_large", "too_large") : null, chunk);
    },
  });
  await mkdir(join(path, ".."), { recursive: true });
  try {
    await pipeline(upload.stream, measure, createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
    if (upload.truncated()) throw new AppError("too_large", "too_large");
    if (bytes === 0) throw invalidField("file", "empty_file");
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { name, mediaType: mediaTypeOf(Buffer.concat(head), name), bytes, sha256: hash.digest("hex") };
}

/** The file as it lies, for those who may see the ticket, or a task it goes along with. */
export async function openAttachment(ctx: Ctx, ticketId: string, attachmentId: string, store: FileStore) {
  const along = await alongFor(ctx, await loadTicket(ctx, ticketId, "tickets.read"));
  const isGiven = along?.files === true && !(await selectAttachment(ctx.db, ticketId, attachmentId));
  return attachmentFile(ctx, isGiven ? along.parentId : ticketId, attachmentId, store);
}

/** For who has asked already whether the reader may have it. */
export const findAttachment = (ctx: Ctx, ticketId: string, attachmentId: string) => selectAttachment(ctx.db, ticketId, attachmentId);

/** The same with its file open. */
export async function attachmentFile(ctx: Ctx, ticketId: string, attachmentId: string, store: FileStore) {
  const row = await selectAttachment(ctx.db, ticketId, attachmentId);
  if (!row) throw notFound("attachment", attachmentId);
  const file = await open(join(store.folder, row.path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    ctx.log.error({ ticket: ticketId, attachment: attachmentId }, "the file of an attachment is lost");
    throw notFound("attachment", attachmentId);
  });
  return { name: row.name, mediaType: row.mediaType, bytes: row.bytes, stream: file.createReadStream() };
}

/** What went with a message, or came with one, stays: the message would say something else without it. */
export async function removeAttachment(ctx: Ctx, ticketId: string, attachmentId: string, store: FileStore): Promise<void> {
  const path = await inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.attach", { lock: true });
    const row = await selectAttachment(ctx.db, ticketId, attachmentId);
    if (!row) throw notFound("attachment", attachmentId);
    if (await isOfMessage(ctx.db, attachmentId)) throw conflict("file_of_message", { name: row.name });
    // What a decision was made from: its hash stands on the ticket, and the file with it (R219).
    if (Object.values(ticket.fields).includes(row.sha256)) throw conflict("file_of_record", { name: row.name });
    await deleteAttachment(ctx.db, ticketId, attachmentId);
    await emit(ctx, { type: "ticket.file_removed", subject: { kind: "ticket", id: ticketId }, data: { attachmentId, name: row.name }, touches: touched(ticket) });
    await audit(ctx, { action: "ticket.detach", object: { kind: "ticket", id: ticketId }, before: { attachmentId, name: row.name, sha256: row.sha256 } });
    return row.path;
  });
  // Only after the commit; a crash in between leaves a file nobody points to, never the other way round.
  await rm(join(store.folder, path), { force: true });
}
