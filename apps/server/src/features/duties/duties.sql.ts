import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";

export const selectProjects = (db: Db) => sql<{ key: string }>`select key from projects where retired_at is null order by key`.execute(db).then((result) => result.rows.map(({ key }) => key));

export const selectPeople = (db: Db, projectKey: string, role: string) => sql<{ id: string; language: string }>`select id, language from users
  where disabled_at is null and ${role} = any(roles) and ${projectKey} = any(projects) order by id`.execute(db).then((result) => result.rows);

export interface Given { projectKey: string; dutyKey: string; at: Date; givenTo: string }
export const selectGiven = (db: Db, { projectKey, dutyKey, at }: Omit<Given, "givenTo">) =>
  sql<{ givenTo: string }>`select given_to from duties_given where project_key = ${projectKey} and duty_key = ${dutyKey} and at = ${at}`.execute(db).then((result) => new Set(result.rows.map(({ givenTo }) => givenTo)));
/** False when another node has given it. */
export const insertGiven = (db: Db, row: Given) => sql`insert into duties_given (project_key, duty_key, at, given_to) values (${row.projectKey}, ${row.dutyKey}, ${row.at}, ${row.givenTo}) on conflict do nothing`
  .execute(db).then((result) => result.numAffectedRows === 1n);
export const updateGiven = (db: Db, row: Given, ticketId: string) =>
  sql`update duties_given set ticket_id = ${ticketId} where project_key = ${row.projectKey} and duty_key = ${row.dutyKey} and at = ${row.at} and given_to = ${row.givenTo}`.execute(db);

export interface DueRow { id: string; number: string; subject: string; texts: TicketTexts | null; projectKey: string; type: string; dueAt: Date | null; ownerName: string; department: string | null; isBegun: boolean }
/** A type of ticket and the form it asks for. */
export interface Asked { projectKey: string; type: string; formKey: string }
interface Reader { id: string; department: string | null }

const asked = (types: readonly Asked[]) => sql`jsonb_to_recordset(${JSON.stringify(types.map(({ projectKey, type, formKey }) => ({ project_key: projectKey, type, form_key: formKey })))}::jsonb) as a(project_key text, type text, form_key text)`;
const LACKING = sql`t.status in ('open', 'waiting') and t.merged_into is null
  and not exists (select from form_records r where r.subject_kind = 'ticket' and r.subject_id = t.id and r.form_key = a.form_key and r.state = 'submitted')`;
const COLUMNS = sql`t.id, t.number, t.subject, t.texts, t.project_key, t.type, t.due_at, coalesce(u.name, '') as owner_name, t.department,
  exists (select from form_records r where r.subject_kind = 'ticket' and r.subject_id = t.id and r.form_key = a.form_key) as is_begun`;

/** Of one's own open tickets, and of those of one's department that nobody has taken. */
export const selectMine = (db: Db, types: readonly Asked[], reader: Reader, most: number) => sql<DueRow>`select ${COLUMNS} from (
    select * from tickets where owner_id = ${reader.id} and status in ('open', 'waiting', 'done')
    union all select * from tickets where project_key = any(${[...new Set(types.map(({ projectKey }) => projectKey))]}::text[]) and department = ${reader.department} and owner_id is null and status in ('open', 'waiting') and department is not null) t
  join ${asked(types)} on a.project_key = t.project_key and a.type = t.type left join users u on u.id = t.owner_id
  where ${LACKING} and not (${reader.id} = any(coalesce(t.about_user_ids, '{}'))) order by t.due_at nulls last, t.id limit ${most}`.execute(db).then((result) => result.rows);

/** What was given again and again by declaration and is not filled yet, of everybody. */
export const selectAll = (db: Db, types: readonly Asked[], reader: Reader, most: number) => sql<DueRow>`select ${COLUMNS} from duties_given d join tickets t on t.id = d.ticket_id
  join ${asked(types)} on a.project_key = t.project_key and a.type = t.type left join users u on u.id = t.owner_id
  where ${LACKING} and not (${reader.id} = any(coalesce(t.about_user_ids, '{}'))) order by t.due_at nulls last, t.id limit ${most}`.execute(db).then((result) => result.rows);
