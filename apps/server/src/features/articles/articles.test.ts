import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { inTx } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { describeProblems, loadDeclarations } from "../projects/index.ts";
import { getTicket, moveTicket, storeDeclarations } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { readArticle as readOne } from "./articles.service.ts";
import { articlesKind, articlesRoutes, attachSolution, chooseVariant, offerVariant, readArticle, searchArticles, solvedListener, ticketSolutions } from "./index.ts";
import { rememberOld } from "./articles.listener.ts";
import { similarQuery } from "./articles.sql.ts";
import { forgetFrequency } from "./articles.service.ts";
import { detachSolution, withdrawVariant } from "./articles.solutions.service.ts";
import { searchFor, slovenian, weigh } from "./articles.words.rules.ts";

const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: [articlesKind] });
if (!loaded.ok) throw new Error(describeProblems(loaded));
const database = await testDatabase();
const system = database.ctx();
await storeDeclarations(system, loaded.declarations, { kinds: [articlesKind] });
const ana = database.ctx(actorOf(await buildUser(database.db, { projects: ["internet"] })));
const stranger = database.ctx(actorOf(await buildUser(database.db, { projects: ["taxi"] })));
beforeEach(forgetFrequency);

const keys = async (words: string) => (await searchArticles(ana, { project: "internet", words })).items.map(({ key }) => key);

