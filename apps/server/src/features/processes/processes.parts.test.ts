import { formSchema, type FormDocument } from "@linija/forms";
import { createCatalogue, type CatalogueInput } from "@linija/rules";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { wallTime } from "../clocks/clocks.rules.ts";
import { wordsOf } from "../projects/index.ts";
import { allowanceOf, apply, authoritySchema, automatic, checkAuthority, checkInProject, checkProcess, compileProcess, departmentsOf, isWithin, processSchema, start, type Process, type ProcessTicket, type World } from "./index.ts";

const words = (text: string) => ({ en: text, ru: `${text} (ru)`, sl: `${text} (sl)` });
const doc = words("x");
const at = { now: new Date("2026-03-02T09:00:00Z"), clock: wallTime };
const operator = { id: "op-1", roles: ["operator"] as const, department: "delivery" };
const money = (amount: string) => ({ amount, currency: "EUR" });

type Rough = Record<string, unknown>;
/** A process of three stages in a row; `over` is laid over the transition from the second to the third. */
function made(over: Rough = {}, more: Rough = {}): Process {
  const stage = (text: string, final = false) => ({ name: words(text), client_sees: final ? "closed" : "in_work", final, ...(final && { clock: "stopped" }) });
  return processSchema.parse({
    key: "made", name: words("Made"), start: "one", stages: { one: stage("One"), two: stage("Two"), three: stage("Three", true) },
    fields: {
      amount: { kind: "money", name: doc, currency: "EUR" }, half: { kind: "money", name: doc, currency: "EUR" }, days: { kind: "number", name: doc, min: 0, max: 99 }, day: { kind: "date", name: doc }, ok: { kind: "boolean", name: doc },
      who: { kind: "employee", name: doc }, text: { kind: "text", name: doc }, office: { kind: "department", name: doc },
    },
    transitions: {
      go: { name: words("Go"), from: ["one"], to: "two", who: ["operator"], accepts: ["amount", "days", "day", "ok", "text", "office"] },
      end: { name: words("End"), from: ["two"], to: "three", who: ["operator", "system"], accepts: ["amount", "text"], ...over },
      back: { name: words("Back"), from: ["two"], to: "one", who: ["system"] },
    },
    clocks: { deadline_hours: null }, ...more,
  });
}

const catalogue = (): CatalogueInput => ({
  timeZone: "Europe/Ljubljana",
  records: {
    ticket_fields: { doc, fields: { amount: { type: "money<EUR>", doc }, half: { type: "money<EUR>", doc }, days: { type: "double", doc }, day: { type: "datetime", doc }, ok: { type: "boolean", doc }, text: { type: "text", doc } } },
    ticket: { doc, fields: { stage: { type: "text", doc }, priority: { type: "text", doc }, open_subtasks: { type: "int", doc }, fields: { type: "ticket_fields", doc } } },
  },
  variables: { ticket: { type: "ticket", doc }, now: { type: "datetime", doc } },
});
const authority = authoritySchema.parse({ deeds: { refund: { name: doc, limits: { operator: "20 EUR", supervisor: "200 EUR", management: "any" } }, discount: { name: doc, limits: { operator: 5, supervisor: 20 } }, sign: { name: doc, limits: { operator: "none", administrator: "any" } } } });

function worldOf(process: Process, over: Partial<World> = {}): World {
  const { compiled, problems } = compileProcess(process, createCatalogue(catalogue()));
  expect(problems).toEqual([]);
  return { compiled, context: {}, checks: {}, authority, authorityRoles: ["operator"], ...over };
}
const second = (process: Process, fields: ProcessTicket["fields"] = {}): ProcessTicket => {
  const outcome = apply(process, start(process, { priority: "normal" }, at).ticket, "go", { actor: operator, fields, ...at });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.ticket;
};
const end = (process: Process, fields: ProcessTicket["fields"] = {}, over: Partial<World> = {}) => apply(process, second(process, fields), "end", { actor: operator, world: worldOf(process, over), ...at });

