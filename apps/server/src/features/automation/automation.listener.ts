import type { Db, TxCtx } from "../../platform/db.ts";
import type { DurableListener, Heard } from "../../platform/deliveries.ts";
import { remembered } from "../../platform/remembered.ts";
import type { EventValues } from "../rules/index.ts";
import { findProject } from "../tickets/index.ts";
import { compiledIn, workshopOf } from "./automation.compile.ts";
import { mayWake, wokenBy, type Woken } from "./automation.facts.rules.ts";
import type { Performing } from "./automation.perform.ts";
import { idleRuns, MAX_DEPTH, wake, type Waking } from "./automation.run.ts";
import { insertRuns, selectDone, selectProjectsOf, selectRulesInUse, type NewRun, type RuleInUse } from "./automation.sql.ts";

/**
 * Runs the rules that a fact about a ticket wakes, in the transaction that takes its delivery away: facts of one ticket
 * come in order, and what a rule did is there exactly when its run is.
 */
export const automationListener = (deps: Performing): DurableListener => ({
  name: "automation",
  wants: mayWake,
  hear: async (heard) => {
    const ctx = heard[0]!.ctx;
    const rules = await rulesInUse(ctx.db);
    const woken = heard.flatMap((each) => {
      const fact = wokenBy(each.event);
      return fact && rules.some((rule) => rule.events.includes(fact.event)) ? [{ ...each, fact }] : [];
    });
    if (woken.length === 0) return;
    const projects = await selectProjectsOf(ctx.db, woken.map(({ fact }) => fact.ticketId));
    const wakings = await Promise.all(woken.map(async (each) => ({ ctx: each.ctx, waking: await once(each.ctx, each.fact, wakingOf(each, rules, projects)) })));
    await wakeAll(ctx, wakings, deps);
  },
});

function wakingOf({ event, fact }: Heard & { fact: Woken }, rules: RuleInUse[], projects: Map<string, string>): Waking {
  const projectKey = projects.get(fact.ticketId) ?? "";
  const data = event.data as Partial<Record<"from" | "to" | "transition", unknown>>;
  const word = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const moved = event.type === "ticket.moved" || event.type === "ticket.registered";
  const values: EventValues = { type: fact.event, from: moved ? word(data.from) : null, to: moved ? word(data.to) : null, transition: word(data.transition), by: event.actor.name, at: event.at };
  return {
    ticketId: fact.ticketId, projectKey, cause: event.id, wokenBy: fact.event, depth: event.depth, event: values,
    rules: rules.filter((rule) => rule.projectKey === projectKey && rule.events.includes(fact.event)),
  };
}

/** Of a ticket that came with its form a rule that waits for either is woken by the registration, and by the form too when it asks which of them it was. */
async function once(ctx: TxCtx, { withTicket }: Woken, waking: Waking): Promise<Waking> {
  if (!withTicket || !waking.rules.some(waitsForBoth)) return waking;
  const project = await findProject(ctx.db, waking.projectKey);
  if (!project) return waking;
  const workshop = await workshopOf(ctx.db, project);
  const asksWhich = (rule: RuleInUse): boolean => { const compiled = compiledIn(workshop, rule); return compiled.ok && compiled.rule.reads.includes("event.type"); };
  return { ...waking, rules: waking.rules.filter((rule) => !waitsForBoth(rule) || asksWhich(rule)) };
}
const waitsForBoth = ({ events }: RuleInUse): boolean => events.includes("ticket.registered");

/** What has run for the same cause is not run again. */
export async function wakeAll(ctx: TxCtx, all: { ctx: TxCtx; waking: Waking }[], deps: Performing): Promise<{ looked: number; fired: number; failed: number }> {
  const wanted = all.filter(({ waking }) => waking.rules.length > 0);
  if (wanted.length === 0) return { looked: 0, fired: 0, failed: 0 };
  const done = await selectDone(ctx.db, wanted.flatMap(({ waking: { cause, ticketId, rules } }) => rules.map(({ key }) => ({ cause, ruleKey: key, ticketId }))));
  const due = wanted.flatMap(({ ctx, waking }) => {
    const rules = waking.rules.filter((rule) => !done.has(`${waking.cause} ${rule.key} ${waking.ticketId}`));
    return rules.length > 0 ? [{ ctx, waking: { ...waking, rules } }] : [];
  });
  const runs: NewRun[] = [];
  const idle = await idleOf(ctx, due);
  const unwritten: NewRun[] = [];
  for (const each of due) {
    const own = idle.get(each) ?? (await wake(each.ctx, each.waking, deps));
    runs.push(...own);
    // What a rule has caused is written at once: the same deed may have woken more of them here, and all are counted.
    if (each.waking.depth > 0 && own.length > 0) await insertRuns(ctx.db, own);
    else unwritten.push(...own);
  }
  if (unwritten.length > 0) await insertRuns(ctx.db, unwritten);
  const count = (state: string): number => runs.filter((run) => run.state === state).length;
  return { looked: wanted.length, fired: count("fired"), failed: count("failed") };
}

type Due = { ctx: TxCtx; waking: Waking };

/** The runs of what woke for nothing. A ticket heard of twice is left out: its second rule must see what the first has done. */
async function idleOf(ctx: TxCtx, due: readonly Due[]): Promise<Map<Due, NewRun[]>> {
  const alike = new Map<string, Due[]>();
  const times = new Map<string, number>();
  for (const { waking } of due) times.set(waking.ticketId, (times.get(waking.ticketId) ?? 0) + 1);
  for (const each of due) {
    const { projectKey, rules, depth, ticketId } = each.waking;
    const key = `${projectKey} ${rules.map(({ versionId }) => versionId).join()}`;
    if (depth === 0 && times.get(ticketId) === 1) alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  const idle = new Map<Due, NewRun[]>();
  for (const group of alike.values()) (await idleRuns(ctx, group)).forEach((runs, index) => { if (runs) idle.set(group[index]!, runs); });
  return idle;
}

/** A clock of a ticket has come to a mark; called by whoever keeps the ticket's clocks, in the same transaction. */
export async function clockReached(ctx: TxCtx, mark: { ticketId: string; projectKey: string; clock: string; percent: number; /** Of the clock and its mark, once for each time it is reached. */ cause: string }, deps: Performing): Promise<void> {
  const rules = (await rulesInUse(ctx.db)).filter((rule) => rule.projectKey === mark.projectKey && rule.clock === mark.clock && rule.atPercent === mark.percent);
  const event: EventValues = { type: "clock", clock: mark.clock, percent: mark.percent, at: ctx.now(), by: ctx.actor.name };
  const waking: Waking = { ticketId: mark.ticketId, projectKey: mark.projectKey, rules, cause: mark.cause, wokenBy: `clock ${mark.clock} ${mark.percent} %`, event, depth: Math.min(ctx.depth, MAX_DEPTH) };
  await wakeAll(ctx, [{ ctx, waking }], deps);
}

/** Few, and asked for with every fact: read once a second, as projects are. */
const READ_MS = 1_000;
let cached: { rules: RuleInUse[]; readMs: number } | null = null;

async function rulesInUse(db: Db): Promise<RuleInUse[]> {
  if (cached && performance.now() - cached.readMs < READ_MS) return cached.rules;
  const rules = await selectRulesInUse(db);
  cached = { rules, readMs: performance.now() };
  return rules;
}

/** Called when rules have changed on this node. */
export const forgetRules = remembered(() => { cached = null; });
