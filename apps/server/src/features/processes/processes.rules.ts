import { checkFields } from "./processes.fields.rules.ts";
import { noticesOf, roleOf, type DeadlineHours, type Deed, type Process, type Transition } from "./processes.contract.ts";
import {
  type FieldValues, type ProcessActor, type ProcessEffect, type ProcessOutcome, type ProcessTicket, type TransitionOffer,
} from "./processes.ticket.contract.ts";

const hourMs = 3_600_000;
const ladder = ["low", "normal", "high", "urgent"] as const;

/** The working calendar as the engine needs it; `workingClock` of the projects feature makes one. */
export interface WorkingClock {
  add(from: Date, ms: number): Date;
  between(from: Date, to: Date): number;
}

export interface StartInput {
  priority: ProcessTicket["priority"];
  /** The ticket type's own hours; undefined takes the process's, null means no deadline (R127). */
  deadlineHours?: DeadlineHours | null;
  /** What the client asked for; it beats the computed deadline (R104). */
  requiredBy?: Date | null;
  assigneeId?: string | null;
  fields?: FieldValues;
}

export interface ApplyInput { actor: ProcessActor; fields?: FieldValues }
export interface Moment { now: Date; clock: WorkingClock }

/** Registers a ticket: its first stage, its deadline and what the client is told. */
export function start(process: Process, input: StartInput, moment: Moment): { ticket: ProcessTicket; effects: ProcessEffect[] } {
  const now = moment.now.toISOString();
  const deadlineHours = input.deadlineHours === undefined ? process.clocks.deadline_hours : input.deadlineHours;
  const ticket: ProcessTicket = {
    stage: process.start, stageSince: now, priority: input.priority, clockFrom: null, dueAt: null, pausedAt: null,
    deadlineHours, reopenCount: 0, assigneeId: input.assigneeId ?? null, fields: input.fields ?? {},
  };
  const effects: ProcessEffect[] = [];
  const due = input.requiredBy ?? deadlineFrom(ticket, moment);
  if (due) setDeadline(process, ticket, { ...moment, due }, effects);
  effects.push(...stageTimers(process, ticket, moment));
  effects.push(...noticesOf(process.start_notice).map((wish) => ({ kind: "notify" as const, ...wish })));
  return { ticket, effects };
}

/** Every transition of the process as this person sees it on this ticket, in the order declared. */
export function allowed(process: Process, ticket: ProcessTicket, actor: ProcessActor): TransitionOffer[] {
  return Object.entries(process.transitions).map(([key, transition]) => {
    const offer = {
      key, to: transition.to, accepts: transition.accepts,
      requires: transition.requires.filter((requirement) => !requirement.when).map((requirement) => requirement.field),
    };
    const reason = refusal(transition, ticket, actor);
    return reason ? { ...offer, allowed: false as const, reason } : { ...offer, allowed: true as const };
  });
}

/** Makes one transition or says everything that stands against it. The ticket given is never changed. */
export function apply(process: Process, ticket: ProcessTicket, key: string, input: ApplyInput & Moment): ProcessOutcome {
  const transition = process.transitions[key];
  if (!transition) return { ok: false, problems: [{ field: "transition", code: "unknown_transition" }] };
  const reason = refusal(transition, ticket, input.actor);
  if (reason) return { ok: false, problems: [{ field: "transition", code: reason }] };
  const given = input.fields ?? {};
  const problems = checkFields(process, transition, given);
  if (problems.length > 0) return { ok: false, problems };

  const after: ProcessTicket = {
    ...ticket, fields: { ...ticket.fields, ...given }, stage: transition.to, stageSince: input.now.toISOString(),
  };
  const effects: ProcessEffect[] = stageTimerNames(process, ticket.stage).map((name) => ({ kind: "cancel_timer", name }));
  for (const deed of transition.does) effects.push(...perform(deed, after, { key, actor: input.actor }));
  moveClock(process, { before: ticket, after, transition }, input, effects);
  effects.push(...stageTimers(process, after, input));
  effects.push(...noticesOf(transition.notice).map((wish) => ({ kind: "notify" as const, ...wish })));
  return { ok: true, ticket: after, effects, reasons: [] };
}

