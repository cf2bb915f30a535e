import { sql } from "kysely";
import type { FormData, FormDocument, Provenance } from "@linija/forms";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";
import { notAbout } from "../tickets/index.ts";

export type SubjectKind = "ticket" | "interaction" | "client";
export interface Typing { by: "client" | "operator" | "department"; id: string | null; name: string; path: string; until: string }
export interface RecordRow {
  id: string; projectKey: string; formId: string; formKey: string; subjectKind: SubjectKind | null; subjectId: string | null; ownerId: string | null;
  state: "draft" | "submitted"; data: FormData; filledBy: Provenance; version: number; createdAt: Date; updatedAt: Date; submittedAt: Date | null; submittedBy: string | null; linkUntil: Date | null; typing: Typing[]; /** When the client said that their part is filled. */ clientReadyAt: Date | null;
}
const COLUMNS = sql`id, project_key, form_id, form_key, subject_kind, subject_id, owner_id, state, data, filled_by, version, created_at, updated_at, submitted_at, submitted_by, link_until, typing, client_ready_at`;

export const insertFormVersion = (db: Db, row: { id: string; projectKey: string; key: string; definition: FormDocument }) =>
  sql`insert into form_versions (id, project_key, key, definition) values (${row.id}, ${row.projectKey}, ${row.key}, ${JSON.stringify(row.definition)}::json) on conflict do nothing`.execute(db);
export const selectFormVersion = (db: Db, id: string) =>
  sql<{ id: string; projectKey: string; key: string; definition: unknown; loadedAt: Date }>`select id, project_key, key, definition, loaded_at from form_versions where id = ${id}`.execute(db).then((result) => result.rows[0]);
export const selectFormNames = (db: Db, ids: string[]) =>
  sql<{ id: string; key: string; name: { en: string; ru: string; sl: string } }>`select id, key, definition -> 'name' as name from form_versions where id = any(${ids}::text[])`.execute(db).then((result) => result.rows);

export const selectRecord = (db: Db, id: string) => sql<RecordRow>`select ${COLUMNS} from form_records where id = ${id}`.execute(db).then((result) => result.rows[0]);
export const selectRecordForUpdate = (db: Db, id: string) => sql<RecordRow>`select ${COLUMNS} from form_records where id = ${id} for update`.execute(db).then((result) => result.rows[0]);
export const selectByLink = (db: Db, hash: Buffer, now: Date) => sql<RecordRow>`select ${COLUMNS} from form_records where link_hash = ${hash} and link_until > ${now}`.execute(db).then((result) => result.rows[0]);

