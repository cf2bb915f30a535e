import { join } from "node:path";
import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalidField } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { translate } from "../../platform/messages.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { toldTo, type OwnContacts } from "../access/index.ts";
import { findDocument, mayOpenDocument } from "../documents/index.ts";
import { writeLetter } from "../notices/index.ts";
import { contactsOf, findAttachment, loadTicket, projectOf, type Ticket } from "../tickets/index.ts";
import { MAX_MESSAGE_MB, type MessageView } from "./messages.contract.ts";
import type * as contracts from "./messages.contract.ts";
import { insertMessage, insertMessageFiles, selectMerged, selectMessage, selectMessages, selectRecipient, touchTicket, type MessageRow } from "./messages.sql.ts";

type Sending = z.output<typeof contracts.sendMessage.body>;
const MOST_BYTES = MAX_MESSAGE_MB * 1024 * 1024;

interface Showing { ticket: Ticket; own: OwnContacts }
const toView = (ctx: Ctx, { ticket, own }: Showing, { id, byClient, by, text, at, files, mail }: MessageRow): MessageView =>
  ({ id, byClient, by, text: toldTo(ctx, text, own), at: at.toISOString(), files: files.map((file) => shownFile(ctx, ticket, file)), mail });
/** The title of a paper is read by who may read the paper. */
const shownFile = (ctx: Ctx, ticket: Ticket, { needs, plainName, ...file }: MessageRow["files"][number]): MessageView["files"][number] =>
  (plainName === null || mayOpenDocument(ctx, ticket, { needs }) ? file : { ...file, name: plainName });

export async function listMessages(ctx: Ctx, ticketId: string): Promise<{ items: MessageView[] }> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.read");
  const merged = await selectMerged(ctx.db, ticketId);
  const own = (await contactsOf(ctx, merged))(...merged);
  return { items: (await selectMessages(ctx.db, merged)).map((row) => toView(ctx, { ticket, own }, row)) };
}

/** Tells the client, once: on their own page at once, and by a mail that carries the files, if there is an address. */
export async function sendMessage(ctx: Ctx, ticketId: string, input: Sending, { publicUrl }: { publicUrl: string }): Promise<MessageView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.write", { lock: true });
    const showing: Showing = { ticket, own: (await contactsOf(ctx, [ticketId]))(ticketId) };
    const before = await selectMessage(ctx.db, input.id);
    if (before) return toView(ctx, showing, sameOrRefused({ ...before, went: wentWith(before) }, { ticketId, byClient: false, authorId: userId(ctx), text: input.text, went: [...unique(input.documents), ...unique(input.files)].toSorted() }));
    const files = await filesOf(ctx, ticket, input);
    const isNew = await insertMessage(ctx.db, { id: input.id, ticketId, byClient: false, authorId: userId(ctx), text: input.text, at: ctx.now() });
    if (!isNew) throw conflict("sent_before");
    await insertMessageFiles(ctx.db, input.id, { files: unique(input.files), documents: unique(input.documents) });
    const mail = await mailOf(ctx, ticket, { input, files, publicUrl });
    await touchTicket(ctx.db, ticketId, ctx.now());
    await emit(ctx, { type: "ticket.message_sent", subject: { kind: "ticket", id: ticketId }, data: { messageId: input.id, number: ticket.number, projectKey: ticket.projectKey, documents: input.documents, files: input.files }, touches: touched(ticket) });
    await audit(ctx, { action: "ticket.message", object: { kind: "ticket", id: ticketId }, after: { messageId: input.id, text: input.text, mail, files: files.map(({ label, sha256 }) => ({ name: label, sha256 })) } });
    return toView(ctx, showing, (await selectMessage(ctx.db, input.id))!);
  });
}

const userId = ({ actor }: Ctx): string | null => (actor.kind === "user" ? actor.id : null);
const unique = (ids: string[]): string[] => [...new Set(ids.map((id) => id.toLowerCase()))];
const wentWith = ({ files }: MessageRow): string[] => files.map(({ id }) => id).toSorted();

interface Sent { name: string; /** For the trail: without a paper's title. */ label: string; mediaType: string; path: string; bytes: number; sha256: string }

/** What is named must lie on this ticket, and be for its sender to read. */
async function filesOf(ctx: Ctx, ticket: Ticket, input: Sending): Promise<Sent[]> {
  const found: Sent[] = [];
  for (const id of unique(input.documents)) {
    const row = await findDocument(ctx, ticket.id, id);
    if (!row || !mayOpenDocument(ctx, ticket, row)) throw invalidField("documents", "message_document_unknown");
    found.push({ name: row.fileName, label: `${row.key}-${row.number}.pdf`, mediaType: "application/pdf", path: join("documents", row.path), bytes: row.bytes, sha256: row.sha256 });
  }
  for (const id of unique(input.files)) {
    const row = await findAttachment(ctx, ticket.id, id);
    if (!row) throw invalidField("files", "message_file_unknown");
    found.push({ name: row.name, label: row.name, mediaType: row.mediaType, path: join("attachments", row.path), bytes: Number(row.bytes), sha256: row.sha256 });
  }
  if (found.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) throw invalidField("files", "message_too_heavy", { most: MAX_MESSAGE_MB });
  return found;
}

/** The link asks for signing in: nothing in this letter opens anything by itself. */
async function mailOf(ctx: TxCtx, ticket: Ticket, { input, files, publicUrl }: { input: Sending; files: Sent[]; publicUrl: string }): Promise<string> {
  const { project } = await projectOf(ctx.db, ticket.projectKey);
  const { language, number, id } = ticket;
  const answer = translate(language, "message_mail_answer", { link: `${publicUrl.replace(/\/$/, "")}/my/tickets/${id}` });
  return writeLetter(ctx, {
    ticketId: id, cause: `message:${input.id}`, key: "message", language, recipient: await selectRecipient(ctx.db, id), from: project,
    subject: translate(language, "message_mail_subject", { number }), text: `${input.text}\n\n—\n${project.name[language]}\n${answer}`, files: files.map(({ name, mediaType, path, bytes }) => ({ name, mediaType, path, bytes })),
  });
}

export const touched = (ticket: Ticket): { kind: string; id: string }[] =>
  [...(ticket.ownerId ? [{ kind: "operator", id: ticket.ownerId }] : []), ...(ticket.clientId ? [{ kind: "client", id: ticket.clientId }] : []), { kind: "project", id: ticket.projectKey }];
