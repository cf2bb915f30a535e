import { EXACT, NATIVE, equalityOf } from "./arithmetic.ts";
import type { Arithmetic, Comparison } from "./arithmetic.ts";
import { compute, made } from "./build.arithmetic.ts";
import type { Pair } from "./build.arithmetic.ts";
import { maybe, sure, textOf, unknownPart } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { convert, isInexact, unify } from "./convert.ts";
import type { Decimal } from "./decimal.ts";
import type { Frame, Run } from "./frame.ts";
import { listCost } from "./frame.ts";
import type { Money } from "./money.ts";
import { suggest } from "./names.ts";
import { Halt } from "./problems.ts";
import type { ASTNode } from "./syntax.ts";
import { T, isOrdered, listOf, typeName } from "./types.ts";
import type { Type } from "./types.ts";

type Node<Op extends ASTNode["op"]> = Extract<ASTNode, { op: Op }>;

const isComparison = (op: string): op is Comparison => op === "<" || op === "<=" || op === ">" || op === ">=";

const QUESTIONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!=", "in"]);
const isUnknown = (part: Built): boolean => part.type.kind === "unknown";

export function buildBinary(builder: Builder, node: ASTNode): Built {
  const [leftNode, rightNode] = node.args as [ASTNode, ASTNode];
  const left = builder.build(leftNode);
  const right = builder.build(rightNode);
  const { op } = node;
  if (isUnknown(left) || isUnknown(right)) return QUESTIONS.has(op) ? sure(node, T.boolean, () => null) : unknownPart(node);
  if (op === "in") return buildIn(builder, node, [left, right]);
  if (op === "==" || op === "!=") return buildEquality(builder, node, [left, right]);
  if (isComparison(op)) return compare(builder, { node, op, pair: [left, right] }) ?? refuse(builder, node, [left, right]);
  return compute(node, op as Arithmetic, [left, right]) ?? refuse(builder, node, [left, right]);
}

function refuse(builder: Builder, node: ASTNode, [left, right]: Pair): Built {
  if (isInexact(left, right)) {
    const other = typeName(left.type.kind === "double" ? right.type : left.type);
    return builder.report("inexact_number", { other }, node);
  }
  if (left.type.kind === "money" && right.type.kind === "money" && left.type.currency && right.type.currency) {
    if (left.type.currency !== right.type.currency) return builder.report("currencies_differ", { left: left.type.currency, right: right.type.currency }, node);
  }
  const isText = left.type.kind === "text" || right.type.kind === "text";
  if (node.op === "+" && isText) {
    const other = typeName(left.type.kind === "text" ? right.type : left.type);
    return builder.report("text_and_other", { left: typeName(left.type), right: typeName(right.type), other }, node);
  }
  return builder.report("no_operator", { operator: node.op, left: typeName(left.type), right: typeName(right.type) }, node);
}

interface Comparing { node: ASTNode; op: Comparison; pair: Pair }

/** `< <= > >=`; also used by `between`. */
export function compare(builder: Builder, { node, op, pair }: Comparing): Built | null {
  const unified = unify(pair);
  if ("differ" in unified || !isOrdered(unified.type)) return null;
  if (unified.type.kind === "text" && pair.some((part) => part.values)) return compareRanks(builder, { node, op, pair });
  const { kind } = unified.type;
  return made(node, T.boolean, (kind === "decimal" || kind === "money" ? EXACT : NATIVE)[op], [unified.parts[0]!, unified.parts[1]!]);
}

