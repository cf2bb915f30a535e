import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Where a thing belongs: who works in one of these projects may hear of it, but not whom it is about (R129). Of none: everybody may. */
export interface Place { id: string; projects: string[]; about: string[] | null }

/** By primary keys only: asked at each push. What is of another kind, or there no more, has no place. */
export const selectPlaces = (db: Db, ids: string[]): Promise<Place[]> => sql<Place>`with asked as materialized (select unnest(${ids}::uuid[]) as id)
  select t.id, array[t.project_key] as projects, t.about_user_ids as about from asked join tickets t using (id)
  union all select i.id, array_remove(array[i.project_key], null), null from asked join interactions i using (id)
  union all select c.id, c.projects, null from asked join clients c using (id)
  union all select f.id, array[f.project_key], t.about_user_ids from asked join form_records f using (id) left join tickets t on f.subject_kind = 'ticket' and t.id = f.subject_id
  union all select p.id, array[p.project_key], t.about_user_ids from asked join promises p using (id) left join tickets t on t.id = p.ticket_id
  union all select h.id, array[h.project_key], t.about_user_ids from asked join handovers h using (id) join tickets t on t.id = h.ticket_id`.execute(db).then(({ rows }) => rows);
