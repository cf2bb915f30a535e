import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { sql } from "kysely";
import type { Role } from "./config.ts";
import type { Db } from "./db.ts";
import { AppError, unavailable, type ErrorCode } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Log } from "./log.ts";

/**
 * How roles speak to each other: a direct call when the role runs in this process, a signed request when it runs on
 * another node. Names are `feature.deed`; payloads are JSON. Answers carry refusals as `AppError`.
 */
export interface Rpc {
  nodeId: string;
  expose(name: string, handler: (payload: never) => unknown): void;
  /** `to` is a role (any node that has it) or a node's id. */
  call<R>(to: { role: Role } | { node: string }, name: string, payload: unknown): Promise<R>;
  /** All nodes with the role, for what every one must hear. */
  broadcast(role: Role, name: string, payload: unknown): Promise<void>;
  /** Asks all nodes with the role; `isComplete` is false when one of them did not answer. */
  gather<R>(role: Role, name: string, payload: unknown): Promise<{ replies: R[]; isComplete: boolean }>;
  /** This node has the role from now on, or no longer: the others learn of it at once. */
  setRole(role: Role, has: boolean): Promise<void>;
  /** Roles that some living node of this installation has. */
  present(): Set<string>;
  /** Looks at every other node and forgets the dead, so that their work is taken over at once; how many were. */
  bury(): Promise<number>;
  stop(): Promise<void>;
}

interface Node { id: string; roles: string[]; host: string; port: number; isSilent: boolean }
type To = { role: Role } | { node: string };
/** A node that was not heard of for so long and does not answer either is dead; one that refuses the connection is at once. */
const SILENT_AFTER_S = 10;
const BEAT_MS = 2_000;
const LOOK_MS = 1_500;
/** Who asked waits no longer than this, and what arrives later is not done: its sender has been told that it failed. */
const WITHIN_MS = 10_000;

