import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { connectMediaEngine, createMediaEngine, type MediaEngine } from "@linija/media";
import type { SipStack } from "@linija/sip";
import type { Config, Role } from "./platform/config.ts";
import { inTx, openDatabase, type Ctx, type Database } from "./platform/db.ts";
import { startDeliveries } from "./platform/deliveries.ts";
import { newId } from "./platform/ids.ts";
import { startJobs } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { migrate } from "./platform/migrate.ts";
import { migrateJobs } from "./platform/jobs.ts";
import { startDefaultMetrics } from "./platform/metrics.ts";
import { startPostgres, type EmbeddedPostgres } from "./platform/postgres.ts";
import { startRpc, type Rpc } from "./platform/rpc.ts";
import { openSip, planOf, recover, selectCaller, Voice, type CallbackWanted } from "./features/calls/index.ts";
import { LiveWriter } from "./features/interactions/index.ts";
import { createRegistrar } from "./features/operators/index.ts";
import { describeProblems, loadDeclarations, type Declarations } from "./features/projects/index.ts";
import { ensureQueues, exposeRouter, offerToNode, Router, routerClient, type RouterClient } from "./features/queues/index.ts";
import { gather, startRealtime } from "./features/realtime/index.ts";
import { registerCallback, storeDeclarations } from "./features/tickets/index.ts";


import { jobHandlers, durableListeners } from "./subscriptions.ts";
import { startWeb, type Web } from "./web.ts";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A running node: what tests and the launcher hold of it. */
export interface Linija {
  config: Config;
  ctx: Ctx;
  database: Database;
  postgres: EmbeddedPostgres | null;
  http: { url: string } | null;
  sip: SipStack | null;
  media: MediaEngine | null;
  voice: Voice | null;
  router: RouterClient;
  declarations: Declarations;
  mailUrl: string | null;
  /** Waits until every durable listener has heard everything so far; for tests. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions { config: Config; log: Log; progress?(text: string): void; /** Folder of declarations; the repository's by default. */ projects?: string }

/** Wires everything by hand, in order; read this first. What is started is stopped in reverse. */
export async function startApp(options: StartOptions): Promise<Linija> {
  const { config, log } = options;
  const say = options.progress ?? (() => undefined);
  const stops: (() => Promise<unknown> | void)[] = [];
  try {
    return await start({ ...options, say }, stops);
  } catch (error) {
    for (const stop of stops.reverse()) await Promise.resolve(stop()).catch(() => undefined);
    log.error({ err: error, roles: config.LINIJA_ROLES }, "Linija did not start");
    throw error;
  }
}

async function start(options: StartOptions & { say(text: string): void }, stops: (() => Promise<unknown> | void)[]): Promise<Linija> {
  const { config, log, say } = options;
  mkdirSync(config.LINIJA_DATA, { recursive: true });
  startDefaultMetrics();
  const loading = loadDeclarations(options.projects ?? join(ROOT, "projects"));
  const { database, postgres } = await openData(config, log, say, stops);
  const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "linija" }, now: () => new Date(), depth: 0, requestId: newId(), log };
  const declarations = await prepare(ctx, config, await loading, say);
  const rpc = await startRpc({ db: database.db, roles: config.LINIJA_ROLES, host: config.RPC_HOST, port: config.RPC_PORT, log });
  stops.push(() => rpc.stop());
  const has = (role: Role): boolean => config.LINIJA_ROLES.includes(role);
  const writer = new LiveWriter(database.pool, log);
  const plan = planOf(declarations);
  const router = routerClient(rpc);
  if (has("router")) {
    const owner = new Router({ ctx, writer, queues: plan.queues, offer: offerToNode(rpc) });
    await owner.rebuild();
    exposeRouter(rpc, owner);
  }
  const deliveries = has("jobs") ? startDeliveries(ctx, durableListeners(ctx, config)) : null;
  if (deliveries) stops.push(() => deliveries.stop());
  const voice = has("voice") ? await startVoice({ ctx, config, rpc, writer, router, plan }, stops) : null;
  const web: Web | null = has("web") ? await startWeb({ ctx, config, rpc, router, plan, declarations, voice: voice?.voice ?? null, media: voice?.media ?? null, pool: database.pool, root: ROOT, realtime: startRealtime }) : null;
  if (web) stops.push(() => web.stop());
  else stops.push(gather((changes) => { void rpc.broadcast("web", "realtime.push", changes); }));
  if (has("jobs")) {
    const jobs = await startJobs(database.pool, jobHandlers(ctx, { config, mailUrl: web?.mailUrl ?? null, publicUrl: web?.publicUrl ?? config.PUBLIC_URL }), log);
    stops.push(() => jobs.stop());
  }
  return {
    config, ctx, database, postgres, http: web ? { url: web.publicUrl } : null, sip: voice?.sip ?? null, media: voice?.media ?? null, voice: voice?.voice ?? null, router, declarations, mailUrl: web?.mailUrl ?? null,
    settled: async () => { await deliveries?.settled(); },
    stop: async () => { for (const stop of stops.reverse()) await Promise.resolve(stop()).catch((error: unknown) => log.warn({ error: String(error) }, "stopping")); },
  };
}

