import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildForm } from "../forms/forms.factory.ts";
import { attachRecord, createRecord } from "../forms/index.ts";
import { submitRecord } from "../forms/forms.service.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { buildProcess } from "../tickets/tickets.process.testing.ts";
import { ticketColumns } from "./views.columns.service.ts";
import { saveView as saveViewContract } from "./views.contract.ts";
import { findTickets } from "./views.find.service.ts";
import { listViews, saveView } from "./views.service.ts";

const database = await testDatabase();
await buildProcess(database.ctx());
const words = (text: string) => `{ en: ${text}, ru: ${text} (ru), sl: ${text} (sl) }`;
const field = (kind: string, name: string, more = "") => `{ x-kind: ${kind}, x-name: ${words(name)}${more} }`;
const option = (value: string, name: string) => `{ value: ${value}, name: ${words(name)} }`;
await buildForm(database.ctx(), { text: `
key: order
name: ${words("Order")}
schema:

  properties:
    total: ${field("money", "Total", ", x-currency: EUR")}
    planned_on: ${field("date", "Planned for")}
    called_at: ${field("moment", "Called at")}
    house: ${field("choice", "Kind of house", `, x-options: [${option("flat", "Flat")}, ${option("house", "House")}]`)}
    extras: ${field("choices", "Extras", `, x-options: [${option("tv", "Television")}, ${option("phone", "Telephone")}]`)}
    who: ${field("person", "Who")}
    place: ${field("address", "Where")}
    urgent: ${field("yes_no", "Urgent")}
    rooms: ${field("number", "Rooms", ", type: integer")}
    passport: ${field("document", "Passport", ", x-mask: { read: clients.documents }")}
    iban: ${field("text", "Account", ", x-mask: { read: clients.documents }")}
    group: ${field("group", "Group", `, properties: { open: ${field("text", "Open")}, secret: ${field("text", "Secret", ", x-mask: { read: clients.documents }")} }`)}
    lines: ${field("table", "Lines", `, items: { properties: { pin: ${field("text", "Pin", ", x-mask: { read: clients.documents }")} } }`)}
    mobile: ${field("phone", "Mobile")}
    copied: ${field("text", "Copied")}
    dialled: ${field("text", "Dialled")}
computed: { copied: form.iban + form.group.secret, dialled: 'form.mobile.replace("+386", "0")' }
` });
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["internet"], language: "ru" }));
const cene = actorOf(await buildUser(database.db, { name: "Cene Vidmar", projects: ["internet"] }));
const stranger = actorOf(await buildUser(database.db, { name: "Tone Hren", projects: ["taxi"] }));
const keeper = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "delivery" }));
const as = (actor: Actor) => database.ctx(actor);
const idOf = (actor: Actor): string => (actor.kind === "user" ? actor.id : "");

const ticket = await buildTicket(database.ctx(), { type: "claim", subject: "The parcel came broken", contactPhone: "+38640111222", department: "delivery", fields: { amount: "1234.50", employee: idOf(cene), contacted: false, variant: "Call +38640111222 first" } });
const bare = await buildTicket(database.ctx(), { type: "claim", subject: "Nothing filled" });
const form = await createRecord(as(ana), { id: crypto.randomUUID(), projectKey: "internet", formKey: "order", subject: null, data: {
  total: { amount: "90071992547409.91", currency: "EUR" }, planned_on: "2026-03-29", called_at: "2026-03-29T10:00:00+02:00", house: "flat", extras: ["phone", "tv"], who: { surname: "Čuk", given: "Žiga" },
  place: { city: "Maribor", street: "Glavna", house: "7" }, urgent: true, rooms: 3, passport: { number: "123456" }, iban: "SI56123456", group: { open: "o", secret: "SECR888222" }, lines: [{ pin: "PINN999333" }], mobile: "+38641222333",
} });
await attachRecord(as(ana), form.id, { kind: "ticket", id: ticket.id });
await submitRecord(as(ana), form.id, { version: form.version });

const COLUMNS = ["total", "planned_on", "called_at", "house", "extras", "who", "place", "urgent", "rooms", "passport", "iban"].map((name) => `form.${name}`);
const rows = async (actor: Actor, columns: string[]) => (await findTickets(as(actor), { filter: "{}", sort: "changed", columns: columns.join(",") })).items;
const cells = async (actor: Actor, columns: string[]) => (await rows(actor, columns)).find(({ id }) => id === ticket.id)?.cells;

