export interface Answer { status: number; body: Record<string, unknown>; headers: Headers }
export interface Tables { rows<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]> }

/** What an operator's browser does, without the browser. `url` is asked each time: a server may come back elsewhere. */
export class Desk {
  readonly userId: string;
  readonly login: string;
  readonly cookie: string;
  readonly #url: () => string;
  readonly #csrf: string;

  private constructor(url: () => string, who: { userId: string; login: string; cookie: string; csrf: string }) {
    this.#url = url;
    this.userId = who.userId;
    this.login = who.login;
    this.cookie = who.cookie;
    this.#csrf = who.csrf;
  }

  static async open(url: () => string, login: string, password: string): Promise<Desk> {
    const reply = await fetch(`${url()}/api/access/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password }) });
    if (!reply.ok) throw new Error(`${login} cannot sign in: ${reply.status} ${await reply.text()}`);
    const { csrf, id } = (await reply.json()) as { csrf: string; id: string };
    return new Desk(url, { login, csrf, userId: id, cookie: reply.headers.get("set-cookie")!.split(";")[0]! });
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { cookie: this.cookie, "x-csrf": this.#csrf, ...(body !== undefined && { "content-type": "application/json" }) };
    const reply = await fetch(`${this.#url()}${path}`, { method, headers, signal: AbortSignal.timeout(10_000), ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown>, headers: reply.headers };
  }

  async send(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await this.ask(method, path, body);
    if (reply.status >= 300) throw new Error(`${this.login}: ${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** Rows about this person: their id is the first value. */
  rows<T = Record<string, unknown>>(tables: Tables, text: string, ...values: unknown[]): Promise<T[]> { return tables.rows<T>(text, [this.userId, ...values]); }

  ready(): Promise<unknown> { return this.send("PUT", "/api/calls/line/state", { state: "ready" }); }
}
