import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { addNote, moveTicket, updateTicket } from "../tickets/index.ts";
import { viewSort, type TicketFilter, type ViewSort } from "./views.contract.ts";
import { findTickets, ticketBoard } from "./views.find.service.ts";
import { remindForgotten } from "./views.forgotten.ts";
import { changeView, listViews, removeView, saveView } from "./views.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const [ana, boris, sofia] = [newId(), newId(), newId()];
await sql`insert into users (id, login, name, roles, projects, password_hash) values (${ana}, 'ana', 'Ana', '{operator}', '{internet,shop}', ''), (${boris}, 'boris', 'Boris', '{operator}', '{internet,taxi}', ''), (${sofia}, 'sofia', 'Sofia', '{supervisor}', '{internet}', '')`.execute(database.db);
const client = newId();
await sql`insert into clients (id, family_name, given_name, language, projects, search) values (${client}, 'Žnidaršič', 'Špela', 'sl', '{internet}', '')`.execute(database.db);
const asAna = database.ctx({ kind: "user", id: ana, name: "Ana", roles: ["operator"], projects: ["internet", "shop"] });
const asBoris = database.ctx({ kind: "user", id: boris, name: "Boris", roles: ["operator"], projects: ["internet", "taxi"] });
const asSofia = database.ctx({ kind: "user", id: sofia, name: "Sofia", roles: ["supervisor"], projects: ["internet"] });

const router = await buildTicket(system, { subject: "Роутеры не включаются", description: "После грозы роутер и телевизор молчат", ownerId: ana, clientId: client, priority: 3, language: "ru" });
const invoice = await buildTicket(system, { subject: "Invoices are doubled", description: "Račun za maj je dvojen", fields: { building: "B2", amount: 12.5 }, department: "technicians" });
const parcel = await buildTicket(system, { projectKey: "shop", type: "question", subject: "Where is the parcel" });
const ride = await buildTicket(system, { projectKey: "taxi", type: "question", subject: "A parcel was left in the taxi" });

const found = async (ctx: typeof asAna, filter: TicketFilter, sort: ViewSort = "changed") => (await findTickets(ctx, { filter: JSON.stringify(filter), sort })).items.map(({ id }) => id);

test("R123 finds tickets by words of the subject, the description, the client's name and the number, in Russian, English and Slovenian, in any form and without accents", async () => {
  expect(await found(asAna, { text: "роутер" })).toEqual([router.id]);
  expect(await found(asAna, { text: "гроза телевизоры" })).toEqual([router.id]);
  expect(await found(asAna, { text: "znidarsic роутера" })).toEqual([router.id]);
  expect(await found(asAna, { text: "Spela" })).toEqual([router.id]);
  expect(await found(asAna, { text: "invoice" })).toEqual([invoice.id]);
  expect(await found(asAna, { text: "racun maj" })).toEqual([invoice.id]);
  expect(await found(asAna, { text: "račun" })).toEqual([invoice.id]);
  expect(await found(asAna, { text: invoice.number })).toEqual([invoice.id]);
  expect(await found(asAna, { text: invoice.number.slice(0, 11) })).toEqual([invoice.id]);
  expect(await found(asAna, { text: "parcel" })).toEqual([parcel.id]);
  expect(await found(asBoris, { text: "parcel" })).toEqual([ride.id]);
  expect(await found(asAna, { text: "' | !x & (" })).toEqual([]);
  expect(await found(asAna, { text: "the of и" })).toEqual([]);
});

test("R123 a client who is renamed and a ticket that is rewritten are found by their new words only", async () => {
  await sql`update clients set family_name = 'Oblak' where id = ${client}`.execute(database.db);
  expect(await found(asAna, { text: "Oblak" })).toEqual([router.id]);
  expect(await found(asAna, { text: "Žnidaršič" })).toEqual([]);
  const { id, version } = await buildTicket(system, { subject: "Kettle" });
  await updateTicket(asAna, id, { version, subject: "Samovar" });
  expect(await found(asAna, { text: "samovar" })).toEqual([id]);
  expect(await found(asAna, { text: "kettle" })).toEqual([]);
});