describe("articles", () => {
  test.each([
    ["a case of Slovenian", "ponovnega zagona modema", "modem-restart"], ["letters without accents", "pocasno brezzicno omrezje", "slow-wifi"], ["a case of Russian", "перезагрузку модема", "modem-restart"],
    ["another form of English", "restarting modems", "modem-restart"], ["a synonym", "роутер", "modem-restart"], ["the other alphabet", "vaj-faj", "slow-wifi"], ["a typing error", "invoce", "invoice-explained"], ["a typing error in Russian", "переноз подключения", "moving-house"],
  ])("R085 an article is found by %s", async (_name, words, key) => {
    expect((await keys(words)).slice(0, 2)).toContain(key);
  });

  test("R085 the beginning of an article is told in sentences, without the marks of its lists", async () => {
    const { items } = await searchArticles(ana, { project: "internet", words: "" });
    for (const { excerpt } of items) expect(excerpt).not.toMatch(/(?:^|\s)(?:[-*+]|\d+\.)\s\p{Lu}/u);
  });

  test("R085 nothing is found by what is in none, and everything without words", async () => {
    expect(await keys("qqqzzz")).toEqual([]);
    const { more } = loaded.declarations.projects.find(({ project }) => project.key === "internet")!;
    expect((await keys("")).length).toBe(Object.keys(more["articles"]!).length);
  });

  test("what is typed cannot break the search", async () => {
    for (const words of ["'", "a & | !", "\\", "((", ":*", "<->", "'); drop table articles; --", "%_"]) expect((await searchArticles(ana, { words })).items, words).toBeInstanceOf(Array);
    expect((await searchArticles(ana, { words: "modem" })).items.length).toBeGreaterThan(0);
  });

  test("an article is read in the language asked for, by those of its project alone", async () => {
    expect(await readOne(ana, { project: "internet", key: "modem-restart" }, "sl")).toMatchObject({ language: "sl", title: "Ponovni zagon modema" });
    await expect(readOne(stranger, { project: "internet", key: "modem-restart" })).rejects.toMatchObject({ code: "not_found" });
    await expect(searchArticles(stranger, { project: "internet", words: "" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("a text that misses a language, or names a type that is not there, is refused at its place; a removed one is gone", async () => {
    expect(readArticle("key: a\nkind: faq\ntitle: { en: A, ru: Б }\nbody: { en: A, ru: Б, sl: C }\n").problems.map(({ path }) => path.join("."))).toEqual(["title.sl"]);
    const declared = loaded.ok ? loaded.declarations.projects.find(({ project }) => project.key === "internet")! : null!;
    const [first] = Object.values(declared.more.articles!);
    expect(articlesKind.check!({ ...(first as object), types: ["flight"] }, declared, { key: "a" })).toMatchObject([{ path: ["types", 0] }]);
    await inTx(system, (ctx) => articlesKind.use!(ctx, "shop", { a: first }));
    await inTx(system, (ctx) => articlesKind.use!(ctx, "shop", {}));
    expect((await sql`select key from articles where project_key = 'shop'`.execute(database.db)).rows).toEqual([]);
  });
});

async function solved(subject: string, resolution: string, language: "ru" | "sl" | "en" = "sl") {
  const ticket = await buildTicket(system, { subject, description: "", language });
  const taken = await moveTicket(ana, ticket.id, { version: 1, transition: "take", input: {} });
  await moveTicket(ana, ticket.id, { version: taken.version, transition: "finish", input: { resolution, resolution_kind: "solved" } });
  return ticket;
}

describe("the panel of solutions", () => {
  test("R125 a ticket finds articles and solved tickets by its own words; the attached one's text is copied, linked and counted", async () => {
    const deliveries = startDeliveries(system, [solvedListener]);
    const old = await solved("Internet utripa ob dežju", "Zamenjan konektor na strehi");
    await solved("Račun je previsok", "Pojasnjeno");
    await deliveries.settled();
    await deliveries.stop();
    const ticket = await buildTicket(system, { type: "fault", subject: "Utripanje interneta, kadar dežuje", description: "", language: "sl" });
    const found = await ticketSolutions(ana, ticket.id, "");
    expect(found.similar).toMatchObject([{ id: old.id, resolution: "Zamenjan konektor na strehi", used: 0 }]);
    expect(found.articles[0]).toMatchObject({ key: "slow-wifi" });
    const attached = await attachSolution(ana, ticket.id, { source: "ticket", ticketId: old.id });
    expect(attached).toMatchObject({ text: "Zamenjan konektor na strehi", ticket: { number: old.number } });
    expect((await attachSolution(ana, ticket.id, { source: "ticket", ticketId: old.id })).id).toBe(attached.id);
    await attachSolution(ana, ticket.id, { source: "article", key: "modem-restart" });
    const after = await ticketSolutions(ana, ticket.id, "");
    expect(after.similar[0]).toMatchObject({ used: 1 });
    expect(after.attached.map(({ text }) => text)).toEqual(["Modem je bil ponovno zagnan (vtič izvlečen za trideset sekund); povezava se je vrnila.", "Zamenjan konektor na strehi"]);
    await detachSolution(ana, ticket.id, attached.id);
    expect((await ticketSolutions(ana, ticket.id, "")).similar[0]).toMatchObject({ used: 0 });
  });

  test("R125 a ticket that is reopened is no solution any more", async () => {
    const deliveries = startDeliveries(system, [solvedListener]);
    const old = await solved("Televizor kaže zelene črte", "Zamenjan kabel HDMI");
    await deliveries.settled();
    const ticket = await buildTicket(system, { subject: "Zelene črte na televizorju", description: "", language: "sl" });
    expect((await ticketSolutions(ana, ticket.id, "")).similar).toMatchObject([{ id: old.id }]);
    await moveTicket(ana, old.id, { version: (await getTicket(ana, old.id)).version, transition: "reopen", input: { reason: "Spet" } });
    await deliveries.settled();
    await deliveries.stop();
    expect((await ticketSolutions(ana, ticket.id, "")).similar).toEqual([]);
  });

  test("tickets solved before their words were kept are found once they have been gone through", async () => {
    const old = await solved("Принтер печатает пустые листы", "Заменён картридж", "ru");
    await rememberOld(system, "00000000-0000-0000-0000-000000000000");
    const ticket = await buildTicket(system, { subject: "Пустые листы на принтере", description: "", language: "ru" });
    expect((await ticketSolutions(ana, ticket.id, "")).similar).toMatchObject([{ id: old.id }]);
    expect((await ticketSolutions(ana, ticket.id, "картриджа печатать")).similar).toEqual([expect.objectContaining({ id: old.id })].slice(0, 1));
  });

  test("R097 given three variants, what the client picks is the plan", async () => {
    const ticket = await buildTicket(system);
    const offer = (title: string) => offerVariant(ana, ticket.id, { title, pros: "", cons: "", price: "0 €", duration: "2 dni" });
    const [one, two, three] = [await offer("Repair"), await offer("Replacement"), await offer("Refund")];
    await chooseVariant(ana, ticket.id, one.id, true);
    expect(await chooseVariant(ana, ticket.id, two.id, true)).toMatchObject({ chosen: { by: ana.actor.name } });
    expect((await ticketSolutions(ana, ticket.id, "")).variants.map(({ chosen }) => chosen !== null)).toEqual([false, true, false]);
    expect((await getTicket(ana, ticket.id)).fields).toMatchObject({ plan: "Replacement" });
    await withdrawVariant(ana, ticket.id, three.id);
    await expect(withdrawVariant(ana, ticket.id, two.id)).rejects.toMatchObject({ reason: "variant_gone" });
    await chooseVariant(ana, ticket.id, two.id, false);
    expect((await getTicket(ana, ticket.id)).fields).toMatchObject({ plan: "" });
  });

  test("another project's ticket is not there", async () => {
    const ticket = await buildTicket(system);
    await expect(ticketSolutions(stranger, ticket.id, "")).rejects.toMatchObject({ code: "not_found" });
    await expect(attachSolution(stranger, ticket.id, { source: "article", key: "modem-restart" })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("R125 similar tickets are found by the index of words, and among the newest where every word is common", async () => {
  const plan = async (any: string[], all: string[]) => JSON.stringify((await database.db.transaction().execute(async (tx) => { await sql`set local enable_seqscan = off`.execute(tx); await sql`set local enable_sort = off`.execute(tx); return sql<object>`explain ${similarQuery({ projectKey: "internet", notId: newId(), any, all, weighed: [{ word: "w7", weight: 3 }], limit: 15 })}`.execute(tx); })).rows);
  expect(await plan(["w7"], [])).toContain("solved_tickets_words");
  expect(await plan([], ["often"])).toContain("solved_tickets_newest");
});

describe("words", () => {
  test("one word in its cases is one stem", () => {
    for (const cases of [["internet", "interneta", "internetu", "internetom"], ["račun", "računa", "računom", "računi"], ["povezava", "povezave", "povezavo"], ["modem", "modema", "modemom", "modemi"]]) expect(new Set(slovenian(cases)).size, cases.join()).toBe(1);
  });

  test("the rarest words are looked for, as many as can be read quickly; of common ones all must be there", () => {
    const frequency = { total: 1_000_000, common: new Map([["internet", 0.4], ["modem", 0.2], ["lučka", 0.0004]]), rarest: 0.0004 };
    expect(searchFor(weigh(["internet", "modem", "lučka", "strešnik"], frequency))).toEqual({ any: ["strešnik", "lučka"], all: [] });
    expect(searchFor(weigh(["internet", "modem"], frequency))).toEqual({ any: [], all: ["modem", "internet"] });
    expect(searchFor([])).toBeNull();
  });
});

test("every route of articles asks strangers to sign in", async () => {
  const http = await testHttp(database, articlesRoutes);
  const id = newId();
  for (const url of ["/api/articles", "/api/articles/internet/x", `/api/tickets/${id}/solutions`]) expect((await http.anonymous("GET", url)).statusCode, url).toBe(401);
  for (const [url, body] of [[`/api/tickets/${id}/solutions`, { source: "article", key: "x" }], [`/api/tickets/${id}/variants`, { title: "x" }], [`/api/tickets/${id}/variants/${id}/choice`, { chosen: true }]] as const) expect((await http.anonymous("POST", url, body)).statusCode, url).toBe(401);
  for (const url of [`/api/tickets/${id}/solutions/${id}`, `/api/tickets/${id}/variants/${id}`]) expect((await http.anonymous("DELETE", url)).statusCode, url).toBe(401);
});
