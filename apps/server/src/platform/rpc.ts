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
  stop(): Promise<void>;
}

interface Node { id: string; roles: string[]; host: string; port: number }
const SEEN_WITHIN_S = 10;

export async function startRpc(options: { db: Db; roles: Role[]; host: string; port: number; log: Log }): Promise<Rpc> {
  const { db, roles, log } = options;
  const nodeId = newId();
  const secret = await sharedSecret(db);
  const handlers = new Map<string, (payload: unknown) => unknown>();
  const server = await listen(options.host, options.port, secret, handlers);
  const port = (server.address() as AddressInfo).port;
  const beat = () => sql`insert into nodes (id, roles, host, port) values (${nodeId}, ${roles}, ${options.host}, ${port}) on conflict (id) do update set seen_at = now()`.execute(db);
  await beat();
  let peers: Node[] = [];
  const refresh = async () => {
    await beat();
    peers = (await sql<Node>`select id, roles, host, port from nodes where seen_at > now() - make_interval(secs => ${SEEN_WITHIN_S}) and id <> ${nodeId}`.execute(db)).rows;
  };
  await refresh();
  const timer = setInterval(() => { refresh().catch((error: unknown) => log.debug({ error: String(error) }, "node beat missed")); }, 2_000);
  const local = async <R>(name: string, payload: unknown): Promise<R> => {
    const handler = handlers.get(name);
    if (!handler) throw unavailable("unavailable");
    return (await handler(payload)) as R;
  };
  const find = async (to: { role: Role } | { node: string }): Promise<Node> => {
    const match = () => peers.find((peer) => ("role" in to ? peer.roles.includes(to.role) : peer.id === to.node));
    if (!match()) await refresh();
    const found = match();
    if (!found) throw unavailable("unavailable");
    return found;
  };
  const isLocal = (to: { role: Role } | { node: string }) => ("role" in to ? roles.includes(to.role) : to.node === nodeId);
  return {
    nodeId,
    expose: (name, handler) => { handlers.set(name, handler as (payload: unknown) => unknown); },
    call: async (to, name, payload) => (isLocal(to) ? local(name, payload) : remote(await find(to), secret, name, payload)),
    broadcast: async (role, name, payload) => {
      const targets = peers.filter((peer) => peer.roles.includes(role));
      const results = await Promise.allSettled([...(roles.includes(role) ? [local(name, payload)] : []), ...targets.map((peer) => remote(peer, secret, name, payload))]);
      for (const result of results) if (result.status === "rejected") log.debug({ error: String(result.reason), name }, "a node did not hear");
    },
    stop: async () => {
      clearInterval(timer);
      await sql`delete from nodes where id = ${nodeId}`.execute(db).catch(() => undefined);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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
  if (Math.abs(Date.now() - at) > 30_000) return { status: 403, body: {} };
  const handler = handlers.get(name);
  if (!handler) return { status: 404, body: {} };
  try {
    return { status: 200, body: { result: (await handler(payload)) ?? null } };
  } catch (error) {
    if (error instanceof AppError) return { status: 409, body: { code: error.code, reason: error.reason, params: error.params, fields: error.fields } };
    throw error;
  }
}

async function remote<R>(node: Node, secret: string, name: string, payload: unknown): Promise<R> {
  const text = JSON.stringify({ name, payload, at: Date.now() });
  let response: Response;
  try {
    response = await fetch(`http://${node.host}:${node.port}/`, { method: "POST", body: text, headers: { "x-signature": sign(secret, text).toString("hex") }, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw unavailable("unavailable");
  }
  const body = (await response.json()) as { result: R; code: ErrorCode; reason: string; params: Record<string, string>; fields: [] };
  if (response.status === 409) throw new AppError(body.code, body.reason, { params: body.params, fields: body.fields });
  if (!response.ok) throw unavailable("unavailable");
  return body.result;
}
