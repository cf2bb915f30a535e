import { buildExpression, isUnclear } from "./expression.ts";
import type { Slots } from "./build.ts";
import type { Built, Local } from "./built.ts";
import type { Action, Catalogue, May } from "./catalogue.types.ts";
import { problemAt } from "./document.ts";
import type { Path, Range, Source } from "./document.ts";
import { isName, suggest } from "./names.ts";
import type { Params, Problem, ProblemCode } from "./problems.ts";
import { buildSet } from "./rule.set.ts";
import { doing, each, letting, repeating, stopping, branching } from "./rule.steps.ts";
import type { Named } from "./rule.steps.ts";
import { restricted, stored } from "./rule.state.ts";
import type { RuleExpression, Statement } from "./rule.state.ts";
import type { Branch, Entry, RuleTree, Step } from "./rule.tree.ts";
import { orderOf, refuseOtherValue, type Allowed } from "./build.operators.ts";
import { T } from "./types.ts";
import type { Type } from "./types.ts";

/** Names bound by `let` and `for` at one point of a rule. Only those of `let` may be set. */
export type Scope = ReadonlyMap<string, Local & { settable: boolean }>;

export interface BuiltRule {
  when: RuleExpression | null;
  statements: Statement[];
  reads: string[];
  writes: string[];
  actions: string[];
  slots: number;
  problems: Problem[];
  /** Loops whose condition nothing in them can change. */
  stuck: Problem[];
  repeats: boolean;
}

/** Checks names and types of a whole rule and compiles it; every problem is noted, not only the first. */
export function buildRule(tree: RuleTree, input: { text: string; catalogue: Catalogue; may: May }): BuiltRule {
  const builder = new RuleBuilder(input);
  const when = tree.when && builder.expression(tree.when, new Map(), T.boolean);
  const statements = builder.block(tree.steps, new Map());
  const { reads, writes, actions, problems, slots, stuck, repeats } = builder;
  return { when, statements, reads: [...reads], writes: [...writes], actions: [...actions], slots: slots.next, problems, stuck, repeats };
}

export class RuleBuilder {
  readonly text: string;
  readonly catalogue: Catalogue;
  readonly may: May;
  readonly problems: Problem[] = [];
  readonly stuck: Problem[] = [];
  repeats = false;
  readonly slots: Slots = { next: 0 };
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  readonly actions = new Set<string>();

  constructor(input: { text: string; catalogue: Catalogue; may: May }) {
    this.text = input.text;
    this.catalogue = input.catalogue;
    this.may = input.may;
  }

  note(code: ProblemCode, params: Params, [range, path]: readonly [Range, Path]): null {
    this.problems.push(problemAt(this.text, range, [code, params, path]));
    return null;
  }

  /** Null when there is a problem, which is noted. `expects` null for any type that is clear. */
  expression(source: Source, scope: Scope, expects: Type | null): RuleExpression | null {
    if (source.missing) return null;
    const { catalogue, may, slots } = this;
    const result = buildExpression(source.text, { catalogue, may, slots, locals: scope, expects });
    if (!result.ok) {
      for (const { code, params, from, to } of result.findings) this.note(code, params, [{ from: source.offset(from), to: source.offset(to) }, source.path]);
      return null;
    }
    for (const path of result.reads.keys()) if (!scope.has(path.split(".", 1)[0]!)) this.reads.add(path);
    const { built } = result;
    return { source, built, run: built.run, inputs: [...result.reads] };
  }

  /** A value that goes to a field or parameter with few allowed values must be one of them. */
  among(expression: RuleExpression, allowed: Allowed): void {
    const { source, built } = expression;
    const report = (code: ProblemCode, params: Params): Built => {
      this.note(code, params, [source, source.path]);
      return built;
    };
    refuseOtherValue({ report }, allowed, built);
  }

  /** What is set to a name that has an order must be of that order. */
  ordered({ source, built }: RuleExpression, { name, values }: { name: string; values: Built["values"] }): void {
    if (values && built.literal === undefined && !orderOf([{ values }, built])) this.note("no_order_with", { what: name, operator: "set" }, [source, source.path]);
  }

  block(steps: readonly Step[], outer: Scope): Statement[] {
    let scope = outer;
    const statements: Statement[] = [];
    for (const step of steps) {
      if (step.kind === "let") scope = this.letStep(step.entries, scope, statements);
      else statements.push(...this.step(step, scope));
    }
    return statements;
  }

  private step(step: Step, scope: Scope): Statement[] {
    switch (step.kind) {
      case "set": return step.entries.flatMap((entry) => buildSet(this, entry, scope) ?? []);
      case "if": return this.ifStep(step.branches, step.otherwise, scope);
      case "for": return this.forStep(step, scope);
      case "while": return this.whileStep(step, scope);
      case "do": return this.doStep(step, scope);
      case "stop": return [stopping(step.reason, step)];
      // Names of `let` belong to the block; see `block`.
      case "let": return [];
    }
  }

  /** Whether a name may be bound here; notes why not. */
  private nameable(name: string, scope: Scope, place: readonly [Range, Path]): boolean {
    if (!isName(name)) this.note("bad_name", { name: name.slice(0, 64) }, place);
    else if (scope.has(name) || this.catalogue.variables.has(name)) this.note("name_taken", { name }, place);
    else return true;
    return false;
  }

