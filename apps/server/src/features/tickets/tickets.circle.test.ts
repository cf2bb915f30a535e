import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { fireClock } from "./tickets.clocks.ts";
import { buildTicket } from "./tickets.factory.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { buildProcess } from "./tickets.process.testing.ts";
import { selectTicket } from "./tickets.sql.ts";

const words = (text: string) => `{ en: ${text}, ru: ${text}, sl: ${text} }`;
/** As one could be saved before such circles were refused. */
const SPIN = `
key: spin
name: ${words("Spin")}
start: a
stages:
  a: { name: ${words("A")}, client_sees: in_work }
  b: { name: ${words("B")}, client_sees: in_work }
  done: { name: ${words("Done")}, client_sees: closed, clock: stopped, final: true }
transitions:
  there: { name: ${words("There")}, from: [a], to: b, who: [system] }
  back: { name: ${words("Back")}, from: [b], to: a, who: [system] }
  finish: { name: ${words("Finish")}, from: [a, b], to: done, who: [operator, supervisor, system] }
clocks:
  deadline_hours: null
  timers:
    x: { stage: a, after_hours: 0.0001, transition: there }
    y: { stage: b, after_hours: 0.0001, transition: back }
`;
const database = await testDatabase();
await buildProcess(database.ctx(), SPIN);
const START = Date.parse("2026-03-02T09:00:00Z");

test("R114 a ticket that goes in a circle by itself rests for an hour, its supervisors are told why, and people can still move it", async () => {
  let now = START;
  const ctx = database.ctx(undefined, () => new Date(now));
  const { id } = await buildTicket(ctx, { type: "spin" });
  const stage = async () => (await selectTicket(database.db, id))!.stage;
  const moves = async () => (await sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${id} and type = 'ticket.moved'`.execute(database.db)).rows[0]!.n;
  const ring = async () => { now += 360; await fireClock(ctx, { ticketId: id, name: (await stage()) === "a" ? "timer.x" : "timer.y", percent: 100 }); };
  for (let n = 0; n < 20; n++) await ring();
  expect(await moves()).toBe(20);
  await ring();
  expect(await moves()).toBe(20);
  const alerts = await sql<{ key: string }>`select data->>'key' as key from events where subject_id = ${id} and type = 'alert.raised'`.execute(database.db);
  expect(alerts.rows).toEqual([{ key: "alert_ticket_circle" }]);
  const clock = (await sql<{ name: string; nextAt: Date }>`select name, next_at from clocks where subject_id = ${id}`.execute(database.db)).rows;
  expect(clock).toEqual([{ name: "timer.x", nextAt: new Date(now + 3_600_000) }]);
  // After the rest it goes on: an hour later whatever made it turn may be mended.
  now += 3_600_000;
  await ring();
  expect(await moves()).toBe(21);
  await moveTicket(ctx, id, { transition: "finish", input: {}, version: (await selectTicket(database.db, id))!.version });
  expect(await stage()).toBe("done");
});
