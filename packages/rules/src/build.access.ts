import { halt, maybe, textOf, unknownPart } from "./built.ts";
import type { Builder, Built, Local, Span } from "./built.ts";
import type { Field } from "./catalogue.types.ts";
import type { Run } from "./frame.ts";
import { listCost } from "./frame.ts";
import { suggest } from "./names.ts";
import type { ASTNode } from "./syntax.ts";
import { typeName } from "./types.ts";
import type { Type } from "./types.ts";
import { readerOf } from "./values.ts";

type FieldNode = Extract<ASTNode, { op: "." }>;
type NameNode = Extract<ASTNode, { op: "id" }>;

/** A variable, or fields after something: `now`, `client.address.city`, `orders[0].total`. */
export function buildAccess(builder: Builder, node: FieldNode | NameNode): Built {
  const fields: FieldNode[] = [];
  let root: ASTNode = node;
  for (; root.op === "."; root = root.args[0]) fields.unshift(root);
  if (root.op !== "id") return fields.reduce<Built>((part, field) => stepInto(builder, part, field), builder.build(root));
  const start = startOf(builder, root);
  if (!start) return unknownVariable(builder, root);
  let step: Step = start;
  for (const field of fields) {
    const next = fieldOf(builder, step.type, field);
    if (!next) return unknownPart(node);
    if ("node" in next) return next;
    step = { type: next.type, values: next.values, run: reading(step.run, next, field) };
  }
  const path = [root.args, ...fields.map((field) => field.args[1])].join(".");
  const part = { ...maybe(node, step.type, step.run, path), values: step.values };
  if (!builder.local(root.args)?.inside) builder.reads.set(path, part);
  return part;
}

interface Step {
  type: Type;
  values: Built["values"];
  run: Run;
}

function startOf(builder: Builder, root: NameNode): Step | null {
  const local: Local | null = builder.local(root.args);
  if (local) return { type: local.type, values: local.values ?? null, run: (frame) => frame.locals[local.slot] ?? null };
  const variable = builder.catalogue.variables.get(root.args);
  if (!variable || !builder.may(variable.read)) return null;
  const { key } = variable;
  return { type: variable.type, values: variable.values, run: checked((frame) => frame.vars[key], variable.type, { path: key, at: root }) };
}

/** What the author may not read does not exist for them, not even in a suggestion. */
function unknownVariable(builder: Builder, root: NameNode): Built {
  const { variables } = builder.catalogue;
  const seen = [...variables.values()].filter((variable) => builder.may(variable.read)).map((variable) => variable.key);
  return builder.report("unknown_variable", { name: root.args, suggestion: suggest(root.args, [...builder.localNames(), ...seen]) }, root);
}

/** The field after a dot; a reported part when there is none; null when the type before it is not known. */
function fieldOf(builder: Builder, type: Type, node: FieldNode): Field | Built | null {
  const name = node.args[1];
  // The library puts the position of such a node at the name after the dot.
  const at: Span = { start: node.pos, end: node.end };
  if (type.kind === "unknown") return null;
  if (type.kind === "object") {
    const of = Object.hasOwn(type.fields, name) ? type.fields[name]! : null;
    if (of) return { key: name, type: of, doc: { en: "", ru: "", sl: "" }, read: null, set: false, required: false, values: null, anyCase: false };
    return builder.report("unknown_field", { type: "object", name, suggestion: suggest(name, Object.keys(type.fields)) }, at);
  }
  if (type.kind !== "record") return builder.report("no_fields", { type: typeName(type) }, at);
  const { fields } = builder.catalogue.records.get(type.key)!;
  const field = fields.get(name);
  if (field && builder.may(field.read)) return field;
  const seen = [...fields.values()].filter((one) => builder.may(one.read)).map((one) => one.key);
  // By the words that stand there: what a record is called among ourselves is written nowhere in the text.
  return builder.report("unknown_field", { type: textOf(node.args[0]), name, suggestion: suggest(name, seen) }, at);
}

/** Reads the field of whatever `from` gives; nothing has only nothing in it. */
function reading(from: Run, field: Field, node: FieldNode): Run {
  const { key } = field;
  // A field's name is never one that objects inherit (`isName`), so a plain read finds only what was put there.
  return checked((frame) => {
    const record = from(frame) as Record<string, unknown> | null;
    return record === null ? null : record[key];
  }, field.type, { path: textOf(node), at: node });
}

/** Checks that what the host gave is of the declared type. */
function checked(from: Run, type: Type, { path, at }: { path: string; at: Span }): Run {
  // The fields of an object written in the text, and values of unknown type, did not come from outside.
  if (type.kind === "object" || type.kind === "unknown") return from;
  const read = readerOf(type);
  const isList = type.kind === "list";
  return (frame) => {
    const given = from(frame);
    if (given === null || given === undefined) return null;
    const value = read(given);
    if (value === undefined) throw halt("bad_value", { what: path, expected: typeName(type) }, at);
    if (isList) frame.meter.spend(listCost((value as unknown[]).length));
    return value;
  };
}

/** A field of something computed: `orders.filter(…)[0].total`. */
function stepInto(builder: Builder, part: Built, node: FieldNode): Built {
  const field = fieldOf(builder, part.type, node);
  if (!field) return { ...part, node };
  if ("node" in field) return field;
  return { ...maybe(node, field.type, reading(part.run, field, node)), values: field.values };
}

/** `list[0]`: the first element is 0. */
export function buildIndex(builder: Builder, node: Extract<ASTNode, { op: "[]" }>): Built {
  const list = builder.build(node.args[0]);
  const index = builder.build(node.args[1]);
  if (list.type.kind === "unknown" || index.type.kind === "unknown") return { ...list, node };
  if (list.type.kind !== "list" || index.type.kind !== "int") {
    return builder.report("no_operator", { operator: "[]", left: typeName(list.type), right: typeName(index.type) }, node);
  }
  const items = list.strict;
  const at = index.strict;
  return maybe(node, list.type.of, (frame) => {
    const all = items(frame) as unknown[];
    const position = at(frame) as number;
    if (position < 0 || position >= all.length) throw halt("index_range", { index: position, size: all.length }, node);
    return all[position];
  });
}
