import { join } from "node:path";
import type { App } from "./platform/http.ts";
import { openSecrets } from "./platform/secret.ts";
import { dataFolders } from "./platform/postgres.ts";
import { accessRoutes } from "./features/access/index.ts";
import { callPageRoutes, callsRoutes, openPublicCalls, type CallsDeps } from "./features/calls/index.ts";
import { automationRoutes } from "./features/automation/index.ts";
import { auditRoutes } from "./features/audit/index.ts";
import { databaseProbe, diskProbe, healthRoutes, jobsProbe, type Probe } from "./features/health/index.ts";
import { declarationsProbe, declarationsRoutes } from "./features/declarations/index.ts";
import { clientsRoutes } from "./features/clients/index.ts";
import { clocksProbe } from "./features/clocks/index.ts";
import { demoMailRoutes, mailProbe } from "./features/notices/index.ts";
import { webhooksRoutes } from "./features/webhooks/index.ts";
import { documentsRoutes, startPrinter } from "./features/documents/index.ts";
import { floorRoutes } from "./features/floor/index.ts";
import { formFilesIn, formsRoutes, ticketForms } from "./features/forms/index.ts";
import { messagesRoutes } from "./features/messages/index.ts";
import { operatorsRoutes, type OperatorsDeps } from "./features/operators/index.ts";
import { myRoutes, portalRoutes, underWhite } from "./features/portal/index.ts";
import { articlesRoutes } from "./features/articles/index.ts";
import { guidesRoutes } from "./features/guides/index.ts";
import { dutiesRoutes } from "./features/duties/index.ts";
import { handoversRoutes } from "./features/handovers/index.ts";
import { loadRoutes, queueSkillsOf } from "./features/load/index.ts";
import { promisesRoutes } from "./features/promises/index.ts";
import { desksHere } from "./features/realtime/index.ts";
import { reportsRoutes } from "./features/reports/index.ts";
import { relationsRoutes } from "./features/relations/index.ts";
import { ticketsRoutes } from "./features/tickets/index.ts";
import { bulkRoutes } from "./features/bulk/index.ts";
import { viewsRoutes } from "./features/views/index.ts";
import { languages, type Declarations, type Text } from "./features/projects/index.ts";
import type { WebInput } from "./web.ts";

/** Every feature's routes. */
export async function mountRoutes(app: App, input: WebInput & { publicUrl: string }): Promise<void> {
  const { config, declarations } = input;
  openPublicCalls(app);
  accessRoutes(app, { get names() { return companyNames(declarations()); } });
  auditRoutes(app);
  healthRoutes(app, { ctx: input.ctx, probes: [databaseProbe(input.ctx), jobsProbe(input.ctx), mailProbe(input.ctx, config), clocksProbe(input.ctx), diskProbe(() => dataFolders(config.LINIJA_DATA)), declarationsProbe(input.projects), ...nodeProbes(input), ...voiceProbes(input)] });
  clientsRoutes(app);
  ticketsRoutes(app, { files: { folder: join(config.LINIJA_DATA, "attachments") }, forms: ticketForms });
  viewsRoutes(app);
  bulkRoutes(app);
  automationRoutes(app);
  const secrets = openSecrets(config.LINIJA_DATA, config.LINIJA_KEY);
  webhooksRoutes(app, { secrets, allowPrivate: config.WEBHOOK_PRIVATE });
  formsRoutes(app, { files: formFilesIn(config.LINIJA_DATA) });
  const printer = startPrinter();
  app.addHook("onClose", () => printer.stop());
  documentsRoutes(app, { folder: join(config.LINIJA_DATA, "documents"), printer });
  relationsRoutes(app);
  reportsRoutes(app, { files: { folder: join(config.LINIJA_DATA, "attachments") } });
  promisesRoutes(app);
  handoversRoutes(app, { here: desksHere(input.rpc) });
  loadRoutes(app, { here: desksHere(input.rpc), queueSkills: queueSkillsOf(declarations) });
  dutiesRoutes(app);
  articlesRoutes(app);
  guidesRoutes(app);
  callsRoutes(app, callsDeps(input), join(config.LINIJA_DATA, "recordings"));
  operatorsRoutes(app, operatorsDeps(input));
  callPageRoutes(app, () => declarations().projects.map(({ project }) => ({ key: project.key, name: project.name, about: project.about, number: project.numbers[0]!, languages: project.languages, language: project.default_language, colour: underWhite(project.colour) })));
  portalRoutes(app, { ctx: input.ctx });
  messagesRoutes(app, { publicUrl: input.publicUrl });
  myRoutes(app, { ctx: input.ctx, secrets, folders: { attachments: join(config.LINIJA_DATA, "attachments"), documents: join(config.LINIJA_DATA, "documents") } });
  if (config.LINIJA_DEMO) demoMailRoutes(app, { ctx: input.ctx });
  declarationsRoutes(app, input.projects);
  floorRoutes(app, { get queues() { return floorQueues(declarations()); }, hours: input.plan.hours, get timeZone() { return declarations().company.time_zone; }, router: input.router });
}

