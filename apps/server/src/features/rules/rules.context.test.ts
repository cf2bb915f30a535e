import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { getTicket, moveTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { selectContexts } from "./rules.context.sql.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const ana = actorOf(await buildUser(database.db, { projects: ["internet"] }));
const crew = actorOf(await buildUser(database.db, { roles: ["department_worker"], department: "technicians", projects: ["internet"] }));

const { id: clientId } = await buildClient(database.ctx(ana), { projects: ["internet"] });
await buildTicket(database.ctx(), { clientId });
const complaint = await buildTicket(database.ctx(), { type: "complaint", clientId });
for (const [transition, input] of [["take", {}], ["ask_department", { department: "technicians", task: "Why did nobody come?" }]] as const) {
  await moveTicket(database.ctx(ana), complaint.id, { transition, version: (await getTicket(database.ctx(ana), complaint.id)).version, input });
}
const asked = await getTicket(database.ctx(ana), complaint.id);

test("R124 a client's requests are counted by what they came with: a task that a department does for one is none", async () => {
  const [row] = await selectContexts(database.db, [complaint.id], { owner: false, client: true, contacts: false, counts: true, call: false, tasks: true, approvals: false, form: false }, false);
  expect(row?.tasks).toMatchObject({ all: 1 });
  expect(row?.client).toMatchObject({ tickets: 2, open_tickets: 2, recent_tickets: 2 });
});

test("R109 a department that is asked to explain a complaint has its task, and the complaint itself stays closed to it", async () => {
  const [task] = asked.subtasks;
  expect(asked.department).toBeNull();
  expect((await getTicket(database.ctx(crew), task!.id)).parent).toMatchObject({ number: asked.number, mayOpen: false });
  await expect(getTicket(database.ctx(crew), complaint.id)).rejects.toMatchObject({ code: "not_found" });
});
