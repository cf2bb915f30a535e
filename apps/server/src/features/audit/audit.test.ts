import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { audit } from "../../platform/audit.ts";
import { inTx } from "../../platform/db.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { addRelation } from "../relations/index.ts";
import { auditQuery } from "./audit.sql.ts";
import { auditRoutes, sealAudit, startSealer, verifyAudit } from "./index.ts";

const database = await testDatabase();
const ctx = database.ctx();
const http = await testHttp(database, auditRoutes);

/** What somebody with the keys of the database would do. */
async function tamper(statement: ReturnType<typeof sql>): Promise<void> {
  await sql`alter table audit_log disable trigger audit_log_append_only`.execute(database.db);
  await statement.execute(database.db);
  await sql`alter table audit_log enable trigger audit_log_append_only`.execute(database.db);
}
const change = (count = 1) => inTx(ctx, async (ctx) => {
  for (let n = 0; n < count; n += 1) await audit(ctx, { action: "thing.changed", object: { kind: "thing", id: `t${n}` }, before: { n, name: "Žiga" }, after: { n: n + 1.5, name: "Жанна" }, reason: "because" });
});
const seqOf = async (offset: number) => (await sql<{ seq: number; id: number }>`select seq, id from audit_log order by seq limit 1 offset ${offset}`.execute(database.db)).rows[0]!;

beforeEach(async () => {
  await sql`truncate audit_log`.execute(database.db);
  await sql`delete from settings where key = 'audit_head'`.execute(database.db);
});

test("seals what was written and finds the chain intact, also after more rows", async () => {
  await change(3);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "intact", rows: 0, unsealed: 3 });
  expect(await sealAudit(ctx)).toBe(3);
  await change(2);
  expect(await sealAudit(ctx)).toBe(2);
  expect(await sealAudit(ctx)).toBe(0);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "intact", rows: 5, unsealed: 0, brokenAt: null });
});

test.each(["actor_name", "action", "object_id", "reason", "request_id"])("finds the row whose %s was tampered with (R312)", async (column) => {
  await change(10);
  await sealAudit(ctx);
  const row = await seqOf(6);
  await tamper(sql`update audit_log set ${sql.ref(column)} = 'forged' where id = ${row.id}`);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "changed", rows: 6, brokenAt: { seq: row.seq, id: row.id } });
});

test("finds a changed picture, a moved moment and a swapped pair of rows (R312)", async () => {
  for (const statement of [sql`update audit_log set after = jsonb_set(after, '{n}', '7') where seq = 4`, sql`update audit_log set at = at + interval '1 microsecond' where seq = 4`, sql`update audit_log set before = null where seq = 4`]) {
    await sql`truncate audit_log`.execute(database.db);
    await sql`delete from settings where key = 'audit_head'`.execute(database.db);
    await change(5);
    await sealAudit(ctx);
    await tamper(statement);
    expect((await verifyAudit(database.db)).brokenAt?.seq).toBe(4);
  }
});

test("finds a row removed from the middle and rows cut off at the end (R312)", async () => {
  await change(6);
  await sealAudit(ctx);
  await tamper(sql`delete from audit_log where seq >= 5`);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "cut_short", brokenAt: { seq: 5, id: null } });
  await change(1);
  await sealAudit(ctx);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "missing", brokenAt: { seq: 5 } });
  await tamper(sql`delete from audit_log where seq = 2`);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "missing", brokenAt: { seq: 2, id: null } });
});

test("finds a chain recomputed from a changed row onwards, given a head noted earlier (R312)", async () => {
  await change(4);
  await sealAudit(ctx);
  const noted = await verifyAudit(database.db);
  await tamper(sql`update audit_log set actor_name = 'forged', seq = null, hash = null where seq = 2`);
  await tamper(sql`update audit_log set seq = null, hash = null where seq > 2`);
  await tamper(sql`delete from settings where key = 'audit_head'`);
  await sealAudit(ctx);
  expect((await verifyAudit(database.db)).state).toBe("intact");
  expect(await verifyAudit(database.db, { seq: noted.rows, hash: noted.head })).toMatchObject({ state: "changed", brokenAt: { seq: 4 } });
});

