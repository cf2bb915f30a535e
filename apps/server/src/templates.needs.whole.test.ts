import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { inTx } from "./platform/db.ts";
import { newId } from "./platform/ids.ts";
import { onCommitted } from "./platform/events.ts";
import type { Text } from "./features/projects/texts.contract.ts";
import { templatesInUse } from "./testing/templates.ts";
import { testHttp, type Browser } from "./testing/http.ts";
import { sent, Workdays, type Day, type Deed } from "./testing/workday.ts";
import { automationListener } from "./features/automation/index.ts";
import { buildClient } from "./features/clients/clients.factory.ts";
import { formsRoutes, ticketForms } from "./features/forms/index.ts";
import { portalRoutes } from "./features/portal/index.ts";
import { isFor, noticesOf, type Process } from "./features/processes/index.ts";
import { variablesOf } from "./features/projects/notices.rules.ts";
import { relationsRoutes } from "./features/relations/index.ts";
import type { RelationView } from "./features/relations/relations.contract.ts";
import { broughtJobs, linkSecret, registerCallback, reviewTicket, ticketsRoutes } from "./features/tickets/index.ts";
import type { TicketView } from "./features/tickets/tickets.contract.ts";

const { database, projects } = await templatesInUse();
const folder = mkdtempSync(join(tmpdir(), "linija-needs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const http = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder }, forms: ticketForms }), (app) => formsRoutes(app, { files: { folder } }), (app) => portalRoutes(app, { ctx: database.ctx() }), relationsRoutes);
const { who, register, doOne, tried, triedBy } = new Workdays({ database, projects, http });

const project = (key: string) => projects.find((each) => each.project.key === key)!;
const ticketOf = async (browser: Browser, id: string): Promise<TicketView> => sent<TicketView>(browser, "GET", `/tickets/${id}`);
const clientSees = async (id: string): Promise<string> => (await http.anonymous("GET", `/s/${await linkSecret(database.db, id)}?lang=en`)).body;
const work = async (key: string, id: string, deeds: Deed[]): Promise<void> => { for (const deed of deeds) await doOne(key, id, deed); };
/** The rules of the project hear that it was registered. */
async function rulesHear(id: string): Promise<unknown[]> {
  const wanted: unknown[] = [];
  const stop = onCommitted((events) => { for (const event of events) if (event.subject.id === id) wanted.push({ ...(event.data as object), type: event.type }); });
  const system = database.ctx();
  await inTx(system, (ctx) => automationListener({ callWebhook: () => Promise.resolve() }).hear([{ ctx: { ...ctx, depth: 1 }, event: { id: newId(), type: "ticket.registered", subject: { kind: "ticket", id }, data: {}, at: ctx.now(), actor: ctx.actor, depth: 0, requestId: "r" } }]));
  stop();
  return wanted;
}

const take: Deed = { by: "operator", move: "take", to: "in_work" };
const about = (key: string) => (key === "taxi" ? "dispatcher" : "employee");
/** A complaint looked into and found, by the process of its project. */
const found = (key: string, over: { verdict?: string; cause?: string } = {}): Deed[] => (key === "taxi"
  ? [take, { by: "operator", move: "finish", with: { resolution: "The dispatcher hung up", resolution_kind: over.verdict === "unfounded" ? "unfounded" : "apology", ...(over.verdict === "unfounded" && { reason: "Nothing of it is on the recording" }), cause: over.cause ?? "person" }, to: "done" }]
  : [take, { tick: "answer" }, { by: "operator", move: "decide", with: { verdict: over.verdict ?? "founded", cause: over.cause ?? "person", resolution: "The colleague hung up", contacted: true }, to: "decided" }]);
const complaint = (key: string, employee?: Browser): Day => ({ project: key, type: "complaint", title: "Was rude", deeds: [], data: { about: about(key), ...(employee && { employee: { id: employee.userId, name: "Blamed" } }) } });

test.each(projects.map(({ project: { key } }) => key))("R136 in %s a complaint founded on a person's mistake has the supervisors decide the measure; who it is about and the client learn nothing of it", async (key) => {
  const blamed = await http.signIn({ name: "Blamed", roles: ["operator", "supervisor"], projects: [key] });
  const { id } = await register(complaint(key, blamed));
  await work(key, id, found(key));
  const { subtasks: [task] } = await ticketOf(await who(key, "supervisor"), id);
  const asked = await ticketOf(await who(key, "supervisor"), task!.id);
  expect(asked).toMatchObject({ type: "measure", stage: "registered", department: null });
  expect(Date.parse(asked.dueAt!)).toBeGreaterThan(Date.now());
  expect(await rulesHear(task!.id)).toContainEqual(expect.objectContaining({ type: "ticket.handover_wanted", to: "", askedBy: "rule.measure_wanted" }));
  expect((await blamed.send("GET", `/api/tickets/${task!.id}`)).statusCode).toBe(404);
  expect(await tried(key, task!.id, "decide", { measure: "talk", grounds: "First time" })).toMatchObject({ status: 403 });
  expect((await triedBy(await who(key, "supervisor"), task!.id, "decide", { measure: "talk", grounds: "First time" })).status, "a talk has a day").toBe(422);

  // The complaint ends with its client; what is asked of the supervisors stays asked.
  if (key !== "taxi") await doOne(key, id, { by: "operator", move: "answer", to: "done" });
  await doOne(key, id, { client: "yes", to: "closed" });
  expect((await triedBy(await who(key, "supervisor"), task!.id, "decide", { measure: "reprimand", grounds: "Third time this year", until: "2031-01-10" })).status).toBe(200);
  expect(await ticketOf(await who(key, "supervisor"), id)).toMatchObject({ stage: "closed", fields: { measure: expect.stringMatching(/^(Reprimand|Выговор|Opomin)\. Third time this year$/) as string } });
  const page = await clientSees(id);
  for (const word of ["Reprimand", "Выговор", "Opomin", "Third time", "easure"]) expect(page).not.toContain(word);
});

test("R136 nothing is asked where nobody made a mistake, and not a second time when the complaint is taken up again", async () => {
  for (const [key, over] of [["shop", { verdict: "unfounded" }], ["shop", { cause: "process" }], ["taxi", { verdict: "unfounded" }], ["taxi", { cause: "outside" }]] as const) {
    const { id } = await register(complaint(key));
    await work(key, id, found(key, over));
    expect((await ticketOf(await who(key, "supervisor"), id)).subtasks, `${key} ${JSON.stringify(over)}`).toEqual([]);
  }
  const { id } = await register(complaint("shop"));
  await work("shop", id, [...found("shop"), { by: "operator", move: "answer", to: "done" }, { by: "operator", move: "reopen", with: { reason: "Too little" }, to: "reopened" }, ...found("shop", { verdict: "partly" })]);
  expect((await ticketOf(await who("shop", "supervisor"), id)).subtasks).toHaveLength(1);
});

const review = (key: string, data: Record<string, unknown> = {}): Day => ({ project: key, type: "review", title: "Two stars on the map", deeds: [], data: { source: "map", rating: 2, author: "Ana K.", text: "Nobody came on Monday.", link: "https://maps.example.test/r/7", topic: "delivery", ...data } });
const nobody = { clientId: null, contactPhone: null, contactEmail: null };

test.each(projects.map(({ project: { key } }) => key))("R139 in %s a negative review, once its client is known, becomes a complaint with their words and its source; the answer is published only when a supervisor has approved it", async (key) => {
  const { id } = await register(review(key), nobody);
  expect(await tried(key, id, "match")).toMatchObject({ status: 422, said: expect.stringContaining("whose words") as string });
  expect((await tried(key, id, "complain")).status).toBe(409);
  const client = await buildClient(database.ctx(), { projects: [key], emails: ["ana@example.test"], phones: ["+38640765432"], language: "sl" });
  const operator = await who(key, "operator");
  const { version } = await ticketOf(operator, id);
  const claimed = await operator.send("PATCH", `/api/tickets/${id}`, { version, clientId: client.id });
  expect(claimed.statusCode, claimed.body).toBe(200);
  const other = await buildClient(database.ctx(), { projects: [key] });
  expect(await operator.send("PATCH", `/api/tickets/${id}`, { version: claimed.json<TicketView>().version, clientId: other.id }).then(({ statusCode, body }) => [statusCode, body])).toEqual([422, expect.stringContaining("ticket_has_client")]);
  await doOne(key, id, { by: "operator", move: "match", to: "matched" });
  expect(await ticketOf(operator, id)).toMatchObject({ clientId: client.id, stage: "matched" });
  await doOne(key, id, { by: "operator", move: "complain", to: "complaint" });

  const { relations } = await sent<{ relations: RelationView[] }>(operator, "GET", `/tickets/${id}/relations`);
  expect(relations).toMatchObject([{ side: "causes", ticket: { type: "complaint" } }]);
  const made = await ticketOf(operator, relations[0]!.ticket.id);
  expect(made).toMatchObject({ clientId: client.id, contactEmail: "ana@example.test", language: "sl", parent: null, stage: "registered" });
  for (const word of ["Nobody came on Monday.", "https://maps.example.test/r/7", "2/5"]) expect(made.description).toContain(word);
  expect(made.description).toMatch(/map|карты|zemljevid/);
  expect((await tried(key, id, "complain")).status, "one review, one complaint").toBe(409);

  await doOne(key, id, { by: "operator", move: "draft", with: { reply: "We are sorry and have called you." }, to: "drafted" });
  expect((await tried(key, id, "publish")).status).toBe(409);
  expect((await tried(key, id, "approve")).status).toBe(403);
  await work(key, id, [{ tick: "public" }, { by: "supervisor", move: "approve", to: "approved" }, { by: "operator", move: "publish", to: "published" }, { by: "operator", move: "close", with: { effect: "better" }, to: "closed" }]);
  // What was made of it goes its own way.
  expect((await ticketOf(operator, made.id)).stage).toBe("registered");
});

test("R139 a friendly review is answered and makes no complaint, a colleague named in one does not see it, and a bad one is put before the supervisors", async () => {
  const { id } = await register(review("shop", { rating: 5, text: "Quick and kind" }));
  await doOne("shop", id, { by: "operator", move: "match", to: "matched" });
  expect(await tried("shop", id, "complain")).toMatchObject({ status: 422, said: expect.stringContaining("three stars") as string });
  const blamed = await http.signIn({ name: "Blamed", roles: ["operator"], projects: ["shop"] });
  const named = await register(review("shop", { topic: "employee", employee: { id: blamed.userId, name: "Blamed" } }), nobody);
  expect((await blamed.send("GET", `/api/tickets/${named.id}`)).statusCode).toBe(404);
  expect(await rulesHear(named.id)).toContainEqual(expect.objectContaining({ type: "alert.raised" }));
  expect((await ticketOf(await who("shop", "operator"), named.id)).priority).toBe(2);
});

const fault = (title: string): Day => ({ project: "internet", type: "fault", title, deeds: [], data: { what: "slow" } });
const outage: Day = { project: "internet", type: "outage", title: "Cable cut in Maribor", deeds: [],
  data: { kind: "cable", services: ["internet"], node: "MB-14", places: [{ city: "Maribor", streets: "Glavni trg 1–12" }], began_at: new Date(Date.now() - 3_600_000).toISOString(), clients: 240 } };

test("R359 whoever waits because of an outage is told when it is over: their faults are mended by themselves, whatever else is open stays", async () => {
  const operator = await who("internet", "operator");
  const { id, number } = await register(outage);
  const expected = new Date(Date.now() + 7_200_000).toISOString();
  await doOne("internet", id, { by: "operator", move: "confirm_outage", with: { expected_end: expected, clients: 240 }, to: "in_force" });
  const [hit, also, other, elsewhere] = [await register(fault("No internet")), await register(fault("No picture")), await register(fault("Slow")), await register(fault("Dark modem"))];
  for (const { id: of } of [hit, also, elsewhere]) await doOne("internet", of, { by: "operator", move: "join_outage", with: { known: "A cable was dug up" }, to: "outage" });
  await sent(operator, "POST", `/tickets/${hit.id}/relations`, { side: "caused_by", number });
  await sent(operator, "POST", `/tickets/${also.id}/relations`, { side: "duplicate_of", number });
  // Related, and not in the stage that goes along with it.
  await sent(operator, "POST", `/tickets/${other.id}/relations`, { side: "caused_by", number });
  await doOne("internet", id, { by: "operator", move: "over", with: { ended_at: new Date().toISOString(), cause: "digging", resolution: "The cable was spliced", resolution_kind: "solved" }, to: "over" });

  const { rows: jobs } = await sql<{ payload: unknown }>`select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'ticket.bring_along' and j.payload ->> 'ticketId' = ${id}`.execute(database.db);
  expect(jobs).toHaveLength(1);
  const [bring] = Object.values(broughtJobs(database.ctx()));
  // A job may be done twice.
  await bring!(jobs[0]!.payload);
  await bring!(jobs[0]!.payload);
  for (const { id: of } of [hit, also]) expect(await ticketOf(operator, of)).toMatchObject({ stage: "done", fields: { cause: "outage", resolution_kind: "solved" } });
  expect([await ticketOf(operator, other.id), await ticketOf(operator, elsewhere.id)].map(({ stage }) => stage)).toEqual(["registered", "outage"]);
  const { rows: told } = await sql<{ n: number }>`select count(*)::int as n from events where type = 'ticket.moved' and subject_id in (${hit.id}, ${also.id}) and data -> 'notices' = '["outage_over"]'`.execute(database.db);
  expect(told[0]!.n).toBe(2);
});

test("R359 the internet provider stands with a register of outages, one price and speed for each tariff, line status, number porting, and guides for modem and television", () => {
  const { types, processes, more, notices } = project("internet");
  expect(types.map(({ key }) => key)).toEqual(expect.arrayContaining(["outage", "number-porting", "fault", "connection", "tariff-change"]));
  expect(processes["fault"]!.fields["line"]).toMatchObject({ kind: "choice" });
  expect(Object.keys(more["guides"]!)).toEqual(expect.arrayContaining(["no-internet", "set-top-box"]));
  expect(Object.keys(more["articles"]!)).toEqual(expect.arrayContaining(["modem-restart", "modem-lights", "tv-no-picture", "number-porting", "outage-what-to-say"]));
  expect(Object.keys(notices)).toEqual(expect.arrayContaining(["outage", "outage_over", "porting_planned"]));
  // The two forms choose from the same list at the same prices, and the article the operators read says the same.
  type Form = { schema: { properties: Record<string, unknown>; $defs?: Record<string, unknown> }; computed: Record<string, string> };
  type Options = { "x-options": { value: string; name: Text }[] };
  const [order, change] = [more["forms"]!["connection"] as Form, more["forms"]!["tariff-change"] as Form];
  const tariffs = (order.schema.properties["tariff"] as Options)["x-options"];
  expect(tariffs.length).toBeGreaterThanOrEqual(3);
  expect((change.schema.$defs!["tariff"] as Options)["x-options"]).toEqual(tariffs);
  expect(change.computed["monthly"]!.replaceAll("to_tariff", "tariff").trim()).toBe(order.computed["monthly"]!.trim());
  const { body } = more["articles"]!["tariffs"] as { body: Text };
  const prices = [...order.computed["monthly"]!.matchAll(/money\("([\d.]+)"/g)].map(([, price]) => price!);
  expect(prices).toHaveLength(tariffs.length);
  for (const [language, said] of Object.entries(body)) {
    for (const price of prices) expect(said.replaceAll(/(\d),(\d)/g, "$1.$2"), `${language}: ${price}`).toContain(`${price} EUR`);
    for (const { name } of tariffs) expect(said, `${language}: speed of ${name.en}`).toContain(/\d+ \S+/.exec(name[language as keyof Text])![0]);
  }
});

test.each(projects.map(({ project: { key } }) => key))("R116 in %s a complaint is registered from a call that goes on, from a missed one that is owed a callback, and from somebody who stands there; each carries what is known of it", async (key) => {
  const operator = await who(key, "operator");
  const client = await buildClient(database.ctx(), { projects: [key], phones: ["+38640222333"], emails: ["maja@example.test"], language: "sl" });
  const call = async (over: { state: string; outcome: string | null }): Promise<string> => {
    const id = newId();
    await sql`insert into interactions (id, channel, direction, project_key, state, outcome, client_id, from_number, language, started_at) values (${id}, 'voice', 'in', ${key}, ${over.state}, ${over.outcome}, ${client.id}, '+38640222333', 'sl', now())`.execute(database.db);
    return id;
  };
  const said = { projectKey: key, type: "complaint", subject: "Nobody called back", description: "Has waited since Monday" };
  const ticketIn = async (interaction: string) => (await sql<{ ticketId: string | null; callbackId: string | null }>`select ticket_id, callback_id from interactions where id = ${interaction}`.execute(database.db)).rows[0]!;

  const live = await call({ state: "talking", outcome: null });
  const inCall = await sent<TicketView>(operator, "POST", "/tickets", { ...said, clientId: null, interactionId: live });
  expect(inCall, "client, number and language come from the call").toMatchObject({ type: "complaint", clientId: client.id, contactPhone: "+38640222333", contactEmail: "maja@example.test", language: "sl", interactionId: live });
  expect((await ticketIn(live)).ticketId, "the conversation leads to it").toBe(inCall.id);

  const missed = await call({ state: "ended", outcome: "abandoned" });
  const { id: callback } = await registerCallback(database.ctx(), { projectKey: key, queueId: `${key}.support`, interactionId: missed, clientId: client.id, phone: "+38640222333", language: "sl", dueAt: new Date(Date.now() + 900_000), reason: "abandoned" });
  const afterMissed = await sent<TicketView>(operator, "POST", "/tickets", { ...said, clientId: client.id, interactionId: missed });
  expect(afterMissed).toMatchObject({ clientId: client.id, interactionId: missed });
  expect((await ticketIn(missed)).callbackId, "it is called back all the same").toBe(callback);

  const atTheCounter = await sent<TicketView>(operator, "POST", "/tickets", { ...said, clientId: client.id });
  expect(atTheCounter).toMatchObject({ clientId: client.id, contactPhone: "+38640222333", contactEmail: "maja@example.test", language: "sl", interactionId: null });
});

/** Steps by which people bring it to where the client is asked, or on the way there. */
const ending = ({ stages, transitions }: Process) => Object.entries(transitions).filter(([, each]) => (isFor(each, "operator") || isFor(each, "supervisor")) && stages[each.to]!.client_sees !== "waiting_for_you");
const problems = projects.flatMap(({ project: { key }, types, processes, notices }) => types.filter(({ intake }) => intake === "problem").map((type) => ({ at: `${key} ${type.key}`, process: processes[type.process]!, notices })));

test("R117 every kind of problem of every project is ended by a step that says its cause, one of a list that reports can count", () => {
  expect(problems.length).toBeGreaterThan(25);
  for (const { at, process } of problems) {
    expect(process.fields["cause"], at).toMatchObject({ kind: "choice" });
    const asking = ending(process).filter(([, { requires, accepts }]) => requires.some(({ field }) => field === "cause") || accepts.includes("cause"));
    expect(asking.map(([step]) => step), at).not.toEqual([]);
    // What is made for nothing but problems does not end without; the ordinary request has questions and wishes, too.
    if (process.key !== "request") expect(asking.some(([, { requires }]) => requires.some(({ field }) => field === "cause")), at).toBe(true);
  }
});

test("R119 every kind of problem says how far it was solved; what was impossible is refused without its reason, and the client is told it", () => {
  for (const { at, process, notices } of problems) {
    if (process.fields["verdict"] || process.key === "mistaken-payment") continue;
    const { resolution_kind: kind } = process.fields;
    expect(kind?.kind === "choice" && Object.keys(kind.options), at).toContain("impossible");
    if (!["delivery-problem", "ride-complaint"].includes(process.key)) expect(kind?.kind === "choice" && Object.keys(kind.options), at).toEqual(["solved", "partly", "workaround", "impossible"]);
    const steps = ending(process).filter(([, { requires }]) => requires.some(({ field }) => field === "resolution_kind"));
    expect(steps.length, at).toBeGreaterThan(0);
    for (const [step, { requires, notice }] of steps) {
      expect(requires, `${at} ${step}`).toContainEqual({ field: "reason", when: { resolution_kind: "impossible" } });
      for (const wish of noticesOf(notice)) expect(variablesOf(notices[wish.notice]!.body.en), `${at} ${step}`).toContain("text");
    }
  }
});

test("R119 a fault that cannot be mended is not ended without the reason, which stands in the client's letter", async () => {
  const { id } = await register(fault("Wants fibre in a hut"));
  await doOne("internet", id, { by: "operator", move: "take", to: "diagnosis" });
  await doOne("internet", id, { by: "operator", move: "measure", with: { line: "weak", line_speed: 3 }, to: "diagnosis" });
  const end = { resolution: "Measured twice", cause: "line", resolution_kind: "impossible" };
  expect(await tried("internet", id, "finish", end)).toMatchObject({ status: 422, said: expect.stringContaining("input.reason") as string });
  expect((await tried("internet", id, "finish", { ...end, reason: "There is no line to the hut" })).status).toBe(200);
  const { rows } = await sql<{ data: Record<string, unknown> }>`select data from events where type = 'ticket.moved' and subject_id = ${id} order by at desc limit 1`.execute(database.db);
  expect(rows[0]!.data).toMatchObject({ notices: ["done"], text: "There is no line to the hut" });
  await reviewTicket(database.ctx(), id);
});
