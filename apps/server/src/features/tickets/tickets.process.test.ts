import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { inTx, type Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { clocksOf } from "../clocks/index.ts";
import { inheritAbout } from "./tickets.about.ts";
import { removeAttachment } from "./tickets.attachments.service.ts";
import { decideApproval, listApprovals } from "./tickets.approvals.service.ts";
import { listReasons, tickItem } from "./tickets.checks.service.ts";
import { fireClock, ticketClocks, ticketJobs } from "./tickets.clocks.ts";
import { createTicket as createTicketContract, type TicketView } from "./tickets.contract.ts";
import { listTickets } from "./tickets.list.service.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { selectAround } from "./tickets.process.sql.ts";
import { buildProcess, CLAIM } from "./tickets.process.testing.ts";
import { addNote, createTicket, getTicket, updateTicket } from "./tickets.service.ts";

const database = await testDatabase();
await buildProcess(database.ctx());
const monday = new Date("2026-03-02T09:00:00Z");
const at = (hours: number) => () => new Date(monday.getTime() + hours * 3_600_000);
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["internet"], ...over }));
const ana = await user("Ana Kos");
const cene = await user("Cene Vidmar");
const boris = await user("Boris Zajc", { roles: ["supervisor"], language: "ru" });
const chief = await user("Darja Novak", { roles: ["management"] });
const admin = await user("Peter Hribar", { roles: ["administrator"] });
const keeper = await user("Miha Rus", { roles: ["department_worker"], department: "delivery" });
const accountant = await user("Zala Bizjak", { roles: ["department_worker"], department: "accounting" });
const as = (actor: Actor, now = at(0)) => database.ctx(actor, now);
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const input = (over: object = {}) => createTicketContract.body.parse({ projectKey: "internet", type: "claim", subject: "The parcel came broken", contactPhone: "+38640123456", contactEmail: "m@example.test", ...over });
const eventsOf = (id: string, type: string) => sql<{ data: Record<string, unknown> }>`select data from events where subject_id = ${id} and type = ${type} order by id`.execute(database.db).then((result) => result.rows.map((row) => row.data));
const go = (actor: Actor, { id, version }: { id: string; version: number }, transition: string, given: Record<string, unknown> = {}) => goAt(at(1), actor, { id, version, transition, input: given });
const goAt = (now: () => Date, actor: Actor, { id, ...input }: { id: string; version: number; transition: string; input: Record<string, unknown> }) => moveTicket(as(actor, now), id, input);
const claim = (over: object = {}) => createTicket(as(ana), input(over));
const idOf = (actor: Actor): string => (actor.kind === "user" ? actor.id : "");
const first = <T>(rows: readonly T[]): T => { const [row] = rows; if (row === undefined) throw new Error("nothing there"); return row; };

let taken: TicketView;
beforeEach(async () => { taken = await go(ana, await claim(), "take"); });

test("R126 an act against a policy is stopped with its paragraph in the reader's language, and the attempt stays in the history", async () => {
  for (const item of ["photo", "act"]) await tickItem(as(ana), taken.id, { checklist: "evidence", item, done: true });
  const now = await getTicket(as(ana), taken.id);
  const error = await refusal(go(boris, now, "finish", { contacted: true }));
  expect(error).toMatchObject({ code: "invalid", reason: "transition_against_rules", fields: [{ field: "transition", code: "policy_stops", params: { title: "Policy 4.2 (ru)" } }] });
  expect(error.fields[0]!.params!["paragraph"]).toMatch(/^No claim is closed .* \(ru\)$/);
  expect(await eventsOf(taken.id, "ticket.move_refused")).toMatchObject([{ transition: "finish", problems: [{ code: "policy_stops", title: "Policy 4.2 (ru)" }] }]);
  expect(await getTicket(as(ana), taken.id)).toMatchObject({ stage: "in_work", version: now.version });
});

