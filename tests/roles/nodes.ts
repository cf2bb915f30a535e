import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { WebSocket } from "ws";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { type EmbeddedPostgres, startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { type PhoneOptions, SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Desk } from "../chaos/desk.ts";
import { eventually, ServerProcess, type Settings } from "../chaos/process.ts";
import { writeDeclarations } from "../sip/declarations.ts";

const PASSWORD = "a-password-of-the-test";
export type NodeName = "web" | "voice" | "router" | "standby" | "media";
const roles: Record<NodeName, string> = { web: "web,jobs", voice: "voice", router: "router", standby: "router", media: "media" };

/** What a desk is pushed over its socket. */
export interface Push { kind: string; things?: { kind: string; id: string }[] }

/** One installation as four nodes that share a database and a folder. */
export class Nodes {
  readonly folder: string;
  readonly phones = new Set<SipPhone>();
  readonly #postgres: EmbeddedPostgres;
  readonly #pool: pg.Pool;
  readonly #nodes: Record<NodeName, ServerProcess>;
  readonly #sockets = new Set<WebSocket>();

  private constructor(folder: string, postgres: EmbeddedPostgres) {
    this.folder = folder;
    this.#postgres = postgres;
    this.#pool = new pg.Pool({ ...postgres.connection, max: 2 });
    this.#pool.on("error", () => undefined);
    const at = 10 * Math.floor(Math.random() * 60);
    const common: Settings = {
      LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: join(folder, "projects"), LINIJA_DEMO_PASSWORD: PASSWORD, DATABASE_POOL: "6", STOP_GRACE_MS: "1000",
      DATABASE_URL: `postgresql:///linija?user=linija&host=${encodeURIComponent(String(postgres.connection.host))}`,
      HTTP_PORT: String(23_050 + at), SIP_PORT: String(23_750 + at), SMTP_DEMO_PORT: String(24_450 + at), MEDIA_ADDRESS: `127.0.0.1:${25_150 + at}`, MEDIA_PORTS: "28000-31998",
    };
    const node = (name: NodeName): ServerProcess => new ServerProcess({ ...common, LINIJA_ROLES: roles[name], LOG_FILE: this.log(name) });
    this.#nodes = { web: node("web"), voice: node("voice"), router: node("router"), standby: node("standby"), media: node("media") };
  }

  /** The web node loads the demo; the others join one by one. */
  static async open(): Promise<Nodes> {
    const folder = mkdtempSync(join(tmpdir(), "linija-roles-"));
    chmodSync(folder, 0o755);
    writeDeclarations(join(folder, "projects"));
    const nodes = new Nodes(folder, await startPostgres(folder, createLog("error", "")));
    for (const name of ["media", "web", "voice", "router"] as const) await nodes.start(name);
    return nodes;
  }

  start(name: NodeName): Promise<void> { return this.#nodes[name].start(name === "media" ? /Media listens/ : undefined); }
  /** As an administrator stops it: it may finish. */
  end(name: NodeName): Promise<number | null> { return this.#nodes[name].end("SIGTERM"); }
  kill(name: NodeName): Promise<number | null> { return this.#nodes[name].kill(); }
  log(name: NodeName): string { return join(this.folder, `${name}.log`); }

  get url(): string { return /Desk\s+(http:\/\/\S+?)\/\s/.exec(this.#nodes.web.said)![1]!; }
  get sip(): { host: string; port: number } {
    const [, host, port] = /trunks: ([\d.]+):(\d+)/.exec(this.#nodes.voice.said)!;
    return { host: host!, port: Number(port) };
  }

  async phone(options: Partial<PhoneOptions> = {}): Promise<SipPhone> {
    const phone = await SipPhone.open({ server: this.sip, ...options });
    this.phones.add(phone);
    return phone;
  }

  desk(login: string): Promise<Desk> { return Desk.open(() => this.url, login, PASSWORD); }

  async operator(login: string, behaves: PhoneOptions["behaves"] = "answers"): Promise<Desk & { phone: SipPhone }> {
    const desk = await this.desk(login);
    const [line] = await desk.rows<{ sip_user: string }>(this, "select sip_user from operators where user_id = $1");
    const phone = await this.phone({ user: line!.sip_user, password: PASSWORD, behaves });
    const status = await phone.register();
    if (status !== 200) throw new Error(`${login}: REGISTER ${status}`);
    await eventually(() => desk.send("PUT", "/api/calls/line/device", { device: "phone" }));
    return Object.assign(desk, { phone });
  }

  /** What a desk hears; grows as it comes. */
  async listen(desk: Desk): Promise<Push[]> {
    const heard: Push[] = [];
    const socket = new WebSocket(`${this.url.replace("http", "ws")}/api/live`, { headers: { cookie: desk.cookie } });
    this.#sockets.add(socket);
    socket.on("message", (data: Buffer) => heard.push(JSON.parse(data.toString()) as Push));
    await new Promise((resolve, reject) => { socket.once("open", resolve); socket.once("error", reject); });
    return heard;
  }

  async rows<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> { return (await this.#pool.query(text, values)).rows as T[]; }

  tail(lines = 8): string {
    return (Object.keys(roles) as NodeName[]).filter((name) => existsSync(this.log(name))).map((name) => `${name}:\n${readFileSync(this.log(name), "utf8").trim().split("\n").slice(-lines).join("\n")}`).join("\n");
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await Promise.allSettled([...this.phones].map((phone) => phone.close()));
    for (const name of ["web", "voice", "standby", "router", "media"] as const) await this.#nodes[name].end("SIGTERM");
    await this.#pool.end();
    await this.#postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
