import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { type Linija, startApp } from "../../apps/server/src/app.ts";
import { configSchema } from "../../apps/server/src/platform/config.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import type { Desk } from "../tools/desk.ts";
import { eventually } from "../tools/eventually.ts";
import { newFolder } from "../tools/folder.ts";
import { House, lastLines, PASSWORD } from "../tools/house.ts";

/** A whole server with the demo company, ended with the test file. */
export async function openOffice(over: Record<string, string> = {}): Promise<Office> {
  const folder = newFolder("sip");
  const at = 20 * Math.floor(Math.random() * 300);
  const config = configSchema.parse({
    LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: join(folder, "projects"), LINIJA_DEMO_PASSWORD: PASSWORD, HTTP_PORT: String(41_000 + at), SIP_PORT: String(15_000 + at / 5), SMTP_DEMO_PORT: String(48_000 + at / 2),
    MEDIA_PORTS: "52000-59998", MEDIA_WORKERS: "1", STOP_GRACE_MS: "1000", DATABASE_POOL: "8", ...over,
  });
  const linija = await startApp({ config, log: createLog("warn", join(folder, "linija.log")) });
  const office = new Office(linija, folder);
  afterEach(({ task }) => {
    if (task.result?.state === "fail") console.error(`the server's log of the failure:\n${lastLines(readFileSync(office.logFile, "utf8"), 12)}`);
  });
  afterAll(() => office.close());
  return office;
}

/** The whole server in the test's own process. */
export class Office extends House {
  readonly linija: Linija;
  readonly folder: string;
  readonly #desks: Desk[] = [];
  #isClosed = false;

  constructor(linija: Linija, folder: string) {
    super();
    this.linija = linija;
    this.folder = folder;
  }

  get url(): string { return this.linija.http!.url; }
  get sip(): { host: string; port: number } { return this.linija.sip!.addresses[0]!; }
  get logFile(): string { return join(this.folder, "linija.log"); }
  protected query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> { return this.linija.database.pool.query(text, values); }

  override async desk(login: string): Promise<Desk> {
    const desk = await super.desk(login);
    this.#desks.push(desk);
    return desk;
  }

  /** Ends phones, frees operators, and finds nothing stuck: for the end of every scenario. */
  async tidy(): Promise<void> {
    await this.closePhones();
    await eventually(async () => {
      const live = await this.rows("select id, state, from_number from interactions where state not in ('ended', 'wrap_up')");
      const open = await this.rows("select id, state from offers where state in ('ringing', 'accepted')");
      if (live.length + open.length + this.linija.voice!.live > 0) throw new Error(`stuck: ${JSON.stringify({ live, open, runners: this.linija.voice!.live })}`);
    });
    for (const desk of this.#desks.splice(0)) await desk.leave();
    const busy = await this.rows("select operator_id, state from operator_states where state not in ('offline', 'ready', 'not_ready')");
    if (busy.length > 0) throw new Error(`operators stuck: ${JSON.stringify(busy)}`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.linija.stop();
    await this.closePhones();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
