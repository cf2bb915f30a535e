import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { eventually } from "../tools/eventually.ts";
import { newFolder } from "../tools/folder.ts";
import { House, lastLines, PASSWORD } from "../tools/house.ts";
import { childrenOf, ServerProcess, type Settings } from "../tools/process.ts";

/** A whole installation in one server process with its own PostgreSQL and media processes, all of which may be killed. */
export class Installation extends House {
  readonly folder: string;
  readonly server: ServerProcess;
  #pool: pg.Pool | null = null;
  #socket = "";

  constructor(over: Settings = {}) {
    super();
    this.folder = newFolder("chaos");
    const at = 10 * Math.floor(Math.random() * 60);
    this.server = new ServerProcess({
      LINIJA_DATA: join(this.folder, "data"), LINIJA_PROJECTS: join(this.folder, "projects"), LINIJA_DEMO_PASSWORD: PASSWORD, LOG_FILE: this.log, HTTP_PORT: String(23_100 + at), SIP_PORT: String(23_800 + at),
      SMTP_DEMO_PORT: String(24_500 + at), MEDIA_PORTS: "26000-31998", MEDIA_WORKERS: "2", STOP_GRACE_MS: "15000", ...over,
    });
  }

  get log(): string { return join(this.folder, "linija.log"); }
  get recordings(): string { return join(this.folder, "data/recordings"); }

  async start(): Promise<void> {
    await this.server.start();
    await this.ready();
  }

  get url(): string { return this.server.url; }
  get sip(): { host: string; port: number } { return this.server.sip; }

  /** Resolves when the health page says that it can work. */
  ready(withinMs = 30_000): Promise<void> {
    return eventually(async () => {
      const reply = await fetch(`${this.url}/api/health/ready`, { signal: AbortSignal.timeout(5_000) });
      if (reply.status !== 200) throw new Error(`not ready: ${await reply.text()}`);
    }, withinMs);
  }

  get postmaster(): string[] {
    const folder = join(this.folder, "data/postgres");
    const data = existsSync(`${folder}.moved`) ? readFileSync(`${folder}.moved`, "utf8").trim() : folder;
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  }
  get postgresPid(): number { return Number(this.postmaster[0]); }
  /** Resolves when another PostgreSQL has taken the place of this one and is used: what was forked by a killed one answers for a moment longer. */
  async postgresAfter(pid: number): Promise<void> {
    await eventually(() => { if (this.postgresPid === pid) throw new Error(`PostgreSQL ${pid} has no successor`); }, 20_000);
    await this.ready();
  }
  get mediaPids(): number[] { return childrenOf(this.server.pid).filter(({ command }) => command.includes("media/src/process.ts")).map(({ pid }) => pid); }

  /** What the tables say. A server that was started again has its socket elsewhere. */
  protected async query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    const socket = this.postmaster[4]!;
    if (socket !== this.#socket) {
      await this.#pool?.end().catch(() => undefined);
      this.#socket = socket;
      this.#pool = new pg.Pool({ host: socket, user: "linija", database: "linija", max: 2, connectionTimeoutMillis: 2_000 });
      this.#pool.on("error", () => undefined);
    }
    return this.#pool!.query(text, values);
  }

  tail(): string { return lastLines(readFileSync(this.log, "utf8"), 25); }

  async close(): Promise<void> {
    await this.closePhones();
    await this.#pool?.end().catch(() => undefined);
    await this.server.end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
