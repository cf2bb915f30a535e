import type pg from "pg";
import { beforeEach, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { updateClientOf } from "./interactions.sql.ts";
import { LiveWriter, type CallRow, type OfferRow, type StateRow, type Unit } from "./index.ts";

const database = await testDatabase();
const ctx = database.ctx();
const { id: ana } = await buildUser(database.db, {});
await database.pool.query("insert into projects (key, name, definition, hash) values ('shop', '{}', '{}', '')");
await database.pool.query("insert into operators (user_id) values ($1)", [ana]);
beforeEach(() => database.pool.query("delete from deliveries; delete from events; delete from offers; delete from interactions; delete from operator_states; delete from operator_state_log"));

const at = new Date("2026-03-01T10:00:00Z").toISOString();
const call = (over: Partial<CallRow> = {}): CallRow => ({
  id: newId(), channel: "voice", direction: "in", project_key: null, queue_id: null, client_id: null, operator_id: null, ticket_id: null, language: "sl", state: "waiting", outcome: null, from_number: "", to_number: "", caller_name: "",
  priority: 0, node_id: newId(), started_at: at, queued_at: null, answered_at: null, ended_at: null, recording_id: null, media_stats: null, ...over,
});
const offerOf = (row: CallRow, over: Partial<OfferRow> = {}): OfferRow => ({ id: newId(), interaction_id: row.id, operator_id: ana, state: "ringing", offered_at: at, answered_at: null, ended_at: null, ...over });
const state = (is: string): StateRow => ({ operator_id: ana, state: is, reason: null, since: at, idle_since: at, interaction_id: null, before: { state: "offline", reason: null, interaction_id: null, started_at: at } });
const fact = (id: string) => ({ id: newId(), at: ctx.now(), type: "call.started", subject: { kind: "call", id }, data: {}, actor: ctx.actor, depth: 0, requestId: "" });

/** The same pool, whose connection breaks around the first batch: before it was carried out, or after, with only the answer lost. */
function breaking(when: "before" | "after"): pg.Pool {
  let isBroken = false;
  const lost = (): Error => Object.assign(new Error("Connection terminated unexpectedly"), { code: "ECONNRESET" });
  return { connect: async () => {
    const client = await database.pool.connect();
    const query = async (first: { name?: string }, ...rest: unknown[]): Promise<unknown> => {
      const isBatch = first.name === "live_batch" && !isBroken;
      if (isBatch) isBroken = true;
      if (isBatch && when === "before") throw lost();
      const result = await (client.query as (...args: unknown[]) => Promise<unknown>)(first, ...rest);
      if (isBatch) throw lost();
      return result;
    };
    return { query, release: () => client.release() };
  } } as unknown as pg.Pool;
}

const all = async <T = Record<string, unknown>>(text: string): Promise<T[]> => (await database.pool.query(text)).rows as T[];

test("of changes written together only the one that the tables refuse fails, whole; the others stand", async () => {
  const writer = new LiveWriter(database.pool, ctx.log);
  const [first, second, third] = [call(), call(), call()];
  const results = await Promise.allSettled([
    writer.write({ insert: first, offers: [offerOf(first)], events: [fact(first.id)] }),
    // The same operator twice: the second offer is refused, and with it what belongs to the same moment.
    writer.write({ insert: second, offers: [offerOf(second)], events: [fact(second.id)], states: [state("offered")] }),
    writer.write({ insert: third, events: [fact(third.id)] }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await all<{ id: string }>("select id from interactions")).map(({ id }) => id).toSorted()).toEqual([first.id, third.id].toSorted());
  expect((await all<{ subject_id: string }>("select subject_id from events")).map(({ subject_id: id }) => id).toSorted()).toEqual([first.id, third.id].toSorted());
  expect(await all("select 1 from operator_states")).toEqual([]);
});

const row = call();
const offer = offerOf(row);
const kinds: [string, Unit[]][] = [
  ["a new call with its fact", [{ insert: row, events: [fact(row.id)] }]],
  ["a new call without one", [{ insert: row }]],
  ["a new call and what became of it at once", [{ insert: row }, { update: { ...row, state: "ended", outcome: "left" } }]],
  ["an offer and its end", [{ insert: row }, { offers: [offer] }, { offerUpdates: [{ ...offer, state: "missed", ended_at: at }] }]],
  ["an operator's state", [{ states: [state("ready")] }]],
];
test.each(kinds.flatMap(([what, units]) => (["before", "after"] as const).map((when) => [what, when, units] as const)))("a connection that breaks in mid-commit leaves %s written once (%s)", async (_what, when, units) => {
  const writer = new LiveWriter(breaking(when), ctx.log);
  await Promise.all(units.map((unit) => writer.write(unit)));
  expect(writer.away).toBe(false);
  const counts = await all(`select (select count(*)::int from interactions) as calls, (select count(*)::int from events) as events, (select count(*)::int from offers) as offers,
    (select count(*)::int from operator_states) as states, (select count(*)::int from operator_state_log) as log`);
  const of = (pick: (unit: Unit) => unknown): number => units.filter(pick).length;
  expect(counts).toEqual([{ calls: of(({ insert }) => insert), events: of(({ events }) => events), offers: of(({ offers }) => offers), states: of(({ states }) => states), log: of(({ states }) => states) }]);
  const last = units.findLast((unit) => unit.update ?? unit.insert);
  if (last) expect(await all("select state from interactions")).toEqual([{ state: (last.update ?? last.insert)!.state }]);
});

test("who called, once it is said, stays when the call goes on: after its first row a live call never writes its client", async () => {
  const writer = new LiveWriter(database.pool, ctx.log);
  const row = call();
  const { id: clientId } = await buildClient(ctx, { projects: ["shop"] });
  await writer.write({ insert: row });
  await updateClientOf(database.db, row.id, clientId);
  // The call has not heard of it yet.
  await writer.write({ update: { ...row, state: "talking" } });
  await writer.write({ update: { ...row, state: "ended", outcome: "answered" } });
  expect(await all("select state, client_id from interactions")).toEqual([{ state: "ended", client_id: clientId }]);
});

test("changes keep their order, across batches and while the database is away", async () => {
  const writer = new LiveWriter(breaking("before"), ctx.log);
  const row = call();
  const done: string[] = [];
  const written = [writer.write({ insert: row }), ...["offered", "waiting", "offered", "talking"].map((state) => writer.write({ update: { ...row, state } }).then(() => { done.push(state); }))];
  await Promise.all(written);
  const later = writer.write({ update: { ...row, state: "ended" } });
  await later;
  expect(done).toEqual(["offered", "waiting", "offered", "talking"]);
  expect(await all("select state from interactions")).toEqual([{ state: "ended" }]);
});
