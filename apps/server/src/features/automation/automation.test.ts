import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { inTx, type Actor, type Ctx } from "../../platform/db.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { registerDurable, type StoredEvent } from "../../platform/events.ts";
import { createLog } from "../../platform/log.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { addNote, getTicket, updateTicket } from "../tickets/index.ts";
import { rulesKind } from "./automation.kind.ts";
import { callWebhook } from "../webhooks/index.ts";
import { automationListener, clockReached } from "./automation.listener.ts";
import type { Performing } from "./automation.perform.ts";
import { sweepOnce } from "./automation.sweep.ts";

const database = await testDatabase();
const monday = new Date("2026-03-02T09:00:00Z");
let now = monday;
const system = database.ctx(undefined, () => now);
await buildProjects(system);
const ana = actorOf(await buildUser(database.db, { login: "ana", name: "Ana Kos", projects: ["internet"] }));
const as = (actor: Actor): Ctx => ({ ...database.ctx(actor), now: () => now });

const calls: object[] = [];
const deps: Performing = { callWebhook: (_ctx, call) => { calls.push(call); return Promise.resolve(); } };
const listener = automationListener(deps);
registerDurable(listener.name, (type) => listener.wants(type));

/** Puts these texts in use as the only rules of the project. */
const use = async (...texts: string[]): Promise<void> => {
  await inTx(system, (ctx) => rulesKind.use!(ctx, "internet", Object.fromEntries(texts.map((text, index) => [String(index), { text }]))));
};
const settle = async (): Promise<void> => {
  const deliveries = startDeliveries(system, [listener]);
  await deliveries.settled();
  await deliveries.stop();
};
interface KeptRun { ruleKey: string; state: string; changes: { target: string; to: unknown }[]; problem: Record<string, unknown> | null; depth: number; trace: { entries?: { inputs: object }[] }; cause: string }
const runsOf = (ticketId: string) => sql<KeptRun>`select rule_key, state, changes, problem, depth, trace, cause from automation_runs where ticket_id = ${ticketId} order by id`.execute(database.db).then((result) => result.rows);
const events = (id: string, type: string) => sql<{ data: Record<string, unknown>; depth: number }>`select data, depth from events where subject_id = ${id} and type = ${type} order by id`.execute(database.db).then((result) => result.rows);
const rule = (key: string, on: string, rest: string): string => `key: ${key}\nname: { en: ${key} }\non: ${on}\n${rest}`;
const raise = rule("raise", "{ event: ticket.registered }", `when: ticket.subject.contains("fire")\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n  - do: add_note\n    with: { text: '"Seen by a rule"' }\n`);

beforeEach(async () => { now = monday; calls.length = 0; await use(); });

test("R348 a rule sets the priority of a ticket that was registered, with an audit row and a trace of what it read (R134, R357)", async () => {
  await use(raise);
  const ticket = await buildTicket(system, { subject: "fire in the cabinet" });
  await settle();
  const view = await getTicket(system, ticket.id);
  expect([view.priority, view.notes.map(({ text, by }) => [text, by])]).toEqual([3, [["Seen by a rule", ""]]]);
  const [run] = await runsOf(ticket.id);
  expect(run).toMatchObject({ ruleKey: "raise", state: "fired", changes: [{ target: "ticket.priority", from: "normal", to: "urgent" }] });
  expect(run!.trace.entries![0]).toMatchObject({ kind: "when", inputs: { "ticket.subject": "fire in the cabinet" }, result: true });
  const audited = await sql<{ actorName: string }>`select actor_name from audit_log where object_id = ${ticket.id} and action = 'ticket.update'`.execute(database.db);
  expect(audited.rows).toEqual([{ actorName: "automation" }]);
});

test("R137 a rule hands a ticket over to the specialists of a department, with what is expected of them", async () => {
  await use(rule("hand", "{ event: ticket.registered }", `when: ticket.subject.contains("fire")\nsteps:\n  - do: hand_over\n    with: { department: '"technicians"', text: '"Go there today"' }\n`));
  const ticket = await buildTicket(system, { subject: "fire in the cabinet" });
  await settle();
  expect(await events(ticket.id, "ticket.handover_wanted")).toMatchObject([{ data: { to: "technicians", askedBy: "rule.hand", text: "Go there today" } }]);
});

