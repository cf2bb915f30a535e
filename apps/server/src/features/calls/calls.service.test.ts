import { beforeEach, expect, test } from "vitest";
import { unavailable, type AppError } from "../../platform/errors.ts";
import { translate } from "../../platform/messages.ts";
import { newId } from "../../platform/ids.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import type { RouterClient } from "../queues/index.ts";
import { getTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { dialOut, linkClient, type CallsDeps, type DialInput } from "./calls.service.ts";
import type { DialOut } from "./calls.voice.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
/** What the voice node was asked to dial, and whether it can. */
let dialled: DialOut[];
let canDial: boolean;
beforeEach(() => { dialled = []; canDial = true; });

function call(_to: unknown, name: string, payload: unknown): Promise<unknown> {
  if (name !== "calls.dial") return Promise.resolve(null);
  if (!canDial) return Promise.reject(unavailable("line_full"));
  dialled.push(payload as DialOut);
  return Promise.resolve({ id: newId(), sdp: "answer" });
}
const deps: CallsDeps = {
  rpc: { call } as unknown as Rpc, router: {} as RouterClient, ringMs: () => 20_000, wrapUpS: () => 60, disposition: () => null, country: () => "SI", knownProject: () => true, languageOf: () => "sl",
};

async function operator(name: string, projects = ["internet"], roles = ["operator"]) {
  const user = await buildUser(database.db, { name, projects, roles });
  await database.pool.query("insert into operators (user_id, languages) values ($1, '{sl}')", [user.id]);
  return database.ctx(actorOf(user));
}
const ana = await operator("Ana Kos");
const shop = await operator("Boris Zver", ["shop"]);
const input = (over: Partial<DialInput> = {}): DialInput => ({ number: "+38640111222", projectKey: "internet", ticketId: null, clientId: null, sdp: "offer", ...over });
const idOf = (ctx: typeof ana): string => (ctx.actor as { id: string }).id;
const refusal = (work: Promise<unknown>) => work.then(() => "none", (error: unknown) => (error as AppError).code);

test("an operator cannot dial with a ticket or a client of a project that is not theirs, nor with one that is nowhere: both are not found and nobody is called", async () => {
  const ticket = await buildTicket(database.ctx(), { type: "callback" });
  const client = await buildClient(database.ctx(), { language: "ru" });
  for (const over of [{ ticketId: ticket.id }, { clientId: client.id }, { ticketId: newId() }, { clientId: newId() }]) {
    expect(await refusal(dialOut(shop, deps, input({ projectKey: "shop", ...over })))).toBe("not_found");
  }
  expect(dialled).toEqual([]);
  await dialOut(ana, deps, input({ ticketId: ticket.id, clientId: client.id }));
  expect(dialled).toMatchObject([{ ticketId: ticket.id, clientId: client.id, language: "ru" }]);
});

const stageOf = async (id: string) => (({ stage, ownerId }) => ({ stage, ownerId }))(await getTicket(ana, id));

test("of three operators who press on one callback at once one calls, and the others are told who", async () => {
  const colleagues = [ana, await operator("Ema Hrast"), await operator("Filip Lah")];
  const { id } = await buildTicket(database.ctx(), { type: "callback" });
  const made = await Promise.allSettled(colleagues.map((ctx) => dialOut(ctx, deps, input({ ticketId: id }))));
  expect(dialled).toHaveLength(1);
  const [first] = colleagues.filter((ctx) => idOf(ctx) === dialled[0]!.operatorId);
  expect(await stageOf(id)).toEqual({ stage: "in_work", ownerId: idOf(first!) });
  const refused = made.flatMap((each) => (each.status === "rejected" ? [each.reason as AppError] : []));
  const reason = { code: "conflict", reason: "callback_taken", params: { name: first!.actor.name } };
  expect(refused).toMatchObject([reason, reason]);
  for (const language of ["en", "ru", "sl"] as const) expect(translate(language, "callback_taken", reason.params)).toContain(first!.actor.name);
  // Whose it is may press again: their call was lost, or they took the ticket first.
  await dialOut(first!, deps, input({ ticketId: id }));
  expect(dialled).toHaveLength(2);
});

test("a callback whose call cannot begin goes back as missed, for anybody to try again", async () => {
  const { id } = await buildTicket(database.ctx(), { type: "callback" });
  canDial = false;
  expect(await refusal(dialOut(ana, deps, input({ ticketId: id })))).toBe("unavailable");
  expect((await stageOf(id)).stage).toBe("not_reached");
  canDial = true;
  const ema = await operator("Ema Hrast");
  await dialOut(ema, deps, input({ ticketId: id }));
  expect(await stageOf(id)).toEqual({ stage: "in_work", ownerId: idOf(ema) });
});

test("a ticket that is no callback is left as it is by a call about it", async () => {
  const { id } = await buildTicket(database.ctx(), { type: "question" });
  const before = await getTicket(ana, id);
  await dialOut(ana, deps, input({ ticketId: id }));
  expect(await getTicket(ana, id)).toEqual(before);
});

async function insertCall(over: { operator?: string; client?: string; isOver?: boolean } = {}): Promise<string> {
  const id = newId();
  const { operator = null, client = null, isOver = false } = over;
  await database.pool.query(`insert into interactions (id, channel, direction, project_key, operator_id, client_id, state, outcome, from_number, language, started_at, ended_at)
    values ($1, 'voice', 'in', 'internet', $2, $3, $4, $5, '+38640111222', 'sl', now(), $6)`, [id, operator, client, isOver ? "ended" : "talking", isOver ? "answered" : null, isOver ? new Date() : null]);
  return id;
}

test("a call is linked neither to a client one may not read nor to one that is nowhere, and a call of another project is not found", async () => {
  const [theirs, ours] = [await buildClient(database.ctx(), { projects: ["shop"] }), await buildClient(database.ctx())];
  const id = await insertCall({ operator: idOf(ana) });
  expect(await refusal(linkClient(ana, deps, id, theirs.id))).toBe("not_found");
  expect(await refusal(linkClient(ana, deps, id, newId()))).toBe("not_found");
  expect(await refusal(linkClient(shop, deps, id, theirs.id))).toBe("not_found");
  expect((await linkClient(ana, deps, id, ours.id)).clientId).toBe(ours.id);
});

test("a client of one project whom an operator of both recognises in a call to the other belongs to both from then on, on record", async () => {
  const both = await operator("Eva Mlakar", ["internet", "shop"]);
  const client = await buildClient(database.ctx(), { projects: ["shop"] });
  const id = await insertCall({ operator: idOf(both) });
  expect((await linkClient(both, deps, id, client.id)).clientId).toBe(client.id);
  expect((await database.pool.query("select projects from clients where id = $1", [client.id])).rows).toEqual([{ projects: ["shop", "internet"] }]);
  expect((await database.pool.query("select actor_name as name, after from audit_log where object_id = $1 and action = 'client.project_added'", [client.id])).rows).toEqual([{ name: "Eva Mlakar", after: { project: "internet" } }]);
});

test("who called is corrected after the call by its operator and by supervisors of the project alone", async () => {
  const [first, second] = [await buildClient(database.ctx()), await buildClient(database.ctx())];
  const [colleague, chief] = [await operator("Cene Kralj"), await operator("Darja Novak", ["internet"], ["supervisor"])];
  const id = await insertCall({ operator: idOf(ana), client: first.id, isOver: true });
  expect(await refusal(linkClient(colleague, deps, id, second.id))).toBe("forbidden");
  expect((await linkClient(ana, deps, id, second.id)).clientId).toBe(second.id);
  expect((await linkClient(chief, deps, id, first.id)).clientId).toBe(first.id);
});

test("anyone of the project may say who it was that called and was not answered, once", async () => {
  const [first, second] = [await buildClient(database.ctx()), await buildClient(database.ctx())];
  const id = await insertCall({ isOver: true });
  expect((await linkClient(ana, deps, id, first.id)).clientId).toBe(first.id);
  expect(await refusal(linkClient(ana, deps, id, first.id))).toBe("none");
  expect(await refusal(linkClient(ana, deps, id, second.id))).toBe("forbidden");
});
