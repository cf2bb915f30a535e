import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import { documentVersion } from "../documents/index.ts";
import type { MessageView } from "./messages.contract.ts";

const SHOWN = sql`m.id, m.by_client, coalesce(u.name, '') as by, m.text, m.at, case when m.by_client then null else (select n.state from notices n where n.cause = 'message:' || m.id) end as mail,
  coalesce((select json_agg(json_build_object('id', coalesce(f.attachment_id, f.document_id), 'kind', case when f.document_id is null then 'file' else 'document' end,
      'name', coalesce(d.file_name, a.name), 'mediaType', coalesce(a.media_type, 'application/pdf'), 'bytes', coalesce(d.bytes, a.bytes), 'needs', d.needs, 'plainName', d.key || '-' || d.language || '-' || ${documentVersion} || '.pdf') order by f.document_id is null, coalesce(f.attachment_id, f.document_id))
    from ticket_message_files f left join attachments a on a.id = f.attachment_id left join documents d on d.id = f.document_id where f.message_id = m.id), '[]') as files
  from ticket_messages m left join users u on u.id = m.author_id`;
/** `needs`: rights that reading a document takes; its name without its title stands beside it. */
export type MessageRow = Omit<MessageView, "at" | "files"> & { at: Date; files: (MessageView["files"][number] & { needs: string[] | null; plainName: string | null })[] };

/** The newest five hundred, oldest first. */
export const selectMessages = (db: Db, ticketIds: string[]) =>
  sql<MessageRow>`select ${SHOWN} where m.ticket_id = any(${ticketIds}::uuid[]) order by m.at desc, m.id desc limit 500`.execute(db).then((result) => result.rows.reverse());
export const selectMessage = (db: Db, id: string) => sql<MessageRow & { ticketId: string; authorId: string | null }>`select m.ticket_id, m.author_id, ${SHOWN} where m.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** The ticket and those merged into it. */
export const selectMerged = (db: Db, ticketId: string) => sql<{ id: string }>`select id from tickets where id = ${ticketId} or merged_into = ${ticketId}`.execute(db).then((result) => result.rows.map(({ id }) => id));

export interface NewMessage { id: string; ticketId: string; byClient: boolean; authorId: string | null; text: string; at: Date }
/** False when there is one of this id. */
export const insertMessage = (db: Db, row: NewMessage) => sql`insert into ticket_messages (id, ticket_id, by_client, author_id, text, at) values (${row.id}, ${row.ticketId}, ${row.byClient}, ${row.authorId}, ${row.text}, ${row.at})
  on conflict (id) do nothing returning id`.execute(db).then((result) => result.rows.length > 0);
export const countSaid = (db: Db, ticketId: string, since: Date): Promise<number> => sql<{ n: number }>`
  select count(*)::int as n from ticket_messages where ticket_id = ${ticketId} and by_client and at >= ${since}`.execute(db).then(({ rows }) => rows[0]!.n);
export const isSaid = (db: Db, { ticketId, text, since }: { ticketId: string; text: string; since: Date }): Promise<boolean> => sql<{ said: boolean }>`
  select exists(select from ticket_messages where ticket_id = ${ticketId} and by_client and at >= ${since} and text = ${text}) as said`.execute(db).then(({ rows }) => rows[0]!.said);
/** Whether a form's message stands: under its id, or from a later sending of the form under one of ours; the same words with the same file. */
export const isSent = (db: Db, { id, ticketId, text, fileId, since }: { id: string; ticketId: string; text: string; fileId: string | null; since: Date }): Promise<boolean> => sql<{ sent: boolean }>`
  select exists(select from ticket_messages m where m.ticket_id = ${ticketId} and m.by_client and (m.id = ${id} or m.at >= ${since}) and m.text = ${text}
    and (select max(a.sha256) from ticket_message_files f join attachments a on a.id = f.attachment_id where f.message_id = m.id) is not distinct from (select sha256 from attachments where id = ${fileId})) as sent`.execute(db).then(({ rows }) => rows[0]!.sent);
export const insertMessageFiles = async (db: Db, messageId: string, { files, documents }: { files: string[]; documents: string[] }): Promise<void> => {
  for (const id of files) await sql`insert into ticket_message_files (message_id, attachment_id) values (${messageId}, ${id})`.execute(db);
  for (const id of documents) await sql`insert into ticket_message_files (message_id, document_id) values (${messageId}, ${id})`.execute(db);
};
export const touchTicket = (db: Db, id: string, at: Date) => sql`update tickets set updated_at = greatest(updated_at, ${at}) where id = ${id}`.execute(db);

/** Files the client has sent to this ticket. */
export const countClientFiles = (db: Db, ticketId: string) => sql<{ n: number }>`select count(*)::int as n from ticket_message_files f join ticket_messages m on m.id = f.message_id
  where m.ticket_id = ${ticketId} and m.by_client`.execute(db).then((result) => result.rows[0]!.n);

/** Where the client is written to: what the ticket says, or else the card. */
export const selectRecipient = (db: Db, ticketId: string) => sql<{ address: string | null }>`select coalesce(t.contact_email, (select e.address from client_emails e where e.client_id = t.client_id order by e.position limit 1)) as address
  from tickets t where t.id = ${ticketId}`.execute(db).then((result) => result.rows[0]?.address ?? null);

/** The ticket a file or document lies on, if it went with a message of one of these tickets. */
export const selectSent = (db: Db, ticketIds: string[], { kind, id }: { kind: "file" | "document"; id: string }) => sql<{ ticketId: string }>`select coalesce(a.ticket_id, d.ticket_id) as ticket_id
  from ticket_message_files f join ticket_messages m on m.id = f.message_id left join attachments a on a.id = f.attachment_id left join documents d on d.id = f.document_id
  where m.ticket_id = any(${ticketIds}::uuid[]) and ${kind === "file" ? sql`f.attachment_id` : sql`f.document_id`} = ${id} limit 1`.execute(db).then((result) => result.rows[0]?.ticketId ?? null);
