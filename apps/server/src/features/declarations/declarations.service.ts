import type { z } from "zod";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalid, invalidField, notFound, type AppError } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { may } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { kindOf, readDeclarations, wordsOf, type Declarations, type FileProblem, type ProjectDeclaration, type Texts } from "../projects/index.ts";
import type * as contracts from "./declarations.contract.ts";
import type { LiveDeclarations } from "./declarations.live.ts";
import { heldDepartments } from "./declarations.departments.service.ts";
import { nameIn } from "./declarations.name.rules.ts";
import { changed, lockGround, putInUse, type Ground, type StoreSettings } from "./declarations.store.ts";
import { asTexts, COMMON, COMPANY, fileOf, placeOf, type Change, type Place } from "./declarations.texts.rules.ts";
import * as db from "./declarations.sql.ts";

export interface DeclarationsDeps { live: LiveDeclarations; settings: StoreSettings; /** The files that came with the program: templates, and what desk texts are compared with. */ repository: Texts }

type Input<C extends { body: z.ZodType }> = z.output<C["body"]>;
type Reply<C extends { reply: z.ZodType }> = z.input<C["reply"]>;

/** Everything here is the administrator's. */
export function mayManage(ctx: Ctx): void {
  if (!may(ctx, "projects.manage")) throw forbidden();
}

const userIdOf = (ctx: Ctx): string => {
  if (ctx.actor.kind !== "user") throw forbidden();
  return ctx.actor.id;
};

export async function listTexts(ctx: Ctx, deps: DeclarationsDeps, key: string): Promise<Reply<typeof contracts.listTexts>> {
  mayManage(ctx);
  const name = nameOf(ctx, deps, key);
  const [rows, drafts] = await Promise.all([db.selectCurrent(ctx.db, key), db.selectDrafts(ctx.db, key, userIdOf(ctx))]);
  const stored = rows.filter((row) => row.text !== null && isShown(row)).map((row) => {
    const draft = drafts.find(({ path }) => path === row.path);
    return {
      path: row.path, name: nameIn(row.text!, readerLanguage(ctx)), kind: kindAt(deps, row)!, number: row.number, origin: row.origin, at: row.at.toISOString(), by: row.authorName, note: row.note,
      draft: draft ? { base: draft.base, at: draft.at.toISOString() } : null, differs: differsFrom(deps, row) !== null,
    };
  });
  // A text that so far is only somebody's draft.
  const begun = drafts.filter(({ path }) => !stored.some((text) => text.path === path)).map((draft) => ({
    path: draft.path, name: nameIn(draft.text, readerLanguage(ctx)), kind: kindAt(deps, { projectKey: key, path: draft.path }) ?? "", number: 0, origin: "desk" as const, at: draft.at.toISOString(), by: null, note: "", draft: { base: draft.base, at: draft.at.toISOString() }, differs: false,
  }));
  const removed = rows.filter((row) => row.text === null && isShown(row)).map((row) => ({ path: row.path, kind: kindAt(deps, row) ?? "", number: row.number, by: row.authorName, at: row.at.toISOString(), note: row.note }));
  return { key, name, retired: deps.live.retired().has(key), texts: [...stored, ...begun], removed };
}

/** Demo people are loaded once, into an empty database: to edit them would change nothing. */
const isShown = ({ projectKey, path }: Place): boolean => projectKey !== COMPANY || !path.startsWith("demo/");

/** What the repository says where the desk has saved something else; null when it has no such text, or the same. */
function differsFrom({ repository }: DeclarationsDeps, row: Place & { text: string | null; origin: db.Origin }): string | null {
  const file = repository.get(fileOf(row));
  return row.origin !== "desk" || file === undefined || file === row.text ? null : file;
}

export const declaredOf = ({ live }: DeclarationsDeps, key: string): ProjectDeclaration | undefined => live.current().projects.find(({ project }) => project.key === key);

function nameOf(ctx: Ctx, deps: DeclarationsDeps, key: string): string {
  if (key === COMPANY) return deps.live.current().company.name[readerLanguage(ctx)];
  if (key === COMMON) return COMMON;
  const name = declaredOf(deps, key)?.project.name ?? deps.live.retired().get(key);
  if (!name) throw notFound("project", key);
  return name[readerLanguage(ctx)];
}

