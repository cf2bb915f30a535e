import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Brief, Kept } from "./relations.sql.ts";

/** What hangs on a ticket: what it is called in a preview, its table, the column that names the ticket, and what of it (`m`) can hang on the kept one, too. */
interface Hanging { kind: string; table: string; column: string; goes?: (keptId: string) => RawBuilder<unknown> }
export const CARRIED = [
  { kind: "notes", table: "ticket_notes", column: "ticket_id" }, { kind: "attachments", table: "attachments", column: "ticket_id" }, { kind: "interactions", table: "interactions", column: "ticket_id" },
  { kind: "notices", table: "notices", column: "ticket_id" }, { kind: "promises", table: "promises", column: "ticket_id" }, { kind: "subtasks", table: "tickets", column: "parent_id" },
  // Of a ticket's forms the newest is read: another one would change what the kept ticket says, and whom it is about.
  { kind: "forms", table: "form_records", column: "subject_id", goes: (keptId) => sql`m.subject_kind = 'ticket' and not exists (select from form_records k where k.subject_kind = 'ticket' and k.subject_id = ${keptId}::uuid)` },
  { kind: "solutions", table: "ticket_solutions", column: "ticket_id", goes: (keptId) => sql`not exists (select from ticket_solutions k where k.ticket_id = ${keptId}::uuid and k.source = m.source and coalesce(k.article_key, k.from_ticket_id::text) is not distinct from coalesce(m.article_key, m.from_ticket_id::text))` },
  // The client chooses among what was offered together.
  { kind: "variants", table: "ticket_variants", column: "ticket_id", goes: (keptId) => sql`not exists (select from ticket_variants k where k.ticket_id = ${keptId}::uuid)` },
  { kind: "guides", table: "guide_runs", column: "ticket_id", goes: (keptId) => sql`not (m.state = 'running' and exists (select from guide_runs k where k.ticket_id = ${keptId}::uuid and k.state = 'running'))` },
] as const satisfies Hanging[];
export type CarriedKind = (typeof CARRIED)[number]["kind"];
const hanging: readonly Hanging[] = CARRIED;

const countOf = ({ table, column }: Pick<Hanging, "table" | "column">, goneId: string, where: RawBuilder<unknown>) => sql`(select count(*)::int from ${sql.table(table)} m where m.${sql.ref(column)} = ${goneId}::uuid and ${where})`;
/** Of each kind, how much a merge would carry over. */
export const countCarried = (db: Db, goneId: string, keptId: string) => sql<Record<CarriedKind | "documents", number>>`select ${sql.join([...hanging, { kind: "documents", table: "documents", column: "ticket_id" } as Hanging]
  .map((each) => sql`${countOf(each, goneId, each.goes?.(keptId) ?? sql`true`)} as ${sql.ref(each.kind)}`))}`.execute(db).then((result) => result.rows[0]!);

export type StayingKind = "forms" | "variants" | "guides" | "checks" | "approvals";
/** What stays on the ticket that goes away. */
export const countStaying = (db: Db, goneId: string, keptId: string) => sql<Record<StayingKind, number>>`select ${sql.join([
  ...hanging.filter(({ kind }) => ["forms", "variants", "guides"].includes(kind)).map((each) => sql`${countOf(each, goneId, sql`${each.kind === "forms" ? sql`m.subject_kind = 'ticket' and ` : sql``}not (${each.goes!(keptId)})`)} as ${sql.ref(each.kind)}`),
  sql`${countOf({ table: "ticket_checks", column: "ticket_id" }, goneId, sql`true`)} as checks`, sql`${countOf({ table: "ticket_approvals", column: "ticket_id" }, goneId, sql`m.state = 'pending'`)} as approvals`,
])}`.execute(db).then((result) => result.rows[0]!);

/** Moves everything of one kind that can hang there, and says what it was. */
export const carry = (db: Db, { table, column, goes }: Hanging, fromId: string, toId: string) =>
  sql<{ id: string }>`update ${sql.table(table)} m set ${sql.ref(column)} = ${toId}::uuid where m.${sql.ref(column)} = ${fromId}::uuid and ${goes?.(toId) ?? sql`true`} returning m.id`.execute(db).then((result) => result.rows.map(({ id }) => id));
/** Only what still hangs where it was carried to. */
export const carryBack = (db: Db, { table, column }: Hanging, ids: string[], move: { from: string; to: string }) =>
  sql`update ${sql.table(table)} set ${sql.ref(column)} = ${move.to}::uuid where id = any(${ids}::uuid[]) and ${sql.ref(column)} = ${move.from}::uuid`.execute(db);

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

export interface TaskOwner { id: string; ownerId: string }
export const selectTaskOwners = (db: Db, ids: string[]) => sql<TaskOwner>`select id, owner_id from tickets where id = any(${ids}::uuid[]) and owner_id is not null`.execute(db).then((result) => result.rows);
/** Who had the task until the merge kept them away from it. */
export const returnOwners = (db: Db, rows: TaskOwner[]) => sql`update tickets t set owner_id = r."ownerId" from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, "ownerId" uuid)
  where t.id = r.id and t.owner_id is null and not coalesce(r."ownerId" = any(t.about_user_ids), false)`.execute(db);

/** Everything an undo needs. */
export interface Carried {
  ids: Partial<Record<CarriedKind, string[]>>; followers: string[]; relations: { before: Kept[]; made: string[] }; noteId: string; gone: Ended;
  /** A merge of before they were carried has none of these. */
  taskOwners?: TaskOwner[]; documents?: CarriedDocument[]; approvals?: string[]; versions?: { kept: number; gone: number };
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

export interface Card { phones: string[]; emails: string[] }
/** Numbers and addresses of the cards of both tickets, and whether one of the two is asked for by the other, at whatever remove. */
export const selectBetween = (db: Db, one: { id: string; clientId: string | null }, other: { id: string; clientId: string | null }) => sql<{ cards: Record<string, Card>; isKin: boolean }>`
  with recursive above as (select id, parent_id, id as start from tickets where id in (${one.id}::uuid, ${other.id}::uuid)
    union select t.id, t.parent_id, a.start from above a join tickets t on t.id = a.parent_id)
  select exists(select from above where id <> start and id in (${one.id}::uuid, ${other.id}::uuid)) as is_kin,
    coalesce((select json_object_agg(c.id, json_build_object('phones', array(select e164 from client_phones p where p.client_id = c.id), 'emails', array(select address from client_emails m where m.client_id = c.id)))
      from clients c where c.id in (${one.clientId}::uuid, ${other.clientId}::uuid)), '{}') as cards`.execute(db).then((result) => result.rows[0]!);
