import { equalityOf } from "./arithmetic.ts";
import { halt, maybe, placed, sure, unknownPart } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { takes } from "./builtin.ts";
import type { Builtin, Call } from "./builtin.ts";
import { unify } from "./convert.ts";
import { Decimal } from "./decimal.ts";
import { listCost, textCost } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { lengthOf } from "./functions.text.ts";
import { Money } from "./money.ts";
import { T, isOrdered, typeName } from "./types.ts";
import type { Type } from "./types.ts";

function refuseArgument(builder: Builder, call: Call, part: Built, expected: string): Built {
  if (part.type.kind === "unknown") return unknownPart(call.node);
  return builder.report("argument_type", { function: call.name, index: 1, expected, actual: typeName(part.type) }, part.node);
}

function buildSize(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [1, 1])) return sure(call.node, T.int, () => 0);
  const part = builder.build(call.args[0]!);
  const read = part.strict;
  if (part.type.kind === "list") return sure(call.node, T.int, (frame) => (read(frame) as unknown[]).length);
  if (part.type.kind !== "text") return refuseArgument(builder, call, part, "text / list");
  return sure(call.node, T.int, (frame) => {
    const text = read(frame) as string;
    frame.meter.spend(textCost(text.length));
    return lengthOf(text);
  });
}

function present(frame: Frame, list: unknown): unknown[] {
  frame.meter.spend(listCost((list as unknown[]).length));
  return (list as unknown[]).filter((item) => item !== null);
}

/** Empty elements are left out. The sum of nothing is nothing of that type; of money only if the currency is known. */
function buildSum(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [1, 1])) return unknownPart(call.node);
  const list = builder.build(call.args[0]!);
  const of = list.type.kind === "list" ? list.type.of : null;
  const plus = of && additionOf(of);
  if (!of || !plus) return refuseArgument(builder, call, list, "list");
  const zero = zeroOf(of);
  const read = list.strict;
  return sure(call.node, of.kind === "unknown" ? T.int : of, (frame) => {
    const items = present(frame, read(frame));
    if (items.length === 0 && zero === null) throw halt("empty_list", { function: "sum" }, call.node);
    try {
      return zero === null ? items.reduce(plus) : items.reduce(plus, zero);
    } catch (error) {
      throw placed(error, call.node);
    }
  });
}

function additionOf(type: Type): ((a: unknown, b: unknown) => unknown) | null {
  if (type.kind === "decimal") return (a, b) => (a as Decimal).plus(b as Decimal);
  if (type.kind === "money") return (a, b) => (a as Money).plus(b as Money);
  if (["int", "double", "duration", "unknown"].includes(type.kind)) return (a, b) => (a as number) + (b as number);
  return null;
}

function zeroOf(type: Type): unknown {
  if (type.kind === "decimal") return Decimal.zero;
  if (type.kind === "money") return type.currency ? new Money(Decimal.zero, type.currency) : null;
  return 0;
}

/** `min(list)` or `min(a, b, …)`; empty values are left out. */
function buildExtreme(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [1, Infinity])) return unknownPart(call.node);
  const parts = call.args.map((arg) => builder.build(arg));
  if (parts.length === 1) return extremeOfList(builder, call, parts[0]!);
  const unified = unify(parts);
  if ("differ" in unified || !isOrdered(unified.type)) {
    const [left, right] = "differ" in unified ? unified.differ : [parts[0]!, parts[1]!];
    return builder.report("types_differ", { left: typeName(left.type), right: typeName(right.type) }, call.node);
  }
  const runs = unified.parts.map((part) => part.run);
  const choose = chooser(call, unified.type);
  return maybe(call.node, unified.type, (frame) => choose(frame, runs.map((run) => run(frame))));
}

function extremeOfList(builder: Builder, call: Call, list: Built): Built {
  if (list.type.kind !== "list" || !isOrdered(list.type.of)) return refuseArgument(builder, call, list, "list");
  const read = list.strict;
  const choose = chooser(call, list.type.of);
  return maybe(call.node, list.type.of, (frame) => choose(frame, read(frame)));
}

/** The least or greatest; null of nothing. */
function chooser(call: Call, type: Type): (frame: Frame, list: unknown) => unknown {
  const isBefore = orderOf(type);
  const isMin = call.name === "min";
  return (frame, list) => {
    const items = present(frame, list);
    try {
      return items.length === 0 ? null : items.reduce((best, item) => ((isMin ? isBefore(item, best) : isBefore(best, item)) ? item : best));
    } catch (error) {
      throw placed(error, call.node);
    }
  };
}

function orderOf(type: Type): (a: unknown, b: unknown) => boolean {
  if (type.kind === "decimal") return (a, b) => (a as Decimal).compare(b as Decimal) < 0;
  if (type.kind === "money") return (a, b) => (a as Money).compare(b as Money) < 0;
  return (a, b) => (a as number) < (b as number);
}

function buildEnd(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [1, 1])) return unknownPart(call.node);
  const list = builder.build(call.args[0]!);
  if (list.type.kind !== "list") return refuseArgument(builder, call, list, "list");
  const read = list.strict;
  const position = call.name === "first" ? 0 : -1;
  return maybe(call.node, list.type.of, (frame) => (read(frame) as unknown[]).at(position) ?? null);
}

function buildDistinct(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [1, 1])) return unknownPart(call.node);
  const list = builder.build(call.args[0]!);
  const isSimple = list.type.kind === "list" && !["decimal", "money"].includes(list.type.of.kind) && equalityOf(list.type.of) !== null && list.type.of.kind !== "list";
  if (!isSimple) return refuseArgument(builder, call, list, "list<text> / list<int>");
  const read = list.strict;
  return sure(call.node, list.type, (frame) => [...new Set(present(frame, read(frame)))]);
}

export const LIST_FUNCTIONS: readonly Builtin[] = [
  { key: "size", signature: "list.size()", on: ["list", "text"], build: buildSize, doc: { en: "How many elements, or characters.", ru: "Сколько элементов или символов.", sl: "Koliko elementov ali znakov." } },
  { key: "sum", signature: "list.sum()", on: ["list"], build: buildSum, doc: { en: "The sum of a list of numbers, money or durations.", ru: "Сумма списка чисел, денег или длительностей.", sl: "Vsota seznama števil, denarja ali trajanj." } },
  { key: "min", signature: "min(a, b, …)", on: ["list"], build: buildExtreme, doc: { en: "The least of a list or of the arguments.", ru: "Наименьшее в списке или среди аргументов.", sl: "Najmanjše v seznamu ali med argumenti." } },
  { key: "max", signature: "max(a, b, …)", on: ["list"], build: buildExtreme, doc: { en: "The greatest of a list or of the arguments.", ru: "Наибольшее в списке или среди аргументов.", sl: "Največje v seznamu ali med argumenti." } },
  { key: "first", signature: "list.first()", on: ["list"], build: buildEnd, doc: { en: "The first element; empty when there is none.", ru: "Первый элемент; пусто, если его нет.", sl: "Prvi element; prazno, če ga ni." } },
  { key: "last", signature: "list.last()", on: ["list"], build: buildEnd, doc: { en: "The last element; empty when there is none.", ru: "Последний элемент; пусто, если его нет.", sl: "Zadnji element; prazno, če ga ni." } },
  { key: "distinct", signature: "list.distinct()", on: ["list"], build: buildDistinct, doc: { en: "The list with every value once.", ru: "Список без повторов.", sl: "Seznam brez ponovitev." } },
];

