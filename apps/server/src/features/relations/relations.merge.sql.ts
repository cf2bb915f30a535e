import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Brief, Kept } from "./relations.sql.ts";

/** What hangs on a ticket and goes with it: what it is called in a preview, its table and the column that names the ticket. */
export const CARRIED = [
  ["notes", "ticket_notes", "ticket_id"], ["attachments", "attachments", "ticket_id"], ["interactions", "interactions", "ticket_id"],
  ["notices", "notices", "ticket_id"], ["promises", "promises", "ticket_id"],
] as const;
export type CarriedKind = (typeof CARRIED)[number][0];

export const countCarried = (db: Db, ticketId: string) => sql<Record<CarriedKind | "documents", number>>`select ${sql.join([...CARRIED, ["documents", "documents", "ticket_id"] as const].map(([kind, table, column]) =>
  sql`(select count(*)::int from ${sql.table(table)} where ${sql.ref(column)} = ${ticketId}) as ${sql.ref(kind)}`))}`.execute(db).then((result) => result.rows[0]!);

/** Moves everything of one kind and says what it was. */
export const carry = (db: Db, [, table, column]: (typeof CARRIED)[number], fromId: string, toId: string) =>
  sql<{ id: string }>`update ${sql.table(table)} set ${sql.ref(column)} = ${toId} where ${sql.ref(column)} = ${fromId} returning id`.execute(db).then((result) => result.rows.map(({ id }) => id));
/** Only what still hangs where it was carried to. */
export const carryBack = (db: Db, [, table, column]: (typeof CARRIED)[number], ids: string[], move: { from: string; to: string }) =>
  sql`update ${sql.table(table)} set ${sql.ref(column)} = ${move.to} where id = any(${ids}::uuid[]) and ${sql.ref(column)} = ${move.from}`.execute(db);

export interface CarriedDocument { id: string; number: number }
/** Papers of one kind are counted on where those of the kept ticket end; returns the numbers they had. */
export const carryDocuments = (db: Db, fromId: string, toId: string) => sql<CarriedDocument>`with was as (select id, key, number from documents where ticket_id = ${fromId}), has as (select key, max(number) as most from documents where ticket_id = ${toId} group by key)
  update documents d set ticket_id = ${toId}, number = was.number + coalesce(has.most, 0) from was left join has on has.key = was.key where d.id = was.id returning d.id, was.number`.execute(db).then((result) => result.rows);
export const bringDocumentsBack = (db: Db, rows: CarriedDocument[], move: { from: string; to: string }) =>
  sql`update documents d set ticket_id = ${move.to}, number = r.number from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, number int) where d.id = r.id and d.ticket_id = ${move.from}`.execute(db);

/** Tickets that were merged into the one that goes away follow it. */
export const carryFollowers = (db: Db, fromId: string, toId: string) =>
  sql<{ id: string }>`update tickets set merged_into = ${toId} where merged_into = ${fromId} returning id`.execute(db).then((result) => result.rows.map(({ id }) => id));
export const setFollowers = (db: Db, ids: string[], toId: string) => sql`update tickets set merged_into = ${toId} where id = any(${ids}::uuid[])`.execute(db);

export interface Ended { status: string; closedAs: string | null; closedAt: string | Date | null }
/** The ticket that goes away ends here, in whatever stage it was; returns its new version. */
export const endMerged = (db: Db, id: string, keptId: string, at: Date) => sql<{ version: number }>`update tickets set merged_into = ${keptId}, status = 'closed',
  closed_at = coalesce(closed_at, ${at}), version = version + 1, updated_at = ${at} where id = ${id} returning version`.execute(db).then((result) => result.rows[0]!.version);
export const reviveMerged = (db: Db, id: string, before: Ended, at: Date) => sql<{ version: number }>`update tickets set merged_into = null, status = ${before.status}, closed_as = ${before.closedAs},
  closed_at = ${before.closedAt}, version = version + 1, updated_at = ${at} where id = ${id} returning version`.execute(db).then((result) => result.rows[0]!.version);