test("R135 a problem is not closed without a contact on record and a variant the client accepted", async () => {
  for (const item of ["photo", "act"]) await tickItem(as(ana), taken.id, { checklist: "evidence", item, done: true });
  const now = await getTicket(as(ana), taken.id);
  expect((await refusal(go(ana, now, "finish", {}))).reason).toBe("transition_against_rules");
  expect(await go(ana, now, "finish", { contacted: true, variant: "New parcel tomorrow" })).toMatchObject({ stage: "done", status: "closed", fields: { contacted: true } });
});

test("every item of a checklist is ticked, by whom and when, before the step is taken (R119)", async () => {
  const error = await refusal(go(ana, taken, "finish", { contacted: true, variant: "New parcel" }));
  expect(error.fields).toEqual([{ field: "checks.evidence.photo", code: "item_unchecked", params: { item: "Photo" } }, { field: "checks.evidence.act", code: "item_unchecked", params: { item: "Act" } }]);
  const ticked = await tickItem(as(ana, at(2)), taken.id, { checklist: "evidence", item: "photo", done: true });
  expect(first(ticked.checklists).items[0]).toMatchObject({ name: "Photo", done: true, by: "Ana Kos", at: at(2)().toISOString() });
  expect((await tickItem(as(ana), taken.id, { checklist: "evidence", item: "photo", done: true })).version).toBe(ticked.version);
  expect((await tickItem(as(ana), taken.id, { checklist: "evidence", item: "photo", done: false })).checklists[0]!.items[0]!.done).toBe(false);
  expect((await refusal(tickItem(as(ana), taken.id, { checklist: "evidence", item: "witness", done: true }))).fields).toMatchObject([{ code: "unknown_item" }]);
});

test("R216 within one's own authority nobody is asked; computed fields are exact", async () => {
  expect(await go(ana, taken, "refund", { amount: "19.90" })).toMatchObject({ stage: "refunding", fields: { amount: "19.90", fee: "1.99" }, approvals: [] });
});

test("R133 a refund above the mover's limit waits for somebody with enough authority, who is never the one who asked", async () => {
  const held = await go(ana, taken, "refund", { amount: "150.00" });
  expect(held).toMatchObject({ stage: "in_work", approvals: [{ deed: "refund", state: "pending", amount: { amount: "150.00", currency: "EUR" }, requestedBy: "Ana Kos", mayDecide: false }] });
  const { id: approvalId } = first(held.approvals);
  expect((await refusal(go(cene, held, "refund", { amount: "150.00" }))).reason).toBe("approval_pending");
  const decide = (actor: Actor) => decideApproval(as(actor, at(2)), { id: taken.id, approvalId }, { decision: "approve", note: "" });
  expect((await refusal(decide(cene))).reason).toBe("approval_above_authority");
  expect((await listApprovals(as(cene), {})).items).toEqual([]);
});

test("R133 approved, the held step is taken with what was filled in, in the name of who asked", async () => {
  const held = await go(ana, taken, "refund", { amount: "150.00" });
  const { id: approvalId } = first(held.approvals);
  const waiting = (await listApprovals(as(boris), {})).items.find(({ ticketId }) => ticketId === taken.id);
  expect(waiting).toMatchObject({ number: taken.number, deedName: "Возврат денег", mayDecide: true, input: [{ value: expect.stringMatching(/^150,00\s€$/) as string }] });
  expect((await refusal(decideApproval(as(ana), { id: taken.id, approvalId }, { decision: "approve", note: "" }))).reason).toBe("approval_own");
  expect(await decideApproval(as(boris, at(2)), { id: taken.id, approvalId }, { decision: "approve", note: "Seen the photo" })).toMatchObject({ stage: "refunding", fields: { amount: "150.00", fee: "15.00" }, approvals: [{ state: "approved", decidedBy: "Boris Zajc", note: "Seen the photo" }] });
  expect((await refusal(decideApproval(as(boris), { id: taken.id, approvalId }, { decision: "refuse", note: "No" }))).reason).toBe("approval_decided");
  expect((await listApprovals(as(boris), {})).items.map(({ ticketId }) => ticketId)).not.toContain(taken.id);
});

