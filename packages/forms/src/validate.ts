import type { OutputUnit } from "@cfworker/json-schema";
import type { FormData } from "./document.ts";
import type { Context, Form } from "./form.ts";
import { LIMITS } from "./limits.ts";
import { fieldAt, isPlainObject, valueAt } from "./paths.ts";
import type { FieldProblem, FieldProblemCode } from "./problems.ts";
import type { JsonSchema } from "./schema.ts";
import { isTooLarge, shape } from "./shape.ts";
import { runOf } from "./state.ts";
import type { State } from "./state.ts";
import { judge } from "./values.ts";

export interface ValidateOptions {
  /** While it is being filled: what is missing is no mistake yet. Default false. */
  draft?: boolean;
}

/**
 * Everything wrong with data, one problem a place, in the order of the form: shape and limits by JSON Schema, then what
 * kinds and the form's checks say, then what must be filled. Fields that are hidden are not looked at. Takes any value
 * and never throws.
 */
export function validate(form: Form, data: unknown, context: Context = {}, options: ValidateOptions = {}): FieldProblem[] {
  if (isTooLarge(data)) return [{ path: "", code: "too_large", params: {} }];
  if (!isPlainObject(data)) return [{ path: "", code: "wrong_type", params: {} }];
  const { state, checks } = runOf(form, data, context);
  const shaped = shape(form.fields, state.data, state.hidden);
  const over: FieldProblem[] = state.unreached === null ? [] : [{ path: state.unreached, code: "too_much_computed", params: { limit: LIMITS.steps } }];
  const problems = [...over, ...shaped.problems, ...schemaProblems(form, shaped.data)];
  const broken = new Set(problems.map((problem) => problem.path));
  for (const { path, field, value } of shaped.filled) {
    const fault = hasWithin(broken, path) ? null : judge(field, value, context);
    if (fault) problems.push({ path, code: fault[0], params: fault[1] });
  }
  if (problems.length === 0) problems.push(...checks());
  if (!options.draft) problems.push(...missingProblems(form, state));
  return inOrder(form, problems);
}

const hasWithin = (broken: ReadonlySet<string>, path: string): boolean => {
  for (const one of broken) if (one === path || one.startsWith(`${path}.`)) return true;
  return false;
};

function missingProblems(form: Form, state: State): FieldProblem[] {
  return state.missing.map((path) => {
    const isRefused = fieldAt(form.fields, path)?.kind === "consent" && (valueAt(state.data, path) as { given?: unknown } | undefined)?.given === false;
    return { path, code: isRefused ? "consent_needed" : "required", params: {} };
  });
}

/** One problem a place, as the form shows its fields. */
function inOrder(form: Form, problems: readonly FieldProblem[]): FieldProblem[] {
  const byPath = new Map<string, FieldProblem>();
  for (const problem of problems) if (!byPath.has(problem.path)) byPath.set(problem.path, problem);
  const shown = new Map(form.sections.flatMap((section) => section.fields).map(({ path }, index) => [path, index]));
  const rank = ({ path }: FieldProblem): number => shown.get(path.split(".")[0]!) ?? shown.size;
  return [...byPath.values()].sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.problems);
}

const CODES: Readonly<Record<string, FieldProblemCode>> = {
  type: "wrong_type", enum: "not_an_option", const: "not_an_option", minLength: "too_short", maxLength: "too_long", minimum: "too_small", maximum: "too_big",
  exclusiveMinimum: "not_above", exclusiveMaximum: "not_below", multipleOf: "not_multiple", minItems: "too_few", maxItems: "too_many", uniqueItems: "twice",
};

function schemaProblems(form: Form, data: FormData): FieldProblem[] {
  return form.validator.validate(data).errors.slice(0, LIMITS.problems * 10).flatMap((error) => {
    const code = CODES[error.keyword];
    return code ? [problemOf(form, error, code)] : [];
  });
}

function problemOf(form: Form, { instanceLocation, keywordLocation }: OutputUnit, code: FieldProblemCode): FieldProblem {
  const path = instanceLocation.slice(2).replaceAll("/", ".");
  const limit = limitAt(form.schema, keywordLocation);
  const isWhole = code === "wrong_type" && limit === "integer";
  const field = fieldAt(form.fields, path);
  // A part of something that is one value for people: the problem stands at the whole.
  const at = field ? path : wholePath(form, path);
  if (field === null && code === "not_an_option") return { path: at, code: fieldAt(form.fields, at)?.kind === "money" ? "currency" : code, params: { limit: String(limit) } };
  return { path: at, code: isWhole ? "not_whole" : code, params: typeof limit === "number" ? { limit } : {} };
}

function wholePath(form: Form, path: string): string {
  let at = path;
  while (at.includes(".") && !fieldAt(form.fields, at)) at = at.slice(0, at.lastIndexOf("."));
  return at;
}

/** The value of a keyword by its location in the schema: `#/properties/count/minimum`. */
function limitAt(schema: JsonSchema, location: string): unknown {
  let value: unknown = schema;
  for (const key of location.slice(2).split("/")) value = isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
