import { compileExpression, createCatalogue } from "@linija/rules";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { formVocabulary } from "../rules/rules.form.ts";
import { projectOf } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { buildForm } from "./forms.factory.ts";
import { attachRecord, createRecord, getRecord, recordHistory, revealField, saveRecord, submitRecord } from "./forms.service.ts";
import { getShared, saveShared, shareRecord } from "./forms.shared.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const name = "{ en: A, ru: А, sl: A }";
const secret = ", x-mask: { read: clients.documents }";
const field = (kind: string, more = "") => `{ x-kind: ${kind}, x-name: ${name}${more} }`;
await buildForm(database.ctx(), { text: `
key: hush
name: ${name}
schema:
  properties:
    iban: ${field("text", `${secret}, x-client: fill`)}
    income: ${field("number", secret)}
    phone: ${field("phone")}
    note: ${field("text")}
    who: ${field("group", `, properties: { pin: ${field("text", secret)}, open: ${field("text")} }`)}
    lines: ${field("table", `, items: { properties: { pin: ${field("text", secret)}, paid: ${field("number", secret)}, what: ${field("text")} } }`)}
    copy: ${field("text")}
    twice: ${field("text")}
    paid: ${field("number")}
    call: ${field("text")}
computed:
  copy: form.iban + "/" + form.who.pin
  twice: form.copy + form.note
  paid: form.lines.map(one, one.paid).sum()
  call: form.phone.replace("+386", "0")
` });
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["internet"] }));
const miha = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "technicians" }));
const as = (actor: Actor) => database.ctx(actor);
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const whole = { iban: "SI56SECRET", income: 2_000, phone: "+38631234567", note: "ring +38640111222 first", who: { pin: "PIN77", open: "o" }, lines: [{ pin: "ROWPIN1", paid: 40, what: "one" }, { pin: "ROWPIN2", paid: 60, what: "two" }] };

async function begun() {
  const ticket = await buildTicket(database.ctx(), { department: "technicians" });
  const record = await createRecord(as(ana), { id: crypto.randomUUID(), projectKey: "internet", formKey: "hush", subject: null, data: whole });
  return attachRecord(as(ana), record.id, { kind: "ticket", id: ticket.id });
}
const stored = (id: string) => sql<{ data: Record<string, unknown> }>`select data from form_records where id = ${id}`.execute(database.db).then(({ rows }) => rows[0]!.data);
const write = (actor: Actor, id: string, ...changes: [path: string, value: unknown][]) => getRecord(as(actor), id).then(({ version }) => saveRecord(as(actor), id, { version, changes: changes.map(([path, value]) => ({ path, value })) }));
const codes = async (work: Promise<unknown>) => (await refusal(work)).fields.map(({ field, code }) => `${field} ${code}`);

test("R129 what a form computes from a masked value is masked with it: shown, in history, after submitting, by the client's link, and to rules and papers by their author's rights", async () => {
  const { id, data, masked } = await begun();
  expect(data).toMatchObject({ copy: "••••", twice: "••••", paid: null, call: "031234567" });
  expect(masked.map(({ path }) => path)).toEqual(expect.arrayContaining(["copy", "twice", "paid"]));
  const worker = await getRecord(as(miha), id);
  expect(worker.data).toMatchObject({ copy: "••••", call: "••••" });
  expect(worker.masked).toEqual(expect.arrayContaining([{ path: "call", mayReveal: true }, { path: "twice", mayReveal: false }]));
  expect(await revealField(as(ana), id, { path: "twice", reason: "The client asks" })).toEqual({ value: "SI56SECRET/PIN77ring +38640111222 first" });
  expect((await refusal(revealField(as(miha), id, { path: "copy", reason: "On site" }))).code).toBe("forbidden");
  const { path } = await shareRecord(as(ana), id, 1);
  expect(JSON.stringify(await getShared(database.ctx({ kind: "client" }), path.slice("/f/".length)))).not.toMatch(/SECRET|PIN/);
  await submitRecord(as(ana), id, { version: 1 });
  for (const reader of [ana, miha]) expect(JSON.stringify([await getRecord(as(reader), id), await recordHistory(as(reader), id, {})])).not.toMatch(/SECRET|PIN\d|PIN77|"paid":100/);
  expect(JSON.stringify([await getRecord(as(miha), id), await recordHistory(as(miha), id, {})])).not.toMatch(/31234567|40111222/);
  const { more } = await projectOf(database.db, "internet");
  const { records, variables } = formVocabulary({ types: [{ key: "x", form: "hush" }], more: more as never }, [])!;
  const catalogue = createCatalogue({ records, variables });
  const reads = (text: string, ...rights: string[]) => compileExpression(text, catalogue, { expects: "boolean", rights: new Set(rights) }).ok;
  expect([reads('form.twice == ""'), reads('form.twice == ""', "clients.documents"), reads('form.call == ""'), reads('form.phone == ""'), reads('form.call == ""', "clients.see_contacts"), reads('form.note == ""')]).toEqual([false, true, false, false, true, true]);
});

