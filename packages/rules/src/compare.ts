import type { Context } from "./expression.ts";
import type { Problem } from "./problems.ts";
import type { Rule, RunOptions, RunResult } from "./rule.ts";
import type { Plain } from "./values.ts";

/** What a rule would do to a record. */
export interface Outcome {
  changes: Readonly<Record<string, Plain>>;
  /** Actions with their parameters, in order. */
  actions: readonly { action: string; params: Readonly<Record<string, Plain>> }[];
  problem: Problem | null;
}

/** One thing the two rules do differently. */
export type Difference =
  | { kind: "change"; target: string; from: Plain; before: Plain; after: Plain }
  | { kind: "action"; side: "only_before" | "only_after"; action: string; params: Readonly<Record<string, Plain>> }
  | { kind: "problem"; before: Problem | null; after: Problem | null };

export interface ComparedRecord {
  id: string;
  /** Records looked at so far, this one included; differing ones among them; those where either rule ended with a problem. */
  done: number;
  differing: number;
  failed: number;
  before: Outcome;
  after: Outcome;
  /** Empty when both do the same. */
  differences: Difference[];
}

const NOTHING: RunResult = { ok: true, fired: false, changes: [], actions: [], trace: { entries: [], dropped: 0 } };

/**
 * Runs two versions of a rule over records, changing nothing, and gives for each what would be decided differently; null
 * stands for no rule. Works record by record as it is asked, so that the host may pause, show progress, or stop whenever
 * it likes. Records may come lazily, for instance from a generator over a page of a table.
 */
export function* compare(
  before: Rule | null,
  after: Rule | null,
  records: Iterable<{ readonly id: string; readonly context: Context }>,
  options: Omit<RunOptions, "trace"> = {},
): Generator<ComparedRecord, void, undefined> {
  let [done, differing, failed] = [0, 0, 0];
  for (const { id, context } of records) {
    const run = (rule: Rule | null): RunResult => rule?.run(context, { ...options, trace: false }) ?? NOTHING;
    const [first, second] = [run(before), run(after)];
    const differences = differencesOf(first, second);
    done++;
    if (differences.length > 0) differing++;
    if (!first.ok || !second.ok) failed++;
    yield { id, done, differing, failed, before: outcomeOf(first), after: outcomeOf(second), differences };
  }
}

function outcomeOf(result: RunResult): Outcome {
  if (!result.ok) return { changes: {}, actions: [], problem: result.problem };
  const changes = Object.fromEntries(result.changes.map(({ target, to }) => [target, to]));
  return { changes, actions: result.actions.map(({ action, params }) => ({ action, params })), problem: null };
}

function differencesOf(before: RunResult, after: RunResult): Difference[] {
  const problems: Difference[] = before.ok === after.ok && problemKey(before) === problemKey(after) ? [] : [{ kind: "problem", before: problemOf(before), after: problemOf(after) }];
  return [...problems, ...changed(before, after), ...acted(before, after, "only_before"), ...acted(after, before, "only_after")];
}

const problemOf = (result: RunResult): Problem | null => (result.ok ? null : result.problem);
/** The same problem at another line of another version is no other decision. */
const problemKey = (result: RunResult): string => (result.ok ? "" : `${result.problem.code} ${JSON.stringify(result.problem.params)}`);

function changed(before: RunResult, after: RunResult): Difference[] {
  const [first, second] = [before, after].map((result) => new Map(result.ok ? result.changes.map((change) => [change.target, change]) : []));
  const differences: Difference[] = [];
  for (const target of new Set([...first!.keys(), ...second!.keys()])) {
    const [old, now] = [first!.get(target), second!.get(target)];
    // What is not set stays as it was.
    const from = (old ?? now)!.from;
    const [was, becomes] = [old ? old.to : from, now ? now.to : from];
    if (JSON.stringify(was) !== JSON.stringify(becomes)) differences.push({ kind: "change", target, from, before: was, after: becomes });
  }
  return differences;
}

/** Actions of one that the other does not ask for, counting equal ones. */
function acted(one: RunResult, other: RunResult, side: "only_before" | "only_after"): Difference[] {
  const left = other.ok ? other.actions.map(actionKey) : [];
  const differences: Difference[] = [];
  for (const call of one.ok ? one.actions : []) {
    const at = left.indexOf(actionKey(call));
    if (at >= 0) left.splice(at, 1);
    else differences.push({ kind: "action", side, action: call.action, params: call.params });
  }
  return differences;
}

function actionKey({ action, params }: { action: string; params: Readonly<Record<string, Plain>> }): string {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([action, sorted]);
}
