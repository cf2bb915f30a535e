import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { type Linija, startApp } from "../../apps/server/src/app.ts";
import { configSchema } from "../../apps/server/src/platform/config.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { type PhoneOptions, SipPhone } from "../../apps/server/src/testing/phone.ts";
import { writeDeclarations } from "./declarations.ts";
import { Wire } from "./wire.ts";

const PASSWORD = "a-password-of-the-test";

/** Tries again until it no longer throws; the last complaint is the failure. */
export async function eventually<T>(look: () => Promise<T> | T, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (complaint) {
      if (performance.now() > deadline) throw complaint;
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export interface CallRow {
  id: string; state: string; outcome: string | null; projectKey: string | null; queueId: string | null; operatorId: string | null; fromNumber: string;
  answeredAt: Date | null; endedAt: Date | null; recordingId: string | null; disposition: string | null;
}
export interface TicketRow { id: string; number: string; type: string; status: string; contactPhone: string; dueAt: Date | null; queueId: string; cause: string; projectKey: string }

/** A whole server with the demo company, ended with the test file. */
export async function openOffice(over: Record<string, string> = {}): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), "linija-sip-"));
  const projects = join(folder, "projects");
  writeDeclarations(projects);
  const at = 20 * Math.floor(Math.random() * 300);
  const config = configSchema.parse({
    LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: projects, LINIJA_DEMO_PASSWORD: PASSWORD, HTTP_PORT: String(41_000 + at), SIP_PORT: String(15_000 + at / 5), SMTP_DEMO_PORT: String(48_000 + at / 2),
    MEDIA_PORTS: "52000-59998", MEDIA_WORKERS: "1", STOP_GRACE_MS: "1000", DATABASE_POOL: "8", ...over,
  });
  const linija = await startApp({ config, log: createLog("warn", join(folder, "linija.log")) });
  const office = new Office(linija, folder);
  afterEach(({ task }) => {
    if (task.result?.state === "fail") console.error(`the server's log of the failure:\n${readFileSync(office.logFile, "utf8").trim().split("\n").slice(-12).join("\n")}`);
  });
  afterAll(() => office.close());
  return office;
}

export class Office {
  readonly linija: Linija;
  readonly folder: string;
  readonly #phones: SipPhone[] = [];
  readonly #desks: Desk[] = [];
  #callers = 100_000 + Math.floor(Math.random() * 800_000);
  #isClosed = false;

  constructor(linija: Linija, folder: string) {
    this.linija = linija;
    this.folder = folder;
  }

  get sip(): { host: string; port: number } { return this.linija.sip!.addresses[0]!; }
  get logFile(): string { return join(this.folder, "linija.log"); }

  /** A number nobody has called from. */
  number(): string { return `+38640${this.#callers++}`; }

  async phone(options: Partial<PhoneOptions> = {}): Promise<SipPhone> {
    const phone = await SipPhone.open({ server: this.sip, ...options });
    this.#phones.push(phone);
    return phone;
  }

  wire(): Promise<Wire> { return Wire.open(this.sip); }

  /** An operator signed in at the desk, with a registered phone that behaves as told; not ready yet. */
  async operator(login: string, options: Partial<PhoneOptions> = {}): Promise<Desk & { phone: SipPhone }> {
    const desk = await this.desk(login);
    const phone = await this.phone({ user: desk.extension, password: PASSWORD, ...options });
    const status = await phone.register();
    if (status !== 200) throw new Error(`${login}: REGISTER ${status}`);
    await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
    return Object.assign(desk, { phone });
  }

  async desk(login: string): Promise<Desk> {
    const desk = await Desk.open(this, login);
    this.#desks.push(desk);
    return desk;
  }

