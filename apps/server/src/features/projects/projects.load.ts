import { createHash } from "node:crypto";
import { type z } from "zod";
import { checkFlow, ivrFlowSchema } from "../ivr/index.ts";
import { checkProcess, type Process, processSchema } from "../processes/index.ts";
import { type CheckedProblem, checkCompany, checkProject, checkTypes } from "./projects.check.rules.ts";
import {
  calendarSchema, companySchema, type Declarations, dispositionsFileSchema, type FileProblem, type LoadResult, namesFileSchema, type Notice, noticesFileSchema,
  peopleFileSchema, type ProjectDeclaration, projectSchema, queuesFileSchema, scenesFileSchema, typesFileSchema,
} from "./projects.contract.ts";
import { type Departments, kindOf, type TextKind } from "./projects.kinds.ts";
import { problem } from "./problems.contract.ts";
import { inOrder, makeReader, note, readDeclaration, readYaml, type Reader } from "./projects.read.ts";
import { readFolder, type Texts } from "./projects.texts.ts";

type More = ProjectDeclaration["more"];
/** Processes, types, notices and the rest of every project that does not bring its own under the same key. */
interface Common { processes: Record<string, Process>; types: ProjectDeclaration["types"]; notices: Record<string, Notice>; more: More }
interface Reading { reader: Reader; kinds: readonly TextKind[]; common: Common; departments: Departments | undefined; /** Every project that has all its parts, also with problems in them. */ whole: ProjectDeclaration[] }

export interface ReadOptions {
  /** Kinds of texts that features above this one read. */
  kinds?: readonly TextKind[];
  /** The projects in use. Without it those that `company.yaml` names; when it names none, every folder with a `project.yaml`. */
  projects?: readonly string[];
  /** Projects out of use: they are not read, and people may still be theirs. */
  retired?: readonly string[];
}

/** Folders at the root that are no projects. */
export const RESERVED = ["company", "common", "demo"];

/**
 * Reads the company and its projects. `ok: false` carries every problem found, each with file, line, path and remedy;
 * nothing is half loaded. The one reader of declarations, whether they lie in a folder or in the database.
 */
export function readDeclarations(texts: Texts, options: ReadOptions = {}): LoadResult {
  const reader = makeReader(texts);
  const company = readDeclaration(reader, "company.yaml", companySchema);
  const people = readDeclaration(reader, "demo/people.yaml", peopleFileSchema);
  const names = readDeclaration(reader, "demo/names.yaml", namesFileSchema);
  const keys = options.projects ?? company?.projects ?? projectFolders(texts);
  refuseMissing(reader, keys);
  const reading = readCommon(reader, options, company);
  const projects = [...keys].sort().map((key) => (texts.has(`${key}/project.yaml`) ? readProject(reading, key) : null)).filter((project) => project !== null);
  if (company) checkCompanyFlow(reader, company, [...keys]);
  if (!company || !people || !names) return { ok: false, problems: inOrder(reader), usable: null };
  const declarations: Declarations = { company, people: people.people, names, projects };
  for (const problem of checkCompany(declarations, [...keys, ...(options.retired ?? [])])) note(reader, problem.file, problem);
  return reader.problems.length === 0 ? { ok: true, declarations } : { ok: false, problems: inOrder(reader), usable: usableOf(declarations, reading, keys) };
}

/** With problems in them, but each project there with all its parts, and a process for every type. */
const usableOf = (declarations: Declarations, { whole }: Reading, keys: readonly string[]): Declarations | null =>
  (whole.length === keys.length && whole.every(({ types, processes }) => types.every(({ process }) => Object.hasOwn(processes, process))) ? { ...declarations, projects: whole } : null);

function refuseMissing(reader: Reader, keys: readonly string[]): void {
  const folders = projectFolders(reader.texts);
  if (folders.length === 0) note(reader, ".", problem([], "no_project_folder"));
  else keys.forEach((key, index) => { if (!folders.includes(key)) note(reader, "company.yaml", problem(["projects", index], "no_folder", { name: key, names: folders })); });
}

function readCommon(reader: Reader, { kinds = [] }: ReadOptions, company: Declarations["company"] | null): Reading {
  const common: Common = { processes: readProcesses(reader, "common"), types: reader.texts.has("common/types.yaml") ? readDeclaration(reader, "common/types.yaml", typesFileSchema)?.types ?? [] : [], notices: readDeclaration(reader, "common/notices.yaml", noticesFileSchema) ?? {}, more: {} };
  const reading: Reading = { reader, kinds, common, departments: company?.departments, whole: [] };
  common.more = readMore(reading, "common");
  for (const problem of checkTypes(common)) note(reader, "common/types.yaml", problem);
  return reading;
}

