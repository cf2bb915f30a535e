import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Data of a ticket's forms: of each form the newest that was submitted, and the newest draft, which may say more already. */
export const selectFormsOf = (db: Db, ticketId: string) => sql<{ data: unknown }>`select distinct on (form_key, state) data from form_records
  where subject_kind = 'ticket' and subject_id = ${ticketId} order by form_key, state, created_at desc, id desc`.execute(db).then((result) => result.rows.map(({ data }) => data));

/** Whom it is about by what it was made of, whom the ticket is about that this one is a task of, and those that were merged into it. A task merged into its own parent says nothing its parent did not say to it. */
export const selectInherited = (db: Db, { id, parentId }: { id: string; parentId: string | null }) => sql<{ about: string[] | null }>`select array_agg(distinct about) as about from (
  select unnest(t.about_user_ids) as about from tickets t where t.id = ${parentId}::uuid or (t.merged_into = ${id}::uuid and t.parent_id is distinct from ${id}::uuid)
  union all select unnest(about_besides) from tickets where id = ${id}::uuid) a`.execute(db).then((result) => result.rows[0]?.about ?? null);

/** Whom these tickets are about, of those that are about somebody. */
export const selectAboutOf = async (db: Db, ids: string[]): Promise<Map<string, string[]>> => new Map((await sql<{ id: string; about: string[] }>`
  select id, about_user_ids as about from tickets where id = any(${ids}::uuid[]) and about_user_ids is not null`.execute(db)).rows.map(({ id, about }) => [id, about]));

export const selectTasks = (db: Db, parentId: string) => sql<{ id: string }>`select id from tickets where parent_id = ${parentId}::uuid order by id`.execute(db).then((result) => result.rows.map(({ id }) => id));

/** Its version stays: a colleague who is writing on it has not been overtaken. */
export const updateAbout = (db: Db, id: string, { aboutUserIds, ownerId }: { aboutUserIds: string[] | null; ownerId: string | null }) =>
  sql`update tickets set about_user_ids = ${aboutUserIds}::uuid[], owner_id = ${ownerId}::uuid where id = ${id}::uuid`.execute(db);
