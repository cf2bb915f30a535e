import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import type { TicketFilter } from "./views.contract.ts";
import { findTickets } from "./views.find.service.ts";
import { nextLook, type Seen } from "./views.rules.ts";

const WEEK = 604_800_000;
/** A thousand tickets a week; 1,500 were looked through, of a company three years old. */
const seen = (over: Partial<Seen>): Seen => ({ hits: 0, fits: 0, fromMs: 160 * WEEK, toMs: 158.5 * WEEK, ticketsPerMs: 1_000 / WEEK, oldestMs: 0, total: null, shares: [0.001], ...over });

describe("R123 a search by words goes on", () => {
  test("ticket by ticket while that will soon fill the page", () => {
    expect(nextLook(seen({ hits: 200, fits: 40, shares: [0.2] }), 11)).toEqual({ by: "newest", most: 619 });
  });
  test("by the index for words that are rare, in all that is older", () => {
    expect(nextLook(seen({ shares: [0.001] }), 51)).toEqual({ by: "index", rare: [true], weeks: null, most: 4_000 });
  });
  test("by some weeks of the index where these will be enough", () => {
    expect(nextLook(seen({ hits: 20, fits: 20, ticketsPerMs: 10_000 / WEEK, shares: [0.008] }), 39)).toEqual({ by: "index", rare: [true], weeks: 6, most: 300 });
  });
  test("by no more than eight weeks of a word that is in too many older tickets to read them all", () => {
    expect(nextLook(seen({ hits: 600, fits: 1, shares: [0.4] }), 51)).toEqual({ by: "index", rare: [true], weeks: 8, most: 4_000 });
  });
  test("by eight weeks where it takes few of them, though all that is older could be read, and looks up no more of what they have than it needs", () => {
    const busy = { ticketsPerMs: 6_400 / WEEK, toMs: 159.75 * WEEK, shares: [0.018], oldestMs: 10 * WEEK };
    expect(nextLook(seen({ ...busy, hits: 10, fits: 2 }), 49)).toEqual({ by: "index", rare: [true], weeks: 8, most: 368 });
    expect(nextLook(seen({ ...busy, toMs: 152 * WEEK, hits: 900, fits: 1 }), 49)).toEqual({ by: "index", rare: [true], weeks: null, most: 4_000 });
  });
  test("in all that is older for two words that few tickets say together, though each alone is in many", () => {
    const busy = { ticketsPerMs: 6_400 / WEEK, toMs: 159.75 * WEEK, oldestMs: 0, shares: [0.011, 0.012] };
    expect(nextLook(seen({ ...busy }), 51)).toEqual({ by: "index", rare: [true, true], weeks: null, most: 4_000 });
    expect(nextLook(seen({ ...busy, hits: 20, fits: 3 }), 51)).toMatchObject({ weeks: 8 });
  });
  test("not in all that is older by the guess of a first look without a find, but where four looks would not do; what came in a rush does not make the past longer", () => {
    const rush = { ticketsPerMs: 250_000 / WEEK, toMs: 159.75 * WEEK, oldestMs: 0, shares: [0.01] };
    expect(nextLook(seen({ ...rush, total: 1_000_000, hits: 0, fits: 0 }), 51)).toMatchObject({ weeks: 8 });
    expect(nextLook(seen({ ...rush, total: 1_000_000, toMs: 158 * WEEK, hits: 3, fits: 3 }), 51)).toMatchObject({ weeks: null });
    expect(nextLook(seen({ ...rush, total: null, toMs: 158 * WEEK, hits: 3, fits: 3 }), 51)).toMatchObject({ weeks: 8 });
  });
  test("by the rare word of two, and by the rarest where all are common", () => {
    expect(nextLook(seen({ shares: [0.3, 0.01] }), 51)).toMatchObject({ rare: [false, true] });
    expect(nextLook(seen({ shares: [0.3, 0.2, 0.25] }), 51)).toMatchObject({ rare: [false, true, false] });
  });
});

