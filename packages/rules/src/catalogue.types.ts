import type { CompleteOptions, Completion } from "./complete.ts";
import type { Texts } from "./problems.ts";
import type { Type } from "./types.ts";

/** One of few values a field may have. */
export interface ValueInput {
  value: string | number;
  /** What it is called for people. */
  doc?: Texts;
  /** Where a text stands in an order, from the least: `<` and `>` go by it. Texts without it have no order, and asking for one is refused. */
  rank?: number;
}

/** A variable, a field of a record type or a parameter of an action. */
export interface FieldInput {
  /** `int`, `double`, `decimal`, `money`, `money<EUR>`, `text`, `boolean`, `datetime`, `duration`, `list<TYPE>` or a record type's key. */
  type: string;
  doc: Texts;
  /** The right needed to read it, or all of several; without it, everyone may. Who lacks it sees no such name. */
  read?: string | readonly string[];
  /** Whether rules may set it; a text names the right their author needs. Default false. */
  set?: boolean | string;
  /** Never empty: an empty value cannot be set. Default false. */
  required?: boolean;
  /** The only values it may have: comparing with or setting another is refused. For `text` and `int`, and for lists of them. */
  values?: readonly ValueInput[];
  /** Its texts are the same in capitals and small letters, as whoever takes them looks them up; of parameters of actions. Default false. */
  anyCase?: boolean;
}

export interface RecordInput {
  doc: Texts;
  fields: Readonly<Record<string, FieldInput>>;
}

export interface ParamInput {
  key: string;
  type: string;
  doc?: Texts;
}

export interface FunctionInput {
  doc: Texts;
  params: readonly ParamInput[];
  result: string;
  /**
   * Gets values that are never empty: numbers, `Decimal`, `Money`, text, booleans, milliseconds for `datetime` and
   * `duration`, arrays, records as the host gave them. Must not change them. May give null for "no value".
   */
  call: (...args: never[]) => unknown;
}

export interface ActionInput {
  doc: Texts;
  params: Readonly<Record<string, FieldInput>>;
  /** The right an author needs to use it; without it, everyone may. */
  use?: string;
}

export interface CatalogueInput {
  /** The zone of dates where an expression names none; default `UTC`. */
  timeZone?: string;
  /** The right to write rules at all, given for instance with the certificate of the course; without it, everyone may. */
  edit?: string;
  records?: Readonly<Record<string, RecordInput>>;
  variables: Readonly<Record<string, FieldInput>>;
  functions?: Readonly<Record<string, FunctionInput>>;
  actions?: Readonly<Record<string, ActionInput>>;
}

export interface Field {
  readonly key: string;
  readonly type: Type;
  readonly doc: Texts;
  readonly read: string | readonly string[] | null;
  readonly set: boolean | string;
  readonly required: boolean;
  readonly values: readonly ValueInput[] | null;
  readonly anyCase: boolean;
}

export type Fields = ReadonlyMap<string, Field>;

export interface HostFunction {
  readonly key: string;
  readonly doc: Texts;
  readonly params: readonly { readonly key: string; readonly type: Type; readonly doc: Texts | null }[];
  readonly result: Type;
  readonly call: (...args: unknown[]) => unknown;
}

export interface Action {
  readonly key: string;
  readonly doc: Texts;
  readonly use: string | null;
  readonly params: Fields;
}

/** What rules may see and do; made by `createCatalogue`, never changed. */
export interface Catalogue {
  readonly timeZone: string;
  readonly edit: string | null;
  readonly variables: Fields;
  readonly records: ReadonlyMap<string, { readonly key: string; readonly doc: Texts; readonly fields: Fields }>;
  readonly functions: ReadonlyMap<string, HostFunction>;
  readonly actions: ReadonlyMap<string, Action>;
  /** What an editor offers at `offset` of an expression's text, best first. */
  complete(text: string, offset: number, options?: CompleteOptions): Completion[];
}

/** The rights of an author: a set of them, a question, or every right there is. */
export type Rights = "all" | ReadonlySet<string> | ((right: string) => boolean);

export type May = (right: string | readonly string[] | null) => boolean;

export function mayOf(rights: Rights): May {
  if (rights === "all") return () => true;
  const has = typeof rights === "function" ? rights : (right: string) => rights.has(right);
  return (right) => right === null || (typeof right === "string" ? has(right) : right.every(has));
}

export function maySet(field: Field, may: May): boolean {
  return typeof field.set === "string" ? may(field.set) : field.set;
}