test.each([["was blocked", sql`disabled_at = now()`], ["left the project", sql`projects = '{shop}'`]])("what somebody asked for who %s meanwhile is not done in their name; it can be refused", async (_how, change) => {
  const dora = await user("Dora Kos");
  const held = await go(dora, await go(dora, await claim(), "take"), "refund", { amount: "150.00" });
  const own = { id: held.id, approvalId: first(held.approvals).id };
  await sql`update users set ${change} where id = ${idOf(dora)}`.execute(database.db);
  expect(await refusal(decideApproval(as(boris, at(2)), own, { decision: "approve", note: "" }))).toMatchObject({ code: "conflict", reason: "approval_asker_gone", params: { name: "Dora Kos" } });
  expect(await decideApproval(as(boris, at(2)), own, { decision: "refuse", note: "Dora is gone" })).toMatchObject({ stage: "in_work", approvals: [{ state: "refused" }] });
});

test("R133 R003 above the supervisor's limit only management decides, an administrator does not; a refusal says why and takes the way declared for it", async () => {
  const held = await go(boris, taken, "refund", { amount: "900" });
  const { id: approvalId } = first(held.approvals);
  const own = { id: taken.id, approvalId };
  expect((await refusal(decideApproval(as(boris), own, { decision: "approve", note: "" }))).reason).toBe("approval_own");
  expect((await refusal(decideApproval(as(admin), own, { decision: "approve", note: "" }))).reason).toBe("approval_above_authority");
  expect((await refusal(decideApproval(as(chief), own, { decision: "refuse", note: "" }))).fields).toMatchObject([{ field: "note", code: "required" }]);
  expect(await decideApproval(as(chief, at(2)), own, { decision: "refuse", note: "Too much" })).toMatchObject({ stage: "in_work", approvals: [{ state: "refused", note: "Too much" }] });
  expect((await eventsOf(taken.id, "ticket.moved")).at(-1)).toMatchObject({ transition: "refund_refused" });
});

test("R133 R003 whoever asks for a decision is told at once when nobody in the project may make it", async () => {
  const small = await go(ana, await claim(), "take");
  const inProject = (key: string) => sql`update users set projects = array[${key}] where id = ${idOf(chief)}`.execute(database.db);
  await inProject("taxi");
  try {
    expect((await go(boris, taken, "refund", { amount: "900" })).approvals).toMatchObject([{ state: "pending", noDecider: true }]);
    expect((await go(ana, small, "refund", { amount: "150.00" })).approvals).toMatchObject([{ state: "pending", noDecider: false }]);
  } finally {
    await inProject("internet");
  }
  expect((await getTicket(as(boris), taken.id)).approvals).toMatchObject([{ state: "pending", noDecider: false }]);
});

test("R133 whoever reads a ticket that waits for a decision is told whose it is: which roles, who of them works in the project, and whose limit is short of it", async () => {
  const small = await go(ana, await claim(), "take");
  await go(boris, taken, "refund", { amount: "900" });
  const told = (approval: object) => ({ state: "pending", ...approval });
  expect((await getTicket(as(ana), taken.id)).approvals).toMatchObject([told({ deciders: [{ role: "management", names: [chief.name], more: 0 }], short: { role: "supervisor", limit: { amount: "200", currency: "EUR" } } })]);
  expect((await go(ana, small, "refund", { amount: "150.00" })).approvals).toMatchObject([told({ deciders: [{ role: "supervisor" }, { role: "management" }], short: { role: "operator", limit: { amount: "20", currency: "EUR" } } })]);
  // Who asked does not decide, and is not named.
  expect((await getTicket(as(ana), taken.id)).approvals[0]!.deciders.flatMap(({ names }) => names)).not.toContain("Boris Zajc");
});

test("a question nobody has answered lapses when the ticket goes another way", async () => {
  const held = await go(ana, taken, "refund", { amount: "150.00" });
  expect(await go(ana, held, "ask_warehouse")).toMatchObject({ stage: "warehouse", approvals: [{ state: "lapsed" }] });
});