const database = await testDatabase();
await buildProjects(database.ctx());
const reader = database.ctx(actorOf(await buildUser(database.db, { projects: ["internet", "taxi"] })));
const SAID = ["beacon", "lantern", "candle", "bonfire", "torch", "ember"];
/** 9,000 tickets of three projects over two years: the first word is in every second of them, the last in one of hundreds. */
await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, stage_since, link_hash, created_at, updated_at)
  select gen_random_uuid(), 'WRD-' || lpad(n::text, 9, '0'), (array['internet', 'shop', 'taxi'])[1 + n % 3], 'question', (select id from process_versions limit 1), 'registered', case when hashint4(n) % 5 = 0 then 'open' else 'closed' end,
    concat_ws(' ', ${sql.join(SAID.map((word, w) => sql`case when abs(hashint4(n * 7 + ${w}::int)) % ${2 + w * w * 14}::int = 0 then ${word}::text end`))}, 'n' || n), 'en', at, sha256(n::text::bytea), at, at
  from (select n, now() - n * interval '2 hours' as at from generate_series(1, 9000) n) t`.execute(database.db);
await sql`vacuum (analyze) tickets, ticket_search`.execute(database.db);

async function walked(filter: TicketFilter): Promise<string[]> {
  const numbers: string[] = [];
  let after: string | undefined;
  do {
    const page = await findTickets(reader, { filter: JSON.stringify(filter), sort: "changed", limit: 100, after });
    expect(page.items.length).toBeLessThanOrEqual(100);
    numbers.push(...page.items.map(({ number }) => number));
    after = page.next ?? undefined;
  } while (after);
  return numbers;
}

const searches = [...SAID.map((word) => [word]), ["beacon", "ember"], ["beacon", "lantern"], ["lantern", "torch"], ["candle", "bonfire"], ["torch", "ember"], ["bea", "lan"], ["n4"], ["nowhere"]];
const asked: { words: string[]; statuses?: "open"[] }[] = searches.flatMap((words) => [{ words }, { words, statuses: ["open"] }]);
test.each(asked)("R123 finds every ticket that says $words, newest first and each once, of those that are $statuses", async ({ words, statuses }) => {
  const { rows } = await sql<{ number: string }>`select number from tickets where project_key in ('internet', 'taxi') and ${sql.join(words.map((word) => sql`subject ~ ('\\m' || ${word}::text)`), sql` and `)}
    and (${statuses === undefined}::boolean or status = 'open') order by created_at desc, id desc`.execute(database.db);
  expect(await walked({ text: words.join(" "), ...(statuses && { statuses }) })).toEqual(rows.map(({ number }) => number));
});

test("R123 a ticket registered this moment is found, also by a node whose clock is behind", async () => {
  const at = new Date(Date.now() + 60_000);
  await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, stage_since, link_hash, created_at, updated_at)
    values (${newId()}, 'WRD-999999999', 'internet', 'question', (select id from process_versions limit 1), 'registered', 'open', 'chandelier', 'en', ${at}, sha256('c'), ${at}, ${at})`.execute(database.db);
  expect(await walked({ text: "chandelier" })).toEqual(["WRD-999999999"]);
});

/** Older than what is looked through one by one, so that only the index finds it. */
const OLD = "WRD-000008000";
const numbers = (text: string): Promise<string[]> => walked({ text });

test.each([
  ["a word with digits behind its letters", "model zxq77-4", "zx"], ["letters of another alphabet", "прожектор", "прожек"], ["an apostrophe, a quote and a bar", "d'arc \"x|y\" lampion", "lamp"],
])("R123 a beginning finds %s in an old ticket as soon as it is written there", async (_, text, beginning) => {
  expect(await numbers(beginning)).toEqual([]);
  await sql`update tickets set description = ${text} where number = ${OLD}`.execute(database.db);
  expect(await numbers(beginning)).toEqual([OLD]);
  expect(await numbers(`${beginning} n80`)).toEqual([OLD]);
});

test.each(["зʼєднання", "ʼn", "⑴", "ŉaap", "l’ampoule", "½", "№", "ﬁlament", "a\\b", "ʼ", "ß", "z\u030carnica"])("R123 %s, which is more than letters without its accents, is found as it is written", async (text) => {
  await sql`update tickets set description = ${`${text} kresnička`} where number = ${OLD}`.execute(database.db);
  expect(await numbers(`${text} kresn`)).toEqual([OLD]);
});

test("R123 an old ticket is found by its client's new name at once", async () => {
  const clientId = newId();
  await sql`insert into clients (id, family_name) values (${clientId}, 'Svetilka')`.execute(database.db);
  await sql`update tickets set client_id = ${clientId} where number = ${OLD}`.execute(database.db);
  expect(await numbers("svetil")).toEqual([OLD]);
  await sql`update clients set family_name = 'Luč-Žarometnik' where id = ${clientId}`.execute(database.db);
  expect(await numbers("žaromet")).toEqual([OLD]);
  expect(await numbers("svetil")).toEqual([]);
});

test("R123 a beginning of more words than are asked for one by one finds each of their tickets", async () => {
  await sql`update tickets set description = 'garland' || translate(right(number, 3), '0123456789', 'abcdefghij') where number between 'WRD-000006000' and 'WRD-000006200' and project_key <> 'shop'`.execute(database.db);
  expect(await numbers("garland")).toHaveLength(134);
});

test("R123 two that write the same new word in one moment do not wait for each other, and both are found", async () => {
  const [a, b] = ["WRD-000007001", "WRD-000007002"];
  await database.db.transaction().execute(async (first) => {
    await sql`update tickets set description = 'sparkler' where number = ${a}`.execute(first);
    await sql`update tickets set description = 'sparkler' where number = ${b}`.execute(database.db);
  });
  expect((await numbers("sparkl")).sort()).toEqual([a, b]);
});