/** The declarations of a folder of files, as the repository has them. */
export async function loadDeclarations(root: string, options: ReadOptions = {}): Promise<LoadResult> {
  const { texts, problems } = await readFolder(root);
  const read = readDeclarations(texts, options);
  const live = options.projects ?? (read.ok ? read.declarations.projects.map(({ project }) => project.key) : projectFolders(texts));
  // What cannot be read in a folder that is only a template is that template's own trouble.
  const own = problems.filter(({ file }) => !isTemplate(file, live));
  if (own.length === 0) return read;
  return { ok: false, usable: null, problems: [...own, ...(read.ok ? [] : read.problems.filter(({ file }) => !own.some((each) => each.file === file)))] };
}

const isTemplate = (file: string, live: readonly string[]): boolean => file.includes("/") && ![...RESERVED, ...live].includes(file.split("/")[0]!);

/** One line a problem, for the log and the terminal. */
export const describeProblems = (result: { problems: readonly FileProblem[] }) => result.problems.map((problem) =>
  `${problem.file}${problem.line ? `:${problem.line}` : ""} ${problem.path ? `${problem.path}: ` : ""}${problem.message} → ${problem.remedy}`).join("\n");

/** Folders that have a `project.yaml`, in the order of their names. */
export const projectFolders = (texts: Texts): string[] =>
  [...texts.keys()].filter((path) => /^[^/]+\/project\.yaml$/.test(path)).map((path) => path.split("/")[0]!).filter((folder) => !RESERVED.includes(folder)).sort();

/** What `company.yaml` says of the projects in use, even when it is broken elsewhere; null when it says nothing. */
export function projectsNamed(texts: Texts): string[] | null {
  const named = companySchema.shape.projects.safeParse((readYaml(makeReader(texts), "company.yaml")?.value as { projects?: unknown } | null | undefined)?.projects);
  return named.data ?? null;
}

/** The texts of one folder by their path in it. */
export const textsOf = (texts: Texts, folder: string): Map<string, string> =>
  new Map([...texts].filter(([path]) => path.startsWith(`${folder}/`)).map(([path, text]) => [path.slice(folder.length + 1), text]));

/** For a project without demo clients. */
const NO_SCENES: ProjectDeclaration["scenes"] = { clients: 0, tickets: 0, calls: 0, share: { en: 0, ru: 0, sl: 0 }, pinned: [], scenes: [], reviews: [] };

/** Projects that were read without a problem, by all they are made of: a change of one does not mean reading the others again. */
const known = new Map<string, ProjectDeclaration>();
const KNOWN_MAX = 100;

function readProject(reading: Reading, folder: string): ProjectDeclaration | null {
  const { reader } = reading;
  const key = fingerprint(reading, folder);
  const before = known.get(key);
  if (before) { reading.whole.push(before); return before; }
  const problems = reader.problems.length;
  const declared = readAnew(reading, folder);
  if (declared && problems === 0 && reader.problems.length === 0) {
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(key, declared);
  }
  return declared;
}

function fingerprint({ reader, kinds, departments }: Reading, folder: string): string {
  const hash = createHash("sha256").update(JSON.stringify([folder, kinds.map(numberOf), departments]));
  for (const [path, text] of reader.texts) if (path.startsWith(`${folder}/`) || path.startsWith("common/")) hash.update(`\0${path}\0${text}`);
  return hash.digest("hex");
}

/** The same kind is the same reader; a test may bring another one of the same name. */
const numbers = new WeakMap<TextKind, number>();
let lastNumber = 0;
function numberOf(kind: TextKind): number {
  const number = numbers.get(kind) ?? (lastNumber += 1);
  numbers.set(kind, number);
  return number;
}

function readAnew(reading: Reading, folder: string): ProjectDeclaration | null {
  const { reader } = reading;
  refuseStrangers(reading, folder);
  const declared = readParts(reading, folder);
  if (declared) reading.whole.push(declared);
  // A process or a form that cannot be read is told once, and not again by everything that names it.
  const isBroken = reader.problems.some(({ file }) => NAMED.some((part) => file.startsWith(`${folder}/${part}/`) || file.startsWith(`common/${part}/`)));
  if (!declared || isBroken) return null;
  const { project, ivr, queues } = declared;
  if (project.key !== folder) note(reader, `${folder}/project.yaml`, problem(["key"], "other_folder", { name: project.key, folder }));
  const flowProblems = checkFlow(ivr, { queues: queues.map((queue) => queue.key), projects: [] });
  for (const problem of flowProblems) note(reader, `${folder}/ivr.yaml`, problem);
  for (const problem of checkProject(declared)) note(reader, fileOf(reader, folder, problem), problem);
  checkMore(reading, folder, declared);
  return declared;
}

/** Texts that others are full of names of. */
const NAMED = ["processes", "forms"];

