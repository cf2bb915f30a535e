import { Meter, wallClock } from "@linija/rules";
import type { Evaluated, Expression } from "@linija/rules";
import { recordFor } from "./catalogue.ts";
import type { FormData } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Check, Conditioned, Context, Form } from "./form.ts";
import { LIMITS } from "./limits.ts";
import { fieldAt, isEmpty, isPlainObject, valueAt } from "./paths.ts";
import type { FieldProblem } from "./problems.ts";

/** A form with its data after all conditions and computations. */
export interface State {
  /** With computed values; what is hidden is still here, so that nothing typed is lost when it is shown again. */
  readonly data: FormData;
  /** Places that are not there now; all below them neither. */
  readonly hidden: ReadonlySet<string>;
  /** Places that must be filled now: only what is there, none that is computed. */
  readonly required: readonly string[];
  /** Of what must be filled, what is not. */
  readonly missing: readonly string[];
  /** The first place that `LIMITS.steps` did not reach, with which no condition or computation after it was decided; null: all were. */
  readonly unreached: string | null;
  isVisible(path: string): boolean;
}

const MAX_ROWS = 500;

type Variables = Record<string, unknown>;

/** Decides what is there, what is computed and what must be filled. Never throws: a condition that cannot be computed does not hold. */
export function stateOf(form: Form, data: FormData, context: Context = {}): State {
  return new Run(form, data, context).state();
}

/** The same with the form's own checks that do not hold, asked for when wanted. One whose fields are empty says nothing yet. */
export function runOf(form: Form, data: FormData, context: Context = {}): { state: State; checks(): FieldProblem[] } {
  const run = new Run(form, data, context);
  return { state: run.state(), checks: () => run.checks() };
}

class Run {
  private readonly form: Form;
  private data: FormData;
  private readonly owned = new WeakSet<object>();
  private readonly hidden = new Set<string>();
  private readonly record: Variables;
  private readonly variables: Variables;
  /** One for all: a table's rows times its columns times the rows each looks at is more than any of them alone. */
  private readonly meter = new Meter(LIMITS.steps);
  private unreached: string | null = null;

  constructor(form: Form, data: FormData, context: Context) {
    this.form = form;
    this.data = isPlainObject(data) ? data : {};
    this.record = recordFor(form.fields, this.data, form.timeZone);
    this.variables = { ...context.values, form: this.record };
    for (const step of form.steps) this.step(step);
  }

  state(): State {
    const { data, hidden } = this;
    const conditional = new Set(this.form.require.flatMap((one) => this.places(one).filter(({ path, variables }) => this.holds(path, one.expression, variables)).map(({ path }) => path)));
    const required: string[] = [];
    this.collect(this.form.fields, { prefix: "", keys: new Set(this.form.document.schema.required), conditional, into: required });
    return { data, hidden, required, missing: required.filter((path) => isMissing(this.form, path, valueAt(data, path))), unreached: this.unreached, isVisible: (path) => !isHidden(hidden, path) };
  }

  checks(): FieldProblem[] {
    return this.form.checks.flatMap((check) => this.places(check).flatMap(({ path, variables }) => {
      const problem = isHidden(this.hidden, path) ? null : checkProblem(check, this.evaluate(path, check.expression, variables));
      return problem ? [{ ...problem, path }] : [];
    }));
  }

  private step({ does, expression, ...one }: Form["steps"][number]): void {
    const field = fieldAt(this.form.fields, one.path)!;
    for (const { path, variables } of this.places(one)) {
      if (does === "show" && !this.holds(path, expression, variables)) this.hide(path);
      else if (does === "compute") this.compute(field, path, { expression, variables });
    }
  }

  private evaluate(path: string, expression: Expression, variables: Variables): Evaluated {
    const result = expression.evaluate(variables, this.meter);
    if (!result.ok && result.problem.code === "budget_steps") this.unreached ??= path;
    return result;
  }

  private holds(path: string, expression: Expression, variables: Variables): boolean {
    const result = this.evaluate(path, expression, variables);
    return result.ok && result.value === true;
  }

  /** A place outside of tables, or one in each row. */
  private places({ path, table }: Pick<Conditioned, "path" | "table">): { path: string; variables: Variables }[] {
    if (table === null) return [{ path, variables: this.variables }];
    const rows = valueAt(this.record, table);
    if (!Array.isArray(rows)) return [];
    const rest = path.slice(table.length);
    // More rows than a table can have are refused elsewhere, not computed first.
    return rows.slice(0, MAX_ROWS).map((row: unknown, index) => ({ path: `${table}.${index}${rest}`, variables: { ...this.variables, row } }));
  }

