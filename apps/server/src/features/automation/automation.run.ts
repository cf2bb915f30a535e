import type { Rule, RunResult } from "@linija/rules";
import type { TxCtx } from "../../platform/db.ts";
import { AppError, isDatabaseAway, isOvertaken } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { withSavepoint } from "../../platform/savepoint.ts";
import { contextFor, type EventValues, type TicketContext } from "../rules/index.ts";
import { projectOf, type ProjectInUse } from "../tickets/index.ts";
import { compiledIn, workshopOf, type CompiledText } from "./automation.compile.ts";
import { performAll, type Performing } from "./automation.perform.ts";
import { countFired, type KeptProblem, type NewRun, type RuleInUse } from "./automation.sql.ts";

/** An event that a rule caused by a rule, five deep, wakes nobody any more. */
export const MAX_DEPTH = 5;
/** Several rules that wake each other grow in number with each step: so many may fire on one ticket after one deed. */
const MAX_FIRED = 50;
const BUDGET = { steps: 10_000, ms: 250, clock: () => performance.now() };

/** Something that wakes rules about one ticket. */
export interface Waking { ticketId: string; projectKey: string; rules: RuleInUse[]; cause: string; wokenBy: string; event: EventValues; depth: number }

/**
 * Runs the rules one after another, each seeing what those before it have done. What one does and cannot finish is taken
 * back alone; everything is kept as a run. The ticket is locked until the transaction ends.
 */
export async function wake(ctx: TxCtx, waking: Waking, deps: Performing): Promise<NewRun[]> {
  const runs: NewRun[] = [];
  if (await isTooMuch(ctx, waking)) return stopHere(ctx, waking);
  const project = await projectOf(ctx.db, waking.projectKey);
  const workshop = await workshopOf(ctx.db, project);
  const compiled = waking.rules.map((rule) => ({ rule, text: compiledIn(workshop, rule) }));
  const reads = compiled.flatMap(({ text }) => (text.ok ? text.rule.reads : []));
  const read = (): Promise<TicketContext | undefined> => contextFor(ctx.db, {
    ticketIds: [waking.ticketId], reads, catalogue: workshop.catalogue, now: ctx.now(), actor: ctx.actor, event: waking.event, project: projectValues(project), lock: true,
  }).then((all) => all.get(waking.ticketId));
  let context = await read();
  for (const { rule, text } of compiled) {
    if (!context) break;
    const run = await runOne(ctx, { waking, rule, text, context, project, deps });
    runs.push(run);
    if (run.state === "fired" && rule !== compiled.at(-1)!.rule) context = await read();
  }
  return runs;
}

const isTooMuch = async (ctx: TxCtx, { depth, ticketId }: Waking): Promise<boolean> => depth >= MAX_DEPTH || (depth > 0 && (await countFired(ctx.db, ticketId, ctx.requestId)) >= MAX_FIRED);

export const projectValues = ({ project }: ProjectInUse) => ({ key: project.key, name: project.name[project.default_language], time_zone: project.time_zone, languages: project.languages });

interface Running { waking: Waking; rule: RuleInUse; text: CompiledText; context: TicketContext; project: ProjectInUse; deps: Performing }

async function runOne(ctx: TxCtx, running: Running): Promise<NewRun> {
  const { waking, rule, text, context } = running;
  const began = performance.now();
  const base = { id: newId(ctx.now().getTime()), at: ctx.now(), projectKey: rule.projectKey, ruleKey: rule.key, versionId: rule.versionId, ticketId: waking.ticketId, cause: waking.cause, wokenBy: waking.wokenBy, depth: waking.depth, requestId: ctx.requestId };
  const kept = (state: NewRun["state"], more: Partial<NewRun>): NewRun => ({ ...base, state, problem: null, changes: [], actions: [], trace: {}, ...more, durationUs: Math.round((performance.now() - began) * 1_000) });
  if (!text.ok) return kept("failed", { problem: placeOnly(text.problems[0]!) });
  const result = decide(text.rule, context);
  if (!result.ok) return kept("failed", { problem: placeOnly(result.problem), trace: result.trace });
  if (!result.fired) return kept("not_fired", { trace: result.trace });
  const did = { changes: result.changes, actions: result.actions.map(({ action, params }) => ({ action, params })), trace: result.trace };
  const problem = await perform(ctx, running, result);
  return problem ? kept("failed", { problem, trace: result.trace }) : kept("fired", did);
}

export const decide = (rule: Rule, { values }: Pick<TicketContext, "values">, trace = true): RunResult => rule.run(values as Record<string, unknown>, { ...BUDGET, trace });

const placeOnly = ({ code, params, line, column }: { code: KeptProblem["code"]; params: object; line: number; column: number }) => ({ code, params, line, column }) as KeptProblem;

/** Null when all was done; else nothing was. */
async function perform(ctx: TxCtx, { waking, rule, context, project, deps }: Running, result: Extract<RunResult, { ok: true }>): Promise<KeptProblem | null> {
  try {
    await withSavepoint(ctx, () => performAll(ctx, { ticket: context.row, project, cause: `${waking.cause}:${rule.key}`, result, rule }, deps));
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || isDatabaseAway(error) || isOvertaken(error)) throw error;
    return { code: "host", reason: error.reason, params: error.params, fields: error.fields.map(({ field, code }) => ({ field, code })) };
  }
}

/** Rules that wake each other are stopped, and the ticket's history says so. */
async function stopHere(ctx: TxCtx, waking: Waking): Promise<NewRun[]> {
  await emit(ctx, { type: "ticket.automation_stopped", subject: { kind: "ticket", id: waking.ticketId }, data: { projectKey: waking.projectKey, rules: waking.rules.map(({ key }) => key), by: waking.wokenBy, depth: waking.depth }, touches: [{ kind: "floor", id: waking.projectKey }] });
  return waking.rules.map((rule): NewRun => ({
    id: newId(ctx.now().getTime()), at: ctx.now(), projectKey: rule.projectKey, ruleKey: rule.key, versionId: rule.versionId, ticketId: waking.ticketId, cause: waking.cause, wokenBy: waking.wokenBy,
    state: "too_deep", problem: { code: "host", reason: "automation_too_deep", params: { depth: waking.depth }, fields: [] }, changes: [], actions: [], trace: {}, durationUs: 0, depth: waking.depth, requestId: ctx.requestId,
  }));
}
