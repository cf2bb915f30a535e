import { sql } from "kysely";
import { expect, test } from "vitest";
import { EXAMPLE } from "@linija/forms";
import { compileExpression } from "@linija/rules";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { catalogueFor, contextFor } from "../rules/index.ts";
import { projectOf } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { formsKind, getForm, listForms } from "./forms.definitions.ts";
import { findLookups } from "./forms.lookups.service.ts";
import { buildForm } from "./forms.factory.ts";
import { attachRecord, createRecord, getRecord, listRecords, recordHistory, revealField, saveRecord, setTyping, submitRecord } from "./forms.service.ts";
import { getShared, readyShared, saveShared, shareRecord, typeShared, unshareRecord } from "./forms.shared.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
await sql`insert into articles (project_key, key, kind, title, body, words, folded, search, updated_at) values ('internet', 't1', 'tariff', '{"en":"Fibre 300","ru":"Оптика 300","sl":"Optika 300"}', '{"en":"","ru":"","sl":""}', '{}', '', '', now())`.execute(database.db);
const firstId = await buildForm(database.ctx());

const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["internet"], roles: ["supervisor"] }));
const taxi = actorOf(await buildUser(database.db, { name: "Tone Hren", projects: ["taxi"] }));
const miha = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "technicians" }));
const as = (actor: Actor, now?: () => Date) => database.ctx(actor, now);
const visitor = () => database.ctx({ kind: "client" });
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const full = {
  subscriber: { surname: "Čuk", given: "Žiga" }, phone: "031 234 567", address: { city: "Maribor", street: "Glavna" }, building: "house", passport: { series: "12 34", number: "123456" },
  tariff: { id: "t1", name: "Fibre", monthly: { amount: "20.00", currency: "EUR" } }, consent: { given: true, text: "Ali soglašate?", recordingId: "r1", offsetMs: 61_500 },
};
const begin = (data: Record<string, unknown> = {}, over: object = {}) => ({ id: crypto.randomUUID(), projectKey: "internet", formKey: "connection", subject: null, data, ...over });
const count = (table: string, id: string) => sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)} where record_id = ${id}`.execute(database.db).then((result) => result.rows[0]!.n);
const eventsOf = (id: string, type: string) => sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${id} and type = ${type}`.execute(database.db).then((result) => result.rows[0]!.n);
const secretOf = (path: string): string => path.slice("/f/".length);

test("R153, R160 a draft sent three times at once is one application, and it is submitted once whatever the network does", async () => {
  const input = begin(full);
  const made = await Promise.all([1, 2, 3].map(() => createRecord(as(ana), input)));
  expect(new Set(made.map(({ id }) => id))).toEqual(new Set([input.id]));
  expect(await eventsOf(input.id, "form.begun")).toBe(1);
  const sent = await Promise.all([1, 2, 3].map(() => submitRecord(as(ana), input.id, { version: 1 })));
  expect(sent.map(({ state }) => state)).toEqual(["submitted", "submitted", "submitted"]);
  expect(await eventsOf(input.id, "form.submitted")).toBe(1);
  expect((await getRecord(as(ana), input.id)).data).toMatchObject({ phone: "+38631234567" });
  expect((await refusal(createRecord(as(boris), input))).code).toBe("conflict");
});

test("R154, R155, R009 what is missing or wrong is refused field by field, and the draft is kept", async () => {
  const input = begin({ subscriber: { given: "Žiga" }, phone: "12" });
  await createRecord(as(ana), input);
  const error = await refusal(submitRecord(as(ana), input.id, { version: 1 }));
  expect(error.reason).toBe("form_faults");
  expect(error.fields.map(({ field, code }) => `${field} ${code}`)).toEqual(expect.arrayContaining(["data.subscriber.surname form_required", "data.phone form_phone", "data.tariff form_required", "data.consent form_required"]));
  expect(await getRecord(as(ana), input.id)).toMatchObject({ state: "draft", data: { phone: "12" } });
});

test("R158 applications get numbers no other has when they are submitted, and nobody writes them", async () => {
  const sent = await Promise.all(Array.from({ length: 20 }, async () => {
    const input = begin({ ...full, issue_on: "2026-12-01" });
    expect((await createRecord(as(ana), input)).data).not.toHaveProperty("issued_number");
    return submitRecord(as(ana), input.id, { version: 1 });
  }));
  expect(new Set(sent.map(({ data }) => data["issued_number"])).size).toBe(20);
  expect(sent[0]!.data).toMatchObject({ issue_on: "2026-12-01", issued_number: expect.stringMatching(/^DOG-\d{6}$/) as string });
  expect((await refusal(createRecord(as(ana), begin({ issued_number: "DOG-000001" })))).fields[0]!.code).toBe("form_computed");
});

