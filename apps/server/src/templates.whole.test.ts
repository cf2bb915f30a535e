import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { newId } from "./platform/ids.ts";
import { templatesInUse } from "./testing/templates.ts";
import { testHttp } from "./testing/http.ts";
import { sent, Workdays, type Day, type Deed } from "./testing/workday.ts";
import { formsRoutes, ticketForms } from "./features/forms/index.ts";
import { noticesOf } from "./features/processes/index.ts";
import { variablesOf } from "./features/projects/notices.rules.ts";
import { portalRoutes } from "./features/portal/index.ts";
import { linkSecret, ticketsRoutes } from "./features/tickets/index.ts";
import type { TicketView } from "./features/tickets/tickets.contract.ts";
import { buildClient } from "./features/clients/clients.factory.ts";
import { automationListener, clockReached } from "./features/automation/index.ts";
import { fireClock } from "./features/tickets/tickets.clocks.ts";
import { inTx } from "./platform/db.ts";
import { onCommitted } from "./platform/events.ts";

const { database, projects } = await templatesInUse();
const folder = mkdtempSync(join(tmpdir(), "linija-templates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const http = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder }, forms: ticketForms }), (app) => formsRoutes(app, { files: { folder } }), (app) => portalRoutes(app, { ctx: database.ctx() }));

const { who, register, doOne, tried } = new Workdays({ database, projects, http });

const name = { surname: "Žagar", given: "Špela" };
const address = { country: "SI", city: "Ljubljana", cityKey: "ljubljana", street: "Dunajska cesta", house: "5" };
const consent = (project: string, form: string) => {
  const text = (projects.find((each) => each.project.key === project)!.more["forms"]![form] as { schema: { properties: Record<string, { "x-text"?: { en: string } }> } }).schema.properties["consent"]!["x-text"]!.en;
  return { given: true, text, language: "en", at: "2026-11-20T10:00:00Z" };
};
const soon = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const day = (days: number): string => soon(days).slice(0, 10);
const yes: Deed = { client: "yes", to: "closed" };
const take: Deed = { by: "operator", move: "take", to: "in_work" };

const DAYS: Day[] = [
  { project: "internet", type: "connection", title: "R153 R155 R158 an application is submitted, verified, issued under its number and completed by the crew",
    data: { subscriber: name, phone: "+38640123456", place: address, building: "house", tariff: "home", issue_on: day(9), consent: consent("internet", "connection") },
    deeds: [take, { by: "operator", move: "submit", to: "submitted" }, { tick: "verification" }, { by: "operator", move: "verify", to: "verified" }, { by: "operator", move: "issue", with: { visit_at: soon(9) }, to: "issued" },
      { task: "connect", department: "technicians", answer: "198 Mb/s by cable", to: "tested" }, { by: "operator", move: "complete", with: { resolution: "Connected, 198 Mb/s" }, to: "done" }, yes] },
  { project: "internet", type: "no-show", title: "R130 R216 nobody came: the installers are located, a free crew found, a late date approved, and the client is content",
    data: { kind: "no_show", promised_at: soon(-1), can_wait: true },
    deeds: [take, { by: "operator", move: "locate", to: "searching" }, { task: "whereabouts", department: "technicians", answer: "In another town", to: "in_work" }, { by: "operator", move: "find_crew", to: "searching" },
      { task: "crew", department: "technicians", answer: "Crew 7, tomorrow at nine", to: "in_work" }, { by: "operator", move: "agree", with: { visit_at: soon(12) }, to: "in_work" }, { approve: "supervisor", to: "planned" },
      { by: "operator", move: "settle", with: { resolution: "Visited by crew 7", resolution_kind: "solved", cause: "late", contacted: true, compensation: "9.90" }, to: "done" }, yes] },
  { project: "internet", type: "tariff-change", title: "R157 another tariff waits until the equipment has been replaced",
    data: { from_tariff: "start", to_tariff: "family", from_day: day(10), replace: true, equipment: [{ what: "Modem" }], way: "courier", consent: consent("internet", "tariff-change") },
    deeds: [take, { by: "operator", move: "replace", to: "equipment" }, { task: "replace", department: "technicians", answer: "A1 for B2", to: "in_work" }, { by: "operator", move: "apply", with: { resolution: "From the first of the month", discount: 5 }, to: "done" }, yes] },
  { project: "internet", type: "mistaken-payment", title: "R140 R133 a mistaken payment is verified by accounting, approved above the limit and paid back with its amount fixed",
    data: { from_account: "SI56012345678", amount: { amount: "150.00", currency: "EUR" }, paid_on: day(-3), receipt_number: "77" },
    deeds: [take, { tick: "receipt" }, { by: "operator", move: "verify", with: { amount: "150.00", account: "SI56012345678" }, to: "verification" }, { task: "verify", department: "accounting", answer: "Has come, number 77", to: "verified" },
      { by: "operator", move: "refund", with: { cause: "number" }, to: "verified" }, { approve: "supervisor", to: "paying" }, { task: "pay", department: "accounting", answer: "Payment 991", to: "done" }, yes] },
  { project: "internet", type: "claim", title: "R128 a claim has its term, is decided with the client heard, paid and answered in writing",
    data: { claimant: name, about: "service", circumstances: "No connection for ten days", demand: "refund", amount: { amount: "15.00", currency: "EUR" } },
    deeds: [take, { by: "operator", move: "decide", with: { verdict: "granted", cause: "service", amount: "15.00", resolution: "Ten days are given back", contacted: true }, to: "decided" }, { by: "operator", move: "pay", to: "paying" },
      { task: "pay", department: "accounting", answer: "Payment 12", to: "decided" }, { tick: "letter" }, { by: "operator", move: "reply", to: "done" }, yes] },
  { project: "internet", type: "number-porting", title: "R359 a number comes over with its holder's consent: the old operator is asked, a day agreed and told, the number switched and tested",
    data: { holder: name, number: "+38640111222", old_operator: "Stari Telekom", no_debt: true, port_on: day(9), contact: "+38640123456", consent: consent("internet", "number-porting") },
    deeds: [take, { tick: "holder" }, { by: "operator", move: "ask_operator", to: "asked" }, { task: "request", department: "technicians", answer: "Let go from Thursday", to: "answered" }, { by: "operator", move: "plan", with: { port_at: soon(7) }, to: "planned" },
      { task: "switch", department: "technicians", answer: "Calls go in and out", to: "switched" }, { by: "operator", move: "complete", with: { resolution: "The number works" }, to: "done" }, yes] },
  { project: "internet", type: "outage", title: "R359 an outage stands in the register with place, time and number of clients until the technicians have mended it",
    data: { kind: "cable", services: ["internet", "television"], node: "MB-14", places: [{ city: "Maribor", streets: "Glavni trg 1–12" }], began_at: soon(-0.1), expected_end: soon(0.2), clients: 240 },
    deeds: [{ by: "operator", move: "confirm_outage", with: { expected_end: soon(0.2), clients: 240 }, to: "in_force" }, { by: "operator", move: "expect", with: { expected_end: soon(0.3), reason: "The cable has to be dug out" }, to: "in_force" },
      { task: "repair", department: "technicians", answer: "Spliced, 12 of 12 fibres", to: "answered" }, { by: "operator", move: "over", with: { ended_at: soon(0), cause: "digging", resolution: "The cable was spliced", resolution_kind: "solved" }, to: "over" }, { by: "operator", move: "close", to: "closed" }] },
  { project: "bank", type: "loan", title: "R204 R216 a loan application is scored, approved by who may, and paid out with the contract signed",
    data: { applicant: name, born_on: "1990-05-05", document: { number: "PB1234567" }, phone: "+38640123456", employment: "employed", employer: "Lipa d.o.o.", income: { amount: "1900.00", currency: "EUR" }, amount: { amount: "8000.00", currency: "EUR" }, months: 60, purpose: "home", consent: consent("bank", "loan") },
    deeds: [take, { by: "operator", move: "send", with: { identified: true }, to: "scoring" }, { task: "scoring", department: "credit", answer: "Can carry it", to: "decision" }, { by: "operator", move: "approve", to: "decision" }, { approve: "supervisor", to: "approved" },
      { tick: "contract" }, { by: "operator", move: "pay_out", with: { contract: "KP-1", resolution: "Paid out" }, to: "done" }, yes] },
  { project: "bank", type: "payment-reminder", title: "R205 R206 a warned client's promised day is checked; a promise that was not kept brings another call",
    data: { account: "SI56012345678", due_on: day(5), sum: { amount: "200.00", currency: "EUR" }, reached: true, warned: true, promised_on: day(3) },
    deeds: [take, { by: "operator", move: "warned", with: { identified: true }, to: "checking" }, { task: "check", department: "accounting", answer: "Nothing has come", to: "checked" }, { by: "operator", move: "again", to: "registered" }, take,
      { by: "operator", move: "warned", with: { identified: true }, to: "checking" }, { task: "check", department: "accounting", answer: "200.00 have come", to: "checked" }, { by: "operator", move: "deposited", with: { resolution: "Deposited" }, to: "done" }, yes] },
  { project: "taxi", type: "taxi-order", title: "R197 R199 an order goes to the carriers of its city alone, who bring it to its end; the operator only looks on",
    data: { phone: "+79261234567", from: { country: "RU", city: "Подольск", cityKey: "podolsk", street: "Советская улица", house: "3" }, to: { country: "RU", city: "Москва", cityKey: "moscow", street: "Тверская улица", house: "1" }, passengers: 2, class: "comfort", read_back: true },
    deeds: [take, { by: "operator", move: "hand_over", to: "offered" }, { by: { department: "carriers_region" }, move: "accept", with: { car: "Škoda, А123ВС", minutes: 7 }, to: "accepted" }, { by: { department: "carriers_region" }, move: "arrived", to: "arrived" },
      { by: { department: "carriers_region" }, move: "ride", to: "in_ride" }, { by: { department: "carriers_region" }, move: "finish", with: { price: "640.00" }, to: "done" }, yes] },
  { project: "shop", type: "delivery-problem", photos: "photos", title: "R131 R132 damage with a photograph goes to the warehouse by itself; the order is sent again at no price and the parcel hangs on the ticket",
    data: { order: "10017", kind: "damage", items: [{ what: "Lamp", count: 1 }] },
    deeds: [{ task: "finding", department: "warehouse", answer: "Two are in stock", to: "inspected" }, take, { by: "operator", move: "reship", with: { value: "45.00" }, to: "reshipping" },
      { task: "reship", department: "warehouse", steps: [["reserve", { shelf: "B12" }]], answer: "PKT-1", to: "sent_again" }, { by: "operator", move: "finish", with: { resolution: "The new lamp has come", resolution_kind: "re_shipment", cause: "carrier" }, to: "done" }, yes] },
  { project: "shop", type: "return", title: "R133 goods come back to the warehouse before the money goes out",
    data: { order: "10018", received_on: day(-4), why: "mind", returned: [{ what: "Chair", count: 2, price: { amount: "20.00", currency: "EUR" } }], account: "SI56012345678" },
    deeds: [take, { by: "operator", move: "accept", to: "expected" }, { task: "inspect", department: "warehouse", answer: "As new", to: "inspected" }, { by: "operator", move: "refund", to: "paying" }, { task: "pay", department: "accounting", answer: "Payment 3", to: "done" }, yes] },
  { project: "energy", type: "alarm", title: "R362 load over the limit is an alarm with first steps, a crew and a cause",
    data: { object: "Feeder 12", parameter: "load", value: 460, limit: 400, unit: "A", at: soon(0) },
    deeds: [take, { tick: "first_steps" }, { by: "operator", move: "send_crew", with: { department: "grid", task: "Shift the load to feeder 14" }, to: "crew" }, { task: "crew", department: "grid", answer: "380 A, nobody is in danger", to: "answered" }, { by: "operator", move: "within_limits", to: "restored" },
      { by: "operator", move: "explain", with: { cause: "overload", resolution: "A pump was started twice", resolution_kind: "solved" }, to: "done" }, { by: "operator", move: "confirm", to: "closed" }] },
  { project: "energy", type: "planned-outage", title: "R362 R216 a planned outage is told in time, agreed by who may for so many, and ends when the crew says so",
    data: { object: "TP 5", area: "Dunajska cesta 1–40", from_at: soon(4), to_at: soon(4.2), consumers: 300, work: "New transformer" },
    deeds: [take, { tick: "announce" }, { by: "operator", move: "announce", with: { told: 300 }, to: "in_work" }, { approve: "supervisor", to: "announced" }, { by: "operator", move: "begin", to: "running" }, { task: "work", department: "grid", answer: "Ready", to: "done" }, yes] },
  { project: "production", type: "alarm", title: "R360 telemetry over the limit is an alarm and a task of reaction",
    data: { equipment: "Press 4", parameter: "temperature", value: 91, limit: 80, at: soon(0), line_stands: true },
    deeds: [take, { tick: "first_steps" }, { by: "operator", move: "send_crew", with: { department: "maintenance", task: "Look at the cooling" }, to: "crew" }, { task: "crew", department: "maintenance", answer: "Pump replaced", to: "answered" }, { by: "operator", move: "within_limits", to: "restored" },
      { by: "operator", move: "explain", with: { cause: "wear", resolution: "The pump was worn", resolution_kind: "solved" }, to: "done" }, { by: "operator", move: "confirm", to: "closed" }] },
  { project: "production", type: "planned-stop", title: "R360 a line is stopped for as long as the supervisor agrees to",
    data: { line: "L2", from_at: soon(1), to_at: soon(1.3), why: "Bearings" },
    deeds: [take, { tick: "stop" }, { by: "operator", move: "begin", to: "in_work" }, { approve: "supervisor", to: "running" }, { task: "work", department: "maintenance", answer: "Locks are away", to: "done" }, yes] },
  { project: "transport", type: "delay", title: "R361 R201 the driver of a late vehicle is asked, the passengers are told",
    data: { route: "24, 07:40", minutes: 25, vehicle: "LJ 12-345" },
    deeds: [take, { by: "operator", move: "ask_driver", with: { message: "Where are you?" }, to: "driver" }, { task: "driver", department: "drivers", answer: "Behind an accident, 20 minutes", to: "in_work" },
      { by: "operator", move: "tell", with: { expected_at: soon(0.02) }, to: "told" }, { by: "operator", move: "arrive", with: { resolution: "Arrived at 08:06", resolution_kind: "solved", cause: "traffic" }, to: "done" }, yes] },
  { project: "support", type: "incident", title: "R363 an incident goes through a remote session and the second line to its end",
    data: { system: "windows", program: "Mail", message: "0x800CCC0E" },
    deeds: [take, { by: "operator", move: "connect", with: { consent: true }, to: "remote" }, { by: "operator", move: "disconnect", to: "in_work" }, { by: "operator", move: "ask_experts", with: { task: "The certificate has expired" }, to: "experts" },
      { task: "finding", department: "experts", answer: "Renewed", to: "in_work" }, { by: "operator", move: "mend", with: { cause: "program", resolution: "The certificate was renewed", resolution_kind: "solved" }, to: "done" }, yes] },
];

test("R358 R363 every project of the gallery has what a day of work needs", () => {
  for (const { project, types, queues, processes, more, dispositions, reasons } of projects) {
    expect(queues.flatMap(({ skills }) => Object.keys(skills)).length, `skills of ${project.key} (R364)`).toBeGreaterThan(0);
    expect(types.filter(({ form }) => form !== undefined).length, `forms of ${project.key}`).toBeGreaterThan(1);
    expect([Object.keys(processes).length > 5, dispositions.length > 5, reasons.length > 4, more["authority"] !== undefined], project.key).toEqual([true, true, true, true]);
    for (const [kind, least] of [["rules", 2], ["guides", 2], ["articles", 5], ["documents", 3]] as const) expect(Object.keys(more[kind] ?? {}).length, `${kind} of ${project.key}`).toBeGreaterThanOrEqual(least);
  }
  expect(new Set(DAYS.map(({ project }) => project))).toEqual(new Set(projects.map(({ project }) => project.key)));
});

test.each(DAYS)("$project: $title", async (about) => {
  const { id } = await register(about);
  for (const deed of about.deeds) {
    await doOne(about.project, id, deed);
    if ("to" in deed) expect((await sent<TicketView>(await who(about.project, "operator"), "GET", `/tickets/${id}`)).stage, JSON.stringify(deed)).toBe(deed.to);
  }
});

const dayOf = (project: string, type: string): Day => DAYS.find((day) => day.project === project && day.type === type)!;

test("R128 R133 a claim is paid once for each decision: a second payment is refused, and what is decided anew asks for its own", async () => {
  const { id } = await register(dayOf("internet", "claim"));
  const decide = (amount: object): Deed => ({ by: "operator", move: "decide", with: { verdict: "granted", cause: "service", resolution: "Given back", contacted: true, ...amount }, to: "decided" });
  const pay: Deed[] = [{ by: "operator", move: "pay", to: "paying" }, { task: "pay", department: "accounting", answer: "Payment 12", to: "decided" }];
  for (const deed of [take, decide({ amount: "19.00" }), ...pay]) await doOne("internet", id, deed);
  expect(await tried("internet", id, "pay")).toMatchObject({ status: 422, said: expect.stringContaining("already") as string });
  for (const deed of [{ tick: "letter" }, { by: "operator", move: "reply", to: "done" }, { by: "operator", move: "reopen", with: { reason: "Too little" }, to: "reopened" }, take, decide({})] as Deed[]) await doOne("internet", id, deed);
  expect(await tried("internet", id, "pay")).toMatchObject({ status: 422, said: expect.stringContaining("No amount") as string });
  expect((await tried("internet", id, "reply")).status).toBe(200);
  for (const deed of [{ by: "operator", move: "reopen", with: { reason: "Still too little" }, to: "reopened" }, take, decide({ amount: "5.00" })] as Deed[]) await doOne("internet", id, deed);
  expect(await tried("internet", id, "reply")).toMatchObject({ status: 422, said: expect.stringContaining("not been paid") as string });
  for (const deed of pay) await doOne("internet", id, deed);
  expect((await tried("internet", id, "reply")).status).toBe(200);
});

test.each([["energy", "grid"], ["production", "maintenance"]])("R360 R362 in %s a crew is one of the project's own, and an alarm is within limits when somebody says so, not when the crew has answered", async (project, department) => {
  const { id } = await register(dayOf(project, "alarm"));
  const send = { department, task: "Go and look" };
  for (const deed of [take, { tick: "first_steps" }] as Deed[]) await doOne(project, id, deed);
  const { transitions } = await sent<TicketView>(await who(project, "operator"), "GET", `/tickets/${id}`);
  expect(transitions.find(({ key }) => key === "send_crew")!.fields[0]!.options.map(({ key }) => key)).toEqual([department]);
  expect(await tried(project, id, "send_crew", { ...send, department: "carriers" })).toMatchObject({ status: 422, said: expect.stringContaining("input.department") as string });
  await doOne(project, id, { by: "operator", move: "send_crew", with: send, to: "crew" });
  const worker = await who(project, { department });
  const { subtasks: [task] } = await sent<TicketView>(await who(project, "operator"), "GET", `/tickets/${id}`);
  const { version } = await sent<TicketView>(worker, "GET", `/tickets/${task!.id}`);
  await sent(worker, "POST", `/tickets/${task!.id}/transitions`, { version, transition: "refuse", input: { resolution: "We cannot get there" } });
  expect(await tried(project, id, "within_limits")).toMatchObject({ status: 422, said: expect.stringContaining("7.1") as string });
  for (const answer of ["It still smokes", "All is well"]) {
    for (const deed of [{ by: "operator", move: "send_crew", with: send, to: "crew" }, { task: "crew", department, answer, to: "answered" }] as Deed[]) await doOne(project, id, deed);
    expect(await sent<TicketView>(await who(project, "operator"), "GET", `/tickets/${id}`)).toMatchObject({ stage: "answered", fields: { report: answer } });
  }
  await doOne(project, id, { by: "operator", move: "within_limits", to: "restored" });
});

test.each([
  { type: "loan", department: "credit", move: "send", read: { income: { amount: "1900.00", currency: "EUR" }, instalments: { amount: "250.00", currency: "EUR" } }, masked: ["phone", "document"] },
  { type: "payment-reminder", department: "accounting", move: "warned", read: { account: "SI56012345678" }, masked: [] },
])("R204 R205 R109 in the bank $department reads what it is asked to judge of a $type, and no identity document", async ({ type, department, move, read, masked }) => {
  const day = dayOf("bank", type);
  const { id } = await register({ ...day, data: { ...day.data, ...read } });
  for (const deed of [take, { by: "operator", move, with: { identified: true }, to: "" } satisfies Deed]) await doOne("bank", id, deed);
  const { subtasks } = await sent<TicketView>(await who("bank", "operator"), "GET", `/tickets/${id}`);
  const { items: [form] } = await sent<{ items: { data: unknown; masked: string[] }[] }>(await who("bank", { department }), "GET", `/tickets/${subtasks[0]!.id}/asked`);
  expect(form!.data).toMatchObject(read);
  expect(new Set(form!.masked)).toEqual(new Set(masked));
});

test("R216 how far a visit is moved is counted from what was promised, not from what is typed", async () => {
  const { id } = await register(dayOf("internet", "no-show"));
  await doOne("internet", id, take);
  expect((await tried("internet", id, "agree", { visit_at: soon(60), moved_days: 0 })).status).toBe(422);
  expect((await tried("internet", id, "agree", { visit_at: soon(60) })).status).toBe(200);
  expect(await sent<TicketView>(await who("internet", "operator"), "GET", `/tickets/${id}`)).toMatchObject({ stage: "in_work", approvals: [{ amount: 61, state: "pending" }] });
});

test("R112 a visit that is agreed stands on its client's page with its day and hours, in the reader's language, in place of a deadline that comes before it; once the crew has been there it does not", async () => {
  const about = dayOf("internet", "connection");
  const { id } = await register(about);
  const page = async (language: string): Promise<string> => (await http.anonymous("GET", `/s/${await linkSecret(database.db, id)}?lang=${language}`)).body;
  expect(await page("sl")).not.toContain("Dogovorjeni obisk");
  for (const deed of about.deeds.slice(0, about.deeds.findIndex((each) => "move" in each && each.move === "issue"))) await doOne("internet", id, deed);
  await doOne("internet", id, { by: "operator", move: "issue", with: { visit_at: "2031-01-14T09:30:00+01:00" }, to: "issued" });
  const [en, ru, sl] = [await page("en"), await page("ru"), await page("sl")];
  expect(en).toMatch(/Visit agreed for: 14\u00A0January 2031, 09:30–11:30 CET/);
  expect(ru).toMatch(/Визит согласован на: 14\u00A0января 2031\sг\., 09:30–11:30 CET/);
  expect(sl).toMatch(/Dogovorjeni obisk: 14\.\u00A0januar 2031, 9:30–11:30 CET/);
  expect(en).not.toContain("We expect to finish");
  await sql`update tickets set stage_since = '2031-01-14T11:00:00Z' where id = ${id}`.execute(database.db);
  expect(await page("en")).not.toContain("Visit agreed");
  // A deadline within the visit is none that could be told beside it.
  await sql`update tickets set stage_since = now(), due_at = '2031-01-14T10:00:00Z' where id = ${id}`.execute(database.db);
  expect([await page("en")].map((text) => [text.includes("Visit agreed"), text.includes("We expect to finish")])).toEqual([[true, false]]);
  await sql`update tickets set due_at = '2031-01-14T10:30:00Z' where id = ${id}`.execute(database.db);
  expect(await page("en")).toContain("We expect to finish by: 14\u00A0January 2031 at 11:30 CET");
});

test("R134 a delay of three days has the compensation that the rules of the shop compute, offered on the ticket", async () => {
  const about: Day = { project: "shop", type: "delivery-problem", title: "Four days late", data: { order: "10019", kind: "delay", days_late: 4, value: { amount: "129.90", currency: "EUR" } }, deeds: [] };
  const { id } = await register(about);
  const listener = automationListener({ callWebhook: () => Promise.resolve() });
  const system = database.ctx();
  // What a rule has set is read by it again, and nothing is offered twice.
  for (const type of ["ticket.registered", "ticket.form_submitted"]) await inTx(system, (ctx) => listener.hear([{ ctx: { ...ctx, depth: 1 }, event: { id: newId(), type, subject: { kind: "ticket", id }, data: {}, at: ctx.now(), actor: ctx.actor, depth: 0, requestId: "r" } }]));
  const ticket = await sent<TicketView>(await who("shop", "operator"), "GET", `/tickets/${id}`);
  expect(ticket.fields["compensation"]).toBe("10.39");
  const { rows } = await sql<{ state: string; problem: unknown }>`select state, problem from automation_runs where ticket_id = ${id} and rule_key = 'delay_compensation' order by at`.execute(database.db);
  expect(rows).toEqual([{ state: "fired", problem: null }, { state: "not_fired", problem: null }]);
  expect(ticket.notes.map(({ text }) => text)).toEqual([expect.stringMatching(/^Compensation by the rules, days of delay: 4; amount: /)]);
});

test.each([
  { project: "internet", type: "no-show", askedBy: "rule.urgent_late", to: "", text: /^Срочная и просрочена/ }, { project: "support", type: "incident", askedBy: "rule.urgent_late", to: "experts", text: /^Urgent and late/ },
  { project: "energy", type: "alarm", askedBy: "deadline_100", to: "", text: /^$/ }, { project: "production", type: "alarm", askedBy: "deadline_100", to: "", text: /^$/ },
])("R213 in $project an urgent $type that is late is not only signalled: it is offered to one after another until somebody takes it", async ({ project, type, askedBy, to, text }) => {
  const { id, number } = await register(DAYS.find((each) => each.project === project && each.type === type)!);
  await sql`update tickets set priority = 3 where id = ${id}`.execute(database.db);
  const wanted: unknown[] = [];
  const stop = onCommitted((events) => { for (const event of events) if (event.type === "ticket.handover_wanted" && event.subject.id === id) wanted.push(event.data); });
  const system = database.ctx();
  await fireClock(system, { ticketId: id, name: "solution", percent: 100 });
  await inTx(system, (ctx) => clockReached(ctx, { ticketId: id, projectKey: project, clock: "solution", percent: 100, cause: `late ${id}` }, { callWebhook: () => Promise.resolve() }));
  stop();
  expect(wanted).toEqual([{ number, projectKey: project, to, askedBy, text: expect.stringMatching(text) }]);
});

test("R129 whom a complaint is about is asked when it is registered, in every project, and they never see it", async () => {
  for (const { project } of projects) {
    const blamed = await http.signIn({ name: "Blamed", roles: ["operator"], projects: [project.key] });
    const about = project.key === "taxi" ? "dispatcher" : "employee";
    const { id } = await register({ project: project.key, type: "complaint", title: "Was rude", data: { about, employee: { id: blamed.userId, name: "Blamed" } }, deeds: [] });
    expect((await blamed.send("GET", `/api/tickets/${id}`)).statusCode, project.key).toBe(404);
    expect((await (await who(project.key, "operator")).send("GET", `/api/tickets/${id}`)).statusCode).toBe(200);
  }
});

test("R129 whoever a complaint is about neither sees nor moves it, in every project", async () => {
  for (const { project } of projects) {
    const [operator, blamed] = [await who(project.key, "operator"), await http.signIn({ name: "Blamed", roles: ["operator"], projects: [project.key] })];
    const client = await buildClient(database.ctx(), { projects: [project.key] });
    const { id, version } = await sent<TicketView>(operator, "POST", "/tickets", { projectKey: project.key, type: "complaint", subject: "Was rude", description: "On Monday", clientId: client.id, contactPhone: "+38640123456" });
    expect((await blamed.send("GET", `/api/tickets/${id}`)).statusCode).toBe(200);
    await sent(operator, "POST", `/tickets/${id}/transitions`, { version, transition: "take", input: { ...(project.key !== "taxi" && { about: "employee" }), employee: blamed.userId } });
    expect((await blamed.send("GET", `/api/tickets/${id}`)).statusCode, project.key).toBe(404);
  }
});

/** Besides days and hours, what a client waits to hear. */
const AWAITED = ["car", "minutes", "parcel", "area"];
test("R112 a letter tells the client what its step has settled: the day of a visit, the car, the parcel", () => {
  const settled = projects.flatMap(({ project, processes, notices }) => Object.values(processes).flatMap(({ fields, transitions }) => Object.entries(transitions).flatMap(([key, { notice, requires, accepts, set }]) =>
    noticesOf(notice).flatMap((wish) => [...new Set([...requires.map(({ field }) => field), ...accepts, ...Object.keys(set)])].filter((field) => ["moment", "date"].includes(fields[field]!.kind) || AWAITED.includes(field))
      .map((field) => ({ at: `${project.key} ${key}: ${wish.notice} tells ${field}`, isTold: variablesOf(notices[wish.notice]!.body.en).includes(`fields.${field}`) }))))));
  expect(settled.length).toBeGreaterThan(10);
  expect(settled.filter(({ isTold }) => !isTold)).toEqual([]);
});
