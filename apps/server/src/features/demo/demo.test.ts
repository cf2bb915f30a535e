import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { digestHa1 } from "@linija/sip";
import { testDatabase } from "../../testing/database.ts";
import { isRightPassword } from "../access/access.password.ts";
import { searchClients } from "../clients/index.ts";
import { SIP_REALM } from "../operators/index.ts";
import { type Declarations, loadDeclarations } from "../projects/index.ts";
import { parseTicketNumber, storeDeclarations } from "../tickets/index.ts";
import { listReasons } from "../tickets/tickets.checks.service.ts";
import { type SeedResult, seedDemo } from "./index.ts";
import { addressParts } from "./demo.clients.ts";

const database = await testDatabase();
const now = new Date("2026-11-18T14:30:00Z");
const ctx = database.ctx(undefined, () => now);
const rows = async <T>(query: ReturnType<typeof sql<T>>): Promise<T[]> => (await query.execute(database.db)).rows;
const one = async <T>(query: ReturnType<typeof sql<T>>): Promise<T> => (await rows(query))[0]!;

let declarations: Declarations;
let seeded: SeedResult;
const parts: string[] = [];

beforeAll(async () => {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)));
  if (!loaded.ok) throw new Error("declarations do not load");
  declarations = loaded.declarations;
  await storeDeclarations(ctx, declarations);
  seeded = await seedDemo(ctx, declarations, { password: "a-demo-password", progress: (done, total) => parts.push(`${done}/${total}`) });
});

describe("the demo company in a new database", () => {
  test("is loaded whole and says how far it is", () => {
    expect(seeded).toMatchObject({ isLoaded: true, counts: { users: declarations.people.length } });
    expect(parts).toEqual(["0/5", "1/5", "2/5", "3/5", "4/5", "5/5"]);
  });

  test("is left alone when it is loaded a second time", async () => {
    const again = await seedDemo(ctx, declarations, { password: "another-password" });
    expect(again).toMatchObject({ isLoaded: false, signIns: seeded.signIns });
    expect(await one(sql<{ n: number }>`select count(*)::int as n from users`)).toEqual({ n: declarations.people.length });
  });

  test("names one sign-in of each role, and its password opens", async () => {
    expect(seeded.signIns.map(({ role }) => role)).toEqual(["operator", "supervisor", "department_worker", "management", "administrator"]);
    for (const { login, role } of seeded.signIns) {
      const user = await one(sql<{ passwordHash: string; roles: string[] }>`select password_hash, roles from users where login = ${login}`);
      expect(user.roles).toEqual([role]);
      expect(await isRightPassword(user.passwordHash, "a-demo-password")).toBe(true);
    }
  });

  test("gives operators their desk phone's account, their queues and a chair that is empty", async () => {
    const anna = await one(sql<{ sipUser: string; sipHa1: { md5: string; sha256: string }; queues: string[]; device: string; state: string }>`select o.*, s.state from operators o join users u on u.id = o.user_id join operator_states s on s.operator_id = u.id where u.login = 'anna.sokolova'`);
    expect(anna).toMatchObject({ sipUser: "201", device: "browser", state: "offline", queues: ["internet.internet-support", "internet.internet-sales"] });
    expect(anna.sipHa1).toEqual({ md5: digestHa1("MD5", "201", SIP_REALM, "a-demo-password"), sha256: digestHa1("SHA-256", "201", SIP_REALM, "a-demo-password") });
    const { n } = await one(sql<{ n: number }>`select count(*)::int as n from operators o join users u on u.id = o.user_id where not u.roles && array['operator', 'supervisor']`);
    expect(n).toBe(0);
  });

  test("finds its clients by name in either alphabet", async () => {
    const client = await one(sql<{ familyName: string; id: string }>`select family_name, id from clients where language = 'ru' and family_name like 'Кузнецов%' limit 1`);
    const found = await searchClients(database.ctx(), { text: "kuznecov", limit: 50 } as never);
    expect(found.items.map(({ id }) => id)).toContain(client.id);
  });

  test("has tickets in every state, with numbers that can be said and check", async () => {
    const tickets = await rows(sql<{ number: string; status: string; closedAs: string | null }>`select number, status, closed_as from tickets`);
    expect(new Set(tickets.map(({ status }) => status))).toEqual(new Set(["open", "waiting", "done", "closed"]));
    expect(new Set(tickets.map(({ closedAs }) => closedAs))).toEqual(new Set([null, "confirmed", "unconfirmed", "cancelled"]));
    for (const { number } of tickets) expect(parseTicketNumber(number)).toMatchObject({ kind: "number" });
    const departments = await rows(sql<{ department: string }>`select distinct department from tickets where department is not null and status = 'open' order by 1`);
    expect(departments.map(({ department }) => department)).toEqual(["delivery", "technicians"]);
  });

  test("made a callback ticket of every caller who gave up, and nothing else without an operator", async () => {
    const lost = await rows(sql<{ type: string | null; due: boolean }>`select t.type, t.due_at is not null as due from interactions i left join tickets t on t.interaction_id = i.id where i.outcome = 'abandoned'`);
    expect(lost.length).toBeGreaterThan(5);
    expect(lost.every(({ type, due }) => type === "callback" && due)).toBe(true);
    const { n } = await one(sql<{ n: number }>`select count(*)::int as n from interactions where outcome = 'answered' and (operator_id is null or disposition is null or notes = '' or wrapped_at is null)`);
    expect(n).toBe(0);
  });
});

