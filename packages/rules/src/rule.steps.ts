import { problemAt } from "./document.ts";
import type { Path, Range } from "./document.ts";
import { LIMITS } from "./limits.ts";
import { RuleHalt, computeTraced, spend } from "./rule.state.ts";
import type { RuleExpression, RunState, Statement } from "./rule.state.ts";
import { toPlain } from "./values.ts";
import type { Plain } from "./values.ts";

interface Placed {
  at: Range;
  path: Path;
}

export function runAll(statements: readonly Statement[], state: RunState): boolean {
  for (const statement of statements) if (statement(state)) return true;
  return false;
}

export function letting(name: string, slot: number, expression: RuleExpression): Statement {
  return (state) => {
    state.locals[slot] = computeTraced(state, expression, "let", name);
    return false;
  };
}

/** A test that gives nothing is a problem, not a no. */
function tested(expression: RuleExpression): RuleExpression {
  return { ...expression, run: expression.built.strict };
}

export function branching(branches: readonly { test: RuleExpression; statements: Statement[] }[], otherwise: readonly Statement[]): Statement {
  const tests = branches.map(({ test, statements }) => ({ test: tested(test), statements }));
  return (state) => {
    const taken = tests.find(({ test }) => computeTraced(state, test, "if") === true);
    return runAll(taken?.statements ?? otherwise, state);
  };
}

export function repeating(test: RuleExpression, body: readonly Statement[]): Statement {
  const strict = tested(test);
  return (state) => {
    while (computeTraced(state, strict, "while") === true) if (runAll(body, state)) return true;
    return false;
  };
}

/** The list is read once, before the first round: what the rounds set does not change it. */
export function each(list: RuleExpression, slot: number, body: readonly Statement[]): Statement {
  const strict = tested(list);
  const place = { at: list.source, path: list.source.path };
  return (state) => {
    for (const item of computeTraced(state, strict, "for") as unknown[]) {
      spend(state, 1, place);
      state.locals[slot] = item;
      if (runAll(body, state)) return true;
    }
    return false;
  };
}

/** A parameter of an action. */
export interface Named {
  name: string;
  expression: RuleExpression;
}

export function doing(action: string, parameters: readonly Named[], place: Placed): Statement {
  return (state) => {
    spend(state, 1, place);
    if (state.actions.length >= LIMITS.runActions) {
      throw new RuleHalt(problemAt(state.text, place.at, ["too_many_actions", { limit: LIMITS.runActions }, place.path]));
    }
    const params: Record<string, Plain> = {};
    for (const { name, expression } of parameters) {
      const value = computeTraced(state, expression, "do", `${action}.${name}`);
      params[name] = toPlain(value, expression.built.type);
    }
    state.actions.push({ action, params, path: place.path });
    return false;
  };
}

export function stopping(reason: string, place: Placed): Statement {
  return (state) => {
    spend(state, 1, place);
    const { line } = problemAt(state.text, place.at, ["internal", {}, []]);
    state.tracer.add({ path: place.path, line, kind: "stop", inputs: {}, result: reason, atMs: state.meter.elapsedMs() });
    return true;
  };
}