describe("guards", () => {
  test("what they read is what the ticket would be with the fields just given", () => {
    const process = made({ guards: [{ rule: 'ticket.fields.amount > 10', message: words("Too little") }] });
    const go = (amount: string) => apply(process, second(process), "end", { actor: operator, fields: { amount }, world: worldOf(process), ...at });
    expect(go("10.01").ok).toBe(true);
    expect(go("10.00")).toEqual({ ok: false, problems: [{ field: "transition", code: "refused", text: words("Too little"), path: "transitions.end.guards.0.rule" }] });
  });
  test("one that reads something empty is not met", () => {
    expect(end(made({ guards: [{ rule: "ticket.fields.days < 5", message: doc }] })).ok).toBe(false);
  });
  test("one that nobody compiled stops everything", () => {
    const process = made({ guards: [{ rule: "true", message: doc }] });
    expect(apply(process, second(process), "end", { actor: operator, ...at }).ok).toBe(false);
  });
  test("all that are not met are told at once", () => {
    const outcome = end(made({ guards: [{ rule: "false", message: words("A") }, { rule: "true", message: words("B") }, { rule: "false", message: words("C") }] }));
    expect(outcome.ok ? [] : outcome.problems.map(({ text }) => text?.en)).toEqual(["A", "C"]);
  });
});

describe("computed fields", () => {
  test("are exact, in order, and may build on each other", () => {
    const outcome = end(made({ set: { half: "ticket.fields.amount / 2", amount: "ticket.fields.half * 3" } }), { amount: "0.10" });
    expect(outcome).toMatchObject({ ok: true, ticket: { fields: { half: "0.05", amount: "0.15" } } });
  });
  test("a day is a day of the project's zone", () => {
    expect(end(made({ set: { day: "ticket.fields.day.addDays(1)" } }), { day: "2026-03-28" })).toMatchObject({ ticket: { fields: { day: "2026-03-29" } } });
  });
  test("what does not fit its field refuses the step and names the field", () => {
    expect(end(made({ set: { days: "100.0 + 1.0" } }))).toEqual({ ok: false, problems: [{ field: "days", code: "rule_failed", path: "transitions.end.set.days" }] });
    const dollars = compileProcess(made({ set: { half: 'money("1.00", "USD")' } }), createCatalogue(catalogue()));
    expect(dollars.problems).toMatchObject([{ path: ["transitions", "end", "set", "half"] }]);
  });
});

