import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildProjects } from "./tickets.factory.ts";
import { callbackRanks, ofDepartment, ticketsAcrossQuery, ticketsQuery, views, type Condition } from "./tickets.view.sql.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const [owner, client] = [newId(), newId()];
await sql`insert into users (id, login, name, roles, password_hash) values (${owner}, 'owner', 'Owner', '{operator}', '')`.execute(database.db);
await sql`insert into clients (id) values (${client})`.execute(database.db);
await database.db.transaction().execute(async (tx) => {
  // Plans of lists need no words to search by and no foreign keys looked at: 50,000 rows in a second.
  await sql`set local session_replication_role = replica`.execute(tx);
  await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, stage_since, link_hash, created_at, updated_at, due_at, owner_id, client_id, department, closed_as)
    select gen_random_uuid(), 'INT-' || substr(d, 1, 3) || '-' || substr(d, 4, 3) || '-' || substr(d, 7, 3) || '-0', (array['internet', 'shop', 'taxi'])[1 + n % 3],
      case when n % 40 = 0 then 'callback' else 'question' end, (select id from process_versions limit 1), 'registered', (array['open', 'waiting', 'done', 'closed', 'closed', 'closed'])[1 + n % 6], 's', 'en', at, sha256(d::bytea), at, at,
      at + interval '1 day', case when n % 100 = 0 then ${owner}::uuid end, case when n % 500 = 0 then ${client}::uuid end, case when n % 30 = 0 then 'technicians' end, case when n % 24 = 3 then 'unconfirmed' end
    from (select n, lpad(n::text, 9, '0') as d, timestamptz '2026-01-01' + n * interval '1 minute' as at from generate_series(1, 50000) n) t`.execute(tx);
});
await sql`analyze tickets`.execute(database.db);

const page = { sort: "updated_at" as const, projects: ["internet", "taxi"], after: ["2026-01-20T00:00:00.000Z", newId()] as [string, string], limit: 51 };
const byDue = { ...page, sort: "due_at" as const };
const explain = async (query: ReturnType<typeof ticketsQuery>): Promise<string> =>
  (await sql<{ "QUERY PLAN": string }>`explain (analyze, costs off, timing off, summary off) ${query}`.execute(database.db)).rows.map((row) => Object.values(row)[0]!).join("\n");

const cases: [name: string, index: string, plan: () => Promise<string>][] = [
  ["open", "tickets_open", () => explain(ticketsQuery({ ...page, where: views.open() }))],
  ["unassigned", "tickets_unassigned", () => explain(ticketsQuery({ ...page, where: views.unassigned() }))],
  ["waiting", "tickets_waiting", () => explain(ticketsQuery({ ...page, where: views.waiting() }))],
  ["done", "tickets_done", () => explain(ticketsQuery({ ...page, where: views.done() }))],
  ["unconfirmed", "tickets_unconfirmed", () => explain(ticketsQuery({ ...page, where: views.unconfirmed() }))],
  ["all", "tickets_all", () => explain(ticketsQuery({ ...page, where: views.all() }))],
  ["callbacks due now", "tickets_callbacks", () => explain(ticketsQuery({ ...byDue, where: callbackRanks(new Date("2026-01-25"))[0]! }))],
  ["callbacks left for longer", "tickets_callbacks", () => explain(ticketsQuery({ ...byDue, after: null, where: callbackRanks(new Date("2026-01-25"))[1]! }))],
  ["callbacks put off", "tickets_callbacks", () => explain(ticketsQuery({ ...byDue, after: null, where: callbackRanks(new Date("2026-01-25"))[2]! }))],
  ["callbacks to a number", "tickets_callback_number", () => explain(ticketsAcrossQuery({ ...page, after: null, where: views.callbacksTo("+38641555777") }))],
  ["breaching", "tickets_running", () => explain(ticketsQuery({ ...byDue, where: views.breaching(new Date("2026-03-01")) }))],
  ["department", "tickets_department", () => explain(ticketsQuery({ ...page, where: views.department("technicians") }))],
  ["mine", "tickets_mine", () => explain(ticketsAcrossQuery({ ...page, where: views.mine(owner) }))],
  ["a client's", "tickets_client", () => explain(ticketsAcrossQuery({ ...page, where: views.client(client) }))],
  ["by number", "tickets_digits", () => explain(ticketsAcrossQuery({ ...page, where: views.digits("000-000-300-0") }))],
];

test.each(cases)("reads the view %s of 50,000 tickets by the index %s", async (_name, index, plan) => {
  const text = await plan();
  expect(text).toContain(index);
  expect(text).not.toMatch(/Seq Scan on tickets/);
  const read = [...text.matchAll(/on tickets t .*rows=([\d.]+) loops=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]) * Number(match[2]), 0);
  expect(read).toBeLessThanOrEqual(110);
});

test("reads a department worker's lists by an index too", async () => {
  const where: Condition = ofDepartment(views.open(), owner, "technicians");
  expect(await explain(ticketsQuery({ ...page, where }))).not.toMatch(/Seq Scan on tickets/);
});
