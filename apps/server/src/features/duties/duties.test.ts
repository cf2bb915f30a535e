import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { textKinds } from "../../kinds.ts";
import { lastDue } from "../../platform/cron.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { registerDurable } from "../../platform/events.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { automationListener } from "../automation/automation.listener.ts";
import { createRecord, submitRecord } from "../forms/forms.service.ts";
import { loadDeclarations } from "../projects/index.ts";
import { getTicket, storeDeclarations } from "../tickets/index.ts";
import { dutiesKind } from "./duties.kind.ts";
import { giveDuties, listDue } from "./duties.service.ts";

const database = await testDatabase();
const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: textKinds, projects: ["internet", "shop", "taxi", "support"] });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
await storeDeclarations(database.ctx(), loaded.declarations, { kinds: textKinds });
const automation = automationListener({ callWebhook: () => Promise.resolve() });
registerDurable(automation.name, (type) => automation.wants(type));
const stock = { type: "equipment-check", subject: { en: "Check of the stock", ru: "Проверка склада", sl: "Pregled zaloge" }, every: "0 8 1 4 *", within_hours: 240, who: { department: "experts" } };
await sql`update projects set definition = jsonb_set(definition::jsonb, '{more,duties,duties,duties,stock}', ${JSON.stringify(stock)}::jsonb)::json, hash = 'with a department' where key = 'support'`.execute(database.db);
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["support"], ...over }));
const ana = await user("Ana Kos", { language: "sl" });
const boris = await user("Boris Zajc");
const vera = await user("Vera Orlova", { roles: ["supervisor"] });
const tone = await user("Tone Hren", { projects: ["internet"] });
await user("Gone Away", { disabledAt: new Date() });
/** 2 March 2026 is a Monday. */
const at = (moment: string) => () => new Date(moment);
const as = (actor: Actor, moment: string) => database.ctx(actor, at(moment));
const system = (moment: string) => database.ctx(undefined, at(moment));
const dueFor = async (actor: Actor, moment: string, view: "mine" | "all" = "mine") => (await listDue(as(actor, moment), { view })).items;

test("R161 a weekly form is due for everybody of the role it is declared for: listed with its deadline, given once whatever node looks", async () => {
  expect(await giveDuties(system("2026-03-01T12:00:00Z"))).toBe(0);
  const given = await Promise.all([1, 2, 3].map(() => giveDuties(system("2026-03-02T09:00:00Z"))));
  expect(given.reduce((sum, one) => sum + one, 0)).toBe(2);
  expect(await giveDuties(system("2026-03-03T09:00:00Z"))).toBe(0);
  expect(await dueFor(ana, "2026-03-02T10:00:00Z")).toMatchObject([{ formName: "Pregled delovnega mesta", subject: "Tedenski pregled delovnega mesta", dueAt: "2026-03-06T15:00:00.000Z", owner: "Ana Kos", begun: false }]);
  expect((await dueFor(vera, "2026-03-02T10:00:00Z", "all")).map(({ owner }) => owner).toSorted()).toEqual(["Ana Kos", "Boris Zajc"]);
  expect([await dueFor(vera, "2026-03-02T10:00:00Z"), await dueFor(tone, "2026-03-02T10:00:00Z"), await dueFor(tone, "2026-03-02T10:00:00Z", "all"), await dueFor(ana, "2026-03-02T10:00:00Z", "all")]).toEqual([[], [], [], []]);
});

