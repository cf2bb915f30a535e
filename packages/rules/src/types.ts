/** The type of a value in an expression. `any` is only for parameters of actions; `unknown` follows a problem already reported. */
export type Type =
  | { readonly kind: "int" | "double" | "decimal" | "text" | "boolean" | "datetime" | "duration" | "null" | "any" | "unknown" }
  | { readonly kind: "money"; readonly currency: string | null }
  | { readonly kind: "list"; readonly of: Type }
  | { readonly kind: "record"; readonly key: string }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Type>> };

export type Kind = Type["kind"];

const SIMPLE = ["int", "double", "decimal", "text", "boolean", "datetime", "duration", "null", "any", "unknown"] as const;
type Simple = (typeof SIMPLE)[number];

/** One object for each type without parameters. */
export const T = Object.freeze(Object.fromEntries(SIMPLE.map((kind) => [kind, Object.freeze({ kind })]))) as Readonly<Record<Simple, { readonly kind: Simple }>>;

export const moneyOf = (currency: string | null): Type => ({ kind: "money", currency });
export const listOf = (of: Type): Type => ({ kind: "list", of });

const WRITABLE: ReadonlySet<string> = new Set(["int", "double", "decimal", "text", "boolean", "datetime", "duration", "any"]);

/**
 * Reads a type as it is written in a catalogue: `int`, `double`, `decimal`, `money`, `money<EUR>`, `text`, `boolean`,
 * `datetime`, `duration`, `any`, `list<TYPE>` or the key of a record type. Null when it is none of these.
 */
export function parseType(text: string, isRecord: (key: string) => boolean): Type | null {
  const list = /^list<(.+)>$/.exec(text);
  if (list) {
    const of = text.length > 200 ? null : parseType(list[1]!, isRecord);
    return of && of.kind !== "any" ? listOf(of) : null;
  }
  const money = /^money(?:<([A-Z]{3})>)?$/.exec(text);
  if (money) return moneyOf(money[1] ?? null);
  if (WRITABLE.has(text)) return T[text as Simple];
  return isRecord(text) ? { kind: "record", key: text } : null;
}

/** The type as people write it in a catalogue and read it in a problem. */
export function typeName(type: Type): string {
  if (type.kind === "money") return type.currency ? `money<${type.currency}>` : "money";
  if (type.kind === "list") return `list<${typeName(type.of)}>`;
  return type.kind === "record" ? type.key : type.kind;
}

export const isNumber = (type: Type): boolean => type.kind === "int" || type.kind === "double" || type.kind === "decimal";

/** Types with an order: numbers, money, text, moments, durations. */
export const isOrdered = (type: Type): boolean => isNumber(type) || ["money", "text", "datetime", "duration"].includes(type.kind);

export function sameType(a: Type, b: Type): boolean {
  if (a.kind === "list" && b.kind === "list") return sameType(a.of, b.of);
  if (a.kind === "object" && b.kind === "object") return sameFields(a.fields, b.fields);
  return a.kind === b.kind && typeName(a) === typeName(b);
}

function sameFields(a: Readonly<Record<string, Type>>, b: Readonly<Record<string, Type>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameType(a[key]!, b[key]!));
}

/** The type that holds values of both, or null: int widens to double or decimal, money of a known currency to money. */
export function joinTypes(a: Type, b: Type): Type | null {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  if (isNumber(a) && isNumber(b)) return joinNumbers(a, b);
  if (a.kind === "list" && b.kind === "list") return joinLists(a.of, b.of);
  if (a.kind === "money" || b.kind === "money") return joinMoney(a, b);
  return sameType(a, b) ? a : null;
}

const isEmpty = (type: Type): boolean => type.kind === "null" || type.kind === "unknown";

function joinLists(a: Type, b: Type): Type | null {
  const of = joinTypes(a, b);
  return of && listOf(of);
}

function joinNumbers(a: Type, b: Type): Type {
  if (a.kind === "decimal" || b.kind === "decimal") return T.decimal;
  return a.kind === "double" || b.kind === "double" ? T.double : T.int;
}

/** A number may join money: whether it may stand for an amount is asked when it is converted. */
function joinMoney(a: Type, b: Type): Type | null {
  if (a.kind !== "money") return isNumber(a) ? b : null;
  if (b.kind !== "money") return isNumber(b) ? a : null;
  if (a.currency && b.currency) return a.currency === b.currency ? a : null;
  return moneyOf(null);
}