test("R157 the price that was agreed stays in the application", async () => {
  const input = begin(full);
  await createRecord(as(ana), input);
  const sent = await submitRecord(as(ana), input.id, { version: 1 });
  expect(sent.data).toMatchObject({ tariff: { monthly: { amount: "20.00", currency: "EUR" } } });
  expect((await refusal(saveRecord(as(ana), input.id, { version: sent.version, changes: [{ path: "note", value: "later" }] }))).reason).toBe("form_submitted");
});

test("a department worker finds the forms of their projects and draws them: what they fill is on their tickets", async () => {
  expect((await listForms(as(miha), "internet")).items.map(({ key }) => key)).toContain("connection");
  expect((await getForm(as(miha), firstId)).key).toBe("connection");
  expect((await refusal(listForms(as(miha), "taxi"))).code).toBe("not_found");
});

test("R163 a consent keeps the words of the form in the language they were read in, when, and where it stands in the recording, whatever a browser says of them", async () => {
  const [talk, taxiTalk] = [crypto.randomUUID(), crypto.randomUUID()];
  for (const [id, project] of [[talk, "internet"], [taxiTalk, "taxi"]]) await sql`insert into interactions (id, channel, direction, project_key, state, started_at) values (${id}, 'voice', 'in', ${project}, 'ended', '2026-03-02T10:00:00Z')`.execute(database.db);
  await sql`insert into recordings (id, interaction_id, path, started_at) values (${talk}, ${talk}, 'a.wav', '2026-03-02T10:00:05Z')`.execute(database.db);
  await sql`update interactions set recording_id = ${talk} where id = ${talk}`.execute(database.db);
  const said = { given: true, text: "Do you want a gift?", language: "sl", at: "2026-03-02T10:01:06.500Z", interactionId: talk, recordingId: "r1", offsetMs: 1 };
  const now = () => new Date("2026-03-02T10:05:00Z");
  const given = async (consent: object, actor = ana) => (await createRecord(as(actor, now), begin({ consent }))).data["consent"];
  expect(await given(said)).toEqual({ given: true, text: "Ali soglašate, da vaše podatke uporabimo za priklop?", language: "sl", at: "2026-03-02T10:01:06.500Z", interactionId: talk, recordingId: talk, offsetMs: 61_500 });
  // Not given in a talk, and never later than now.
  expect(await given({ given: true, at: "2030-01-01T00:00:00Z", recordingId: "r1" })).toEqual({ given: true, text: expect.stringContaining("Согласны ли вы") as string, language: "ru", at: "2026-03-02T10:05:00.000Z" });
  for (const interactionId of [taxiTalk, crypto.randomUUID(), "x"]) expect((await refusal(given({ ...said, interactionId }))).fields).toMatchObject([{ field: "data.consent", code: "form_not_an_option" }]);
});

test("two people save one draft at once: every field both did not write is kept, the other is told of the rest", async () => {
  const input = begin({ note: "first" });
  await createRecord(as(ana), input);
  await Promise.all([saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "building", value: "flat" }] }), saveRecord(as(boris), input.id, { version: 1, changes: [{ path: "email", value: "a@example.org" }] })]);
  await saveRecord(as(ana), input.id, { version: 3, changes: [{ path: "note", value: "Ana's" }] });
  const late = await saveRecord(as(boris), input.id, { version: 3, changes: [{ path: "note", value: "Boris's" }, { path: "entrance", value: "2" }] });
  expect(late.conflicts).toEqual([{ path: "note", mine: "Boris's", theirs: "Ana's" }]);
  expect(late.record.data).toMatchObject({ building: "flat", email: "a@example.org", note: "Ana's", entrance: "2" });
  expect(late.record.filledBy).toMatchObject({ note: { name: "Ana Kos" }, entrance: { name: "Boris Zajc", by: "operator" } });
});

