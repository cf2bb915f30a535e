import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { callView } from "../calls/calls.contract.ts";
import { getInteraction, listInteractions } from "./index.ts";

const database = await testDatabase();
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{}', ''), ('taxi', '{}', '{}', '')`.execute(database.db);
await sql`insert into queues (id, project_key, name) values ('taxi.orders', 'taxi', '{"en": "Orders", "ru": "Заказы"}')`.execute(database.db);
const ana = await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] });
const boris = await buildUser(database.db, { name: "Boris", projects: ["taxi"], language: "ru" });
const chief = await buildUser(database.db, { roles: ["administrator"], projects: ["internet", "taxi"] });
const worker = await buildUser(database.db, { roles: ["department_worker"], projects: ["internet", "taxi"] });
const as = (user: typeof ana) => database.ctx(actorOf(user));

let minute = 0;
async function insertCall(over: { project?: string | null; operator?: string | null; state?: string; outcome?: string | null; client?: string | null; queue?: string | null } = {}): Promise<string> {
  const id = newId();
  minute += 1;
  const { project = "internet", operator = null, state = "ended", outcome = "answered", client = null, queue = null } = over;
  await sql`insert into interactions (id, channel, direction, project_key, queue_id, operator_id, client_id, state, outcome, from_number, to_number, language, started_at)
    values (${id}, 'voice', 'in', ${project}, ${queue}, ${operator}, ${client}, ${state}, ${outcome}, '+38641222333', '+38615550100', 'ru', ${new Date(Date.UTC(2026, 0, 1, 0, minute))})`.execute(database.db);
  return id;
}
const ids = async (user: typeof ana, query = {}) => (await listInteractions(as(user), query)).items.map((item) => item.id);
const refusal = (work: Promise<unknown>) => work.then(() => "none", (error: unknown) => (error as AppError).code);

test("tells a conversation with names, queue and tickets in the reader's language", async () => {
  const client = await buildClient(database.ctx(), { familyName: "Орлов", givenName: "Пётр", language: "ru", projects: ["taxi"] });
  const id = await insertCall({ project: "taxi", queue: "taxi.orders", operator: boris.id, client: client.id });
  const view = await getInteraction(as(boris), id);
  expect(callView.parse(view)).toEqual(view);
  expect(view).toMatchObject({ queueName: "Заказы", clientName: "Орлов Пётр", operatorName: "Boris", fromNumber: "+38641222333", language: "ru", tickets: [] });
  expect((await getInteraction(as(chief), id)).queueName).toBe("Orders");
});

test("shows an operator their own conversations and those of their projects, and what has no project yet", async () => {
  const mine = await insertCall({ project: "taxi", operator: ana.id });
  const colleague = await insertCall({ project: "internet" });
  const foreign = await insertCall({ project: "taxi" });
  const inMenu = await insertCall({ project: null, state: "ivr", outcome: null });
  const seen = await ids(ana);
  expect(seen).toEqual(expect.arrayContaining([mine, colleague, inMenu]));
  expect(seen).not.toContain(foreign);
  expect(await refusal(getInteraction(as(ana), foreign))).toBe("not_found");
  expect((await getInteraction(as(ana), mine)).id).toBe(mine);
  expect(await ids(ana, { mine: true })).toEqual([mine]);
});

test("filters by what is unfinished and by outcome, newest first, page after page", async () => {
  const talking = await insertCall({ state: "talking", outcome: null, operator: ana.id });
  const lost = [await insertCall({ outcome: "abandoned" }), await insertCall({ outcome: "abandoned" }), await insertCall({ outcome: "abandoned" })];
  expect(await ids(ana, { unfinished: true, mine: true })).toEqual([talking]);
  const first = await listInteractions(as(ana), { outcome: "abandoned", limit: 2 });
  const second = await listInteractions(as(ana), { outcome: "abandoned", limit: 2, after: first.next! });
  expect([...first.items, ...second.items].map((item) => item.id)).toEqual(lost.reverse());
  expect(second.next).toBeNull();
});

test("gives a department worker no conversations, and an administrator numbers only in part (R079)", async () => {
  const id = await insertCall();
  expect(await refusal(listInteractions(as(worker), {}))).toBe("forbidden");
  expect(await refusal(getInteraction(as(worker), id))).toBe("forbidden");
  expect((await getInteraction(as(chief), id)).fromNumber).toBe("•••••333");
  expect(await refusal(getInteraction(as(ana), newId()))).toBe("not_found");
});