export interface Contacts { clientId: string | null; contactPhone: string | null; contactEmail: string | null }
export const setContacts = (db: Db, id: string, contacts: Contacts, at: Date) => sql<{ version: number }>`update tickets set client_id = ${contacts.clientId}, contact_phone = ${contacts.contactPhone}, contact_email = ${contacts.contactEmail},
  version = version + 1, updated_at = ${at} where id = ${id} returning version`.execute(db).then((result) => result.rows[0]!.version);

/** Everything an undo needs. */
export interface Carried {
  ids: Partial<Record<CarriedKind, string[]>>; followers: string[]; relations: { before: Kept[]; made: string[] }; noteId: string; gone: Ended;
  /** A merge of before they were carried has none of these. */
  documents?: CarriedDocument[]; approvals?: string[]; versions?: { kept: number; gone: number };
  kept: Contacts & { ownerId?: string | null };
}

export interface Merge { id: string; keptId: string; goneId: string; carried: Carried; keptVersion: number; goneVersion: number; mergedAt: Date; undoneAt: Date | null }
export const insertMerge = (db: Db, row: Omit<Merge, "undoneAt"> & { mergedBy: string | null }) => sql`insert into ticket_merges (id, kept_id, gone_id, carried, kept_version, gone_version, merged_by, merged_at)
  values (${row.id}, ${row.keptId}, ${row.goneId}, ${JSON.stringify(row.carried)}::jsonb, ${row.keptVersion}, ${row.goneVersion}, ${row.mergedBy}, ${row.mergedAt})`.execute(db);
export const selectMerge = (db: Db, id: string) => sql<Merge>`select id, kept_id, gone_id, carried, kept_version, gone_version, merged_at, undone_at from ticket_merges where id = ${id}`.execute(db).then((result) => result.rows[0]);
/** Merges into a ticket that stands again as they left it. */
export const setSeen = (db: Db, keptId: string, version: { from: number | undefined; to: number }) =>
  sql`update ticket_merges set kept_version = ${version.to} where kept_id = ${keptId} and undone_at is null and kept_version = ${version.from ?? null}`.execute(db);
export const markUndone = (db: Db, id: string, by: string | null, at: Date) =>
  sql`update ticket_merges set undone_at = ${at}, undone_by = ${by} where id = ${id} and undone_at is null`.execute(db).then((result) => result.numAffectedRows === 1n);

export interface ShownMerge extends Brief { mergeId: string; mergedAt: Date; by: string; isKept: boolean; isUntouched: boolean }
/** Merges into this ticket and of this ticket; with each the other one. */
export const selectMerges = (db: Db, ticketId: string) => sql<ShownMerge>`select m.id as merge_id, m.merged_at, coalesce(u.name, '') as by, m.kept_id = ${ticketId} as is_kept,
    k.version = m.kept_version and g.version = m.gone_version as is_untouched, t.id, t.number, t.subject, t.texts, t.type, t.status, t.stage, t.process_id, coalesce(c.name, '') as client_name, coalesce(o.name, '') as owner_name,
    t.project_key, t.owner_id, t.department, t.about_user_ids, t.created_at
  from (select * from ticket_merges where kept_id = ${ticketId} and undone_at is null union all select * from ticket_merges where gone_id = ${ticketId} and undone_at is null) m
  join tickets k on k.id = m.kept_id join tickets g on g.id = m.gone_id join tickets t on t.id = case when m.kept_id = ${ticketId} then m.gone_id else coalesce(g.merged_into, m.kept_id) end
  left join clients c on c.id = t.client_id left join users o on o.id = t.owner_id left join users u on u.id = m.merged_by order by m.merged_at desc limit 100`.execute(db).then((result) => result.rows);

export const deleteNote = (db: Db, id: string) => sql`delete from ticket_notes where id = ${id}`.execute(db);