/** Texts of which only some are allowed, a priority for instance, go by their order and not by their letters: "high" is more than "low". */
function compareRanks(builder: Builder, { node, op, pair }: Comparing): Built {
  const [field, other] = pair[0].values ? pair : [pair[1], pair[0]];
  const ranks = new Map(field.values!.map((one) => [one.value, one.rank ?? null]));
  const about = { what: textOf(field.node), operator: op };
  const answer = sure(node, T.boolean, () => null);
  if ([...ranks.values()].includes(null)) return { ...builder.report("no_order", about, node), type: T.boolean };
  const isSame = other.values?.every(({ value, rank }) => ranks.get(value) === rank) ?? false;
  if (!isSame && typeof other.literal !== "string") return { ...builder.report("no_order_with", about, other.node), type: T.boolean };
  refuseOtherValue(builder, field, other);
  if (!isSame && !ranks.has(other.literal as string)) return answer;
  const ranked = pair.map((part): Built => ({ ...part, strict: (frame) => ranks.get(part.strict(frame) as string)! }));
  return made(node, T.boolean, NATIVE[op], [ranked[0]!, ranked[1]!]);
}

/** The values all of these are of, where those have an order: one field's, or of two fields that have the same; a text in quotes may be one of them. */
export function orderOf(parts: readonly Pick<Built, "values" | "literal">[]): Built["values"] {
  const values = parts.find((part) => part.values)?.values;
  if (!values?.every(({ rank }) => rank !== undefined)) return null;
  const ranks = new Map(values.map((one) => [one.value, one.rank]));
  const isOf = ({ values: own, literal }: Pick<Built, "values" | "literal">): boolean => (own ? own.every(({ value, rank }) => ranks.has(value) && ranks.get(value) === rank) : literal === null || ranks.has(literal as string));
  return parts.every(isOf) ? values : null;
}

/** Unlike order, equality may be asked of what is empty: nothing equals only nothing. */
function buildEquality(builder: Builder, node: ASTNode, pair: Pair): Built {
  const unified = unify(pair);
  const equal = "differ" in unified ? null : equalityOf(unified.type);
  if ("differ" in unified || !equal) return refuseEquality(builder, node, pair);
  refuseOtherValue(builder, pair[0], pair[1]);
  refuseOtherValue(builder, pair[1], pair[0]);
  const [left, right] = unified.parts.map((part) => part.run) as [Run, Run];
  const same = node.op === "==";
  if (isNative(unified.type)) return sure(node, T.boolean, same ? (f) => left(f) === right(f) : (f) => left(f) !== right(f));
  return sure(node, T.boolean, (frame) => equal(left(frame), right(frame)) === same);
}

const isNative = (type: Type): boolean => !["decimal", "money", "list"].includes(type.kind);

function refuseEquality(builder: Builder, node: ASTNode, pair: Pair): Built {
  // `client == null` is a fair question even though records cannot be compared.
  const given = pair.find((part) => part.type.kind !== "null");
  if (given && pair.some((part) => part.type.kind === "null")) {
    const same = node.op === "==";
    return sure(node, T.boolean, (frame) => (given.run(frame) === null) === same);
  }
  refuse(builder, node, pair);
  return sure(node, T.boolean, () => null);
}

export interface Allowed { readonly values?: Built["values"]; readonly anyCase?: boolean }
export const isAllowed = ({ values, anyCase = false }: Allowed, value: unknown): boolean =>
  values?.some((one) => one.value === value || (anyCase && typeof value === "string" && String(one.value).toLowerCase() === value.toLowerCase())) ?? true;

/** `request.priority == "hihg"` would never be true. */
export function refuseOtherValue(builder: Pick<Builder, "report">, field: Allowed, other: Built): void {
  const value = other.literal;
  if (!field.values || value === undefined || value === null) return;
  if (isAllowed(field, value)) return;
  const suggestion = suggest(String(value), field.values.map((one) => String(one.value)));
  builder.report("value_not_allowed", { value: String(value), suggestion }, other.node);
}

