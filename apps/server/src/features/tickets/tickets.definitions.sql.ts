import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Process } from "../processes/index.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";

export const upsertProject = (db: Db, row: { key: string; name: unknown; definition: ProjectInUse; hash: string }) =>
  sql`insert into projects (key, name, definition, hash) values (${row.key}, ${JSON.stringify(row.name)}::jsonb, ${JSON.stringify(row.definition)}::json, ${row.hash})
    on conflict (key) do update set name = excluded.name, definition = excluded.definition, hash = excluded.hash, loaded_at = now() where projects.hash <> excluded.hash`.execute(db);

/** A version is never changed: tickets go on living by the one they began with. */
export const insertProcessVersion = (db: Db, row: { id: string; projectKey: string; key: string; hash: string; definition: Process }) =>
  sql`insert into process_versions (id, project_key, key, hash, definition) values (${row.id}, ${row.projectKey}, ${row.key}, ${row.hash}, ${JSON.stringify(row.definition)}::json)
    on conflict do nothing`.execute(db);

export const selectProjectHash = (db: Db, key: string) =>
  sql<{ hash: string }>`select hash from projects where key = ${key}`.execute(db).then((result) => result.rows[0]?.hash);

export const selectProjectDefinition = (db: Db, key: string) =>
  sql<{ hash: string; definition: ProjectInUse }>`select hash, definition from projects where key = ${key}`.execute(db).then((result) => result.rows[0]);

export const selectProcess = (db: Db, id: string) =>
  sql<{ definition: Process }>`select definition from process_versions where id = ${id}`.execute(db).then((result) => result.rows[0]?.definition);
