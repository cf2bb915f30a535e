import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { getTicket, moveTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { getStageTimes, listStays } from "./reports.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const vera = actorOf(await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] }));
const START = Date.parse("2026-03-02T08:00:00Z");
const HOUR = 3_600_000;
const at = (ms: number) => () => new Date(ms);
const asVera = database.ctx(vera, at(START + 800 * HOUR));
const period = (from: number, to: number) => ({ project: "internet", from: new Date(START + from * HOUR).toISOString(), to: new Date(START + to * HOUR).toISOString() });

/** What may follow where, with what it asks for: a path is a walk over these. */
const STEPS: Record<string, [string, Record<string, string>][]> = {
  registered: [["take", {}]], reopened: [["take", {}]], diagnosis: [["finish", { resolution: "Mended", cause: "line", resolution_kind: "solved" }], ["ask_client", { question: "Which lamp?" }]],
  waiting_client: [["client_answered", {}]], done: [["reopen", { reason: "Again" }]],
};
interface Stay { ticket: string; stage: string; next: string; transition: string; seconds: number; at: number }

function randomOf(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 1_103_515_245 + 12_345) % 2 ** 31; return state / 2 ** 31; };
}

/** Random tickets moved by hand, and the stays a person with a notebook would have written down. */
async function live(random: () => number, count: number): Promise<Stay[]> {
  const stays: Stay[] = [];
  const causes = await sql<{ definition: { fields: { cause: { options: Record<string, unknown> } } } }>`select definition from process_versions where project_key = 'internet' and key = 'fault'`.execute(database.db);
  const cause = Object.keys(causes.rows[0]!.definition.fields.cause.options)[0]!;
  for (let n = 0; n < count; n++) {
    let moment = START + Math.floor(random() * 200) * HOUR;
    const { id } = await buildTicket(database.ctx(undefined, at(moment)), { type: "fault", subject: `Fault ${n}` });
    const steps = Math.floor(random() * 7);
    for (let step = 0; step < steps; step++) {
      const ticket = await getTicket(asVera, id);
      const choices = STEPS[ticket.stage] ?? [];
      const [transition, input] = choices[Math.floor(random() * choices.length)] ?? ["", {}];
      if (transition === "") break;
      const since = moment;
      moment += Math.floor(1 + random() * 72 * 3_600) * 1_000;
      const after = await moveTicket(database.ctx(vera, at(moment)), id, { transition, version: ticket.version, input: { ...input, ...(input.cause && { cause }) } });
      stays.push({ ticket: id, stage: ticket.stage, next: after.stage, transition, seconds: (moment - since) / 1_000, at: moment });
    }
  }
  return stays;
}

/** The definition of `percentile_cont`: between the two nearest, by distance. */
function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("R120 times in stages and the paths taken are those a naive count over the same moves finds", async () => {
  const seed = Date.now() % 2 ** 31;
  const all = await live(randomOf(seed), 30);
  const [from, to] = [60, 320];
  const naive = all.filter((stay) => stay.at >= START + from * HOUR && stay.at < START + to * HOUR);
  const report = await getStageTimes(asVera, { ...period(from, to), process: "fault" });
  for (const stage of report.stages) {
    const own = naive.filter((stay) => stay.stage === stage.stage).map(({ seconds }) => seconds);
    expect(stage.stays, `seed ${seed}, ${stage.stage}`).toBe(own.length);
    if (own.length === 0) { expect(stage).toMatchObject({ meanS: null, medianS: null, p90S: null, longest: false }); continue; }
    expect(stage.meanS).toBeCloseTo(mean(own), 3);
    expect(stage.medianS).toBeCloseTo(percentile(own, 0.5), 3);
    expect(stage.p90S).toBeCloseTo(percentile(own, 0.9), 3);
  }
  const paths = Object.entries(Object.groupBy(naive, ({ stage, transition, next }) => `${stage} ${transition} ${next}`)).map(([path, own]) => [path, own!.length]);
  expect(new Map(report.ways.map(({ from, transition, to, count }) => [`${from} ${transition} ${to}`, count])), `seed ${seed}`).toEqual(new Map(paths as [string, number][]));
  // In `done` the clock is stopped: only the client is awaited.
  const slowest = report.stages.filter(({ stage, final, meanS }) => !final && stage !== "done" && meanS !== null).toSorted((a, b) => b.meanS! - a.meanS!)[0];
  expect(report.stages.filter(({ longest }) => longest).map(({ stage }) => stage), "the longest stage is marked").toEqual(slowest ? [slowest.stage] : []);
  await pages(naive, { ...period(from, to), process: "fault", stage: "registered" });
});

