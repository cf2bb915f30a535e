import { buildAccess, buildIndex } from "./build.access.ts";
import { buildCall } from "./build.calls.ts";
import { buildBinary, buildChoice, buildLogic, buildUnary } from "./build.operators.ts";
import { buildList, buildLiteral, buildObject } from "./build.literals.ts";
import { unknownPart } from "./built.ts";
import type { Builder, Built, Local, Span } from "./built.ts";
import type { Catalogue, May } from "./catalogue.types.ts";
import type { Finding, Params, ProblemCode } from "./problems.ts";
import type { ASTNode } from "./syntax.ts";
import type { Type } from "./types.ts";

/** Names bound around an expression: by the steps of a rule, or by what an editor knows. */
export type Locals = ReadonlyMap<string, Local>;

/** Gives out places for bound names, across all expressions of a rule. */
export interface Slots {
  next: number;
}

export interface BuildInput {
  catalogue: Catalogue;
  may: May;
  locals: Locals;
  slots: Slots;
}

export interface BuildResult {
  built: Built;
  findings: Finding[];
  reads: ReadonlyMap<string, Built>;
}

/** A mistake repeated throughout a long text needs no more sentences than this. */
const MAX_FINDINGS = 50;

/** Checks the types of a tree and compiles it to closures; with any finding it must not be run. */
export function buildTree(node: ASTNode, input: BuildInput): BuildResult {
  const builder = new TreeBuilder(input, node);
  return { built: builder.build(node), findings: builder.findings, reads: builder.reads };
}

type Build = (builder: Builder, node: never) => Built;

/** By operator; all others have two operands. Optional types are off in the parser, so `.?` and `[?]` cannot appear. */
const BUILDERS = {
  value: buildLiteral, id: buildAccess, ".": buildAccess, "[]": buildIndex, call: buildCall, rcall: buildCall, list: buildList, map: buildObject,
  "?:": buildChoice, "&&": buildLogic, "||": buildLogic, "!_": buildUnary, "-_": buildUnary,
} as Readonly<Record<string, Build>> as Readonly<Record<string, ((builder: Builder, node: ASTNode) => Built) | undefined>>;

class TreeBuilder implements Builder {
  readonly catalogue: Catalogue;
  readonly may: May;
  readonly reads = new Map<string, Built>();
  readonly findings: Finding[] = [];
  private locals: Locals;
  private readonly slots: Slots;
  private readonly root: ASTNode;

  constructor(input: BuildInput, root: ASTNode) {
    this.catalogue = input.catalogue;
    this.may = input.may;
    this.locals = input.locals;
    this.slots = input.slots;
    this.root = root;
  }

  build(node: ASTNode): Built {
    return BUILDERS[node.op]?.(this, node) ?? buildBinary(this, node);
  }

  report(code: ProblemCode, params: Params, at: Span): Built {
    if (this.findings.length < MAX_FINDINGS) this.findings.push({ code, params, from: at.start, to: at.end });
    return unknownPart(this.root);
  }

  local(name: string): Local | null {
    return this.locals.get(name) ?? null;
  }

  localNames(): Iterable<string> {
    return this.locals.keys();
  }

  withLocal<R>(name: string, type: Type, use: (slot: number) => R): R {
    const outer = this.locals;
    const slot = this.slots.next++;
    this.locals = new Map(outer).set(name, { type, slot, inside: true });
    const result = use(slot);
    this.locals = outer;
    return result;
  }
}