export function kindAt({ settings }: DeclarationsDeps, { projectKey, path }: Place): string | null {
  if (projectKey === COMPANY) return path === "company.yaml" ? COMPANY : null;
  const kind = kindOf(path, settings.kinds);
  return projectKey === COMMON && !path.includes("/") && !["notices.yaml", "authority.yaml", "places.yaml"].includes(path) ? null : kind;
}

/** The place of a text that may be written, or a refusal that names the field. */
export function placeFor(ctx: Ctx, deps: DeclarationsDeps, key: string, path: string): Place {
  nameOf(ctx, deps, key);
  if (kindAt(deps, { projectKey: key, path }) === null) throw invalidField("path", "declaration_path");
  return { projectKey: key, path };
}

export async function readText(ctx: Ctx, deps: DeclarationsDeps, key: string, query: { path: string; number?: number | undefined }): Promise<Reply<typeof contracts.readText>> {
  mayManage(ctx);
  const place = placeFor(ctx, deps, key, query.path);
  const [current, asked, drafts] = await Promise.all([
    db.selectVersion(ctx.db, place, null), query.number === undefined ? null : db.selectVersion(ctx.db, place, query.number), db.selectDrafts(ctx.db, key, userIdOf(ctx)),
  ]);
  const draft = drafts.find(({ path }) => path === place.path);
  const version = asked === null ? current : asked;
  // A text that so far is only a draft can be read; a version that never was cannot.
  if (!version && (asked !== null || !draft)) throw notFound("text", place.path);
  return {
    path: place.path, kind: kindAt(deps, place)!, ...(version ? versionView(version) : NOT_YET), current: current?.number ?? 0,
    draft: draft ? { text: draft.text, base: draft.base, at: draft.at.toISOString() } : null, repository: current ? differsFrom(deps, { ...place, ...current }) : null,
  };
}

const NOT_YET = { text: "", number: 0, origin: "desk" as const, by: null, at: null, note: "" };
const versionView = ({ text, number, origin, authorName, at, note }: db.VersionRow) => ({ text: text ?? "", number, origin, by: authorName, at: at.toISOString(), note });

/** What is out of use can be read, and must be brought back to be changed. */
function refuseRetired({ live }: DeclarationsDeps, key: string): void {
  if (live.retired().has(key)) throw conflict("project_retired");
}

/** How everything is read, with a change of texts or without. */
export const readingOf = ({ live, settings }: DeclarationsDeps) => ({ kinds: settings.kinds, projects: live.current().projects.map(({ project }) => project.key), retired: [...live.retired().keys()] });

/** The whole project is read with this text in place, as a save would. */
export async function checkText(ctx: Ctx, deps: DeclarationsDeps, key: string, body: Input<typeof contracts.checkText>): Promise<Reply<typeof contracts.checkText>> {
  mayManage(ctx);
  const place = placeFor(ctx, deps, key, body.path);
  refuseRetired(deps, key);
  const rows = await db.selectCurrent(ctx.db);
  const texts = changed(rows, [{ ...place, text: body.text }]);
  const read = readDeclarations(texts, readingOf(deps));
  const problems = read.ok ? await heldDepartments(ctx.db, { before: asTexts(rows), after: texts }) : read.problems;
  return { problems: problems.map((problem) => problemView(problem, readerLanguage(ctx))) };
}

export function problemView(problem: FileProblem, language: Language) {
  const { file, line, column, path } = problem;
  return { file, path: placeOf(file).path, line, column, at: path, ...wordsOf(problem.told, language) };
}

/** Says what the reader says, place by place; a desk that asked for a check before shows them at their lines. */
export function refused(problems: readonly FileProblem[], language: Language): AppError {
  return invalid(problems.map((problem) => {
    const { file, line, path } = problem;
    const { message, remedy } = wordsOf(problem.told, language);
    return { field: `${file}${line ? `:${line}` : ""}`, code: "declaration_problem", params: { message: path ? `${path}: ${message}` : message, remedy } };
  }), "declaration_refused");
}