async function pages(naive: Stay[], asked: Parameters<typeof listStays>[1]): Promise<void> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await listStays(asVera, { ...asked, limit: 3, ...(after && { after }) });
    found.push(...page.items.map(({ ticketId }) => ticketId));
    after = page.next ?? undefined;
  } while (after);
  const wanted = naive.filter(({ stage }) => stage === "registered").toSorted((a, b) => b.seconds - a.seconds);
  expect(found, "every stay once, the longest first").toEqual(wanted.map(({ ticket }) => ticket));
}

test("without a process the busiest is shown, and where tickets stand now", async () => {
  const report = await getStageTimes(asVera, period(0, 800));
  expect(report.process).toBe("fault");
  const [{ n }] = (await sql<{ n: number }>`select count(*)::int as n from tickets where stage = 'registered' and type = 'fault'`.execute(database.db)).rows as [{ n: number }];
  expect(report.stages.find(({ stage }) => stage === "registered")?.here).toBe(n);
  expect(report.registered).toBe(30);
});

test("another's project and an unknown process are not there, an operator may not look, a period must be one", async () => {
  await expect(getStageTimes(asVera, { ...period(0, 10), project: "shop" })).rejects.toMatchObject({ code: "not_found" });
  await expect(getStageTimes(asVera, { ...period(0, 10), process: "constructor" })).rejects.toMatchObject({ code: "not_found" });
  await expect(getStageTimes(asVera, period(10, 10))).rejects.toMatchObject({ code: "invalid", fields: [{ field: "to" }] });
  await expect(getStageTimes(asVera, period(0, 24 * 400))).rejects.toMatchObject({ code: "invalid" });
  const operator = actorOf(await buildUser(database.db, { roles: ["operator"], projects: ["internet"] }));
  await expect(getStageTimes(database.ctx(operator), period(0, 10))).rejects.toMatchObject({ code: "forbidden" });
  await expect(listStays(database.ctx(operator), { ...period(0, 10), process: "fault", stage: "done" })).rejects.toMatchObject({ code: "forbidden" });
});

test("R129 whom a ticket is about does not find it behind a number", async () => {
  const stays = await listStays(asVera, { ...period(0, 800), process: "fault", stage: "registered" });
  const [first] = stays.items;
  await sql`update tickets set about_user_ids = array[${vera.kind === "user" ? vera.id : ""}]::uuid[] where id = ${first!.ticketId}`.execute(database.db);
  const after = await listStays(asVera, { ...period(0, 800), process: "fault", stage: "registered" });
  expect(after.items.map(({ ticketId }) => ticketId)).toEqual(stays.items.slice(1).map(({ ticketId }) => ticketId));
});

test("R129 whom a ticket is about does not find it in a number: each counts what its list has, for this reader", async () => {
  const other = database.ctx(actorOf(await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] })), at(START + 800 * HOUR));
  await sql`update tickets set about_user_ids = null`.execute(database.db);
  const whole = await getStageTimes(other, { ...period(0, 800), process: "fault" });
  await sql`update tickets set about_user_ids = array[${vera.kind === "user" ? vera.id : ""}]::uuid[] where id = any(array(select id from tickets where type = 'fault' order by id limit 12))`.execute(database.db);
  const seen = await getStageTimes(asVera, { ...period(0, 800), process: "fault" });
  expect(await getStageTimes(other, { ...period(0, 800), process: "fault" })).toEqual(whole);
  expect([whole.registered, seen.registered]).toEqual([30, 18]);
  expect(seen.stages.reduce((sum, { stays }) => sum + stays, 0)).toBeLessThan(whole.stages.reduce((sum, { stays }) => sum + stays, 0));
  const all = async (stage: string) => (await listStays(asVera, { ...period(0, 800), process: "fault", stage, limit: 100 })).items;
  for (const { stage, stays } of seen.stages) expect((await all(stage)).length, stage).toBe(stays);
  for (const { from, transition, count } of seen.ways) expect((await listStays(asVera, { ...period(0, 800), process: "fault", stage: from, transition, limit: 100 })).items.length).toBe(count);
  expect(seen.stages.reduce((sum, { here }) => sum + here, 0)).toBeLessThan(whole.stages.reduce((sum, { here }) => sum + here, 0));
  await sql`update tickets set about_user_ids = array[${vera.kind === "user" ? vera.id : ""}]::uuid[]`.execute(database.db);
  expect((await getStageTimes(asVera, period(0, 800))).ways).toEqual([]);
});
