import { Fault, placed, sure } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { convert } from "./convert.ts";
import { Meter, listCost, textCost } from "./frame.ts";
import type { Frame, Run } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import { Halt } from "./problems.ts";
import type { Texts } from "./problems.ts";
import type { ASTNode } from "./syntax.ts";
import { sameType, typeName } from "./types.ts";
import type { Kind, Type } from "./types.ts";

/** `f(a, b)` and `a.f(b)` are the same call. */
export interface Call {
  readonly node: ASTNode;
  readonly name: string;
  readonly args: readonly ASTNode[];
}

export interface Builtin {
  readonly key: string;
  /** For an editor: `text.lower()`, `min(a, b, …)`. */
  readonly signature: string;
  /** Kinds of value after whose dot an editor offers it; empty where it is only written in front. */
  readonly on: readonly Kind[];
  readonly doc: Texts;
  build(builder: Builder, call: Call): Built;
}

/** One way to call a function: what it takes, what it gives, how. It is never called with an empty value. */
export interface Overload {
  readonly params: readonly Type[];
  readonly result: Type | ((args: readonly Built[]) => Type);
  readonly call: (...args: never[]) => unknown;
}

type About = Pick<Builtin, "key" | "signature" | "on" | "doc">;

/** A function chosen by the types of its arguments: the first overload that takes them as they are, then the first that takes them converted. */
export function overloaded(about: About, overloads: readonly Overload[]): Builtin {
  return {
    ...about,
    build(builder, call) {
      const args = call.args.map((arg) => builder.build(arg));
      return buildOverloaded(builder, call, { args, overloads });
    },
  };
}

interface Candidates {
  args: readonly Built[];
  overloads: readonly Overload[];
}

function buildOverloaded(builder: Builder, call: Call, { args, overloads }: Candidates): Built {
  const fitting = overloads.filter((overload) => overload.params.length === args.length);
  if (fitting.length === 0) {
    const counts = [...new Set(overloads.map((overload) => overload.params.length))].join(" / ");
    return builder.report("argument_count", { function: call.name, expected: counts, actual: args.length }, call.node);
  }
  const exact = fitting.find((overload) => args.every((arg, i) => sameType(arg.type, overload.params[i]!)));
  const chosen = exact ?? fitting.find((overload) => args.every((arg, i) => convert(arg, overload.params[i]!)));
  if (chosen) return callOf(builder, call, chosen, args.map((arg, i) => convert(arg, chosen.params[i]!)!));
  return refuseArgument(builder, call, { args, overloads: fitting });
}

/** Names the first argument that none, or the first of those agreeing so far, takes. */
function refuseArgument(builder: Builder, call: Call, { args, overloads }: Candidates): Built {
  let left = overloads;
  for (const [i, arg] of args.entries()) {
    const next = left.filter((overload) => convert(arg, overload.params[i]!));
    if (next.length === 0) {
      const expected = [...new Set(left.map((overload) => typeName(overload.params[i]!)))].join(" / ");
      return builder.report("argument_type", { function: call.name, index: i + 1, expected, actual: typeName(arg.type) }, arg.node);
    }
    left = next;
  }
  return builder.report("type_unclear", {}, call.node);
}

/** A call with arguments of the right types. Of constants it is computed now: a wrong date is refused before anything runs. */
export function callOf(builder: Builder, call: Call, { result, call: compute }: Overload, args: readonly Built[]): Built {
  const runs = args.map((arg) => arg.strict);
  const type = typeof result === "function" ? result(args) : result;
  const run = guardedCall(call, runs, compute as (...args: unknown[]) => unknown);
  if (!args.every((arg) => arg.constant)) return sure(call.node, type, run);
  try {
    const value = run({ vars: {}, locals: [], meter: new Meter(LIMITS.runSteps) });
    return { ...sure(call.node, type, () => value), constant: true };
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    return { ...builder.report(error.finding.code, error.finding.params, call.node), type };
  }
}

function guardedCall(call: Call, runs: readonly Run[], apply: (...args: unknown[]) => unknown): Run {
  const [first, second] = runs;
  return (frame) => {
    const values = runs.length === 1 ? [first!(frame)] : runs.length === 2 ? [first!(frame), second!(frame)] : runs.map((run) => run(frame));
    for (const value of values) charge(frame, value);
    try {
      return bounded(apply(...values));
    } catch (error) {
      throw placed(error, call.node);
    }
  };
}

/** What a function does with long values takes time in proportion to them. */
export function charge(frame: Frame, value: unknown): void {
  if (typeof value === "string") frame.meter.spend(textCost(value.length));
  else if (Array.isArray(value)) frame.meter.spend(listCost(value.length));
}

/** No result may grow beyond what any value may be. */
export function bounded<V>(value: V): V {
  if (typeof value === "string" && value.length > LIMITS.textLength) throw new Fault("too_long", { limit: LIMITS.textLength });
  if (Array.isArray(value) && value.length > LIMITS.listLength) throw new Fault("list_too_long", { limit: LIMITS.listLength });
  return value;
}

/** How many arguments a call must have; reports it when it has others. */
export function takes(builder: Builder, call: Call, [least, most]: readonly [number, number]): boolean {
  const count = call.args.length;
  if (count >= least && count <= most) return true;
  const expected = least === most ? String(least) : most === Infinity ? `≥ ${least}` : `${least}–${most}`;
  builder.report("argument_count", { function: call.name, expected, actual: count }, call.node);
  return false;
}

/** The text written as an argument, or null with a problem reported. */
export function writtenText(builder: Builder, call: Call, index: number): string | null {
  const node = call.args[index]!;
  if (node.op === "value" && typeof node.args === "string") return node.args;
  builder.report("literal_needed", { function: call.name, index: index + 1 }, node);
  return null;
}