test("R348 R351 what a rule says in three languages is kept in all and read in the reader's; what it says in one stays so", async () => {
  const said = 'words("Look at: ", "Посмотрите: ", "Poglejte: ") + ticket.subject';
  await use(rule("speaks", "{ event: ticket.registered }", `when: ticket.subject == "the cabinet"\nsteps:\n  - do: add_note\n    with: { text: '${said}' }\n  - do: add_note\n    with: { text: '"Сделано"' }\n  - do: create_task\n    with: { type: '"question"', department: '"technicians"', subject: '${said}', text: '${said}' }\n`));
  const ticket = await buildTicket(system, { subject: "the cabinet", clientId: null });
  await settle();
  expect((await runsOf(ticket.id)).map(({ problem }) => problem)).toEqual([null]);
  for (const [language, look] of [["en", "Look at: the cabinet"], ["ru", "Посмотрите: the cabinet"], ["sl", "Poglejte: the cabinet"]] as const) {
    const reader = as(actorOf(await buildUser(database.db, { login: `reader-${language}`, name: "Reader", projects: ["internet"], language })));
    const view = await getTicket(reader, ticket.id);
    expect([view.notes.map(({ text }) => text), view.subtasks.map(({ subject }) => subject)], language).toEqual([[look, "Сделано"], [look]]);
    expect(await getTicket(reader, view.subtasks[0]!.id)).toMatchObject({ subject: look, description: look });
  }
  const { rows } = await sql<{ text: string; isInAll: boolean }>`select text, texts is not null as is_in_all from ticket_notes where ticket_id = ${ticket.id} order by id`.execute(database.db);
  expect(rows, "kept once, as the project reads it").toEqual([{ text: "Посмотрите: the cabinet", isInAll: true }, { text: "Сделано", isInAll: false }]);
});

test("the same fact heard twice changes a ticket once", async () => {
  await use(rule("count", "{ event: ticket.note_added }", `steps:\n  - do: call_webhook\n    with: { webhook: '"crm"' }\n`));
  const ticket = await buildTicket(system);
  await addNote(as(ana), ticket.id, "hello");
  const [stored] = (await sql<StoredEvent & { subjectKind: string; subjectId: string }>`select * from events where subject_id = ${ticket.id} and type = 'ticket.note_added'`.execute(database.db)).rows;
  const event: StoredEvent = { ...stored!, subject: { kind: "ticket", id: ticket.id } };
  for (let time = 0; time < 2; time += 1) await inTx(system, (ctx) => listener.hear([{ ctx: { ...ctx, depth: 1 }, event }]));
  expect(calls).toHaveLength(1);
  expect(await runsOf(ticket.id)).toHaveLength(1);
});

test("R351 a rule that never ends is stopped, leaves no trace on the ticket, and is shown with its line", async () => {
  await use(rule("endless", "{ event: ticket.registered }", `steps:\n  - set: { ticket.priority: '"urgent"' }\n  - while: "true"\n    do:\n      - set: { ticket.priority: '"low"' }\n`));
  const ticket = await buildTicket(system);
  await settle();
  expect((await getTicket(system, ticket.id)).priority).toBe(1);
  expect(await runsOf(ticket.id)).toMatchObject([{ state: "failed", problem: { code: expect.stringMatching(/^budget_/) as string }, changes: [] }]);
});

