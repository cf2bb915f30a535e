import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { guideVariables, type Guide, type GuideRecord, type Outcome, type Step } from "./guides.declaration.contract.ts";

export type Value = string | number | boolean;
/** One step as it was passed; `choice` is null where the step has only one way on. */
export interface Passed { step: string; choice: string | null; values: Record<string, Value>; at: string }

const ways = (step: Step): string[] => [...step.choices.map(({ to }) => to), ...(step.next ? [step.next] : [])];

/** Where the talk stands: the start, or where the last passed step led; null: it has ended. */
export function standing(guide: Guide, path: readonly Passed[]): string | null {
  const last = path.at(-1);
  return last ? leadsTo(guide, last) : guide.start;
}

function leadsTo(guide: Guide, { step, choice }: Pick<Passed, "step" | "choice">): string | null {
  const passed = guide.steps[step];
  if (!passed || passed.end) return null;
  return choice === null ? passed.next ?? null : passed.choices.find(({ key }) => key === choice)?.to ?? null;
}

/** A talk goes round in circles at most this often; more is a mistake or a joke. */
const MAX_PASSED = 300;

export type Passing = { ok: true; values: Record<string, Value>; next: string | null; outcome: Outcome | null } | { ok: false; problems: { field: string; code: string }[] };

/** Takes one step from where the talk stands. Values of fields the step does not ask for are refused. */
export function pass(guide: Guide, path: readonly Passed[], given: { choice: string | null; values: Record<string, unknown> }): Passing {
  const at = standing(guide, path);
  const step = at === null ? undefined : guide.steps[at];
  if (!step || path.length >= MAX_PASSED) return { ok: false, problems: [{ field: "choice", code: "guide_ended" }] };
  const isChoice = step.choices.some(({ key }) => key === given.choice);
  if (step.choices.length > 0 ? !isChoice : given.choice !== null) return { ok: false, problems: [{ field: "choice", code: "guide_choice" }] };
  const read = readValues(step, given.values);
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  return { ok: true, values: read.values, next: leadsTo(guide, { step: at!, choice: given.choice }), outcome: step.end?.outcome ?? null };
}

function readValues(step: Step, given: Record<string, unknown>): { values: Record<string, Value>; problems: { field: string; code: string }[] } {
  const values: Record<string, Value> = {};
  const problems = Object.keys(given).filter((name) => !step.record.some(({ field }) => field === name)).map((name) => ({ field: `values.${name}`, code: "field_unknown" }));
  for (const record of step.record) {
    const value = given[record.field];
    const isEmpty = value === undefined || value === null || value === "";
    if (isEmpty && record.required) problems.push({ field: `values.${record.field}`, code: "required" });
    if (isEmpty) continue;
    if (fits(record, value)) values[record.field] = value;
    else problems.push({ field: `values.${record.field}`, code: "field_wrong" });
  }
  return { values, problems };
}

function fits({ kind, options }: GuideRecord, value: unknown): value is Value {
  if (kind === "number") return typeof value === "number" && Number.isFinite(value);
  if (kind === "yes_no") return typeof value === "boolean";
  if (typeof value !== "string" || value.length > 2_000) return false;
  return kind === "text" || Object.hasOwn(options, value);
}

/** Everything recorded, the last word on each field. */
export const recorded = (path: readonly Passed[]): Record<string, Value> => Object.assign({}, ...path.map(({ values }) => values)) as Record<string, Value>;

/** Mistakes the schema cannot see: ways that lead nowhere, steps nobody can reach, steps no end can be reached from. */
export function checkGuide(guide: Guide): PlacedProblem[] {
  const names = Object.keys(guide.steps);
  const problems: PlacedProblem[] = [];
  if (!guide.steps[guide.start]) return [problem(["start"], "no_guide_step", { name: guide.start, names })];
  for (const [key, step] of Object.entries(guide.steps)) problems.push(...checkStep(guide, key, step));
  if (problems.length > 0) return problems;
  return checkWays(guide);
}

function checkStep(guide: Guide, key: string, step: Step): PlacedProblem[] {
  const path = ["steps", key];
  const problems: PlacedProblem[] = [];
  const kinds = [step.choices.length > 0, step.next !== undefined, step.end !== undefined].filter(Boolean).length;
  if (kinds === 0) problems.push(problem(path, "step_no_way"));
  if (kinds > 1) problems.push(problem(path, "step_many_ways"));
  step.choices.forEach(({ key: choice, to }, index) => {
    if (!guide.steps[to]) problems.push(problem([...path, "choices", index, "to"], "no_guide_step", { name: to, names: Object.keys(guide.steps) }));
    if (step.choices.findIndex((other) => other.key === choice) < index) problems.push(problem([...path, "choices", index, "key"], "twice", { name: choice }));
  });
  if (step.next && !guide.steps[step.next]) problems.push(problem([...path, "next"], "no_guide_step", { name: step.next, names: Object.keys(guide.steps) }));
  return [...problems, ...checkRecords(step, path), ...checkVariables(step, path)];
}

const checkRecords = (step: Step, path: (string | number)[]): PlacedProblem[] => step.record.flatMap(({ field, kind, options }, index): PlacedProblem[] => {
  const here = [...path, "record", index];
  if (kind === "choice" && Object.keys(options).length === 0) return [problem(here, "choice_empty")];
  return step.record.findIndex((other) => other.field === field) < index ? [problem([...here, "field"], "asked_twice", { name: field })] : [];
});

const SLOT = /\{\{\s*([a-z_]+)\s*\}\}/g;
const variablesOf = (text: string): string[] => [...text.matchAll(SLOT)].map((match) => match[1] ?? "");
const checkVariables = (step: Step, path: (string | number)[]): PlacedProblem[] => Object.entries(step.say).flatMap(([language, text]) =>
  variablesOf(text).filter((name) => !guideVariables.some((known) => known === name)).map((name) => problem([...path, "say", language], "no_guide_variable", { name, names: guideVariables })));

function checkWays(guide: Guide): PlacedProblem[] {
  const reached = closure([guide.start], (key) => ways(guide.steps[key]!));
  const back = new Map<string, string[]>();
  for (const [key, step] of Object.entries(guide.steps)) for (const to of ways(step)) back.set(to, [...(back.get(to) ?? []), key]);
  const ending = closure(Object.entries(guide.steps).filter(([, step]) => step.end).map(([key]) => key), (key) => back.get(key) ?? []);
  return Object.keys(guide.steps).flatMap((key): PlacedProblem[] => {
    if (!reached.has(key)) return [problem(["steps", key], "step_unreached")];
    return ending.has(key) ? [] : [problem(["steps", key], "step_endless")];
  });
}

function closure(from: string[], next: (key: string) => string[]): Set<string> {
  const found = new Set(from);
  for (const key of found) for (const to of next(key)) found.add(to);
  return found;
}

/** The text with what is known of this talk; what is not known leaves no hole. */
export const fill = (text: string, values: Partial<Record<string, string>>): string =>
  text.replace(SLOT, (_all, name: string) => values[name]?.trim() ?? "").replace(/ +([,.!?])/g, "$1").replace(/,\s*([.!?,])/g, "$1").replace(/ {2,}/g, " ").replace(/^[,\s]+/, "").trim().replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
