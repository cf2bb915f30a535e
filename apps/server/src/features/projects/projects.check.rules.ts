import { type DeclarationProblem } from "./texts.contract.ts";
import { type Authority, checkInProject, departmentsOf, noticesOf } from "../processes/index.ts";
import { catalogueFor } from "../rules/index.ts";
import { isNoticeVariable, variablesOf } from "./notices.rules.ts";
import { type Declarations, languages, type Notice, type Person, type ProjectDeclaration } from "./projects.contract.ts";

/** A problem with the file it belongs to, relative to the project's folder. */
export interface CheckedProblem extends DeclarationProblem { file: string }

const oneOf = (names: Iterable<string>) => `use one of ${[...names].join(", ")}`;

/** Names that point from one file of a project to another. */
export function checkProject(declared: ProjectDeclaration): CheckedProblem[] {
  return [
    ...checkHead(declared), ...checkKeys(declared), ...checkTypes(declared), ...checkProcesses(declared), ...checkNotices(declared), ...checkScenes(declared),
  ];
}

function checkHead({ project, queues, ivr }: ProjectDeclaration): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  if (!project.languages.includes(project.default_language)) problems.push({ file: "project.yaml", path: ["default_language"], message: "is not among the languages", remedy: oneOf(project.languages) });
  queues.forEach((queue, index) => queue.languages.filter((each) => !project.languages.includes(each)).forEach((each) =>
    problems.push({ file: "queues.yaml", path: ["queues", index, "languages"], message: `the project does not speak "${each}"`, remedy: oneOf(project.languages) })));
  for (const [key, step] of Object.entries(ivr.steps)) {
    if (step.do === "set_language" && !project.languages.includes(step.language)) problems.push({ file: "ivr.yaml", path: ["steps", key, "language"], message: `the project does not speak "${step.language}"`, remedy: oneOf(project.languages) });
  }
  return problems;
}

function checkKeys(declared: ProjectDeclaration): CheckedProblem[] {
  const lists = [
    ["queues.yaml", "queues", declared.queues], ["types.yaml", "types", declared.types],
    ["dispositions.yaml", "dispositions", declared.dispositions], ["dispositions.yaml", "reasons", declared.reasons],
  ] as const;
  return lists.flatMap(([file, name, list]) => list.flatMap((each, index) =>
    list.findIndex((other) => other.key === each.key) < index
      ? [{ file, path: [name, index, "key"], message: `"${each.key}" stands here twice`, remedy: "give each its own key" }] : []));
}

function checkTypes({ types, processes, more }: ProjectDeclaration): CheckedProblem[] {
  // Without that kind of text nobody has looked at forms at all.
  const forms = more["forms"];
  return types.flatMap((type, index) => [
    ...(processes[type.process] ? [] : [{ file: "types.yaml", path: ["types", index, "process"], message: `there is no process "${type.process}"`, remedy: oneOf(Object.keys(processes)) }]),
    ...(!type.form || !forms || forms[type.form] ? [] : [{ file: "types.yaml", path: ["types", index, "form"], message: `there is no form "${type.form}"`, remedy: oneOf(Object.keys(forms)) }]),
  ]);
}

/** Expressions, deeds and types that processes name; the names a condition may use are those of the project. */
function checkProcesses(declared: ProjectDeclaration): CheckedProblem[] {
  // Without that kind of text nobody has looked at authorities at all.
  const authority = declared.more["authority"]?.["authority"] as Authority | undefined;
  const deeds = authority ? Object.keys(authority.deeds) : null;
  // The same of forms: what a condition says of `form` cannot be judged then.
  const isFormed = (key: string): boolean => declared.types.some(({ process, form }) => process === key && form !== undefined);
  const types = [...declared.types.map(({ key }) => key), ...(declared.processes["task"] ? ["task"] : [])];
  return Object.entries(declared.processes).flatMap(([key, process]) => {
    const catalogue = !declared.more["forms"] && isFormed(key) ? null : catalogueFor(declared, { processes: [process], purpose: "guard" });
    return checkInProject(process, { catalogue, types, deeds }).map((problem) => ({ file: `processes/${key}.yaml`, ...problem }));
  });
}