/** What everybody guesses first when a password of this company is asked for. */
export const companyNames = ({ company, projects }: Declarations): string[] =>
  [company.name, ...projects.map(({ project }) => project.name)].flatMap((name) => Object.values(name)).concat(projects.map(({ project }) => project.key));

function callsDeps({ rpc, router, declarations, config }: WebInput): CallsDeps {
  const project = (key: string | null) => declarations().projects.find((declared) => declared.project.key === key);
  const queue = (id: string | null) => {
    const [projectKey = null, queueKey] = id?.split(".") ?? [];
    return project(projectKey)?.queues.find(({ key }) => key === queueKey);
  };
  return {
    rpc, router,
    ringMs: (id) => (queue(id)?.ring_s ?? config.RING_MS / 1000) * 1000,
    wrapUpS: (id) => queue(id)?.wrap_up_s ?? 60,
    disposition: (key, disposition) => (project(key) ?? declarations().projects[0])?.dispositions.find((each) => each.key === disposition) ?? null,
    country: (key) => (project(key)?.project.time_zone === "Europe/Moscow" ? "RU" : "SI"),
    knownProject: (key) => project(key) !== undefined,
    languageOf: (key) => project(key)?.project.default_language ?? declarations().company.default_language,
  };
}

function operatorsDeps({ declarations, config, sip, publicUrl }: WebInput & { publicUrl: string }): OperatorsDeps {
  const numbersOf = ({ company, projects }: Declarations) => [...company.numbers.map((number) => [number, company.name] as const), ...projects.flatMap(({ project }) => project.numbers.map((number) => [number, project.name] as const))];
  const isEverywhere = config.SIP_HOST === "0.0.0.0" || config.SIP_HOST === "::";
  return {
    get queues() { return declarations().projects.flatMap(({ project, queues }) => queues.map((queue) => ({ id: `${project.key}.${queue.key}`, projectKey: project.key, name: queue.name, languages: queue.languages, skills: queue.skills }))); },
    get skillNames() { return Object.assign({}, ...declarations().projects.map(({ skills }) => skills).toReversed()) as Record<string, Text>; },
    get projects() { return declarations().projects.map(({ project: { key, name } }) => ({ key, name })); },
    languages, get numbers() { return new Map(numbersOf(declarations())); },
    // A node without a voice of its own knows what the settings say; the port there may only differ when it was taken.
    server: () => ({ host: config.SIP_ADVERTISE || (isEverywhere ? new URL(publicUrl).hostname : config.SIP_HOST), port: sip?.addresses[0]?.port ?? config.SIP_PORT, transports: ["udp", "tcp"] }),
  };
}

const floorQueues = (declarations: Declarations) => declarations.projects.flatMap(({ project, queues }) => queues.map((queue) => ({
  id: `${project.key}.${queue.key}`, projectKey: project.key, name: queue.name, color: project.colour, percent: queue.service_level.percent, withinS: queue.service_level.answered_within_s, languages: queue.languages, wrapUpS: queue.wrap_up_s,
})));

/** Of an installation of several nodes: whether all that a call needs is somewhere. */
function nodeProbes({ rpc, config }: WebInput): Probe[] {
  const others = (["router", "voice"] as const).filter((role) => !config.LINIJA_ROLES.includes(role));
  if (others.length === 0) return [];
  return [{ name: "nodes", look: () => {
    const missing = others.filter((role) => !rpc.present().has(role));
    return { state: missing.length > 0 ? "degraded" : "ok", detail: missing.length > 0 ? `missing: ${missing.join(", ")}` : others.join(", ") };
  } }];
}

/** Only what runs on this node; other nodes answer for themselves. */
function voiceProbes({ voice, media, config }: WebInput): Probe[] {
  if (!voice || !media) return [];
  return [
    { name: "sip", look: () => (voice.draining ? { state: "down", detail: "draining" } : voice.full ? { state: "degraded", detail: `${voice.live} calls of ${config.SIP_CALLS_MAX}` } : { state: "ok", detail: `${voice.live} calls` }) },
    { name: "media", look: async () => {
      const load = await media.load();
      const full = load.rtpLegs >= load.rtpLimit || load.webrtcLegs >= load.webrtcLimit;
      return { state: load.rtpLimit === 0 ? "down" : full ? "degraded" : "ok", detail: `${load.rtpLegs}/${load.rtpLimit} RTP, ${load.webrtcLegs}/${load.webrtcLimit} WebRTC` };
    } },
  ];
}
