import { beforeEach, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { clientTimeline } from "../clients/clients.list.service.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { createClient } from "../clients/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { getTicket, listTickets, registerCallback, takeCallback } from "../tickets/index.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { linkClient, wrapUp, type CallsDeps, type DispositionRule } from "./calls.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const dispositions: Record<string, DispositionRule> = { solved: { requires: [], directions: ["inbound"], callback: "reached" }, later: { requires: [], directions: ["inbound"], callback: "missed" } };
const deps = {
  rpc: { call: () => Promise.resolve(null) } as unknown as Rpc, router: { wrapUpDone: () => Promise.resolve() } as unknown as RouterClient,
  ringMs: () => 20_000, wrapUpS: () => 60, disposition: (_project: string | null, key: string) => dispositions[key] ?? null, country: () => "SI" as const, knownProject: () => true, languageOf: () => "sl" as const,
} satisfies CallsDeps;

async function operator(name: string) {
  const user = await buildUser(database.db, { name, projects: ["internet"], roles: ["operator"] });
  await database.pool.query("insert into operators (user_id, languages) values ($1, '{sl}')", [user.id]);
  return database.ctx(actorOf(user));
}
const ana = await operator("Ana Kos");
const ema = await operator("Ema Hrast");
const idOf = (ctx: typeof ana): string => (ctx.actor as { id: string }).id;

let phone = "";
let numbers = 100;
beforeEach(() => { numbers += 1; phone = `+38641777${numbers}`; });

const now = Date.now();
async function insertCall(minutesAgo: number, answered: boolean): Promise<string> {
  const id = newId();
  const at = new Date(now - minutesAgo * 60_000);
  await database.pool.query(`insert into interactions (id, channel, direction, project_key, operator_id, state, outcome, from_number, language, started_at, answered_at, ended_at)
    values ($1, 'voice', 'in', 'internet', $2, $3, $4, $5, 'sl', $6, $7, $6)`, [id, answered ? idOf(ana) : null, answered ? "wrap_up" : "ended", answered ? "answered" : "abandoned", phone, at, answered ? at : null]);
  return id;
}
/** Somebody nobody knows gives up waiting, and rings again a minute ago. */
async function rangAgain() {
  const first = await insertCall(10, false);
  const callback = await registerCallback(database.ctx(undefined, () => new Date(now - 10 * 60_000)), { projectKey: "internet", queueId: "internet.support", interactionId: first, clientId: null, phone, language: "sl", dueAt: new Date(now + 300_000), reason: "abandoned" });
  return { first, callback, call: await insertCall(1, true) };
}
const finish = (callId: string, disposition: string) => wrapUp(ana, deps, callId, { disposition, notes: "", ready: true });

test("an unknown caller's open callback is found by the number, comes to the card that is made for them with their earlier call, and is closed when they have been served", async () => {
  const { first, callback, call } = await rangAgain();
  expect((await listTickets(ana, { view: "all", phone })).items.map(({ id }) => id)).toEqual([callback.id]);
  const card = await createClient(ana, { familyName: "Vidmar", phones: [phone], interactionId: call });
  expect((await getTicket(ana, callback.id)).clientId).toBe(card.id);
  expect((await clientTimeline(ana, card.id, {})).items.filter(({ kind }) => kind === "interaction").map(({ id }) => id)).toEqual([call, first]);
  await finish(call, "solved");
  expect(await getTicket(ana, callback.id)).toMatchObject({ stage: "cancelled", status: "closed" });
  expect((await database.pool.query("select after from audit_log where object_id = $1 and action = 'client.calls_joined'", [card.id])).rows).toEqual([{ after: { interactionId: call, calls: 1, ticketIds: [callback.id] } }]);
});

test("a caller who stays unknown is not called back after they have been served either", async () => {
  const { callback, call } = await rangAgain();
  await finish(call, "solved");
  expect((await getTicket(ana, callback.id)).stage).toBe("cancelled");
});

test("a callback stays where the talk is still to be had, and where a colleague is calling at this moment", async () => {
  const later = await rangAgain();
  await finish(later.call, "later");
  expect((await getTicket(ana, later.callback.id)).stage).toBe("registered");
  phone = `${phone}0`;
  const taken = await rangAgain();
  await takeCallback(ema, taken.callback.id);
  await finish(taken.call, "solved");
  expect(await getTicket(ana, taken.callback.id)).toMatchObject({ stage: "in_work", ownerId: idOf(ema) });
});

test("a callback promised after the answer is no business of that answer", async () => {
  const call = await insertCall(10, true);
  const after = await rangAgain();
  await finish(call, "solved");
  expect((await getTicket(ana, after.callback.id)).stage).toBe("registered");
});

test("who calls from another's phone does not get that number's calls", async () => {
  const { callback, call } = await rangAgain();
  const friend = await buildClient(database.ctx(), { phones: ["+38640111999"] });
  await linkClient(ana, deps, call, friend.id);
  expect((await getTicket(ana, callback.id)).clientId).toBeNull();
});
