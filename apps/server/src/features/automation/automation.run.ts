import type { Rule, RunResult } from "@linija/rules";
import { breather } from "../../platform/breathe.ts";
import type { TxCtx } from "../../platform/db.ts";
import { AppError, isDatabaseAway, isOvertaken } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { withSavepoint } from "../../platform/savepoint.ts";
import { contextFor, type EventValues, type TicketContext } from "../rules/index.ts";
import { projectOf, type ProjectInUse } from "../tickets/index.ts";
import { compiledIn, workshopOf, type CompiledText, type Workshop } from "./automation.compile.ts";
import { performAll, type Performing } from "./automation.perform.ts";
import { saidIn } from "./automation.said.ts";
import { countFired, type KeptProblem, type NewRun, type RuleInUse } from "./automation.sql.ts";

/** An event that a rule caused by a rule, five deep, wakes nobody any more. */
export const MAX_DEPTH = 5;
/** Rules that wake each other, on one ticket or on those they make, grow in number with each step: after one deed so many may fire, or make so many tickets. */
const MAX_FIRED = 50;
export const BUDGET = { steps: 10_000, ms: 250, clock: () => performance.now() };

/** Something that wakes rules about one ticket. */
export interface Waking { ticketId: string; projectKey: string; rules: RuleInUse[]; cause: string; wokenBy: string; event: EventValues; depth: number }

/**
 * Runs the rules one after another, each seeing what those before it have done. What one does and cannot finish is taken
 * back alone; everything is kept as a run. The ticket is locked until the transaction ends.
 */
export async function wake(ctx: TxCtx, waking: Waking, deps: Performing): Promise<NewRun[]> {
  const runs: NewRun[] = [];
  const limit = await limitOf(ctx, waking);
  if (limit) return stopHere(ctx, waking, limit);
  const { project, workshop, compiled, reader } = await workplace(ctx, waking);
  const read = async (): Promise<TicketContext | undefined> => {
    const found = (await reader([waking.ticketId], true)).get(waking.ticketId);
    return found && heard(found, waking);
  };
  let context = await read();
  const breathe = breather();
  for (const { rule, text } of compiled) {
    if (!context) break;
    await breathe();
    const run = await runOne(ctx, { waking, rule, text, context, project, workshop, deps });
    runs.push(run);
    if (run.state === "fired" && rule !== compiled.at(-1)!.rule) context = await read();
  }
  return runs;
}

/**
 * What facts of one project woke for nothing: their tickets are read in one statement and none is locked, for most
 * conditions are false most of the time. Undefined for a ticket on which a rule has something to do; that one is woken alone.
 */
export async function idleRuns(ctx: TxCtx, all: readonly { ctx: TxCtx; waking: Waking }[]): Promise<(NewRun[] | undefined)[]> {
  const { compiled, reader } = await workplace(ctx, all[0]!.waking);
  const contexts = await reader(all.map(({ waking }) => waking.ticketId), false);
  const breathe = breather();
  const idle: (NewRun[] | undefined)[] = [];
  for (const { ctx, waking } of all) {
    const context = contexts.get(waking.ticketId);
    const judged = [];
    for (const { rule, text } of context ? compiled : []) {
      judged.push(judge(ctx, { waking, rule, text, context: heard(context!, waking) }));
      await breathe();
    }
    idle.push(judged.some(({ fired }) => fired) ? undefined : judged.map(({ run }) => run));
  }
  return idle;
}

const heard = (context: TicketContext, { event }: Waking): TicketContext => ({ ...context, values: { ...context.values, event } });

/** What rules woken together need: themselves, compiled, and a way to read what they ask about. */
async function workplace(ctx: TxCtx, { projectKey, rules }: Waking) {
  const project = await projectOf(ctx.db, projectKey);
  const workshop = await workshopOf(ctx.db, project);
  const compiled = rules.map((rule) => ({ rule, text: compiledIn(workshop, rule) }));
  const reads = compiled.flatMap(({ text }) => (text.ok ? text.rule.reads : []));
  const reader = (ticketIds: string[], lock: boolean) => contextFor(ctx.db, { ticketIds, reads, catalogue: workshop.catalogue, now: ctx.now(), actor: ctx.actor, project: projectValues(project), lock });
  return { project, workshop, compiled, reader };
}

interface Limit { reason: "automation_too_deep" | "automation_too_many"; params: Record<string, number> }

/** Why no rule may be run any more; null while they may. A deed is everything under one request, on however many tickets. */
async function limitOf(ctx: TxCtx, { depth }: Waking): Promise<Limit | null> {
  if (depth >= MAX_DEPTH) return { reason: "automation_too_deep", params: { depth } };
  return depth > 0 && (await countFired(ctx.db, ctx.requestId)) >= MAX_FIRED ? { reason: "automation_too_many", params: { most: MAX_FIRED } } : null;
}

