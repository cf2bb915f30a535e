import type { FormDocument } from "@linija/forms";
import { problem, type PlacedProblem } from "./problems.contract.ts";
import { type Authority, checkInProject, departmentsOf, noticesOf, type Process, unitsOfDeeds } from "../processes/index.ts";
import { catalogueFor, formVocabulary, type FormVocabulary } from "../rules/index.ts";
import { isNoticeVariable, noticeField, variablesOf } from "./notices.rules.ts";
import { type Declarations, languages, type Notice, type Person, type ProjectDeclaration } from "./projects.contract.ts";

/** A problem with the file it belongs to, relative to the project's folder. */
export interface CheckedProblem extends PlacedProblem { file: string }

/** Names that point from one file of a project to another. */
export function checkProject(declared: ProjectDeclaration): CheckedProblem[] {
  return [
    ...checkHead(declared), ...checkKeys(declared), ...checkTypes(declared), ...checkSkillsOfTypes(declared), ...checkProcesses(declared), ...checkNotices(declared), ...checkScenes(declared),
  ];
}

function checkHead({ project, queues, skills, ivr }: ProjectDeclaration): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  if (!project.languages.includes(project.default_language)) problems.push({ file: "project.yaml", ...problem(["default_language"], "default_language", { names: project.languages }) });
  queues.forEach((queue, index) => queue.languages.filter((each) => !project.languages.includes(each)).forEach((each) =>
    problems.push({ file: "queues.yaml", ...problem(["queues", index, "languages"], "not_spoken", { name: each, names: project.languages }) })));
  // Where they are named at all, one that is not is a slip: nobody would have it, and the queue would wait for ever.
  const named = Object.keys(skills);
  queues.forEach((queue, index) => (named.length === 0 ? [] : Object.keys(queue.skills)).filter((key) => !named.includes(key)).forEach((key) =>
    problems.push({ file: "queues.yaml", ...problem(["queues", index, "skills", key], "no_skill", { name: key, names: named, where: "skills" }) })));
  for (const [key, step] of Object.entries(ivr.steps)) {
    if (step.do === "set_language" && !project.languages.includes(step.language)) problems.push({ file: "ivr.yaml", ...problem(["steps", key, "language"], "not_spoken", { name: step.language, names: project.languages }) });
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
      ? [{ file, ...problem([name, index, "key"], "twice", { name: each.key }) }] : []));
}

export function checkTypes({ types, processes, more }: Pick<ProjectDeclaration, "types" | "processes" | "more">): CheckedProblem[] {
  // Without that kind of text nobody has looked at forms at all.
  const forms = more["forms"];
  return types.flatMap((type, index) => [
    ...(processes[type.process] ? [] : [{ file: "types.yaml", ...problem(["types", index, "process"], "no_process", { name: type.process, names: Object.keys(processes) }) }]),
    ...(!type.form || !forms || forms[type.form] ? [] : [{ file: "types.yaml", ...problem(["types", index, "form"], "no_form", { name: type.form, names: Object.keys(forms) }) }]),
  ]);
}

/** People have the skills that queues ask for: with another one a type's tickets would be given to nobody. */
function checkSkillsOfTypes({ types, queues }: ProjectDeclaration): CheckedProblem[] {
  const names = [...new Set(queues.flatMap(({ skills }) => Object.keys(skills)))];
  return types.flatMap((type, index) => Object.keys(type.skills ?? {}).filter((key) => !names.includes(key)).map((key) =>
    ({ file: "types.yaml", ...problem(["types", index, "skills", key], "no_skill", { name: key, names, where: "queues.yaml" }) })));
}