  private hide(path: string): void {
    this.hidden.add(path);
    this.setRecord(path, null);
  }

  private compute(field: Field, path: string, { expression, variables }: { expression: Expression; variables: Variables }): void {
    if (isHidden(this.hidden, path)) return;
    const result = this.evaluate(path, expression, variables);
    const value = result.ok ? plainFor(field, expression.plain(result.value), result.value, this.form.timeZone) : null;
    this.setRecord(path, result.ok ? result.value : null);
    this.put(path, value);
  }

  /** Writes into copies of what is on the way, each copied once: hundreds of computed rows do not copy their table hundreds of times. */
  private put(path: string, value: unknown): void {
    const keys = path.split(".");
    const last = keys.pop()!;
    let target = this.own(this, "data");
    for (const key of keys) target = this.own(target, key);
    if (value === null || value === undefined) delete target[last];
    else target[last] = value;
  }

  private own(holder: object, key: string): Record<string, unknown> {
    const at = holder as Record<string, unknown>;
    const known = Object.hasOwn(at, key) ? at[key] : undefined;
    if (typeof known === "object" && known !== null && this.owned.has(known)) return known as Record<string, unknown>;
    const copy = Array.isArray(known) ? [...(known as unknown[])] : { ...(isPlainObject(known) && known) };
    this.owned.add(copy);
    at[key] = copy;
    return copy as Record<string, unknown>;
  }

  /** The record is this run's own copy, so it is written to. */
  private setRecord(path: string, value: unknown): void {
    const dot = path.lastIndexOf(".");
    const target = dot < 0 ? this.record : valueAt(this.record, path.slice(0, dot));
    const key = path.slice(dot + 1);
    if (isPlainObject(target)) target[key] = value;
    else if (dot > 0 && value !== null) this.setRecord(path.slice(0, dot), { [key]: value });
  }

  private collect(parts: ReadonlyMap<string, Field>, to: { prefix: string; keys: ReadonlySet<string>; conditional: ReadonlySet<string>; into: string[] }): void {
    for (const [key, field] of parts) {
      const path = `${to.prefix}${key}`;
      if (isHidden(this.hidden, path) || this.form.computed.has(field.path)) continue;
      const isRequired = to.keys.has(key) || to.conditional.has(path);
      const value = valueAt(this.data, path);
      if (isRequired && (field.kind === "table" || field.parts.size === 0)) to.into.push(path);
      if (field.kind === "table") this.collectRows(field, value, { ...to, prefix: path });
      else if (field.kind === "group" || isRequired || !isEmpty(value)) this.collect(field.parts, { ...to, prefix: `${path}.`, keys: field.required });
    }
  }

  private collectRows(field: Field, rows: unknown, to: Parameters<Run["collect"]>[1]): void {
    if (!Array.isArray(rows)) return;
    rows.slice(0, MAX_ROWS).forEach((_, index) => this.collect(field.parts, { ...to, prefix: `${to.prefix}.${index}.`, keys: field.required }));
  }
}

export function isHidden(hidden: ReadonlySet<string>, path: string): boolean {
  if (hidden.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) if (hidden.has(path.slice(0, end))) return true;
  return false;
}

function checkProblem({ text }: Check, result: Evaluated): Omit<FieldProblem, "path"> | null {
  if (result.ok) return result.value === false ? { code: "check", params: {}, text } : null;
  const { code } = result.problem;
  if (code === "budget_steps") return { code: "too_much_computed", params: { limit: LIMITS.steps } };
  // Something it reads is empty: whether it must be filled is another question.
  return code === "null_value" ? null : { code: "cannot_check", params: { detail: code } };
}

function isMissing(form: Form, path: string, value: unknown): boolean {
  if (isEmpty(value)) return true;
  return fieldAt(form.fields, path)?.kind === "consent" && (value as { given?: unknown }).given !== true;
}

/** A computed value as the field's JSON: days in the zone of the form, exact numbers as numbers. */
function plainFor(field: Field, plain: unknown, value: unknown, timeZone: string): unknown {
  if (value === null) return null;
  if (field.kind === "number") return Number(plain);
  if (field.kind !== "date") return plain;
  const { year, month, day } = wallClock(value as number, timeZone);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
