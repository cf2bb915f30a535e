import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MediaEngine } from "@linija/media";
import type { SipStack } from "@linija/sip";
import type { Config, Role } from "./platform/config.ts";
import { openDatabase, type Ctx, type Database } from "./platform/db.ts";
import { startDeliveries, type DurableListener } from "./platform/deliveries.ts";
import { registerDurable } from "./platform/events.ts";
import { AppError, isDatabaseAway } from "./platform/errors.ts";
import { newId } from "./platform/ids.ts";
import { startJobs } from "./platform/jobs.ts";
import { holdLease, type Tenure } from "./platform/lease.ts";
import type { Log } from "./platform/log.ts";
import { translate } from "./platform/messages.ts";
import { migrate } from "./platform/migrate.ts";
import { migrateJobs } from "./platform/jobs.ts";
import { startDefaultMetrics } from "./platform/metrics.ts";
import { startPostgres, type EmbeddedPostgres } from "./platform/postgres.ts";
import { startPulse, type Pulse } from "./platform/pulse.ts";
import { startRpc, type Rpc } from "./platform/rpc.ts";
import { openSecrets } from "./platform/secret.ts";
import { startAutomation } from "./features/automation/index.ts";
import { livePlan, type Voice, type WholePlan } from "./features/calls/index.ts";
import { startSealer } from "./features/audit/index.ts";
import { startClocks } from "./features/clocks/index.ts";
import { LiveWriter } from "./features/interactions/index.ts";
import { bringFiles, LiveDeclarations, type Begun, type DeclarationsDeps, type StoreSettings } from "./features/declarations/index.ts";
import { readFolder, type Declarations } from "./features/projects/index.ts";
import { exposeRouter, holdingsOfNodes, offerToNode, Router, routerClient, selectStanding, type RouterClient } from "./features/queues/index.ts";
import { desksHere, gather } from "./features/realtime/index.ts";
import { createMailer, startDemoMail, startSender } from "./features/notices/index.ts";
import { makeFirstAdministrator, type FirstAdministrator } from "./features/access/index.ts";
import { startRemembering } from "./features/articles/index.ts";
import { formFilesIn } from "./features/forms/index.ts";
import { startDuties } from "./features/duties/index.ts";
import { startHandovers } from "./features/handovers/index.ts";
import { queueSkillsOf } from "./features/load/index.ts";
import { startPromises } from "./features/promises/index.ts";
import { startReminders, startVocabulary } from "./features/views/index.ts";
import { seedDemo } from "./features/demo/index.ts";
import { startWebhooks } from "./features/webhooks/index.ts";
import { textKinds } from "./kinds.ts";
import { performing, clocksDeps, jobHandlers, durableListeners, nightlyJobs } from "./subscriptions.ts";
import { startMedia } from "./media.ts";
import { startVoice, type VoiceParts } from "./voice.ts";
import { companyNames } from "./routes.ts";
import { tellFirstAdministrator } from "./welcome.ts";
import { startWeb, type Web } from "./web.ts";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A running node: what tests and the launcher hold of it. */
export interface Linija {
  config: Config;
  ctx: Ctx;
  database: Database;
  postgres: EmbeddedPostgres | null;
  http: { url: string; port: number } | null;
  sip: SipStack | null;
  media: MediaEngine | null;
  voice: Voice | null;
  nodeId: string;
  router: RouterClient;
  /** As they are at the moment of asking. */
  readonly declarations: Declarations;
  /** Made by this very start. */
  firstAdministrator: FirstAdministrator | null;
  mailUrl: string | null;
  /** Waits until every durable listener has heard everything so far; for tests. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions { config: Config; log: Log; progress?(text: string): void }

/** Wires everything by hand, in order; read this first. What is started is stopped in reverse. */
export async function startApp(options: StartOptions): Promise<Linija> {
  const { config, log } = options;
  const say = options.progress ?? (() => undefined);
  const stops: Stops = [];
  try {
    return await start({ ...options, say }, stops);
  } catch (error) {
    for (const stop of stops.reverse()) await Promise.resolve(stop()).catch(() => undefined);
    log.error({ err: error, roles: config.LINIJA_ROLES }, "Linija did not start");
    throw error;
  }
}

type Stops = (() => Promise<unknown> | void)[];

async function start(options: StartOptions & { say(text: string): void }, stops: Stops): Promise<Linija> {
  const { config, log, say } = options;
  mkdirSync(config.LINIJA_DATA, { recursive: true });
  startDefaultMetrics();
  const reading = readFolder(config.LINIJA_PROJECTS || join(ROOT, "projects"));
  const { database, postgres, pulse } = await openData(config, log, say, stops);
  const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "linija" }, now: () => new Date(), depth: 0, requestId: newId(), log };
  const { projects, firstAdministrator } = await prepare(ctx, config, await reading, say);
  stops.push(() => projects.live.stop());
  // What a first start has loaded is brought to disk now: after a crash it would stand between the callers and an answer.
  if (postgres) void database.pool.query("checkpoint").catch(() => undefined);
  const rpc = await startRpc({ db: database.db, roles: config.LINIJA_ROLES.filter((role) => role !== "router"), host: config.RPC_HOST, port: config.RPC_PORT, log });
  stops.push(() => rpc.stop());
  const writer = new LiveWriter(database.pool, log);
  stops.push(() => Promise.race([writer.settled(), pause(LAST_WRITES_MS, undefined, { ref: false })]));
  const node: Node = { ctx, config, rpc, writer, pulse, router: routerClient(rpc), plan: livePlan(projects.live.current), declarations: projects.live.current, projects, has: (role) => config.LINIJA_ROLES.includes(role) };
  const parts = await startRoles(node, database, stops);
  const mailUrl = parts.work?.mailUrl ?? null;
  return {
    config, ctx, database, postgres, router: node.router, get declarations() { return projects.live.current(); }, firstAdministrator, mailUrl, nodeId: rpc.nodeId,
    http: parts.web && { url: parts.web.publicUrl, port: parts.web.port }, sip: parts.voice?.sip ?? null, media: parts.voice?.media ?? null, voice: parts.voice?.voice ?? null,
    settled: async () => { await parts.work?.settled(); },
    stop: async () => {
      // Operators see their calls through at the desk, so the web goes down after the last of them.
      await parts.voice?.voice.drain(config.STOP_GRACE_MS);
      for (const stop of stops.reverse()) await Promise.resolve(stop()).catch((error: unknown) => log.warn({ error: String(error) }, "stopping"));
    },
  };
}

