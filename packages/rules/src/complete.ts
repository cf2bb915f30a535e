import { buildTree } from "./build.ts";
import type { Locals } from "./build.ts";
import type { Local } from "./built.ts";
import { mayOf } from "./catalogue.types.ts";
import type { Catalogue, Field, Fields, HostFunction, May, Rights } from "./catalogue.types.ts";
import { BUILTINS } from "./functions.ts";
import { LIMITS } from "./limits.ts";
import type { Language, Texts } from "./problems.ts";
import { parseExpression } from "./syntax.ts";
import { tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { T, typeName } from "./types.ts";
import type { Type } from "./types.ts";

export interface CompleteOptions {
  /** Language of `doc`; default `en`. */
  language?: Language;
  /** Whose: what they may not read is not offered. Default `"all"`. */
  rights?: Rights;
  /** Names bound around the expression (`let`, `for`), with their types as in a catalogue. */
  locals?: Readonly<Record<string, Type>>;
}

export interface Completion {
  /** What to put in place of the text from `from` to `to`. */
  insert: string;
  kind: "variable" | "field" | "function" | "keyword" | "value";
  /** Its type, or how a function is written. */
  detail: string;
  doc: string;
  from: number;
  to: number;
}

interface Asked {
  catalogue: Catalogue;
  may: May;
  language: Language;
  text: string;
  tokens: Token[];
  /** What the completion replaces. */
  from: number;
  to: number;
  /** The part of a name already written. */
  partial: string;
}

/** See `Catalogue.complete`. */
export function complete(catalogue: Catalogue, text: string, options: CompleteOptions & { offset: number }): Completion[] {
  if (text.length > LIMITS.expressionLength) return [];
  const { language = "en", rights = "all", offset } = options;
  const before = text.slice(0, offset);
  const tokens = tokenize(before);
  const last = tokens.at(-1);
  const asked: Asked = { catalogue, may: mayOf(rights), language, text: before, tokens, from: before.length, to: before.length, partial: "" };
  if (last?.kind === "comment") return [];
  if (last && last.to === before.length && ["name", "keyword", "text"].includes(last.kind)) {
    asked.partial = before.slice(last.from, last.to);
    asked.from = last.from;
    tokens.pop();
  }
  const locals = boundNames(asked, new Map(Object.entries(options.locals ?? {}).map(([key, type]) => [key, { type, slot: 0 }])));
  return offered(asked, locals).filter(({ insert }) => insert.toLowerCase().startsWith(asked.partial.toLowerCase()));
}

function offered(asked: Asked, locals: Locals): Completion[] {
  const values = offeredValues(asked, locals);
  if (/^[rR]?['"]/.test(asked.partial)) return values;
  if (asked.tokens.at(-1)?.kind !== "dot") return [...values, ...offeredNames(asked, locals)];
  const type = typeBefore(asked, asked.tokens.length - 1, locals);
  return type ? offeredMembers(asked, type) : [];
}

function item(asked: Asked, kind: Completion["kind"], insert: string, [detail, doc]: readonly [string, Texts | null]): Completion {
  return { insert, kind, detail, doc: doc?.[asked.language] ?? "", from: asked.from, to: asked.to };
}

function fieldItems(asked: Asked, fields: Fields, kind: "variable" | "field"): Completion[] {
  const seen = [...fields.values()].filter((field: Field) => asked.may(field.read));
  return seen.map((field) => item(asked, kind, field.key, [typeName(field.type), field.doc]));
}

function offeredNames(asked: Asked, locals: Locals): Completion[] {
  const bound = [...locals].map(([key, { type }]) => item(asked, "variable", key, [typeName(type), null]));
  const functions = [...BUILTINS.values()].filter(({ on, signature }) => on.length === 0 || !signature.includes(")."));
  const inFront = functions.filter(({ key, signature }) => signature.startsWith(`${key}(`));
  return [
    ...bound,
    ...fieldItems(asked, asked.catalogue.variables, "variable"),
    ...hostItems(asked, [...asked.catalogue.functions.values()]),
    ...inFront.map(({ key, signature, doc }) => item(asked, "function", `${key}(`, [signature, doc])),
    ...["true", "false", "null", "in"].map((word) => item(asked, "keyword", word, ["", null])),
  ];
}

function hostItems(asked: Asked, functions: readonly HostFunction[]): Completion[] {
  return functions.map(({ key, params, doc, result }) => {
    const signature = `${key}(${params.map((param) => param.key).join(", ")}): ${typeName(result)}`;
    return item(asked, "function", `${key}(`, [signature, doc]);
  });
}

function offeredMembers(asked: Asked, type: Type): Completion[] {
  const fields = type.kind === "record" ? fieldItems(asked, asked.catalogue.records.get(type.key)!.fields, "field") : [];
  const own = type.kind === "object" ? Object.entries(type.fields).map(([key, of]) => item(asked, "field", key, [typeName(of), null])) : [];
  const functions = [...BUILTINS.values()].filter(({ on }) => on.includes(type.kind));
  const host = [...asked.catalogue.functions.values()].filter(({ params }) => params[0] && typeName(params[0].type) === typeName(type));
  return [...fields, ...own, ...functions.map(({ key, signature, doc }) => item(asked, "function", `${key}(`, [signature, doc])), ...hostItems(asked, host)];
}

/** After `request.priority ==`: the values it may have. */
function offeredValues(asked: Asked, locals: Locals): Completion[] {
  const operator = asked.tokens.at(-1);
  const sign = operator && asked.text.slice(operator.from, operator.to);
  if (sign !== "==" && sign !== "!=") return [];
  const source = sourceBefore(asked, asked.tokens.length - 1);
  const values = source === null ? null : (buildSource(asked, source, locals)?.values ?? null);
  return (values ?? []).map(({ value, doc }) => item(asked, "value", JSON.stringify(value), ["", doc ?? null]));
}

/** The expression that ends where the token at `index` begins: names, dots, calls and brackets, balanced. */
function sourceBefore({ tokens, text }: Asked, index: number): string | null {
  let at = index - 1;
  while (tokens[at]) {
    const isClosed = tokens[at]!.kind === "close";
    if (isClosed) at = openingOf(tokens, at);
    else if (!["name", "text"].includes(tokens[at]!.kind)) return null;
    const previous = tokens[at - 1]?.kind ?? "";
    // A bracket belongs to what stands before it, as in `f(x)` and `list[0]`.
    if (isClosed && ["name", "close"].includes(previous)) at--;
    else if (previous === "dot") at -= 2;
    else return at < 0 ? null : text.slice(tokens[at]!.from, tokens[index]!.from);
  }
  return null;
}

function openingOf(tokens: readonly Token[], closing: number): number {
  let depth = 0;
  for (let at = closing; at >= 0; at--) {
    if (tokens[at]!.kind === "close") depth++;
    else if (tokens[at]!.kind === "open" && --depth === 0) return at;
  }
  return -1;
}

function buildSource(asked: Asked, source: string, locals: Locals): { type: Type; values?: Field["values"] } | null {
  const parsed = parseExpression(source);
  if (!parsed.ok) return null;
  const { built } = buildTree(parsed.node, { catalogue: asked.catalogue, may: asked.may, locals, slots: { next: locals.size } });
  return built.type === T.unknown ? null : built;
}

function typeBefore(asked: Asked, index: number, locals: Locals): Type | null {
  const source = sourceBefore(asked, index);
  return source === null ? null : (buildSource(asked, source, locals)?.type ?? null);
}

/** Opening brackets before the offset that are not closed there. */
function openBrackets(tokens: readonly Token[]): number[] {
  const opened: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind === "open") opened.push(at);
    else if (token.kind === "close") opened.pop();
  }
  return opened;
}

/** Names given to elements by the calls the offset is inside of: `orders.exists(order, order.|`. */
function boundNames(asked: Asked, outer: Locals): Locals {
  const { tokens, text } = asked;
  const locals = new Map<string, Local>(outer);
  for (const at of openBrackets(tokens)) {
    const around = [at - 2, at - 1, at + 1, at + 2].map((index) => tokens[index]?.kind).join(" ");
    const type = around === "dot name name comma" ? typeBefore(asked, at - 2, locals) : null;
    const name = tokens[at + 1];
    if (name && type?.kind === "list") locals.set(text.slice(name.from, name.to), { type: type.of, slot: locals.size });
  }
  return locals;
}
