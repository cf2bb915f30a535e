import { expect, test } from "vitest";
import type { AppError } from "../../platform/errors.ts";
import type { Actor } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { listReasons } from "./tickets.checks.service.ts";
import { buildTicket } from "./tickets.factory.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { buildProcess, CLAIM } from "./tickets.process.testing.ts";

const database = await testDatabase();
const as = (actor: Actor) => database.ctx(actor);
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const admin = actorOf(await buildUser(database.db, { name: "Darja Novak", projects: ["internet"], roles: ["administrator"] }));
const keeper = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "delivery" }));
const both = actorOf(await buildUser(database.db, { name: "Vera Hren", projects: ["internet"], roles: ["administrator", "supervisor"] }));
const peeking = CLAIM.replace("accepts: [employee], does:", "accepts: [employee], set: { variant: client.phone }, does:");
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);

await buildProcess(database.ctx());

test("no process reads what its author may not: an administrator does not see the client's phone; what it has read before may stay", async () => {
  const refused = await refusal(buildProcess(as(admin), peeking));
  expect(refused).toMatchObject({ code: "invalid", fields: [{ field: "processes/claim.yaml", code: "declaration_problem" }] });
  expect(refused.fields[0]!.params!["message"]).toMatch(/^transitions\.take\.set\.variant: .*phone/);
  await buildProcess(as(both), peeking);
  await buildProcess(as(admin), peeking.replace("max_hours: 2", "max_hours: 3"));
  expect((await refusal(buildProcess(as(admin), peeking.replace("max_hours: 2", "max_hours: 3").replace("set: { fee: ticket.fields.amount * 0.1 }", "set: { fee: ticket.fields.amount * 0.1, stock: client.phone }")))).fields).toHaveLength(1);
});

test("why: what a decision was made from, and what was computed from it, is shown as far as its reader may read it", async () => {
  await buildProcess(as(both), peeking);
  const client = await buildClient(database.ctx(), { projects: ["internet"], phones: ["+38641555777"] });
  const ticket = await buildTicket(database.ctx(), { type: "claim", clientId: client.id, department: "delivery" });
  await moveTicket(as(ana), ticket.id, { version: ticket.version, transition: "take", input: {} });
  const told = async (actor: Actor) => JSON.stringify((await listReasons(as(actor), ticket.id, {})).items);
  expect(await told(ana)).toContain("+38641555777");
  for (const actor of [admin, keeper]) {
    const items = await told(actor);
    expect(items).not.toMatch(/38641555777|41 555 777/);
    expect(items).toContain('"inputs":{"client.phone":"•••"}');
  }
});