export const projectValues = ({ project }: ProjectInUse) => ({ key: project.key, name: project.name[project.default_language], time_zone: project.time_zone, languages: project.languages });

interface Judging { waking: Waking; rule: RuleInUse; text: CompiledText; context: TicketContext }
interface Running extends Judging { project: ProjectInUse; workshop: Workshop; deps: Performing }
type Fired = Extract<RunResult, { ok: true }>;

/** Whether the rule fires, and the run to keep if nothing is done about it. */
function judge(ctx: TxCtx, { waking, rule, text, context }: Judging): { run: NewRun; fired: Fired | null } {
  const began = performance.now();
  const base = { id: newId(ctx.now().getTime()), at: ctx.now(), projectKey: rule.projectKey, ruleKey: rule.key, versionId: rule.versionId, ticketId: waking.ticketId, cause: waking.cause, wokenBy: waking.wokenBy, depth: waking.depth, requestId: ctx.requestId };
  const kept = (state: NewRun["state"], more: Partial<NewRun>) => ({ run: { ...base, state, problem: null, changes: [], actions: [], trace: {}, ...more, durationUs: Math.round((performance.now() - began) * 1_000) }, fired: null });
  if (!text.ok) return kept("failed", { problem: placeOnly(text.problems[0]!) });
  const result = decide(text.rule, context);
  if (!result.ok) return kept("failed", { problem: placeOnly(result.problem), trace: result.trace });
  return { ...kept(result.fired ? "fired" : "not_fired", { trace: result.trace }), fired: result.fired ? result : null };
}

async function runOne(ctx: TxCtx, running: Running): Promise<NewRun> {
  const began = performance.now();
  const { run, fired } = judge(ctx, running);
  if (!fired) return run;
  const problem = await perform(ctx, running, fired);
  const did: Partial<NewRun> = problem ? { state: "failed", problem } : { changes: fired.changes, actions: fired.actions.map(({ action, params }) => ({ action, params })) };
  return { ...run, ...did, durationUs: Math.round((performance.now() - began) * 1_000) };
}

export const decide = (rule: Rule, { values }: Pick<TicketContext, "values">, trace = true): RunResult => rule.run(values as Record<string, unknown>, { ...BUDGET, trace });

const placeOnly = ({ code, params, line, column }: { code: KeptProblem["code"]; params: object; line: number; column: number }) => ({ code, params, line, column }) as KeptProblem;

/** Null when all was done; else nothing was. */
async function perform(ctx: TxCtx, { waking, rule, text, context, project, workshop, deps }: Running, result: Fired): Promise<KeptProblem | null> {
  const said = text.ok && result.actions.length > 0 ? saidIn(workshop, { rule: text.rule, text: rule.text }, { context, decide: (rule, context) => decide(rule, context, false) }) : () => null;
  try {
    await withSavepoint(ctx, () => performAll(ctx, { ticket: context.row, project, cause: `${waking.cause}:${waking.ticketId}:${rule.key}`, result, said, rule }, deps));
    return null;
  } catch (error) {
    if (isDatabaseAway(error) || isOvertaken(error)) throw error;
    // A fault of ours on one ticket is this rule's on this ticket: thrown, it would silence all rules for it, and take others along.
    if (!(error instanceof AppError)) {
      ctx.log.error({ err: error, rule: rule.key, project: rule.projectKey, ticket: waking.ticketId }, "a rule could not be carried out");
      return { code: "host", reason: "fault_of_ours", params: {}, fields: [] };
    }
    return { code: "host", reason: error.reason, params: error.params, fields: error.fields.map(({ field, code }) => ({ field, code })) };
  }
}

/** Rules that wake each other are stopped, and the ticket's history says so. */
async function stopHere(ctx: TxCtx, waking: Waking, limit: Limit): Promise<NewRun[]> {
  await emit(ctx, { type: "ticket.automation_stopped", subject: { kind: "ticket", id: waking.ticketId }, data: { projectKey: waking.projectKey, rules: waking.rules.map(({ key }) => key), by: waking.wokenBy, depth: waking.depth }, touches: [{ kind: "floor", id: waking.projectKey }] });
  return waking.rules.map((rule): NewRun => ({
    id: newId(ctx.now().getTime()), at: ctx.now(), projectKey: rule.projectKey, ruleKey: rule.key, versionId: rule.versionId, ticketId: waking.ticketId, cause: waking.cause, wokenBy: waking.wokenBy,
    state: "too_deep", problem: { code: "host", ...limit, fields: [] }, changes: [], actions: [], trace: {}, durationUs: 0, depth: waking.depth, requestId: ctx.requestId,
  }));
}