  async rows<T>(text: string, values: unknown[] = []): Promise<T[]> {
    const { rows } = await this.linija.database.pool.query(text, values);
    return (rows as Record<string, unknown>[]).map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()), value])) as T);
  }

  callsFrom(number: string): Promise<CallRow[]> { return this.rows<CallRow>("select * from interactions where from_number = $1 order by started_at", [number]); }

  /** The one call from this number once it is as told. */
  call(number: string, as: Partial<CallRow> = {}, withinMs?: number): Promise<CallRow> {
    return eventually(async () => {
      const calls = await this.callsFrom(number);
      const [call] = calls;
      const wrong = Object.entries(as).filter(([key, value]) => call?.[key as keyof CallRow] !== value);
      if (calls.length !== 1 || !call || wrong.length > 0) throw new Error(`calls from ${number}: ${JSON.stringify(calls)}, wanted ${JSON.stringify(as)}`);
      return call;
    }, withinMs);
  }

  /** States of the offers of a call, in order. */
  offers(callId: string): Promise<{ state: string; operatorId: string }[]> { return this.rows("select state, operator_id from offers where interaction_id = $1 order by offered_at", [callId]); }

  tickets(callId: string): Promise<TicketRow[]> { return this.rows("select *, fields->>'queueId' as queue_id, fields->>'cause' as cause from tickets where interaction_id = $1", [callId]); }

  /** The callback ticket of a call; exactly one. */
  async callback(callId: string): Promise<TicketRow> {
    const tickets = await this.tickets(callId);
    if (tickets.length !== 1 || tickets[0]!.type !== "callback") throw new Error(`tickets of the call: ${JSON.stringify(tickets)}`);
    return tickets[0]!;
  }

  /** Ends phones, frees operators, and finds nothing stuck: for the end of every scenario. */
  async tidy(): Promise<void> {
    await Promise.all(this.#phones.splice(0).map((phone) => phone.close()));
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
    await Promise.all(this.#phones.map((phone) => phone.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What an operator's browser does, without the browser. */
export class Desk {
  readonly userId: string;
  readonly extension: string;
  readonly #office: Office;
  readonly #headers: Record<string, string>;

  private constructor(office: Office, who: { userId: string; extension: string; headers: Record<string, string> }) {
    this.#office = office;
    this.userId = who.userId;
    this.extension = who.extension;
    this.#headers = who.headers;
  }

  static async open(office: Office, login: string): Promise<Desk> {
    const reply = await fetch(`${office.linija.http!.url}/api/access/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password: PASSWORD }) });
    if (!reply.ok) throw new Error(`${login} cannot sign in: ${reply.status} ${await reply.text()}`);
    const { csrf } = (await reply.json()) as { csrf: string };
    const [row] = await office.rows<{ id: string; sipUser: string }>("select u.id, o.sip_user from users u join operators o on o.user_id = u.id where login = $1", [login]);
    return new Desk(office, { userId: row!.id, extension: row!.sipUser, headers: { cookie: reply.headers.get("set-cookie")!.split(";")[0]!, "x-csrf": csrf } });
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const reply = await fetch(`${this.#office.linija.http!.url}${path}`, { method, headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  async send(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await this.ask(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  async ready(): Promise<void> { await this.send("PUT", "/api/calls/line/state", { state: "ready" }); }

  /** The operator's state once it is this one. */
  state(state: string, reason?: string): Promise<void> {
    return eventually(async () => {
      const [row] = await this.#office.rows<{ state: string; reason: string | null }>("select state, reason from operator_states where operator_id = $1", [this.userId]);
      if (row?.state !== state || (reason !== undefined && row.reason !== reason)) throw new Error(`the operator is ${JSON.stringify(row)} instead of ${state} ${reason ?? ""}`);
    });
  }

  async wrapUp(callId: string): Promise<void> { await this.send("POST", `/api/calls/${callId}/wrap-up`, { disposition: "wrong-number", ready: false }); }

  /** Finishes the wrap-up, if there is one, and goes home. */
  async leave(): Promise<void> {
    await eventually(async () => {
      const line = await this.send("GET", "/api/calls/line");
      const call = line.call as { id: string } | null;
      if (line.state === "wrap_up" && call) await this.wrapUp(call.id);
      await this.send("PUT", "/api/calls/line/state", { state: "offline" });
    });
  }
}