test("R129 nobody writes over what they are shown in bullets: not a department, not a colleague who may but has not looked; it is refused by its field, and nothing of it is written", async () => {
  const { id } = await begun();
  const blind: [string, unknown][] = [["iban", "SI56OTHER"], ["income", 1], ["who.pin", "1"], ["who", { open: "x" }], ["lines.0.pin", "2"], ["lines", [{ what: "one" }]], ["iban", null], ["lines", null]];
  for (const [path, value] of blind) {
    for (const actor of [miha, boris]) expect([path, await codes(write(actor, id, [path, value]))]).toEqual([path, [expect.stringMatching(/ form_unseen$/)]]);
  }
  for (const [path, value] of [["phone", "040 111 333"], ["note", "ring •••••222 first"], ["note", "ring her"]] as const) expect(await codes(write(miha, id, [path, value]))).toEqual([`data.${path} form_unseen`]);
  expect(await codes(write(miha, id, ["phone", "••••"]))).toEqual([expect.stringMatching(/^data.phone form_(unseen|masked)$/)]);
  expect(await stored(id)).toMatchObject(whole);
  // What is open goes on, also beside what is hidden.
  await write(miha, id, ["who.open", "new"], ["lines.1.what", "three"]);
  expect(await stored(id)).toMatchObject({ who: { pin: "PIN77", open: "new" }, lines: [whole.lines[0], { ...whole.lines[1], what: "three" }] });
});

test("who has seen it for a reason may write it anew, until somebody else has; who wrote it themselves knows it; what is empty is open to write", async () => {
  const { id } = await begun();
  await write(ana, id, ["iban", "SI56MINE"]);
  await revealField(as(boris), id, { path: "iban", reason: "The client has a new one" });
  await write(boris, id, ["iban", "SI56BORIS"]);
  expect(await codes(write(ana, id, ["iban", "SI56AGAIN"]))).toEqual(["data.iban form_unseen"]);
  await revealField(as(miha), id, { path: "phone", reason: "The crew is at the door" });
  await write(miha, id, ["phone", "040 111 333"], ["who.open", null]);
  expect(await stored(id)).toMatchObject({ iban: "SI56BORIS", phone: "040 111 333" });
});

test("a row is added to a table with hidden cells, or one without them taken away, and the hidden cells stay as they were", async () => {
  const { id } = await begun();
  const shown = (await getRecord(as(miha), id)).data["lines"] as unknown[];
  await write(miha, id, ["lines", [...shown, { what: "third" }]]);
  expect((await stored(id))["lines"]).toEqual([...whole.lines, { what: "third" }]);
  const now = (await getRecord(as(miha), id)).data["lines"] as unknown[];
  await write(miha, id, ["lines", now.slice(0, 2)]);
  expect((await stored(id))["lines"]).toEqual(whole.lines);
  expect(await codes(write(miha, id, ["lines", shown.slice(1)]))).toEqual(["data.lines form_unseen"]);
});

test("a client by a link writes what they wrote before, and not over what we wrote and they are shown in bullets", async () => {
  const visitor = database.ctx({ kind: "client" });
  const { id } = await begun();
  const link = (await shareRecord(as(ana), id, 1)).path.slice("/f/".length);
  expect(await codes(saveShared(visitor, link, { version: 1, changes: [{ path: "iban", value: "SI56BLIND" }] }))).toEqual(["data.iban form_unseen"]);
  await write(ana, id, ["iban", null]);
  const first = await saveShared(visitor, link, { version: 2, changes: [{ path: "iban", value: "SI56CLIENT" }] });
  await saveShared(visitor, link, { version: first.form.version, changes: [{ path: "iban", value: "SI56CLIENT2" }] });
  expect((await stored(id))["iban"]).toBe("SI56CLIENT2");
});