test("R090, R160 what was typed without a network and is sent after a newer version was seen does not overwrite what the other side wrote meanwhile: the later is told, either way", async () => {
  const input = begin({ note: "first" });
  await createRecord(as(ana), input);
  const secret = secretOf((await shareRecord(as(ana), input.id, 1)).path);
  await saveShared(visitor(), secret, { version: 1, changes: [{ path: "email", value: "client@example.org" }] });
  // Back with the network Ana's desk has read version 2, and sends what stood in the field on top of version 1.
  const late = await saveRecord(as(ana), input.id, { version: 2, changes: [{ path: "email", value: "ana@example.org", seen: 1 }, { path: "note", value: "free", seen: 1 }] });
  expect([late.conflicts, late.record.data]).toMatchObject([[{ path: "email", mine: "ana@example.org", theirs: "client@example.org" }], { email: "client@example.org", note: "free" }]);
  // Having seen it she takes hers; what the client typed meanwhile waits for the client in turn.
  expect((await saveRecord(as(ana), input.id, { version: 3, changes: [{ path: "email", value: "ana@example.org", seen: 3 }] })).conflicts).toEqual([]);
  const theirs = await saveShared(visitor(), secret, { version: 4, changes: [{ path: "email", value: "client2@example.org", seen: 2 }] });
  expect([theirs.conflicts.map(({ path: at, mine }) => [at, mine]), theirs.form.data["email"]]).toEqual([[["email", "client2@example.org"]], "ana@example.org"]);
});

test("a save whose answer was lost is sent again without a conflict with oneself", async () => {
  const input = begin();
  await createRecord(as(ana), input);
  await saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "note", value: "a" }] });
  const again = await saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "note", value: "ab" }] });
  expect(again).toMatchObject({ conflicts: [], record: { data: { note: "ab" } } });
  await saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "note", value: "ab" }] });
  expect(await count("form_changes", input.id)).toBe(2);
});

test("computed fields are the server's, and no field is written that is not the form's", async () => {
  const input = begin({ equipment: [{ what: "router", count: 2, price: { amount: "10.00", currency: "EUR" } }] });
  expect((await createRecord(as(ana), input)).data).toMatchObject({ total: { amount: "20.00", currency: "EUR" } });
  const error = await refusal(saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "total", value: { amount: "1.00", currency: "EUR" } }, { path: "__proto__.x", value: 1 }, { path: "equipment.0.sum", value: null }] }));
  expect(error.fields.map(({ code }) => code)).toEqual(["form_computed", "form_unknown_field", "form_computed"]);
});

test("a passport is masked for everybody, also in history, and shown for a reason that is audited", async () => {
  const input = begin(full);
  const record = await createRecord(as(ana), input);
  expect(record.data["passport"]).toEqual({ series: "••••", number: "••••56" });
  expect(record.masked).toEqual([{ path: "passport", mayReveal: true }]);
  expect(JSON.stringify(await recordHistory(as(ana), input.id, {}))).not.toContain("123456");
  expect((await refusal(saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "passport.number", value: "••••56" }] }))).fields[0]!.code).toBe("form_masked");
  expect(await revealField(as(ana), input.id, { path: "passport.number", reason: "The client asks which one we have" })).toEqual({ value: "123456" });
  const audits = await sql<{ reason: string; after: unknown }>`select reason, after from audit_log where object_id = ${input.id} and action = 'form.reveal'`.execute(database.db);
  expect(audits.rows).toEqual([{ reason: "The client asks which one we have", after: { path: "passport.number" } }]);
  expect(JSON.stringify((await sql`select * from audit_log where object_id = ${input.id}`.execute(database.db)).rows)).not.toContain("123456");
  expect((await refusal(revealField(as(ana), input.id, { path: "phone", reason: "because" }))).code).toBe("invalid");
});

