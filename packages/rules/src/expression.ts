import { buildTree } from "./build.ts";
import type { Locals, Slots } from "./build.ts";
import { placed } from "./built.ts";
import type { Built } from "./built.ts";
import { mayOf } from "./catalogue.types.ts";
import type { Catalogue, May, Rights } from "./catalogue.types.ts";
import { convert } from "./convert.ts";
import { Meter } from "./frame.ts";
import type { Budget, Frame } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import type { Money } from "./money.ts";
import { Halt, placeOf } from "./problems.ts";
import type { Finding, Problem } from "./problems.ts";
import { parseExpression } from "./syntax.ts";
import { T, parseType, typeName } from "./types.ts";
import type { Type } from "./types.ts";
import { toPlain } from "./values.ts";
import type { Plain } from "./values.ts";

/** Values of the catalogue's variables by key. What is absent, null or undefined is empty. Never changed. */
export type Context = Readonly<Record<string, unknown>>;

export interface ExpressionOptions {
  /** The type the result must have, as in a catalogue (`"boolean"`, `"money<EUR>"`); any when absent. */
  expects?: string;
  /** Whose expression it is; default `"all"`. */
  rights?: Rights;
  /** Money that is going to be stored: the result is rounded half to even to its currency. */
  stored?: boolean;
}

export type Evaluated = { ok: true; value: unknown } | { ok: false; problem: Problem };

/** A compiled expression. Holds no state: it may be evaluated any number of times, also from within its own functions. */
export interface Expression {
  readonly text: string;
  /** The type of the result as in a catalogue. */
  readonly type: string;
  /** Variables and fields read: `["client.vip", "now"]`, in order of appearance. */
  readonly reads: readonly string[];
  /**
   * Computes it. The value is null (empty), a number (`int`, `double`; milliseconds for `datetime` and `duration`),
   * `Decimal`, `Money`, text, boolean or an array. Never throws; a problem has its place in the text. Without a budget,
   * 50,000 steps. A `Meter` is shared by many evaluations: each takes a step by itself, and once it is empty all end with
   * `budget_steps`.
   */
  evaluate(context: Context, budget?: Budget | Meter): Evaluated;
  /** A value of `evaluate` as JSON carries it. */
  plain(value: unknown): Plain;
}

export type Compiled = { ok: true; expression: Expression } | { ok: false; problems: Problem[] };

/**
 * Checks an expression against a catalogue and compiles it. Never throws for anything in the text: everything wrong is
 * returned, syntax first, then all mistakes of names and types with their places.
 */
export function compileExpression(text: string, catalogue: Catalogue, options: ExpressionOptions = {}): Compiled {
  const expects = options.expects === undefined ? null : expectedType(options.expects, catalogue);
  const slots: Slots = { next: 0 };
  const result = buildExpression(text, { catalogue, may: mayOf(options.rights ?? "all"), locals: new Map(), slots, expects });
  if (!result.ok) return { ok: false, problems: result.findings.map((finding) => problemIn(text, finding)) };
  return { ok: true, expression: expressionOf(text, { built: result.built, reads: [...result.reads.keys()], slots: slots.next, stored: options.stored ?? false }) };
}

function expectedType(expects: string, catalogue: Catalogue): Type {
  const type = parseType(expects, (key) => catalogue.records.has(key));
  if (!type) throw new TypeError(`expects: there is no type "${expects}"`);
  return type;
}

export interface BuildExpressionInput {
  catalogue: Catalogue;
  may: May;
  locals: Locals;
  slots: Slots;
  /** Null for any type but an unclear one. */
  expects: Type | null;
}

export type BuiltExpression = { ok: true; built: Built; reads: ReadonlyMap<string, Built> } | { ok: false; findings: Finding[] };

/** For expressions in rules, which share names and places with their neighbours. */
export function buildExpression(text: string, input: BuildExpressionInput): BuiltExpression {
  const parsed = parseExpression(text);
  if (!parsed.ok) return { ok: false, findings: [parsed.finding] };
  const { built, findings, reads } = buildTree(parsed.node, input);
  if (findings.length > 0) return { ok: false, findings };
  const { expects } = input;
  if (expects === null) return { ok: true, built, reads };
  const fitting = convert(built, expects);
  if (fitting) return { ok: true, built: fitting, reads };
  return { ok: false, findings: [{ code: "wrong_type", params: { expected: typeName(expects), actual: typeName(built.type) }, from: 0, to: text.length }] };
}

interface Parts {
  built: Built;
  reads: readonly string[];
  slots: number;
  stored: boolean;
}

function expressionOf(text: string, { built, reads, slots, stored }: Parts): Expression {
  const { type } = built;
  const run = stored && type.kind === "money" ? rounding(built) : built.run;
  return {
    text,
    type: typeName(type),
    reads,
    plain: (value) => toPlain(value, type),
    evaluate(context, budget) {
      const isShared = budget instanceof Meter;
      const frame: Frame = { vars: context, locals: slots === 0 ? NO_LOCALS : [], meter: isShared ? budget : new Meter(LIMITS.expressionSteps, budget) };
      try {
        if (isShared) frame.meter.spend(1);
        return { ok: true, value: run(frame) };
      } catch (error) {
        return { ok: false, problem: problemIn(text, findingOf(error, text)) };
      }
    },
  };
}

const NO_LOCALS: unknown[] = [];

export function rounding({ run, node }: Built): Built["run"] {
  return (frame) => {
    const money = run(frame) as Money | null;
    try {
      return money && money.rounded();
    } catch (error) {
      throw placed(error, node);
    }
  };
}

/** What ended an evaluation, as a finding. Anything unforeseen is a problem as well: nothing may throw past a run. */
export function findingOf(error: unknown, text: string): Finding {
  if (!(error instanceof Halt)) return { code: "internal", params: { detail: error instanceof Error ? error.message.slice(0, 200) : "" }, from: 0, to: text.length };
  const { finding } = error;
  return error.fatal ? { ...finding, from: 0, to: text.length } : finding;
}

export function problemIn(text: string, { code, params, from, to }: Finding): Problem {
  return { code, params, ...placeOf(text, from, to) };
}

/** The variables and fields an expression reads, for instance to know when a computed field must be computed again. */
export function reads(expression: Expression): readonly string[] {
  return expression.reads;
}

/** The type of a value nobody can know the type of: `null` or `[]` alone. */
export function isUnclear(type: Type): boolean {
  if (type.kind === "list") return isUnclear(type.of);
  return type === T.unknown || type.kind === "null" || type.kind === "unknown";
}
