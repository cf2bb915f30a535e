import { parseDocument } from "yaml";
import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { invalid, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { kindOf, projectFolders, readDeclarations, RESERVED, textsOf, wordsOf, type FileProblem, type ProjectDeclaration } from "../projects/index.ts";
import type { Language } from "../api.contract.ts";
import type * as contracts from "./declarations.contract.ts";
import { refuseHeld } from "./declarations.remove.service.ts";
import { lockGround } from "./declarations.store.ts";
import { declaredOf, mayManage, problemView, putChanges, type DeclarationsDeps } from "./declarations.service.ts";
import { fromTemplate, leftOut } from "./declarations.template.rules.ts";
import { COMMON, COMPANY, type Change } from "./declarations.texts.rules.ts";
import { selectRetired, type RetiredRow } from "./declarations.retire.sql.ts";
import { pack, unpack } from "./declarations.zip.rules.ts";
import { joinProject, selectCurrent, selectProjectRows, type CurrentText, type ProjectRow } from "./declarations.sql.ts";

type Reply<C extends { reply: z.ZodType }> = z.input<C["reply"]>;
type Projects = Reply<typeof contracts.listProjects>;

export async function listProjects(ctx: Ctx, deps: DeclarationsDeps): Promise<Projects> {
  mayManage(ctx);
  const language = readerLanguage(ctx);
  const { company, projects } = deps.live.current();
  const [rows, stored, retired] = await Promise.all([selectCurrent(ctx.db), selectProjectRows(ctx.db), selectRetired(ctx.db)]);
  const live = rows.filter(({ text }) => text !== null);
  return {
    company: { name: company.name[language], texts: live.filter(({ projectKey, path }) => projectKey === COMMON || (projectKey === COMPANY && !path.startsWith("demo/"))).length },
    projects: projects.map((declared) => projectView(declared, { rows: live.filter(({ projectKey }) => projectKey === declared.project.key), stored, language })),
    retired: retired.map(({ key, name, colour, prefix, retiredAt, retiredBy, note, tickets }) => ({ key, name: name[language], colour, ticketPrefix: prefix, retiredAt: retiredAt.toISOString(), retiredBy, note, tickets })),
    templates: templatesOf(deps).map((template) => ({ ...templateView(template, language), kinds: kindsOf(deps, template.key) })),
    takenNumbers: [...company.numbers, ...projects.flatMap(({ project }) => project.numbers)],
  };
}

function projectView({ project }: ProjectDeclaration, { rows, stored, language }: { rows: CurrentText[]; stored: ProjectRow[]; language: Language }): Projects["projects"][number] {
  const last = rows.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  return {
    key: project.key, name: project.name[language], about: project.about[language], colour: project.colour, languages: project.languages, numbers: project.numbers, ticketPrefix: project.ticket_prefix,
    template: stored.find(({ key }) => key === project.key)?.template ?? null, texts: rows.length, changedAt: (last?.at ?? new Date(0)).toISOString(), changedBy: last?.authorName ?? null,
  };
}

function templateView({ key, declared, problems }: Template, language: Language): Omit<Projects["templates"][number], "kinds"> {
  // A broken template is shown by its folder's name, with what is wrong with it.
  if (!declared) return { key, name: key, about: "", colour: "#868e96", languages: [], ticketPrefix: "", mailFrom: "", problems: problems.map((problem) => problemView(problem, language)) };
  const { project } = declared;
  return { key, name: project.name[language], about: project.about[language], colour: project.colour, languages: project.languages, ticketPrefix: project.ticket_prefix, mailFrom: project.mail_from, problems: [] };
}

interface Template { key: string; declared: ProjectDeclaration | null; problems: FileProblem[] }
const templates = new WeakMap<object, Template[]>();

/** Every folder of the repository with a `project.yaml`, read by itself; the repository does not change while the program runs. */
function templatesOf({ repository, settings }: DeclarationsDeps): Template[] {
  const known = templates.get(repository);
  if (known) return known;
  const made = projectFolders(repository).map((key): Template => {
    const people = "people:\n  - { login: nobody, name: Nobody, role: administrator, language: en }\n";
    // Demo people of other projects are none of a template's business, nor is the company's menu of projects.
    const company = parseDocument(repository.get("company.yaml") ?? "");
    company.setIn(["ivr"], { start: "bye", steps: { bye: { do: "hang_up" } } });
    company.delete("projects");
    const texts = new Map([...repository, ["demo/people.yaml", people], ["company.yaml", company.toString()]]);
    const read = readDeclarations(texts, { kinds: settings.kinds, projects: [key] });
    return { key, declared: read.ok ? read.declarations.projects[0] ?? null : null, problems: read.ok ? [] : read.problems };
  });
  templates.set(repository, made);
  return made;
}

function kindsOf({ repository, settings }: DeclarationsDeps, key: string): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const path of textsOf(repository, key).keys()) {
    const kind = kindOf(path, settings.kinds);
    if (kind && kind !== "demo") kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** R358: everything the template has, in use at once under the new name; the first text of each is its version 1. */
export async function createProject(ctx: Ctx, deps: DeclarationsDeps, input: z.output<typeof contracts.createProject.body>): Promise<Reply<typeof contracts.createProject>> {
  mayManage(ctx);
  const template = textsOf(deps.repository, input.template);
  if (!template.has("project.yaml") || RESERVED.includes(input.template)) throw invalidField("template", "unknown_template");
  if (!input.languages.includes(input.defaultLanguage)) throw invalidField("defaultLanguage", "wrong_choice");
  // Letters to clients leave in the name of whoever this is: it is asked for, and never taken over unsaid.
  if (isSameAddress(input.mailFrom, templatesOf(deps).find(({ key }) => key === input.template)?.declared?.project.mail_from)) throw invalidField("mailFrom", "mail_of_template");
  const texts = fromTemplate(template, input);
  await inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    refuseTaken(deps, input, await selectRetired(ctx.db));
    if (RESERVED.includes(input.key) || ground.rows.some(({ projectKey }) => projectKey === input.key)) throw invalidField("key", "project_key_taken");
    await putChanges(ctx, deps, ground, { changes: [...texts].map(([path, text]): Change => ({ projectKey: input.key, path, text, number: 1 })), note: "", template: input.template, project: input.key });
    await joinAsMaker(ctx, input.key);
  });
  await deps.live.look();
  return { key: input.key, texts: texts.size, leftOut: leftOut(template) };
}

