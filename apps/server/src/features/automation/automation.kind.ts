import { createHash } from "node:crypto";
import { createCatalogue, problemText, type Catalogue, type Problem, type Rights } from "@linija/rules";
import type { TxCtx } from "../../platform/db.ts";
import { forbidden, invalid } from "../../platform/errors.ts";
import { inAll, problem, wordsOf, type Departments, type KindProblem, type Language, type ProjectDeclaration, type TextKind } from "../projects/index.ts";
import { checkText, compileWritten, vocabularyOf, type Compilable } from "./automation.compile.ts";
import { readRuleText } from "./automation.document.ts";
import { forgetRules } from "./automation.listener.ts";
import { authorRights, isCertified } from "./automation.rights.ts";
import { deleteOtherRules, insertVersion, selectInUse, selectLogins, selectWebhookKeys, upsertRule } from "./automation.sql.ts";

/** What is kept of `rules/*.yaml` while the project is read. */
interface RuleValue { text: string }

/** What a text was checked against, for checking it again with the rights of who saves it, and with the webhooks and people there are. */
const checkedWith = new WeakMap<RuleValue, Checked>();
const catalogues = new WeakMap<ProjectDeclaration, Catalogue>();

const placed = (found: Problem): KindProblem => ({ ...problem([...(found.path ?? [])], "expression", { text: inAll((language) => problemText(found, language)) }), line: found.line, column: found.column });

/** Rules as a kind of texts of a project: read, checked against the whole project, and put in use with it. */
export const rulesKind: TextKind = {
  at: "rules",
  read(text, { key }) {
    const read = readRuleText(text);
    if (!read.ok) return { value: null, problems: read.problems.map(placed) };
    const expected = key.replaceAll("-", "_");
    if (read.rule.key !== expected) return { value: null, problems: [problem(["key"], "other_key", { name: read.rule.key, file: expected })] };
    return { value: { text } satisfies RuleValue, problems: [] };
  },
  check(value, declared, { departments }) {
    const catalogue = catalogueOf(declared, departments);
    checkedWith.set(value as RuleValue, withDepartments(declared, departments));
    return checkText((value as RuleValue).text, catalogue, "all").map(placed);
  },
  lacks: (ctx, projectKey, values) => lackedBy(ctx, projectKey, values as Record<string, RuleValue>),
  use: (ctx, projectKey, values, made) => putInUse(ctx, projectKey, values as Record<string, RuleValue>, made),
};

/** Webhooks and people that rules of a project name and it does not have. */
async function lackedBy(ctx: TxCtx, projectKey: string, values: Record<string, RuleValue>): Promise<(KindProblem & { key: string })[]> {
  const known = await knownIn(ctx, projectKey);
  return Object.entries(values).flatMap(([key, value]) => problemsOf(value, known, "all").map((found) => ({ ...placed(found), key })));
}

interface Known { webhooks: string[]; logins: string[] }
const knownIn = async (ctx: TxCtx, projectKey: string): Promise<Known> => ({ webhooks: await selectWebhookKeys(ctx.db, projectKey), logins: await selectLogins(ctx.db, projectKey) });

function problemsOf(value: RuleValue, known: Partial<Known>, rights: Rights): readonly Problem[] {
  const checked = checkedWith.get(value);
  const compiled = checked && compileWritten(value.text, createCatalogue(vocabularyOf(checked, Object.values(checked.processes), known)), rights);
  return compiled && !compiled.ok ? compiled.problems : [];
}

type Checked = Compilable & Pick<ProjectDeclaration, "processes">;
const withDepartments = (declared: ProjectDeclaration, departments: Departments | undefined): Checked => ({ ...declared, ...(departments && { departments }) });

function catalogueOf(declared: ProjectDeclaration, departments: Departments | undefined): Catalogue {
  const known = catalogues.get(declared) ?? createCatalogue(vocabularyOf(withDepartments(declared, departments), Object.values(declared.processes)));
  catalogues.set(declared, known);
  return known;
}

/** Versions are kept for ever, so that every run can be read with the text it ran. */
async function putInUse(ctx: TxCtx, projectKey: string, values: Record<string, RuleValue>, { isTemplate } = { isTemplate: false }): Promise<Record<string, unknown>> {
  const before = await selectInUse(ctx.db, projectKey);
  const after = new Map(Object.values(values).flatMap((value) => {
    const read = readRuleText(value.text);
    return read.ok ? [[read.rule.key, { ...read.rule, value, versionId: versionOf(projectKey, read.rule.key, value.text) }] as const] : [];
  }));
  const changed = [...after.values()].filter((rule) => before.rules.get(rule.key) !== rule.versionId);
  const isGone = [...before.rules.keys()].some((key) => !after.has(key));
  if (!isTemplate && (isGone || changed.length > 0)) await refuseAuthor(before.isKnown ? ctx : asMember(ctx, projectKey), projectKey, { texts: changed.map(({ value }) => value), isKnown: before.isKnown });
  for (const { key, name, trigger, value, versionId } of after.values()) {
    if (before.rules.get(key) !== versionId) await insertVersion(ctx.db, { id: versionId, projectKey, key, text: value.text, at: ctx.now() });
    await upsertRule(ctx.db, { projectKey, key, versionId, name, trigger });
  }
  await deleteOtherRules(ctx.db, projectKey, [...after.keys()]);
  ctx.afterCommit.push(forgetRules);
  return Object.fromEntries([...after].map(([key, { versionId, trigger }]) => [key, { version: versionId, ...("clock" in trigger.on && trigger.enabled && { clock: trigger.on.clock, percent: trigger.on.at_percent }) }]));
}

const versionOf = (projectKey: string, key: string, text: string): string => `${projectKey}/${key}/${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;

/** Whoever brings a new project works in it as soon as it is there, with the rights of their role. */
const asMember = (ctx: TxCtx, projectKey: string): TxCtx => (ctx.actor.kind === "user" ? { ...ctx, actor: { ...ctx.actor, projects: [...ctx.actor.projects, projectKey] } } : ctx);

/** Who saves a rule needs the certificate (R355), and may write only of what they may read themselves. */
async function refuseAuthor(ctx: TxCtx, projectKey: string, { texts, isKnown }: { texts: RuleValue[]; isKnown: boolean }): Promise<void> {
  if (ctx.actor.kind !== "user") return;
  if (!(await isCertified(ctx))) throw forbidden("no_certificate");
  const rights = authorRights(ctx, projectKey, true);
  const language = ctx.actor.language as Language;
  // A project that is only just brought cannot have its webhooks and people yet: `lacks` tells which it will need.
  const known = isKnown ? await knownIn(ctx, projectKey) : {};
  for (const value of texts) {
    const problems = problemsOf(value, known, rights);
    if (problems.length > 0) throw invalid(problems.slice(0, 20).map((found) => ({ field: `rules:${found.line}`, code: "declaration_problem", params: { ...wordsOf(placed(found), language) } })));
  }
}
