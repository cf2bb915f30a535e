import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { migrate } from "./migrate.ts";

const { pool } = await testDatabase();
const path = mkdtempSync(join(tmpdir(), "linija-migrations-"));
afterAll(() => rmSync(path, { recursive: true }));
const folder = pathToFileURL(`${path}/`);
const add = (name: string, text: string): void => writeFileSync(join(path, name), text);

/** A query that is not done yet, as a report's. */
async function longQuery(): Promise<{ end(): Promise<void> }> {
  const client = await pool.connect();
  await client.query("begin");
  await client.query("select count(*) from tickets");
  return { end: async () => { await client.query("commit"); client.release(); } };
}

test("a migration behind a long query lets everybody else at the table, tells who is at it, and is applied when that has ended", async () => {
  add("9001_tickets_longer.sql", "alter table tickets add column longer int;");
  const query = await longQuery();
  const said: string[] = [];
  let others = 0;
  const applied = await migrate(pool, {
    folder, lockMs: 50, pauseMs: 1,
    say: (text) => { said.push(text); void pool.query("select 1 from tickets limit 1").then(async () => { others += 1; if (others === 2) await query.end(); }); },
  });
  expect([applied, others >= 2]).toEqual([["9001_tickets_longer.sql"], true]);
  expect(said[0]).toMatch(/^Migration 9001_tickets_longer\.sql waits for a table that is in use.*\(1 of 10\)\. Longest at work: process \d+/);
});

test("one that cannot have its table is refused plainly, and nothing of it is kept", async () => {
  add("9002_tickets_never.sql", "create table never (id int); alter table tickets add column never int;");
  const query = await longQuery();
  await expect(migrate(pool, { folder, lockMs: 20, pauseMs: 1, tries: 3 })).rejects.toThrow(/^migration 9002_tickets_never\.sql was not applied: a table it changes was in use all the time\. Nothing has been changed\. .*start again\. Longest at work: process \d+/);
  await query.end();
  expect((await pool.query<{ n: string | null }>("select to_regclass('never')::text as n")).rows[0]!.n).toBeNull();
  expect(await migrate(pool, { folder })).toEqual(["9002_tickets_never.sql"]);
});

test("a wrong migration is told at once and not tried again", async () => {
  add("9003_tickets_wrong.sql", "alter table tickets add colum wrong int;");
  await expect(migrate(pool, { folder, say: () => { throw new Error("it was tried again"); } })).rejects.toThrow(/^migration 9003_tickets_wrong\.sql failed: syntax error/);
});