test("R123 narrows by every column, by fields of the process with their types, and by what is not there", async () => {
  const open: TicketFilter = { statuses: ["open"], projects: ["internet"] };
  expect(await found(asAna, { ...open, owners: ["me"] })).toEqual([router.id]);
  expect(await found(asAna, { ...open, owners: ["nobody"], departments: ["technicians"] })).toEqual([invoice.id]);
  expect(await found(asAna, { ...open, priorities: [3] })).toEqual([router.id]);
  expect(await found(asAna, { clientId: client })).toEqual([router.id]);
  expect(await found(asAna, { fields: [{ field: "fields.building", is: "equal", value: "b2" }] })).toEqual([invoice.id]);
  expect(await found(asAna, { fields: [{ field: "fields.amount", is: "more", value: 12 }] })).toEqual([invoice.id]);
  expect(await found(asAna, { fields: [{ field: "fields.amount", is: "less", value: 2 }] })).toEqual([]);
  expect(await found(asAna, { fields: [{ field: "fields.building", is: "filled" }] })).toEqual([invoice.id]);
  // While its value is not chosen a condition narrows nothing.
  expect(await found(asAna, { fields: [{ field: "fields.building", is: "equal" }] })).toEqual(await found(asAna, {}));
  expect(await found(asAna, { fields: [{ field: "fields.building", is: "contains", value: "2" }] })).toEqual([invoice.id]);
  expect(await found(asAna, { parentId: newId() })).toEqual([]);
  await expect(found(asAna, { projects: ["taxi"] })).rejects.toMatchObject({ code: "forbidden" });
  await expect(found(asAna, { fields: [{ field: "form.nothing", is: "filled" }] })).rejects.toMatchObject({ fields: [{ field: "filter.fields.0.field", code: "view_field_unknown" }] });
  await expect(findTickets(asAna, { filter: '{"stages": [7]}', sort: "changed" })).rejects.toMatchObject({ fields: [{ field: "filter.stages.0", code: "wrong_value" }] });
  await expect(found(asAna, { statuses: ["closed"] }, "due")).rejects.toMatchObject({ fields: [{ field: "sort", code: "view_sort_open" }] });
});