/**
 * What a timer means now. A timer may ring late, twice, or after the ticket has moved on; then nothing happens.
 * `dueAt` is the moment it was set for.
 */
export function timerFired(process: Process, ticket: ProcessTicket, name: string, at: { dueAt: Date } & Moment): ProcessOutcome {
  const timer = process.clocks.timers[name];
  if (timer) {
    const due = timerDue(timer, new Date(ticket.stageSince), at.clock);
    if (ticket.stage !== timer.stage || due.getTime() !== at.dueAt.getTime()) return { ok: true, ticket, effects: [], reasons: [] };
    return apply(process, ticket, timer.transition, { actor: { id: null, roles: ["system"] }, now: at.now, clock: at.clock });
  }
  const escalation = process.clocks.escalations.find((each) => escalationName(each.at_percent) === name);
  if (!escalation || ticket.pausedAt || !ticket.dueAt) return { ok: true, ticket, effects: [], reasons: [] };
  if (escalationDue(ticket, escalation.at_percent, at.clock).getTime() !== at.dueAt.getTime()) return { ok: true, ticket, effects: [], reasons: [] };
  const after = { ...ticket };
  const effects = escalation.does.flatMap((deed) => perform(deed, after, { key: name, actor: { id: null, roles: ["system"] } }));
  return { ok: true, ticket: after, effects, reasons: [] };
}

/**
 * Someone changed the priority by hand. A higher one brings the deadline forward, counted from where the clock began;
 * a lower one leaves it, for the client has been told that time.
 */
export function setPriority(process: Process, ticket: ProcessTicket, priority: ProcessTicket["priority"], moment: Moment): ProcessOutcome {
  const after: ProcessTicket = { ...ticket, priority };
  const effects: ProcessEffect[] = [];
  const from = new Date(ticket.clockFrom ?? moment.now);
  const due = deadlineFrom(after, { now: from, clock: moment.clock });
  if (!due || !ticket.dueAt || due >= new Date(ticket.dueAt) || clockOf(process, ticket.stage) === "stopped") return { ok: true, ticket: after, effects, reasons: [] };
  if (ticket.pausedAt) {
    // Its timers are set when the pause ends.
    after.dueAt = due.toISOString();
    effects.push({ kind: "set_deadline", dueAt: after.dueAt });
  } else setDeadline(process, after, { ...moment, due, from }, effects);
  return { ok: true, ticket: after, effects, reasons: [] };
}

function refusal(transition: Transition, ticket: ProcessTicket, actor: ProcessActor) {
  if (!transition.from.includes(ticket.stage)) return "wrong_stage" as const;
  return transition.who.some((who) => actor.roles.includes(roleOf(who))) ? null : "not_your_role" as const;
}

type Act = (ticket: ProcessTicket, by: { key: string; actor: ProcessActor }) => ProcessEffect[];

const acts: Record<Deed, Act> = {
  raise_priority: (ticket) => {
    const from = ticket.priority;
    const to = ladder[Math.min(ladder.indexOf(from) + 1, ladder.length - 1)] ?? from;
    ticket.priority = to;
    return from === to ? [] : [{ kind: "raise_priority", from, to }];
  },
  assign_same_operator: ({ assigneeId }) => assigneeId ? [{ kind: "assign", to: "same_operator", operatorId: assigneeId }] : [],
  assign_to_actor: (ticket, { actor }) => {
    // A supervisor or the system may move a ticket without taking it from its operator.
    if (!actor.id || !actor.roles.includes("operator") || ticket.assigneeId === actor.id) return [];
    ticket.assigneeId = actor.id;
    return [{ kind: "assign", to: "actor", operatorId: actor.id }];
  },
  unassign: (ticket) => {
    ticket.assigneeId = null;
    return [{ kind: "assign", to: "nobody", operatorId: null }];
  },
  tell_supervisor: (_ticket, by) => [{ kind: "tell_supervisor", about: by.key }],
  remind_assignee: ({ assigneeId }) => [{ kind: "remind_assignee", operatorId: assigneeId }],
  count_reopening: (ticket) => {
    ticket.reopenCount += 1;
    return [];
  },
  first_answer: () => [],
  // Done by moveClock, once the priority has been raised.
  restart_deadline: () => [],
};

