import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Text } from "../projects/index.ts";
import type { InHand } from "./declarations.retire.contract.ts";

/** Each by an index of what is not finished. */
export const countInHand = async (db: Db, key: string): Promise<InHand & { people: number }> => (await sql<InHand & { people: number }>`select
  (select count(*) from tickets where project_key = ${key} and status <> 'closed')::int as tickets,
  (select count(*) from interactions where project_key = ${key} and state <> 'ended')::int as calls,
  (select count(*) from promises where project_key = ${key} and state = 'open')::int as promises,
  ((select count(*) from bulk_runs r where r.state in ('checking', 'running', 'undoing') and exists (select 1 from bulk_items i join tickets t on t.id = i.ticket_id where i.run_id = r.id and t.project_key = ${key}))
    + (select count(*) from process_migrations where project_key = ${key} and state in ('running', 'undoing')))::int as bulk,
  (select count(*) from users where ${key} = any(projects) and disabled_at is null)::int as people`.execute(db)).rows[0]!;

export interface RetiredRow { key: string; name: Text; colour: string; prefix: string; retiredAt: Date; retiredBy: string | null; note: string; tickets: number }

export const selectRetired = async (db: Db): Promise<RetiredRow[]> => (await sql<RetiredRow>`
  select p.key, p.name, p.definition->'project'->>'colour' as colour, p.definition->'project'->>'ticket_prefix' as prefix, p.retired_at, u.name as retired_by, p.retired_note as note,
    (select count(*) from tickets t where t.project_key = p.key)::int as tickets
  from projects p left join users u on u.id = p.retired_by where p.retired_at is not null order by p.retired_at desc, p.key`.execute(db)).rows;