describe("authority (R216)", () => {
  test("at save a share of a clock is one at which somebody can still be told", () => {
    const told = (at_percent: number) => checkInProject(made({}, { clocks: { deadline_hours: null, escalations: [{ at_percent, does: ["tell_supervisor"] }] } }), { catalogue: null, types: ["task"], deeds: null }).map((found) => [found.path.join("."), wordsOf(found, "en").message]);
    expect(told(200)).toEqual([]);
    expect(told(300)).toEqual([["clocks.escalations.0.at_percent", "300 % of the time is too late to tell anybody"]]);
  });
  test("at save an amount is of what its deed's limits are in", () => {
    const told = (deed: string, amount: string, unit: string | null) => checkInProject(made({ approval: { deed, amount } }), { catalogue: createCatalogue(catalogue()), types: ["task"], deeds: { [deed]: unit } }).map(({ path, code }) => [path.slice(2).join("."), code]);
    expect([told("refund", "ticket.fields.amount", "EUR"), told("refund", "ticket.fields.amount * 2.0", "EUR"), told("stop", "4.0", "number"), told("sign", '"a"', null)]).toEqual([[], [], [], []]);
    expect([told("refund", "ticket.fields.days", "EUR"), told("refund", "ticket.fields.amount", "USD"), told("refund", "ticket.fields.ok", "EUR")]).toEqual(Array.from({ length: 3 }, () => [["approval.amount", "amount_not_money"]]));
    expect([told("stop", "ticket.fields.amount", "number"), told("stop", '"12"', "number")]).toEqual(Array.from({ length: 2 }, () => [["approval.amount", "amount_not_number"]]));
  });
  const refund = () => made({ approval: { deed: "refund", amount: "ticket.fields.amount" } });
  test.each([["19.99", "operator", true], ["20.00", "operator", true], ["20.01", "operator", false], ["200", "supervisor", true], ["200.01", "supervisor", false], ["1000000", "management", true], ["0.01", "administrator", false], ["0.01", "department_worker", false]])("%s by %s: alone %s", (amount, role, alone) => {
    const outcome = end(refund(), { amount }, { authorityRoles: [role] });
    expect(outcome).toMatchObject(alone ? { ok: true, ticket: { stage: "three" } } : { ok: true, ticket: { stage: "two" }, effects: [], held: { deed: "refund", amount: money(amount) } });
  });
  test("an amount is held against its limit exactly: a part of a cent above it is above it", () => {
    const withFee = made({ approval: { deed: "refund", amount: "ticket.fields.amount * 1.0002" } });
    expect(end(withFee, { amount: "19.99" }, { authorityRoles: ["operator"] })).toMatchObject({ ok: true, ticket: { stage: "three" } });
    expect(end(withFee, { amount: "20.00" }, { authorityRoles: ["operator"] })).toMatchObject({ ok: true, ticket: { stage: "two" }, held: { amount: money("20.004") } });
  });
  test("approved, the same step is taken; for another amount or another deed somebody has to look again", () => {
    const said = (approved: object) => end(refund(), { amount: "500" }, { approved: { deed: "refund", amount: money("500.00"), askedBy: "a", decidedBy: "b", ...approved } });
    expect(said({})).toMatchObject({ ok: true, ticket: { stage: "three" }, reasons: expect.arrayContaining([expect.objectContaining({ value: "approved", inputs: expect.objectContaining({ asked_by: "a", decided_by: "b" }) as unknown })]) as unknown });
    for (const other of [{ amount: money("499.99") }, { amount: money("500.01") }, { amount: { amount: "500", currency: "USD" } }, { amount: 500 }, { amount: null }, { deed: "sign" }]) expect(said(other)).toMatchObject({ held: { deed: "refund", amount: money("500.00") } });
  });
  test("a condition leaves small matters alone", () => {
    const process = made({ approval: { deed: "sign", when: "ticket.fields.amount > 100" } });
    expect(end(process, { amount: "100" })).toMatchObject({ ticket: { stage: "three" } });
    expect(end(process, { amount: "101" })).toMatchObject({ held: { deed: "sign", amount: null } });
    // Unclear: better asked.
    expect(end(process)).toMatchObject({ held: { deed: "sign" } });
  });
  test("the widest of several roles counts; another currency is never within", () => {
    expect(allowanceOf(authority, "refund", ["operator", "supervisor"])).toEqual({ amount: "200", currency: "EUR" });
    expect(isWithin({ amount: "200", currency: "EUR" }, { amount: "1", currency: "USD" })).toBe(false);
    expect(isWithin(5, 5)).toBe(true);
    expect(isWithin(null, null)).toBe(false);
  });
  test("limits of one deed in two currencies are refused at save", () => {
    const mixed = authoritySchema.parse({ deeds: { refund: { name: doc, limits: { operator: "20 EUR", supervisor: "200 USD" } } } });
    expect(checkAuthority(mixed)).toMatchObject([{ path: ["deeds", "refund", "limits"] }]);
  });
});

describe("automatic transitions", () => {
  const waiting = (when: string) => made({ automatic: { when } });
  const next = (process: Process, open: number) => automatic(process, second(process), { world: worldOf(process, { context: { ticket: { open_subtasks: open } } }), ...at });
  test("R109 the ticket waits while something is open and goes on when nothing is", () => {
    expect(next(waiting("ticket.open_subtasks == 0"), 1)).toBeNull();
    expect(next(waiting("ticket.open_subtasks == 0"), 0)).toMatchObject({ key: "end", ticket: { stage: "three" }, reasons: [{ what: "stage", because: { kind: "rule" }, inputs: { "ticket.open_subtasks": 0 } }] });
  });
  test("one whose guard does not hold is left", () => {
    expect(next(made({ automatic: { when: "true" }, guards: [{ rule: "false", message: doc }] }), 0)).toBeNull();
  });
});

