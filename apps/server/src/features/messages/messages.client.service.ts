import { cutText } from "@linija/rules";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalidField } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { documentFile } from "../documents/index.ts";
import { addClientAttachment, attachmentFile, loadTicket, type FileStore, type Ticket, type Upload } from "../tickets/index.ts";
import { touched } from "./messages.service.ts";
import { countClientFiles, insertMessage, insertMessageFiles, countSaid, isSaid, isSent, selectMessage, selectMessages, selectSent, touchTicket, type MessageRow } from "./messages.sql.ts";

/** The largest file a client may send. */
export const CLIENT_FILE_MB = 10;
const CLIENT_FILES = 20;
export const CLIENT_TEXT = 4_000;
/** What people send: told from the bytes, not from the name. No archives, and nothing we do not know. */
const TAKEN = /^(image|audio|video)\/|^text\/plain$|^application\/(pdf|msword|vnd\.(openxmlformats|oasis))/;

export interface ClientWriting { /** Made with the form: the same form sent twice is one message. */ id: string; text: string; upload: Upload | null }

/** Thrown to give up what stands there already, with the file that came with it once more. */
class Stands extends Error {}

/** What a client writes, with a file or without. Whoever calls this has made sure that the ticket is the client's own. */
export async function clientWrites(ctx: Ctx, ticketId: string, writing: ClientWriting, store: FileStore): Promise<void> {
  const { id, upload } = writing;
  const text = cutText(writing.text.trim(), CLIENT_TEXT);
  if (text === "" && !upload) throw invalidField("text", "my_message_empty");
  try {
    if (!upload) await inTx(ctx, async (ctx) => keep(ctx, await locked(ctx, ticketId), { id, text, fileId: null }));
    else await addClientAttachment(ctx, ticketId, { upload, also: (ctx, file, ticket) => keep(ctx, ticket, { id, text, fileId: file.id }, file.mediaType) }, { ...store, maxBytes: CLIENT_FILE_MB * 1024 * 1024 });
  } catch (error) {
    if (!(error instanceof Stands)) throw error;
  }
}

/** The system reads it: the client's own right was looked at before. */
const locked = (ctx: TxCtx, ticketId: string): Promise<Ticket> => loadTicket({ ...ctx, actor: { kind: "system", name: "portal" } }, ticketId, "tickets.read", { lock: true });

interface Said { id: string; text: string; fileId: string | null }
/** A form is sent again from a page one went back to, with other words or a file: these are kept too, under an id of ours. */
async function keep(ctx: TxCtx, ticket: Ticket, said: Said, mediaType?: string): Promise<void> {
  const before = await selectMessage(ctx.db, said.id);
  if (before && (before.ticketId !== ticket.id || !before.byClient)) throw conflict("sent_before");
  if (before && await isSent(ctx.db, { ...said, ticketId: ticket.id, since: new Date(ctx.now().getTime() - SAME_MS) })) throw new Stands();
  if (ticket.status === "closed") throw conflict("my_closed");
  if (mediaType !== undefined && !TAKEN.test(mediaType)) throw invalidField("file", "my_file_kind");
  if (mediaType !== undefined && await countClientFiles(ctx.db, ticket.id) >= CLIENT_FILES) throw invalidField("file", "my_files_too_many");
  await keepOn(ctx, ticket, { ...said, id: before ? newId() : said.id });
}

async function keepOn(ctx: TxCtx, ticket: Ticket, { id, text, fileId }: Said): Promise<void> {
  const isNew = await insertMessage(ctx.db, { id, ticketId: ticket.id, byClient: true, authorId: null, text, at: ctx.now() });
  if (!isNew) throw conflict("sent_before");
  await insertMessageFiles(ctx.db, id, { files: fileId ? [fileId] : [], documents: [] });
  await touchTicket(ctx.db, ticket.id, ctx.now());
  const subject = { kind: "ticket", id: ticket.id };
  await emit(ctx, { type: "ticket.client_wrote", subject, data: { messageId: id, number: ticket.number, projectKey: ticket.projectKey, text }, touches: touched(ticket) });
  if (ticket.ownerId) await emit(ctx, { type: "ticket.reminded", subject, data: { number: ticket.number, operatorId: ticket.ownerId }, touches: [{ kind: "operator", id: ticket.ownerId }] });
  await audit(ctx, { action: "ticket.client_wrote", object: subject, after: { messageId: id, text, fileId } });
}

const SAME_MS = 86_400_000;
/** One link of a mail is in many hands: so many late answers of a day are kept, more is a flood. */
const LATE_A_DAY = 20;
/** Words of an answer that came when the ticket had gone on: kept as a message, also on one that is closed. False where they stand among the messages of the day already. */
export async function keepLate(ctx: TxCtx, ticketId: string, words: string): Promise<boolean> {
  const ticket = await locked(ctx, ticketId);
  const text = cutText(words.trim(), CLIENT_TEXT);
  if (await countSaid(ctx.db, ticketId, new Date(ctx.now().getTime() - SAME_MS)) >= LATE_A_DAY) return false;
  if (await isSaid(ctx.db, { ticketId, text, since: new Date(ctx.now().getTime() - SAME_MS) })) return false;
  await keepOn(ctx, ticket, { id: newId(), text, fileId: null });
  return true;
}

/** What a client said with an answer stands among the messages, too: whoever reads them later finds the whole talk. That they answered is told by the step. */
export async function keepSaid(ctx: TxCtx, ticketId: string, text: string): Promise<void> {
  await insertMessage(ctx.db, { id: newId(), ticketId, byClient: true, authorId: null, text: cutText(text.trim(), CLIENT_TEXT), at: ctx.now() });
}

/** Messages of tickets that are the reader's own; nothing of it says which colleague wrote. */
export const clientMessages = async (ctx: Ctx, ticketIds: string[]): Promise<Omit<MessageRow, "by" | "mail">[]> =>
  (await selectMessages(ctx.db, ticketIds)).map(({ id, byClient, text, at, files }) => ({ id, byClient, text, at, files }));

/** A file that went with a message of these tickets, open; null for any other, whether it is there or not. */
export async function clientFile(ctx: Ctx, ticketIds: string[], wanted: { kind: "file" | "document"; id: string }, folders: { attachments: string; documents: string }) {
  const ticketId = await selectSent(ctx.db, ticketIds, wanted);
  if (!ticketId) return null;
  if (wanted.kind === "file") return attachmentFile(ctx, ticketId, wanted.id, { folder: folders.attachments });
  const { fileName, ...file } = await documentFile(ctx, ticketId, wanted.id, { folder: folders.documents });
  return { ...file, name: fileName, mediaType: "application/pdf" };
}