/** Reads everything with the changes in place and puts it in use, or refuses all of it. */
export async function putChanges(ctx: TxCtx, deps: DeclarationsDeps, ground: Ground, input: { changes: Change[]; note: string; template?: string; project?: string }): Promise<Declarations> {
  const keys = [...new Set([...ground.keys, ...(input.project ? [input.project] : [])])];
  const texts = changed(ground.rows, input.changes);
  const read = readDeclarations(texts, { kinds: deps.settings.kinds, projects: keys, retired: ground.retired });
  const problems = read.ok ? await heldDepartments(ctx.db, { before: asTexts(ground.rows), after: texts }) : read.problems;
  if (!read.ok || problems.length > 0) throw refused(problems, readerLanguage(ctx));
  await putInUse(ctx, ground, deps.settings, { changes: input.changes, declarations: read.declarations, origin: "desk", note: input.note, ...(input.template && { template: input.template }) });
  ctx.afterCommit.push(() => void deps.live.look());
  return read.declarations;
}

interface One { path: string; text: string | null; number: number; note: string }

/** Two people at once: the first is saved, the other is told who was first and keeps the draft. */
export async function saveOne(ctx: Ctx, deps: DeclarationsDeps, key: string, { path, text, number, note }: One): Promise<{ number: number }> {
  mayManage(ctx);
  const place = placeFor(ctx, deps, key, path);
  refuseRetired(deps, key);
  const saved = await inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    const row = ground.rows.find((each) => each.projectKey === key && each.path === path);
    if ((row?.number ?? 0) !== number) throw conflict("declaration_changed", { name: row?.authorName ?? "–", number: row?.number ?? 0 });
    if (row?.text === text) return { number };
    await putChanges(ctx, deps, ground, { changes: [{ ...place, text, number: number + 1 }], note });
    if (ctx.actor.kind === "user") await db.deleteDrafts(ctx.db, key, ctx.actor.id, [path]);
    return { number: number + 1 };
  });
  await deps.live.look();
  return saved;
}

export const saveText = (ctx: Ctx, deps: DeclarationsDeps, key: string, body: Input<typeof contracts.saveText>) => saveOne(ctx, deps, key, body);

/** An older text is saved again, as a new version: nothing that happened is lost. */
export async function takeBackText(ctx: Ctx, deps: DeclarationsDeps, key: string, { path, to, number, note }: Input<typeof contracts.takeBackText>): Promise<{ number: number }> {
  mayManage(ctx);
  const version = await db.selectVersion(ctx.db, placeFor(ctx, deps, key, path), to);
  if (!version || version.text === null) throw notFound("version", String(to));
  return saveOne(ctx, deps, key, { path, text: version.text, number, note });
}

export async function saveDraft(ctx: Ctx, deps: DeclarationsDeps, key: string, { path, text, base }: Input<typeof contracts.saveDraft>): Promise<{ ok: true }> {
  mayManage(ctx);
  const place = placeFor(ctx, deps, key, path);
  refuseRetired(deps, key);
  await inTx(ctx, async (ctx) => { await db.upsertDraft(ctx.db, { ...place, authorId: userIdOf(ctx), base, text, at: ctx.now() }); });
  return { ok: true };
}

export async function dropDraft(ctx: Ctx, deps: DeclarationsDeps, key: string, { path }: Input<typeof contracts.dropDraft>): Promise<{ ok: true }> {
  mayManage(ctx);
  const place = placeFor(ctx, deps, key, path);
  await inTx(ctx, async (ctx) => { await db.deleteDrafts(ctx.db, key, userIdOf(ctx), [place.path]); });
  return { ok: true };
}

const VERSIONS = 50;

export async function listVersions(ctx: Ctx, deps: DeclarationsDeps, key: string, query: { path: string; before?: number | undefined }): Promise<Reply<typeof contracts.listVersions>> {
  mayManage(ctx);
  const rows = await db.selectVersions(ctx.db, placeFor(ctx, deps, key, query.path), query.before ?? null, VERSIONS + 1);
  const items = rows.slice(0, VERSIONS);
  return {
    items: items.map(({ number, at, authorName, origin, note, removed }) => ({ number, at: at.toISOString(), by: authorName, origin, note, removed })),
    next: rows.length > VERSIONS ? items.at(-1)!.number : null,
  };
}