/** Expressions, deeds and types that processes name; the names a condition may use are those of the project. */
function checkProcesses(declared: ProjectDeclaration): CheckedProblem[] {
  // Without that kind of text nobody has looked at authorities at all.
  const authority = declared.more["authority"]?.["authority"] as Authority | undefined;
  const deeds = authority ? unitsOfDeeds(authority) : null;
  // The same of forms: what a condition says of `form` cannot be judged then.
  const isFormed = (key: string): boolean => declared.types.some(({ process, form }) => process === key && form !== undefined);
  const types = [...declared.types.map(({ key }) => key), ...(declared.processes["task"] ? ["task"] : [])];
  return Object.entries(declared.processes).flatMap(([key, process]) => {
    const form = formOfNone(declared, key, process);
    const catalogue = !declared.more["forms"] && isFormed(key) ? null : catalogueFor(declared, { processes: [process], purpose: "guard", ...(form && { form }) });
    const forms = declared.more["forms"] && (form ? Object.values(declared.more["forms"]) as FormDocument[] : formsOf(declared, key));
    return [...checkInProject(process, { catalogue, types, deeds, ...(forms && { forms }) }), ...checkBrought(process, declared)].map((found) => ({ file: `processes/${key}.yaml`, ...found }));
  });
}

/** Some process of the project has the step that others are brought along by. */
const checkBrought = ({ transitions }: Process, { processes }: ProjectDeclaration): PlacedProblem[] => Object.entries(transitions).flatMap(([key, { brings_along: step }]) =>
  (step === undefined || Object.values(processes).some((each) => each.transitions[step]?.who.includes("system")) ? [] : [problem(["transitions", key, "brings_along"], "no_transition", { name: step, where: "processes" })]));

/**
 * A process comes before the type that lives by it, for a type names both its process and its form: until there is one, what it
 * says of `form` is judged by all forms of the project. With the type it is looked at again, by that type's form.
 */
function formOfNone({ types, more }: ProjectDeclaration, key: string, process: Process): FormVocabulary | undefined {
  const forms = Object.keys(more["forms"] ?? {});
  if (key === "task" || types.some((type) => type.process === key) || !/\bform\./.test(JSON.stringify(process))) return undefined;
  return formVocabulary({ types: forms.map((form) => ({ key: form, form })), more }, []);
}

/** Of the types that live by this process. */
const formsOf = ({ types, more }: ProjectDeclaration, processKey: string): FormDocument[] =>
  types.flatMap(({ process, form }) => {
    const document = process === processKey && form !== undefined ? more["forms"]?.[form] : undefined;
    return document ? [document as FormDocument] : [];
  });

function checkNotices({ notices, processes }: ProjectDeclaration): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  for (const [key, process] of Object.entries(processes)) {
    const named = [["start_notice", process.start_notice] as const, ...Object.entries(process.transitions).map(([name, each]) => [`transitions.${name}.notice`, each.notice] as const)]
      .flatMap(([path, notice]) => noticesOf(notice).map((wish) => [path, wish.notice] as const));
    for (const [path, notice] of named) if (!notices[notice]) problems.push({ file: `processes/${key}.yaml`, ...problem(path.split("."), "no_notice", { name: notice, names: Object.keys(notices) }) });
  }
  for (const [key, notice] of Object.entries(notices)) problems.push(...checkNotice(key, notice), ...checkNoticeFields(key, notice, processes));
  return problems;
}

/** A field that a notice tells is one of every process that tells it. */
function checkNoticeFields(key: string, notice: Notice, processes: ProjectDeclaration["processes"]): CheckedProblem[] {
  const told = Object.entries(processes).filter(([, process]) => [process.start_notice, ...Object.values(process.transitions).map((each) => each.notice)].some((each) => noticesOf(each).some((wish) => wish.notice === key)));
  return languages.flatMap((language) => variablesOf(`${notice.subject[language]}\n${notice.body[language]}`).flatMap((name) => {
    const field = noticeField(name);
    const without = field === null ? [] : told.filter(([, process]) => !Object.hasOwn(process.fields, field));
    return without.map(([process]) => ({ file: "notices.yaml", ...problem([key, "body", language], "no_field", { name: field!, where: `processes/${process}.yaml` }) }));
  }));
}

