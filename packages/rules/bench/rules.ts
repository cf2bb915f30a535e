import { compileExpression, compileRule, EXAMPLES, sampleCatalogue, sampleContext } from "../src/index.ts";
import type { Expression, Rule } from "../src/index.ts";

/*
 * What a rule costs: evaluations a second of conditions with ten operators, runs a second of a whole rule, and how long
 * compiling takes. One JSON line. `node packages/rules/bench/rules.ts`
 */
const ROUNDS = 5;
const ROUND_MS = 300;

const catalogue = sampleCatalogue();
const context = sampleContext();

/** Ten operators each: over numbers, text and booleans; over exact money and moments. */
const PLAIN = `request.attempts * 2 + 1 > 2 && request.priority != "high" && (client.vip || request.score >= 0.9) && !(client.city == "Kranj")`;
const EXACT = `order.total * 0.9 - 5 > 100 && now - request.createdAt > duration("1h") && (order.weight < 3 || client.vip) && order.due != null`;

/** A loop over the client's orders that adds exact money: the example that stands in the editor, too. */
const RULE = EXAMPLES.find(({ text }) => text.startsWith("key: compensation\n"))!.text;

function expression(text: string): Expression {
  const compiled = compileExpression(text, catalogue, { expects: "boolean" });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = compiled.expression.evaluate(context);
  if (!result.ok || result.value !== true) throw new Error(`not true: ${JSON.stringify(result)}`);
  return compiled.expression;
}

function rule(): Rule {
  const compiled = compileRule(RULE, catalogue);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = compiled.rule.run(context);
  if (!result.ok || result.changes.length !== 1) throw new Error(JSON.stringify(result));
  return compiled.rule;
}

/** Calls a second, the best of some rounds: other work on the machine only ever slows one down. */
function perSecond(work: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    let calls = 0;
    while (performance.now() - started < ROUND_MS) {
      for (let i = 0; i < 100; i++) work();
      calls += 100;
    }
    best = Math.max(best, (calls / (performance.now() - started)) * 1000);
  }
  return Math.round(best);
}

/** `evals_per_s`, `exact_evals_per_s`, `rule_runs_per_s`, `traced_runs_per_s`: a second; `compile_us`, `compile_rule_us`: microseconds. */
export function run(): Record<string, number> {
  const [plain, exact, whole] = [expression(PLAIN), expression(EXACT), rule()];
  return {
    evals_per_s: perSecond(() => plain.evaluate(context)),
    exact_evals_per_s: perSecond(() => exact.evaluate(context)),
    rule_runs_per_s: perSecond(() => whole.run(context, { trace: false })),
    traced_runs_per_s: perSecond(() => whole.run(context)),
    compile_us: Math.round(1e7 / perSecond(() => void compileExpression(PLAIN, catalogue))) / 10,
    compile_rule_us: Math.round(1e7 / perSecond(() => void compileRule(RULE, catalogue))) / 10,
  };
}

if (import.meta.main) console.log(JSON.stringify(run()));
