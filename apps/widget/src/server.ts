import type { Report } from "./screen.ts";

export interface Caller { project: string; language: string; name?: string; phone?: string }
export interface Taken { id: string; token: string; sdp: string }

/** The server said no. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: string[];
  constructor(status: number, code: string, fields: string[]) {
    super(code);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const reply = await fetch(url, { ...init, credentials: "omit", headers: init.body ? { "content-type": "application/json" } : {} });
  const body = (await reply.json().catch(() => ({}))) as T & { code?: string; errors?: { field: string }[] };
  if (!reply.ok) throw new Refusal(reply.status, body.code ?? "", body.errors?.map((each) => each.field) ?? []);
  return body;
}

/** The public calls of a Linija server; `base` is where its paths begin. */
export function serverAt(base: string) {
  const url = (path: string): string => new URL(`api/public/calls${path}`, base).href;
  return {
    call: (caller: Caller, sdp: string) => ask<Taken>(url(""), { method: "POST", body: JSON.stringify({ ...caller, sdp }) }),
    state: ({ id, token }: Taken) => ask<Report>(url(`/${id}?token=${encodeURIComponent(token)}`)),
    /** `keepalive` lets it leave while the page is being closed. */
    hangUp: ({ id, token }: Taken) => ask(url(`/${id}/hang-up`), { method: "POST", body: JSON.stringify({ token }), keepalive: true }).then(() => undefined, () => undefined),
  };
}
export type Server = ReturnType<typeof serverAt>;
