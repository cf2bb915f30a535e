import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Text } from "../projects/index.ts";

export type Origin = "files" | "desk";
/** The version of a text that is in use; one without a text was removed. */
export interface CurrentText { projectKey: string; path: string; number: number; text: string | null; hash: string; origin: Origin; authorId: string | null; authorName: string | null; note: string; at: Date }
export interface NewVersion { projectKey: string; path: string; number: number; text: string | null; hash: string; origin: Origin; authorId: string | null; note: string; at: string }
export interface ProjectRow { key: string; hash: string; template: string | null; createdAt: Date; retired: boolean }

/** Changes of declarations come one after another: what one project says must fit the others (numbers, prefixes). */
export const lockDeclarations = (db: Db) => sql`select pg_advisory_xact_lock(hashtext('declarations'))`.execute(db);

/** `retired`: its name, when it is out of use. */
export interface Hash { key: string; hash: string; retired: Text | null }

export const selectHashes = async (db: Db): Promise<Hash[]> =>
  (await sql<Hash>`select d.key, d.hash, case when p.retired_at is not null then p.name end as retired from declaration_projects d left join projects p on p.key = d.key order by d.key`.execute(db)).rows;

export const selectProjectRows = async (db: Db): Promise<ProjectRow[]> =>
  (await sql<ProjectRow>`select d.key, d.hash, d.template, d.created_at, p.retired_at is not null as retired from declaration_projects d left join projects p on p.key = d.key order by d.key`.execute(db)).rows;

/** Of one project, or of all. */
export const selectCurrent = async (db: Db, projectKey: string | null = null): Promise<CurrentText[]> =>
  (await sql<CurrentText>`
    select distinct on (f.project_key, f.path) f.project_key, f.path, f.number, f.text, f.hash, f.origin, f.author_id, u.name as author_name, f.note, f.at
    from declaration_files f left join users u on u.id = f.author_id
    where ${projectKey}::text is null or f.project_key = ${projectKey}
    order by f.project_key, f.path, f.number desc`.execute(db)).rows;

export interface VersionRow { id: number; number: number; hash: string; origin: Origin; authorId: string | null; authorName: string | null; note: string; at: Date; removed: boolean; text: string | null }

const VERSION = sql`f.id, f.number, f.hash, f.origin, f.author_id, u.name as author_name, f.note, f.at, f.text is null as removed`;

export const selectVersions = async (db: Db, at: { projectKey: string; path: string }, before: number | null, limit: number): Promise<Omit<VersionRow, "text">[]> =>
  (await sql<Omit<VersionRow, "text">>`select ${VERSION} from declaration_files f left join users u on u.id = f.author_id
    where f.project_key = ${at.projectKey} and f.path = ${at.path} and (${before}::int is null or f.number < ${before}) order by f.number desc limit ${limit}`.execute(db)).rows;

/** A version, or without its number the one in use. */
export const selectVersion = async (db: Db, at: { projectKey: string; path: string }, number: number | null): Promise<VersionRow | undefined> =>
  (await sql<VersionRow>`select ${VERSION}, f.text from declaration_files f left join users u on u.id = f.author_id
    where f.project_key = ${at.projectKey} and f.path = ${at.path} and (${number}::int is null or f.number = ${number}) order by f.number desc limit 1`.execute(db)).rows[0];

export const insertVersions = (db: Db, rows: NewVersion[]) => sql`
  insert into declaration_files (project_key, path, number, text, hash, origin, author_id, note, at)
  select "projectKey", path, number, text, hash, origin, "authorId", note, at from json_to_recordset(${JSON.stringify(rows)}::json)
    as r("projectKey" text, path text, number int, text text, hash text, origin text, "authorId" uuid, note text, at timestamptz)`.execute(db);

export const upsertProjectRow = (db: Db, row: { key: string; hash: string; template: string | null }) => sql`
  insert into declaration_projects (key, hash, template) values (${row.key}, ${row.hash}, ${row.template})
  on conflict (key) do update set hash = excluded.hash`.execute(db);

export interface DraftRow { path: string; base: number; text: string; at: Date }

export const selectDrafts = async (db: Db, projectKey: string, authorId: string): Promise<DraftRow[]> =>
  (await sql<DraftRow>`select path, base, text, at from declaration_drafts where project_key = ${projectKey} and author_id = ${authorId}::uuid order by path`.execute(db)).rows;

export const upsertDraft = (db: Db, row: { projectKey: string; path: string; authorId: string; base: number; text: string; at: Date }) => sql`
  insert into declaration_drafts (project_key, path, author_id, base, text, at) values (${row.projectKey}, ${row.path}, ${row.authorId}::uuid, ${row.base}, ${row.text}, ${row.at})
  on conflict (project_key, path, author_id) do update set base = excluded.base, text = excluded.text, at = excluded.at`.execute(db);

export const deleteDrafts = (db: Db, projectKey: string, authorId: string, paths: string[]) =>
  sql`delete from declaration_drafts where project_key = ${projectKey} and author_id = ${authorId}::uuid and path = any(${paths})`.execute(db);

/** Who makes a project works in it: otherwise nobody could be given it. False when they do already. */
export const joinProject = async (db: Db, userId: string, key: string): Promise<boolean> =>
  Number((await sql`update users set projects = array_append(projects, ${key}) where id = ${userId}::uuid and not ${key} = any(projects)`.execute(db)).numAffectedRows ?? 0) > 0;
