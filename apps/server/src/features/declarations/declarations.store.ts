import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { describeProblems, readDeclarations, projectFolders, projectsNamed, type Declarations, type FileProblem, type TextKind, type Texts } from "../projects/index.ts";
import { ensureQueues } from "../queues/index.ts";
import { storeDeclarations } from "../tickets/index.ts";
import { heldDepartments } from "./declarations.departments.service.ts";
import { asTexts, COMMON, COMPANY, fileOf, follow, hashOf, hashOfProject, type Change } from "./declarations.texts.rules.ts";
import { insertVersions, lockDeclarations, selectCurrent, selectHashes, selectProjectRows, upsertProjectRow, type CurrentText, type Hash, type Origin } from "./declarations.sql.ts";

export interface StoreSettings { kinds: readonly TextKind[]; unconfirmedAfterS?: number }
/** What is stored, read under the lock of declarations. */
export interface Ground { rows: CurrentText[]; /** Of projects in use. */ keys: string[]; /** Of those out of use. */ retired: string[] }

export async function lockGround(ctx: TxCtx): Promise<Ground> {
  await lockDeclarations(ctx.db);
  const [rows, projects] = [await selectCurrent(ctx.db), await selectProjectRows(ctx.db)];
  const own = projects.filter(({ key }) => key !== COMPANY && key !== COMMON);
  return { rows, keys: own.filter(({ retired }) => !retired).map(({ key }) => key), retired: own.filter(({ retired }) => retired).map(({ key }) => key) };
}

/** The texts with the changes in their place, as the reader takes them. */
export function changed(rows: readonly CurrentText[], changes: readonly Pick<Change, "projectKey" | "path" | "text">[]): Map<string, string> {
  const replaced = new Map(changes.map((change) => [fileOf(change), change]));
  return asTexts([...rows.filter((row) => !replaced.has(fileOf(row))), ...changes]);
}

export interface Putting { changes: readonly Change[]; declarations: Declarations; origin: Origin; note: string; template?: string }

/**
 * Writes new versions and what the program runs on, in one transaction: texts, hashes, `projects`, versions of processes
 * and forms, queues, the fact and the audit. The declarations were read from exactly these texts.
 */
export async function putInUse(ctx: TxCtx, ground: Ground, settings: StoreSettings, putting: Putting): Promise<void> {
  const { changes, declarations, origin, note, template } = putting;
  const at = ctx.now().toISOString();
  const keys = new Set(changes.map(({ projectKey }) => projectKey));
  const authorId = ctx.actor.kind === "user" ? ctx.actor.id : null;
  const versions = changes.map((change) => ({ ...change, hash: hashOf(change.text), origin, authorId, note, at }));
  const after = new Map(ground.rows.map((row): [string, { projectKey: string; path: string; hash: string; text: string | null }] => [fileOf(row), row]));
  for (const version of versions) after.set(fileOf(version), version);
  for (const key of keys) {
    const texts = [...after.values()].filter(({ projectKey }) => projectKey === key);
    await upsertProjectRow(ctx.db, { key, hash: hashOfProject(texts), template: template ?? null });
  }
  if (versions.length > 0) await insertVersions(ctx.db, versions);
  // A start stores all, for a new release may read the same texts otherwise; so does what concerns every project.
  const concernsAll = origin === "files" || keys.has(COMPANY) || keys.has(COMMON);
  await storeDeclarations(ctx, declarations, { ...settings, isTemplate: template !== undefined, ...(!concernsAll && { only: keys }) });
  await ensureQueues(ctx.db, queuesOf(declarations));
  await tell(ctx, ground, putting);
}

const queuesOf = ({ projects }: Declarations) => projects.flatMap(({ project, queues }) => queues.map((queue) => ({ id: `${project.key}.${queue.key}`, projectKey: project.key, name: queue.name })));

