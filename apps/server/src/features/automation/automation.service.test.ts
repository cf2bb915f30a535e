import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { inTx, type Ctx } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { formsKind } from "../forms/index.ts";
import { loadDeclarations } from "../projects/index.ts";
import { vocabularyFor } from "../rules/index.ts";
import { storeDeclarations } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { readRuleText } from "./automation.document.ts";
import { rulesKind } from "./automation.kind.ts";
import { performable } from "./automation.perform.ts";
import { automationListener } from "./automation.listener.ts";
import { getRun, listRuleRuns, listTicketRuns } from "./automation.runs.service.ts";
import { certify, checkRule, dryRun, getVocabulary, listRules, tryRule } from "./automation.service.ts";

const database = await testDatabase();
const now = new Date("2026-03-02T09:00:00Z");
const system = database.ctx(undefined, () => now);
const folder = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const loaded = await loadDeclarations(folder, { kinds: [rulesKind, formsKind] });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
await storeDeclarations(system, loaded.declarations, { kinds: [rulesKind, formsKind] });
const declared = loaded.declarations.projects.find(({ project }) => project.key === "internet")!;

const build = async (over: Parameters<typeof buildUser>[1]): Promise<Ctx> => ({ ...database.ctx(actorOf(await buildUser(database.db, over))), now: () => now });
const admin = await build({ name: "Admin", projects: ["internet"], roles: ["administrator"] });
const other = await build({ name: "Other admin", projects: ["internet"], roles: ["administrator"] });
const boss = await build({ name: "Boris", projects: ["shop"], roles: ["supervisor"] });
const ana = await build({ name: "Ana", projects: ["internet"] });
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const idOf = (ctx: Ctx): string => (ctx.actor as { id: string }).id;
const text = (rest: string, key = "mine"): string => `key: ${key}\nname: { en: Mine }\non: { event: ticket.registered }\n${rest}`;
const raise = text(`when: ticket.subject == "fire"\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`);

test("what the editor offers to do is what can be done, no more and no less", () => {
  expect(Object.keys(vocabularyFor(declared, { processes: [], purpose: "automation" }).actions!).sort()).toEqual([...performable].sort());
});

beforeAll(() => certify(other, idOf(admin), true));

test("R355 who has no certificate cannot check, try or save a rule; an administrator gives it", async () => {
  expect(await refusal(checkRule(other, "internet", raise))).toMatchObject({ code: "forbidden", reason: "no_certificate" });
  expect((await refusal(tryRule(ana, "internet", { text: raise }))).code).toBe("forbidden");
  expect(await refusal(save(other, raise))).toMatchObject({ reason: "no_certificate" });
  expect((await refusal(certify(ana, idOf(ana), true))).code).toBe("forbidden");
  expect((await listRules(other, "internet")).mayEdit).toBe(false);
  expect((await listRules(admin, "internet")).mayEdit).toBe(true);
});

test("R344 what a rule may ask event.type for is what it waits for: it is offered, another is refused with its place, and a trial decides by it", async () => {
  const { vocabulary } = await getVocabulary(admin, "internet");
  expect(vocabulary.records["what_happened"]!.fields["type"]!.values).toContainEqual({ value: "ticket.moved" });
  const waits = (on: string, type: string): string => `key: mine\nname: { en: Mine }\non: ${on}\nwhen: event.type == "${type}"\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`;
  const two = "{ event: [ticket.moved, ticket.form_submitted] }";
  for (const [on, type, count] of [[two, "ticket.moved", 0], [two, "ticket.form_submitted", 0], [two, "ticket.registered", 1], [two, "ticket.movd", 1], ['{ schedule: "0 8 * * 1-5" }', "schedule", 0], ["{ clock: deadline, at_percent: 75 }", "clock", 0], ["{ clock: deadline, at_percent: 75 }", "ticket.moved", 1]] as const) {
    const { problems } = await checkRule(admin, "internet", waits(on, type));
    expect(problems.map(({ line, code }) => `${line} ${code}`), `${on} ${type}`).toEqual(count === 0 ? [] : ["4 value_not_allowed"]);
  }
  await expect(save(admin, waits(two, "ticket.registered"))).rejects.toMatchObject({ code: "invalid" });
  const { id } = await buildTicket(system);
  expect(await tryRule(admin, "internet", { text: waits(two, "ticket.moved"), ticket: id })).toMatchObject({ problems: [], fired: true });
  expect(await tryRule(admin, "internet", { text: waits("{ clock: deadline, at_percent: 75 }", "clock").replace('"clock"', '"clock" && event.percent == 75'), ticket: id })).toMatchObject({ problems: [], fired: true });
});