const perform = (deed: Deed, ...by: Parameters<Act>) => acts[deed](...by);

const clockOf = (process: Process, stage: string) => process.stages[stage]?.clock ?? "stopped";

interface Move { before: ProcessTicket; after: ProcessTicket; transition: Transition }

/** Keeps the deadline right when the ticket passes between stages that run, pause or stop the clock. */
function moveClock(process: Process, { before, after, transition }: Move, moment: Moment, effects: ProcessEffect[]): void {
  if (transition.does.includes("restart_deadline")) {
    const due = deadlineFrom(after, moment);
    after.pausedAt = null;
    if (due) setDeadline(process, after, { ...moment, due }, effects);
    return;
  }
  const [from, to] = [clockOf(process, before.stage), clockOf(process, after.stage)];
  if (from === to || !before.dueAt) return;
  if (to === "runs" && before.pausedAt) return resume(process, after, moment, effects);
  if (to === "runs") return setDeadline(process, after, { ...moment, due: new Date(before.dueAt), from: new Date(before.clockFrom ?? moment.now) }, effects);
  after.pausedAt = to === "paused" ? moment.now.toISOString() : null;
  effects.push(...cancelEscalations(process));
}

/** Gives back the working time the pause took: both ends move by the same amount of working time. */
function resume(process: Process, ticket: ProcessTicket, moment: Moment, effects: ProcessEffect[]): void {
  const pausedAt = new Date(ticket.pausedAt ?? moment.now);
  const dueAt = new Date(ticket.dueAt ?? moment.now);
  ticket.pausedAt = null;
  // Already late when the pause began: waiting for the client does not make it less late.
  if (dueAt <= pausedAt) return;
  const lost = moment.clock.between(pausedAt, moment.now);
  const due = moment.clock.add(moment.now, moment.clock.between(pausedAt, dueAt));
  const from = moment.clock.add(new Date(ticket.clockFrom ?? pausedAt), lost);
  setDeadline(process, ticket, { ...moment, due, from }, effects);
}

function deadlineFrom(ticket: ProcessTicket, moment: Moment): Date | null {
  return ticket.deadlineHours && moment.clock.add(moment.now, ticket.deadlineHours[ticket.priority] * hourMs);
}

function setDeadline(process: Process, ticket: ProcessTicket, at: Moment & { due: Date; from?: Date }, effects: ProcessEffect[]): void {
  ticket.clockFrom = (at.from ?? at.now).toISOString();
  ticket.dueAt = at.due.toISOString();
  effects.push({ kind: "set_deadline", dueAt: ticket.dueAt });
  for (const { at_percent } of process.clocks.escalations) {
    const due = escalationDue(ticket, at_percent, at.clock);
    const name = escalationName(at_percent);
    effects.push(due > at.now ? { kind: "timer", name, dueAt: due.toISOString() } : { kind: "cancel_timer", name });
  }
}

const escalationName = (percent: number) => `deadline_${percent}`;

const cancelEscalations = (process: Process): ProcessEffect[] =>
  process.clocks.escalations.map(({ at_percent }) => ({ kind: "cancel_timer", name: escalationName(at_percent) }));

function escalationDue(ticket: ProcessTicket, percent: number, clock: WorkingClock): Date {
  const from = new Date(ticket.clockFrom ?? 0);
  const due = new Date(ticket.dueAt ?? 0);
  if (percent === 100) return due;
  return clock.add(from, Math.round((clock.between(from, due) * percent) / 100));
}

const stageTimerNames = (process: Process, stage: string) =>
  Object.entries(process.clocks.timers).filter(([, timer]) => timer.stage === stage).map(([name]) => name);

function stageTimers(process: Process, ticket: ProcessTicket, moment: Moment): ProcessEffect[] {
  return stageTimerNames(process, ticket.stage).flatMap((name) => {
    const timer = process.clocks.timers[name];
    return timer ? [{ kind: "timer" as const, name, dueAt: timerDue(timer, moment.now, moment.clock).toISOString() }] : [];
  });
}

function timerDue(timer: Process["clocks"]["timers"][string], from: Date, clock: WorkingClock): Date {
  const ms = timer.after_hours * hourMs;
  return timer.counts === "working" ? clock.add(from, ms) : new Date(from.getTime() + ms);
}
