import { beforeEach, expect, test } from "vitest";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { LiveWriter, type CallRow } from "../interactions/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { recover, type RecoveryDeps } from "./calls.recovery.ts";

const database = await testDatabase();
const ctx = database.ctx();
const [here, gone, elsewhere] = [newId(), newId(), newId()];
const writer = new LiveWriter(database.pool, ctx.log);
let live: string[];
let promised: string[];

beforeEach(async () => {
  live = [];
  promised = [];
  await database.pool.query("delete from offers; delete from interactions; delete from nodes");
  for (const id of [here, elsewhere]) await database.pool.query("insert into nodes (id, roles, host, port) values ($1, '{voice}', '127.0.0.1', 1)", [id]);
});

const deps = (over: Partial<RecoveryDeps> = {}): RecoveryDeps => ({
  ctx, writer, rpc: { nodeId: here, bury: () => Promise.resolve(0) } as unknown as Rpc, router: { repair: () => Promise.resolve(0) } as unknown as RouterClient, recordings: "/nowhere",
  live: () => live, callback: ({ interactionId }) => { promised.push(interactionId); return Promise.resolve(); }, callbackTried: () => Promise.resolve(), ...over,
});

const row = (over: Partial<CallRow> = {}): CallRow => ({
  id: newId(), channel: "voice", direction: "in", project_key: null, queue_id: null, client_id: null, operator_id: null, ticket_id: null, language: "sl", state: "waiting", outcome: null, from_number: "+38640111222", to_number: "200",
  caller_name: "", priority: 0, node_id: gone, started_at: new Date().toISOString(), queued_at: null, answered_at: null, ended_at: null, recording_id: null, media_stats: null, ...over,
});
async function call(over: Partial<CallRow> = {}): Promise<string> {
  const given = row(over);
  await writer.write({ insert: given });
  return given.id;
}
async function states(...ids: string[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string; is: string }>("select id, state || coalesce(' ' || outcome, '') as is from interactions where id = any($1)", [ids]);
  return ids.map((id) => rows.find((each) => each.id === id)!.is);
}

test("calls of a node that is gone, and of this one that it does not run, end as interrupted with a callback; those of the living are left alone", async () => {
  const operator = await buildUser(database.db, {});
  const [lost, mine, running, theirs] = [await call(), await call({ node_id: here, state: "talking", operator_id: operator.id }), await call({ node_id: here }), await call({ node_id: elsewhere })];
  live = [running];
  expect((await recover(deps())).calls).toBe(2);
  expect(await states(lost, mine, running, theirs)).toEqual(["ended interrupted", "wrap_up interrupted", "waiting", "waiting"]);
  expect(promised.toSorted()).toEqual([lost, mine].toSorted());
  expect((await recover(deps())).calls).toBe(0);
});

test("a callback that cannot be made keeps neither its call alive nor those after it", async () => {
  const [broken, next] = [await call({ started_at: "2026-01-01T00:00:00Z" }), await call()];
  const callback: RecoveryDeps["callback"] = ({ interactionId }) => (interactionId === broken ? Promise.reject(conflict("no such project")) : Promise.resolve());
  await recover(deps({ callback }));
  expect(await states(broken, next)).toEqual(["ended interrupted", "ended interrupted"]);
});

test("while the database is away nothing is ended without its callback", async () => {
  const id = await call();
  const callback: RecoveryDeps["callback"] = () => Promise.reject(Object.assign(new Error("gone"), { code: "57P01" }));
  await expect(recover(deps({ callback }))).rejects.toThrow("gone");
  expect(await states(id)).toEqual(["waiting"]);
});

test("a call that begins or ends while the sweep looks is not taken for lost", async () => {
  const [ending, begins] = [row({ node_id: here }), row({ node_id: here })];
  await writer.write({ insert: ending });
  let looks = 0;
  // The one ends in memory while its end is on its way to the table; the other is in memory before its row is.
  const lookAround = (): string[] => {
    looks += 1;
    if (looks > 1) return [begins.id];
    void writer.write({ update: { ...ending, state: "ended", outcome: "left", ended_at: new Date().toISOString() } });
    void writer.write({ insert: begins });
    return [ending.id];
  };
  expect((await recover(deps({ live: lookAround }))).calls).toBe(0);
  expect(await states(ending.id, begins.id)).toEqual(["ended left", "waiting"]);
});

test("an end that the table refused is made good: the call is ended, its offer closed, its operator free for another", async () => {
  const operator = await buildUser(database.db, {});
  await database.pool.query("insert into operators (user_id) values ($1) on conflict do nothing", [operator.id]);
  const talking = row({ node_id: here, state: "talking", operator_id: operator.id });
  const offer = { id: newId(), interaction_id: talking.id, operator_id: operator.id, state: "accepted", offered_at: talking.started_at, answered_at: talking.started_at, ended_at: null };
  await writer.write({ insert: talking, offers: [offer] });
  // One refused change in a batch of many: the others are written, this one is lost.
  const other = row({ node_id: here });
  const results = await Promise.allSettled([writer.write({ insert: other }), writer.write({ update: { ...talking, state: "ended", outcome: "no such state" }, offerUpdates: [{ ...offer, state: "no such state" }] })]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  live = [other.id];
  await recover(deps());
  expect(await states(talking.id, other.id)).toEqual(["wrap_up interrupted", "waiting"]);
  expect((await database.pool.query("select state from offers")).rows).toEqual([{ state: "failed" }]);
});