describe("the demo's history", () => {
  test("lies in the past and in order", async () => {
    const { n } = await one(sql<{ n: number }>`select count(*)::int as n from interactions where ended_at > ${now} or started_at > coalesce(queued_at, started_at) or coalesce(queued_at, started_at) > coalesce(answered_at, ended_at) or coalesce(answered_at, started_at) > ended_at`);
    expect(n).toBe(0);
    expect(await one(sql<{ n: number }>`select count(*)::int as n from events where at > ${now} and type like 'ticket.%'`)).toEqual({ n: 0 });
  });

  test("tells of each ticket how it was registered and moved, by whom and when", async () => {
    const moved = await one(sql<{ n: number }>`select count(*)::int as n from tickets t where version <> (select count(*) from events e where e.subject_id = t.id::text and e.type in ('ticket.registered', 'ticket.moved'))
      or updated_at <> (select max(at) from events e where e.subject_id = t.id::text)`);
    expect(moved.n).toBe(0);
    const take = await one(sql<{ actor: { kind: string; name: string } }>`select actor from events where data->>'transition' = 'take' limit 1`);
    expect(take.actor.kind).toBe("user");
    expect(declarations.people.map(({ name }) => name)).toContain(take.actor.name);
  });

  test("answers \"why?\" for each step and each deadline, as for tickets that people registered", async () => {
    const silent = await rows(sql`select t.number from tickets t where (select count(*) from events e where e.subject_id = t.id::text and e.type = 'ticket.moved') <> (select count(*) from ticket_reasons r where r.ticket_id = t.id and r.what = 'stage')
      or (t.due_at is not null and not exists (select from ticket_reasons r where r.ticket_id = t.id and r.what = 'deadline')) or exists (select from ticket_reasons r where r.ticket_id = t.id and (r.version <> t.process_id or r.at > t.updated_at))`);
    expect(silent).toEqual([]);
    const { id } = await one(sql<{ id: string }>`select t.id from tickets t join events e on e.subject_id = t.id::text and e.data->>'transition' = 'take' where t.project_key = 'internet' and t.about_user_ids is null order by t.number limit 1`);
    const { items } = await listReasons(database.ctx(), id, {});
    const taken = items.find(({ because }) => because.path === "transitions.take")!.said;
    expect(taken).toMatchObject({ sentence: "moved_by", step: expect.stringMatching(/./) as string });
    expect(declarations.people.map(({ name }) => name)).toContain(taken.who);
  });

  test("fills today: each project has answered and lost calls, and nobody speaks with two at once", async () => {
    const day = await rows(sql<{ projectKey: string; answered: number; lost: number }>`select project_key, count(answered_at)::int as answered, (count(*) - count(answered_at))::int as lost
      from interactions where queued_at >= ${new Date("2026-11-17T23:00:00Z")} group by 1`);
    expect(day.map(({ projectKey }) => projectKey).sort()).toEqual(["internet", "shop", "taxi"]);
    for (const { answered, lost } of day) { expect(answered).toBeGreaterThan(10); expect(lost).toBeGreaterThan(0); }
    const { n } = await one(sql<{ n: number }>`select count(*)::int as n from operator_state_log a join operator_state_log b on a.operator_id = b.operator_id and a.id < b.id and a.started_at < b.ended_at and b.started_at < a.ended_at`);
    expect(n).toBe(0);
  });

  test("keeps the timers of what is still open", async () => {
    const { open } = await one(sql<{ open: number }>`select count(*)::int as open from tickets where status = 'done'`);
    const { n } = await one(sql<{ n: number }>`select count(*)::int as n from clocks where name = 'timer.unconfirmed' and next_at > ${now}`);
    expect(n).toBe(open);
  });

  test("is the same story for the same instant", async () => {
    const words = () => rows(sql<{ subject: string; stage: string }>`select subject, stage from tickets order by created_at, subject`);
    const before = await words();
    await sql`truncate users, clients, queues, interactions, tickets, events cascade`.execute(database.db);
    // Projects name who took them out of use, so they go with the people.
    await storeDeclarations(ctx, declarations);
    await seedDemo(ctx, declarations, { password: "a-demo-password" });
    expect(await words()).toEqual(before);
  });
});

test("takes addresses apart in each language", () => {
  expect(addressParts("г. Тула, ул. Садовая, д. 5, кв. 7", "ru")).toMatchObject({ city: "Тула", street: "ул. Садовая", house: "5", flat: "7" });
  expect(addressParts("Slovenska cesta 12, 1000 Ljubljana", "sl")).toMatchObject({ street: "Slovenska cesta", house: "12", postcode: "1000", city: "Ljubljana" });
  expect(addressParts("88 The Crescent, York", "en")).toMatchObject({ street: "The Crescent", house: "88", city: "York" });
});
