import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { describeProblems, loadDeclarations, wordsOf } from "../projects/index.ts";
import { getTicket, storeDeclarations } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { checkGuide, fill, pass, standing, type Passed } from "./guides.rules.ts";
import { leaveGuide, startGuide, stepBack, takeStep, ticketGuides } from "./guides.service.ts";
import { guidesKind, guidesRoutes, readGuide, type Guide } from "./index.ts";

const root = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const loaded = await loadDeclarations(root, { kinds: [guidesKind] });
if (!loaded.ok) throw new Error(describeProblems(loaded));
const database = await testDatabase();
const system = database.ctx();
await storeDeclarations(system, loaded.declarations, { kinds: [guidesKind] });
const ana = database.ctx(actorOf(await buildUser(database.db, { projects: ["internet"] })));
const stranger = database.ctx(actorOf(await buildUser(database.db, { projects: ["taxi"] })));
const noInternet = readGuide(readFileSync(`${root}/internet/guides/no-internet.yaml`, "utf8")).value!;

const text = (words: string) => ({ en: words, ru: words, sl: words });
const guide = (steps: Record<string, object>): Guide => ({ key: "g", name: text("G"), types: [], intakes: [], start: "a", steps: Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, { say: text(key), record: [], choices: [], ...step }])) }) as Guide;
const choices = (...to: string[]) => to.map((each) => ({ key: each, name: text(each), to: each }));

describe("what a guide must be", () => {
  test("the guides of the repository are in order", () => {
    expect(checkGuide(noInternet)).toEqual([]);
  });

  test.each([
    ["a step nobody reaches", guide({ a: { end: { outcome: "solved" } }, b: { end: { outcome: "solved" } } }), "steps.b", "no way leads here"],
    ["a circle without a way out", guide({ a: { choices: choices("b", "c") }, b: { next: "d" }, d: { next: "b" }, c: { end: { outcome: "solved" } } }), "steps.b", "no end can be reached"],
    ["a choice that leads nowhere", guide({ a: { choices: choices("x") } }), "steps.a.choices.0.to", "there is no step"],
    ["a step without a way on", guide({ a: {} }), "steps.a", "leads nowhere"],
    ["a step with two ways of going on", guide({ a: { next: "b", end: { outcome: "solved" } }, b: { end: { outcome: "solved" } } }), "steps.a", "more than one"],
    ["an unknown variable", guide({ a: { say: text("Hello {{nobody}}"), end: { outcome: "solved" } } }), "steps.a.say.en", "there is no variable"],
  ])("R137 %s is refused at its place", (_name, wrong, path, message) => {
    expect(checkGuide(wrong).map((each) => ({ path: each.path, ...wordsOf(each, "en") }))).toContainEqual(expect.objectContaining({ path: path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)), message: expect.stringContaining(message) as string }));
  });

  test("a text missing in one language is told with its path", () => {
    const broken = readFileSync(`${root}/internet/guides/no-internet.yaml`, "utf8").replace(/\n {6}sl: "Po .*"|\n {6}sl: Me veseli[^\n]*/, "");
    expect(readGuide(broken).problems.map(({ path }) => path.join("."))).toEqual(["steps.solved.say.sl"]);
  });

  test("types and transitions that the project does not have are refused", () => {
    const declared = loaded.ok ? loaded.declarations.projects.find(({ project }) => project.key === "internet")! : null!;
    const wrong = { ...noInternet, types: ["flight"], steps: { ...noInternet.steps, solved: { ...noInternet.steps.solved!, end: { outcome: "solved" as const, transition: "fly" } } } };
    expect(guidesKind.check!(wrong, declared, { key: "no-internet" }).map(({ path }) => path.join("."))).toEqual(["types.0", "steps.solved.end.transition"]);
  });

  test("any way through a checked guide ends or goes on, and never stands still", () => {
    const seed = Date.now() % 100_000;
    fc.assert(fc.property(fc.infiniteStream(fc.nat(8)), (picks) => {
      const path: Passed[] = [];
      for (let n = 0; n < 60; n++) {
        const at = standing(noInternet, path);
        if (at === null) return;
        const step = noInternet.steps[at]!;
        const choice = step.choices.length > 0 ? step.choices[picks.next().value! % step.choices.length]!.key : null;
        const values = Object.fromEntries(step.record.filter(({ required }) => required).map(({ field }) => [field, "x"]));
        const outcome = pass(noInternet, path, { choice, values });
        if (!outcome.ok) throw new Error(JSON.stringify(outcome));
        path.push({ step: at, choice, values, at: "" });
      }
    }), { seed });
  }, 20_000);

  test("a name that is not known leaves no hole in what is said", () => {
    expect(fill("{{client_name}}, please wait.", {})).toBe("Please wait.");
    expect(fill("Hello, {{client_name}}!", { client_name: "" })).toBe("Hello!");
    expect(fill("Hello, {{client_name}}!", { client_name: "Ana" })).toBe("Hello, Ana!");
  });
});

