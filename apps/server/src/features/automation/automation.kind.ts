import { createHash } from "node:crypto";
import { createCatalogue, problemText, type Problem } from "@linija/rules";
import type { TxCtx } from "../../platform/db.ts";
import type { KindProblem, TextKind } from "../projects/index.ts";
import { compileText, vocabularyOf } from "./automation.compile.ts";
import { readRuleText } from "./automation.document.ts";
import { forgetRules } from "./automation.listener.ts";
import { deleteOtherRules, insertVersion, upsertRule } from "./automation.sql.ts";

/** What is kept of `rules/*.yaml` while the project is read. */
interface RuleValue { text: string }

const told = (problem: Problem): KindProblem => ({ path: [...(problem.path ?? [])], message: problemText(problem, "en"), remedy: "correct it; the editor of rules shows the place", line: problem.line, column: problem.column });

/** Rules as a kind of texts of a project: read, checked against the whole project, and put in use with it. */
export const rulesKind: TextKind = {
  at: "rules",
  read(text, { key }) {
    const read = readRuleText(text);
    if (!read.ok) return { value: null, problems: read.problems.map(told) };
    const expected = key.replaceAll("-", "_");
    if (read.rule.key !== expected) return { value: null, problems: [{ path: ["key"], message: `is "${read.rule.key}"`, remedy: `name the file as the rule, or write key: ${expected}` }] };
    return { value: { text } satisfies RuleValue, problems: [] };
  },
  check(value, declared) {
    const compiled = compileText((value as RuleValue).text, createCatalogue(vocabularyOf(declared, Object.values(declared.processes))), "all");
    return compiled.ok ? [] : compiled.problems.map(told);
  },
  use: (ctx, projectKey, values) => putInUse(ctx, projectKey, values as Record<string, RuleValue>),
};

/** Versions are kept for ever, so that every run can be read with the text it ran. */
async function putInUse(ctx: TxCtx, projectKey: string, values: Record<string, RuleValue>): Promise<Record<string, unknown>> {
  const used: Record<string, unknown> = {};
  for (const { text } of Object.values(values)) {
    const read = readRuleText(text);
    if (!read.ok) continue;
    const { key, name, trigger } = read.rule;
    const versionId = `${projectKey}/${key}/${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
    await insertVersion(ctx.db, { id: versionId, projectKey, key, text, at: ctx.now() });
    await upsertRule(ctx.db, { projectKey, key, versionId, name, trigger });
    used[key] = { version: versionId };
  }
  await deleteOtherRules(ctx.db, projectKey, Object.keys(used));
  ctx.afterCommit.push(forgetRules);
  return used;
}