test("R109 a department answers its task, and the ticket that waited goes on with the answer and its owner hears of it", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  expect(waiting.subtasks).toMatchObject([{ key: "stock", department: "delivery", waits: true, status: "open", stageName: "Given" }, { key: "tell", department: "accounting", waits: false }]);
  const { id } = first(waiting.subtasks);
  expect((await listTickets(as(keeper), { view: "department" })).items.map((row) => row.id)).toContain(id);
  expect((await listTickets(as(keeper), { view: "all" })).items.map((row) => row.department)).not.toContain("accounting");
  const task = await getTicket(as(keeper), id);
  expect(task).toMatchObject({ typeName: "Task", subject: "Find the parcel", description: "Look on the shelf", parent: { number: taken.number, mayOpen: false }, dueAt: at(5)().toISOString() });
  expect((await getTicket(as(ana), id)).parent).toMatchObject({ number: taken.number, mayOpen: true });
  expect((await refusal(getTicket(as(keeper), taken.id))).code).toBe("not_found");
  const answered = await goAt(at(3), keeper, { id, version: task.version, transition: "answer", input: { resolution: "On shelf B12" } });
  expect(answered).toMatchObject({ stage: "done", status: "closed" });
  expect(await getTicket(as(ana), taken.id)).toMatchObject({ stage: "in_work", fields: { stock: "On shelf B12" }, subtasks: [{ status: "closed", answer: "On shelf B12" }, { status: "open" }] });
  expect(await eventsOf(taken.id, "ticket.subtask_ended")).toMatchObject([{ key: "stock", text: "On shelf B12" }]);
  // The answer and the step it lets the ticket take are one thing to be reminded of.
  expect(await eventsOf(taken.id, "ticket.reminded")).toEqual([{ number: taken.number, operatorId: idOf(ana) }]);
});

test("R109 a department that says it was not possible has given no answer: conditions know of it, and asked again it is awaited again", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  const { id } = first(waiting.subtasks);
  await goAt(at(3), keeper, { id, version: (await getTicket(as(keeper), id)).version, transition: "refuse", input: { resolution: "The shelf has burnt" } });
  const told = await getTicket(as(ana), taken.id);
  expect(told.fields).not.toHaveProperty("stock");
  expect(told.subtasks[0]).toMatchObject({ status: "closed", answer: "The shelf has burnt" });
  expect(await selectAround(database.db, taken.id)).toMatchObject({ openSubtasks: 0, undoneSubtasks: 1 });
  await goAt(at(4), ana, { id: taken.id, version: told.version, transition: "ask_warehouse", input: {} });
  expect(await selectAround(database.db, taken.id)).toMatchObject({ openSubtasks: 1, undoneSubtasks: 0 });
});

test.each([["in time", 3, 5], ["late already", 6, 10]])("R115 R109 a task its ticket waits for is due no later than the ticket, unless that is late when the task is given: %s", async (_when, asked, due) => {
  const urgent = await go(ana, await claim({ priority: 3 }), "take");
  expect(urgent.dueAt).toBe(at(5)().toISOString());
  const { subtasks } = await goAt(at(asked), ana, { id: urgent.id, version: urgent.version, transition: "ask_warehouse", input: {} });
  expect(subtasks.map(({ key, dueAt }) => [key, dueAt]).find(([key]) => key === "stock")).toEqual(["stock", at(due)().toISOString()]);
});

test("R109 a department has one line for one job: the ticket that waits for its task comes to its list when the task is done", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  const given = await updateTicket(as(ana), taken.id, { version: waiting.version, department: "delivery" });
  const { id } = first(given.subtasks);
  const listed = async () => (await listTickets(as(keeper), { view: "department" })).items.map((row) => row.id).filter((one) => one === id || one === taken.id);
  expect(await listed()).toEqual([id]);
  await goAt(at(3), keeper, { id, version: (await getTicket(as(keeper), id)).version, transition: "answer", input: { resolution: "On shelf B12" } });
  expect(await listed()).toEqual([taken.id]);
});

