import { expect } from "vitest";
import { newId } from "../platform/ids.ts";
import { buildClient } from "../features/clients/clients.factory.ts";
import type { RecordView } from "../features/forms/forms.contract.ts";
import type { ProjectDeclaration } from "../features/projects/index.ts";
import { linkSecret, reviewTicket } from "../features/tickets/index.ts";
import type { TicketView } from "../features/tickets/tickets.contract.ts";
import type { TestDatabase } from "./database.ts";
import type { Browser, TestHttp } from "./http.ts";

export type Role = "operator" | "supervisor" | "administrator";
/** One deed of the day, in the order it is done. */
export type Deed =
  /** A transition by somebody; a role, or a department. */
  | { by: Role | { department: string }; move: string; with?: Record<string, unknown>; to: string }
  | { tick: string }
  /** The department answers the task it was given, after what else has to be done with it. */
  | { task: string; department: string; steps?: [string, Record<string, unknown>][]; answer: string; to: string }
  /** What was held is approved. */
  | { approve: Role; to: string }
  | { client: "yes"; to: string };

export interface Day { project: string; type: string; form?: string; data?: Record<string, unknown>; photos?: string; deeds: Deed[]; title: string }


interface Where { database: TestDatabase; projects: readonly ProjectDeclaration[]; http: TestHttp }
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export async function sent<T>(browser: Browser, method: "GET" | "POST" | "PUT", url: string, body?: unknown): Promise<T> {
  const reply = await browser.send(method, `/api${url}`, body);
  expect(reply.statusCode, `${method} ${url} ${reply.body.slice(0, 600)}`).toBe(200);
  return reply.json<T>();
}

/** Days of work in projects as people have them: their forms filled, their steps taken by whose they are, over HTTP. */
export class Workdays {
  readonly #at: Where;
  readonly #signedIn = new Map<string, Promise<Browser>>();
  constructor(at: Where) { this.#at = at; }

  readonly who = (project: string, by: Role | { department: string }): Promise<Browser> => {
    const [role, department] = typeof by === "string" ? [by, null] as const : ["department_worker", by.department] as const;
    const key = `${project} ${role} ${department}`;
    if (!this.#signedIn.has(key)) this.#signedIn.set(key, this.#at.http.signIn({ name: `${project} ${department ?? role}`, roles: [role], projects: [project], department }));
    return this.#signedIn.get(key)!;
  };

  /** The form as the register panel begins it, with a picture where one is wanted. */
  async #begin({ project, type, form, data, photos }: Day): Promise<string> {
    const operator = await this.who(project, "operator");
    const formKey = form ?? this.#at.projects.find((each) => each.project.key === project)!.types.find(({ key }) => key === type)!.form!;
    const record = await sent<RecordView>(operator, "POST", "/forms/records", { id: newId(), projectKey: project, formKey, data });
    if (!photos) return record.id;
    const payload = Buffer.concat([Buffer.from("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"damage.png\"\r\nContent-Type: image/png\r\n\r\n"), Buffer.from(PNG, "base64"), Buffer.from("\r\n--x--\r\n")]);
    const reply = await this.#at.http.app.inject({ method: "POST", url: `/api/forms/records/${record.id}/files`, headers: { cookie: operator.cookie, "x-csrf": operator.csrf, "content-type": "multipart/form-data; boundary=x" }, payload });
    expect(reply.statusCode, reply.body).toBe(200);
    const saved = await operator.send("PATCH", `/api/forms/records/${record.id}`, { version: (await sent<RecordView>(operator, "GET", `/forms/records/${record.id}`)).version, changes: [{ path: photos, value: [reply.json<{ id: string }>().id] }] });
    expect(saved.statusCode, saved.body).toBe(200);
    return record.id;
  }

  /** With its form where it has data, for a new client unless it is nobody's. */
  readonly register = async (day: Day, over: Record<string, unknown> = {}): Promise<TicketView> => {
    const operator = await this.who(day.project, "operator");
    const client = await buildClient(this.#at.database.ctx(), { projects: [day.project] });
    const formRecordId = day.data ? await this.#begin(day) : undefined;
    const ticket = await sent<TicketView>(operator, "POST", "/tickets", { projectKey: day.project, type: day.type, subject: day.title.slice(0, 150), description: "As told by phone", clientId: client.id, contactPhone: "+38640123456", contactEmail: "s@example.test", fields: { address: "Dunajska cesta 5" }, formRecordId, ...over });
    await reviewTicket(this.#at.database.ctx(), ticket.id);
    return ticket;
  };

  readonly doOne = async (project: string, id: string, deed: Deed): Promise<void> => {
    const operator = await this.who(project, "operator");
    const ticket = await sent<TicketView>(operator, "GET", `/tickets/${id}`);
    if ("tick" in deed) {
      for (const { key } of ticket.checklists.find(({ key }) => key === deed.tick)!.items) await sent(operator, "PUT", `/tickets/${id}/checks`, { checklist: deed.tick, item: key, done: true });
    } else if ("move" in deed) {
      await sent(await this.who(project, deed.by), "POST", `/tickets/${id}/transitions`, { version: ticket.version, transition: deed.move, input: deed.with ?? {} });
    } else if ("approve" in deed) {
      const held = ticket.approvals.find(({ state }) => state === "pending")!;
      await sent(await this.who(project, deed.approve), "POST", `/tickets/${id}/approvals/${held.id}`, { decision: "approve", note: "" });
    } else if ("task" in deed) {
      await this.#answer(project, ticket, deed);
    } else {
      const url = `/s/${await linkSecret(this.#at.database.db, id)}`;
      const reply = await this.#at.http.app.inject({ method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams({ said: "yes", score: "5", text: "", seen: ticket.stageSince }).toString() });
      expect(reply.statusCode, reply.body.slice(0, 500)).toBe(303);
    }
  };

  async #answer(project: string, ticket: TicketView, { task, department, steps = [], answer: resolution }: Extract<Deed, { task: string }>): Promise<void> {
    const worker = await this.who(project, { department });
    const { id } = ticket.subtasks.find(({ key, status }) => key === task && status === "open")!;
    const { type } = await sent<TicketView>(worker, "GET", `/tickets/${id}`);
    for (const [transition, input] of [...steps, [type === "task" ? "answer" : "send", { resolution }] as const]) {
      const { version } = await sent<TicketView>(worker, "GET", `/tickets/${id}`);
      await sent(worker, "POST", `/tickets/${id}/transitions`, { version, transition, input });
    }
  }

  readonly triedBy = async (browser: Browser, id: string, move: string, input: Record<string, unknown> = {}): Promise<{ status: number; said: string }> => {
    const { version } = await sent<TicketView>(browser, "GET", `/tickets/${id}`);
    const { statusCode: status, body: said } = await browser.send("POST", `/api/tickets/${id}/transitions`, { version, transition: move, input });
    return { status, said };
  };

  readonly tried = async (project: string, id: string, move: string, input?: Record<string, unknown>) => this.triedBy(await this.who(project, "operator"), id, move, input);
}
