import { isAllowed } from "./build.operators.ts";
import { halt } from "./built.ts";
import type { Built } from "./built.ts";
import type { Field } from "./catalogue.types.ts";
import { problemAt } from "./document.ts";
import type { Path, Range, Source } from "./document.ts";
import { findingOf, rounding } from "./expression.ts";
import type { Frame, Meter, Run } from "./frame.ts";
import type { Problem } from "./problems.ts";
import type { TraceEntry, Tracer } from "./trace.ts";
import { toPlain } from "./values.ts";
import type { Plain } from "./values.ts";

/** What a run changes: the value the record had and the one it is to get. Equal ones are left out. */
export interface Change {
  /** `request.priority`. */
  target: string;
  from: Plain;
  to: Plain;
}

/** An action the host is asked to perform, in order. */
export interface ActionCall {
  action: string;
  params: Readonly<Record<string, Plain>>;
  /** The step that asked for it. */
  path: Path;
}

/** A run under way. `vars` begins as the host's context and is replaced, never written to, when something is set. */
export interface RunState extends Frame {
  vars: Readonly<Record<string, unknown>>;
  readonly meter: Meter;
  readonly text: string;
  readonly tracer: Tracer;
  readonly changes: Map<string, Change>;
  readonly actions: ActionCall[];
}

/** A compiled step; true when the rule is to stop. */
export type Statement = (state: RunState) => boolean;

/** A problem with its place in the document. */
export class RuleHalt extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.name = "RuleHalt";
    this.problem = problem;
  }
}

/** An expression of a rule, compiled. */
export interface RuleExpression {
  source: Source;
  built: Built;
  run: Run;
  inputs: readonly (readonly [string, Built])[];
}

export type Kind = TraceEntry["kind"];

/** Computes an expression and traces it; a problem gets its place in the document. */
export function computeTraced(state: RunState, expression: RuleExpression, kind: Kind, target?: string): unknown {
  const { source, built, run } = expression;
  const { meter, tracer } = state;
  let inputs = {};
  try {
    meter.spend(1);
    if (tracer.isFull) {
      tracer.drop();
      return run(state);
    }
    const atMs = meter.elapsedMs();
    inputs = tracer.inputs(expression.inputs, state);
    const value = run(state);
    tracer.add(entryOf(state, source, { kind, target, inputs, result: toPlain(value, built.type), atMs }));
    return value;
  } catch (error) {
    const problem = problemOf(state.text, source, error);
    tracer.addLast(entryOf(state, source, { kind, target, inputs, result: null, atMs: meter.elapsedMs(), problem: problem.code }));
    throw new RuleHalt(problem);
  }
}

type Traced = Omit<TraceEntry, "path" | "line" | "target"> & { target: string | undefined };

function entryOf({ text }: RunState, source: Source, { target, ...rest }: Traced): TraceEntry {
  return { path: source.path, line: lineOf(text, source), ...(target === undefined ? {} : { target }), ...rest };
}

/** Money is rounded to its currency wherever it leaves the rule. */
export function stored(expression: RuleExpression): RuleExpression {
  const { built } = expression;
  return built.type.kind === "money" ? { ...expression, run: rounding(built) } : expression;
}

/** What cannot be known while checking: that a value is there, and is one of the allowed. */
export function restricted(expression: RuleExpression, { required, values, anyCase }: Pick<Field, "required" | "values" | "anyCase">, target: string): RuleExpression {
  if (!required && !values) return expression;
  const { run, built } = expression;
  const checked: Run = (frame) => {
    const value = run(frame);
    if (value === null && required) throw halt("null_value", { what: target }, built.node);
    // Only text and whole numbers have allowed values, alone or in a list.
    const strange = values && [value].flat().find((each) => each !== null && !isAllowed({ values, anyCase }, each));
    if (strange !== null && strange !== undefined) throw halt("value_not_allowed", { value: String(strange as string | number).slice(0, 40), suggestion: "" }, built.node);
    return value;
  };
  return { ...expression, run: checked };
}

function problemOf(text: string, source: Source, error: unknown): Problem {
  const { code, params, from, to } = findingOf(error, source.text);
  return problemAt(text, { from: source.offset(from), to: source.offset(to) }, [code, params, source.path]);
}

/** Lines are asked for again and again while a loop runs. */
const lines = new WeakMap<Source, number>();

function lineOf(text: string, source: Source): number {
  let line = lines.get(source);
  if (line === undefined) {
    line = problemAt(text, source, ["internal", {}, []]).line;
    lines.set(source, line);
  }
  return line;
}

/** Spends a step for something that computes nothing. */
export function spend(state: RunState, steps: number, at: { at: Range; path: Path }): void {
  try {
    state.meter.spend(steps);
  } catch (error) {
    const { code, params } = findingOf(error, "");
    throw new RuleHalt(problemAt(state.text, at.at, [code, params, at.path]));
  }
}
