import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { writeDeclarations } from "../sip/declarations.ts";
import { SipPhone, type PhoneOptions } from "../../apps/server/src/testing/phone.ts";
import { Desk } from "./desk.ts";
import { childrenOf, eventually, ServerProcess, type Settings } from "./process.ts";

export const PASSWORD = "a-password-of-the-test";

/** A whole installation in one server process with its own PostgreSQL and media processes, all of which may be killed. */
export class Installation {
  readonly folder: string;
  readonly server: ServerProcess;
  readonly phones = new Set<SipPhone>();
  #pool: pg.Pool | null = null;
  #socket = "";

  constructor(over: Settings = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "linija-chaos-"));
    // PostgreSQL may run as another user, who must be able to come here.
    chmodSync(this.folder, 0o755);
    const projects = join(this.folder, "projects");
    writeDeclarations(projects);
    const at = 10 * Math.floor(Math.random() * 60);
    this.server = new ServerProcess({
      LINIJA_DATA: join(this.folder, "data"), LINIJA_PROJECTS: projects, LINIJA_DEMO_PASSWORD: PASSWORD, LOG_FILE: this.log, HTTP_PORT: String(23_100 + at), SIP_PORT: String(23_800 + at),
      SMTP_DEMO_PORT: String(24_500 + at), MEDIA_PORTS: "26000-31998", MEDIA_WORKERS: "2", STOP_GRACE_MS: "15000", ...over,
    });
  }

  get log(): string { return join(this.folder, "linija.log"); }
  get recordings(): string { return join(this.folder, "data/recordings"); }

  async start(): Promise<void> {
    await this.server.start();
    await this.ready();
  }

  /** Where the server said it can be reached. */
  get url(): string { return /Desk\s+(http:\/\/\S+?)\/\s/.exec(this.server.said)![1]!; }
  get sip(): { host: string; port: number } {
    const [, host, port] = /trunks: ([\d.]+):(\d+)/.exec(this.server.said)!;
    return { host: host!, port: Number(port) };
  }

  /** Resolves when the health page says that it can work. */
  ready(withinMs = 30_000): Promise<void> {
    return eventually(async () => {
      const reply = await fetch(`${this.url}/api/health/ready`, { signal: AbortSignal.timeout(5_000) });
      if (reply.status !== 200) throw new Error(`not ready: ${await reply.text()}`);
    }, withinMs);
  }

  async phone(options: Partial<PhoneOptions> = {}): Promise<SipPhone> {
    const phone = await SipPhone.open({ server: this.sip, ...options });
    this.phones.add(phone);
    return phone;
  }

  /** An operator at the desk, with a registered desk phone that behaves as told. */
  async operator(login: string, behaves: PhoneOptions["behaves"] = "answers"): Promise<Desk & { phone: SipPhone }> {
    const desk = await this.desk(login);
    const line = await desk.rows(this, "select sip_user from operators where user_id = $1");
    const phone = await this.phone({ user: String(line[0]!.sip_user), password: PASSWORD, behaves });
    const status = await phone.register();
    if (status !== 200) throw new Error(`${login}: REGISTER ${status}`);
    await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
    return Object.assign(desk, { phone });
  }

  desk(login: string): Promise<Desk> { return Desk.open(() => this.url, login, PASSWORD); }

  get postmaster(): string[] {
    const folder = join(this.folder, "data/postgres");
    const data = existsSync(`${folder}.moved`) ? readFileSync(`${folder}.moved`, "utf8").trim() : folder;
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  }
  get postgresPid(): number { return Number(this.postmaster[0]); }
  get mediaPids(): number[] { return childrenOf(this.server.pid).filter(({ command }) => command.includes("media/src/process.ts")).map(({ pid }) => pid); }

  /** What the tables say. A server that was started again has its socket elsewhere. */
  async rows<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
    const socket = this.postmaster[4]!;
    if (socket !== this.#socket) {
      await this.#pool?.end().catch(() => undefined);
      this.#socket = socket;
      this.#pool = new pg.Pool({ host: socket, user: "linija", database: "linija", max: 2, connectionTimeoutMillis: 2_000 });
      this.#pool.on("error", () => undefined);
    }
    return (await this.#pool!.query(text, values)).rows as T[];
  }

  tail(lines = 25): string { return readFileSync(this.log, "utf8").trim().split("\n").slice(-lines).join("\n"); }

  async close(): Promise<void> {
    await Promise.allSettled([...this.phones].map((phone) => phone.close()));
    await this.#pool?.end().catch(() => undefined);
    await this.server.end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