function checkNotices({ notices, processes }: ProjectDeclaration): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  for (const [key, process] of Object.entries(processes)) {
    const named = [["start_notice", process.start_notice] as const, ...Object.entries(process.transitions).map(([name, each]) => [`transitions.${name}.notice`, each.notice] as const)]
      .flatMap(([path, notice]) => noticesOf(notice).map((wish) => [path, wish.notice] as const));
    for (const [path, notice] of named) if (!notices[notice]) problems.push({ file: `processes/${key}.yaml`, path: path.split("."), message: `there is no notice "${notice}"`, remedy: oneOf(Object.keys(notices)) });
  }
  for (const [key, notice] of Object.entries(notices)) problems.push(...checkNotice(key, notice));
  return problems;
}

/** Every language must tell the client the same things. */
function checkNotice(key: string, notice: Notice): CheckedProblem[] {
  const used = (language: (typeof languages)[number]) => variablesOf(`${notice.subject[language]}\n${notice.body[language]}`);
  const all = new Set(languages.flatMap(used));
  return languages.flatMap((language) => {
    const here = used(language);
    const unknown = here.filter((name) => !isNoticeVariable(name)).map((name) => ({ file: "notices.yaml", path: [key, "body", language], message: `there is no variable {{${name}}}`, remedy: "see the list at the head of the file" }));
    const missing = [...all].filter((name) => !here.includes(name)).map((name) => ({ file: "notices.yaml", path: [key, "body", language], message: `{{${name}}} is in another language but not here`, remedy: "use the same variables in every language" }));
    return [...unknown, ...missing];
  });
}

function checkScenes({ scenes, types, queues, dispositions, reasons }: ProjectDeclaration): CheckedProblem[] {
  const lists = { type: types, queue: queues, disposition: dispositions, reason: reasons };
  return scenes.scenes.flatMap((scene, index) => (["type", "queue", "disposition", "reason"] as const).flatMap((field) =>
    lists[field].some((each) => each.key === scene[field]) ? []
      : [{ file: "demo/scenes.yaml", path: ["scenes", index, field], message: `there is no ${field} "${scene[field]}"`, remedy: oneOf(lists[field].map((each) => each.key)) }]));
}

/** What must be right between projects: numbers, ticket prefixes, people. `keys` names the broken projects too. */
export function checkCompany({ company, projects, people }: Declarations, keys: string[]): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  const owners = new Map<string, string>(company.numbers.map((number) => [number, "the company"]));
  const prefixes = new Map<string, string>();
  for (const { project } of projects) {
    const file = `${project.key}/project.yaml`;
    project.numbers.forEach((number, index) => {
      const owner = owners.get(number);
      if (owner) problems.push({ file, path: ["numbers", index], message: `${number} already belongs to ${owner}`, remedy: "a number leads to one place only" });
      owners.set(number, project.key);
    });
    const other = prefixes.get(project.ticket_prefix);
    if (other) problems.push({ file, path: ["ticket_prefix"], message: `${project.ticket_prefix} is the prefix of ${other}`, remedy: "choose other letters" });
    prefixes.set(project.ticket_prefix, project.key);
  }
  const departments = Object.keys(company.departments);
  for (const { project, processes } of projects) {
    for (const [key, process] of Object.entries(processes)) problems.push(...departmentsOf(process).filter(({ department }) => !departments.includes(department))
      .map(({ path, department }) => ({ file: `${project.key}/processes/${key}.yaml`, path, message: `there is no department "${department}"`, remedy: oneOf(departments) })));
  }
  people.forEach((person, index) => problems.push(...checkPerson(person, index, { departments: Object.keys(company.departments), keys })));
  return [...problems, ...checkLogins(people)];
}

function checkPerson(person: Person, index: number, { departments, keys }: { departments: string[]; keys: string[] }): CheckedProblem[] {
  const file = "demo/people.yaml";
  const problems = person.projects.filter((key) => !keys.includes(key)).map((key) => ({ file, path: ["people", index, "projects"], message: `there is no project "${key}"`, remedy: oneOf(keys) }));
  if (person.role === "department" && !departments.includes(person.department ?? "")) problems.push({ file, path: ["people", index, "department"], message: `there is no department "${person.department ?? ""}"`, remedy: oneOf(departments) });
  return problems;
}

const checkLogins = (people: Person[]): CheckedProblem[] => people.flatMap((person, index) =>
  people.findIndex((other) => other.login === person.login || (person.extension && other.extension === person.extension)) < index
    ? [{ file: "demo/people.yaml", path: ["people", index], message: `the login or extension of ${person.login} is taken`, remedy: "give each person their own" }] : []);
