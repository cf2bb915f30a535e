import type { Catalogue, May } from "./catalogue.types.ts";
import { CurrencyError } from "./money.ts";
import { DecimalError } from "./decimal.ts";
import type { Run } from "./frame.ts";
import { Halt } from "./problems.ts";
import type { Params, ProblemCode } from "./problems.ts";
import type { ASTNode } from "./syntax.ts";
import { T } from "./types.ts";
import type { Type } from "./types.ts";
import type { ValueInput } from "./catalogue.types.ts";

/** A checked and compiled part of an expression. */
export interface Built {
  readonly type: Type;
  readonly node: ASTNode;
  /** Gives the value, or null where there is none. */
  readonly run: Run;
  /** Gives the value; where there is none, halts with `null_value`. The same function as `run` where it cannot be empty. */
  readonly strict: Run;
  /** The same in exact decimals, for arithmetic on numbers written in the text. */
  readonly exact?: () => Built;
  readonly literal?: string | number | boolean | null;
  /** Always the same value, whatever the frame. */
  readonly constant?: boolean;
  /** The only values this can have. */
  readonly values?: readonly ValueInput[] | null;
}

/** Offsets in the expression's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A name bound inside the expression or the rule. */
export interface Local {
  readonly type: Type;
  readonly slot: number;
  /** The only values it can have, in their order. */
  readonly values?: readonly ValueInput[] | null;
  /** Bound within the expression by `exists`, `map` and the like: gone when the expression ends. */
  readonly inside?: boolean;
}

/** What the parts of the compiler share while one expression is compiled. */
export interface Builder {
  readonly catalogue: Catalogue;
  readonly may: May;
  /** Paths read, each with what reads it. */
  readonly reads: Map<string, Built>;
  build(node: ASTNode): Built;
  /** Notes a problem and gives a part of type `unknown`, about which nothing more is said. */
  report(code: ProblemCode, params: Params, at: Span): Built;
  local(name: string): Local | null;
  /** Names that can be used at this point besides the catalogue's. */
  localNames(): Iterable<string>;
  /** Binds a name while `use` runs. */
  withLocal<R>(name: string, type: Type, use: (slot: number) => R): R;
}

export function halt(code: ProblemCode, params: Params, at: Span): Halt {
  return new Halt({ code, params, from: at.start, to: at.end });
}

/** A part that always has a value. */
export function sure(node: ASTNode, type: Type, run: Run): Built {
  return { node, type, run, strict: run };
}

/** A part that may be empty; `what` is what the problem calls it. */
export function maybe(node: ASTNode, type: Type, run: Run, what = textOf(node)): Built {
  const strict: Run = (frame) => {
    const value = run(frame);
    if (value === null) throw halt("null_value", { what }, node);
    return value;
  };
  return { node, type, run, strict };
}

/** What is always the same is made once; no value in the language is ever changed. */
export function constant(part: Built): Built {
  let made: unknown = null;
  const run: Run = (frame) => (made ??= part.run(frame));
  return { ...part, run, strict: run, constant: true };
}

export function unknownPart(node: ASTNode): Built {
  return sure(node, T.unknown, () => null);
}

/** The source of a part, shortened for a message. */
export function textOf(node: ASTNode): string {
  const text = node.input.slice(node.start, node.end);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** A refusal from a function that does not know its place in the text. */
export class Fault extends Error {
  readonly code: ProblemCode;
  readonly params: Params;
  constructor(code: ProblemCode, params: Params = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/** Gives errors of values and functions the place of the part they happened in. */
export function placed(error: unknown, at: Span): unknown {
  if (error instanceof Fault) return halt(error.code, error.params, at);
  if (error instanceof DecimalError) return halt(error.code, {}, at);
  if (error instanceof CurrencyError) return halt("currencies_differ", { left: error.left, right: error.right }, at);
  return error;
}