/** Puts the text in use beside the project's own rules, as a save in the desk does. */
async function save(ctx: Ctx, rule: string): Promise<void> {
  const value = rulesKind.read(rule, { key: "mine", projectKey: "internet" });
  if (value.problems.length > 0) throw new Error(JSON.stringify(value.problems));
  const problems = rulesKind.check!(value.value, declared, { key: "mine" });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  await inTx(ctx, (ctx) => rulesKind.use!(ctx, "internet", { ...declared.more["rules"], mine: value.value }));
}

test("no rule reads what its author may not: an administrator does not see the client's phone", async () => {
  const peek = text(`steps:\n  - do: add_note\n    with: { text: client.phone }\n`);
  expect((await checkRule(admin, "internet", peek)).problems).toMatchObject([{ code: "unknown_field", line: 6 }]);
  expect((await refusal(save(admin, peek))).code).toBe("invalid");
  const { vocabulary } = (await getVocabulary(admin, "internet")) as { vocabulary: { records: Record<string, { fields: object }> } };
  expect(Object.keys(vocabulary.records["client_card"]!.fields)).not.toContain("phone");
});

test("R344 everything wrong with a text is told at its line and column, what wakes it included", async () => {
  const broken = 'key: mine\nname: { en: Mine }\non: { event: ticket.registred }\nsteps:\n  - set: { ticket.priority: \'"urgent"\' }\n';
  expect((await checkRule(admin, "internet", broken)).problems).toMatchObject([{ line: 3 }]);
  expect((await checkRule(admin, "internet", text('order: 5\nwhen: ticket.stage == "nowhere"\nsteps:\n  - set: { ticket.number: \'"1"\' }\n'))).problems.map(({ line, code }) => [line, code])).toEqual([[5, "value_not_allowed"], [7, "not_settable"]]);
  expect((await checkRule(admin, "internet", 'key: mine\nname: { en: Mine }\non: { schedule: "61 * * * *" }\nsteps: []\n')).problems).toMatchObject([{ line: 3 }]);
  expect((await checkRule(admin, "internet", "on: [")).problems).not.toEqual([]);
});

test("a live test on a real ticket decides, shows from what, and changes nothing", async () => {
  const ticket = await buildTicket(system, { subject: "fire" });
  const tried = await tryRule(admin, "internet", { text: raise, ticket: ticket.number });
  expect(tried).toMatchObject({ ticketNumber: ticket.number, problems: [], fired: true, changes: [{ target: "ticket.priority", from: "normal", to: "urgent" }] });
  expect(tried.trace!.entries[0]).toMatchObject({ kind: "when", inputs: { "ticket.subject": "fire" } });
  expect((await refusal(tryRule(admin, "internet", { text: raise, ticket: "INT-000-000-000-0" }))).code).toBe("not_found");
  const slip = ticket.number.slice(0, -1) + String((Number(ticket.number.at(-1)) + 1) % 10);
  expect((await refusal(tryRule(admin, "internet", { text: raise, ticket: slip }))).fields).toMatchObject([{ field: "ticket", code: "ticket_number_mistyped" }]);
});

