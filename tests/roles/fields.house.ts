import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { WebSocket } from "ws";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { type EmbeddedPostgres, startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { Desk } from "../tools/desk.ts";
import { eventually } from "../tools/eventually.ts";
import { newFolder } from "../tools/folder.ts";
import { PASSWORD } from "../tools/house.ts";
import { ServerProcess } from "../tools/process.ts";
import type { Push } from "./nodes.ts";

export const ROLES = ["operator", "supervisor", "department_worker", "administrator", "management"] as const;
export type Role = (typeof ROLES)[number];
export const PROJECTS = ["internet", "shop", "taxi", "bank", "energy", "production", "transport", "support"] as const;
/** Where the readers work; the rest is known to the colleague only. */
export const OWN = "internet";
export const OTHER = "shop";
export const DEPARTMENT = "technicians";

/** A door for another system. */
const HOOK = `hooks:
  - key: matrix
    name: { en: Matrix, ru: Матрица, sl: Matrika }
    type: question
    body: { what: { type: text, required: true, max: 100 } }
    same: body.what
    subject: { en: body.what, ru: body.what, sl: body.what }
    description: { en: body.what, ru: body.what, sl: body.what }
    repeat: { every_minutes: 1, note: { en: body.what, ru: body.what, sl: body.what } }
`;

/** What a ticket is to its reader. */
export const RELATIONS = ["own", "department", "other", "about"] as const;
export type Relation = (typeof RELATIONS)[number];

/** An installation with every template in use, nobody's demo data, and one person of each role. */
export class FieldsHouse {
  readonly server: ServerProcess;
  readonly desks = new Map<string, Desk>();
  readonly #sockets = new Set<WebSocket>();
  readonly #folder: string;
  #tickets = 1;
  readonly #postgres: EmbeddedPostgres;
  readonly #pool: pg.Pool;

  private constructor(folder: string, postgres: EmbeddedPostgres) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#pool = new pg.Pool({ ...postgres.connection, max: 4 });
    this.#pool.on("error", () => undefined);
    const at = 10 * Math.floor(Math.random() * 60);
    this.server = new ServerProcess({
      LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: join(folder, "projects"), LINIJA_DEMO: "0", LINIJA_ADMIN_PASSWORD: PASSWORD, STOP_GRACE_MS: "0", LOG_FILE: join(folder, "server.log"),
      DATABASE_URL: `postgresql:///linija?user=linija&host=${encodeURIComponent(String(postgres.connection.host))}`, HTTP_PORT: String(21_051 + at), SIP_PORT: String(21_751 + at), MEDIA_PORTS: "27000-27098",
    });
  }

  static async open(): Promise<FieldsHouse> {
    const folder = newFolder("fields");
    cpSync(fileURLToPath(new URL("../../projects", import.meta.url)), join(folder, "projects"), { recursive: true });
    const company = join(folder, "projects/company.yaml");
    writeFileSync(company, readFileSync(company, "utf8").replace(/^projects:.*$/m, `projects: [${PROJECTS.join(", ")}]`));
    // Open at any hour, so that no reply depends on when it is asked for.
    const always = `weekly: { ${["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => `${day}: ["00:00-24:00"]`).join(", ")} }\nholidays: []\n`;
    for (const project of PROJECTS) writeFileSync(join(folder, "projects", project, "calendar.yaml"), always);
    for (const project of [OWN, OTHER]) writeFileSync(join(folder, "projects", project, "webhooks_in.yaml"), HOOK);
    const house = new FieldsHouse(folder, await startPostgres(folder, createLog("error", "")));
    try {
      await house.begin();
    } catch (error) {
      // A server that does not start leaves neither folder nor database behind.
      await house.close();
      throw error;
    }
    return house;
  }

  private async begin(): Promise<void> {
    await this.server.start();
    for (const role of ROLES) await this.person(`matrix.${role}`, { role, projects: [OWN] });
    // The same four for everything that is looked at in every project.
    for (const role of ROLES) await this.person(`wide.${role}`, { role, projects: [...PROJECTS] });
    await this.person("colleague", { role: "operator", projects: [...PROJECTS] });
  }

  async person(login: string, { role, projects }: { role: Role; projects: string[] }): Promise<Desk> {
    await this.rows(`insert into users (id, login, name, password_hash, roles, projects, department, language) select $1, $2, $2, password_hash, array[$3], $4, $5, 'en' from users where login = 'admin'`,
      [randomUUID(), login, role, projects, role === "department_worker" ? DEPARTMENT : null]);
    const desk = await Desk.open(() => this.server.url, login, PASSWORD);
    this.desks.set(login, desk);
    return desk;
  }

  /** With a line of their own, which the router knows. */
  async isOperator(login: string): Promise<void> {
    const id = this.desk(login).userId;
    await this.rows("insert into operators (user_id, languages) values ($1, '{en}') on conflict do nothing", [id]);
    const { version } = (await this.ask("wide.administrator", "GET", `/api/operators/${id}`)).body as { version: number };
    await this.ask("wide.administrator", "PATCH", `/api/operators/${id}`, { version, languages: ["en"] });
  }

  /** Where the server keeps its files. */
  get data(): string { return join(this.#folder, "data"); }
  desk(login: string): Desk { return this.desks.get(login)!; }

  async rows<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> { return (await this.#pool.query(text, values)).rows as T[]; }
  async one<T>(text: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.rows<T>(text, values);
    if (row === undefined) throw new Error(`nothing there: ${text}`);
    return row;
  }

  /** A ticket as it is in the middle of its life; written as rows, because hundreds are needed. */
  async ticket(project: string, over: { owner?: string | null; department?: string | null; about?: string[] | null; type?: string; clientId?: string | null } = {}): Promise<{ id: string; version: number }> {
    const id = randomUUID();
    await this.rows(`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, department, owner_id, about_user_ids, client_id, stage_since, link_hash, created_at, updated_at)
      select $1, $8, $2, $3, v.id, v.definition->>'start', 'open', 'Matrix', 'en', $4, $5, $6::uuid[], $7, now(), sha256($1::uuid::text::bytea), now(), now()
      from process_versions v where v.project_key = $2 and v.key = (select coalesce(t->>'process', 'request') from projects p, json_array_elements((p.definition)::json->'types') t where p.key = $2 and t->>'key' = $3) order by v.loaded_at desc limit 1`,
    [id, project, over.type ?? "question", over.department ?? null, over.owner ?? null, over.about ?? null, over.clientId ?? null, `FLD-${String(this.#tickets++).padStart(12, "0")}`]);
    return { id, version: 1 };
  }

  /** A ticket that is this to a person. */
  related(project: string, relation: Relation, userId: string): Promise<{ id: string; version: number }> {
    const colleague = this.desk("colleague").userId;
    return this.ticket(project, {
      own: { owner: userId, department: null }, department: { owner: null, department: DEPARTMENT }, other: { owner: colleague, department: "accounting" },
      // Theirs in every other way.
      about: { owner: userId, department: DEPARTMENT, about: [userId] },
    }[relation]);
  }

  /** What listeners and rules make of it has been made. */
  async heard(): Promise<void> {
    await eventually(async () => {
      const { waiting } = await this.one<{ waiting: number }>("select count(*)::int as waiting from deliveries where failed is null");
      if (waiting > 0) throw new Error(`${waiting} facts have not been heard yet`);
    }, 30_000);
  }

  /** Asks as this person; what is no JSON is told by its length. */
  async ask(login: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; text: string }> {
    const desk = this.desk(login);
    const reply = await fetch(`${this.server.url}${path}`, { method, headers: { cookie: desk.cookie, "x-csrf": desk.csrf, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await reply.text();
    try { return { status: reply.status, text, body: JSON.parse(text) as unknown }; } catch { return { status: reply.status, text, body: null }; }
  }

  /** The desk of this person is open; what it is pushed, as it comes. */
  async listen(login: string): Promise<Push[]> {
    const heard: Push[] = [];
    const socket = new WebSocket(`${this.server.url.replace("http", "ws")}/api/live`, { headers: { cookie: this.desk(login).cookie } });
    this.#sockets.add(socket);
    socket.on("message", (data: Buffer) => heard.push(JSON.parse(data.toString()) as Push));
    await new Promise((resolve, reject) => { socket.once("open", resolve); socket.once("error", reject); });
    return heard;
  }

  /** What comes back as it is: files. */
  async bytes(login: string, path: string): Promise<Uint8Array> {
    const reply = await fetch(`${this.server.url}${path}`, { headers: { cookie: this.desk(login).cookie } });
    if (!reply.ok) throw new Error(`${login}: ${path}: ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.server.end("SIGTERM");
    await this.#pool.end();
    await this.#postgres.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** So many at once, in the order given. */
export async function sideBySide<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => { for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at]!); }));
  return results;
}