test("another project's form is not there, a department sees those of its tickets alone", async () => {
  const input = begin(full);
  await createRecord(as(ana), input);
  const deeds = [
    () => getRecord(as(taxi), input.id), () => saveRecord(as(taxi), input.id, { version: 1, changes: [{ path: "note", value: "x" }] }), () => submitRecord(as(taxi), input.id, { version: 1 }),
    () => revealField(as(taxi), input.id, { path: "passport", reason: "curious" }), () => getRecord(as(miha), input.id), () => shareRecord(as(taxi), input.id, 1),
  ];
  for (const deed of deeds) expect((await refusal(deed())).code).toBe("not_found");
  expect((await refusal(createRecord(as(taxi), begin()))).code).toBe("not_found");
  const ticket = await buildTicket(database.ctx(), { department: "technicians" });
  await attachRecord(as(ana), input.id, { kind: "ticket", id: ticket.id });
  expect(await getRecord(as(miha), input.id)).toMatchObject({ data: { phone: "••••" }, masked: [{ path: "phone", mayReveal: true }, { path: "passport", mayReveal: false }] });
  // As on the ticket itself: who works on it is shown the number for a reason (decision 0046).
  expect(await revealField(as(miha), input.id, { path: "phone", reason: "The crew is at the door" })).toEqual({ value: "031 234 567" });
  expect(JSON.stringify(await recordHistory(as(miha), input.id, {}))).not.toContain("031 234");
  expect((await refusal(revealField(as(miha), input.id, { path: "passport", reason: "on site" }))).code).toBe("forbidden");
  const saved = await saveRecord(as(miha), input.id, { version: 1, changes: [{ path: "note", value: "The cable is there" }] });
  expect(saved.record.filledBy["note"]).toMatchObject({ by: "department", name: "Miha Rus" });
  expect((await listRecords(as(miha), { subjectKind: "ticket", subjectId: ticket.id })).items.map(({ id }) => id)).toEqual([input.id]);
});

test("a form is attached once, and only to what its writer sees in its project", async () => {
  const input = begin();
  await createRecord(as(ana), input);
  const other = await buildTicket(database.ctx(), { projectKey: "taxi" });
  expect((await refusal(attachRecord(as(ana), input.id, { kind: "ticket", id: other.id }))).code).toBe("not_found");
  const ticket = await buildTicket(database.ctx());
  const [first] = await Promise.all([attachRecord(as(ana), input.id, { kind: "ticket", id: ticket.id }), attachRecord(as(ana), input.id, { kind: "ticket", id: ticket.id })]);
  expect(first.subject).toEqual({ kind: "ticket", id: ticket.id });
  expect((await refusal(attachRecord(as(ana), input.id, { kind: "client", id: crypto.randomUUID() }))).reason).toBe("form_attached");
});

test("what is looked up is believed by its id alone: the name is the server's, and what is not there cannot be chosen", async () => {
  const input = begin({ tariff: { id: "t1", name: "Free for ever" } });
  expect((await createRecord(as(ana), input)).data).toMatchObject({ tariff: { id: "t1", name: "Fibre 300" } });
  const error = await refusal(saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "tariff", value: { id: "t9", name: "Another" } }] }));
  expect(error.fields).toMatchObject([{ field: "data.tariff", code: "form_not_an_option" }]);
  expect((await findLookups(as(ana), { formId: firstId, path: "tariff", q: "" })).items).toEqual([{ id: "t1", name: "Fibre 300" }]);
  expect((await refusal(findLookups(as(taxi), { formId: firstId, path: "tariff", q: "" }))).code).toBe("invalid");
  expect((await refusal(findLookups(as(ana), { formId: firstId, path: "note", q: "" }))).code).toBe("invalid");
});

test("R161 my unfinished forms are listed, newest first, page by page", async () => {
  const zoja = actorOf(await buildUser(database.db, { name: "Zoja Kranjc", projects: ["internet"] }));
  const ids: string[] = [];
  for (let hour = 0; hour < 3; hour++) {
    const input = begin();
    ids.unshift(input.id);
    await createRecord(as(zoja, () => new Date(Date.UTC(2026, 10, 22, hour))), input);
  }
  const first = await listRecords(as(zoja), { limit: 2 });
  const second = await listRecords(as(zoja), { limit: 2, after: first.next! });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.next).toBeNull();
});

test("R090, R164 the client fills their part by a link, the operator sees it at once with who filled what", async () => {
  const input = begin({ building: "house", note: "Complains often" });
  await createRecord(as(ana), input);
  const { path } = await shareRecord(as(ana), input.id, 24);
  const seen = await getShared(visitor(), secretOf(path));
  expect(Object.keys((seen.definition["schema"] as { properties: object }).properties)).toEqual(["subscriber", "phone", "email", "address", "convenient"]);
  expect(JSON.stringify(seen)).not.toMatch(/Complains|"passport"|tariff|Ana Kos/);
  const saved = await saveShared(visitor(), secretOf(path), { version: seen.version, changes: [{ path: "address", value: { city: "Celje", street: "Nova" } }] });
  expect(saved.form.filledBy).toMatchObject({ address: { by: "client" } });
  const record = await getRecord(as(ana), input.id);
  expect(record.data).toMatchObject({ address: { city: "Celje", street: "Nova" }, note: "Complains often" });
  expect(record.filledBy).toMatchObject({ address: { by: "client" }, note: { by: "operator" } });
  await saveRecord(as(ana), input.id, { version: record.version, changes: [{ path: "subscriber.surname", value: "Čuk" }] });
  expect((await getShared(visitor(), secretOf(path))).data).toMatchObject({ subscriber: { surname: "Čuk" } });
});

