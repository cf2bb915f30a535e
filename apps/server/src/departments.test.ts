import { expect, test } from "vitest";
import { onCommitted, type StoredEvent } from "./platform/events.ts";
import { testDatabase } from "./testing/database.ts";
import { testHttp } from "./testing/http.ts";
import { actorOf, buildUser } from "./features/access/access.factory.ts";
import { clientTimeline } from "./features/clients/clients.list.service.ts";
import { buildClient } from "./features/clients/clients.factory.ts";
import { portalRoutes } from "./features/portal/index.ts";
import { addNote, getTicket, linkSecret, listTickets, moveTicket } from "./features/tickets/index.ts";
import { buildProjects, buildTicket } from "./features/tickets/tickets.factory.ts";
import { tickItem } from "./features/tickets/tickets.checks.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const http = await testHttp(database, (app) => portalRoutes(app, { ctx: system }));
const person = async (name: string, role: "operator" | "department_worker", over: { projects: string[]; department?: string }) => database.ctx(actorOf(await buildUser(database.db, { name, roles: [role], ...over })));
type Who = Awaited<ReturnType<typeof person>>;
const move = async (who: Who, id: string, transition: string, input: Record<string, unknown> = {}) => moveTicket(who, id, { version: (await getTicket(who, id)).version, transition, input });
const idOf = ({ actor }: Who): string => (actor.kind === "user" ? actor.id : "");
let told: StoredEvent[] = [];
onCommitted((events) => { told.push(...events); });

test("R211 a task given to accounting is answered there, and the operator is told in the case", async () => {
  const ana = await person("Ana", "operator", { projects: ["internet"] });
  const tina = await person("Tina", "department_worker", { projects: ["internet"], department: "accounting" });
  const client = await buildClient(system);
  const { id } = await buildTicket(system, { type: "mistaken-payment", clientId: client.id, ownerId: idOf(ana) });
  await move(ana, id, "take");
  for (const { key: item } of (await getTicket(ana, id)).checklists.find(({ key }) => key === "receipt")!.items) await tickItem(ana, id, { checklist: "receipt", item, done: true });
  await move(ana, id, "verify", { amount: "40.00", account: "SI56012345678901234" });
  const [task] = (await getTicket(ana, id)).subtasks;
  expect(task).toMatchObject({ department: "accounting", status: "open" });
  expect(task!.dueAt).not.toBeNull();
  expect((await listTickets(tina, { view: "department" })).items.map((row) => row.id)).toEqual([task!.id]);
  // Both talk in the case: notes of the task are the department's and the operator's.
  await addNote(tina, task!.id, "Which day was it?");
  expect((await getTicket(ana, task!.id)).notes).toMatchObject([{ by: "Tina", text: "Which day was it?" }]);
  told = [];
  await move(tina, task!.id, "take");
  await move(tina, task!.id, "answer", { resolution: "Came on 3 May, no. 118" });
  expect(told.filter(({ type, subject }) => type === "ticket.reminded" && subject.id === id)).toMatchObject([{ data: { operatorId: idOf(ana) }, touches: [{ kind: "operator", id: idOf(ana) }] }]);
  expect(await getTicket(ana, id)).toMatchObject({ stage: "verified", fields: { found: "Came on 3 May, no. 118" } });
  const { items } = await clientTimeline(ana, client.id, {});
  expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(["ticket.subtask_ended", "ticket.reminded"]));
});

test("R212 delivery sets when the goods arrive on its own screen, and the client's page shows it at once", async () => {
  const ana = await person("Ana", "operator", { projects: ["shop"] });
  const dan = await person("Dan", "department_worker", { projects: ["shop"], department: "delivery" });
  const { id } = await buildTicket(system, { projectKey: "shop", type: "delivery-problem", language: "en", ownerId: idOf(ana) });
  const page = async () => (await http.anonymous("GET", `/s/${await linkSecret(database.db, id)}`)).body;
  await move(ana, id, "take");
  await move(ana, id, "ask_department", { department: "delivery", task: "Find a courier" });
  expect((await listTickets(dan, { view: "department" })).items.map((row) => row.id)).toEqual([id]);
  expect((await getTicket(dan, id)).transitions.find(({ key }) => key === "send_again")).toMatchObject({ allowed: true, fields: [{ key: "parcel", required: true }, { key: "arrives_at", kind: "moment", required: false }] });
  expect(await page()).not.toMatch(/14\sJanuary\s2031/);
  await move(dan, id, "send_again", { parcel: "PX-118", arrives_at: "2031-01-14T09:30:00+01:00" });
  expect(await page()).toMatch(/Arrival date: 14\sJanuary\s2031/);
  expect((await getTicket(ana, id)).facts).toEqual(expect.arrayContaining([expect.objectContaining({ key: "arrives_at" })]));
});
