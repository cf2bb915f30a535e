import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";

export interface StoredDocument {
  id: string; ticketId: string; key: string; /** Over all its languages, so that two who make one at once get two. */ number: number; language: Language; name: string; fileName: string; bytes: number; pages: number; sha256: string; path: string;
  declarationHash: string; ticketVersion: number; madeBy: string | null; madeAt: Date;
  /** Rights that reading it takes; null: not known. */
  needs: string[] | null;
}
export type ShownDocument = StoredDocument & { by: string; /** The how-manieth of this paper in its language. */ version: number };

/** Of the document `d`. A paper in another language is another paper to who reads it, not the next version of this one. */
export const documentVersion = sql`(select count(*)::int from documents o where o.ticket_id = d.ticket_id and o.key = d.key and o.language = d.language and o.number <= d.number)`;

export const selectDocuments = (db: Db, ticketId: string) => sql<ShownDocument>`select d.*, d.bytes::float8 as bytes, coalesce(u.name, '') as by, ${documentVersion} as version from documents d left join users u on u.id = d.made_by
  where d.ticket_id = ${ticketId} order by d.made_at desc, d.id desc limit 200`.execute(db).then((result) => result.rows);

/** Whatever ticket it is of. */
export const selectAnyDocument = (db: Db, id: string) => sql<ShownDocument>`select d.*, d.bytes::float8 as bytes, coalesce(u.name, '') as by, ${documentVersion} as version from documents d left join users u on u.id = d.made_by
  where d.id = ${id}`.execute(db).then((result) => result.rows[0]);

export const selectDocument = (db: Db, ticketId: string, id: string) =>
  sql<StoredDocument>`select *, bytes::float8 as bytes from documents where ticket_id = ${ticketId} and id = ${id}`.execute(db).then((result) => result.rows[0]);

/** The ticket is locked by whoever asks, so that two make two numbers. */
export const nextDocumentNumber = (db: Db, ticketId: string, { key, language }: { key: string; language: Language }) =>
  sql<{ n: number; version: number; all: number }>`select coalesce(max(number) filter (where key = ${key}), 0) + 1 as n, count(*) filter (where key = ${key} and language = ${language})::int + 1 as version, count(*)::int as all from documents where ticket_id = ${ticketId}`.execute(db).then((result) => result.rows[0]!);

/** False when there is one of this id. */
export const insertDocument = (db: Db, row: StoredDocument): Promise<boolean> => sql`insert into documents (id, ticket_id, key, number, language, name, file_name, bytes, pages, sha256, path, declaration_hash, ticket_version, made_by, made_at, needs)
  values (${row.id}, ${row.ticketId}, ${row.key}, ${row.number}, ${row.language}, ${row.name}, ${row.fileName}, ${row.bytes}, ${row.pages}, ${row.sha256}, ${row.path}, ${row.declarationHash}, ${row.ticketVersion}, ${row.madeBy}, ${row.madeAt}, ${row.needs}::text[]) on conflict (id) do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);