/** Every language must tell the client the same things. */
function checkNotice(key: string, notice: Notice): CheckedProblem[] {
  const used = (language: (typeof languages)[number]) => variablesOf(`${notice.subject[language]}\n${notice.body[language]}`);
  const all = new Set(languages.flatMap(used));
  return languages.flatMap((language) => {
    const here = used(language);
    const unknown = here.filter((name) => !isNoticeVariable(name) && noticeField(name) === null).map((name) => ({ file: "notices.yaml", ...problem([key, "body", language], "notice_variable", { name }) }));
    const missing = [...all].filter((name) => !here.includes(name)).map((name) => ({ file: "notices.yaml", ...problem([key, "body", language], "notice_uneven", { name }) }));
    return [...unknown, ...missing];
  });
}

function checkScenes({ scenes, types, queues, dispositions, reasons }: ProjectDeclaration): CheckedProblem[] {
  const lists = { type: types, queue: queues, disposition: dispositions, reason: reasons };
  return scenes.scenes.flatMap((scene, index) => (["type", "queue", "disposition", "reason"] as const).flatMap((field) =>
    lists[field].some((each) => each.key === scene[field]) ? []
      : [{ file: "demo/scenes.yaml", ...problem(["scenes", index, field], `no_${field}`, { name: scene[field], names: lists[field].map((each) => each.key) }) }]));
}

/** What must be right between projects: numbers, ticket prefixes, people. `keys` names the broken projects too. */
export function checkCompany({ company, projects, people }: Declarations, keys: string[]): CheckedProblem[] {
  const problems: CheckedProblem[] = [];
  const owners = new Map<string, string | null>(company.numbers.map((number) => [number, null]));
  const prefixes = new Map<string, string>();
  for (const { project } of projects) {
    const file = `${project.key}/project.yaml`;
    project.numbers.forEach((number, index) => {
      const owner = owners.get(number);
      if (owner !== undefined) problems.push({ file, ...(owner === null ? problem(["numbers", index], "number_of_company", { number }) : problem(["numbers", index], "number_of_project", { number, name: owner })) });
      owners.set(number, project.key);
    });
    const other = prefixes.get(project.ticket_prefix);
    if (other) problems.push({ file, ...problem(["ticket_prefix"], "prefix_taken", { prefix: project.ticket_prefix, name: other }) });
    prefixes.set(project.ticket_prefix, project.key);
  }
  const departments = Object.keys(company.departments);
  for (const { project, processes } of projects) {
    for (const [key, process] of Object.entries(processes)) problems.push(...departmentsOf(process).filter(({ department }) => !departments.includes(department))
      .map(({ path, department }) => ({ file: `${project.key}/processes/${key}.yaml`, ...problem(path, "no_department", { name: department, names: departments }) })));
  }
  people.forEach((person, index) => problems.push(...checkPerson(person, index, { departments: Object.keys(company.departments), keys })));
  return [...problems, ...checkLogins(people)];
}

function checkPerson(person: Person, index: number, { departments, keys }: { departments: string[]; keys: string[] }): CheckedProblem[] {
  const file = "demo/people.yaml";
  const problems = person.projects.filter((key) => !keys.includes(key)).map((key) => ({ file, ...problem(["people", index, "projects"], "no_project", { name: key, names: keys }) }));
  if (person.role === "department" && !departments.includes(person.department ?? "")) problems.push({ file, ...problem(["people", index, "department"], "no_department", { name: person.department ?? "", names: departments }) });
  return problems;
}

const checkLogins = (people: Person[]): CheckedProblem[] => people.flatMap((person, index) =>
  people.findIndex((other) => other.login === person.login || (person.extension && other.extension === person.extension)) < index
    ? [{ file: "demo/people.yaml", ...problem(["people", index], "person_taken", { name: person.login }) }] : []);
