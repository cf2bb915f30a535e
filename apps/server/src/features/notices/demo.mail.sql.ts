import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface DemoMail { id: string; receivedAt: Date; sender: string; recipients: string; subject: string; messageId: string; bodyText: string; bodyHtml: string }

export const insertDemoMail = (db: Db, mail: DemoMail) => sql`insert into demo_mails (id, received_at, sender, recipients, subject, message_id, body_text, body_html)
  values (${mail.id}, ${mail.receivedAt}, ${mail.sender}, ${mail.recipients}, ${mail.subject}, ${mail.messageId}, ${mail.bodyText}, ${mail.bodyHtml})`.execute(db);

/** Only the newest are kept. */
export const trimDemoMails = (db: Db, keep: number) =>
  sql`delete from demo_mails where (received_at, id) < (select received_at, id from demo_mails order by received_at desc, id desc offset ${keep - 1} limit 1)`.execute(db);

/** A letter of a ticket carries its notice's id; what is written about a colleague is not for that colleague (R129). */
const notAbout = (readerId: string) => sql`not exists (select from notices n join tickets t on t.id = n.ticket_id where n.id = substring(demo_mails.message_id from '^<notice\\.([0-9a-f-]{36})@')::uuid and ${readerId}::uuid = any(t.about_user_ids))`;

export const selectDemoMails = (db: Db, { readerId, limit }: { readerId: string; limit: number }) =>
  sql<Omit<DemoMail, "bodyText" | "bodyHtml">>`select id, received_at, sender, recipients, subject, message_id from demo_mails where ${notAbout(readerId)} order by received_at desc, id desc limit ${limit}`.execute(db).then((result) => result.rows);

export const selectDemoMail = (db: Db, { readerId, id }: { readerId: string; id: string }) => sql<DemoMail>`select * from demo_mails where id = ${id} and ${notAbout(readerId)}`.execute(db).then((result) => result.rows[0]);
