import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import type { TicketFilter, ViewSort } from "./views.contract.ts";
import { planOf } from "./views.rules.ts";
import { newestQuery, walkQuery, wordsQuery, type Reading } from "./views.sql.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const [owner, client, parent] = [newId(), newId(), newId()];
await sql`insert into users (id, login, name, roles, password_hash) values (${owner}, 'owner', 'Owner', '{operator}', '')`.execute(database.db);
await sql`insert into clients (id) values (${client})`.execute(database.db);
await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, stage_since, link_hash, created_at, updated_at, due_at, owner_id, client_id, department)
  select case when n = 1 then ${parent}::uuid else gen_random_uuid() end, 'PLN-' || lpad(n::text, 9, '0'), (array['internet', 'shop', 'taxi'])[1 + n % 3], 'question', (select id from process_versions limit 1), 'stage' || n % 20, (array['open', 'waiting', 'done', 'closed', 'closed', 'closed'])[1 + n % 6],
    'Common ' || 'rare' || n % 5000, 'en', at, sha256(n::text::bytea), at, at + (n % 7) * interval '1 hour', at + interval '1 day', case when n % 100 = 0 then ${owner}::uuid end, case when n % 500 = 0 then ${client}::uuid end, case when n % 30 = 0 then 'technicians' end
  from (select n, timestamptz '2024-01-01' + n * interval '30 minutes' as at from generate_series(1, 50000) n) t`.execute(database.db);
await sql`update tickets set parent_id = ${parent} where number in ('PLN-000000100', 'PLN-000000200')`.execute(database.db);
await sql`vacuum (analyze) tickets, ticket_search`.execute(database.db);

const reading = (filter: TicketFilter, sort: ViewSort, most: number): Reading => ({ filter, sort, most, limit: 51, reader: { id: owner, projects: ["internet", "taxi"], only: null, inPart: false }, now: new Date("2026-11-22"), after: null });
const explain = async (query: ReturnType<typeof walkQuery>): Promise<string> =>
  (await sql<Record<string, string>>`explain (analyze, costs off, timing off, summary off) ${query}`.execute(database.db)).rows.map((row) => Object.values(row)[0]!).join("\n");
/** Rows of tickets a plan has read, those it threw away as well. */
const rowsRead = (plan: string): number => [...plan.matchAll(/ on (?:tickets|ticket_search) \w+ .*rows=([\d.]+) loops=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]) * Number(match[2]), 0)
  + [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);

const open: TicketFilter = { statuses: ["open", "waiting"] };
const cases: [filter: TicketFilter, sort: ViewSort, index: string][] = [
  [{}, "changed", "tickets_all"], [open, "changed", "tickets_open"], [open, "untouched", "tickets_open"], [open, "due", "tickets_by_due"], [open, "oldest", "tickets_by_age"], [open, "newest", "tickets_by_age"],
  [{ statuses: ["done"] }, "changed", "tickets_done"], [{ ...open, owners: ["nobody"] }, "changed", "tickets_unassigned"], [{ ...open, owners: ["me"] }, "changed", "tickets_mine"], [{ ...open, stages: ["stage1", "stage6"] }, "untouched", "tickets_stages"],
  [{ ...open, departments: ["technicians"] }, "changed", "tickets_department"], [{ clientId: client }, "changed", "tickets_client"], [{ parentId: parent }, "changed", "tickets_parent"],
  // What no index knows is looked at within the same bounded piece.
  [{ ...open, channels: ["letter"], fields: [{ field: "fields.building", is: "equal", value: "B2" }] }, "changed", "tickets_open"], [{ statuses: ["closed"], channels: ["letter"] }, "changed", "tickets_all"],
];
test.each(cases)("R123 reads %j in the order %s by the index %s, and no more of it than the step", async (filter, sort, index) => {
  const plan = planOf(filter, sort, owner);
  const text = await explain(walkQuery(plan.by === "walk" ? plan.anchors : [], reading(filter, sort, 200)));
  expect(text).toContain(index);
  expect(text).not.toMatch(/Seq Scan on tickets/);
  // The piece of each project's head, and once more those that are looked at.
  expect(rowsRead(text)).toBeLessThanOrEqual(2 * 2 * 200);
});

const words = (text: string) => planOf({ text }, "changed", owner) as Parameters<typeof wordsQuery>[0];
test.each([["rare77", null], ["common", [2950, 2949]]] as const)("R123 finds %s by the index of words, within its weeks", async (word, weeks) => {
  const text = await explain(wordsQuery(words(word), { rare: [true], begun: [null], weeks: weeks && [...weeks] }, reading({ text: word }, "newest", 200)));
  expect(text).toContain("ticket_search_words");
  expect(text).not.toMatch(/Seq Scan on (tickets|ticket_search)/);
});

test("R123 asks the index for the rare word of two only, and looks for the common one in what it finds", async () => {
  const text = await explain(wordsQuery(words("common rare77"), { rare: [false, true], begun: [null, null], weeks: null }, reading({ text: "common rare77" }, "newest", 200)));
  expect(/Index Cond: .*/.exec(text)![0]).toMatch(/rare77(?!.*common)/);
  // 74 of 33,333, found and then looked up.
  expect(rowsRead(text)).toBe(2 * 74);
});

test("R123 looks through the newest tickets one by one in the order of time, no more than it was told to", async () => {
  const query = newestQuery(words("common rare77"), reading({ text: "common rare77" }, "newest", 200));
  const text = await explain(query);
  expect(text).toContain("ticket_search_time");
  expect(text).not.toMatch(/Seq Scan on (tickets|ticket_search)/);
  const { rows: [row] } = await query.execute(database.db);
  expect(row).toMatchObject({ read: 200, hits: 0, said: [200, 0] });
});