const isSameAddress = (one: string, other: string | undefined): boolean => one.trim().toLowerCase() === other?.toLowerCase();

async function joinAsMaker(ctx: TxCtx, key: string): Promise<void> {
  if (ctx.actor.kind !== "user" || !(await joinProject(ctx.db, ctx.actor.id, key))) return;
  await audit(ctx, { action: "user.joined_project", object: { kind: "user", id: ctx.actor.id }, after: { project: key } });
  await emit(ctx, { type: "user.joined_project", subject: { kind: "user", id: ctx.actor.id }, data: { project: key } });
}

/** At the field, instead of at a line of a text the person has not seen. */
function refuseTaken(deps: DeclarationsDeps, { numbers, ticketPrefix }: { numbers: string[]; ticketPrefix: string }, retired: RetiredRow[]): void {
  const { company, projects } = deps.live.current();
  const owner = new Map([...company.numbers.map((number) => [number, company.name.en] as const), ...projects.flatMap(({ project }) => project.numbers.map((number) => [number, project.name.en] as const))]);
  const faults = numbers.flatMap((number, index) => (owner.has(number) ? [{ field: `numbers.${index}`, code: "number_taken", params: { name: owner.get(number)! } }] : []));
  // Numbers of tickets are for ever: those of a project out of use keep their letters.
  const holder = projects.find(({ project }) => project.ticket_prefix === ticketPrefix)?.project ?? retired.find(({ prefix }) => prefix === ticketPrefix);
  if (holder) faults.push({ field: "ticketPrefix", code: "prefix_taken", params: { name: holder.name.en } });
  if (faults.length > 0) throw invalid(faults);
}

export async function exportProject(ctx: Ctx, deps: DeclarationsDeps, key: string): Promise<{ name: string; bytes: Uint8Array }> {
  mayManage(ctx);
  if (key !== COMMON && key !== COMPANY && !declaredOf(deps, key) && !deps.live.retired().has(key)) throw notFound("project", key);
  const rows = (await selectCurrent(ctx.db, key)).filter(({ text }) => text !== null);
  return { name: `${key}.zip`, bytes: pack(key, new Map(rows.map(({ path, text }) => [path, text!]))) };
}

type Import = z.output<typeof contracts.importProject.query>;
type Imported = Reply<typeof contracts.importProject>;

/** Carries out of a transaction what it would have done, so that nothing of it is kept. */
class Previewed extends Error {
  readonly imported: Imported;
  constructor(imported: Imported) { super("previewed"); this.imported = imported; }
}