test("R354 a dry run over the last tickets shows which decisions would change, page by page", async () => {
  for (let count = 0; count < 30; count += 1) await buildTicket(system, { subject: count % 3 === 0 ? "fire" : "calm" });
  const rows = [];
  let [after, pages]: [string | undefined, number] = [undefined, 0];
  do {
    const page = await dryRun(admin, "internet", { text: raise.replace("urgent", "high"), before: raise, after, limit: 10 });
    rows.push(...page.rows);
    after = page.next ?? undefined;
    pages += 1;
  } while (after && pages < 20);
  expect(pages).toBeGreaterThanOrEqual(3);
  expect(rows).toHaveLength(11);
  expect(rows[0]).toMatchObject({ subject: "fire", before: { changes: { "ticket.priority": "urgent" } }, after: { changes: { "ticket.priority": "high" } } });
});

test("R354 a dry run of a slow text says how many of how many tickets it has looked at, and goes on with the rest", async () => {
  const slow = text(`steps:\n  - let: { n: '0', h: '0.0' }\n  - while: n < 4000\n    do:\n      - set: { h: 'working_hours_between(now.addDays(-3000), now.addDays(3000))', n: n + 1 }\n`);
  const page = await dryRun(admin, "internet", { text: slow, before: slow, limit: 30 });
  expect([page.of, page.lookedAt > 0 && page.lookedAt < 30]).toEqual([30, true]);
  const rest = await dryRun(admin, "internet", { text: raise, before: null, after: page.next!, limit: 200 });
  const all = await dryRun(admin, "internet", { text: raise, before: null, limit: 200 });
  expect(rest.lookedAt).toBe(all.lookedAt - page.lookedAt);
});

test("R357 the history of a ticket tells which rule set what, with its version and its inputs; others' tickets stay hidden", async () => {
  await save(admin, raise);
  await save(admin, raise.replace("urgent", "high"));
  const ticket = await buildTicket(system, { subject: "fire" });
  const listener = automationListener({ callWebhook: () => Promise.resolve() });
  await inTx(system, (ctx) => listener.hear([{ ctx: { ...ctx, depth: 1 }, event: { id: crypto.randomUUID(), type: "ticket.registered", subject: { kind: "ticket", id: ticket.id }, data: {}, at: now, actor: ctx.actor, depth: 0, requestId: "r" } }]));
  const { items } = await listTicketRuns(ana, ticket.id, {});
  const mine = items.find(({ ruleKey }) => ruleKey === "mine")!;
  expect(mine).toMatchObject({ version: 2, state: "fired", changes: [{ target: "ticket.priority", from: "urgent", to: "high" }] });
  expect((await getRun(ana, mine.id)).trace.entries[0]).toMatchObject({ inputs: { "ticket.subject": "fire" } });
  expect((await getRun(admin, mine.id)).text).toContain("high");
  expect((await listRuleRuns(admin, { project: "internet", key: "mine" }, {})).items).toHaveLength(1);
  expect((await listRules(admin, "internet")).items.find(({ key }) => key === "mine")).toMatchObject({ version: 2, fired: 1, failed: 0 });
  expect((await refusal(getRun(boss, mine.id))).code).toBe("not_found");
  expect((await refusal(listRules(boss, "internet"))).code).toBe("not_found");
  expect((await refusal(listTicketRuns(boss, ticket.id, {}))).code).toBe("not_found");
  // R129: whom it is about finds the run neither in the list nor in the number.
  await sql`update tickets set about_user_ids = ${[idOf(admin)]}::uuid[] where id = ${ticket.id}`.execute(database.db);
  const told = async (who: Ctx) => [(await listRuleRuns(who, { project: "internet", key: "mine" }, {})).items.length, (await listRules(who, "internet")).items.find(({ key }) => key === "mine")!.fired];
  expect([await told(admin), await told(other)]).toEqual([[0, 0], [1, 1]]);
});

