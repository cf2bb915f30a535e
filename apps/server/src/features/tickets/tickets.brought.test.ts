import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { createLog } from "../../platform/log.ts";
import { testDatabase } from "../../testing/database.ts";
import { insertCause } from "./tickets.apart.sql.ts";
import { broughtJobs } from "./tickets.brought.service.ts";
import { buildTicket } from "./tickets.factory.ts";
import { buildProcess } from "./tickets.process.testing.ts";
import { selectTicket } from "./tickets.sql.ts";

const words = (text: string) => `{ en: ${text}, ru: ${text}, sl: ${text} }`;
const CAUSED = `
key: caused
name: ${words("Caused")}
start: waits
stages:
  waits: { name: ${words("Waits")}, client_sees: in_work }
  mended: { name: ${words("Mended")}, client_sees: closed, clock: stopped, final: true }
transitions:
  mend: { name: ${words("Mend")}, from: [waits], to: mended, who: [operator, system], guards: [{ rule: 'ticket.subject != "Not yet"', message: ${words("Not yet")} }] }
clocks: { deadline_hours: null }
`;
const database = await testDatabase();
const system = { ...database.ctx(), log: createLog("silent", "") };
await buildProcess(system, CAUSED);

test("R359 a ticket that cannot go along with its outage, refused or for a fault of ours, holds up no other, and supervisors hear of it once", async () => {
  const cause = await buildTicket(system, { type: "caused", subject: "Outage" });
  const hung = [];
  for (const subject of ["First", "Not yet", "Poison", "Fourth"]) {
    const { id } = await buildTicket(system, { type: "caused", subject });
    await insertCause(database.db, { id: newId(), fromId: id, toId: cause.id, createdBy: null, at: new Date() });
    hung.push(id);
  }
  await sql`update tickets set version = 2147483647 where id = ${hung[2]}`.execute(database.db);
  const [bring] = Object.values(broughtJobs(system));
  const payload = { ticketId: cause.id, transition: "mend" };
  await bring!(payload);
  await bring!(payload);
  expect(await Promise.all(hung.map(async (id) => (await selectTicket(database.db, id))!.stage))).toEqual(["mended", "waits", "waits", "mended"]);
  const { rows } = await sql<{ id: string; key: string }>`select subject_id::uuid as id, data ->> 'key' as key from events where type = 'alert.raised' and subject_id = any(${hung}::text[]) order by at, events.id`.execute(database.db);
  expect(rows).toEqual([{ id: hung[1], key: "alert_ticket_left_behind" }, { id: hung[2], key: "alert_ticket_left_behind" }]);
});

test("R359 while the database is overtaken by others, the job is done again later, and nobody is told", async () => {
  const [cause, { id }] = [await buildTicket(system, { type: "caused" }), await buildTicket(system, { type: "caused" })];
  await insertCause(database.db, { id: newId(), fromId: id, toId: cause.id, createdBy: null, at: new Date() });
  await sql`create function busy() returns trigger language plpgsql as $$ begin raise exception 'overtaken' using errcode = '40P01'; end $$`.execute(database.db);
  await sql`create trigger busy before update on tickets for each row execute function busy()`.execute(database.db);
  const [bring] = Object.values(broughtJobs(system));
  await expect(bring!({ ticketId: cause.id, transition: "mend" })).rejects.toThrow("overtaken");
  await sql`drop trigger busy on tickets`.execute(database.db);
  expect((await sql`select from events where type = 'alert.raised' and subject_id = ${id}`.execute(database.db)).rows).toEqual([]);
  await bring!({ ticketId: cause.id, transition: "mend" });
  expect((await selectTicket(database.db, id))!.stage).toBe("mended");
});