/** An archive of texts: a new project by the key it names, or the texts of one that is there. All of it, or nothing; a preview is refused for what the import would be refused for. */
export async function importProject(ctx: Ctx, deps: DeclarationsDeps, bytes: Uint8Array, input: Import): Promise<Imported> {
  mayManage(ctx);
  try {
    return await takeArchive(ctx, deps, bytes, input);
  } catch (error) {
    if (error instanceof Previewed) return error.imported;
    throw error;
  }
}

async function takeArchive(ctx: Ctx, deps: DeclarationsDeps, bytes: Uint8Array, { into, as, note = "", preview }: Import): Promise<Imported> {
  const unpacked = unpack(bytes);
  if (!unpacked.ok) throw invalid(unpacked.problems.slice(0, 50).map(({ file, ...told }) => ({ field: file || "file", code: "declaration_problem", params: { ...wordsOf(told, readerLanguage(ctx)) } })), "declaration_refused");
  const key = into ?? as ?? keyOf(unpacked.texts);
  if (as !== undefined) renameKey(unpacked.texts, as);
  if (RESERVED.includes(key) || !/^[a-z][a-z0-9_-]{1,30}$/.test(key)) throw invalidField("file", "project_key_unusable");
  if (into !== undefined && !declaredOf(deps, into)) throw notFound("project", into);
  const result = await inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    const rows = ground.rows.filter(({ projectKey }) => projectKey === key);
    if (into === undefined && rows.length > 0) throw invalid([{ field: "key", code: "project_key_taken" }], "project_key_taken");
    const saved = [...unpacked.texts].flatMap(([path, text]): Change[] => {
      const row = rows.find((each) => each.path === path);
      return row?.text === text ? [] : [{ projectKey: key, path, text, number: (row?.number ?? 0) + 1 }];
    });
    const removed = rows.filter(({ path, text }) => text !== null && !path.startsWith("demo/") && !unpacked.texts.has(path)).map(({ path, number }): Change => ({ projectKey: key, path, text: null, number: number + 1 }));
    await refuseHeld(ctx, deps, ground.rows, removed);
    const declarations = saved.length + removed.length > 0 ? await putChanges(ctx, deps, ground, { changes: [...saved, ...removed], note, project: key }) : null;
    if (into === undefined) await joinAsMaker(ctx, key);
    const lacks = into === undefined && declarations ? await lackedBy(ctx, deps, declarations.projects.find(({ project }) => project.key === key)) : [];
    const changes = [...saved, ...removed].map(({ path, text }) => ({ path, how: text === null ? "removed" as const : rows.some((row) => row.path === path && row.text !== null) ? "changed" as const : "added" as const }));
    const imported = { key, saved: saved.length, removed: removed.length, changes: changes.toSorted((a, b) => a.path.localeCompare(b.path)), lacks };
    if (preview) throw new Previewed(imported);
    return imported;
  });
  await deps.live.look();
  return result;
}

/** People and things that texts of a project only just brought name, and nobody has made yet. */
async function lackedBy(ctx: TxCtx, { settings }: DeclarationsDeps, declared: ProjectDeclaration | undefined): Promise<Imported["lacks"]> {
  const found = await Promise.all(settings.kinds.map(async ({ at, lacks }) => (await lacks?.(ctx, declared!.project.key, declared!.more[at] ?? {}) ?? []).map((problem) => ({ at, problem }))));
  return found.flat().slice(0, MOST_LACKS).map(({ at, problem: { key, line = null, ...problem } }) => ({ path: `${at}/${key}.yaml`, line, message: wordsOf(problem, readerLanguage(ctx)).message }));
}
const MOST_LACKS = 50;

/** The same project under another key: its letters, numbers and names are said to be taken where they are. */
function renameKey(texts: Map<string, string>, key: string): void {
  const head = texts.get("project.yaml");
  if (head !== undefined) texts.set("project.yaml", head.replace(/^key:.*$/m, `key: ${key}`));
}

function keyOf(texts: ReadonlyMap<string, string>): string {
  const head = texts.get("project.yaml");
  if (head === undefined) throw invalidField("file", "project_head_missing");
  // Only this one word is taken from it here; whether the rest is well-formed the reader says, with its lines.
  const key: unknown = /^key:\s*["']?([\w-]+)/m.exec(head)?.[1];
  return typeof key === "string" ? key : "";
}