test("an action that is refused takes back all that its rule did, and the next rule still runs", async () => {
  await use(rule("broken", "{ event: ticket.registered }", `order: 1\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n  - do: add_note\n    with: { text: '"never seen"' }\n  - do: assign\n    with: { login: '"nobody"' }\n`),
    rule("second", "{ event: ticket.registered }", `order: 2\nsteps:\n  - do: assign\n    with: { login: '"ana"' }\n`));
  const ticket = await buildTicket(system);
  await settle();
  const view = await getTicket(system, ticket.id);
  expect([view.priority, view.notes, view.ownerName]).toEqual([1, [], "Ana Kos"]);
  expect(await runsOf(ticket.id)).toMatchObject([{ ruleKey: "broken", state: "failed", problem: { code: "host", fields: [{ field: "login", code: "unknown_owner" }] } }, { ruleKey: "second", state: "fired" }]);
  expect(await events(ticket.id, "ticket.note_added")).toEqual([]);
});

test("rules run in their order and each sees what those before it set", async () => {
  await use(rule("later", "{ event: ticket.registered }", `order: 20\nwhen: ticket.priority == "high"\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`),
    rule("sooner", "{ event: ticket.registered }", `order: 10\nsteps:\n  - set: { ticket.priority: '"high"' }\n`));
  const ticket = await buildTicket(system);
  await settle();
  expect((await runsOf(ticket.id)).map(({ ruleKey, state, changes }) => [ruleKey, state, changes.map(({ to }) => to)])).toEqual([["sooner", "fired", ["high"]], ["later", "fired", ["urgent"]]]);
});

test("of tickets registered in one moment each is judged by its own words, and every rule that looked is kept (R348, R357)", async () => {
  await use(raise);
  const tickets = [];
  for (let n = 0; n < 12; n++) tickets.push(await buildTicket(system, { subject: n % 4 === 0 ? `fire in cabinet ${n}` : `a question ${n}` }));
  await settle();
  const seen = [];
  for (const { id } of tickets) seen.push([(await getTicket(system, id)).priority, ...(await runsOf(id)).map(({ state }) => state)]);
  expect(seen).toEqual(tickets.map((_, n) => (n % 4 === 0 ? [3, "fired"] : [1, "not_fired"])));
  const [idle] = await runsOf(tickets[1]!.id);
  expect(idle!.trace.entries![0]).toMatchObject({ kind: "when", inputs: { "ticket.subject": "a question 1" }, result: false });
});

test("a rule that wakes itself again and again is stopped at the fifth time, and the ticket's history says so", async () => {
  await use(rule("swing", "{ event: ticket.changed }", `steps:\n  - set: { ticket.priority: 'ticket.priority == "low" ? "high" : "low"' }\n`));
  const ticket = await buildTicket(system);
  await updateTicket(as(ana), ticket.id, { version: ticket.version, priority: 2 });
  await settle();
  expect((await runsOf(ticket.id)).map(({ state, depth }) => [state, depth])).toEqual([["fired", 0], ["fired", 1], ["fired", 2], ["fired", 3], ["fired", 4], ["too_deep", 5]]);
  expect(await events(ticket.id, "ticket.automation_stopped")).toMatchObject([{ data: { rules: ["swing"], depth: 5 } }]);
});

