import fc from "fast-check";
import { createCatalogue } from "@linija/rules";
import { expect, test } from "vitest";
import { type Clock } from "../clocks/clocks.contract.ts";
import { elapsedMs, stateOf, wallTime } from "../clocks/clocks.rules.ts";
import { allowed, apply, automatic, checkProcess, clockFired, compileProcess, processSchema, setDue, setPriority, start, type Process, type ProcessEffect, type ProcessOutcome, type ProcessTicket, type World } from "./index.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_000);
const runs = { seed, numRuns: 400 } as const;
const doc = { en: "x", ru: "x", sl: "x" };
const catalogue = createCatalogue({ records: { ticket: { doc, fields: { open_subtasks: { type: "int", doc }, reopened: { type: "int", doc } } } }, variables: { ticket: { type: "ticket", doc } } });

const roles = ["operator", "supervisor", "department", "client", "system"] as const;
const deeds = ["raise_priority", "assign_same_operator", "assign_to_actor", "unassign", "tell_supervisor", "remind_assignee", "restart_deadline", "count_reopening", "first_answer"] as const;
const stageKey = (n: number) => `s${n}`;

/** Any process at all of so many stages: most are unusable, and the check has to say so. */
const anyProcess = fc.integer({ min: 2, max: 6 }).chain((size) => {
  const stage = fc.nat(size - 1).map(stageKey);
  const transition = fc.record({
    from: fc.uniqueArray(stage, { minLength: 1, maxLength: 3 }), to: stage, who: fc.uniqueArray(fc.constantFrom(...roles), { minLength: 1 }), does: fc.uniqueArray(fc.constantFrom(...deeds), { maxLength: 3 }),
    automatic: fc.option(fc.constantFrom("ticket.open_subtasks == 0", "ticket.reopened > 1", "true"), { nil: undefined, freq: 1 }), guard: fc.option(fc.constantFrom("ticket.reopened < 3", "true", "ticket.open_subtasks < 2"), { nil: undefined }),
    isApproved: fc.boolean(), asks: fc.boolean(),
  });
  return fc.record({
    stages: fc.array(fc.record({ clock: fc.constantFrom("runs", "paused", "stopped"), final: fc.boolean(), max: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) }), { minLength: size, maxLength: size }),
    transitions: fc.array(transition, { minLength: 1, maxLength: 9 }), hours: fc.option(fc.integer({ min: 1, max: 40 })), timer: fc.option(fc.record({ stage, transition: fc.nat(8), hours: fc.integer({ min: 1, max: 30 }) })),
  });
}).map(({ stages, transitions: some, hours, timer }) => {
  // Each stage leads to the next, so that many pass the check; what else leads where is left to chance.
  const chain = stages.slice(1).map((_, n) => ({ ...some[n % some.length]!, from: [stageKey(n)], to: stageKey(n + 1) }));
  return shape({ stages: stages.map((stage, n) => ({ ...stage, final: stage.final || n === stages.length - 1 })), transitions: [...chain, ...some], hours, timer });
});

interface Rough {
  stages: { clock: string; final: boolean; max: number | undefined }[]; hours: number | null; timer: { stage: string; transition: number; hours: number } | null;
  transitions: { from: string[]; to: string; who: string[]; does: string[]; automatic: string | undefined; guard: string | undefined; isApproved: boolean; asks: boolean }[];
}
const canRing = ({ transitions }: Rough, { stage, transition }: NonNullable<Rough["timer"]>): boolean => Boolean(transitions[transition]?.who.includes("system") && transitions[transition].from.includes(stage));

function shape(rough: Rough): Process {
  const { stages, transitions, hours, timer } = rough;
  return processSchema.parse({
    key: "any", name: doc, start: "s0", fields: {},
    stages: Object.fromEntries(stages.map(({ clock, final, max }, n) => [stageKey(n), { name: doc, client_sees: "in_work", clock, final, ...(max && { max_hours: max }) }])),
    transitions: Object.fromEntries(transitions.map(({ guard, automatic: when, isApproved, asks, ...each }, n) => [`t${n}`, {
      name: doc, ...each, ...(guard && { guards: [{ rule: guard, message: doc }] }), ...(when && { automatic: { when } }), ...(isApproved && !when && { approval: { deed: "sign" } }),
      ...(asks && { subtasks: [{ key: `k${n}`, department: "delivery", subject: doc, task: doc }] }),
    }])),
    clocks: {
      deadline_hours: hours && { low: hours * 2, normal: hours, high: hours / 2, urgent: hours / 4 }, first_answer_hours: hours && { low: 1, normal: 1, high: 1, urgent: 1 },
      escalations: [{ at_percent: 75, does: ["remind_assignee"] }, { clock: "first_answer", at_percent: 100, does: ["tell_supervisor"] }, { clock: "stage", at_percent: 100, does: ["raise_priority"] }],
      timers: timer && canRing(rough, timer) ? { quiet: { stage: timer.stage, after_hours: timer.hours, transition: `t${timer.transition}` } } : {},
    },
  });
}

const deed = fc.record({ what: fc.constantFrom("move", "move", "move", "move", "clock", "priority", "due"), pick: fc.nat(20), role: fc.constantFrom(...roles), hours: fc.integer({ min: 0, max: 30 }), open: fc.nat(2), isApproved: fc.boolean() });
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

interface Life { process: Process; ticket: ProcessTicket; now: Date; kept: Map<string, Clock> }
const at = (life: Life) => ({ now: life.now, clock: wallTime });

