import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Data of a ticket's forms: of each form the newest that was submitted, and the newest draft, which may say more already. */
export const selectFormsOf = (db: Db, ticketId: string) => sql<{ data: unknown }>`select distinct on (form_key, state) data from form_records
  where subject_kind = 'ticket' and subject_id = ${ticketId} order by form_key, state, created_at desc, id desc`.execute(db).then((result) => result.rows.map(({ data }) => data));

/** What a department is asked for a ticket tells what the ticket is about. */
export const updateAboutOfSubtasks = (db: Db, parentId: string, about: string[] | null) => sql`update tickets set about_user_ids = ${about}::uuid[] where parent_id = ${parentId}`.execute(db);