test("R090 the client says that their part is filled: whoever shared the form sees it, once, until the client writes again; mistakes are told in the language they read", async () => {
  const input = begin({ subscriber: { surname: "Čuk", given: "Žiga" } });
  await createRecord(as(ana), input);
  const secret = secretOf((await shareRecord(as(ana), input.id, 24)).path);
  expect(await getShared(visitor(), secret)).toMatchObject({ readyAt: null, submittedAt: null });
  const said = await Promise.all([readyShared(visitor(), secret), readyShared(visitor(), secret)]);
  expect(new Set(said.map(({ readyAt }) => readyAt)).size).toBe(1);
  expect(await eventsOf(input.id, "form.client_ready")).toBe(1);
  // What we write does not take it back.
  await saveRecord(as(ana), input.id, { version: 1, changes: [{ path: "note", value: "waiting" }] });
  expect((await getRecord(as(ana), input.id)).clientReadyAt).toBe(said[0]!.readyAt);
  const saved = await saveShared(visitor(), secret, { version: 2, changes: [{ path: "phone", value: "12" }], language: "ru" });
  expect([saved.form.readyAt, saved.form.faults.map(({ message }) => message).join("")]).toEqual([null, expect.stringMatching(/[а-я]/) as string]);
  expect((await getRecord(as(ana), input.id)).clientReadyAt).toBeNull();
});

test("R090 the client's page begins in the language of their ticket, and in the project's only where nothing says more", async () => {
  const about = await buildTicket(database.ctx(), { projectKey: "internet", language: "sl" });
  const languageOf = async (over: object) => { const input = begin({}, over); await createRecord(as(ana), input); return (await getShared(visitor(), secretOf((await shareRecord(as(ana), input.id, 1)).path))).language; };
  expect([await languageOf({ subject: { kind: "ticket", id: about.id } }), await languageOf({})]).toEqual(["sl", "ru"]);
});

test("a client's link writes only what the form gives them, and ends with its time, its closing, a new link", async () => {
  const input = begin();
  await createRecord(as(ana), input);
  const first = await shareRecord(as(ana), input.id, 1);
  const secret = secretOf(first.path);
  const error = await refusal(saveShared(visitor(), secret, { version: 1, changes: [{ path: "note", value: "x" }, { path: "passport.number", value: "1" }, { path: "subscriber.given", value: "Žan" }] }));
  expect(error.fields.map(({ field }) => field)).toEqual(["data.note", "data.passport.number"]);
  expect((await refusal(getShared(database.ctx({ kind: "client" }, () => new Date(Date.now() + 3_700_000)), secret))).code).toBe("not_found");
  const second = await shareRecord(as(ana), input.id, 1);
  expect((await refusal(getShared(visitor(), secret))).code).toBe("not_found");
  await unshareRecord(as(ana), input.id);
  expect((await refusal(saveShared(visitor(), secretOf(second.path), { version: 1, changes: [{ path: "phone", value: "1" }] }))).code).toBe("not_found");
  const stored = await sql<{ text: string }>`select to_json(r)::text as text from form_records r where id = ${input.id}`.execute(database.db);
  expect(stored.rows[0]!.text).not.toContain(secret);
});

test("who is typing where is seen by the other side for some seconds", async () => {
  const input = begin();
  await createRecord(as(ana), input);
  const secret = secretOf((await shareRecord(as(ana), input.id, 1)).path);
  await setTyping(as(ana), input.id, "phone");
  await typeShared(visitor(), secret, "address");
  await typeShared(visitor(), secret, "note");
  expect((await getRecord(as(ana), input.id)).typing).toEqual([{ by: "operator", name: "Ana Kos", path: "phone", me: true }, { by: "client", name: "client", path: "address", me: false }]);
  expect((await getShared(visitor(), secret)).typing).toEqual([{ by: "operator", name: "", path: "phone", me: false }, { by: "client", name: "", path: "address", me: true }]);
  expect((await getRecord(as(ana, () => new Date(Date.now() + 10_000)), input.id)).typing).toEqual([]);
});