test("R123 pages through each order once and completely, also where little fits and short pages are given", async () => {
  const seen = new Map<ViewSort, string[]>();
  await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, stage_since, link_hash, created_at, updated_at, due_at, priority, channel)
    select gen_random_uuid(), 'PGE-' || n, 'internet', 'question', (select process_id from tickets where id = ${router.id}), 'registered', 'open', 'Page ' || n, 'en', now(), sha256(('p' || n)::bytea),
      timestamptz '2026-01-01' + n * interval '7 minutes', timestamptz '2026-02-01' + (n * 7919 % 3001) * interval '1 minute', timestamptz '2026-03-01' + (n % 50) * interval '1 hour', n % 4, case when n % 400 = 0 then 'letter' else 'voice' end from generate_series(1, 3000) n`.execute(database.db);
  for (const sort of viewSort.options) {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await findTickets(asAna, { filter: JSON.stringify({ statuses: ["open"], projects: ["internet"], channels: ["letter"] }), sort, after, limit: 3 });
      ids.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after);
    seen.set(sort, ids);
    expect([sort, ids.length, new Set(ids).size]).toEqual([sort, 7, 7]);
  }
  expect(seen.get("newest")).toEqual(seen.get("oldest")!.toReversed());
  const texts: string[] = [];
  let after: string | undefined;
  do {
    const page = await findTickets(asAna, { filter: JSON.stringify({ text: "page" }), sort: "changed", after, limit: 100 });
    texts.push(...page.items.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after);
  expect([texts.length, new Set(texts).size]).toEqual([3000, 3000]);
  await sql`delete from tickets where number like 'PGE-%'`.execute(database.db);
});

test("R123 shows a colleague a ticket neither in lists nor on the board when it is about them", async () => {
  const { id } = await buildTicket(system, { subject: "Zebra complaint" });
  await sql`update tickets set about_user_ids = array[${ana}::uuid] where id = ${id}`.execute(database.db);
  expect(await found(asAna, { text: "zebra" })).toEqual([]);
  expect(await found(asBoris, { text: "zebra" })).toEqual([id]);
  const worker = database.ctx({ kind: "user", id: newId(), roles: ["department_worker"], projects: ["internet"], department: "technicians" });
  expect(await found(worker, { statuses: ["open"] })).toEqual([invoice.id]);
});

test("R123 counts the stages of the board in the order of the process, and no further than anybody reads", async () => {
  const board = async () => (await ticketBoard(asAna, { filter: JSON.stringify({ projects: ["internet"], owners: ["me"] }) })).columns;
  const columns = await board();
  expect(columns[0]).toMatchObject({ stage: "registered", count: 1, more: false });
  expect(columns.map(({ status }) => status)).not.toContain("closed");
  // A stage is headed by its own name; where processes call it differently, by none of theirs.
  const named = async (types?: string[]) => new Map((await ticketBoard(asAna, { filter: JSON.stringify({ projects: ["internet"], types }) })).columns.map(({ stage, name }) => [stage, name]));
  expect((await named(["question"])).get("in_work")).toBe("In processing");
  expect([...(await named()).values()]).toContain("");
  const all = [...(await named()).values()].filter((name) => name !== "");
  expect(all, "no two columns are called the same").toEqual([...new Set(all)]);
  await moveTicket(asAna, router.id, { version: router.version, transition: "take", input: {} });
  expect((await board()).filter(({ count }) => count > 0).map(({ stage }) => stage)).toEqual(["in_work"]);
  // By words they are looked for once, for all stages together.
  const byWords = (await ticketBoard(asAna, { filter: JSON.stringify({ projects: ["internet"], text: "роутер" }) })).columns;
  expect(byWords.filter(({ count }) => count > 0)).toMatchObject([{ stage: "in_work", count: 1, more: false }]);
});

const mine = { name: "Urgent of mine", filter: { owners: ["me"] as ("me")[], priorities: [3] }, sort: "due" as const, layout: "board" as const, columns: ["number" as const, "subject" as const], shared: null };

test("R123 a saved filter is there after signing in again, for its owner alone until a supervisor shares one", async () => {
  const saved = await saveView(asAna, mine);
  const again = database.ctx({ kind: "user", id: ana, name: "Ana", roles: ["operator"], projects: ["internet", "shop"] });
  expect((await listViews(again)).items).toEqual([saved]);
  expect(saved).toMatchObject({ ...mine, mine: true, mayChange: true });
  expect((await listViews(asBoris)).items).toEqual([]);
  await expect(changeView(asBoris, saved.id, { ...mine, version: 1 })).rejects.toMatchObject({ code: "not_found" });
  await expect(saveView(asAna, { ...mine, shared: { projectKey: "internet", role: null } })).rejects.toMatchObject({ fields: [{ field: "shared", code: "view_share_right" }] });
  const shared = await saveView(asSofia, { ...mine, name: "Everybody's", shared: { projectKey: "internet", role: "operator" } });
  expect((await listViews(asBoris)).items).toMatchObject([{ id: shared.id, mine: false, mayChange: false, ownerName: "Sofia" }]);
  await expect(removeView(asBoris, shared.id)).rejects.toMatchObject({ code: "forbidden" });
  await expect(saveView(asSofia, { ...mine, shared: { projectKey: "taxi", role: null } })).rejects.toMatchObject({ code: "invalid" });
});

test("R123 of two who change one view at once one is told", async () => {
  const saved = await saveView(asAna, { ...mine, name: "Race" });
  const changed = await changeView(asAna, saved.id, { ...mine, name: "First", version: saved.version });
  await expect(changeView(asAna, saved.id, { ...mine, name: "Second", version: saved.version })).rejects.toMatchObject({ code: "conflict" });
  expect(changed).toMatchObject({ name: "First", version: 2 });
  await removeView(asAna, saved.id);
  expect((await listViews(asAna)).items.map(({ id }) => id)).not.toContain(saved.id);
});

test("R122 a look for forgotten tickets goes on where it ended, and begins anew after an hour", async () => {
  const begin = Date.now();
  let now = new Date(begin);
  const clock = database.ctx(undefined, () => now);
  const looked = new Map();
  const reminded = async (id: string) => (await sql<{ n: number }>`select count(*)::int as n from events where type = 'ticket.reminded' and subject_id = ${id}`.execute(database.db)).rows[0]!.n;
  const [first, second] = [await buildTicket(clock, { subject: "First", ownerId: ana }), await buildTicket(clock, { subject: "Second", ownerId: ana })];
  now = new Date(begin + 25 * 3_600_000);
  await sql`update tickets set updated_at = ${new Date(begin - 3_600_000)} where id = ${first.id}`.execute(database.db);
  await remindForgotten(clock, looked);
  expect([await reminded(first.id), await reminded(second.id)]).toEqual([1, 1]);
  // What was told lies behind: it is not read again until the hour is over, whatever became of it.
  await sql`delete from ticket_reminders where ticket_id = ${first.id}`.execute(database.db);
  now = new Date(now.getTime() + 59 * 60_000);
  await remindForgotten(clock, looked);
  expect(await reminded(first.id)).toBe(1);
  now = new Date(now.getTime() + 60_000);
  await remindForgotten(clock, looked);
  expect(await reminded(first.id)).toBe(2);
});

test("R122 the owner of a ticket untouched for a day is reminded once, again after another day, and not after it was touched", async () => {
  const reminders = async () => (await sql<{ n: number; owner: string }>`select count(*)::int as n from events where type = 'ticket.reminded' and subject_id::text = ${old.id} and data->>'operatorId' = ${ana}`.execute(database.db)).rows[0]!.n;
  let now = new Date();
  const clock = database.ctx(undefined, () => now);
  const old = await buildTicket(clock, { subject: "Left alone", ownerId: ana });
  const later = (hours: number) => { now = new Date(now.getTime() + hours * 3_600_000); };
  later(23);
  await remindForgotten(clock);
  expect(await reminders()).toBe(0);
  later(2);
  // Two nodes look at the same moment, and one of them starts again.
  await Promise.all([remindForgotten(clock), remindForgotten(clock)]);
  await remindForgotten(clock);
  expect(await reminders()).toBe(1);
  later(12);
  await remindForgotten(clock);
  expect(await reminders()).toBe(1);
  later(13);
  await remindForgotten(clock);
  expect(await reminders()).toBe(2);
  await addNote({ ...asAna, now: () => now }, old.id, "Called the client");
  later(23);
  await remindForgotten(clock);
  expect(await reminders()).toBe(2);
});
