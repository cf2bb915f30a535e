import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { getTicket, moveTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { exportBreakdown, getBreakdown, listCounted } from "./reports.breakdown.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const vera = actorOf(await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] }));
const START = Date.parse("2026-03-02T08:00:00Z");
const HOUR = 3_600_000;
const at = (hours: number) => () => new Date(START + hours * HOUR);
const asVera = database.ctx(vera, at(800));
const period = (from: number, to: number) => ({ project: "internet", from: at(from)().toISOString(), to: at(to)().toISOString() });

async function step(id: string, hours: number, transition: string, input: Record<string, unknown> = {}): Promise<void> {
  const ctx = database.ctx(vera, at(hours));
  await moveTicket(ctx, id, { transition, version: (await getTicket(ctx, id)).version, input });
}

/** A fault from its registration at `hours`: mended after `lasts` with a cause, and closed by the client an hour later. */
async function fault(hours: number, lasts: number, cause: string, { isOpen = false, score = 5 } = {}): Promise<string> {
  const { id } = await buildTicket(database.ctx(undefined, at(hours)), { type: "fault", subject: `Fault of ${hours}, ${cause}` });
  await step(id, hours + 0.1, "take");
  if (isOpen) return id;
  await step(id, hours + lasts, "finish", { resolution: `=Mended, "${cause}"`, cause, resolution_kind: "solved" });
  await step(id, hours + lasts + 1, "confirm", { score });
  return id;
}

const CAUSES = ["line", "modem", "settings", "outage"] as const;
const seed = Date.now() % 2 ** 31;
let state = seed;
const random = (): number => { state = (state * 1_103_515_245 + 12_345) % 2 ** 31; return state / 2 ** 31; };
const closed: { id: string; cause: string; lasts: number; end: number }[] = [];
for (let n = 0; n < 20; n++) {
  const [hours, lasts, cause] = [Math.floor(random() * 200), 1 + Math.floor(random() * 60), CAUSES[Math.floor(random() * CAUSES.length)]!];
  closed.push({ id: await fault(hours, lasts, cause), cause, lasts, end: hours + lasts + 1 });
}
const open = [await fault(150, 0, "", { isOpen: true }), await fault(160, 0, "", { isOpen: true })];

test("R117 of twenty closed faults each cause has those a naive count finds, the sums match, and behind each number stand its tickets", async () => {
  const [from, to] = [60, 220];
  const inside = closed.filter(({ end }) => end >= from && end < to);
  const report = await getBreakdown(asVera, { ...period(from, to), type: "fault" });
  expect(report.by, "the cause is what is asked for first").toBe("fields.cause");
  for (const cause of CAUSES) {
    const own = inside.filter((each) => each.cause === cause);
    const row = report.rows.find(({ value }) => value === cause);
    expect(row?.closed ?? 0, `seed ${seed}, ${cause}`).toBe(own.length);
    if (own.length > 0) expect(row!.meanS, `seed ${seed}, ${cause}`).toBeCloseTo(own.reduce((sum, { lasts }) => sum + lasts * 3_600, 0) / own.length, 3);
    const page = await listCounted(asVera, { ...period(from, to), type: "fault", by: "fields.cause", number: "closed", value: cause });
    expect(page.items.map(({ id }) => id).toSorted(), `seed ${seed}, ${cause}`).toEqual(own.map(({ id }) => id).toSorted());
  }
  expect(report.total.closed).toBe(inside.length);
  for (const figure of ["closed", "late", "reopened", "open", "overdue"] as const) expect(report.rows.reduce((sum, row) => sum + row[figure], 0), `seed ${seed}, ${figure}`).toBe(report.total[figure]);
  expect(report.rows.find(({ value }) => value === null)).toMatchObject({ name: null, closed: 0, open: open.length });
  expect(report.rows.find(({ value }) => value === "line")?.name ?? "Line").toBe("Line");
});

test("R117 the list behind a number is paged once and completely, the newest first, and a sheet holds the same tickets", async () => {
  const asked = { ...period(0, 800), type: "fault", by: "fields.cause", number: "closed" as const, all: true, limit: 3 };
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await listCounted(asVera, { ...asked, ...(after && { after }) });
    found.push(...page.items.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after);
  expect(found.toSorted(), `seed ${seed}`).toEqual(closed.map(({ id }) => id).toSorted());
  const sheet = (await exportBreakdown(asVera, { ...period(0, 800), type: "fault", by: "fields.cause" })).split("\r\n");
  expect(sheet).toHaveLength(closed.length + 2);
  expect(sheet[0]).toBe("\uFEFFNumber,Subject,Cause,Solution,Registered,Solved,Closed,Late");
  expect(sheet.slice(1, -1).every((line) => line.includes(`"'=Mended, ""`)), "what begins like a formula is told as text").toBe(true);
});

test("R162 a connection that failed at the house is not counted among those that work when the month is over", async () => {
  const [works, failed] = [await buildTicket(database.ctx(undefined, at(10)), { type: "connection" }), await buildTicket(database.ctx(undefined, at(10)), { type: "connection" })];
  // Both were sold, issued and visited: what is counted is what the crew has found.
  await sql`update tickets set stage = 'tested' where id in (${works.id}, ${failed.id})`.execute(database.db);
  await step(works.id, 18, "complete", { resolution: "It works" });
  await step(works.id, 20, "confirm", { score: 5 });
  await step(failed.id, 21, "fail", { reason: "No free line in the house" });
  const report = await getBreakdown(asVera, { ...period(0, 200), type: "connection", by: "stage" });
  expect(report.rows.map(({ value, name, closed }) => [value, name, closed])).toEqual([["closed", "Closed", 1], ["failed", "Not possible", 1]]);
  const outcome = await getBreakdown(asVera, { ...period(0, 200), type: "connection", by: "outcome" });
  expect(outcome.rows.map(({ value, closed }) => [value, closed])).toEqual([["confirmed", 1], ["rejected", 1]]);
});

test("R217 a task that is past its time is counted to the department it was given to, with those that ended late", async () => {
  const { id } = await buildTicket(database.ctx(undefined, at(300)), { type: "fault", subject: "Dark street" });
  await step(id, 300.1, "take");
  await step(id, 300.2, "ask_department", { department: "technicians", task: "Measure the line" });
  const before = await getBreakdown(asVera, { ...period(0, 301), by: "department" });
  expect(before.rows).toMatchObject([{ value: "technicians", open: 1, overdue: 0, closed: 0 }]);
  const later = await getBreakdown(asVera, { ...period(0, 500), by: "department" });
  expect(later.rows).toMatchObject([{ value: "technicians", open: 1, overdue: 1, closed: 0 }]);
  expect(later.rows[0]!.name).toBeTruthy();
  const behind = await listCounted(asVera, { ...period(0, 500), by: "department", number: "overdue", value: "technicians" });
  expect(behind.items).toMatchObject([{ late: true }]);
});

test("another's project and type are not there, what cannot be counted by is refused at its field, an operator may not look", async () => {
  await expect(getBreakdown(asVera, { ...period(0, 10), project: "shop" })).rejects.toMatchObject({ code: "not_found" });
  await expect(getBreakdown(asVera, { ...period(0, 10), type: "constructor" })).rejects.toMatchObject({ code: "not_found" });
  await expect(getBreakdown(asVera, { ...period(0, 10), by: "fields.resolution" })).rejects.toMatchObject({ code: "invalid", fields: [{ field: "by" }] });
  await expect(getBreakdown(asVera, { ...period(0, 10), by: "stage" })).rejects.toMatchObject({ code: "invalid", fields: [{ field: "by" }] });
  const operator = database.ctx(actorOf(await buildUser(database.db, { roles: ["operator"], projects: ["internet"] })));
  await expect(getBreakdown(operator, period(0, 10))).rejects.toMatchObject({ code: "forbidden" });
  await expect(exportBreakdown(operator, period(0, 10))).rejects.toMatchObject({ code: "forbidden" });
});

test("R129 whom a ticket is about finds it neither in a number, nor behind it, nor in the sheet", async () => {
  const asked = { ...period(0, 800), type: "fault", by: "fields.cause" };
  const before = await getBreakdown(asVera, asked);
  await sql`update tickets set about_user_ids = array[${vera.kind === "user" ? vera.id : ""}]::uuid[] where id = ${closed[0]!.id}`.execute(database.db);
  expect((await getBreakdown(asVera, asked)).total.closed).toBe(before.total.closed - 1);
  expect((await listCounted(asVera, { ...asked, number: "closed", all: true, limit: 100 })).items.map(({ id }) => id)).not.toContain(closed[0]!.id);
  expect((await exportBreakdown(asVera, asked)).split("\r\n")).toHaveLength(closed.length + 1);
});
