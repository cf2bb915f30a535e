import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** One demo at a time, whoever starts it. */
export const lockDemo = (db: Db) => sql`select pg_advisory_xact_lock(hashtext('linija demo'))`.execute(db);

export const hasUsers = (db: Db): Promise<boolean> => sql<{ found: boolean }>`select exists (select from users) as found`.execute(db).then((result) => result.rows[0]!.found);

/** Where the company's day began. */
export const selectDayStart = (db: Db, now: Date, timeZone: string): Promise<Date> =>
  sql<{ at: Date }>`select date_trunc('day', ${now}::timestamptz, ${timeZone}) as at`.execute(db).then((result) => result.rows[0]!.at);

const TABLES = ["users", "operators", "operator_states", "operator_state_log", "queues", "clients", "client_phones", "client_emails", "interactions", "offers", "tickets", "ticket_notes", "ticket_reasons", "events"] as const;

/** All rows of one table in one statement; their keys are its columns. The start of the server may have written the queues already. */
export async function insertRows(db: Db, table: (typeof TABLES)[number], rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = sql.raw(Object.keys(first).join(", "));
  await sql`insert into ${sql.raw(table)} (${columns}) select ${columns} from json_populate_recordset(null::${sql.raw(table)}, ${JSON.stringify(rows)}::json)${table === "queues" ? sql` on conflict do nothing` : sql``}`.execute(db);
}
