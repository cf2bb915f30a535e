import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

const OPEN = sql`t.status in ('open', 'waiting', 'done')`;

/** Tickets not closed that live by any version of this process. */
export const countByProcess = async (db: Db, projectKeys: readonly string[], key: string): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from process_versions v join tickets t on t.process_id = v.id and ${OPEN} where v.project_key = any(${projectKeys}) and v.key = ${key}`.execute(db)).rows[0]?.n ?? 0;

export interface HeldDepartment { key: string; people: number; tickets: number }
/** Of these departments those with people in them or tickets not closed, in projects out of use too. */
export const selectHeldDepartments = (db: Db, keys: readonly string[]): Promise<HeldDepartment[]> => sql<HeldDepartment>`select key, people, tickets from unnest(${keys}::text[]) key
  cross join lateral (select count(*)::int as people from users where department = key and disabled_at is null) u
  cross join lateral (select count(*)::int as tickets from tickets t where t.department = key and ${OPEN}) t
  where people + tickets > 0 order by key`.execute(db).then((result) => result.rows);

/** Tickets not closed that have any version of this form. */
export const countByForm = async (db: Db, projectKeys: readonly string[], key: string): Promise<number> =>
  (await sql<{ n: number }>`select count(distinct t.id)::int as n from form_records f join tickets t on f.subject_kind = 'ticket' and f.subject_id = t.id and ${OPEN} where f.project_key = any(${projectKeys}) and f.form_key = ${key}`.execute(db)).rows[0]?.n ?? 0;