test("departments named in a field are found at their places, as those of its sub-tasks are, so that a save refuses those that are not there", () => {
  const process = made({ subtasks: [{ key: "a", department: "delivery", subject: words("Look"), task: words("Look") }] });
  process.fields["crew"] = { kind: "department", name: doc, departments: ["grid", "gird"] };
  expect(departmentsOf(process).map(({ path, department }) => [path.join("."), department])).toEqual([["fields.crew.departments.0", "grid"], ["fields.crew.departments.1", "gird"], ["transitions.end.subtasks.0.department", "delivery"]]);
});

test("sub-tasks take their department and task from fields, and only where their condition holds", () => {
  const subtask = (key: string, over: Rough) => ({ key, department: { field: "office" }, subject: words("Look"), task: { field: "text" }, ...over });
  const process = made({ subtasks: [subtask("a", {}), subtask("b", { when: "ticket.fields.ok == true" }), subtask("c", { when: "ticket.fields.ok != true", waits: false, due_hours: 3 })] });
  const outcome = end(process, { office: "delivery", text: "The red box", ok: true });
  expect(outcome.ok && outcome.effects.flatMap((effect) => (effect.kind === "subtask" ? [effect.subtask] : []))).toMatchObject([
    { key: "a", type: "task", department: "delivery", task: "The red box", waits: true, dueHours: null }, { key: "b" }]);
});

test("a sub-task for a department that nobody has named is refused with that field, unless its condition does not hold (R109)", () => {
  const process = made({ subtasks: [{ key: "a", department: { field: "office" }, subject: words("Look"), task: words("Look"), when: "ticket.fields.ok == true" }] });
  expect(end(process, { ok: true })).toEqual({ ok: false, problems: [{ field: "office", code: "required" }] });
  expect(end(process, { ok: true, office: "" })).toEqual({ ok: false, problems: [{ field: "office", code: "required" }] });
  expect(end(process, { ok: false }).ok).toBe(true);
});

test.each([
  [{ role: "operator", department: "delivery" }, true], [{ role: "operator", department: "accounting" }, false], [{ role: "operator", relation: "owner" }, false], [{ role: "operator", relation: "creator" }, true],
  [{ role: "operator", relation: "same_department" }, true], [{ role: "supervisor", relation: "creator" }, false],
])("who may: %j → %s", (who, may) => {
  const process = made({ who: [who] });
  const ticket = { ...second(process), creatorId: "op-1", department: "delivery", assigneeId: "op-2" };
  expect(apply(process, ticket, "end", { actor: operator, ...at }).ok).toBe(may);
});

describe("a declaration is refused", () => {
  test.each<[string, Process, string]>([
    ["with a policy that is not there", made({ guards: [{ rule: "true", policy: "none" }] }), 'there is no policy "none"'],
    ["with a checklist that is not there", made({ checklist: "none" }), 'there is no checklist "none"'],
    ["when it computes a field that is not there", made({ set: { nothing: "1" } }), 'there is no field "nothing"'],
    ["when a sub-task takes a field that is not there", made({ subtasks: [{ key: "a", department: { field: "none" }, subject: doc, task: doc }] }), 'there is no field "none"'],
    ["when two sub-tasks have one key", made({ subtasks: [0, 1].map(() => ({ key: "a", department: "delivery", subject: doc, task: doc })) }), '"a" stands here twice'],
    ["when it keeps away somebody no field names", made({}, { excludes: ["text"] }), '"text" is not a field of the kind employee'],
    ["when a refused approval leads nowhere", made({ approval: { deed: "refund", refused: "nowhere" } }), 'there is no transition "nowhere"'],
    ["when people alone may make an automatic transition", made({ automatic: { when: "true" }, who: ["operator"] }), "the system may not make this transition"],
    ["when an automatic transition asks for an approval", made({ automatic: { when: "true" }, approval: { deed: "refund" } }), "an automatic transition has nobody whose authority could be enough"],
    ["when automatic transitions chase each other", made({}, { transitions: {
      go: { name: doc, from: ["one"], to: "two", who: ["system"], automatic: { when: "true" } }, back: { name: doc, from: ["two"], to: "one", who: ["system"], automatic: { when: "true" } }, end: { name: doc, from: ["two"], to: "three", who: ["operator"] } } }), '"go" leads back to where it began by automatic transitions alone'],
  ])("%s", (_title, process, message) => {
    expect(checkProcess(process).map((problem) => wordsOf(problem, "en").message)).toContain(message);
  });
  test("with mistakes in its expressions, each with its place, and with deeds and types the project has not", () => {
    const process = made({ guards: [{ rule: "ticket.fields.amuont > 5", message: doc }], set: { days: '"many"' }, approval: { deed: "gift" }, subtasks: [{ key: "a", type: "errand", department: "delivery", subject: doc, task: doc }] });
    const problems = checkInProject(process, { catalogue: createCatalogue(catalogue()), types: ["task"], deeds: { refund: "EUR" } });
    expect(problems.map(({ path }) => path.slice(2).join("."))).toEqual(["guards.0.rule", "set.days", "approval.deed", "subtasks.0.type"]);
    expect(wordsOf(problems[0]!, "en").message).toMatch(/amuont.*\(1:15\)/);
  });
});