/** Every text by itself; all of them are looked at, whatever one of them has. */
function readParts(reading: Reading, folder: string): ProjectDeclaration | null {
  const { reader, common } = reading;
  const read = <S extends z.ZodType>(file: string, schema: S) => readDeclaration(reader, `${folder}/${file}`, schema);
  const parts = {
    project: read("project.yaml", projectSchema), calendar: read("calendar.yaml", calendarSchema), queues: read("queues.yaml", queuesFileSchema), ivr: read("ivr.yaml", ivrFlowSchema),
    types: read("types.yaml", typesFileSchema), dispositions: read("dispositions.yaml", dispositionsFileSchema), notices: read("notices.yaml", noticesFileSchema),
    scenes: reader.texts.has(`${folder}/demo/scenes.yaml`) ? read("demo/scenes.yaml", scenesFileSchema) : NO_SCENES,
  };
  const processes = { ...common.processes, ...readProcesses(reader, folder) };
  const more = readMore(reading, folder);
  if (!isWhole(parts)) return null;
  const { project, calendar, ivr, scenes } = parts;
  return {
    project, calendar, ivr, scenes, processes, more, queues: parts.queues.queues, skills: parts.queues.skills, types: typesOf(common, parts.types.types),
    notices: { ...common.notices, ...parts.notices }, dispositions: parts.dispositions.dispositions, reasons: parts.dispositions.reasons,
  };
}

/** Its own first, so that a problem with one is told at its place; the common ones have been looked at where they stand. */
const typesOf = ({ types, processes }: Common, own: ProjectDeclaration["types"]): ProjectDeclaration["types"] =>
  [...own, ...types.filter(({ key, process }) => processes[process] !== undefined && !own.some((each) => each.key === key))];

const isWhole = <T extends object>(parts: T): parts is { [K in keyof T]: NonNullable<T[K]> } => Object.values(parts).every((part) => part !== null);

/** A text nobody reads would look as if it did something. */
function refuseStrangers({ reader, kinds }: Reading, folder: string): void {
  for (const path of textsOf(reader.texts, folder).keys()) {
    if (kindOf(path, kinds) === null) note(reader, `${folder}/${path}`, problem([], "unknown_file"));
  }
}

/** A project's own file, or the common one that it has not replaced. */
function fileOf(reader: Reader, folder: string, { file, path }: CheckedProblem): string {
  const source = reader.sources.get(`${folder}/${file}`);
  const own = source && (file !== "notices.yaml" || source.document.hasIn(path.slice(0, 1)));
  return own || !reader.sources.has(`common/${file}`) ? `${folder}/${file}` : `common/${file}`;
}

const namesIn = (reader: Reader, folder: string): string[] => [...reader.texts.keys()].filter((path) => path.startsWith(`${folder}/`) && path.endsWith(".yaml"));
const keyOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1, -".yaml".length);

function readProcesses(reader: Reader, folder: string): Record<string, Process> {
  const processes: Record<string, Process> = {};
  for (const file of namesIn(reader, `${folder}/processes`)) {
    const process = readDeclaration(reader, file, processSchema);
    if (!process) continue;
    for (const problem of checkProcess(process)) note(reader, file, problem);
    if (keyOf(file) !== process.key) note(reader, file, problem(["key"], "other_key", { name: process.key, file: keyOf(file) }));
    processes[process.key] = process;
  }
  return processes;
}

/** Texts of the kinds that other features read; what no feature reads yet is at least well-formed. */
function readMore({ reader, kinds, common }: Reading, folder: string): More {
  const more: More = folder === "common" ? {} : Object.fromEntries(Object.entries(common.more).map(([kind, values]) => [kind, { ...values }]));
  for (const path of textsOf(reader.texts, folder).keys()) {
    const kind = kinds.find(({ at }) => at === path || path.startsWith(`${at}/`));
    const name = kindOf(path, kinds);
    const file = `${folder}/${path}`;
    if (!kind) { if (isUnread(path, name)) readYaml(reader, file); continue; }
    if (!name || !readYaml(reader, file)) continue;
    const key = keyOf(path);
    const { value, problems } = kind.read(reader.texts.get(file)!, { key, projectKey: folder });
    for (const problem of problems) note(reader, file, problem);
    if (problems.length === 0) (more[name] ??= {})[key] = value;
  }
  return more;
}

const isUnread = (path: string, kind: string | null): boolean => kind !== null && kind !== "processes" && (path.includes("/") ? kind !== "demo" : ["authority", "places", "webhooks_in"].includes(kind));

function checkMore({ reader, kinds, departments }: Reading, folder: string, declared: ProjectDeclaration): void {
  for (const kind of kinds) {
    const isOne = kind.at.endsWith(".yaml");
    for (const [key, value] of Object.entries(declared.more[isOne ? keyOf(kind.at) : kind.at] ?? {})) {
      const path = isOne ? kind.at : `${kind.at}/${key}.yaml`;
      const file = reader.texts.has(`${folder}/${path}`) ? `${folder}/${path}` : `common/${path}`;
      for (const problem of kind.check?.(value, declared, { key, departments }) ?? []) note(reader, file, problem);
    }
  }
}

function checkCompanyFlow(reader: Reader, company: Declarations["company"], projects: string[]): void {
  // The company has no queues of its own: its callers wait where their project waits.
  const names = { queues: [], projects };
  for (const problem of checkFlow(company.ivr, names)) note(reader, "company.yaml", { ...problem, path: ["ivr", ...problem.path] });
}