function buildIn(builder: Builder, node: ASTNode, [item, list]: Pair): Built {
  if (list.type.kind !== "list") return refuse(builder, node, [item, list]);
  if (list.type.of.kind === "unknown") return sure(node, T.boolean, () => false);
  const unified = unify([item, { ...unknownPart(list.node), type: list.type.of }]);
  const type = "differ" in unified ? T.null : unified.type;
  const equal = "differ" in unified ? null : equalityOf(type);
  const items = convert(list, listOf(type));
  if ("differ" in unified || !equal || !items) return refuse(builder, node, [item, list]);
  refuseOtherItems(builder, item, list.node);
  const what = unified.parts[0]!.run;
  const all = items.strict;
  return sure(node, T.boolean, (frame) => isAmong(frame, what(frame), [all(frame) as unknown[], equal]));
}

function isAmong(frame: Frame, value: unknown, [list, equal]: readonly [unknown[], (a: unknown, b: unknown) => boolean]): boolean {
  frame.meter.spend(listCost(list.length));
  return list.some((item) => equal(item, value));
}

function refuseOtherItems(builder: Builder, item: Built, listNode: ASTNode): void {
  if (!item.values || listNode.op !== "list") return;
  for (const one of listNode.args) {
    if (one.op === "value" && typeof one.args === "string") refuseOtherValue(builder, item, { ...unknownPart(one), literal: one.args });
  }
}

/** CEL's rule: if one side decides the answer, a problem on the other side does not matter. A spent budget always does. */
export function buildLogic(builder: Builder, node: Node<"&&" | "||">): Built {
  const parts = node.args.map((arg) => builder.build(arg));
  for (const part of parts) wantBoolean(builder, part);
  const [left, right] = parts.map((part) => part.strict) as [Run, Run];
  const decisive = node.op === "||";
  return sure(node, T.boolean, (frame) => {
    let first: unknown;
    try {
      first = left(frame);
    } catch (error) {
      if (error instanceof Halt && !error.fatal && right(frame) === decisive) return decisive;
      throw error;
    }
    return first === decisive ? decisive : right(frame);
  });
}

export function wantBoolean(builder: Builder, part: Built): void {
  if (part.type.kind !== "boolean" && part.type.kind !== "unknown") {
    builder.report("wrong_type", { expected: "boolean", actual: typeName(part.type) }, part.node);
  }
}

export function buildUnary(builder: Builder, node: Node<"!_" | "-_">): Built {
  const part = builder.build(node.args);
  const value = part.strict;
  if (node.op === "!_") {
    wantBoolean(builder, part);
    return sure(node, T.boolean, (frame) => !value(frame));
  }
  switch (part.type.kind) {
    case "int": case "double": return negated(node, part, (frame) => 0 - (value(frame) as number));
    case "duration": return sure(node, part.type, (frame) => 0 - (value(frame) as number));
    case "decimal": case "money": return sure(node, part.type, (frame) => (value(frame) as Decimal | Money).negated());
    case "unknown": return part;
    default: return builder.report("no_unary_operator", { operator: "-", type: typeName(part.type) }, node);
  }
}

function negated(node: ASTNode, part: Built, run: Run): Built {
  const { exact, literal } = part;
  const base: Built = { ...sure(node, part.type, run), literal: typeof literal === "number" ? -literal : undefined };
  if (!exact) return base;
  return {
    ...base,
    exact: () => {
      const inner = exact().run;
      return sure(node, T.decimal, (frame) => (inner(frame) as Decimal).negated());
    },
  };
}

export function buildChoice(builder: Builder, node: Node<"?:">): Built {
  const [condition, yes, no] = node.args.map((arg) => builder.build(arg)) as [Built, Built, Built];
  wantBoolean(builder, condition);
  const unified = unify([yes, no]);
  if ("differ" in unified) {
    return builder.report("types_differ", { left: typeName(yes.type), right: typeName(no.type) }, node);
  }
  const test = condition.strict;
  const [whenTrue, whenFalse] = unified.parts.map((part) => part.run) as [Run, Run];
  return { ...maybe(node, unified.type, (frame) => (test(frame) === true ? whenTrue(frame) : whenFalse(frame))), values: orderOf([yes, no]) };
}
