import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface DemoMail { id: string; receivedAt: Date; sender: string; recipients: string; subject: string; messageId: string; bodyText: string; bodyHtml: string }

export const insertDemoMail = (db: Db, mail: DemoMail) => sql`insert into demo_mails (id, received_at, sender, recipients, subject, message_id, body_text, body_html)
  values (${mail.id}, ${mail.receivedAt}, ${mail.sender}, ${mail.recipients}, ${mail.subject}, ${mail.messageId}, ${mail.bodyText}, ${mail.bodyHtml})`.execute(db);

/** Only the newest are kept. */
export const trimDemoMails = (db: Db, keep: number) =>
  sql`delete from demo_mails where (received_at, id) < (select received_at, id from demo_mails order by received_at desc, id desc offset ${keep - 1} limit 1)`.execute(db);

export const selectDemoMails = (db: Db, limit: number) =>
  sql<Omit<DemoMail, "bodyText" | "bodyHtml">>`select id, received_at, sender, recipients, subject, message_id from demo_mails order by received_at desc, id desc limit ${limit}`.execute(db).then((result) => result.rows);

export const selectDemoMail = (db: Db, id: string) => sql<DemoMail>`select * from demo_mails where id = ${id}`.execute(db).then((result) => result.rows[0]);
