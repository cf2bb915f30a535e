import { maybe, sure, unknownPart } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { compare, orderOf } from "./build.operators.ts";
import { takes } from "./builtin.ts";
import type { Builtin, Call } from "./builtin.ts";
import { unify } from "./convert.ts";
import type { Run } from "./frame.ts";
import { T, typeName } from "./types.ts";

function buildHas(builder: Builder, call: Call): Built {
  const [node] = call.args;
  if (!takes(builder, call, [1, 1])) return sure(call.node, T.boolean, () => null);
  if (node!.op !== "." && node!.op !== "id") builder.report("has_argument", {}, node!);
  const { run } = builder.build(node!);
  return sure(call.node, T.boolean, (frame) => run(frame) !== null);
}

function buildCoalesce(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [2, Infinity])) return unknownPart(call.node);
  const given = call.args.map((arg) => builder.build(arg));
  const unified = unify(given);
  if ("differ" in unified) {
    const [left, right] = unified.differ;
    return builder.report("types_differ", { left: typeName(left.type), right: typeName(right.type) }, right.node);
  }
  const runs = unified.parts.map((part) => part.run);
  const first = maybe(call.node, unified.type, (frame) => {
    for (const run of runs) {
      const value = run(frame);
      if (value !== null) return value;
    }
    return null;
  });
  return { ...first, values: orderOf(given) };
}

/** Both ends belong to it. */
function buildBetween(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [3, 3])) return sure(call.node, T.boolean, () => null);
  const [value, low, high] = call.args.map((arg) => builder.build(arg)) as [Built, Built, Built];
  if ([value, low, high].some((part) => part.type.kind === "unknown")) return sure(call.node, T.boolean, () => null);
  const fromLow = compare(builder, { node: call.node, op: ">=", pair: [value, low] });
  const toHigh = compare(builder, { node: call.node, op: "<=", pair: [value, high] });
  if (!fromLow || !toHigh) {
    const other = fromLow ? high : low;
    builder.report("types_differ", { left: typeName(value.type), right: typeName(other.type) }, other.node);
    return sure(call.node, T.boolean, () => null);
  }
  const [isFrom, isTo]: [Run, Run] = [fromLow.run, toHigh.run];
  return sure(call.node, T.boolean, (frame) => isFrom(frame) === true && isTo(frame) === true);
}

export const CHOICE_FUNCTIONS: readonly Builtin[] = [
  { key: "has", signature: "has(client.email)", on: [], build: buildHas, doc: { en: "Whether there is a value.", ru: "Есть ли значение.", sl: "Ali vrednost obstaja." } },
  { key: "coalesce", signature: "coalesce(a, b, …)", on: [], build: buildCoalesce, doc: { en: "The first that is not empty.", ru: "Первое непустое значение.", sl: "Prva neprazna vrednost." } },
  {
    key: "between", signature: "value.between(low, high)", on: ["int", "double", "decimal", "money", "datetime", "duration", "text"], build: buildBetween,
    doc: { en: "Whether the value is from one to the other, both included.", ru: "Находится ли значение в границах, включая их.", sl: "Ali je vrednost med mejama, obe vključeni." },
  },
];