test("R129 a place in a form from which somebody is kept away must be a lookup of a colleague in the forms of its types", () => {
  const form = (name: string, entity: string) => formSchema.parse({ key: "complaint", name: doc, schema: { properties: { [name]: { "x-kind": "lookup", "x-name": doc, "x-lookup": { entity } } } } });
  const process = made({}, { excludes: ["who", "form.driver"] });
  const messages = (...forms: FormDocument[]) => checkInProject(process, { catalogue: null, types: [], deeds: null, forms }).map((problem) => [problem.path.join("."), ...Object.values(wordsOf(problem, "en"))]);
  const refused = 'no form of this process\'s types looks up a colleague under "driver"';
  expect(checkProcess(process)).toEqual([]);
  expect(messages(form("driver", "colleague"))).toEqual([]);
  expect(messages(form("driver", "colleague"), form("other", "ticket"))).toEqual([]);
  expect(messages()).toMatchObject([["excludes.1", refused, expect.stringContaining("entity: colleague")]]);
  expect(messages(form("driver", "client"))).toMatchObject([["excludes.1", refused, expect.anything()]]);
  expect(messages(form("driver", "colleague"), form("driver", "client"))).toMatchObject([["excludes.1", refused, expect.anything()]]);
  expect(messages(form("person", "colleague"))).toEqual([["excludes.1", refused, "use one of form.person"]]);
});

test("what goes along with a task must be a field of the process or of a form of its types", () => {
  const form = formSchema.parse({ key: "parcel", name: doc, schema: { properties: { place: { "x-kind": "group", "x-name": doc, properties: { hall: { type: "string", "x-name": doc } } } } } });
  const carrying = (...carries: string[]) => made({ subtasks: [{ key: "a", department: "delivery", subject: doc, task: doc, carries }] });
  const told = (process: Process) => [...checkProcess(process), ...checkInProject(process, { catalogue: null, types: ["task"], deeds: null, forms: [form] })].map(({ path, code, params }) => [path.slice(2).join("."), code, params["name"]]);
  expect(told(carrying("form", "form.place", "form.place.hall", "ticket.files", "ticket.description"))).toEqual([]);
  expect(told(carrying("form.hall", "nothing"))).toEqual([["subtasks.0.carries.1", "no_field", "nothing"], ["subtasks.0.carries.0", "hook_no_field", "form.hall"]]);
});

test("a process written before these parts is read as it was", () => {
  const process = made();
  const stored = JSON.parse(JSON.stringify(process)) as unknown;
  expect(processSchema.parse(stored)).toEqual(process);
  expect(processSchema.parse(parse("{ key: a, name: { en: a, ru: a, sl: a }, start: s, stages: {}, transitions: {}, clocks: { deadline_hours: null } }"))).toMatchObject({ policies: {}, checklists: {}, excludes: [], clocks: { first_answer_hours: null } });
});
