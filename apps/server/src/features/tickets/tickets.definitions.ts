import { createHash } from "node:crypto";
import { inTx, type Ctx, type Db, type TxCtx } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { remembered } from "../../platform/remembered.ts";
import { processSchema, type Process } from "../processes/index.ts";
import type { Declarations, ProjectDeclaration, TextKind } from "../projects/index.ts";
import { refuseAuthor } from "./tickets.authors.ts";
import { insertProcessVersion, lockProject, selectProcess, selectProjectDefinition, selectProjectHash, updateRetired, upsertProject } from "./tickets.definitions.sql.ts";

/** What tickets, notices and the client's page need of a project's declarations; stored, so that every node reads the same. */
export interface ProjectInUse extends Pick<ProjectDeclaration, "project" | "calendar" | "types" | "dispositions" | "reasons" | "notices"> {
  /** Process key → the version new tickets begin with. */
  processIds: Record<string, string>;
  company: { name: Declarations["company"]["name"] };
  departments: Declarations["company"]["departments"];
  /** Texts of other features by kind and key, or what the feature has put in their place (the id of a version, say). */
  more: Record<string, Record<string, unknown>>;
  /** Out of use: it can be read, and nothing new comes into it. */
  retired?: boolean;
}

export interface StoreOptions {
  /** Replaces the time the processes themselves give a client to confirm. */
  unconfirmedAfterS?: number;
  kinds?: readonly TextKind[];
  /** Nothing else has changed: the others need not be stored again. */
  only?: ReadonlySet<string>;
  /** A project is made from a template, whose texts the product brings. */
  isTemplate?: boolean;
}

/** Stores declarations as what is in use: projects as they are now, each version of a process for ever under its hash. */
export async function storeDeclarations(ctx: Ctx, declarations: Declarations, options: StoreOptions = {}): Promise<void> {
  await inTx(ctx, async (ctx) => {
    for (const declared of declarations.projects.filter(({ project }) => options.only?.has(project.key) ?? true)) await storeProject(ctx, declared, { ...options, company: declarations.company });
    ctx.afterCommit.push(() => current.clear());
  });
}

async function storeProject(ctx: TxCtx, declared: ProjectDeclaration, options: StoreOptions & { company: Declarations["company"] }): Promise<void> {
  const projectKey = declared.project.key;
  if (!options.isTemplate) refuseAuthor(ctx, declared, await processesInUse(ctx.db, projectKey));
  const processIds: Record<string, string> = {};
  for (const declaredProcess of Object.values(declared.processes)) {
    const definition = options.unconfirmedAfterS === undefined ? declaredProcess : withConfirmationTime(declaredProcess, options.unconfirmedAfterS);
    const hash = hashOf(definition);
    const id = `${projectKey}/${definition.key}/${hash.slice(0, 24)}`;
    processIds[definition.key] = id;
    await insertProcessVersion(ctx.db, { id, projectKey, key: definition.key, hash, definition });
  }
  const { project, calendar, types, dispositions, reasons, notices } = declared;
  const more = await useKinds(ctx, declared, options);
  const definition: ProjectInUse = { project, calendar, types, dispositions, reasons, notices, processIds, company: { name: options.company.name }, departments: options.company.departments, more };
  await upsertProject(ctx.db, { key: projectKey, name: project.name, definition, hash: hashOf(definition) });
}

async function processesInUse(db: Db, projectKey: string): Promise<Map<string, Process> | null> {
  const project = await findProject(db, projectKey);
  return project && new Map(await Promise.all(Object.entries(project.processIds).map(async ([key, id]) => [key, await processOf(db, id)] as const)));
}

async function useKinds(ctx: TxCtx, declared: ProjectDeclaration, { kinds = [], isTemplate = false }: StoreOptions): Promise<ProjectInUse["more"]> {
  const more = { ...declared.more };
  for (const kind of kinds) {
    const name = kind.at.replace(/\.yaml$/, "");
    if (kind.use) more[name] = await kind.use(ctx, declared.project.key, more[name] ?? {}, { isTemplate });
  }
  return more;
}

/** The timers of stages in which the client is asked for a yes, with another length. */
function withConfirmationTime(process: Process, seconds: number): Process {
  const timers = Object.entries(process.clocks.timers).map(([name, timer]) =>
    [name, process.stages[timer.stage]?.client_sees === "done" ? { ...timer, after_hours: seconds / 3_600, counts: "always" as const } : timer] as const);
  return { ...process, clocks: { ...process.clocks, timers: Object.fromEntries(timers) } };
}

const hashOf = (definition: unknown): string => createHash("sha256").update(JSON.stringify(definition)).digest("hex");

/** By hash. Which hash is current is read again each second: another node may have stored newer declarations. */
const projects = new Map<string, ProjectInUse>();
const current = new Map<string, { hash: string; readMs: number }>();
const HASH_MS = 1_000;
remembered(() => { current.clear(); projects.clear(); });
const processes = new Map<string, Process>();

/** Takes a project out of use after `refuse` has looked at what it still has, or brings it back. Tickets that are just being registered are waited for. */
export async function retireProject(ctx: TxCtx, key: string, change: { note: string; refuse: () => Promise<void> } | null): Promise<void> {
  const row = await lockProject(ctx.db, key);
  if (!row || row.retired !== (change === null)) throw conflict("changed_meanwhile");
  await change?.refuse();
  await updateRetired(ctx.db, key, change ? { at: ctx.now(), by: ctx.actor.kind === "user" ? ctx.actor.id : null, note: change.note } : { at: null, by: null, note: "" });
  ctx.afterCommit.push(() => current.clear());
}

/** Null for a project that is not declared. */
export async function findProject(db: Db, key: string): Promise<ProjectInUse | null> {
  const hash = await currentHash(db, key);
  if (!hash) return null;
  const known = projects.get(`${key}:${hash}`);
  if (known) return known;
  const stored = await selectProjectDefinition(db, key);
  if (!stored) return null;
  if (projects.size > 500) projects.clear();
  // What an earlier release stored knows nothing of other kinds of texts.
  const definition: ProjectInUse = { ...stored.definition, more: stored.definition.more ?? {}, retired: stored.retired };
  projects.set(`${key}:${stored.hash}`, definition);
  return definition;
}

async function currentHash(db: Db, key: string): Promise<string | undefined> {
  const known = current.get(key);
  if (known && performance.now() - known.readMs < HASH_MS) return known.hash;
  const hash = await selectProjectHash(db, key);
  if (hash) current.set(key, { hash, readMs: performance.now() });
  return hash;
}

export async function projectOf(db: Db, key: string): Promise<ProjectInUse> {
  const project = await findProject(db, key);
  if (!project) throw notFound("project", key);
  return project;
}

/** The version a ticket lives by; its id carries its hash, so it never changes. An old one gets today's defaults for what it could not know. */
export async function processOf(db: Db, id: string): Promise<Process> {
  const known = processes.get(id);
  if (known) return known;
  const stored = await selectProcess(db, id);
  if (!stored) throw notFound("process", id);
  if (processes.size > 2_000) processes.clear();
  const parsed = processSchema.safeParse(stored);
  const process = parsed.success ? parsed.data : stored;
  processes.set(id, process);
  return process;
}