test("R357 what a rule has read stays hidden from who may not read it, also under the name the rule gave it and in what it did with it", async () => {
  await save(system, text(`steps:\n  - let: { p: 'coalesce(client.phone, "none")' }\n  - let: { q: '"call " + p' }\n  - let: { free: ticket.number }\n  - if: p != "none"\n    then:\n      - do: call_webhook\n        with: { webhook: '"crm"', data: q }\n      - do: call_webhook\n        with: { webhook: free }\n`));
  const client = await buildClient(system, { projects: ["internet"], phones: ["+38641555777"] });
  const ticket = await buildTicket(system, { clientId: client.id });
  const listener = automationListener({ callWebhook: () => Promise.resolve() });
  await inTx(system, (ctx) => listener.hear([{ ctx: { ...ctx, depth: 1 }, event: { id: crypto.randomUUID(), type: "ticket.registered", subject: { kind: "ticket", id: ticket.id }, data: {}, at: now, actor: ctx.actor, depth: 0, requestId: "r" } }]));
  const seen = async (reader: Ctx) => {
    const { items } = await listTicketRuns(reader, ticket.id, {});
    const run = items.find(({ ruleKey }) => ruleKey === "mine")!;
    return { list: JSON.stringify(items), run: JSON.stringify(await getRun(reader, run.id)) };
  };
  const [mine, hers] = [await seen(admin), await seen(ana)];
  expect([hers.list, hers.run].every((told) => told.includes("+38641555777"))).toBe(true);
  for (const told of [mine.list, mine.run]) expect(told).not.toContain("38641555777");
  expect(mine.run).toContain(`"inputs":{"free":"${ticket.number}"}`);
});

test("a clock of a ticket stops at the marks that rules wait for, beside those of its process", async () => {
  const late = { text: 'key: early\nname: { en: Early }\non: { clock: solution, at_percent: 33 }\nsteps:\n  - do: tell_owner\n    with: { text: \'"a third"\' }\n' };
  const projects = loaded.declarations.projects.map((each) => (each === declared ? { ...each, more: { ...each.more, rules: { ...each.more["rules"], early: late } } } : each));
  await storeDeclarations(system, { ...loaded.declarations, projects }, { kinds: [rulesKind, formsKind] });
  const ticket = await buildTicket(system, { type: "fault" });
  const { rows } = await sql<{ thresholds: number[] }>`select thresholds from clocks where subject_id = ${ticket.id} and name = 'solution'`.execute(database.db);
  expect(rows[0]!.thresholds).toEqual(expect.arrayContaining([33, 100]));
  await storeDeclarations(system, loaded.declarations, { kinds: [rulesKind, formsKind] });
});

test("R352 every example of the editor is accepted and runs on a real ticket", async () => {
  const client = await buildClient(system, { projects: ["internet"], flags: ["vip", "loyal"] });
  const tickets = [await buildTicket(system, { clientId: client.id }), await buildTicket(system)];
  const { examples } = await getVocabulary(admin, "internet");
  expect(examples.length).toBeGreaterThan(15);
  for (const { kind, text: written } of examples) {
    for (const ticket of tickets) {
      const tried = await tryRule(admin, "internet", { ticket: ticket.id, text: kind === "rule" ? written : text(`steps:\n  - let:\n      x: ${JSON.stringify(written)}\n`) });
      expect([written, tried.problems]).toEqual([written, []]);
    }
  }
});

test("the rules that come with the projects are in use after a start, and every text of theirs is read with its places", async () => {
  const { items } = await listRules(admin, "internet");
  const files = ["internet", "common"].flatMap((of) => readdirSync(`${folder}/${of}/rules`).map((name) => ({ of, name })));
  expect(items.filter(({ key }) => key !== "mine").map(({ path }) => path.replace("rules/", "")).sort()).toEqual(files.map(({ name }) => name).sort());
  for (const { of, name } of files) {
    const rule = readFileSync(`${folder}/${of}/rules/${name}`, "utf8");
    const read = readRuleText(rule);
    expect(read.ok && [read.rule.body.length, read.rule.body.split("\n").length]).toEqual([rule.length, rule.split("\n").length]);
  }
});
