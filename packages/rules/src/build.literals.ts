import { constant, sure } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { listType, unify } from "./convert.ts";
import { Decimal } from "./decimal.ts";
import type { Run } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import { isName } from "./names.ts";
import type { ASTNode } from "./syntax.ts";
import { T, listOf, typeName } from "./types.ts";
import type { Type } from "./types.ts";

type Node<Op extends ASTNode["op"]> = Extract<ASTNode, { op: Op }>;

export function buildLiteral(builder: Builder, node: Node<"value">): Built {
  const value = node.args;
  const source = node.input.slice(node.start, node.end);
  if (typeof value === "bigint") return buildInt(builder, node, value);
  if (typeof value === "number") return withExact(literal(node, T.double, value), Decimal.parse(source));
  if (typeof value === "string") {
    return value.length > LIMITS.textLength ? builder.report("too_long", { limit: LIMITS.textLength }, node) : literal(node, T.text, value);
  }
  if (typeof value === "boolean") return literal(node, T.boolean, value);
  if (value === null) return { ...literal(node, T.null, null) };
  return builder.report("unsupported", { what: source.slice(0, 20) }, node);
}

function literal(node: ASTNode, type: Type, value: string | number | boolean | null): Built {
  return { ...sure(node, type, () => value), literal: value, constant: true };
}

function buildInt(builder: Builder, node: ASTNode, value: bigint): Built {
  const int = Number(value);
  if (!Number.isSafeInteger(int)) return builder.report("bad_number", {}, node);
  return withExact(literal(node, T.int, int), Decimal.of(value));
}

function withExact(part: Built, decimal: Decimal | null): Built {
  if (!decimal) return part;
  return { ...part, exact: () => ({ ...sure(part.node, T.decimal, () => decimal), constant: true }) };
}

export function buildList(builder: Builder, node: Node<"list">): Built {
  if (node.args.length === 0) return sure(node, listOf(T.unknown), () => []);
  const unified = unify(node.args.map((item) => builder.build(item)));
  if ("differ" in unified) {
    const [left, right] = unified.differ;
    return builder.report("types_differ", { left: typeName(left.type), right: typeName(right.type) }, right.node);
  }
  const runs = unified.parts.map((part) => part.run);
  const built = sure(node, listType(unified.type), (frame) => runs.map((run) => run(frame)));
  return unified.parts.every((part) => part.constant) ? constant(built) : built;
}

/** `{"name": value}`: a record of its own, for parameters of actions. */
export function buildObject(builder: Builder, node: Node<"map">): Built {
  const fields: Record<string, Type> = {};
  const runs: [string, Run][] = [];
  for (const [keyNode, valueNode] of node.args) {
    const key = keyNode.op === "value" ? keyNode.args : null;
    const value = builder.build(valueNode);
    if (typeof key !== "string" || !isName(key) || Object.hasOwn(fields, key)) return builder.report("object_key", {}, keyNode);
    fields[key] = value.type;
    runs.push([key, value.run]);
  }
  return sure(node, { kind: "object", fields }, (frame) => Object.fromEntries(runs.map(([key, run]) => [key, run(frame)])));
}