test("refuses to change or delete what was written, sealed or not", async () => {
  await change(1);
  await expect(sql`update audit_log set action = 'forged'`.execute(database.db)).rejects.toThrow("append-only");
  await sealAudit(ctx);
  await expect(sql`update audit_log set seq = 9`.execute(database.db)).rejects.toThrow("append-only");
  await expect(sql`delete from audit_log`.execute(database.db)).rejects.toThrow("append-only");
});

test("makes one chain when several nodes seal at the same time", async () => {
  await change(1_200);
  const counts = await Promise.all(Array.from({ length: 4 }, () => sealAudit(ctx)));
  await sealAudit(ctx);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect(await verifyAudit(database.db)).toMatchObject({ state: "intact", rows: 1_200, unsealed: 0 });
});

test("seals by itself while it runs and finishes its turn when stopped", async () => {
  await change(2);
  const sealer = startSealer(ctx, 5);
  await sealer.stop();
  expect(await verifyAudit(database.db)).toMatchObject({ state: "intact", rows: 2, unsealed: 0 });
});

test("shows an administrator the trail of a thing, newest first, in pages by index", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  for (let n = 0; n < 5; n += 1) await change(1);
  const first = (await chief.send("GET", "/api/audit?objectKind=thing&objectId=t0&limit=3")).json();
  const second = (await chief.send("GET", `/api/audit?objectKind=thing&objectId=t0&limit=3&after=${first.next}`)).json();
  expect([...first.items, ...second.items]).toHaveLength(5);
  expect(second.next).toBeNull();
  expect(first.items[0]).toMatchObject({ action: "thing.changed", before: { n: 0, name: "Žiga" }, after: { n: 1.5, name: "Жанна" }, actorName: "test" });
  expect((await chief.send("GET", "/api/audit?objectKind=thing")).json().errors[0].field).toBe("objectId");
  expect((await chief.send("GET", "/api/audit/verification")).json().state).toBe("intact");
});

test("reads the trail by index at volume", async () => {
  await sql`insert into audit_log (at, actor_kind, actor_id, actor_name, action, object_kind, object_id) select now(), 'user', 'u' || n % 500, 'x', 'y', 'thing', 't' || n from generate_series(1, 50000) n`.execute(database.db);
  await sql`analyze audit_log`.execute(database.db);
  const nothing = { objectKind: null, objectId: null, actorId: null, cursor: null, limit: 50 };
  for (const search of [nothing, { ...nothing, objectKind: "thing", objectId: "t77" }, { ...nothing, actorId: "u7" }]) {
    const plan = await sql<Record<string, string>>`explain ${auditQuery(search)}`.execute(database.db);
    expect(plan.rows.map((row) => Object.values(row)[0]).join("\n")).not.toContain("Seq Scan");
  }
});

test.each(["/api/audit", "/api/audit/verification"])("keeps the trail from visitors and from everyone but administrators: %s", async (url) => {
  expect((await http.anonymous("GET", url)).statusCode).toBe(401);
  for (const role of ["operator", "supervisor", "department_worker"]) expect((await (await http.signIn({ roles: [role] })).send("GET", url)).statusCode).toBe(403);
});

test("R129 the trail tells an administrator nothing of a complaint about themselves, and everything to another", async () => {
  await buildProjects(ctx);
  const [peter, other] = [await http.signIn({ roles: ["administrator"], projects: ["internet"] }), await http.signIn({ roles: ["administrator"], projects: ["internet"] })];
  const [plain, complaint] = [await buildTicket(ctx), await buildTicket(ctx, { type: "complaint", subject: "He shouted", fields: { about: "employee", employee: peter.userId } })];
  await addRelation(ctx, plain.id, { side: "caused_by", number: complaint.number });
  for (const url of [`/api/audit?objectKind=ticket&objectId=${complaint.id}`, `/api/audit?objectKind=ticket&objectId=${plain.id}`, "/api/audit?limit=100"]) {
    const [his, hers] = [(await peter.send("GET", url)).body, (await other.send("GET", url)).body];
    expect(hers, url).toContain(complaint.number);
    for (const word of [complaint.id, complaint.number, "He shouted"]) expect(his, url).not.toContain(word);
  }
  expect((await peter.send("GET", `/api/audit?objectKind=ticket&objectId=${plain.id}`)).json().items).toMatchObject([{ action: "ticket.register" }]);
});