  private letStep(entries: readonly Entry[], outer: Scope, statements: Statement[]): Scope {
    const scope = new Map(outer);
    for (const { name, at, value } of entries) {
      const isFree = this.nameable(name, scope, [at, value.path]);
      const expression = this.expression(value, scope, null);
      const type = expression?.built.type ?? T.unknown;
      if (expression && isUnclear(type)) this.note("type_unclear", {}, [value, value.path]);
      if (!isFree) continue;
      const slot = this.slots.next++;
      // After a problem the name still exists, with a type about which nothing more is said.
      scope.set(name, { type, slot, settable: true, values: expression && orderOf([expression.built]) });
      if (expression) statements.push(letting(name, slot, expression));
    }
    return scope;
  }

  private ifStep(branches: readonly Branch[], otherwise: readonly Step[], scope: Scope): Statement[] {
    const built = branches.map((branch) => ({ test: this.expression(branch.test, scope, T.boolean), statements: this.block(branch.steps, scope) }));
    const rest = this.block(otherwise, scope);
    const whole = built.flatMap(({ test, statements }) => (test ? [{ test, statements }] : []));
    return [branching(whole, rest)];
  }

  private forStep(step: Extract<Step, { kind: "for" }>, scope: Scope): Statement[] {
    const list = this.expression(step.list, scope, null);
    if (list && list.built.type.kind !== "list") {
      const expected = { expected: "list", actual: list.built.type.kind };
      this.note("wrong_type", expected, [step.list, step.list.path]);
    }
    const isFree = this.nameable(step.name, scope, [step.nameAt, [...step.path, "for"]]);
    const slot = this.slots.next++;
    const type = list?.built.type.kind === "list" ? list.built.type.of : T.unknown;
    const inner = isFree ? new Map(scope).set(step.name, { type, slot, settable: false }) : scope;
    const body = this.block(step.steps, inner);
    return list ? [each(list, slot, body)] : [];
  }

  private whileStep(step: Extract<Step, { kind: "while" }>, scope: Scope): Statement[] {
    const test = this.expression(step.test, scope, T.boolean);
    const body = this.block(step.steps, scope);
    if (!test) return [];
    this.repeats = true;
    const looksAt = new Set(test.inputs.map(([path]) => rootOf(path)));
    if (!canEnd(step.steps, looksAt)) this.stuck.push(problemAt(this.text, step.test, ["endless_loop", {}, step.test.path]));
    return [repeating(test, body)];
  }

  private doStep(step: Extract<Step, { kind: "do" }>, scope: Scope): Statement[] {
    const seen = [...this.catalogue.actions.values()].filter((one) => this.may(one.use));
    const action = seen.find((one) => one.key === step.action);
    if (!action) {
      this.note("unknown_action", { name: step.action.slice(0, 64), suggestion: suggest(step.action, seen.map((one) => one.key)) }, [step.actionAt, [...step.path, "do"]]);
      for (const entry of step.entries) this.expression(entry.value, scope, null);
      return [];
    }
    this.actions.add(action.key);
    for (const param of action.params.values()) {
      if (param.required && !step.entries.some((entry) => entry.name === param.key)) this.note("missing_parameter", { action: action.key, parameter: param.key }, [step.actionAt, step.path]);
    }
    const named = step.entries.flatMap((entry) => this.parameter(action, entry, scope) ?? []);
    return [doing(action.key, named, step)];
  }

  private parameter(action: Action, { name, at, value }: Entry, scope: Scope): Named | null {
    const param = action.params.get(name);
    if (!param) {
      this.note("unknown_parameter", { action: action.key, parameter: name.slice(0, 64), suggestion: suggest(name, action.params.keys()) }, [at, value.path]);
      this.expression(value, scope, null);
      return null;
    }
    const expression = this.expression(value, scope, param.type);
    if (!expression) return null;
    if (param.required && expression.built.literal === null) return this.note("null_value", { what: `${action.key}.${name}` }, [value, value.path]);
    if (holdsRecord(expression.built.type)) return this.note("unsupported", { what: value.text.slice(0, 40) }, [value, value.path]);
    this.among(expression, param);
    return { name, expression: restricted(stored(expression), param, `${action.key}.${name}`) };
  }
}

const rootOf = (path: string): string => path.split(".", 1)[0]!;

/** Whether steps of a loop set something its condition looks at, or end the rule. */
function canEnd(steps: readonly Step[], looksAt: ReadonlySet<string>): boolean {
  return steps.some((step) => {
    switch (step.kind) {
      case "set": return step.entries.some(({ name }) => looksAt.has(rootOf(name)));
      case "stop": return true;
      case "if": return canEnd(step.otherwise, looksAt) || step.branches.some((branch) => canEnd(branch.steps, looksAt));
      case "for": case "while": return canEnd(step.steps, looksAt);
      default: return false;
    }
  });
}

/** A whole record cannot be handed out: it may hold what the receiver must not see. */
function holdsRecord(type: Type): boolean {
  if (type.kind === "list") return holdsRecord(type.of);
  if (type.kind === "object") return Object.values(type.fields).some(holdsRecord);
  return type.kind === "record";
}