test("R109 a task is called in its reader's language wherever it is shown, until somebody writes other words", async () => {
  const { subtasks } = await go(ana, taken, "ask_warehouse");
  const id = first(subtasks).id;
  const rusa = await user("Rusa Lah", { language: "ru", roles: ["supervisor"] });
  const shown = async (actor: Actor) => {
    const [task, parent, listed] = [await getTicket(as(actor), id), await getTicket(as(actor), taken.id), (await listTickets(as(actor), { view: "all" })).items.find((row) => row.id === id)];
    return [task.subject, task.description, first(parent.subtasks).subject, listed?.subject];
  };
  expect(await shown(ana)).toEqual(["Find the parcel", "Look on the shelf", "Find the parcel", "Find the parcel"]);
  expect(await shown(rusa)).toEqual(["Find the parcel (ru)", "Look on the shelf (ru)", "Find the parcel (ru)", "Find the parcel (ru)"]);
  // What is sent back as it was read stays what the process says.
  const same = await updateTicket(as(ana), id, { version: (await getTicket(as(ana), id)).version, subject: "Find the parcel", description: "Behind the door" });
  expect(await shown(rusa)).toEqual(["Find the parcel (ru)", "Behind the door", "Find the parcel (ru)", "Find the parcel (ru)"]);
  await updateTicket(as(ana), id, { version: same.version, subject: "Find both parcels" });
  expect([await shown(rusa), await shown(ana)]).toEqual([["Find both parcels", "Behind the door", "Find both parcels", "Find both parcels"], ["Find both parcels", "Behind the door", "Find both parcels", "Find both parcels"]]);
});

test("tasks of before are called in their reader's language, unless somebody had written other words", async () => {
  const { subtasks } = await go(ana, taken, "ask_warehouse");
  const [stock, tell] = subtasks.map(({ id }) => id);
  await updateTicket(as(ana), tell!, { version: (await getTicket(as(ana), tell!)).version, subject: "Read this" });
  await sql`update tickets set texts = null`.execute(database.db);
  const migration = readFileSync(new URL("../../../migrations/0062_tickets_texts.sql", import.meta.url), "utf8");
  await sql.raw(migration.slice(migration.indexOf("with wishes"))).execute(database.db);
  expect((await getTicket(as(boris), stock!)).subject).toBe("Find the parcel (ru)");
  expect(await getTicket(as(boris), tell!)).toMatchObject({ subject: "Read this", description: "Nothing to do (ru)" });
});

test("sub-tasks that are still open are taken back when the ticket ends", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  const stock = await getTicket(as(keeper), first(waiting.subtasks).id);
  await go(keeper, stock, "answer", { resolution: "Gone" });
  const back = await go(ana, await getTicket(as(ana), taken.id), "refund", { amount: "10.00" });
  expect(await go(accountant, { ...back, ...(await updateDepartment(back)) }, "pay")).toMatchObject({ stage: "done", subtasks: [{ status: "closed" }, { status: "closed", stage: "cancelled" }] });
  expect(await eventsOf(taken.id, "ticket.visit_wanted")).toMatchObject([{ skill: "courier", minutes: 30 }]);
});

const updateDepartment = async (ticket: TicketView) => ({ version: (await updateTicket(as(boris), ticket.id, { version: ticket.version, department: "accounting" })).version });

test("a relation narrows a role: only whose ticket it is may send it to the warehouse", async () => {
  expect((await refusal(go(cene, taken, "ask_warehouse"))).reason).toBe("transition_not_yours");
  expect(taken.transitions.find(({ key }) => key === "ask_warehouse")?.allowed).toBe(true);
  expect((await getTicket(as(cene), taken.id)).transitions.find(({ key }) => key === "ask_warehouse")?.allowed).toBe(false);
});

test("R129 who a complaint is about neither sees nor moves it, whatever their role", async () => {
  for (const guilty of [cene, boris]) {
    const about = await go(ana, await claim(), "take", { employee: guilty.kind === "user" ? guilty.id : "" });
    const works: (() => Promise<unknown>)[] = [
      () => getTicket(as(guilty), about.id), () => go(guilty, about, "refund", { amount: "1.00" }), () => addNote(as(guilty), about.id, "Not my fault"), () => tickItem(as(guilty), about.id, { checklist: "evidence", item: "photo", done: true }),
      () => updateTicket(as(guilty), about.id, { version: about.version, subject: "Nothing happened" }), () => listReasons(as(guilty), about.id, {}), () => removeAttachment(as(guilty), about.id, newId(), { folder: "/nowhere" }),
    ];
    for (const work of works) expect((await refusal(work())).code).toBe("not_found");
    for (const view of ["open", "mine", "all", "unassigned"] as const) expect((await listTickets(as(guilty), { view })).items.map((row) => row.id)).not.toContain(about.id);
    expect((await listTickets(as(guilty), { view: "all", number: about.number })).items).toEqual([]);
    expect((await listTickets(as(ana), { view: "all", number: about.number })).items).toHaveLength(1);
  }
});

