import { eventually } from "./eventually.ts";

/** Longer than one node waits for another. */
const PATIENCE_MS = 15_000;

export interface Answer { status: number; body: Record<string, unknown>; headers: Headers }

/** What an operator's browser does, without the browser. `url` is asked each time: a server may come back elsewhere. */
export class Desk {
  readonly userId: string;
  readonly login: string;
  readonly cookie: string;
  readonly #url: () => string;
  readonly csrf: string;

  private constructor(url: () => string, who: { userId: string; login: string; cookie: string; csrf: string }) {
    this.#url = url;
    this.userId = who.userId;
    this.login = who.login;
    this.cookie = who.cookie;
    this.csrf = who.csrf;
  }

  static async open(url: () => string, login: string, password: string): Promise<Desk> {
    const reply = await fetch(`${url()}/api/access/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password }) });
    if (!reply.ok) throw new Error(`${login} cannot sign in: ${reply.status} ${await reply.text()}`);
    const { csrf, id } = (await reply.json()) as { csrf: string; id: string };
    return new Desk(url, { login, csrf, userId: id, cookie: reply.headers.get("set-cookie")!.split(";")[0]! });
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { cookie: this.cookie, "x-csrf": this.csrf, ...(body !== undefined && { "content-type": "application/json" }) };
    const reply = await fetch(`${this.#url()}${path}`, { method, headers, signal: AbortSignal.timeout(PATIENCE_MS), ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown>, headers: reply.headers };
  }

  async send(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await this.ask(method, path, body);
    if (reply.status >= 300) throw new Error(`${this.login}: ${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  async line(): Promise<{ state: string; reason: string | null; call: { id: string } | null }> { return (await this.send("GET", "/api/calls/line")) as never; }

  async ready(): Promise<void> { await this.send("PUT", "/api/calls/line/state", { state: "ready" }); }

  /** Resolves when the desk shows this state. */
  state(state: string, { reason, withinMs }: { reason?: string; withinMs?: number } = {}): Promise<void> {
    return eventually(async () => {
      const line = await this.line();
      if (line.state !== state || (reason !== undefined && line.reason !== reason)) throw new Error(`${this.login} is ${line.state} (${line.reason}) instead of ${state} ${reason ?? ""}`);
    }, withinMs);
  }

  /** Finishes the wrap-up once there is one. */
  async wrapUp(): Promise<void> {
    await this.state("wrap_up");
    const { call } = await this.line();
    await this.#finish(call!.id);
  }

  #finish(callId: string): Promise<unknown> { return this.send("POST", `/api/calls/${callId}/wrap-up`, { disposition: "wrong-number", ready: false }); }

  /** Finishes the wrap-up, if there is one, and goes home. */
  async leave(): Promise<void> {
    await eventually(async () => {
      const { state, call } = await this.line();
      if (state === "wrap_up" && call) await this.#finish(call.id);
      await this.send("PUT", "/api/calls/line/state", { state: "offline" });
    });
  }
}