describe("a talk led by a guide", () => {
  test("R290 the way through the diagnosis tree is kept on the ticket, what was asked stands in its fields, and its end proposes the next step", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    expect((await ticketGuides(ana, ticket.id)).guides).toMatchObject([{ key: "no-internet", suggested: true }, { key: "set-top-box", suggested: true }, { key: "calm-talk", suggested: true }, { key: "no-show", suggested: false }]);
    let run = await startGuide(ana, ticket.id, { guide: "no-internet" });
    const { rows: begun } = await sql<{ name: string }>`select data->>'name' as name from events where type = 'ticket.guide_started' and subject_id = ${ticket.id}`.execute(database.db);
    expect(begun, "the story says which guide was begun").toEqual([{ name: run.guide.name }]);
    expect(run.step).toMatchObject({ key: "light", language: "ru" });
    for (const [choice, values] of [["red", { modem_light: "red" }], ["red", { since: "Monday" }], [null, { at_home: "after 4" }]] as const) run = await takeStep(ana, run.id, { version: run.version, choice, values });
    expect(run).toMatchObject({ state: "ended", outcome: "handed_over", step: null });
    const view = await getTicket(ana, ticket.id);
    expect(view.fields).toMatchObject({ modem_light: "red", since: "Monday", at_home: "after 4" });
    expect(view.notes[0]!.text).toMatch(/^No internet: handed over\n1\. .* → Red or blinking Light on the modem: Red\n2\. .* → Still red Since when: Monday\n3\. /);
    expect((await ticketGuides(ana, ticket.id)).past).toMatchObject([{ id: run.id, path: [{ choice: "Red or blinking" }, {}, {}] }]);
  });

  test("R137 R362 what telemetry has registered, with neither a client nor a talk, is offered no talk with people but what is made for its type; once there is somebody it is", async () => {
    const alarm = await buildTicket(system, { type: "fault", contactPhone: null, contactEmail: null });
    const offered = async (): Promise<string[]> => (await ticketGuides(ana, alarm.id)).guides.map(({ key }) => key);
    expect(await offered()).toEqual(["no-internet", "set-top-box"]);
    await sql`update tickets set contact_phone = '+38640111222' where id = ${alarm.id}`.execute(database.db);
    expect(await offered()).toEqual(expect.arrayContaining(["no-internet", "calm-talk"]));
  });

  test("a proposed transition is one that can be taken now", async () => {
    const ticket = await buildTicket(system, { type: "fault", ownerId: null });
    let run = await startGuide(ana, ticket.id, { guide: "no-internet" });
    run = await takeStep(ana, run.id, { version: run.version, choice: "none", values: {} });
    run = await takeStep(ana, run.id, { version: run.version, choice: "dead", values: {} });
    run = await takeStep(ana, run.id, { version: run.version, choice: null, values: {} });
    const open = (await getTicket(ana, ticket.id)).transitions.filter(({ allowed }) => allowed).map(({ key }) => key);
    expect(run.proposes.transition === null || open.includes(run.proposes.transition.key)).toBe(true);
  });

  test("a step back forgets the answer; the guide goes on from there", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    const first = await startGuide(ana, ticket.id, { guide: "no-internet" });
    const second = await takeStep(ana, first.id, { version: first.version, choice: "green", values: { modem_light: "green" } });
    const back = await stepBack(ana, first.id, { version: second.version });
    expect(back).toMatchObject({ path: [], step: { key: "light" } });
  });

  test("of two who answer the same step one goes on, the other is told; starting twice is one talk", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    const [one, two] = await Promise.all([startGuide(ana, ticket.id, { guide: "no-internet" }), startGuide(ana, ticket.id, { guide: "no-internet" })]);
    expect(one.id).toBe(two.id);
    const both = await Promise.allSettled(["green", "red"].map((choice) => takeStep(ana, one.id, { version: 1, choice, values: {} })));
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("wrong answers are refused by the field", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    const run = await startGuide(ana, ticket.id, { guide: "no-internet" });
    await expect(takeStep(ana, run.id, { version: 1, choice: null, values: {} })).rejects.toMatchObject({ fields: [{ field: "choice", code: "guide_choice" }] });
    await expect(takeStep(ana, run.id, { version: 1, choice: "red", values: { modem_light: "violet", other: 1 } })).rejects.toMatchObject({ fields: [{ field: "values.other", code: "field_unknown" }, { field: "values.modem_light", code: "field_wrong" }] });
    await expect(startGuide(ana, ticket.id, { guide: "nothing" })).rejects.toMatchObject({ fields: [{ code: "guide_unknown" }] });
  });

  test("a talk that was begun goes on by the text it began with; leaving it keeps what was said", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    const run = await startGuide(ana, ticket.id, { guide: "no-internet" });
    await sql`update projects set definition = (definition::jsonb #- '{more,guides,no-internet}')::json, hash = 'other' where key = 'internet'`.execute(database.db);
    const next = await takeStep(ana, run.id, { version: 1, choice: "red", values: {} });
    expect(next.step).toMatchObject({ key: "restart" });
    expect(await leaveGuide(ana, run.id, { version: next.version })).toMatchObject({ state: "left" });
    expect((await getTicket(ana, ticket.id)).notes).toMatchObject([{ text: expect.stringContaining("left before its end") as string }]);
  });

  test("another project's ticket is not there", async () => {
    const ticket = await buildTicket(system, { type: "fault" });
    await expect(ticketGuides(stranger, ticket.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(startGuide(stranger, ticket.id, { guide: "no-internet" })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("every route of guides asks strangers to sign in", async () => {
  const http = await testHttp(database, guidesRoutes);
  const id = newId();
  expect((await http.anonymous("GET", `/api/tickets/${id}/guides`)).statusCode).toBe(401);
  expect((await http.anonymous("POST", `/api/tickets/${id}/guides`, { guide: "x" })).statusCode).toBe(401);
  for (const deed of ["steps", "back", "leave"]) expect((await http.anonymous("POST", `/api/guides/runs/${id}/${deed}`, { version: 1 })).statusCode).toBe(401);
});