function worldOf(process: Process, { open, isApproved }: Deed): World {
  const { compiled, problems } = compileProcess(process, catalogue);
  expect(problems).toEqual([]);
  return { compiled, context: { ticket: { open_subtasks: open } }, checks: {}, authority: null, authorityRoles: [], ...(isApproved && { approved: { deed: "sign", amount: null, askedBy: null, decidedBy: null } }) };
}

/** Does one thing to the ticket; null when it was refused. */
function step(life: Life, one: Deed): ProcessOutcome {
  const { process, ticket } = life;
  const keys = Object.keys(process.transitions);
  const world = worldOf(process, one);
  if (one.what === "priority") return setPriority(process, ticket, (["low", "normal", "high", "urgent"] as const)[one.pick % 4]!, at(life));
  if (one.what === "due") return setDue(process, ticket, one.pick % 3 === 0 ? null : new Date(life.now.getTime() + one.pick * 3_600_000), at(life));
  const clock = ticket.clocks?.[one.pick % Math.max(1, ticket.clocks.length)];
  if (one.what === "clock" && clock) return clockFired(process, ticket, clock.name, { percent: clock.thresholds[0] ?? 100, world, ...at(life) });
  return apply(process, ticket, keys[one.pick % keys.length]!, { actor: { id: one.role === "system" || one.role === "client" ? null : "p1", roles: [one.role] }, world, ...at(life) });
}

/** The service keeps clocks by the effects alone: that must be what the ticket carries. */
function keep(life: Life, effects: readonly ProcessEffect[]): void {
  for (const effect of effects) {
    if (effect.kind === "clock") life.kept.set(effect.clock.name, effect.clock);
    if (effect.kind === "drop_clock") life.kept.delete(effect.name);
  }
  expect(Object.fromEntries(life.kept)).toEqual(Object.fromEntries((life.ticket.clocks ?? []).map((clock) => [clock.name, clock])));
}

function holds({ process, ticket, now }: Life): void {
  const stage = process.stages[ticket.stage];
  expect(stage).toBeDefined();
  const solution = ticket.clocks?.find(({ name }) => name === "solution");
  expect(ticket.dueAt === null).toBe(solution === undefined);
  if (solution) expect(stateOf(solution)).toBe({ runs: "running", paused: "paused", stopped: "stopped" }[stage!.clock]);
  for (const clock of ticket.clocks ?? []) expect(elapsedMs(clock, now, wallTime)).toBeGreaterThanOrEqual(0);
  for (const clock of ticket.clocks ?? []) if (clock.name.startsWith("timer.")) expect(process.clocks.timers[clock.name.slice(6)]?.stage).toBe(ticket.stage);
  expect(ticket.clocks?.some(({ name }) => name === "stage") ?? false).toBe(stage!.max_hours !== undefined);
}

test(`whatever is done to a ticket of a process that was accepted, it stands in a stage with the clocks of that stage (SEED=${seed})`, () => {
  let lives = 0;
  let moves = 0;
  fc.assert(fc.property(anyProcess, fc.array(deed, { minLength: 1, maxLength: 25 }), (process, story) => {
    if (checkProcess(process).length > 0) return;
    lives += 1;
    const begun = start(process, { priority: "normal", assigneeId: "p1" }, { now: new Date("2026-03-28T09:00:00Z"), clock: wallTime });
    const life: Life = { process, ticket: begun.ticket, now: new Date("2026-03-28T09:00:00Z"), kept: new Map() };
    keep(life, begun.effects);
    holds(life);
    for (const one of story) {
      life.now = new Date(life.now.getTime() + one.hours * 3_600_000);
      const before = JSON.stringify(life.ticket);
      const source = life.ticket;
      const outcome = step(life, one);
      expect(JSON.stringify(source)).toBe(before);
      if (!outcome.ok || outcome.held) { if (outcome.ok) expect(outcome.ticket).toBe(source); continue; }
      life.ticket = outcome.ticket;
      moves += 1;
      keep(life, outcome.effects);
      holds(life);
    }
  }), { ...runs, numRuns: 600 });
  expect(lives).toBeGreaterThan(100);
  expect(moves).toBeGreaterThan(500);
});

test(`a button that is offered is never refused for its role or stage, and one that is not offered always is (SEED=${seed})`, () => {
  fc.assert(fc.property(anyProcess, fc.constantFrom(...roles), fc.nat(5), (process, role, n) => {
    const stage = stageKey(n % Object.keys(process.stages).length);
    const ticket: ProcessTicket = { ...start(process, { priority: "normal" }, { now: new Date(0), clock: wallTime }).ticket, stage };
    const actor = { id: "p1", roles: [role] };
    for (const offer of allowed(process, ticket, actor)) {
      const outcome = apply(process, ticket, offer.key, { actor, world: worldOf(process, { open: 0, isApproved: true } as Deed), now: new Date(0), clock: wallTime });
      const codes = outcome.ok ? [] : outcome.problems.map(({ code }) => code);
      if (offer.allowed) expect(codes).not.toContain("not_your_role"); else expect(codes).toEqual([offer.reason]);
    }
  }), runs);
});

test(`automatic transitions of a process that was accepted come to rest, whatever their conditions say (SEED=${seed})`, () => {
  fc.assert(fc.property(anyProcess, fc.nat(2), (process, open) => {
    if (checkProcess(process).length > 0) return;
    let ticket = start(process, { priority: "normal" }, { now: new Date(0), clock: wallTime }).ticket;
    const stages = Object.keys(process.stages).length;
    for (let steps = 0; ; steps += 1) {
      expect(steps).toBeLessThanOrEqual(stages);
      const next = automatic(process, ticket, { world: worldOf(process, { open, isApproved: false } as Deed), now: new Date(0), clock: wallTime });
      if (!next) return;
      ticket = next.ticket;
    }
  }), { ...runs, numRuns: 800 });
});
