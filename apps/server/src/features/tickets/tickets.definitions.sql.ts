import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Process } from "../processes/index.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";

export const upsertProject = (db: Db, row: { key: string; name: unknown; definition: ProjectInUse; hash: string }) =>
  sql`insert into projects (key, name, definition, hash) values (${row.key}, ${JSON.stringify(row.name)}::jsonb, ${JSON.stringify(row.definition)}::json, ${row.hash})
    on conflict (key) do update set name = excluded.name, definition = excluded.definition, hash = excluded.hash, loaded_at = now() where projects.hash <> excluded.hash`.execute(db);

/** Held against who registers a ticket in it: their row points to this one. */
export const lockProject = (db: Db, key: string) => sql<{ retired: boolean }>`select retired_at is not null as retired from projects where key = ${key} for update`.execute(db).then((result) => result.rows[0]);

export const updateRetired = (db: Db, key: string, { at, by, note }: { at: Date | null; by: string | null; note: string }) =>
  sql`update projects set retired_at = ${at}, retired_by = ${by}, retired_note = ${note} where key = ${key}`.execute(db);

/** A version is never changed: tickets go on living by the one they began with. */
export const insertProcessVersion = (db: Db, row: { id: string; projectKey: string; key: string; hash: string; definition: Process }) =>
  sql`insert into process_versions (id, project_key, key, hash, definition) values (${row.id}, ${row.projectKey}, ${row.key}, ${row.hash}, ${JSON.stringify(row.definition)}::json)
    on conflict do nothing`.execute(db);

/** One that is taken out of use, or brought back, is another than it was. */
const HASH = sql`hash || case when retired_at is null then '' else ' retired' end as hash`;

export const selectProjectHash = (db: Db, key: string) =>
  sql<{ hash: string }>`select ${HASH} from projects where key = ${key}`.execute(db).then((result) => result.rows[0]?.hash);

export const selectProjectDefinition = (db: Db, key: string) =>
  sql<{ hash: string; retired: boolean; definition: ProjectInUse }>`select ${HASH}, retired_at is not null as retired, definition from projects where key = ${key}`.execute(db).then((result) => result.rows[0]);

export const selectProcess = (db: Db, id: string) =>
  sql<{ definition: Process }>`select definition from process_versions where id = ${id}`.execute(db).then((result) => result.rows[0]?.definition);

/** The other versions of the same process, newest first; no more than anybody would look through. */
export const selectOtherVersions = (db: Db, id: string) => sql<{ id: string }>`select o.id from process_versions v join process_versions o on o.project_key = v.project_key and o.key = v.key and o.id <> v.id
  where v.id = ${id} order by o.loaded_at desc, o.id limit 20`.execute(db).then((result) => result.rows.map((row) => row.id));
