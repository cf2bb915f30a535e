import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import type { CallView, Line } from "../../apps/server/src/features/calls/calls.contract.ts";
import type { ClientView } from "../../apps/server/src/features/clients/clients.contract.ts";
import type { TicketView } from "../../apps/server/src/features/tickets/tickets.contract.ts";
import { root } from "../../tools/steps.ts";

export const linija = inject("linija");
export type { CallView, ClientView, Line, TicketView };

/** Looks again at once after each answer until something is there; for what only the server knows. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, withinMs = 15_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((next) => setTimeout(next, 25));
  }
}

/** A person signed in at the API, beside the desk: what a test asks without a screen. */
export class Session {
  readonly #headers: Record<string, string>;
  readonly userId: string;

  private constructor(userId: string, headers: Record<string, string>) {
    this.userId = userId;
    this.#headers = headers;
  }

  static async of(login: string, password = linija.password): Promise<Session> {
    const reply = await fetch(`${linija.url}/api/access/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password }) });
    if (!reply.ok) throw new Error(`${login} could not sign in: ${await reply.text()}`);
    const me = (await reply.json()) as { id: string; csrf: string };
    const cookie = reply.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
    return new Session(me.id, { cookie, "x-csrf": me.csrf });
  }

  raw(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${linija.url}/api${path}`, { method, headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.raw(method, path, body);
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as T;
  }

  /** A page as this person's browser would be given it. */
  page = async (path: string): Promise<string> => (await fetch(`${linija.url}${path}`, { headers: this.#headers })).text();

  line = (): Promise<Line> => this.ask<Line>("GET", "/calls/line");
  lineIn = (state: Line["state"]): Promise<Line> => until(`the line is ${state}`, async () => { const line = await this.line(); return line.state === state && line; });
  ticket = (id: string): Promise<TicketView> => this.ask<TicketView>("GET", `/tickets/${id}`);
}

export interface Mail { id: string; to: string; subject: string; text: string }

let reading: Promise<Session> | null = null;
/** Who may read the mails of the demo. */
const reader = (): Promise<Session> => (reading ??= Session.of("vera.orlova"));

/** The demo's own mail server, read as a person would read its page. */
export const mailbox = {
  async find(fits: (mail: { subject: string; to: string }) => boolean): Promise<Mail | null> {
    const list = await (await reader()).page("/demo/mail");
    for (const [, id, subject, to] of list.matchAll(/href="\/demo\/mail\/([^"]+)"><b>(.*?)<\/b><span>(.*?)<\/span>/g)) {
      const mail = { subject: plain(subject!), to: plain(to!) };
      if (!fits(mail)) continue;
      const letter = await (await reader()).page(`/demo/mail/${id}`);
      return { id: id!, ...mail, text: plain(/<hr>(.*?)<\/article>/s.exec(letter)?.[1] ?? "") };
    }
    return null;
  },
  /** The mail about a ticket whose subject has these words. */
  about: (number: string, words: string): Promise<Mail> => until(`a mail about ${number} saying "${words}"`, () => mailbox.find(({ subject }) => subject.includes(number) && subject.includes(words))),
};

const plain = (markup: string): string => markup.replaceAll(/<br>/g, "\n").replaceAll(/<\/p>/g, "\n\n").replaceAll(/<[^>]+>/g, "").replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

export type Words = (key: string, params?: Record<string, string>) => string;
/** The desk's own words, so that a story reads the screen as a person does, in any language. */
export function deskWords(language: "en" | "ru" | "sl"): Words {
  const words = JSON.parse(readFileSync(join(root, `apps/desk/src/i18n/${language}.json`), "utf8")) as Record<string, string>;
  return (key, params = {}) => {
    const text = words[key];
    if (text === undefined) throw new Error(`the desk has no word ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  };
}

let measured = 0;
/** Says what was measured, for the reader of the run. */
export function tell(what: string, value: number | string, unit = ""): void {
  measured += 1;
  console.log(`e2e ${String(measured).padStart(2)}: ${what}: ${typeof value === "number" ? Math.round(value) : value}${unit && ` ${unit}`}`);
}
export const clock = (): (() => number) => { const began = performance.now(); return () => performance.now() - began; };

/** Numbers of callers nobody has: a new one each time. */
export const newNumber = (prefix: string): string => `${prefix}${String(Math.floor(Math.random() * 1e6)).padStart(6, "0")}`;