test("R129 who registered a complaint that then turns out to be about them is not told of it by sending their draft again", async () => {
  const draft = input({ draftId: newId() });
  const made = await createTicket(as(ana), draft);
  expect(await createTicket(as(ana), draft)).toMatchObject({ id: made.id });
  await go(boris, made, "take", { employee: idOf(ana) });
  expect((await refusal(createTicket(as(ana), draft))).code).toBe("not_found");
});

test("R129 what was made of a ticket about somebody stays kept from them when it names somebody else itself, or is looked at anew", async () => {
  const made = await createTicket(as(ana), input(), { about: [idOf(cene)] });
  const named = await go(boris, made, "take", { employee: idOf(ana) });
  for (const kept of [cene, ana]) expect((await refusal(getTicket(as(kept), made.id))).code).toBe("not_found");
  await updateTicket(as(boris), made.id, { version: named.version, fields: { ...named.fields, employee: null } });
  await inTx(database.ctx(), (ctx) => inheritAbout(ctx, made.id));
  expect((await refusal(getTicket(as(cene), made.id))).code).toBe("not_found");
  expect(await getTicket(as(ana), made.id)).toMatchObject({ id: made.id });
});

test("R129 nobody outside the project can be named, and who writes down a complaint about themselves does not keep it", async () => {
  expect((await refusal(go(ana, await claim(), "take", { employee: newId() }))).fields).toMatchObject([{ field: "input.employee", code: "unknown_owner" }]);
  const own = await claim({ fields: { employee: ana.kind === "user" ? ana.id : "" } });
  expect(own).toMatchObject({ ownerId: null });
  expect((await refusal(getTicket(as(ana), own.id))).code).toBe("not_found");
});

test("R129 a task that names somebody itself does not forget whom its ticket is about, nor does the ticket's change take back whom the task names", async () => {
  await buildProcess(database.ctx(), CLAIM.replace("{ key: stock, department", "{ key: stock, type: claim, department"));
  const petra = await user("Petra Hribar");
  const sees = async (id: string): Promise<string[]> => (await Promise.all([ana, cene, boris, petra].map((actor) => getTicket(as(actor), id).then(() => [actor.name], () => [])))).flat();
  const parent = await go(ana, await go(ana, await claim(), "take", { employee: idOf(cene) }), "ask_warehouse");
  const task = await getTicket(as(ana), parent.subtasks.find(({ key }) => key === "stock")!.id);
  expect(await sees(task.id)).toEqual(["Ana Kos", "Boris Zajc", "Petra Hribar"]);
  const mine = await go(petra, task, "take", { employee: idOf(boris) });
  expect([mine.ownerId, await sees(task.id)]).toEqual([idOf(petra), ["Ana Kos", "Petra Hribar"]]);
  // Whoever is named now and had the task no longer keeps it; their desk hears of it.
  await updateTicket(as(ana), parent.id, { version: (await getTicket(as(ana), parent.id)).version, fields: { employee: idOf(petra) } });
  expect(await sees(task.id)).toEqual(["Ana Kos", "Cene Vidmar"]);
  expect(await getTicket(as(ana), task.id)).toMatchObject({ ownerId: null, version: mine.version });
  expect((await eventsOf(task.id, "ticket.assigned")).at(-1)).toMatchObject({ from: idOf(petra), to: null });
  await buildProcess(database.ctx());
});