/** One project as it is read now, whose own texts have not changed. */
export async function storeProject(ctx: TxCtx, declarations: Declarations, settings: StoreSettings, key: string): Promise<void> {
  await storeDeclarations(ctx, declarations, { ...settings, only: new Set([key]) });
  await ensureQueues(ctx.db, queuesOf(declarations));
}

async function tell(ctx: TxCtx, ground: Ground, { changes, origin, note }: Putting): Promise<void> {
  const before = new Map(ground.rows.map((row) => [fileOf(row), row.text]));
  if (origin === "desk") for (const change of changes) {
    const action = change.text === null ? "declaration.removed" : "declaration.saved";
    await audit(ctx, { action, object: { kind: "declaration", id: fileOf(change) }, before: before.get(fileOf(change)) ?? null, after: change.text, ...(note && { reason: note }) });
  }
  for (const key of new Set(changes.map(({ projectKey }) => projectKey))) {
    const paths = changes.filter(({ projectKey }) => projectKey === key).map(({ path }) => path);
    // The repository has its own history: one line says that it was followed.
    if (origin === "files") await audit(ctx, { action: "declaration.followed_files", object: { kind: "declaration", id: key }, after: paths });
    await emit(ctx, { type: "project.changed", subject: { kind: "declarations", id: key }, data: { paths } });
  }
}

export interface Begun {
  declarations: Declarations;
  /** The hashes these declarations were read at. */
  hashes: Hash[];
  /** Texts saved in the desk that the repository has otherwise. */ differing: string[];
  /** Why the repository's files were not taken, if they were not. */
  problems: FileProblem[];
}

/**
 * At a start: what the repository brings new is put in use. When it does not fit what is stored, what is stored goes on
 * (the callers come first) and health tells; with nothing stored yet the start fails with every problem.
 */
export async function bringFiles(ctx: Ctx, settings: StoreSettings, repository: { texts: Texts; problems: readonly FileProblem[] }): Promise<Begun> {
  return inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    const wanted = projectsWanted(repository.texts, ground);
    const { changes, differing } = follow(ground.rows, repository.texts, wanted);
    const broken = repository.problems.filter(({ file }) => isOf(file, wanted));
    const texts = changed(ground.rows, changes);
    const read = readDeclarations(texts, { kinds: settings.kinds, projects: wanted, retired: ground.retired });
    const held = await heldDepartments(ctx.db, { before: asTexts(ground.rows), after: texts });
    if (broken.length + held.length === 0 && read.ok) {
      await putInUse(ctx, ground, settings, { changes, declarations: read.declarations, origin: "files", note: "" });
      return { declarations: read.declarations, hashes: await selectHashes(ctx.db), differing, problems: [] };
    }
    const problems = [...broken, ...held, ...(read.ok ? [] : read.problems)];
    const stored = readDeclarations(asTexts(ground.rows), { kinds: settings.kinds, projects: ground.keys, retired: ground.retired });
    // A newer version may ask more of texts than the one that took them: a call centre does not stay closed for that.
    const usable = stored.ok ? stored.declarations : stored.usable;
    if (ground.rows.length === 0 || !usable) throw new Error(`The declarations cannot be used:\n${describeProblems({ problems })}`);
    ctx.log.error({ problems: describeProblems({ problems }) }, "the files of the declarations were not taken; what was in use goes on");
    await putInUse(ctx, ground, settings, { changes: [], declarations: usable, origin: "files", note: "" });
    return { declarations: usable, hashes: await selectHashes(ctx.db), differing, problems };
  });
}

/** The projects in use, and those the company's file names for a first start. */
const projectsWanted = (files: Texts, { keys, retired }: Ground): string[] => [...new Set([...keys, ...(projectsNamed(files) ?? projectFolders(files))])].filter((key) => !retired.includes(key)).sort();

const isOf = (file: string, wanted: readonly string[]): boolean => !file.includes("/") || ["demo", COMMON, ...wanted].includes(file.split("/")[0]!);
