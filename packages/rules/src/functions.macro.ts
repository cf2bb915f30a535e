import { halt, sure, unknownPart } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { takes } from "./builtin.ts";
import type { Builtin, Call } from "./builtin.ts";
import type { Frame, Run } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import { isName } from "./names.ts";
import { Halt } from "./problems.ts";
import { T, listOf, typeName } from "./types.ts";
import type { Type } from "./types.ts";

/** A call like `list.exists(name, test)`, with its parts checked. */
interface Macro {
  call: Call;
  list: Run;
  slot: number;
  bodies: Built[];
  item: Type;
}

/** Binds the name and builds what is asked of every element; null with a problem reported. */
function macroOf(builder: Builder, call: Call): Macro | null {
  const [listNode, nameNode, ...bodyNodes] = call.args;
  const list = builder.build(listNode!);
  if (nameNode!.op !== "id" || !isName(nameNode!.args)) {
    builder.report("loop_variable", { function: call.name }, nameNode!);
    return null;
  }
  if (list.type.kind !== "list") {
    if (list.type.kind !== "unknown") builder.report("argument_type", { function: call.name, index: 1, expected: "list", actual: typeName(list.type) }, list.node);
    return null;
  }
  const item = list.type.of;
  const macro = { call, list: list.strict, item };
  return builder.withLocal(nameNode!.args, item, (slot) => ({ ...macro, slot, bodies: bodyNodes.map((body) => builder.build(body)) }));
}

function wantTest(builder: Builder, body: Built): void {
  if (body.type.kind !== "boolean" && body.type.kind !== "unknown") {
    builder.report("wrong_type", { expected: "boolean", actual: typeName(body.type) }, body.node);
  }
}

/**
 * `exists` and `all` as CEL has them: one element that decides the answer outweighs problems with others. Every element
 * visited costs a step, so that loops within loops end with the budget.
 */
function buildQuantifier(builder: Builder, call: Call): Built {
  const macro = takes(builder, call, [3, 3]) ? macroOf(builder, call) : null;
  if (!macro) return sure(call.node, T.boolean, () => null);
  wantTest(builder, macro.bodies[0]!);
  const decisive = call.name === "exists";
  const test = macro.bodies[0]!.strict;
  return sure(call.node, T.boolean, (frame) => {
    let problem: Halt | null = null;
    for (const item of macro.list(frame) as unknown[]) {
      const answer = ask(frame, macro.slot, [item, test]);
      if (answer === decisive) return decisive;
      if (answer instanceof Halt) problem ??= answer;
    }
    if (problem) throw problem;
    return !decisive;
  });
}

/** The answer of the test, or the problem it ended with. */
function ask(frame: Frame, slot: number, [item, test]: readonly [unknown, Run]): unknown {
  frame.meter.spend(1);
  frame.locals[slot] = item;
  try {
    return test(frame);
  } catch (error) {
    if (error instanceof Halt && !error.fatal) return error;
    throw error;
  }
}

function buildExistsOne(builder: Builder, call: Call): Built {
  const macro = takes(builder, call, [3, 3]) ? macroOf(builder, call) : null;
  if (!macro) return sure(call.node, T.boolean, () => null);
  wantTest(builder, macro.bodies[0]!);
  const kept = keeping(macro, macro.bodies[0]!.strict, (frame) => frame.locals[macro.slot]);
  return sure(call.node, T.boolean, (frame) => kept(frame).length === 1);
}

/** What `result` gives for every element that passes the test. */
function keeping({ call, list, slot }: Macro, test: Run | null, result: Run): (frame: Frame) => unknown[] {
  return (frame) => {
    const kept: unknown[] = [];
    for (const item of list(frame) as unknown[]) {
      frame.meter.spend(1);
      frame.locals[slot] = item;
      if (test === null || test(frame) === true) kept.push(result(frame));
    }
    if (kept.length > LIMITS.listLength) throw halt("list_too_long", { limit: LIMITS.listLength }, call.node);
    return kept;
  };
}

function buildFilter(builder: Builder, call: Call): Built {
  const macro = takes(builder, call, [3, 3]) ? macroOf(builder, call) : null;
  if (!macro) return unknownPart(call.node);
  wantTest(builder, macro.bodies[0]!);
  return sure(call.node, listOf(macro.item), keeping(macro, macro.bodies[0]!.strict, (frame) => frame.locals[macro.slot]));
}

/** `map(name, value)` or `map(name, test, value)`. */
function buildMap(builder: Builder, call: Call): Built {
  const macro = takes(builder, call, [3, 4]) ? macroOf(builder, call) : null;
  if (!macro) return unknownPart(call.node);
  const value = macro.bodies.at(-1)!;
  const test = macro.bodies.length === 2 ? macro.bodies[0]! : null;
  if (test) wantTest(builder, test);
  if (value.type.kind === "null") return builder.report("type_unclear", {}, value.node);
  return sure(call.node, listOf(value.type), keeping(macro, test?.strict ?? null, value.run));
}

const onList = (key: string, rest: string): Pick<Builtin, "key" | "signature" | "on"> => ({ key, signature: `list.${key}(${rest})`, on: ["list"] });

export const MACROS: readonly Builtin[] = [
  { ...onList("exists", "name, test"), build: buildQuantifier, doc: { en: "Whether the test holds for some element.", ru: "Верно ли условие хотя бы для одного элемента.", sl: "Ali pogoj drži za kak element." } },
  { ...onList("all", "name, test"), build: buildQuantifier, doc: { en: "Whether the test holds for every element.", ru: "Верно ли условие для всех элементов.", sl: "Ali pogoj drži za vse elemente." } },
  { ...onList("exists_one", "name, test"), build: buildExistsOne, doc: { en: "Whether the test holds for exactly one element.", ru: "Верно ли условие ровно для одного элемента.", sl: "Ali pogoj drži za natanko en element." } },
  { ...onList("filter", "name, test"), build: buildFilter, doc: { en: "The elements for which the test holds.", ru: "Элементы, для которых условие верно.", sl: "Elementi, za katere pogoj drži." } },
  { ...onList("map", "name, value"), build: buildMap, doc: { en: "The value computed for every element.", ru: "Значение, вычисленное для каждого элемента.", sl: "Vrednost, izračunana za vsak element." } },
];
