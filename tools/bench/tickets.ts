import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Db } from "../../apps/server/src/platform/db.ts";
import { newId } from "../../apps/server/src/platform/ids.ts";
import { cpuMs, load, percentile, round, startServer } from "./child.ts";
import { openFilled, type Filled, type FilledSize } from "./filled.ts";
import { send, signIn, type Ask, type Desk } from "./http.desk.ts";

/**
 * A million tickets, and people at work on them: tickets are registered (process, clocks, rules, events, words), taken,
 * listed and looked for through a real server process. What follows from them (notices, rules, audit) runs beside it.
 */
const SIZE: FilledSize = { clients: 100_000, interactions: 100_000, tickets: 1_000_000 };
const DESKS = 8;
const WARM_MS = 8_000;
const MEASURE_MS = 8_000;
const OPEN_LOOP = { perS: 100, s: 8 };

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const filled = await openFilled(say, SIZE);
  const folder = mkdtempSync(join(tmpdir(), "linija-bench-tickets-"));
  const server = await startServer({ folder, page: "/api/health", env: { DATABASE_URL: filled.url, LINIJA_DEMO: "0", SMTP_URL: "smtp://127.0.0.1:9" } });
  try {
    await server.ready();
    const desks = await desksOf(filled.database.db, server.url);
    const rows = await sample(filled.database.db);
    const tell = (name: string, took: Took, pid: number) => say(`${name.padEnd(12)} ${round(took.perS, 0)}/s, p50 ${round(percentile(took.ms, 0.5))} ms, p95 ${round(percentile(took.ms, 0.95))} ms, p99 ${round(percentile(took.ms, 0.99))} ms (processor of the server so far ${round(cpuMs(pid) / 1000, 0)} s, ${load()})`);
    const figures: Record<string, number> = {};
    const list = await drive(desks, () => listing());
    tell("list", list, server.pid);
    const search = await drive(desks.slice(0, 2), () => searching(rows.names));
    tell("search", search, server.pid);
    const paced = await atPace(desks, registering(rows.clients));
    tell("create 100/s", paced, server.pid);
    const create = await drive(desks, () => registering(rows.clients));
    tell("create", create, server.pid);
    const move = await drive(await withTickets(filled, desks), ({ tickets }) => taking(tickets));
    tell("transition", move, server.pid);
    Object.assign(figures, { create_per_s: round(create.perS, 0), create_p95_ms: p95(paced), transition_per_s: round(move.perS, 0), list_p95_ms: p95(list), search_p95_ms: p95(search) });
    return figures;
  } finally {
    await server.stop();
    await filled.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Asking = (desk: Desk, reply: unknown) => Ask | null;
interface Took { ms: number[]; perS: number }
const p95 = ({ ms }: Took): number => round(percentile(ms, 0.95));

/** Each desk asks as fast as it is answered; one that has nothing more to ask ends. */
async function drive<D extends Desk>(desks: D[], asking: (desk: D) => Asking): Promise<Took> {
  const began = performance.now();
  const [from, until] = [began + WARM_MS, began + WARM_MS + MEASURE_MS];
  const ms: number[] = [];
  let last = from;
  await Promise.all(desks.map(async (desk) => {
    const next = asking(desk);
    let reply: unknown = null;
    for (let sent = performance.now(); sent < until; sent = performance.now()) {
      const ask = next(desk, reply);
      if (!ask) return;
      reply = await send(desk, ask);
      const now = performance.now();
      if (sent >= from && now <= until) { ms.push(now - sent); last = now; }
    }
  }));
  return { ms, perS: ms.length / ((last - from) / 1000) };
}

/** So many a second whatever the answers take; the time of each is counted from when it should have been sent. */
async function atPace(desks: Desk[], asking: Asking): Promise<Took> {
  const began = performance.now();
  const ms: number[] = [];
  const all = OPEN_LOOP.perS * OPEN_LOOP.s;
  // A connection for each that may be under way at once: one desk has only one.
  const free = [...desks];
  const waiting: ((desk: Desk) => void)[] = [];
  const take = (): Promise<Desk> => { const desk = free.pop(); return desk ? Promise.resolve(desk) : new Promise((resolve) => waiting.push(resolve)); };
  const give = (desk: Desk): void => { const next = waiting.shift(); if (next) next(desk); else free.push(desk); };
  await Promise.all(Array.from({ length: all }, async (_, n) => {
    const due = began + (n * 1000) / OPEN_LOOP.perS;
    await pause(Math.max(0, due - performance.now()));
    const desk = await take();
    await send(desk, asking(desk, null)!);
    give(desk);
    ms.push(performance.now() - due);
  }));
  return { ms, perS: all / ((performance.now() - began) / 1000) };
}

const anyOf = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
const filter = (of: object): string => encodeURIComponent(JSON.stringify(of));

/** Pages of what waits in a project, as views show them: by state, stage, owner and deadline, some pages deep. */
const VIEWS: [filter: object, sort: string][] = [[{ statuses: ["open", "waiting"] }, "changed"], [{ statuses: ["open"], owners: ["me"] }, "changed"], [{ statuses: ["open", "waiting"] }, "oldest"], [{ statuses: ["open", "waiting"], stages: ["registered", "in_work"] }, "untouched"], [{ statuses: ["open"], priorities: [0] }, "changed"], [{}, "changed"]];
function listing(): Asking {
  let [page, view] = [0, Math.floor(Math.random() * VIEWS.length)];
  return (_desk, reply) => {
    const next = page < 5 ? (reply as { next: string | null } | null)?.next : null;
    page = next ? page + 1 : 0;
    if (!next) view = (view + 1) % VIEWS.length;
    const [asked, sort] = VIEWS[view]!;
    return { method: "GET", path: `/tickets/found?limit=50&sort=${sort}&filter=${filter(asked)}${next ? `&after=${next}` : ""}` };
  };
}

/** Common words and rare ones, two at once, names, model codes, parts of words, and what is nowhere. */
const WORDS = ["internet", "invoice", "роутер", "счёт", "račun", "usmerjevalnik", "boiler", "котёл", "dimnik", "umbrella", "internet boiler", "роутер подвал", "kabel stopnice", "not work", "не работает", "pogod", "достав", "nowheretobefound"];
const searching = (names: string[]): Asking => () => {
  const kind = Math.random();
  const text = kind < 0.6 ? anyOf(WORDS) : kind < 0.75 ? anyOf(names) : kind < 0.9 ? `TP${Math.floor(Math.random() * 20_000)}` : `${anyOf(names)} ${anyOf(WORDS)}`;
  return { method: "GET", path: `/tickets/found?limit=50&filter=${filter({ text, ...(Math.random() < 0.3 && { statuses: ["open", "waiting"] }) })}` };
};

/** Kinds that are registered without a form of their own; a form is a draft of its own that is sent before. */
const TYPES: Record<string, string[]> = { internet: ["question", "fault", "invoice", "complaint"], shop: ["question", "refund", "complaint"], taxi: ["question", "lost-thing", "complaint"] };
interface Client { id: string; familyName: string; city: string; projectKey: string }
const registering = (clients: Map<string, Client[]>): Asking => (desk) => {
  const client = anyOf(clients.get(anyOf(desk.projects.filter((key) => clients.has(key) && TYPES[key])))!);
  return { method: "POST", path: "/tickets", body: {
    projectKey: client.projectKey, type: anyOf(TYPES[client.projectKey]!), subject: `${client.familyName}: ${anyOf(WORDS)} does not work since the morning`, description: "The client says what happened, when, and what has been tried so far. ".repeat(4),
    clientId: client.id, fields: { address: client.city }, draftId: newId(),
  } };
};

interface Mover extends Desk { tickets: { id: string; version: number; transition: string }[] }
const taking = (tickets: Mover["tickets"]): Asking => () => {
  const ticket = tickets.pop();
  return ticket ? { method: "POST", path: `/tickets/${ticket.id}/transitions`, body: { version: ticket.version, transition: ticket.transition, input: {} } } : null;
};

/** Those just registered, each for one desk of its project. */
async function withTickets({ database: { db } }: Filled, desks: Desk[]): Promise<Mover[]> {
  const movers = desks.map((desk): Mover => ({ ...desk, tickets: [] }));
  // Rules may still be at work on what was registered last: who moves a ticket they have just changed is told so.
  for (const isHeard = async () => !(await sql<{ due: boolean }>`select exists (select 1 from deliveries) as due`.execute(db)).rows[0]!.due; !(await isHeard());) await pause(100);
  const found = await sql<{ id: string; version: number; projectKey: string; transition: string }>`select t.id, t.version, t.project_key, w.key as transition from tickets t join process_versions v on v.id = t.process_id
    cross join lateral (select e.key from json_each(v.definition::json -> 'transitions') e where e.key = 'take') w where t.stage = v.definition ->> 'start' and t.status = 'open' and t.type <> 'callback' order by t.created_at desc limit 20000`.execute(db);
  for (const ticket of found.rows) {
    const theirs = movers.filter(({ projects }) => projects.includes(ticket.projectKey));
    if (theirs.length > 0) theirs.reduce((least, each) => (each.tickets.length < least.tickets.length ? each : least)).tickets.push(ticket);
  }
  return movers;
}

async function desksOf(db: Db, url: string): Promise<Desk[]> {
  const people = await sql<{ login: string }>`select login from users where roles = '{operator}' order by login limit ${sql.lit(DESKS)}`.execute(db);
  return Promise.all(people.rows.map(({ login }) => signIn(url, login)));
}

async function sample(db: Db): Promise<{ clients: Map<string, Client[]>; names: string[] }> {
  const { rows } = await sql<Client>`select id, family_name, coalesce(address->>'city', '') as city, projects[1] as project_key from clients where family_name <> '' order by hashtext(id::text) limit 20000`.execute(db);
  return { clients: Map.groupBy(rows, ({ projectKey }) => projectKey), names: [...new Set(rows.map(({ familyName }) => familyName))] };
}
