import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { createTicket, ticketTypes } from "../tickets/index.ts";
import { createTicket as contract } from "../tickets/tickets.contract.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { buildForm } from "./forms.factory.ts";
import { createRecord, getRecord } from "./forms.service.ts";
import { ticketForms } from "./forms.tickets.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
await sql`insert into articles (project_key, key, kind, title, body, words, folded, search, updated_at) values ('internet', 't1', 'tariff', '{"en":"Fibre 300","ru":"Оптика 300","sl":"Optika 300"}', '{"en":"","ru":"","sl":""}', '{}', '', '', now())`.execute(database.db);
const name = { en: "Connect", ru: "Подключить", sl: "Priklop" };
const types = ["connect", "visit"].map((key) => ({ key, name, intake: "request", process: "request", priority: "normal", requires: [], form: "connection", ...(key === "visit" && { form_required: false }) }));
await sql`update projects set definition = jsonb_set(definition::jsonb, '{types}', (definition::jsonb -> 'types') || ${JSON.stringify(types)}::jsonb)::json where key = 'internet'`.execute(database.db);
await buildForm(database.ctx());

const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["internet"], ...over }));
const ana = await user("Ana Kos");
const cene = await user("Cene Vidmar");
const as = (actor: Actor) => database.ctx(actor);
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const full = {
  subscriber: { surname: "Čuk", given: "Žiga" }, phone: "031 234 567", address: { city: "Maribor", street: "Glavna" }, building: "house", passport: { series: "12 34", number: "123456" },
  tariff: { id: "t1", name: "Fibre", monthly: { amount: "20.00", currency: "EUR" } }, consent: { given: true, text: "Ali soglašate?", recordingId: "r1", offsetMs: 61_500 },
};
const fill = (actor: Actor, data: Record<string, unknown> = full) => createRecord(as(actor), { id: crypto.randomUUID(), projectKey: "internet", formKey: "connection", subject: null, data });
const register = (over: object = {}, actor = ana) => createTicket(as(actor), contract.body.parse({ projectKey: "internet", type: "connect", subject: "Connect the house", ...over }), { forms: ticketForms });
const counted = (where: ReturnType<typeof sql>) => sql<{ n: number }>`select count(*)::int as n from ${where}`.execute(database.db).then(({ rows }) => rows[0]!.n);

test("R153 a request that has a form is registered together with it, in one step", async () => {
  const form = await fill(ana);
  const ticket = await register({ formRecordId: form.id });
  expect(await getRecord(as(ana), form.id)).toMatchObject({ state: "submitted", subject: { kind: "ticket", id: ticket.id }, submittedBy: "Ana Kos" });
});

test("R153 without its form it is not registered, and the refusal names the form; types say who needs one", async () => {
  expect((await refusal(register())).fields).toEqual([{ field: "form", code: "required", params: {} }]);
  const known = (await ticketTypes(as(ana))).projects.flatMap((project) => project.types);
  expect(known.filter(({ key }) => key === "connect" || key === "visit").map(({ key, formRequired }) => [key, formRequired])).toEqual([["connect", true], ["visit", false]]);
  expect(await register({ type: "visit" })).toMatchObject({ type: "visit" });
  expect((await refusal(register({ type: "question", formRecordId: crypto.randomUUID() }))).fields).toMatchObject([{ field: "form", code: "form_not_asked" }]);
});

test("R154 an incomplete form registers nothing, says what is missing under the form's name, and stays a draft", async () => {
  const before = await counted(sql`tickets`);
  const form = await fill(ana, { subscriber: { given: "Žiga" }, phone: "031 234 567" });
  const error = await refusal(register({ formRecordId: form.id }));
  expect([error.reason, error.fields.map(({ field, code }) => `${field} ${code}`)]).toEqual(["form_faults", expect.arrayContaining(["form.subscriber.surname form_required", "form.consent form_required"]) as unknown]);
  expect(await getRecord(as(ana), form.id)).toMatchObject({ state: "draft", subject: null });
  expect(await counted(sql`tickets`)).toBe(before);
});

test("R160 sent three times at once it is one ticket with one form", async () => {
  const form = await fill(ana);
  const draft = { draftId: crypto.randomUUID(), formRecordId: form.id };
  const made = await Promise.all([1, 2, 3].map(() => register(draft)));
  expect(new Set(made.map(({ id }) => id))).toEqual(new Set([draft.draftId]));
  expect((await register(draft)).id).toBe(draft.draftId);
  expect(await counted(sql`events where subject_id = ${form.id} and type = 'form.submitted'`)).toBe(1);
});

test("nobody registers with another person's draft, nor one form twice", async () => {
  const form = await fill(ana);
  expect((await refusal(register({ formRecordId: form.id }, cene))).fields).toMatchObject([{ field: "form", code: "form_unknown" }]);
  await register({ formRecordId: form.id });
  expect((await refusal(register({ formRecordId: form.id }))).reason).toBe("form_attached");
  expect((await refusal(register({ formRecordId: crypto.randomUUID() }))).fields).toMatchObject([{ field: "form", code: "form_unknown" }]);
});