test("R115 the first answer has a clock of its own, the stage another; each rings once for what was declared", async () => {
  const ticket = await claim();
  expect(ticket.clocks.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(["first_answer running", "solution running", "stage running"]);
  expect((await getTicket(as(ana), ticket.id)).clocks).toHaveLength(3);
  await fireClock(database.ctx(undefined, at(2)), { ticketId: ticket.id, name: "first_answer", percent: 100 });
  expect(await eventsOf(ticket.id, "alert.raised")).toMatchObject([{ key: "alert_ticket_late" }]);
  await fireClock(database.ctx(undefined, at(2)), { ticketId: ticket.id, name: "stage", percent: 100 });
  const late = await getTicket(as(ana), ticket.id);
  expect(late).toMatchObject({ priority: 2 });
  expect((await go(ana, late, "take")).clocks.map(({ name }) => name)).toEqual(["solution"]);
});

test("R112 a notice may be told in another language than the client's; the event says how", async () => {
  expect((await eventsOf(taken.id, "ticket.moved")).at(-1)).toMatchObject({ notices: [{ notice: "in_work", language: "sl", channels: ["mail"] }] });
});

test("why: each decision names the text that made it and what it was made from", async () => {
  await go(ana, taken, "refund", { amount: "150.00" });
  const { items } = await listReasons(as(ana), taken.id, {});
  expect(items).toContainEqual(expect.objectContaining({ what: "approval", value: "held", because: { kind: "authority", path: "transitions.refund.approval", text: "refund" }, words: "Refund", inputs: expect.objectContaining({ "ticket.fields.amount": { amount: "150.00", currency: "EUR" }, limit: { amount: "20", currency: "EUR" } }) }));
  expect(items).toContainEqual(expect.objectContaining({ what: "deadline", because: expect.objectContaining({ kind: "process", path: "clocks.deadline_hours.normal" }), inputs: { priority: "normal", hours: 20 } }));
});

test("why, in people's words: names of the declaration in the reader's language, with the values in the place of the names", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  const stock = await getTicket(as(keeper), first(waiting.subtasks).id);
  await go(keeper, stock, "answer", { resolution: "Gone" });
  await go(ana, await getTicket(as(ana), taken.id), "refund", { amount: "150.00" });
  const told = async (actor: Actor) => (await listReasons(as(actor), taken.id, {})).items.map(({ said }) => said);
  const said = await told(ana);
  expect(said.find(({ sentence }) => sentence === "moved_by_condition")).toMatchObject({ step: "Answered", to: "In work", condition: "Tasks not done yet (0) = 0", process: "Claim", number: 1, facts: [{ name: "Tasks not done yet", value: "0" }] });
  expect(said.find(({ sentence }) => sentence === "approval_above")).toMatchObject({ step: "Refund", value: "€150.00", limit: "€20.00" });
  expect(said.find(({ sentence, to }) => sentence === "moved_by" && to === "In work")).toMatchObject({ who: "Ana Kos", step: "Take", from: "Registered" });
  expect(said.find(({ sentence }) => sentence === "deadline_of_process")).toMatchObject({ name: "20", priority: "normal", value: expect.stringMatching(/Z$/) as unknown });
  expect(said.find(({ sentence }) => sentence === "subtask")).toMatchObject({ name: "Find the parcel", step: "Ask the warehouse" });
  expect(said.find(({ sentence }) => sentence === "subtask_by")).toMatchObject({ name: "For your information", condition: "Priority (normal) ≠ low" });
  const russian = await told(boris);
  expect(russian.find(({ sentence }) => sentence === "moved_by_condition")).toMatchObject({ step: "Answered (ru)", to: "In work (ru)", condition: "Ещё не выполненные задания (0) = 0" });
  expect(russian.find(({ sentence }) => sentence === "approval_above")).toMatchObject({ value: expect.stringMatching(/^150,00\s€$/) as unknown });
});

