import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type z } from "zod";
import { checkFlow, ivrFlowSchema } from "../ivr/index.ts";
import { checkProcess, type Process, processSchema } from "../processes/index.ts";
import { type CheckedProblem, checkCompany, checkProject } from "./projects.check.rules.ts";
import {
  calendarSchema, companySchema, type Declarations, dispositionsFileSchema, type FileProblem, type LoadResult, namesFileSchema, type Notice, noticesFileSchema,
  peopleFileSchema, type ProjectDeclaration, projectSchema, queuesFileSchema, scenesFileSchema, typesFileSchema,
} from "./projects.contract.ts";
import { makeReader, note, readDeclaration, type Reader } from "./projects.read.ts";

/** Processes and notices of every project that does not bring its own under the same key. */
interface Common { processes: Record<string, Process>; notices: Record<string, Notice> }

/**
 * Reads the company and all its projects from a folder of declarations. `ok: false` carries every problem found,
 * each with file, line, path and remedy; nothing is half loaded.
 */
export async function loadDeclarations(root: string): Promise<LoadResult> {
  const reader = makeReader(root);
  const [company, people, names] = await Promise.all([
    readDeclaration(reader, "company.yaml", companySchema),
    readDeclaration(reader, "demo/people.yaml", peopleFileSchema),
    readDeclaration(reader, "demo/names.yaml", namesFileSchema),
  ]);
  const folders = await projectFolders(root);
  if (folders.length === 0) note(reader, ".", { path: [], message: "no folder here has a project.yaml", remedy: "add a project, or correct the path of the declarations" });
  const common: Common = {
    processes: await loadProcesses(reader, "common"),
    notices: await readDeclaration(reader, "common/notices.yaml", noticesFileSchema) ?? {},
  };
  const loaded = await Promise.all(folders.map((folder) => loadProject(reader, folder, common)));
  const projects = loaded.filter((project) => project !== null);
  if (company) checkCompanyFlow(reader, company, folders);
  if (company && people && names) {
    const declarations: Declarations = { company, people: people.people, names, projects };
    for (const problem of checkCompany(declarations, folders)) note(reader, problem.file, problem);
    if (reader.problems.length === 0) return { ok: true, declarations };
  }
  return { ok: false, problems: withoutRepeats(reader.problems).sort((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0)) };
}

/** One line a problem, for the log and the terminal. */
export const describeProblems = (result: Extract<LoadResult, { ok: false }>) => result.problems.map((problem) =>
  `${problem.file}${problem.line ? `:${problem.line}` : ""} ${problem.path ? `${problem.path}: ` : ""}${problem.message} → ${problem.remedy}`).join("\n");

async function projectFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const has = await Promise.all(folders.map((folder) => access(join(root, folder, "project.yaml")).then(() => true, () => false)));
  return folders.filter((_folder, index) => has[index]);
}

async function loadProject(reader: Reader, folder: string, common: Common): Promise<ProjectDeclaration | null> {
  const read = <S extends z.ZodType>(file: string, schema: S) => readDeclaration(reader, `${folder}/${file}`, schema);
  const [project, calendar, queues, ivr, types, dispositions, ownNotices, scenes, ownProcesses] = await Promise.all([
    read("project.yaml", projectSchema), read("calendar.yaml", calendarSchema), read("queues.yaml", queuesFileSchema),
    read("ivr.yaml", ivrFlowSchema), read("types.yaml", typesFileSchema), read("dispositions.yaml", dispositionsFileSchema),
    read("notices.yaml", noticesFileSchema), read("demo/scenes.yaml", scenesFileSchema), loadProcesses(reader, folder),
  ]);
  if (!project || !calendar || !queues || !ivr || !types || !dispositions || !ownNotices || !scenes) return null;
  if (project.key !== folder) note(reader, `${folder}/project.yaml`, { path: ["key"], message: `is "${project.key}" in the folder "${folder}"`, remedy: "name the folder as the project" });
  const flowProblems = checkFlow(ivr, { queues: queues.queues.map((queue) => queue.key), projects: [] });
  for (const problem of flowProblems) note(reader, `${folder}/ivr.yaml`, problem);
  const declared: ProjectDeclaration = {
    project, calendar, queues: queues.queues, ivr, types: types.types, scenes,
    notices: { ...common.notices, ...ownNotices }, processes: { ...common.processes, ...ownProcesses },
    dispositions: dispositions.dispositions, reasons: dispositions.reasons,
  };
  for (const problem of checkProject(declared)) note(reader, fileOf(reader, folder, problem), problem);
  return declared;
}

/** A project's own file, or the common one that it has not replaced. */
function fileOf(reader: Reader, folder: string, { file, path }: CheckedProblem): string {
  const source = reader.sources.get(`${folder}/${file}`);
  const own = source && (file !== "notices.yaml" || source.document.hasIn(path.slice(0, 1)));
  return own || !reader.sources.has(`common/${file}`) ? `${folder}/${file}` : `common/${file}`;
}

/** A mistake in a common file is found once by every project that uses it. */
const withoutRepeats = (problems: FileProblem[]): FileProblem[] =>
  [...new Map(problems.map((problem) => [`${problem.file} ${problem.path} ${problem.message}`, problem])).values()];

async function loadProcesses(reader: Reader, folder: string): Promise<Record<string, Process>> {
  const names = await readdir(join(reader.root, folder, "processes")).catch(() => [] as string[]);
  const files = names.filter((name) => name.endsWith(".yaml")).sort().map((name) => `${folder}/processes/${name}`);
  const processes: Record<string, Process> = {};
  for (const file of files) {
    const process = await readDeclaration(reader, file, processSchema);
    if (!process) continue;
    for (const problem of checkProcess(process)) note(reader, file, problem);
    if (!file.endsWith(`/${process.key}.yaml`)) note(reader, file, { path: ["key"], message: `is "${process.key}"`, remedy: "name the file as the process" });
    processes[process.key] = process;
  }
  return processes;
}

function checkCompanyFlow(reader: Reader, company: Declarations["company"], projects: string[]): void {
  // The company has no queues of its own: its callers wait where their project waits.
  const names = { queues: [], projects };
  for (const problem of checkFlow(company.ivr, names)) note(reader, "company.yaml", { ...problem, path: ["ivr", ...problem.path] });
}
