import { sql, type RawBuilder } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { interactionsQuery, type InteractionSearch } from "../interactions/interactions.sql.ts";
import { encodeCursor, decodeCursor } from "../../platform/page.ts";
import { fillClients } from "./clients.bulk.sql.ts";
import { clientTimeline, searchClients } from "./clients.list.service.ts";
import { searchTerms, searchText } from "./clients.search.rules.ts";
import { searchQuery, type ClientSearch } from "./clients.sql.ts";
import { timelineQuery } from "./clients.timeline.sql.ts";

const database = await testDatabase();
const operator = await buildUser(database.db, { projects: ["internet", "shop"] });
await fillClients(database.db, { clients: 50_000, interactions: 30_000, tickets: 5_000, until: new Date("2026-01-01T00:00:00Z") });
const ctx = database.ctx(actorOf(operator));
const { items } = await searchClients(ctx, { text: "novak" });
const cursor = decodeCursor(encodeCursor(items.at(-1)!.updatedAt, items.at(-1)!.id));

const BIG = /Seq Scan on (clients|client_phones|client_emails|interactions|tickets|events|audit_log)\b/;
async function planOf(query: RawBuilder<unknown>): Promise<string> {
  const { rows } = await sql<Record<string, string>>`explain ${query}`.execute(database.db);
  return rows.map((row) => Object.values(row)[0]).join("\n");
}

const search = (text: string, more: Partial<ClientSearch> = {}) => searchQuery({ terms: searchTerms(text), projects: operator.projects, readerId: operator.id, only: null, project: null, after: null, limit: 50, ...more });
const after = (rank: number) => ({ after: { rank, updatedAt: items.at(-1)!.updatedAt, id: items.at(-1)!.id } });
const calls = (more: Partial<InteractionSearch> = {}) =>
  interactionsQuery({ projects: operator.projects, reader: operator.id, mine: false, unfinished: false, outcome: null, clientId: null, language: "en", cursor: null, limit: 50, ...more });

test.each([
  ["the last changed clients", search("")], ["their next page", search("", after(3))], ["clients of one project", search("", { project: "shop" })], ["a common name", search("novak")], ["its next page", search("novak", after(1))], ["its page of other names", search("novak", after(2))], ["its last page", search("novak", after(3))],
  ["the beginning of names and towns", search("lju")], ["a given name", search("Ана")], ["a name of two words", search("ana novak")], ["its next page", search("ana novak", after(1))], ["a name and a letter", search("novak l")], ["a name and a number", search("novak 041 023 456")],
  ["a name and a town", search("Иванов Москва")], ["a number in full", search("041 023 456")], ["a part of a number", search("23456")], ["one letter", search("i")], ["two letters", search("iv")], ["a name nobody has", search("qqqq")],
  ["everything for the system", search("novak", { projects: null })],
  ["the last calls", calls()], ["their next page", calls({ cursor })], ["my calls", calls({ mine: true })], ["my unfinished calls", calls({ mine: true, unfinished: true })], ["unfinished calls", calls({ unfinished: true })],
  ["abandoned calls", calls({ outcome: "abandoned" })], ["interrupted calls", calls({ outcome: "interrupted" })], ["calls of a client", calls({ clientId: items[0]!.id })],
  ["a client's story", timelineQuery({ ids: [items[0]!.id], projects: operator.projects, cursor: null, limit: 50 })], ["its next page", timelineQuery({ ids: [items[0]!.id], projects: operator.projects, cursor, limit: 50 })],
])("reads %s by index, never the whole table", async (_name, query) => {
  expect(await planOf(query)).not.toMatch(BIG);
});

test("walks a list over 50,000 clients in pages, each client once", async () => {
  const seen = new Set<string>();
  let last = "9";
  for (let after: string | undefined; ;) {
    const page = await searchClients(ctx, { text: "žnidaršič", limit: 100, after });
    for (const row of page.items) {
      expect(row.updatedAt <= last).toBe(true);
      expect(seen.has(row.id)).toBe(false);
      last = row.updatedAt;
      seen.add(row.id);
    }
    if (!page.next) break;
    after = page.next;
  }
  const counted = await sql<{ n: number }>`select count(*)::int n from clients where family_name = 'Žnidaršič' and projects && array['internet', 'shop']`.execute(database.db);
  expect(seen.size).toBe(counted.rows[0]!.n);
  expect(seen.size).toBeGreaterThan(200);
});

test.each(["ko", "kra", "ana kos", "ana l", "Ан"])("walks the clients found by \"%s\" in pages, the nearest first, in the order of one long page", async (text) => {
  const whole: string[] = [];
  for (let page = await searchClients(ctx, { text, limit: 200 }); ; page = await searchClients(ctx, { text, limit: 200, after: page.next! })) {
    whole.push(...page.items.map((row) => row.id));
    if (!page.next) break;
  }
  const { rows } = await sql<{ id: string; rank: number; updatedAt: Date }>`select rank, id, updated_at from (${searchQuery({ terms: searchTerms(text), projects: operator.projects, readerId: operator.id, only: null, project: null, after: null, limit: 60_000 })}) f`.execute(database.db);
  expect(whole).toEqual(rows.map(({ id }) => id));
  expect(new Set(whole).size).toBe(whole.length);
  const keys = rows.map((row) => `${row.rank} ${10 ** 14 - row.updatedAt.getTime()}`);
  expect(keys).toEqual([...keys].sort());
  const { n } = (await sql<{ n: number }>`select count(*)::int as n from clients c where (c.projects && array['internet', 'shop'] or c.projects = '{}') and ${sql.join(searchTerms(text)!.patterns.map((pattern) => sql`c.search like ${pattern}`), sql` and `)}`.execute(database.db)).rows[0]!;
  expect(whole).toHaveLength(n);
});

test("makes the same clients each time and gives them the search text the service would", async () => {
  const row = await sql<{ familyName: string; givenName: string; city: string; search: string; e164: string; address: string }>`select c.family_name, c.given_name, c.address->>'city' as city, c.search, p.e164, m.address
    from clients c join client_phones p on p.client_id = c.id join client_emails m on m.client_id = c.id where p.e164 = '+38640000007'`.execute(database.db).then((result) => result.rows[0]!);
  
  expect(row.search).toBe(searchText({ names: [row.familyName, row.givenName], places: [row.city], phones: [row.e164], emails: [row.address] }));
});

test("reads a client's story of every branch within the page", async () => {
  const busy = await sql<{ id: string }>`select client_id as id from interactions i join clients c on c.id = i.client_id where c.projects && array['internet', 'shop'] group by 1 order by count(*) desc limit 1`.execute(database.db);
  const page = await clientTimeline(ctx, busy.rows[0]!.id, { limit: 5 });
  expect(page.items).toHaveLength(5);
  expect(page.items.map((item) => item.at)).toEqual(page.items.map((item) => item.at).sort().reverse());
});