export async function startRpc(options: { db: Db; roles: Role[]; host: string; port: number; log: Log }): Promise<Rpc> {
  const { db, log } = options;
  const roles = new Set<Role>(options.roles);
  const nodeId = newId();
  const secret = await sharedSecret(db);
  const handlers = new Map<string, (payload: unknown) => unknown>();
  const server = await listen(options.host, options.port, secret, handlers);
  const port = (server.address() as AddressInfo).port;
  const startedAt = new Date();
  const beat = () => sql`insert into nodes (id, roles, host, port, started_at) values (${nodeId}, ${[...roles]}, ${options.host}, ${port}, ${startedAt}) on conflict (id) do update set seen_at = now(), roles = excluded.roles`.execute(db);
  await beat();
  const peers = new Peers(db, nodeId, secret, beat);
  handlers.set("rpc.who", () => nodeId);
  handlers.set("rpc.look", () => { void peers.refresh().catch(() => undefined); });
  await peers.refresh();
  const missed = (error: unknown): void => log.debug({ error: String(error) }, "node beat missed");
  const timer = setInterval(() => { peers.refresh().then(() => peers.bury(true)).catch(missed); }, BEAT_MS);
  const local = async <R>(name: string, payload: unknown): Promise<R> => {
    const handler = handlers.get(name);
    if (!handler) throw unavailable("unavailable");
    return (await handler(payload)) as R;
  };
  const isLocal = (to: To) => ("role" in to ? roles.has(to.role) : to.node === nodeId);
  const everyone = <R>(role: Role, name: string, payload: unknown): Promise<R>[] =>
    [...(roles.has(role) ? [local<R>(name, payload)] : []), ...peers.all.filter((peer) => peer.roles.includes(role)).map((peer) => peers.send<R>(peer, { name, payload }))];
  // Those who are there learn of the newcomer now, not at their next beat.
  const tellOthers = (): void => { for (const peer of peers.all) peers.send(peer, { name: "rpc.look", payload: null }).catch(missed); };
  tellOthers();
  return {
    nodeId,
    expose: (name, handler) => { handlers.set(name, handler as (payload: unknown) => unknown); },
    call: (to, name, payload) => (isLocal(to) ? local(name, payload) : peers.ask(to, name, payload)),
    broadcast: async (role, name, payload) => {
      for (const result of await Promise.allSettled(everyone(role, name, payload))) if (result.status === "rejected") log.debug({ error: String(result.reason), name }, "a node did not hear");
    },
    gather: async <R>(role: Role, name: string, payload: unknown) => {
      const results = await Promise.allSettled(everyone<R>(role, name, payload));
      const replies = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      return { replies, isComplete: replies.length === results.length };
    },
    setRole: async (role, has) => {
      if (has) roles.add(role);
      else roles.delete(role);
      await peers.refresh();
      tellOthers();
    },
    present: () => new Set([...roles, ...peers.all.filter((peer) => !peer.isSilent).flatMap((peer) => peer.roles)]),
    bury: () => peers.bury(),
    stop: async () => {
      clearInterval(timer);
      await sql`delete from nodes where id = ${nodeId}`.execute(db).catch(() => undefined);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The other nodes of this installation. A row in `nodes` says where one was; whether it lives, its own answer says. */
class Peers {
  #db: Db;
  #nodeId: string;
  #secret: string;
  #beat: () => Promise<unknown>;
  /** Cuts short what a node was asked before it was buried. */
  #open = new Map<string, AbortController>();
  all: Node[] = [];

  constructor(db: Db, nodeId: string, secret: string, beat: () => Promise<unknown>) {
    this.#db = db;
    this.#nodeId = nodeId;
    this.#secret = secret;
    this.#beat = beat;
  }

  async refresh(): Promise<void> {
    await this.#beat();
    this.all = (await sql<Node>`select id, roles, host, port, seen_at < now() - make_interval(secs => ${SILENT_AFTER_S}) as is_silent from nodes where id <> ${this.#nodeId} order by started_at desc`.execute(this.#db)).rows;
    const known = new Set(this.all.map(({ id }) => id));
    for (const id of [...this.#open.keys()].filter((id) => !known.has(id))) this.#forget(id);
  }

  #forget(id: string): void {
    this.#open.get(id)?.abort();
    this.#open.delete(id);
  }

  /** Asks one node; who is buried meanwhile answers nobody any more. */
  send<R>(node: Node, question: Question): Promise<R> {
    const open = this.#open.get(node.id) ?? new AbortController();
    this.#open.set(node.id, open);
    return remote<R>(node, this.#secret, { ...question, gone: open.signal });
  }

  /** The newest node that fits. One that is not there at all never got the request, so another may be asked. */
  async ask<R>(to: To, name: string, payload: unknown): Promise<R> {
    for (let tries = 0; ; tries++) {
      const node = await this.#find(to);
      try {
        return await this.send<R>(node, { name, payload });
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
        this.all = this.all.filter((peer) => peer !== node);
        if (tries === 2) throw unavailable("unavailable");
        await this.bury();
      }
    }
  }

  async #find(to: To): Promise<Node> {
    const match = () => this.all.find((peer) => ("role" in to ? peer.roles.includes(to.role) : peer.id === to.node));
    if (!match()) await this.refresh();
    const found = match();
    if (!found) throw unavailable("unavailable");
    return found;
  }

  async bury(silentOnly = false): Promise<number> {
    if (!silentOnly) await this.refresh();
    const verdicts = await Promise.all(this.all.filter((peer) => peer.isSilent || !silentOnly).map(async (peer) => ({ peer, is: await this.#look(peer) })));
    const dead = verdicts.filter(({ peer, is }) => is === "gone" || (is === "unclear" && peer.isSilent)).map(({ peer }) => peer.id);
    if (dead.length === 0) return 0;
    await sql`delete from nodes where id = any(${dead}::uuid[])`.execute(this.#db);
    this.all = this.all.filter((peer) => !dead.includes(peer.id));
    for (const id of dead) this.#forget(id);
    return dead.length;
  }

  async #look(node: Node): Promise<"alive" | "gone" | "unclear"> {
    try {
      // Another node may have got the port of a dead one.
      return (await remote<string>(node, this.#secret, { name: "rpc.who", payload: null, withinMs: LOOK_MS })) === node.id ? "alive" : "gone";
    } catch (error) {
      return error instanceof NotThere ? "gone" : "unclear";
    }
  }
}

async function sharedSecret(db: Db): Promise<string> {
  await sql`insert into settings (key, value) values ('rpc_secret', ${JSON.stringify(randomBytes(32).toString("hex"))}::jsonb) on conflict do nothing`.execute(db);
  return (await sql<{ value: string }>`select value from settings where key = 'rpc_secret'`.execute(db)).rows[0]!.value;
}

const sign = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest();

function listen(host: string, port: number, secret: string, handlers: Map<string, (payload: unknown) => unknown>): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => { if (chunks.length < 256) chunks.push(chunk); });
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      answer(text, String(request.headers["x-signature"] ?? ""), secret, handlers).then(
        (reply) => response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body)),
        () => response.writeHead(500).end(),
      );
    });
  });
  return new Promise((resolve, reject) => { server.once("error", reject); server.listen(port, host, () => resolve(server)); });
}

async function answer(text: string, signature: string, secret: string, handlers: Map<string, (payload: unknown) => unknown>): Promise<{ status: number; body: unknown }> {
  const given = Buffer.from(signature, "hex");
  const right = sign(secret, text);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return { status: 403, body: {} };
  const { name, payload, at } = JSON.parse(text) as { name: string; payload: unknown; at: number };
  // Too old: a replay, or read by a node that hung for a while. From the future: clocks that are not set.
  if (Date.now() - at > WITHIN_MS || at - Date.now() > 30_000) return { status: 403, body: {} };
  const handler = handlers.get(name);
  if (!handler) return { status: 404, body: {} };
  try {
    return { status: 200, body: { result: (await handler(payload)) ?? null } };
  } catch (error) {
    if (error instanceof AppError) return { status: 409, body: { code: error.code, reason: error.reason, params: error.params, fields: error.fields } };
    throw error;
  }
}

/** Nothing listens where the node was. */
class NotThere extends AppError {
  constructor() { super("unavailable", "unavailable", { retryAfterS: 2 }); }
}

interface Question { name: string; payload: unknown; withinMs?: number; gone?: AbortSignal }
async function remote<R>(node: Node, secret: string, { name, payload, withinMs = WITHIN_MS, gone }: Question): Promise<R> {
  const text = JSON.stringify({ name, payload, at: Date.now() });
  let response: Response;
  try {
    response = await fetch(`http://${node.host}:${node.port}/`, { method: "POST", body: text, headers: { "x-signature": sign(secret, text).toString("hex") }, signal: AbortSignal.any([AbortSignal.timeout(withinMs), ...(gone ? [gone] : [])]) });
  } catch (error) {
    throw codeOf(error) === "ECONNREFUSED" ? new NotThere() : unavailable("unavailable");
  }
  const body = (await response.json().catch(() => ({}))) as { result: R; code: ErrorCode; reason: string; params: Record<string, string>; fields: [] };
  if (response.status === 409) throw new AppError(body.code, body.reason, { params: body.params, fields: body.fields });
  if (!response.ok) throw unavailable("unavailable");
  return body.result;
}

const codeOf = (error: unknown): string | undefined => ((error as { cause?: { code?: string } }).cause)?.code;