test("R161 what is filled is no longer due, and its ticket is done by itself; what is not is the person's who owes it, with clocks that remind and tell the supervisor", async () => {
  const [mine] = await dueFor(boris, "2026-03-02T10:00:00Z");
  const form = await createRecord(as(boris, "2026-03-02T10:00:00Z"), { id: crypto.randomUUID(), projectKey: "support", formKey: "equipment-check", subject: { kind: "ticket", id: mine!.ticketId }, data: { headset: true } });
  expect(await dueFor(boris, "2026-03-02T10:00:00Z")).toMatchObject([{ ticketId: mine!.ticketId, begun: true }]);
  await submitRecord(as(boris, "2026-03-02T11:00:00Z"), form.id, { version: form.version, changes: [{ path: "computer", value: true }, { path: "workplace", value: true }] });
  expect(await dueFor(boris, "2026-03-02T12:00:00Z")).toEqual([]);
  expect((await dueFor(vera, "2026-03-02T12:00:00Z", "all")).map(({ owner }) => owner)).toEqual(["Ana Kos"]);
  const given = await getTicket(as(boris, "2026-03-02T12:00:00Z"), mine!.ticketId);
  expect(given).toMatchObject({ ownerName: "Boris Zajc", stage: "given", dueAt: "2026-03-06T15:00:00.000Z" });
  expect(given.clocks.length).toBeGreaterThan(0);
  const deliveries = startDeliveries(database.ctx(), [automation]);
  await deliveries.settled();
  await deliveries.stop();
  const ticket = await getTicket(as(boris, "2026-03-02T12:00:00Z"), mine!.ticketId);
  expect(ticket.stage).toBe("done");
});

test("R161 the next week it comes again; one whose time has passed while nothing ran is not given any more", async () => {
  expect(await giveDuties(system("2026-03-14T12:00:00Z"))).toBe(0);
  expect(await giveDuties(system("2026-03-19T12:00:00Z"))).toBe(2);
  expect((await dueFor(ana, "2026-03-19T12:00:00Z")).map(({ dueAt }) => dueAt)).toEqual(["2026-03-06T15:00:00.000Z", "2026-03-20T15:00:00.000Z"]);
});

test("a duty comes up by the clock of the project, on the nights clocks change, too", () => {
  expect(lastDue("0 8 * * 1", "Europe/Ljubljana", new Date("2026-03-30T06:00:00Z"))).toEqual(new Date("2026-03-30T06:00:00Z"));
  expect(lastDue("0 8 * * 1", "Europe/Ljubljana", new Date("2026-03-30T05:59:59Z"))).toEqual(new Date("2026-03-23T07:00:00Z"));
});

test("a duty without a form, or with a time that is none, is refused with its place", () => {
  const duty = (over: object) => JSON.stringify({ duties: { check: { type: "equipment-check", subject: { en: "a", ru: "b", sl: "c" }, every: "0 8 * * 1", within_hours: 10, who: { role: "operator" }, ...over } } });
  const read = (over: object) => dutiesKind.read(duty(over), { key: "duties", projectKey: "support" });
  expect(read({}).problems).toEqual([]);
  expect(read({ every: "on Mondays" }).problems).toMatchObject([{ path: ["duties", "check", "every"] }]);
  expect(read({ who: { role: "king" } }).problems).toMatchObject([{ path: ["duties", "check", "who", "role"] }]);
  const declared = loaded.declarations.projects.find(({ project }) => project.key === "support")!;
  expect(dutiesKind.check!(read({ type: "question" }).value, declared, { key: "duties" })).toMatchObject([{ path: ["duties", "check", "type"], code: "no_type" }]);
  expect(dutiesKind.check!(read({ type: "incident" }).value, declared, { key: "duties" })).toMatchObject([{ path: ["duties", "check", "type"], code: "duty_requires", params: { names: ["client", "description"] } }]);
});

test("R161 a department is given one form for all of them, and whoever works there sees it until somebody has taken it", async () => {
  const [expert, other] = [await user("Ekspert Prvi", { roles: ["department_worker"], department: "experts" }), await user("Kdo Drug", { roles: ["department_worker"], department: "billing" })];
  expect(await giveDuties(system("2026-04-01T09:00:00Z"))).toBe(3);
  expect(await dueFor(expert, "2026-04-01T10:00:00Z")).toMatchObject([{ subject: "Check of the stock", owner: "", department: expect.stringMatching(/./) as string, dueAt: "2026-04-11T06:00:00.000Z" }]);
  expect(await dueFor(other, "2026-04-01T10:00:00Z")).toEqual([]);
});
