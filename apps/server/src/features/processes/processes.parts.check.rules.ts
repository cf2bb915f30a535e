import { formHost, lookupsOf, openForm, type FormDocument } from "@linija/forms";
import { type Catalogue } from "@linija/rules";
import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { inForm, isFor, type Process, type Subtask, type Transition } from "./processes.contract.ts";
import { compileProcess } from "./processes.expressions.rules.ts";

type Path = (string | number)[];
const missing = (path: Path, code: "no_policy" | "no_checklist" | "no_field" | "no_transition", name: string, where: string): PlacedProblem => problem(path, code, { name, where });

/** Policies, checklists, fields and transitions that a transition names. */
export function checkParts(process: Process, key: string, transition: Transition): PlacedProblem[] {
  const at = (...path: Path): Path => ["transitions", key, ...path];
  const { checklist, approval, guards, set, subtasks, automatic } = transition;
  const problems = guards.flatMap((guard, index) => ("policy" in guard && !process.policies[guard.policy] ? [missing(at("guards", index, "policy"), "no_policy", guard.policy, "policies")] : []));
  if (checklist !== undefined && !process.checklists[checklist]) problems.push(missing(at("checklist"), "no_checklist", checklist, "checklists"));
  for (const field of Object.keys(set)) if (!process.fields[field]) problems.push(missing(at("set", field), "no_field", field, "fields"));
  subtasks.forEach((subtask, index) => problems.push(...checkSubtask(process, subtask, at("subtasks", index))));
  if (approval?.refused !== undefined) problems.push(...checkRefused(process, transition, approval.refused, at("approval", "refused")));
  return [...problems, ...(automatic ? checkOwn(transition, key) : []), ...repeated(process, key)];
}

/** Of an automatic transition: nobody is there to fill in or to answer for it. */
function checkOwn(transition: Transition, key: string): PlacedProblem[] {
  const at = (...path: Path): Path => ["transitions", key, ...path];
  const problems: PlacedProblem[] = [];
  if (!isFor(transition, "system")) problems.push(problem(at("automatic"), "automatic_not_system"));
  if (transition.approval) problems.push(problem(at("approval"), "automatic_approval"));
  if (transition.requires.some((each) => !each.when)) problems.push(problem(at("requires"), "automatic_requires"));
  return problems;
}

function checkSubtask(process: Process, { department, task, answer, carries = [] }: Subtask, path: Path): PlacedProblem[] {
  const named = [["department", department === undefined || typeof department === "string" ? null : department.field], ["task", "field" in task ? task.field : null], ["answer", answer ?? null]] as const;
  return [
    ...named.flatMap(([name, field]) => (field !== null && !process.fields[field] ? [missing([...path, name], "no_field", field, "fields")] : [])),
    // What a department answers is text: kept in a choice or a date it would be nothing that can stand there.
    ...(answer !== undefined && process.fields[answer] && process.fields[answer].kind !== "text" ? [problem([...path, "answer"], "answer_not_text", { name: answer })] : []),
    ...carries.flatMap((place, index) => (!place.includes(".") && place !== "form" && !process.fields[place] ? [missing([...path, "carries", index], "no_field", place, "fields")] : [])),
  ];
}

function checkRefused(process: Process, { from }: Transition, refused: string, path: Path): PlacedProblem[] {
  const way = process.transitions[refused];
  if (!way) return [missing(path, "no_transition", refused, "transitions")];
  if (!from.every((stage) => way.from.includes(stage))) return [problem(path, "refusal_not_leaving", { name: refused })];
  if (!isFor(way, "system")) return [problem(path, "not_system", { name: refused })];
  return way.requires.some((each) => !each.when) ? [problem(path, "refusal_requires", { name: refused })] : [];
}

/** A sub-task's key names its answer, so it stands once in the whole process. */
function repeated(process: Process, key: string): PlacedProblem[] {
  const own = process.transitions[key]?.subtasks ?? [];
  const others = Object.entries(process.transitions).flatMap(([other, { subtasks }]) => (other < key ? subtasks.map((each) => each.key) : []));
  return own.flatMap((subtask, index) => (others.includes(subtask.key) || own.findIndex((each) => each.key === subtask.key) < index
    ? [problem(["transitions", key, "subtasks", index, "key"], "twice", { name: subtask.key })] : []));
}

/** Automatic transitions that lead back to where they began would follow each other for ever. */
export function checkAutomatic(process: Process): PlacedProblem[] {
  const automatic = Object.entries(process.transitions).filter(([, each]) => each.automatic);
  const next = (stage: string): string[] => automatic.filter(([, each]) => each.from.includes(stage)).map(([, each]) => each.to);
  return automatic.filter(([, { to, from }]) => {
    const reached = new Set([to]);
    for (const stage of reached) for (const each of next(stage)) reached.add(each);
    return from.some((stage) => reached.has(stage));
  }).map(([key]) => problem(["transitions", key, "automatic"], "automatic_circle", { name: key }));
}

