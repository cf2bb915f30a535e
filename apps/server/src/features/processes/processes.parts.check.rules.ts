import { type Catalogue } from "@linija/rules";
import { type DeclarationProblem } from "../projects/texts.contract.ts";
import { isFor, type Process, type Subtask, type Transition } from "./processes.contract.ts";
import { compileProcess } from "./processes.expressions.rules.ts";

type Path = (string | number)[];
const missing = (path: Path, what: string, key: string, where: string): DeclarationProblem => ({ path, message: `there is no ${what} "${key}"`, remedy: `declare it under ${where} or correct its name` });

/** Policies, checklists, fields and transitions that a transition names. */
export function checkParts(process: Process, key: string, transition: Transition): DeclarationProblem[] {
  const at = (...path: Path): Path => ["transitions", key, ...path];
  const { checklist, approval, guards, set, subtasks, automatic } = transition;
  const problems = guards.flatMap((guard, index) => ("policy" in guard && !process.policies[guard.policy] ? [missing(at("guards", index, "policy"), "policy", guard.policy, "policies")] : []));
  if (checklist !== undefined && !process.checklists[checklist]) problems.push(missing(at("checklist"), "checklist", checklist, "checklists"));
  for (const field of Object.keys(set)) if (!process.fields[field]) problems.push(missing(at("set", field), "field", field, "fields"));
  subtasks.forEach((subtask, index) => problems.push(...checkSubtask(process, subtask, at("subtasks", index))));
  if (approval?.refused !== undefined) problems.push(...checkRefused(process, transition, approval.refused, at("approval", "refused")));
  return [...problems, ...(automatic ? checkOwn(transition, key) : []), ...repeated(process, key)];
}

/** Of an automatic transition: nobody is there to fill in or to answer for it. */
function checkOwn(transition: Transition, key: string): DeclarationProblem[] {
  const at = (...path: Path): Path => ["transitions", key, ...path];
  const problems: DeclarationProblem[] = [];
  if (!isFor(transition, "system")) problems.push({ path: at("automatic"), message: "the system may not make this transition", remedy: "add system to its who" });
  if (transition.approval) problems.push({ path: at("approval"), message: "an automatic transition has nobody whose authority could be enough", remedy: "let a person make it, or take the approval away" });
  if (transition.requires.some((each) => !each.when)) problems.push({ path: at("requires"), message: "an automatic transition cannot fill in fields", remedy: "compute them with set" });
  return problems;
}

function checkSubtask(process: Process, { department, task, answer }: Subtask, path: Path): DeclarationProblem[] {
  const named = [["department", typeof department === "string" ? null : department.field], ["task", "field" in task ? task.field : null], ["answer", answer ?? null]] as const;
  return named.flatMap(([name, field]) => (field !== null && !process.fields[field] ? [missing([...path, name], "field", field, "fields")] : []));
}

function checkRefused(process: Process, { from }: Transition, refused: string, path: Path): DeclarationProblem[] {
  const way = process.transitions[refused];
  if (!way) return [missing(path, "transition", refused, "transitions")];
  if (!from.every((stage) => way.from.includes(stage))) return [{ path, message: `"${refused}" does not leave every stage this may be asked in`, remedy: "add the stages to its from" }];
  if (!isFor(way, "system")) return [{ path, message: `the system may not make "${refused}"`, remedy: "add system to its who" }];
  return way.requires.some((each) => !each.when) ? [{ path, message: `"${refused}" requires fields that a refusal does not fill`, remedy: "let it require none" }] : [];
}

/** A sub-task's key names its answer, so it stands once in the whole process. */
function repeated(process: Process, key: string): DeclarationProblem[] {
  const own = process.transitions[key]?.subtasks ?? [];
  const others = Object.entries(process.transitions).flatMap(([other, { subtasks }]) => (other < key ? subtasks.map((each) => each.key) : []));
  return own.flatMap((subtask, index) => (others.includes(subtask.key) || own.findIndex((each) => each.key === subtask.key) < index
    ? [{ path: ["transitions", key, "subtasks", index, "key"], message: `"${subtask.key}" stands here twice`, remedy: "give each sub-task its own key" }] : []));
}

/** Automatic transitions that lead back to where they began would follow each other for ever. */
export function checkAutomatic(process: Process): DeclarationProblem[] {
  const automatic = Object.entries(process.transitions).filter(([, each]) => each.automatic);
  const next = (stage: string): string[] => automatic.filter(([, each]) => each.from.includes(stage)).map(([, each]) => each.to);
  return automatic.filter(([, { to, from }]) => {
    const reached = new Set([to]);
    for (const stage of reached) for (const each of next(stage)) reached.add(each);
    return from.some((stage) => reached.has(stage));
  }).map(([key]) => ({ path: ["transitions", key, "automatic"], message: `"${key}" leads back to where it began by automatic transitions alone`, remedy: "let a person make one of them" }));
}

/** What the rest of the project must have: names of expressions, types of sub-tasks, deeds of the authority matrix. */
export interface Around { /** Null: not known. */ catalogue: Catalogue | null; types: readonly string[]; /** Null: not known. */ deeds: readonly string[] | null }
export function checkInProject(process: Process, { catalogue, types, deeds }: Around): DeclarationProblem[] {
  const problems = catalogue ? compileProcess(process, catalogue).problems : [];
  for (const [key, { approval, subtasks }] of Object.entries(process.transitions)) {
    if (approval && deeds && !deeds.includes(approval.deed)) problems.push({ path: ["transitions", key, "approval", "deed"], message: `there is no deed "${approval.deed}" in authority.yaml`, remedy: deeds.length > 0 ? `use one of ${deeds.join(", ")}, or add it` : "add authority.yaml with it" });
    subtasks.forEach(({ type }, index) => {
      if (!types.includes(type)) problems.push({ path: ["transitions", key, "subtasks", index, "type"], message: `there is no ticket type "${type}"`, remedy: `use one of ${types.join(", ")}` });
    });
  }
  return problems;
}

/** Departments written out in sub-tasks and in who may. */
export const departmentsOf = (process: Process): { path: Path; department: string }[] => Object.entries(process.transitions).flatMap(([key, { subtasks, who }]) => [
  ...subtasks.flatMap(({ department }, index) => (typeof department === "string" ? [{ path: ["transitions", key, "subtasks", index, "department"], department }] : [])),
  ...who.flatMap((each, index) => (typeof each !== "string" && each.department !== undefined ? [{ path: ["transitions", key, "who", index, "department"], department: each.department }] : [])),
]);
