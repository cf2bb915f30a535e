import { mayOf } from "./catalogue.types.ts";
import type { Catalogue, Rights } from "./catalogue.types.ts";
import { parseRuleText, problemAt } from "./document.ts";
import type { Context } from "./expression.ts";
import { Meter } from "./frame.ts";
import type { Budget } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import type { Language, Problem } from "./problems.ts";
import { buildRule } from "./rule.build.ts";
import type { BuiltRule } from "./rule.build.ts";
import { readRule } from "./rule.read.ts";
import { RuleHalt, computeTraced } from "./rule.state.ts";
import type { ActionCall, Change, RunState } from "./rule.state.ts";
import { runAll } from "./rule.steps.ts";
import type { RuleTree } from "./rule.tree.ts";
import { Tracer } from "./trace.ts";
import type { Trace } from "./trace.ts";

export interface RunOptions extends Budget {
  /** Whether to keep a trace; default true. */
  trace?: boolean;
}

export type RunResult =
  | {
      ok: true;
      /** Whether `when` held. */
      fired: boolean;
      /** What is to be written, in the order in which it was first set; only what differs from before. */
      changes: Change[];
      /** What is to be done, in order. */
      actions: ActionCall[];
      trace: Trace;
    }
  | { ok: false; problem: Problem; trace: Trace };

/** A compiled rule. Holds no state: it may be run any number of times, on any records. */
export interface Rule {
  readonly key: string;
  readonly name: Partial<Record<Language, string>>;
  /** Variables and fields it reads, targets it may set, actions it may ask for. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly actions: readonly string[];
  /**
   * Runs it on a record. Decides and changes nothing: the context is never written to, and the host writes `changes` and
   * performs `actions` together. Never throws. On any problem, or when a budget is spent (10,000 steps unless given), the
   * result has only the problem, with its place in the document, and the trace up to it.
   */
  run(context: Context, options?: RunOptions): RunResult;
  /**
   * What tells of a rule before it is saved that it would not end: a `while` whose condition nothing in it can change, or its
   * steps, whatever `when` says, not ending on a record with nothing in it. Null where neither is so, which is no proof.
   */
  endless(): Problem | null;
}

export type CompiledRule = { ok: true; rule: Rule } | { ok: false; problems: Problem[] };

interface Prepared {
  tree: RuleTree;
  built: BuiltRule;
}

function prepare(text: string, catalogue: Catalogue, rights: Rights): Prepared | Problem[] {
  const may = mayOf(rights);
  if (!may(catalogue.edit)) return [problemAt(text, { from: 0, to: 0 }, ["not_permitted", {}, []])];
  const parsed = parseRuleText(text);
  if (!parsed.ok) return parsed.problems;
  const { tree, problems } = readRule(parsed.document, text);
  const built = buildRule(tree, { text, catalogue, may });
  const all = [...problems, ...built.problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return all.length > 0 ? all.slice(0, MAX_PROBLEMS) : { tree, built };
}

const MAX_PROBLEMS = 100;

/**
 * Everything wrong with a rule's text, YAML or JSON, by line and column: of the document, of its structure, and within its
 * expressions. Empty when it can be compiled. `rights` are those of its author. Never throws for anything in the text.
 */
export function checkRule(text: string, catalogue: Catalogue, rights: Rights = "all"): Problem[] {
  const prepared = prepare(text, catalogue, rights);
  return Array.isArray(prepared) ? prepared : [];
}

/** Checks a rule as `checkRule` does and compiles it. */
export function compileRule(text: string, catalogue: Catalogue, rights: Rights = "all"): CompiledRule {
  const prepared = prepare(text, catalogue, rights);
  if (Array.isArray(prepared)) return { ok: false, problems: prepared };
  const { tree, built } = prepared;
  const { reads, writes, actions } = built;
  return { ok: true, rule: { key: tree.key, name: tree.name, reads, writes, actions, run: (context, options = {}) => run(text, built, { context, options }), endless: () => endless(text, built) } };
}

function endless(text: string, built: BuiltRule): Problem | null {
  if (!built.repeats) return null;
  if (built.stuck[0]) return built.stuck[0];
  const result = run(text, { ...built, when: null }, { context: {}, options: { trace: false } });
  return !result.ok && result.problem.code === "budget_steps" ? { ...result.problem, code: "endless_run" } : null;
}

function run(text: string, { when, statements }: BuiltRule, { context, options }: { context: Context; options: RunOptions }): RunResult {
  const tracer = new Tracer(options.trace ?? true);
  try {
    const state: RunState = { vars: context, locals: [], meter: new Meter(LIMITS.runSteps, options), text, tracer, changes: new Map(), actions: [] };
    const fired = when === null || computeTraced(state, { ...when, run: when.built.strict }, "when") === true;
    if (fired) runAll(statements, state);
    const changes = [...state.changes.values()].filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
    return { ok: true, fired, changes, actions: state.actions, trace: tracer.result() };
  } catch (error) {
    // Anything unforeseen is a problem as well: the host relies on a result.
    const problem = error instanceof RuleHalt ? error.problem : problemAt(text, { from: 0, to: 0 }, ["internal", { detail: error instanceof Error ? error.message.slice(0, 200) : "" }, []]);
    return { ok: false, problem, trace: tracer.result() };
  }
}
