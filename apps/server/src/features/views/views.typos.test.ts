import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import type { TicketFilter } from "./views.contract.ts";
import { findTickets } from "./views.find.service.ts";
import { insteadOf, lettersOf, meant, slips } from "./views.typos.rules.ts";
import { nearQuery } from "./views.typos.sql.ts";
import { learnWords } from "./views.vocabulary.ts";

test.each([["роутре", "роутер", 1], ["internnet", "internet", 1], ["интрнет", "интернет", 1], ["модем", "модем", 0], ["abc", "abcdef", 3], ["kitten", "sitting", 3], ["ab", "ba", 1], ["", "ab", 2]] as const)("between %s and %s lie %i slips", (a, b, expected) => {
  expect([slips(a, b, 3), slips(b, a, 3)]).toEqual([expected, expected]);
});

test("R123 numbers and short words are never taken for others, nor is anything with a digit in it", () => {
  expect(lettersOf("Роутер ab12cd +38640111222 INT-482 the 4321 Žnidaršič e-mail")).toEqual(["роутер", "žnidaršič", "mail"]);
  const near = (word: string, likeness = 0.5) => ({ word, shown: word, likeness });
  expect(meant("модм", [near("модем"), near("дом"), near("модная")]).map(({ word }) => word)).toEqual(["модем"]);
  expect(meant("интерент", [near("интересно"), near("интернета"), near("интернет")]).map(({ word }) => word)[0]).toBe("интернет");
  expect(insteadOf("Роутре — не работает!", [{ typed: "роутре", meant: [near("роутер"), near("роутеры")] }], 3)).toEqual(["роутер — не работает!", "роутеры — не работает!"]);
  expect(insteadOf("anything", [], 3)).toEqual([]);
});

const database = await testDatabase();
const past = () => new Date(Date.now() - 60_000);
const system = database.ctx(undefined, past);
await buildProjects(system);
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["taxi"] }));
const client = await buildClient(database.ctx(), { familyName: "Žnidaršič", givenName: "Špela", projects: ["internet"] });
const router = await buildTicket(system, { subject: "Роутеры не включаются", description: "Роутер молчит после грозы", clientId: client.id });
const net = await buildTicket(system, { subject: "Internet is slow", description: "In the evening" });
const secret = await buildTicket(system, { subject: "Perpendicular", description: "Said once" });
const ride = await buildTicket(system, { projectKey: "taxi", type: "question", subject: "Umbrella left in the car" });
while (await learnWords(database.ctx()));

const find = async (actor: Actor, filter: TicketFilter, more: object = {}) => {
  const { items, next, instead } = await findTickets(database.ctx(actor), { filter: JSON.stringify(filter), sort: "changed", ...more });
  return { ids: items.map(({ id }) => id), next, instead };
};

test.each([["роутре", "роутер"], ["роуетр", "роутер"], ["internnet", "internet"], ["Žnidarsci", "žnidaršič"], ["slow internte", "slow internet"]])("R123 nothing is found for “%s”, so that tickets with “%s” are shown, and both are told", async (asked, shown) => {
  const { ids, instead } = await find(ana, { text: asked });
  expect(ids.length).toBeGreaterThan(0);
  expect(instead).toEqual({ asked, shown: expect.stringMatching(new RegExp(`^${shown}`)) as unknown });
  expect(ids).toEqual((await find(ana, { text: shown })).ids);
});

test("R123 exact words stay as they were typed, and other parts of the filter hold for what was meant as well", async () => {
  expect(await find(ana, { text: "роутер" })).toMatchObject({ ids: [router.id], instead: null });
  expect(await find(ana, { text: "роутре", types: ["claim"] })).toMatchObject({ ids: [], instead: null });
  expect(await find(ana, { text: "qqqqzzzz" })).toMatchObject({ ids: [], instead: null });
  expect(await find(ana, { text: "slow роутер" })).toMatchObject({ ids: [], instead: null });
});

test("R123 no word is told that stands only where the reader may not look: in other projects, or in what is about them", async () => {
  expect(await find(boris, { text: "umbrela" })).toMatchObject({ ids: [ride.id], instead: { shown: "umbrella" } });
  expect(await find(ana, { text: "umbrela" })).toMatchObject({ ids: [], instead: null });
  await sql`update tickets set about_user_ids = array[${ana.kind === "user" ? ana.id : ""}::uuid] where id = ${secret.id}`.execute(database.db);
  expect(await find(ana, { text: "perpendiclar" })).toMatchObject({ ids: [], instead: null });
});

test("R123 the next page goes on by the words that were meant; a bent place is refused, not searched", async () => {
  for (let n = 0; n < 3; n += 1) await buildTicket(system, { subject: `Internet again ${n}` });
  const first = await find(ana, { text: "internnet" }, { limit: 2 });
  const second = await find(ana, { text: "internnet" }, { limit: 2, after: first.next });
  expect([first.ids.length, second.ids.length, second.next]).toEqual([2, 2, null]);
  expect(new Set([...first.ids, ...second.ids]).size).toBe(4);
  expect([...first.ids, ...second.ids]).toContain(net.id);
  await expect(find(ana, { text: "internnet" }, { after: "aW50ZXJuZXQ.nonsense" })).rejects.toMatchObject({ code: "invalid" });
});

test("R123 words are learnt once, by one node at a time, and new ones at the next look", async () => {
  const count = async () => (await sql<{ n: number }>`select count(*)::int as n from ticket_vocabulary`.execute(database.db)).rows[0]!.n;
  const before = await count();
  await Promise.all([learnWords(database.ctx()), learnWords(database.ctx())]);
  const ticket = await buildTicket(system, { subject: "Thunderstorm tonight" });
  await sql`update ticket_search set created_at = now() - interval '6 seconds' where ticket_id = ${ticket.id}`.execute(database.db);
  await learnWords(database.ctx());
  expect(await count()).toBeGreaterThan(before);
  expect(await find(ana, { text: "thunderstrom" })).toMatchObject({ ids: [ticket.id], instead: { shown: "thunderstorm" } });
});

test("R123 words like a mistyped one are found by an index, and so is whether one is known", async () => {
  await sql`insert into ticket_vocabulary (word, shown, near) select w, w, ticket_word_near(w) from (select distinct left(translate(md5(n::text), '0123456789', 'ghijklmnop'), 9) as w from generate_series(1, 30000) n) x on conflict do nothing`.execute(database.db);
  await sql`vacuum (analyze) ticket_vocabulary`.execute(database.db);
  const plan = (await sql<Record<string, string>>`explain (costs off) ${nearQuery(["роутре", "internnet"])}`.execute(database.db)).rows.map((row) => Object.values(row)[0]!).join("\n");
  expect(plan).toContain("ticket_vocabulary_near");
  expect(plan).toContain("ticket_vocabulary_pkey");
  expect(plan).not.toMatch(/Seq Scan on ticket_vocabulary/);
});
