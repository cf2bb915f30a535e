import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { WebSocket } from "ws";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { type EmbeddedPostgres, startPostgres } from "../../apps/server/src/platform/postgres.ts";
import type { Desk } from "../tools/desk.ts";
import { eventually } from "../tools/eventually.ts";
import { newFolder } from "../tools/folder.ts";
import { House, lastLines, PASSWORD } from "../tools/house.ts";
import { ServerProcess, type Settings } from "../tools/process.ts";

export type NodeName = "web" | "voice" | "router" | "standby" | "media";
const roles: Record<NodeName, string> = { web: "web,jobs", voice: "voice", router: "router", standby: "router", media: "media" };

/** What a desk is pushed over its socket. */
export interface Push { kind: string; things?: { kind: string; id: string }[] }

/** One installation as four nodes that share a database and a folder. */
export class Nodes extends House {
  readonly folder: string;
  readonly #postgres: EmbeddedPostgres;
  readonly #pool: pg.Pool;
  readonly #nodes: Record<NodeName, ServerProcess>;
  readonly #sockets = new Set<WebSocket>();

  private constructor(folder: string, postgres: EmbeddedPostgres) {
    super();
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
    // Whoever rings while a node is started again still rings when it is back, however slow the machine.
    const folder = newFolder("roles", 60);
    const nodes = new Nodes(folder, await startPostgres(folder, createLog("error", "")));
    for (const name of ["media", "web", "voice", "router"] as const) await nodes.start(name);
    await eventually(async () => { const part = await nodes.part(); if (part?.state !== "ok") throw new Error(`the web node does not know the others: ${JSON.stringify(part)}`); });
    return nodes;
  }

  start(name: NodeName): Promise<void> { return this.#nodes[name].start(name === "media" ? /Media listens/ : undefined); }
  /** As an administrator stops it: it may finish. */
  end(name: NodeName): Promise<number | null> { return this.#nodes[name].end("SIGTERM"); }
  kill(name: NodeName): Promise<number | null> { return this.#nodes[name].kill(); }
  pause(name: NodeName): void { this.#nodes[name].pause(); }
  resume(name: NodeName): void { this.#nodes[name].resume(); }
  log(name: NodeName): string { return join(this.folder, `${name}.log`); }

  /** How often a node has said this in its log. */
  logged(name: NodeName, text: string): number { return readFileSync(this.log(name), "utf8").split(text).length - 1; }

  get url(): string { return this.#nodes.web.url; }
  get sip(): { host: string; port: number } { return this.#nodes.voice.sip; }

  /** What the health page of the web node says of the others. */
  async part(): Promise<{ state: string; detail: string } | undefined> {
    const health = (await (await fetch(`${this.url}/api/health/ready`)).json()) as { parts: { name: string; state: string; detail: string }[] };
    return health.parts.find(({ name }) => name === "nodes");
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

  protected query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> { return this.#pool.query(text, values); }

  tail(lines = 8): string {
    return (Object.keys(roles) as NodeName[]).filter((name) => existsSync(this.log(name))).map((name) => `${name}:\n${lastLines(readFileSync(this.log(name), "utf8"), lines)}`).join("\n");
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.closePhones();
    for (const name of ["web", "voice", "standby", "router", "media"] as const) await this.#nodes[name].end("SIGTERM");
    await this.#pool.end();
    await this.#postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