test("rules that undo each other's work do not grow without end", async () => {
  const swing = (key: string, from: string, to: string) => rule(key, "{ event: ticket.changed }", `when: ticket.priority == "${from}"\nsteps:\n  - set: { ticket.priority: '"${to}"' }\n`);
  await use(...["a", "b", "c", "d"].flatMap((name) => [swing(`${name}_up`, "low", "high"), swing(`${name}_down`, "high", "low")]));
  const ticket = await buildTicket(system);
  await updateTicket(as(ana), ticket.id, { version: ticket.version, priority: 2 });
  await settle();
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from automation_runs where ticket_id = ${ticket.id} and state = 'fired'`.execute(database.db);
  expect(rows[0]!.n).toBeLessThan(70);
});

test("R129 a callback that a rule asks for is kept from whom the ticket is about", async () => {
  await use(rule("call", "{ event: ticket.registered }", `when: ticket.type == "complaint"\nsteps:\n  - do: queue_callback\n    with: {}\n`));
  const complaint = await buildTicket(system, { type: "complaint", fields: { about: "employee", employee: ana.kind === "user" ? ana.id : "" } });
  await settle();
  const [callback] = (await sql<{ id: string }>`select id from tickets where type = 'callback' and subject = ${complaint.number}`.execute(database.db)).rows;
  await expect(getTicket(as(ana), callback!.id)).rejects.toMatchObject({ code: "not_found" });
});

test("a ticket of another project wakes no rule", async () => {
  await use(raise);
  const ticket = await buildTicket(system, { projectKey: "shop", subject: "fire" });
  await settle();
  expect(await runsOf(ticket.id)).toEqual([]);
});

test("a notice that a rule asks for goes to the client by the way of all notices", async () => {
  await use(rule("tell", "{ event: ticket.registered }", `steps:\n  - do: tell_client\n    with: { notice: '"received"' }\n`));
  const ticket = await buildTicket(system);
  await settle();
  expect(await events(ticket.id, "ticket.told")).toMatchObject([{ data: { notices: ["received"] }, depth: 1 }]);
});

test("R124 a scheduled rule looks at every live ticket once for each due moment, on however many nodes", async () => {
  await use(rule("hourly", '{ schedule: "0 * * * *" }', `when: ticket.subject == "sweep me"\nsteps:\n  - do: call_webhook\n    with: { webhook: '"crm"', data: ticket.number }\n`));
  for (let count = 0; count < 120; count += 1) await buildTicket(system, { subject: count % 2 === 0 ? "sweep me" : "leave me" });
  await sweepOnce(system, deps);
  now = new Date("2026-03-02T10:00:01Z");
  for (let round = 0; round < 10; round += 1) await Promise.all([sweepOnce(system, deps), sweepOnce(system, deps), sweepOnce(system, deps)]);
  expect(calls).toHaveLength(60);
  const sweeps = await sql<{ state: string; dueAt: Date; fired: number }>`select state, due_at, fired from automation_sweeps`.execute(database.db);
  expect(sweeps.rows).toEqual([{ state: "done", dueAt: new Date("2026-03-02T10:00:00Z"), fired: 60 }]);
  now = new Date("2026-03-02T13:30:00Z");
  for (let round = 0; round < 10; round += 1) await sweepOnce(system, deps);
  expect(calls).toHaveLength(120);
});

test("R124 a scheduled rule tells another system of every ticket it fires on, once of each", async () => {
  await sql`insert into webhooks (id, project_key, key, name, url, secret, created_at, updated_at) values (${newId()}, 'internet', 'crm', 'CRM', 'https://example.com/', '', now(), now())`.execute(database.db);
  await use(rule("told", '{ schedule: "0 * * * *" }', `when: ticket.subject == "tell them"\nsteps:\n  - do: call_webhook\n    with: { webhook: '"crm"', data: ticket.number }\n`));
  const tickets = [];
  for (let count = 0; count < 4; count += 1) tickets.push(await buildTicket(system, { subject: "tell them" }));
  await sweepOnce(system, { callWebhook });
  now = new Date(now.getTime() + 3_600_000);
  for (let round = 0; round < 12; round += 1) await sweepOnce(system, { callWebhook });
  const told = await sql<{ ticketId: string }>`select ticket_id from webhook_deliveries order by ticket_id`.execute(database.db);
  expect(told.rows.map(({ ticketId }) => ticketId)).toEqual(tickets.map(({ id }) => id).sort());
  const queued = await sql<{ n: number }>`select count(*)::int as n from events where type = 'webhook.queued'`.execute(database.db);
  expect(queued.rows[0]!.n).toBe(4);
});

test("R124 a ticket that a fault of ours keeps a rule from is seen by its failed run, whatever wakes the rule, and holds up no other", async () => {
  await use(rule("raise", '{ schedule: "0 * * * *" }', `when: ticket.subject == "raise me"\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`));
  const tickets: { id: string }[] = [];
  for (let count = 0; count < 4; count += 1) tickets.push(await buildTicket(system, { subject: "raise me" }));
  await sql`create function fault() returns trigger language plpgsql as $$ begin if new.id = ${sql.lit(tickets[1]!.id)} then raise exception 'a fault'; end if; return new; end $$`.execute(database.db);
  await sql`create trigger fault before update on tickets for each row execute function fault()`.execute(database.db);
  const quiet = { ...system, log: createLog("silent", "") };
  await sweepOnce(quiet, deps);
  now = new Date(now.getTime() + 3_600_000);
  for (let round = 0; round < 10; round += 1) await sweepOnce(quiet, deps);
  // The run itself cannot be kept: the ticket is passed over after a few tries.
  await sql`drop trigger fault on tickets`.execute(database.db);
  await sql`create or replace function fault() returns trigger language plpgsql as $$ begin if new.ticket_id = ${sql.lit(tickets[1]!.id)} and new.state = 'fired' then raise exception 'a fault'; end if; return new; end $$`.execute(database.db);
  await sql`create trigger fault before insert on automation_runs for each row execute function fault()`.execute(database.db);
  const states = async () => (await sql<{ ticketId: string; state: string; reason: string | null }>`select ticket_id, state, problem ->> 'reason' as reason from automation_runs where rule_key = 'raise' and ticket_id = any(${tickets.map(({ id }) => id)}::uuid[]) order by ticket_id`.execute(database.db)).rows.map(({ ticketId, state, reason }) => [tickets.findIndex(({ id }) => id === ticketId), state, reason]);
  expect(await states()).toEqual([[0, "fired", null], [1, "failed", "fault_of_ours"], [2, "fired", null], [3, "fired", null]]);
  now = new Date(now.getTime() + 3_600_000);
  await sql`update tickets set priority = 1 where id = any(${tickets.map(({ id }) => id)}::uuid[])`.execute(database.db);
  for (let round = 0; round < 55; round += 1) { await sweepOnce(quiet, deps); now = new Date(now.getTime() + 60_000); }
  await sql`drop trigger fault on automation_runs`.execute(database.db);
  expect((await states()).map(([index, state]) => `${String(index)} ${String(state)}`).toSorted()).toEqual(["0 fired", "0 fired", "1 failed", "1 failed", "2 fired", "2 fired", "3 fired", "3 fired"]);
});

test("R124 a scheduled rule that others are always first at waits for them and blames no ticket; one at fault is passed over once, on however many nodes", async () => {
  await use(rule("late", '{ schedule: "0 * * * *" }', `when: ticket.subject == "be late"\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`));
  const tickets: { id: string }[] = [];
  for (let count = 0; count < 3; count += 1) tickets.push(await buildTicket(system, { subject: "be late" }));
  const quiet = { ...system, log: createLog("silent", "") };
  const states = async () => (await sql<{ state: string }>`select state from automation_runs where rule_key = 'late' and state <> 'not_fired' order by ticket_id, at`.execute(database.db)).rows.map(({ state }) => state);
  const rounds = async (count: number) => { for (let round = 0; round < count; round += 1) { await Promise.all([1, 2, 3].map(() => sweepOnce(quiet, deps))); now = new Date(now.getTime() + 60_000); } };
  const failing = (code: string) => sql`create or replace function failing() returns trigger language plpgsql as $$ begin if new.ticket_id = ${sql.lit(tickets[1]!.id)} and new.state = 'fired' then raise exception 'failing' using errcode = ${sql.lit(code)}; end if; return new; end $$`.execute(database.db);
  await failing("40P01");
  await sql`create trigger failing before insert on automation_runs for each row execute function failing()`.execute(database.db);
  await sweepOnce(quiet, deps);
  now = new Date(now.getTime() + 3_600_000);
  await rounds(20);
  expect(await states()).not.toContain("failed");
  await failing("P0001");
  await rounds(20);
  await sql`drop trigger failing on automation_runs`.execute(database.db);
  expect(await states()).toEqual(["fired", "failed", "fired"]);
  expect((await sql`select from automation_sweeps where rule_key = 'late' and state = 'running'`.execute(database.db)).rows).toEqual([]);
});

test("R351 a rule that makes tickets which wake it again is stopped for all of them together, and says so", async () => {
  const task = `  - do: create_task\n    with: { type: '"question"', subject: '"grow"', department: '"technicians"' }\n`;
  await use(rule("grow", "{ event: ticket.registered }", `when: ticket.subject == "grow"\nsteps:\n${task.repeat(4)}`));
  const ticket = await buildTicket({ ...system, requestId: newId() }, { subject: "grow" });
  await settle();
  const made = await sql<{ n: number }>`select count(*)::int as n from tickets where subject = 'grow'`.execute(database.db);
  expect([made.rows[0]!.n > 20, made.rows[0]!.n <= 1 + 52]).toEqual([true, true]);
  const stopped = await sql<{ problem: object }>`select problem from automation_runs where state = 'too_deep' and rule_key = 'grow' and depth < 5 limit 1`.execute(database.db);
  expect(stopped.rows).toMatchObject([{ problem: { reason: "automation_too_many", params: { most: 50 } } }]);
  expect((await runsOf(ticket.id)).map(({ state }) => state)).toEqual(["fired"]);
});

test("R348 a task that a rule makes for a moment rings by that moment, not by the time of its type", async () => {
  await use(rule("hurry", "{ event: ticket.registered }", `when: ticket.subject == "hurry"\nsteps:\n  - do: create_task\n    with: { type: '"question"', subject: '"be quick"', department: '"technicians"', due: now.addDays(1) }\n`));
  await buildTicket({ ...system, requestId: newId() }, { subject: "hurry" });
  await settle();
  const task = await sql<{ dueAt: Date; rings: Date }>`select t.due_at, c.due_at as rings from tickets t join clocks c on c.subject_id = t.id and c.name = 'solution' where t.subject = 'be quick'`.execute(database.db);
  expect(task.rows).toHaveLength(1);
  expect(task.rows[0]!.rings).toEqual(task.rows[0]!.dueAt);
  expect(task.rows[0]!.dueAt).toEqual(new Date(now.getTime() + 24 * 3_600_000));
});

test("R351 who else is served by this node has their turn while a slow rule looks at many tickets", async () => {
  await use(rule("slow", '{ schedule: "0 * * * *" }', `steps:\n  - let: { n: '0', h: '0.0' }\n  - while: n < 4000\n    do:\n      - set: { h: 'working_hours_between(now.addDays(-3000), now.addDays(3000))', n: n + 1 }\n  - if: h < 0.0\n    then:\n      - do: add_note\n        with: { text: '"never"' }\n`));
  await sweepOnce(system, deps);
  now = new Date(now.getTime() + 3_600_000);
  await sweepOnce(system, deps);
  let [longestMs, lastMs, counting] = [0, performance.now(), true];
  const turn = (): void => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
    if (counting) setImmediate(turn);
  };
  turn();
  for (let round = 0; round < 3; round += 1) await sweepOnce(system, deps);
  counting = false;
  const { rows: [ran] } = await sql<{ n: number; ms: number }>`select count(*)::int as n, (sum(duration_us) / 1000)::float as ms from automation_runs where rule_key = 'slow'`.execute(database.db);
  expect(ran!.n).toBeGreaterThanOrEqual(5);
  // One at a time, however long one takes here.
  expect(longestMs).toBeLessThan(ran!.ms / 2);
});

test("a clock of a ticket that comes to a mark wakes the rule of that mark once", async () => {
  await use(rule("late", "{ clock: solution, at_percent: 75 }", `steps:\n  - do: tell_supervisor\n    with: { text: '"Three quarters of the time are over"' }\n`));
  const ticket = await buildTicket(system);
  const mark = { ticketId: ticket.id, projectKey: "internet", clock: "solution", percent: 75, cause: `clock:${newId()}:75` };
  for (let time = 0; time < 2; time += 1) await inTx(system, (ctx) => clockReached(ctx, mark, deps));
  expect(await events(ticket.id, "alert.raised")).toMatchObject([{ data: { key: "alert_rule", projectKey: "internet" } }]);
});