/** As conditions of guards and rules read it (`ruleValues`). */
type Reads = Record<string, unknown>;
export type NewRecord = Pick<RecordRow, "id" | "projectKey" | "formId" | "formKey" | "subjectKind" | "subjectId" | "ownerId" | "data" | "filledBy" | "createdAt"> & { reads: Reads };
/** False when there is one with this id already. */
export const insertRecord = (db: Db, row: NewRecord) => sql`insert into form_records (id, project_key, form_id, form_key, subject_kind, subject_id, owner_id, data, reads, filled_by, created_at, updated_at)
  values (${row.id}, ${row.projectKey}, ${row.formId}, ${row.formKey}, ${row.subjectKind}, ${row.subjectId}, ${row.ownerId}, ${JSON.stringify(row.data)}::jsonb, ${JSON.stringify(row.reads)}::jsonb, ${JSON.stringify(row.filledBy)}::jsonb, ${row.createdAt}, ${row.createdAt})
  on conflict do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);

/** Of a record that the caller has locked. */
export const updateData = (db: Db, id: string, change: Pick<RecordRow, "data" | "filledBy" | "clientReadyAt"> & { reads: Reads; at: Date }) =>
  sql`update form_records set data = ${JSON.stringify(change.data)}::jsonb, reads = ${JSON.stringify(change.reads)}::jsonb, filled_by = ${JSON.stringify(change.filledBy)}::jsonb, client_ready_at = ${change.clientReadyAt}, updated_at = ${change.at}, version = version + 1 where id = ${id}`.execute(db);
export const updateClientReady = (db: Db, id: string, at: Date) => sql`update form_records set client_ready_at = ${at} where id = ${id}`.execute(db);
export const updateSubmitted = (db: Db, id: string, change: { data: FormData; reads: Reads; at: Date; by: string }) =>
  sql`update form_records set state = 'submitted', data = ${JSON.stringify(change.data)}::jsonb, reads = ${JSON.stringify(change.reads)}::jsonb, submitted_at = ${change.at}, submitted_by = ${change.by}, updated_at = ${change.at}, version = version + 1, typing = '[]' where id = ${id}`.execute(db);
export const updateSubject = (db: Db, id: string, subject: { kind: SubjectKind; id: string }, at: Date) =>
  sql`update form_records set subject_kind = ${subject.kind}, subject_id = ${subject.id}, updated_at = ${at} where id = ${id}`.execute(db);
export const updateLink = (db: Db, id: string, link: { hash: Buffer; until: Date } | null) =>
  sql`update form_records set link_hash = ${link?.hash ?? null}, link_until = ${link?.until ?? null} where id = ${id}`.execute(db);

/** Takes old marks away and puts this one in, in one statement: two people type at once. */
export const updateTyping = (db: Db, id: string, mark: Typing, isHere: boolean) => sql`update form_records set typing =
    coalesce((select jsonb_agg(m) from jsonb_array_elements(typing) m where (m ->> 'until')::timestamptz > ${mark.until}::timestamptz - interval '8 seconds'
      and not (m ->> 'by' = ${mark.by} and m ->> 'id' is not distinct from ${mark.id}::text)), '[]'::jsonb) || ${JSON.stringify(isHere ? [mark] : [])}::jsonb
  where id = ${id} and state = 'draft'`.execute(db);

export interface Change { id: number; version: number; path: string; before: unknown; after: unknown; byKind: "client" | "operator" | "department" | "system"; byId: string | null; byName: string; at: Date }
export const insertChanges = (db: Db, recordId: string, rows: Omit<Change, "id">[]) =>
  sql`insert into form_changes (record_id, version, path, before, after, by_kind, by_id, by_name, at)
    select ${recordId}, version, path, before, after, by_kind, by_id, by_name, at from jsonb_to_recordset(${JSON.stringify(rows.map((row) => ({ version: row.version, path: row.path, before: row.before, after: row.after, by_kind: row.byKind, by_id: row.byId, by_name: row.byName, at: row.at })))}::jsonb)
      as x(version int, path text, before jsonb, after jsonb, by_kind text, by_id uuid, by_name text, at timestamptz)`.execute(db);
export const selectTicketByDigits = (db: Db, digits: string, projectKey: string) => sql<{ id: string }>`select id from tickets where right(number, 13) = ${digits} and project_key = ${projectKey}`.execute(db).then((result) => result.rows[0]?.id);
export const selectArticleTitle = (db: Db, projectKey: string, key: string) =>
  sql<{ kind: string; title: Record<"en" | "ru" | "sl", string> }>`select kind, title from articles where project_key = ${projectKey} and key = ${key}`.execute(db).then((result) => result.rows[0]);
export const nextFormNumber = (db: Db) => sql<{ n: number }>`select nextval('form_numbers')::int as n`.execute(db).then((result) => result.rows[0]!.n);
/** What others have changed since the version somebody saw, with when last. */
export const selectChangedSince = (db: Db, recordId: string, seen: { version: number; byKind: string; byId: string | null }) =>
  sql<{ path: string; version: number }>`select path, max(version) as version from form_changes where record_id = ${recordId} and version > ${seen.version} and not (by_kind = ${seen.byKind} and by_id is not distinct from ${seen.byId}::uuid) group by path`.execute(db).then((result) => result.rows);
export const selectChanges = (db: Db, recordId: string, page: { path: string | null; after: [string, string] | null; limit: number }) =>
  sql<Change>`select id, version, path, before, after, by_kind, by_id, by_name, at from form_changes where record_id = ${recordId}
    ${page.path ? sql`and (path = ${page.path} or path like ${`${page.path.replaceAll(/[\\%_]/g, String.raw`\$&`)}.%`})` : sql``} ${page.after ? sql`and (version, id) < (${Number(page.after[0])}, ${Number(page.after[1])})` : sql``}
    order by version desc, id desc limit ${page.limit}`.execute(db).then((result) => result.rows);

type After = [string, string] | null;
/** A person's own, but for those of a ticket that has turned out to be about them. */
export const selectDrafts = (db: Db, ownerId: string, page: { after: After; limit: number }) =>
  sql<RecordRow>`select ${COLUMNS} from form_records where owner_id = ${ownerId} and state = 'draft' and (subject_kind is distinct from 'ticket' or exists (select 1 from tickets t where t.id = subject_id and ${notAbout(sql`true`, ownerId)})) ${page.after ? sql`and (updated_at, id) < (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)` : sql``}
    order by updated_at desc, id desc limit ${page.limit}`.execute(db).then((result) => result.rows);
export const selectOfSubject = (db: Db, subject: { kind: SubjectKind; id: string }, page: { after: After; limit: number }) =>
  sql<RecordRow>`select ${COLUMNS} from form_records where subject_kind = ${subject.kind} and subject_id = ${subject.id} ${page.after ? sql`and (created_at, id) > (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)` : sql``}
    order by created_at, id limit ${page.limit}`.execute(db).then((result) => result.rows);

/** Projects a thing is in; undefined when there is none such. */
export const selectSubjectProjects = (db: Db, subject: { kind: "interaction" | "client"; id: string }) =>
  (subject.kind === "client" ? sql<{ projects: string[] }>`select projects from clients where id = ${subject.id}`
    : sql<{ projects: string[] }>`select array_remove(array[project_key], null) as projects from interactions where id = ${subject.id}`).execute(db).then((result) => result.rows[0]?.projects);

/** The language its client is spoken to in, of a form about a ticket or a client. */
export const selectSpoken = (db: Db, { subjectKind, subjectId }: Pick<RecordRow, "subjectKind" | "subjectId">) =>
  (subjectKind === "ticket" || subjectKind === "client" ? sql<{ language: Language }>`select language from ${sql.table(`${subjectKind}s`)} where id = ${subjectId}`.execute(db).then((result) => result.rows[0]?.language) : Promise.resolve(undefined));

/** A talk and its recording, to say where in it a consent was given. */
export const selectTalk = (db: Db, id: string) => sql<{ projectKey: string | null; recordingId: string | null; recordedFrom: Date | null }>`select i.project_key, r.id as recording_id, r.started_at as recorded_from
  from interactions i left join recordings r on r.id = i.recording_id where i.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** What this person was shown of a form for a reason. */