test("a deadline that a changed calendar has moved stands on the ticket, and desks hear of it", async () => {
  const clock = first((await clocksOf(as(ana), "ticket", [taken.id])).get(taken.id)!.filter(({ name }) => name === "solution"));
  const dueAt = at(30)();
  await inTx(database.ctx(), (ctx) => ticketClocks.moved!([{ ctx, subject: { kind: "ticket", id: taken.id }, projectKey: "internet", clock, dueAt }]));
  expect((await getTicket(as(ana), taken.id)).dueAt).toBe(dueAt.toISOString());
  expect(await eventsOf(taken.id, "ticket.clock_moved")).toEqual([{ clock: "solution", dueAt: dueAt.toISOString() }]);
});

test("two people move one ticket at once: one wins, the other is told and nothing is done twice", async () => {
  const results = await Promise.allSettled([go(ana, taken, "refund", { amount: "5.00" }), go(boris, taken, "ask_warehouse")]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find((each) => each.status === "rejected")?.reason).toMatchObject({ code: "conflict", reason: "changed_meanwhile" });
});

test("two who decide at once: one decision stands", async () => {
  const { approvals } = await go(ana, taken, "refund", { amount: "150.00" });
  const { id: approvalId } = first(approvals);
  const results = await Promise.allSettled([boris, chief].map((actor) => decideApproval(as(actor), { id: taken.id, approvalId }, { decision: "approve", note: "" })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await getTicket(as(ana), taken.id)).toMatchObject({ stage: "refunding" });
});

test("a task that is answered while its ticket is moved never leaves both waiting for each other", async () => {
  const waiting = await go(ana, taken, "ask_warehouse");
  const [stock, tell] = await Promise.all([getTicket(as(keeper), waiting.subtasks[0]!.id), getTicket(as(accountant), waiting.subtasks[1]!.id)]);
  await Promise.all([go(keeper, stock, "answer", { resolution: "Here" }), go(accountant, tell, "answer", { resolution: "Seen" })]);
  expect(await getTicket(as(ana), taken.id)).toMatchObject({ stage: "in_work" });
});

test("the list of a client's tickets has what the client came with; the tasks it brought stand on it, and are all that a department has", async () => {
  const { id: clientId } = await buildClient(database.ctx(), { projects: ["internet"] });
  const asked = await go(ana, await go(ana, await claim({ clientId }), "take"), "ask_warehouse");
  const listed = async (actor: Actor) => (await listTickets(as(actor), { view: "all", clientId })).items.map(({ id, isTask }) => ({ id, isTask }));
  expect(await listed(ana)).toEqual([{ id: asked.id, isTask: false }]);
  expect(await listed(keeper)).toEqual([{ id: asked.subtasks.find(({ key }) => key === "stock")!.id, isTask: true }]);
});

test("old tickets go on by the process they began with", async () => {
  await buildProcess(database.ctx(), CLAIM.replace("amount: ticket.fields.amount, refused", `amount: 'money("0", "EUR")', refused`));
  expect(await go(ana, taken, "refund", { amount: "150.00" })).toMatchObject({ stage: "in_work" });
  const fresh = await go(ana, await claim(), "take");
  expect(await go(ana, fresh, "refund", { amount: "150.00" })).toMatchObject({ stage: "refunding" });
  await buildProcess(database.ctx());
});

test("a ticket from before there were clocks still rings by its old timer, and has clocks from then on", async () => {
  const ticket = await claim();
  await sql`delete from clocks where subject_id = ${ticket.id}`.execute(database.db);
  const ring = (name: string, dueAt: string) => ticketJobs(database.ctx(undefined, () => new Date(ticket.dueAt!)))["ticket.timer"]!({ ticketId: ticket.id, name, dueAt });
  await ring("deadline_100", at(1)().toISOString());
  expect((await getTicket(as(ana), ticket.id)).clocks).toEqual([]);
  await ring("deadline_75", ticket.dueAt!);
  expect(await eventsOf(ticket.id, "ticket.reminded")).toHaveLength(1);
  const { rows } = await sql<{ name: string; fired: number[] }>`select name, fired from clocks where subject_id = ${ticket.id} and name = 'solution'`.execute(database.db);
  expect(rows).toEqual([{ name: "solution", fired: [75] }]);
  await ring("deadline_75", ticket.dueAt!);
  expect(await eventsOf(ticket.id, "ticket.reminded")).toHaveLength(1);
});