async function openData(config: Config, log: Log, say: (text: string) => void, stops: (() => Promise<unknown> | void)[]): Promise<{ database: Database; postgres: EmbeddedPostgres | null }> {
  if (!config.DATABASE_URL) say("Starting the database …");
  const postgres = config.DATABASE_URL ? null : await startPostgres(config.LINIJA_DATA, log);
  if (postgres) stops.push(() => postgres.stop());
  const connection = postgres ? postgres.connection : { connectionString: config.DATABASE_URL };
  const database = openDatabase({ ...connection, max: config.DATABASE_POOL }, log);
  stops.push(() => database.close());
  const applied = await migrate(database.pool);
  if (applied.length > 0) { say(`Preparing the tables (${applied.length} steps) …`); await migrateJobs(database.pool); }
  return { database, postgres };
}

/** Declarations into tables; the demo company into an empty database. */
async function prepare(ctx: Ctx, config: Config, loaded: Awaited<ReturnType<typeof loadDeclarations>>, say: (text: string) => void): Promise<Declarations> {
  if (!loaded.ok) throw new Error(`The declarations cannot be used:\n${describeProblems(loaded)}`);
  await storeDeclarations(ctx, loaded.declarations, config.UNCONFIRMED_AFTER_S === 259_200 ? {} : { unconfirmedAfterS: config.UNCONFIRMED_AFTER_S });
  await inTx(ctx, (ctx) => ensureQueues(ctx.db, loaded.declarations.projects.flatMap(({ project, queues }) => queues.map((queue) => ({ id: `${project.key}.${queue.key}`, projectKey: project.key, name: queue.name })))));

  return loaded.declarations;
}

interface VoiceParts { voice: Voice; sip: SipStack; media: MediaEngine }
interface VoiceInput { ctx: Ctx; config: Config; rpc: Rpc; writer: LiveWriter; router: RouterClient; plan: ReturnType<typeof planOf> }

async function startVoice({ ctx, config, rpc, writer, router, plan }: VoiceInput, stops: (() => Promise<unknown> | void)[]): Promise<VoiceParts> {
  const { log } = ctx;
  const [from, to] = config.MEDIA_PORTS.split("-").map(Number) as [number, number];
  const address = config.MEDIA_HOST || config.SIP_ADVERTISE || config.SIP_HOST;
  const mediaLog = (level: "debug" | "info" | "warn" | "error", message: string, fields?: object): void => { log[level](fields ?? {}, message); };
  const media = config.MEDIA_ADDRESS
    ? await connectMediaEngine({ address: config.MEDIA_ADDRESS, log: mediaLog })
    : await createMediaEngine({ workers: config.MEDIA_WORKERS, rtpPorts: [from, to], address, log: mediaLog });
  const callback = async (wanted: CallbackWanted): Promise<void> => {
    await registerCallback(ctx, { ...wanted, queueId: wanted.queueId ?? "", dueAt: plan.callbackDue(wanted.projectKey, wanted.queueId, ctx.now()) });
  };
  const voice = new Voice({ ctx, config, rpc, writer, media, router, plan, prompts: resolve(ROOT, "prompts"), findClient: (number) => selectCaller(ctx.db, number), callback });
  const repaired = await recover({ ctx, router, recordings: join(config.LINIJA_DATA, "recordings"), callback });
  if (repaired.calls + repaired.recordings > 0) log.warn(repaired, "repaired what an interrupted run left behind");
  const sip = await openSip(voice, config, log, createRegistrar(ctx));
  stops.push(() => media.stop(0));
  stops.push(() => voice.stop(config.STOP_GRACE_MS));
  return { voice, sip, media };
}