test("R159 an application lives by the form it began with after the form has changed", async () => {
  const input = begin(full);
  const before = await createRecord(as(ana), input);
  const nextId = await buildForm(database.ctx(), { text: EXAMPLE.replace("required: [subscriber,", "required: [email, subscriber,") });
  expect(nextId).not.toBe(firstId);
  expect(before.formId).toBe(firstId);
  expect((await submitRecord(as(ana), input.id, { version: 1 })).formId).toBe(firstId);
  // What was filled while the network was away keeps the version it was drawn by.
  expect((await createRecord(as(ana), begin(full, { formId: firstId }))).formId).toBe(firstId);
  expect((await refusal(createRecord(as(ana), begin(full, { formId: "taxi/connection/abc" })))).fields[0]!.code).toBe("form_unknown");
});

test("a form as a text of a project is refused with its place, and so is a mask by a right that nobody has", () => {
  const broken = formsKind.read(EXAMPLE.replace('form.building == "flat"', 'form.bilding == "flat"'), { key: "connection", projectKey: "internet" });
  expect(broken.problems[0]).toMatchObject({ line: EXAMPLE.split("\n").findIndex((line) => line.includes("entrance: form.building")) + 1 });
  const masked = formsKind.read(EXAMPLE.replace("clients.documents", "clients.secrets"), { key: "connection", projectKey: "internet" });
  expect(masked.problems[0]).toMatchObject({ code: "no_right", params: { name: "clients.secrets" } });
  expect(formsKind.read(EXAMPLE.replace("entity: article", "entity: parcel"), { key: "connection", projectKey: "internet" }).problems[0]).toMatchObject({ code: "no_lookup", params: { name: "parcel" } });
  expect(formsKind.read(EXAMPLE, { key: "other", projectKey: "internet" }).problems[0]).toMatchObject({ path: ["key"], code: "other_key", params: { name: "connection", file: "other" } });
  expect(formsKind.read("key: [", { key: "x", projectKey: "internet" }).problems.length).toBeGreaterThan(0);
});

test("conditions about a ticket read its form as it is now: computed, without what is hidden, days as moments", async () => {
  const ticket = await buildTicket(database.ctx());
  const input = begin({ building: "house", entrance: "hidden", issue_on: "2026-03-30", equipment: [{ what: "router", count: 2, price: { amount: "10.00", currency: "EUR" } }] }, { subject: { kind: "ticket", id: ticket.id } });
  await createRecord(as(ana), input);
  const project = { project: { key: "internet", time_zone: "Europe/Ljubljana", languages: ["en" as const] }, types: [{ key: "x", name: { en: "x", ru: "x", sl: "x" }, form: "connection" }], more: (await projectOf(database.db, "internet")).more };
  const catalogue = catalogueFor(project, { processes: [], purpose: "guard" });
  const compiled = compileExpression('form.total == 20 && form.issue_on.day() == 30 && !has(form.entrance) && form.building == "house"', catalogue);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const found = await contextFor(database.db, { ticketIds: [ticket.id], reads: compiled.expression.reads, catalogue, now: new Date(), actor: ana, project: { key: "internet", name: "Internet", time_zone: "Europe/Ljubljana", languages: ["en"] } });
  expect(compiled.expression.evaluate({ ...found.get(ticket.id)!.values })).toEqual({ ok: true, value: true });
});

test("an administrator reads forms and writes none; a supervisor does both", async () => {
  const peter = actorOf(await buildUser(database.db, { name: "Peter Admin", projects: ["internet"], roles: ["administrator"] }));
  const input = begin({ ...full, email: "ziga@example.org" });
  await createRecord(as(ana), input);
  expect(await getRecord(as(peter), input.id)).toMatchObject({ mayWrite: false, data: { phone: "••••", email: "••••" }, masked: ["phone", "email", "passport"].map((path) => ({ path, mayReveal: false })) });
  const deeds = [
    () => createRecord(as(peter), begin()), () => saveRecord(as(peter), input.id, { version: 1, changes: [{ path: "note", value: "x" }] }), () => submitRecord(as(peter), input.id, { version: 1 }),
    () => shareRecord(as(peter), input.id, 1), () => unshareRecord(as(peter), input.id), () => revealField(as(peter), input.id, { path: "passport", reason: "curious" }), () => setTyping(as(peter), input.id, "note"),
  ];
  for (const deed of deeds) expect((await refusal(deed())).code).toBe("forbidden");
  expect(await submitRecord(as(boris), input.id, { version: 1 })).toMatchObject({ state: "submitted", submittedBy: "Boris Zajc" });
});
