import { guideVariables, type Guide, type GuideRecord, type Outcome, type Step } from "./guides.declaration.contract.ts";

export type Value = string | number | boolean;
/** One step as it was passed; `choice` is null where the step has only one way on. */
export interface Passed { step: string; choice: string | null; values: Record<string, Value>; at: string }
export interface Problem { path: (string | number)[]; message: string; remedy: string }

const ways = (step: Step): string[] => [...step.choices.map(({ to }) => to), ...(step.next ? [step.next] : [])];
const oneOf = (names: Iterable<string>): string => `use one of ${[...names].join(", ")}`;

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
export const MAX_PASSED = 300;

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
export function checkGuide(guide: Guide): Problem[] {
  const names = Object.keys(guide.steps);
  const problems: Problem[] = [];
  if (!guide.steps[guide.start]) return [{ path: ["start"], message: `there is no step "${guide.start}"`, remedy: oneOf(names) }];
  for (const [key, step] of Object.entries(guide.steps)) problems.push(...checkStep(guide, key, step));
  if (problems.length > 0) return problems;
  return checkWays(guide);
}

function checkStep(guide: Guide, key: string, step: Step): Problem[] {
  const path = ["steps", key];
  const problems: Problem[] = [];
  const kinds = [step.choices.length > 0, step.next !== undefined, step.end !== undefined].filter(Boolean).length;
  if (kinds === 0) problems.push({ path, message: "leads nowhere", remedy: "give it choices, a next step or an end" });
  if (kinds > 1) problems.push({ path, message: "has more than one of choices, next and end", remedy: "keep one of the three" });
  step.choices.forEach(({ key: choice, to }, index) => {
    if (!guide.steps[to]) problems.push({ path: [...path, "choices", index, "to"], message: `there is no step "${to}"`, remedy: oneOf(Object.keys(guide.steps)) });
    if (step.choices.findIndex((other) => other.key === choice) < index) problems.push({ path: [...path, "choices", index, "key"], message: `"${choice}" stands here twice`, remedy: "give each choice its own key" });
  });
  if (step.next && !guide.steps[step.next]) problems.push({ path: [...path, "next"], message: `there is no step "${step.next}"`, remedy: oneOf(Object.keys(guide.steps)) });
  return [...problems, ...checkRecords(step, path), ...checkVariables(step, path)];
}

const checkRecords = (step: Step, path: (string | number)[]): Problem[] => step.record.flatMap(({ field, kind, options }, index): Problem[] => {
  const here = [...path, "record", index];
  if (kind === "choice" && Object.keys(options).length === 0) return [{ path: here, message: "a choice without options", remedy: "add options" }];
  return step.record.findIndex((other) => other.field === field) < index ? [{ path: [...here, "field"], message: `"${field}" is asked for twice`, remedy: "ask once a step" }] : [];
});

const SLOT = /\{\{\s*([a-z_]+)\s*\}\}/g;
const variablesOf = (text: string): string[] => [...text.matchAll(SLOT)].map((match) => match[1] ?? "");
const checkVariables = (step: Step, path: (string | number)[]): Problem[] => Object.entries(step.say).flatMap(([language, text]) =>
  variablesOf(text).filter((name) => !guideVariables.some((known) => known === name)).map((name) => ({ path: [...path, "say", language], message: `there is no variable {{${name}}}`, remedy: oneOf(guideVariables) })));

function checkWays(guide: Guide): Problem[] {
  const reached = closure([guide.start], (key) => ways(guide.steps[key]!));
  const back = new Map<string, string[]>();
  for (const [key, step] of Object.entries(guide.steps)) for (const to of ways(step)) back.set(to, [...(back.get(to) ?? []), key]);
  const ending = closure(Object.entries(guide.steps).filter(([, step]) => step.end).map(([key]) => key), (key) => back.get(key) ?? []);
  return Object.keys(guide.steps).flatMap((key): Problem[] => {
    if (!reached.has(key)) return [{ path: ["steps", key], message: "no way leads here from the start", remedy: "lead a choice to it, or remove it" }];
    return ending.has(key) ? [] : [{ path: ["steps", key], message: "no end can be reached from here: the talk would never be over", remedy: "lead a way out of the circle to a step with an end" }];
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