const LAST_WRITES_MS = 3_000;
const SWEEP_MS = 5_000;

/** The declarations in use, and what this start saw of the files. */
type Projects = DeclarationsDeps & Pick<Begun, "differing" | "problems">;

/** What every role of this node is given. */
interface Node {
  ctx: Ctx; config: Config; rpc: Rpc; writer: LiveWriter; pulse: Pulse; router: RouterClient; plan: WholePlan; declarations: () => Declarations; projects: Projects;
  has(role: Role): boolean;
}

/** Media and router first (others speak to them at once), web last (its answering means that all is there). */
async function startRoles(node: Node, database: Database, stops: Stops): Promise<{ voice: VoiceParts | null; web: Web | null; work: Work | null }> {
  const { config, ctx, rpc, has } = node;
  if (has("media") && config.MEDIA_ADDRESS) stops.push(startMedia(config, ctx.log));
  if (has("router")) await startRouter(node, stops);
  // Facts of every node are kept for the listeners, wherever those run.
  const listeners = durableListeners({ publicUrl: () => address.publicUrl, skillsOf: node.plan.skillsOf, queueSkills: queueSkillsOf(node.declarations), here: desksHere(node.rpc), reload: (operatorId) => node.router.reload(operatorId) });
  for (const listener of listeners) registerDurable(listener.name, (type) => listener.wants(type));
  const address = { publicUrl: config.PUBLIC_URL || `http://${config.HTTP_HOST}:${config.HTTP_PORT}` };
  const work = has("jobs") ? await startWork(node, database, listeners, stops) : null;
  const voice = has("voice") ? await startVoice({ ...node, root: ROOT, stops }) : null;
  const web = has("web") ? await startWeb({ ...node, ...(voice ?? NO_VOICE), pool: database.pool, root: ROOT }) : null;
  if (web) address.publicUrl = web.publicUrl;
  stops.push(web ? () => web.stop() : gather((changes) => { void rpc.broadcast("web", "realtime.push", changes); }));
  return { voice, web, work };
}

/**
 * One node routes, however many may: the others stand by. Voice nodes that were here before this router tell it what they
 * hold; every few seconds it looks whether what it believes is so.
 */
async function startRouter({ ctx, rpc, writer, plan, projects }: Node, stops: Stops): Promise<void> {
  let routing: { router: Router; isMine: Tenure } | null = null;
  const owner = (): Router | null => (routing?.isMine() ? routing.router : null);
  exposeRouter(rpc, owner);
  const repair = async (): Promise<void> => { await owner()?.repair().catch((error: unknown) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "the router's sweep failed"); }); };
  const take = async (isMine: Tenure): Promise<void> => {
    const router = new Router({ ctx, writer, queues: plan.queues, offer: offerToNode(rpc), holdings: holdingsOfNodes(rpc), standing: () => selectStanding(ctx.db), isMine });
    await router.rebuild();
    routing = { router, isMine };
    await rpc.setRole("router", true);
    await repair();
  };
  const lose = async (): Promise<void> => {
    routing = null;
    await rpc.setRole("router", false);
  };
  stops.push(projects.live.onChange(() => routing?.router.setQueues(plan.queues)));
  const lease = await holdLease({ db: ctx.db, rpc, log: ctx.log }, { name: "router", take, lose });
  stops.push(() => lease.stop());
  const timer = setInterval(() => void repair(), SWEEP_MS);
  stops.push(() => clearInterval(timer));
}

const NO_VOICE = { voice: null, media: null, sip: null };

interface Work { mailUrl: string | null; settled(): Promise<void> }