test("R123 a list shows fields of the form as their kinds are written: exact money, days, moments, choices by their labels in the reader's language", async () => {
  expect(await cells(boris, COLUMNS)).toEqual({
    "form.total": { kind: "money", amount: "90071992547409.91", currency: "EUR" }, "form.planned_on": { kind: "date", date: "2026-03-29" }, "form.called_at": { kind: "moment", at: "2026-03-29T08:00:00.000Z" },
    "form.house": { kind: "text", text: "Flat (ru)" }, "form.extras": { kind: "text", text: "Telephone (ru), Television (ru)" }, "form.who": { kind: "text", text: "Čuk Žiga" }, "form.place": { kind: "text", text: "Maribor, Glavna 7" },
    "form.urgent": { kind: "yes_no", yes: true }, "form.rooms": { kind: "number", value: 3 }, "form.iban": { kind: "text", text: "••••" },
  });
  expect((await rows(ana, COLUMNS)).find(({ id }) => id === bare.id)?.cells).toEqual({});
  expect(await cells(ana, [])).toEqual({});
  expect(await cells(ana, ["form.nothing", "fields.__proto__", "form.constructor"])).toEqual({});
});

test("R123 a list shows fields of the process: colleagues by name, money in its currency; contacts stay hidden from who sees them in part", async () => {
  expect(await cells(ana, ["fields.amount", "fields.employee", "fields.contacted", "fields.variant"])).toEqual({
    "fields.amount": { kind: "money", amount: "1234.50", currency: "EUR" }, "fields.employee": { kind: "text", text: "Cene Vidmar" }, "fields.contacted": { kind: "yes_no", yes: false }, "fields.variant": { kind: "text", text: "Call +38640111222 first" },
  });
  const hidden = await cells(keeper, ["fields.variant", ...COLUMNS]);
  expect(JSON.stringify(hidden)).not.toMatch(/38640111222|123456/);
});

test("R123, R129 a column of what is computed from a masked field is not offered, and shows bullets where it is asked for; one computed from a phone is for who sees phones", async () => {
  expect((await ticketColumns(as(boris))).items.map(({ key }) => key)).not.toContain("form.copied");
  expect(await cells(ana, ["form.copied", "form.dialled"])).toEqual({ "form.copied": { kind: "text", text: "••••" }, "form.dialled": { kind: "text", text: "041222333" } });
  expect(await cells(keeper, ["form.copied", "form.dialled"])).toEqual(expect.not.objectContaining({ "form.dialled": { kind: "text", text: "041222333" } }));
});

test("a column called as what every object of the language has is a field nobody has declared", async () => {
  expect(await cells(ana, ["fields.constructor", "form.constructor", "fields.valueOf"])).toEqual({});
});

test("R123 columns that can be chosen are those of one's own projects, named in one's language, without what is masked", async () => {
  const { items } = await ticketColumns(as(boris));
  expect(items).toContainEqual({ key: "form.total", name: "Total (ru)", kind: "money", of: ["Order (ru)"], options: [], many: false, mayAsk: true, currency: null });
  expect(items).toContainEqual({ key: "fields.fee", name: "Fee (ru)", kind: "money", of: ["Claim (ru)"], options: [], many: false, mayAsk: true, currency: "EUR" });
  // What can be chosen is named; a name in several types is one field of all of them.
  expect(items.find(({ key }) => key === "form.house")).toMatchObject({ options: [{ value: "flat", name: "Flat (ru)" }, { value: "house", name: "House (ru)" }] });
  expect(items.find(({ key }) => key === "fields.resolution")!.of.length).toBeGreaterThan(1);
  expect((await ticketColumns(as(keeper))).items.find(({ key }) => key === "form.mobile")).toMatchObject({ mayAsk: false });
  expect(items.map(({ key }) => key)).not.toContain("form.iban");
  expect((await ticketColumns(as(stranger))).items.map(({ key }) => key)).not.toContain("form.total");
});

test("R123 a view keeps its columns in their order, also those of fields; what is no column is refused", async () => {
  const body = { name: "Orders", filter: {}, columns: ["subject", "form.total", "number", "fields.amount"] };
  const saved = await saveView(as(ana), saveViewContract.body.parse(body));
  expect((await listViews(as(ana))).items.find(({ id }) => id === saved.id)?.columns).toEqual(body.columns);
  expect(saveViewContract.body.safeParse({ ...body, columns: ["form.total; drop"] }).success).toBe(false);
  expect(saveViewContract.body.safeParse({ ...body, columns: [] }).success).toBe(false);
});

test("a filter asks nothing of what its reader may not read: a group or a table is hidden where a part of it is, and a phone from who sees contacts in part", async () => {
  const found = (actor: Actor, field: string, value: string) => findTickets(as(actor), { filter: JSON.stringify({ fields: [{ field, is: "contains", value }] }), sort: "changed" }).then(({ items }) => items.map(({ id }) => id), (error: { fields?: { code: string }[] }) => error.fields?.[0]?.code);
  for (const [field, value] of [["form.group", "SECR888"], ["form.lines", "PINN999"], ["form.iban", "SI56"], ["form.passport", "1234"], ["form.mobile", "41222"], ["form.copied", "SI56"], ["form.dialled", "41222"]] as const) {
    expect([field, await found(keeper, field, value), await found(ana, field, value)]).toEqual([field, "view_field_hidden", [ticket.id]]);
  }
  expect(await found(keeper, "form.place", "Maribor")).toEqual([ticket.id]);
});