/** What the rest of the project must have: names of expressions, types of sub-tasks, deeds of the authority matrix. */
export interface Around { /** Null: not known. */ catalogue: Catalogue | null; types: readonly string[]; /** What the limits of each deed are in; null: not known. */ deeds: Readonly<Record<string, string | null>> | null; /** Of the types that live by the process; absent: not known. */ forms?: readonly FormDocument[] | null }
export function checkInProject(process: Process, { catalogue, types, deeds, forms }: Around): PlacedProblem[] {
  const made = catalogue && compileProcess(process, catalogue);
  const problems = [...made?.problems ?? [], ...checkPercents(process)];
  if (forms) problems.push(...checkExcluded(process, forms), ...checkCarried(process, forms));
  for (const [key, { approval, subtasks }] of Object.entries(process.transitions)) {
    if (approval && deeds) problems.push(...checkDeed(approval.deed, ["transitions", key, "approval"], { deeds, amount: made?.compiled.expressions.get(`transitions.${key}.approval.amount`)?.type }));
    subtasks.forEach(({ type }, index) => {
      if (!types.includes(type)) problems.push(problem(["transitions", key, "subtasks", index, "type"], "no_type", { name: type, names: types }));
    });
  }
  return problems;
}

/** Whom a form names can be kept away only where a form has such a field, and where it is sure to hold a colleague. */
function checkExcluded({ excludes }: Process, documents: readonly FormDocument[]): PlacedProblem[] {
  const forms = documents.map((document) => openForm(document, formHost("UTC")));
  return excludes.flatMap((place, index): PlacedProblem[] => {
    const path = inForm(place)?.join(".");
    if (path === undefined) return [];
    const lookups = forms.flatMap((form) => lookupsOf(form).get(path) ?? []);
    const isWhole = lookups.length > 0 && lookups.every(({ entity }) => entity === "colleague") && forms.every((form) => lookupsOf(form).has(path) || !hasPlace(form.fields, path.split(".")));
    if (isWhole) return [];
    const offered = [...new Set(forms.flatMap((form) => [...lookupsOf(form)].flatMap(([name, { entity }]) => (entity === "colleague" ? [`form.${name}`] : []))))];
    return [offered.length > 0 ? problem(["excludes", index], "not_in_form", { name: path, names: offered }) : problem(["excludes", index], "no_colleague_in_form", { name: path })];
  });
}

/** A field of the form that goes along with a task is one of some form of the process; of a table the whole goes. */
function checkCarried({ transitions }: Process, documents: readonly FormDocument[]): PlacedProblem[] {
  const forms = documents.map((document) => openForm(document, formHost("UTC")));
  const known = new Set(forms.flatMap((form) => placesIn(form.fields)));
  return Object.entries(transitions).flatMap(([key, { subtasks }]) => subtasks.flatMap(({ carries = [] }, index) => carries.flatMap((place, at): PlacedProblem[] => {
    const path = inForm(place)?.join(".");
    return path === undefined || known.has(path) ? [] : [problem(["transitions", key, "subtasks", index, "carries", at], "hook_no_field", { name: place, names: [...known].map((one) => `form.${one}`).slice(0, 40) })];
  })));
}
type Fields = ReturnType<typeof openForm>["fields"];
const placesIn = (parts: Fields): string[] => [...parts.values()].flatMap((field) => [field.path, ...(field.kind === "group" ? placesIn(field.parts) : [])]);

type Parts = ReadonlyMap<string, { parts: Parts }>;
const hasPlace = (parts: Parts, [name = "", ...rest]: string[]): boolean => { const field = parts.get(name); return field !== undefined && (rest.length === 0 || hasPlace(field.parts, rest)); };

/** An amount is held against limits: it is money of their currency, or a number where they are numbers. */
function checkDeed(deed: string, path: Path, { deeds, amount }: { deeds: Readonly<Record<string, string | null>>; /** Its type; undefined: there is none, or it is wrong in itself. */ amount: string | undefined }): PlacedProblem[] {
  if (!Object.hasOwn(deeds, deed)) return [deedMissing([...path, "deed"], deed, Object.keys(deeds))];
  const unit = deeds[deed];
  const isNumber = ["int", "double", "decimal"].includes(amount ?? "");
  if (amount === undefined || !unit || (unit === "number" ? isNumber : amount === "money" || amount === `money<${unit}>`)) return [];
  return [unit === "number" ? problem([...path, "amount"], "amount_not_number", { name: deed }) : problem([...path, "amount"], "amount_not_money", { name: deed, currency: unit })];
}

/** Later than twice the time nobody is helped by being told any more. */
const MOST_PERCENT = 200;
const checkPercents = ({ clocks: { escalations } }: Process): PlacedProblem[] =>
  escalations.flatMap(({ at_percent: percent }, index) => (percent > MOST_PERCENT ? [problem(["clocks", "escalations", index, "at_percent"], "percent_late", { percent, most: MOST_PERCENT })] : []));

const deedMissing = (path: Path, name: string, deeds: readonly string[]): PlacedProblem => (deeds.length > 0 ? problem(path, "no_deed", { name, names: deeds }) : problem(path, "no_authority", { name }));

/** Departments written out in fields, in sub-tasks and in who may. */
export const departmentsOf = (process: Process): { path: Path; department: string }[] => [...offeredBy(process), ...askedBy(process)];
const offeredBy = ({ fields }: Process) => Object.entries(fields).flatMap(([key, field]) =>
  (field.kind === "department" ? (field.departments ?? []).map((department, index) => ({ path: ["fields", key, "departments", index], department })) : []));
const askedBy = (process: Process) => Object.entries(process.transitions).flatMap(([key, { subtasks, who }]) => [
  ...subtasks.flatMap(({ department }, index) => (typeof department === "string" ? [{ path: ["transitions", key, "subtasks", index, "department"], department }] : [])),
  ...who.flatMap((each, index) => (typeof each !== "string" && each.department !== undefined ? [{ path: ["transitions", key, "who", index, "department"], department: each.department }] : [])),
]);