/** The jobs role: durable listeners, timers, mail; and, in the demo, the mail server that shows what was sent. */
async function startWork({ ctx, config, rpc }: Node, database: Database, listeners: DurableListener[], stops: Stops): Promise<Work> {
  const mail = config.LINIJA_DEMO && !config.SMTP_URL ? await startDemoMail(ctx, config.SMTP_DEMO_PORT) : null;
  if (mail) stops.push(() => mail.stop());
  const mailer = createMailer(config.SMTP_URL || mail?.url || "smtp://127.0.0.1:25");
  stops.push(() => mailer.close());
  const deliveries = startDeliveries(ctx, listeners);
  stops.push(() => deliveries.stop());
  const sealer = startSealer(ctx);
  stops.push(() => sealer.stop());
  const sender = startSender(ctx, mailer, config.LINIJA_DATA);
  stops.push(() => sender.stop());
  const promises = startPromises(ctx);
  stops.push(() => promises.stop());
  const handovers = startHandovers(ctx, { here: desksHere(rpc) });
  stops.push(() => handovers.stop());
  const duties = startDuties(ctx);
  stops.push(() => duties.stop());
  const reminders = startReminders(ctx);
  stops.push(() => reminders.stop());
  const vocabulary = startVocabulary(ctx);
  stops.push(() => vocabulary.stop());
  await startRemembering(ctx);
  const clocks = startClocks(ctx, clocksDeps());
  stops.push(() => clocks.stop());
  const automation = startAutomation(ctx, performing);
  stops.push(() => automation.stop());
  const secrets = openSecrets(config.LINIJA_DATA, config.LINIJA_KEY);
  const webhooks = startWebhooks(ctx, { secrets, allowPrivate: config.WEBHOOK_PRIVATE });
  stops.push(() => webhooks.stop());
  const jobs = await startJobs(database.pool, jobHandlers(ctx, { mailer, secrets, formFiles: formFilesIn(config.LINIJA_DATA) }), ctx.log, nightlyJobs);
  stops.push(() => jobs.stop());
  return { mailUrl: mail?.url ?? null, settled: () => deliveries.settled() };
}

async function openData(config: Config, log: Log, say: (text: string) => void, stops: Stops): Promise<{ database: Database; postgres: EmbeddedPostgres | null; pulse: Pulse }> {
  if (!config.DATABASE_URL) say("Starting the database …");
  const postgres = config.DATABASE_URL ? null : await startPostgres(config.LINIJA_DATA, log);
  if (postgres) stops.push(() => postgres.stop());
  const connection = postgres ? postgres.connection : { connectionString: config.DATABASE_URL };
  const database = openDatabase({ ...connection, max: config.DATABASE_POOL }, log);
  stops.push(() => database.close());
  const pulse = startPulse(connection, log);
  stops.push(() => pulse.stop());
  const applied = await migrate(database.pool, { say: (text) => { say(text); log.warn(text); } });
  if (applied.length > 0) say(`Prepared the tables (${applied.length} steps).`);
  await migrateJobs(database.pool);
  return { database, postgres, pulse };
}

/** Declarations into tables; the demo company, or somebody who can sign in, into an empty database. */
async function prepare(ctx: Ctx, config: Config, repository: Awaited<ReturnType<typeof readFolder>>, say: (text: string) => void): Promise<{ projects: Projects; firstAdministrator: FirstAdministrator | null }> {
  const settings: StoreSettings = { kinds: textKinds, ...(config.UNCONFIRMED_AFTER_S !== 259_200 && { unconfirmedAfterS: config.UNCONFIRMED_AFTER_S }) };
  const begun = await bringFiles(ctx, settings, repository);
  const live = new LiveDeclarations({ db: ctx.db, log: ctx.log, kinds: textKinds });
  live.begin(begun);
  const projects: Projects = { live, settings, repository: repository.texts, differing: begun.differing, problems: begun.problems };
  if (config.LINIJA_DEMO) {
    const progress = (done: number, total: number): void => { if (done === 0) say(`Loading the demo company (${total} parts) …`); };
    await seedDemo(ctx, begun.declarations, { password: config.LINIJA_DEMO_PASSWORD, progress });
    return { projects, firstAdministrator: null };
  }
  return { projects, firstAdministrator: await letSomebodyIn(ctx, config, begun.declarations, say) };
}

/** The password is told the moment it is kept: a start that fails later must not take it along. */
async function letSomebodyIn(ctx: Ctx, config: Config, declarations: Declarations, say: (text: string) => void): Promise<FirstAdministrator | null> {
  const input = { login: config.LINIJA_ADMIN_LOGIN, password: config.LINIJA_ADMIN_PASSWORD || null, names: companyNames(declarations) };
  const first = await makeFirstAdministrator(ctx, input).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    throw new Error(`LINIJA_ADMIN_PASSWORD cannot be used: ${error.fields.map(({ code }) => translate("en", code)).join(" ")}`, { cause: error });
  });
  if (first) say(tellFirstAdministrator(first));
  return first;
}