export const selectReveals = (db: Db, recordId: string, userId: string) =>
  sql<{ path: string; at: Date }>`select after ->> 'path' as path, at from audit_log where object_kind = 'form' and object_id = ${recordId} and actor_id = ${userId} and action = 'form.reveal'`.execute(db).then((result) => result.rows);

export interface FileRow { id: string; recordId: string; name: string; mediaType: string; bytes: number; sha256: string; path: string; byKind: string; byName: string; at: Date }
export const selectFiles = (db: Db, recordId: string) => sql<FileRow>`select id, record_id, name, media_type, bytes, sha256, path, by_kind, by_name, at from form_files where record_id = ${recordId} order by at, id`.execute(db).then((result) => result.rows);
export const selectFile = (db: Db, id: string) => sql<FileRow>`select id, record_id, name, media_type, bytes, sha256, path, by_kind, by_name, at from form_files where id = ${id}`.execute(db).then((result) => result.rows[0]);
export const insertFile = (db: Db, row: FileRow) => sql`insert into form_files (id, record_id, name, media_type, bytes, sha256, path, by_kind, by_name, at)
  values (${row.id}, ${row.recordId}, ${row.name}, ${row.mediaType}, ${row.bytes}, ${row.sha256}, ${row.path}, ${row.byKind}, ${row.byName}, ${row.at})`.execute(db);

/** Whether a shared form has changed, by a short mark; undefined when its link is closed. */
export const selectByLinkId = (db: Db, id: string, now: Date) =>
  sql<{ version: number; mark: string }>`select version, version || md5(concat(typing::text, state, client_ready_at)) as mark from form_records where id = ${id} and link_hash is not null and link_until > ${now}`.execute(db).then((result) => result.rows[0]);

/** Which versions a project's forms are now, as storing the project writes it; the hash changes with it. */
export const putFormInUse = (db: Db, projectKey: string, used: Record<string, unknown>) =>
  sql`update projects set definition = jsonb_set(jsonb_set(definition::jsonb, '{more}', coalesce(definition::jsonb -> 'more', '{}')), '{more,forms}', coalesce(definition::jsonb #> '{more,forms}', '{}') || ${JSON.stringify(used)}::jsonb)::json,
    hash = md5(hash || ${JSON.stringify(used)}::text) where key = ${projectKey}`.execute(db);

/** Drafts about nothing that were last touched before; one that somebody is writing in is passed by. */
export const lockForgotten = (db: Db, before: Date, limit: number) =>
  sql<Pick<RecordRow, "id" | "projectKey" | "formKey" | "ownerId" | "updatedAt"> & { paths: string[] }>`select r.id, r.project_key, r.form_key, r.owner_id, r.updated_at, array(select path from form_files f where f.record_id = r.id) as paths
    from form_records r where r.state = 'draft' and r.subject_id is null and r.updated_at < ${before} order by r.updated_at, r.id limit ${limit} for update of r skip locked`.execute(db).then((result) => result.rows);
export const deleteRecords = (db: Db, ids: string[]) => sql`delete from form_records where id = any(${ids}::uuid[])`.execute(db);
