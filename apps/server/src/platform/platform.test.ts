import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { inOneStatement, inTx } from "./db.ts";
import { withSavepoint } from "./savepoint.ts";
import { startDeliveries, type Heard } from "./deliveries.ts";
import { audit } from "./audit.ts";
import { emit } from "./events.ts";
import { newId } from "./ids.ts";

const database = await testDatabase();

test("hears a fact durably once its transaction has committed, and never when it was rolled back", async () => {
  const heard: string[] = [];
  const deliveries = startDeliveries(database.ctx(), [{ name: "ear", wants: (type) => type.startsWith("thing."), hear: async (facts) => { heard.push(...facts.map(({ event }) => event.type)); } }]);
  await inTx(database.ctx(), async (ctx) => { await emit(ctx, { type: "thing.happened", subject: { kind: "thing", id: "1" }, data: {} }); });
  await expect(inTx(database.ctx(), async (ctx) => { await emit(ctx, { type: "thing.undone", subject: { kind: "thing", id: "1" }, data: {} }); throw new Error("no"); })).rejects.toThrow("no");
  await deliveries.settled();
  await deliveries.stop();
  expect(heard).toEqual(["thing.happened"]);
  const left = await sql<{ n: number }>`select count(*)::int n from deliveries`.execute(database.db);
  expect(left.rows[0]!.n).toBe(0);
});

test("puts off only the fact that cannot be heard, and what follows it on the same subject", async () => {
  const heard: string[] = [];
  let fails = true;
  const say = (id: string, type: string) => inTx(database.ctx(), (ctx) => emit(ctx, { type, subject: { kind: "word", id }, data: {} }));
  const hear = async (facts: Heard[]) => {
    for (const { event } of facts) {
      if (fails && event.subject.id === "3" && event.type === "word.first") throw new Error("not now");
      heard.push(`${event.subject.id} ${event.type}`);
    }
  };
  const log = { ...database.ctx().log, error: () => undefined } as never;
  const deliveries = startDeliveries({ ...database.ctx(), log }, [{ name: "reader", wants: (type) => type.startsWith("word."), hear }]);
  for (const id of ["1", "2", "3", "4", "5"]) await say(id, "word.first");
  await say("3", "word.second");
  await say("4", "word.second");
  await deliveries.settled();
  const stored = () => sql<{ n: number }>`select count(*)::int as n from deliveries where listener = 'reader' and attempts = 1`.execute(database.db).then((result) => result.rows[0]!.n);
  expect([...new Set(heard)].sort()).toEqual(["1 word.first", "2 word.first", "4 word.first", "4 word.second", "5 word.first"]);
  expect(await stored()).toBe(1);
  fails = false;
  heard.length = 0;
  await sql`update deliveries set next_at = now() where listener = 'reader'`.execute(database.db);
  await deliveries.settled();
  await deliveries.stop();
  expect(heard).toEqual(["3 word.first", "3 word.second"]);
});

test("writes events and the audit trail with their transaction, in the order they were told, or not at all", async () => {
  const tell = (id: string) => inTx(database.ctx(), async (ctx) => {
    await audit(ctx, { action: "thing.one", object: { kind: "thing", id }, after: { name: "Žiga", empty: null } });
    await emit(ctx, { type: "thing.one", subject: { kind: "thing", id }, data: { n: 1 } }, { type: "thing.two", subject: { kind: "thing", id }, data: { n: 2 } });
    await audit(ctx, { action: "thing.two", object: { kind: "thing", id }, before: { n: 1 }, reason: "because" });
    if (id === "undone") throw new Error("no");
  });
  await tell("told");
  await expect(tell("undone")).rejects.toThrow("no");
  const events = await sql<{ type: string; data: unknown }>`select type, data from events where subject_id in ('told', 'undone') order by id`.execute(database.db);
  expect(events.rows).toEqual([{ type: "thing.one", data: { n: 1 } }, { type: "thing.two", data: { n: 2 } }]);
  const trail = await sql<{ action: string }>`select action, before, after, reason from audit_log where object_id in ('told', 'undone') order by id`.execute(database.db);
  expect(trail.rows).toEqual([{ action: "thing.one", before: null, after: { name: "Žiga", empty: null }, reason: null }, { action: "thing.two", before: { n: 1 }, after: null, reason: "because" }]);
});

test("makes ids that sort by time and never repeat", () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => newId(1_700_000_000_000 + index));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  const atOnce = Array.from({ length: 3_000 }, () => newId(1_700_000_000_000));
  expect([...atOnce].sort()).toEqual(atOnce);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("searches Cyrillic by trigram, as the client base needs", async () => {
  const found = await sql<{ s: number }>`select similarity('Иванов', 'иванова') s`.execute(database.db);
  expect(found.rows[0]!.s).toBeGreaterThan(0.4);
});

test("what is written in one statement is all there or none of it, and nothing can be written beside it", async () => {
  const count = async (key: string) => (await sql<{ rows: number; events: number }>`select (select count(*)::int from settings where key = ${key}) as rows, (select count(*)::int from events where subject_id = ${key}) as events`.execute(database.db)).rows[0];
  const put = (key: string) => inOneStatement(database.ctx(), async (ctx) => {
    ctx.facts.inserts.push(sql`insert into settings (key, value) values (${key}, '1')`);
    await emit(ctx, { type: "setting.made", subject: { kind: "setting", id: key }, data: {} });
    return (await sql<{ n: number }>`select 1 as n`.execute(ctx.db)).rows[0]!.n;
  });
  expect(await put("one")).toBe(1);
  expect(await count("one")).toEqual({ rows: 1, events: 1 });
  await expect(put("one")).rejects.toMatchObject({ code: "23505" });
  expect(await count("one")).toEqual({ rows: 1, events: 1 });
  const beside = [sql`insert into settings (key, value) values ('beside', '1')`, sql`/* kept */ update settings set value = '2'`, sql`delete from settings`, sql`with gone as (delete from settings returning 1) select * from gone`];
  for (const statement of beside) await expect(inOneStatement(database.ctx(), (ctx) => statement.execute(ctx.db))).rejects.toThrow("by its facts");
  expect((await sql<{ value: unknown }>`select value from settings where key in ('one', 'beside')`.execute(database.db)).rows).toEqual([{ value: 1 }]);
});

test("a part of a transaction that is given up leaves none of its inserts to the end", async () => {
  await inTx(database.ctx(), async (ctx) => {
    await withSavepoint(ctx, () => { ctx.facts.inserts.push(sql`insert into settings (key, value) values ('part', '1')`); return Promise.reject(new Error("no")); }).catch(() => undefined);
    ctx.facts.inserts.push(sql`insert into settings (key, value) values ('whole', '1')`);
  });
  expect((await sql<{ key: string }>`select key from settings where key in ('part', 'whole')`.execute(database.db)).rows).toEqual([{ key: "whole" }]);
});
