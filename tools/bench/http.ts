import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { SMTPServer } from "smtp-server";
import type { Db } from "../../apps/server/src/platform/db.ts";
import { newId } from "../../apps/server/src/platform/ids.ts";
import { cpuMs, freePorts, load, percentile, round, startServer } from "./child.ts";
import { openFilled } from "./filled.ts";
import { send, signIn, type Ask, type Desk } from "./http.desk.ts";

/** A real server process over 100,000 clients and 1,000,000 conversations; eight desks ask as fast as they are answered. */
const DESKS = 8;
/** Measured every second: a process just started takes eight until its code is compiled and each of its connections has its plans. */
const WARM_MS = 8_000;
const MEASURE_MS = 8_000;

/** The next thing this desk asks; `reply` is what it was answered before. */
type Asking = (desk: Desk, reply: unknown) => Ask;

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const filled = await openFilled(say);
  const mail = await mailSink();
  const folder = mkdtempSync(join(tmpdir(), "linija-bench-http-"));
  const server = await startServer({ folder, page: "/api/health", env: { DATABASE_URL: filled.url, LINIJA_DEMO: "0", SMTP_URL: mail.url } });
  try {
    await server.ready();
    const rows = await sample(filled.database.db);
    const desks = await Promise.all(rows.logins.slice(0, DESKS).map((login) => signIn(server.url, login)));
    const figures: Record<string, number> = {};
    const kinds: [string, () => Asking][] = [["ticket_read", () => reading(rows)], ["list_page", () => walking()], ["client_search", () => searching(rows)], ["ticket_create", () => registering(rows)]];
    for (const [name, asking] of kinds) {
      const before = [cpuMs(server.pid), cpuMs(filled.pid)] as const;
      const { asked, rps, p50, p95 } = await drive(desks, asking);
      const cpu = [cpuMs(server.pid) - before[0], cpuMs(filled.pid) - before[1]].map((ms) => `${round(ms / asked, 2)} ms`);
      say(`${name.padEnd(14)} ${round(rps, 0)}/s, p50 ${round(p50)} ms, p95 ${round(p95)} ms; processor a request: server ${cpu[0]}, database ${cpu[1]} (${load()})`);
      figures[`${name}_rps`] = round(rps, 0);
      figures[`${name}_p95_ms`] = round(p95);
    }
    return figures;
  } finally {
    await server.stop();
    await mail.stop();
    await filled.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function drive(desks: Desk[], asking: () => Asking): Promise<{ asked: number; rps: number; p50: number; p95: number }> {
  const began = performance.now();
  const from = began + WARM_MS;
  const until = from + MEASURE_MS;
  const took: number[] = [];
  let asked = 0;
  await Promise.all(desks.map(async (desk) => {
    const next = asking();
    let reply: unknown = null;
    for (let sent = performance.now(); sent < until;) {
      reply = await send(desk, next(desk, reply));
      const now = performance.now();
      asked += 1;
      if (sent >= from && now <= until) took.push(now - sent);
      sent = now;
    }
  }));
  return { asked, rps: took.length / (MEASURE_MS / 1000), p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
}

const anyOf = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;

const reading = ({ tickets }: Rows): Asking => (desk) => ({ method: "GET", path: `/tickets/${anyOf(ofProjects(tickets, desk)).id}` });

/** Pages as scrolling asks for them: the lists of the desk in turn, each some pages deep. */
const LISTS = ["/tickets?view=open", "/calls?", "/tickets?view=all", "/clients?", "/tickets?view=mine", "/calls?mine=true", "/tickets?view=unassigned"];
const PAGES = 10;
function walking(): Asking {
  let page = 0;
  let list = Math.floor(Math.random() * LISTS.length);
  return (_desk, reply) => {
    const next = page < PAGES ? (reply as { next: string | null } | null)?.next : null;
    page = next ? page + 1 : 0;
    if (!next) list = (list + 1) % LISTS.length;
    return { method: "GET", path: `${LISTS[list]}&limit=50${next ? `&after=${next}` : ""}` };
  };
}

/** What people type: names, a name and a town, numbers in full or in part, the beginning of a mail address. */
function searching({ clients }: Rows): Asking {
  return () => {
    const { familyName, givenName, city, phone, email } = anyOf(clients);
    const text = anyOf([familyName, familyName.slice(0, 3), `${givenName} ${familyName}`, `${familyName} ${city}`, phone, `0${phone.slice(4)}`, phone.slice(-6), email.slice(0, 10)]);
    return { method: "GET", path: `/clients?limit=50&text=${encodeURIComponent(text)}` };
  };
}

/** Kinds that are registered without a form of their own. */
const TYPES: Record<string, string[]> = { internet: ["question", "fault", "invoice", "complaint"], shop: ["question", "refund", "complaint"], taxi: ["question", "lost-thing", "complaint"] };
function registering({ clients }: Rows): Asking {
  return (desk) => {
    const client = anyOf(ofProjects(clients, desk));
    return { method: "POST", path: "/tickets", body: {
      projectKey: client.projectKey, type: anyOf(TYPES[client.projectKey]!), subject: `${client.familyName}: it does not work since the morning`, description: "The client says what happened, when, and what has been tried so far. ".repeat(4),
      clientId: client.id, fields: { address: client.city }, draftId: newId(),
    } };
  };
}

interface Rows {
  logins: string[];
  tickets: { id: string; projectKey: string }[];
  clients: { id: string; familyName: string; givenName: string; city: string; phone: string; email: string; projectKey: string }[];
}

const byProjects = new WeakMap<object, Map<string, object[]>>();
function ofProjects<T extends { projectKey: string }>(rows: T[], desk: Desk): T[] {
  const known = byProjects.get(rows) ?? new Map<string, object[]>();
  byProjects.set(rows, known);
  const key = desk.projects.join();
  if (!known.has(key)) known.set(key, rows.filter(({ projectKey }) => desk.projects.includes(projectKey)));
  return known.get(key) as T[];
}

async function sample(db: Db): Promise<Rows> {
  const people = await sql<{ login: string }>`select login from users where roles = '{operator}' order by login`.execute(db);
  const tickets = await sql<Rows["tickets"][number]>`select id, project_key from tickets order by hashtext(id::text) limit 20000`.execute(db);
  const clients = await sql<Rows["clients"][number]>`select c.id, c.family_name, c.given_name, coalesce(c.address->>'city', '') as city, p.e164 as phone, m.address as email, c.projects[1] as project_key
    from clients c join client_phones p on p.client_id = c.id and p.position = 1 join client_emails m on m.client_id = c.id and m.position = 1 order by hashtext(c.id::text) limit 20000`.execute(db);
  return { logins: people.rows.map(({ login }) => login), tickets: tickets.rows, clients: clients.rows };
}

/** The company's mail server: takes every mail and throws it away. */
async function mailSink(): Promise<{ url: string; stop(): Promise<void> }> {
  const [port] = await freePorts(1) as [number];
  const server = new SMTPServer({ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], disableReverseLookup: true, logger: false, onData: (stream, _session, done) => { stream.resume().once("end", () => done()); } });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => { server.listen(port, "127.0.0.1", () => resolve()); });
  return { url: `smtp://127.0.0.1:${port}`, stop: () => new Promise((resolve) => { server.close(() => resolve()); }) };
}
