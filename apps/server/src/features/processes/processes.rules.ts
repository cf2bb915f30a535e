import { dueIfResumed, markFired, stateOf } from "../clocks/clocks.rules.ts";
import { Clocks, FIRST_ANSWER, hoursFor, type Moment, SOLUTION, timerName } from "./processes.clocks.rules.ts";
import { type DeadlineHours, noticesOf, type Process, type Transition, type Who } from "./processes.contract.ts";
import { answersFirst, departmentless, isFinal, perform, wishes } from "./processes.deeds.rules.ts";
import { ask, holds } from "./processes.expressions.rules.ts";
import { askedOf, pass, type World } from "./processes.guards.rules.ts";
import {
  type FieldValues, type ProcessActor, type ProcessEffect, type ProcessOutcome, type ProcessTicket, type Reason, type TransitionOffer,
} from "./processes.ticket.contract.ts";

export type { Moment } from "./processes.clocks.rules.ts";
export type { World } from "./processes.guards.rules.ts";

export interface StartInput {
  priority: ProcessTicket["priority"];
  /** The ticket type's own hours; undefined takes the process's, null means no deadline (R127). */
  deadlineHours?: DeadlineHours | null;
  /** What the client asked for; it beats the computed deadline (R104). */
  requiredBy?: Date | null;
  assigneeId?: string | null;
  creatorId?: string | null;
  department?: string | null;
  fields?: FieldValues;
}

export interface ApplyInput { actor: ProcessActor; fields?: FieldValues; /** Needed where the process has conditions, checklists or approvals. */ world?: World }
type Started = Extract<ProcessOutcome, { ok: true }>;

/** Registers a ticket: its first stage, its clocks and what the client is told. */
export function start(process: Process, input: StartInput, moment: Moment): Started {
  const deadlineHours = input.deadlineHours === undefined ? process.clocks.deadline_hours : input.deadlineHours;
  const ticket: ProcessTicket = {
    stage: process.start, stageSince: moment.now.toISOString(), priority: input.priority, clockFrom: null, dueAt: null, pausedAt: null, deadlineHours, reopenCount: 0,
    assigneeId: input.assigneeId ?? null, creatorId: input.creatorId ?? null, department: input.department ?? null, fields: input.fields ?? {}, clocks: [],
  };
  const clocks = new Clocks(process, ticket, moment);
  if (input.requiredBy) clocks.beginUntil(input.requiredBy);
  else clocks.begin(SOLUTION, hoursFor(deadlineHours, ticket.priority));
  clocks.begin(FIRST_ANSWER, hoursFor(process.clocks.first_answer_hours, ticket.priority));
  clocks.enter(process.start);
  const effects = clocks.settle(ticket);
  effects.push(...noticesOf(process.start_notice).map((wish) => ({ kind: "notify" as const, ...wish })));
  return { ok: true, ticket, effects, reasons: ticket.dueAt ? [whyDue(ticket, input)] : [] };
}

function whyDue({ dueAt, priority, deadlineHours }: ProcessTicket, { requiredBy, deadlineHours: ofType }: Pick<StartInput, "requiredBy" | "deadlineHours">): Reason {
  if (requiredBy) return { what: "deadline", value: dueAt, because: { kind: "person", path: "", text: "required_by" }, inputs: {} };
  return { what: "deadline", value: dueAt, because: { kind: ofType === undefined ? "process" : "type", path: ofType === undefined ? `clocks.deadline_hours.${priority}` : `deadline_hours.${priority}`, text: "" }, inputs: { priority, hours: hoursFor(deadlineHours, priority) } };
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

/** Makes one transition or says everything that stands against it; `held`: nothing moved, somebody has to approve. The ticket given is never changed. */
export function apply(process: Process, ticket: ProcessTicket, key: string, input: ApplyInput & Moment): ProcessOutcome {
  const transition = Object.hasOwn(process.transitions, key) ? process.transitions[key] : undefined;
  if (!transition) return { ok: false, problems: [{ field: "transition", code: "unknown_transition" }] };
  const reason = refusal(transition, ticket, input.actor);
  if (reason) return { ok: false, problems: [{ field: "transition", code: reason }] };
  const passed = pass({ process, key, transition, before: ticket, given: input.fields ?? {}, world: input.world, now: input.now });
  if (!passed.ok) return passed;
  const after: ProcessTicket = { ...ticket, fields: passed.fields, stage: transition.to, stageSince: input.now.toISOString() };
  const lacking = departmentless(transition, { ...askedOf({ process, before: ticket, world: input.world, now: input.now }), ticket: after }, `transitions.${key}`);
  if (lacking.length > 0) return { ok: false, problems: lacking };
  if (passed.held) return { ok: true, ticket, effects: [], reasons: passed.reasons, held: passed.held };
  const by: Reason = { what: "stage", value: transition.to, because: { kind: input.actor.id ? "person" : "process", path: `transitions.${key}`, text: input.actor.id ?? input.actor.roles[0] ?? "" }, inputs: { from: ticket.stage } };
  return take(process, { key, transition, before: ticket, fields: passed.fields, reasons: [by, ...passed.reasons] }, input);
}

interface Taken { key: string; transition: Transition; before: ProcessTicket; fields: FieldValues; reasons: Reason[] }

function take(process: Process, { key, transition, before, fields, reasons }: Taken, input: ApplyInput & Moment): Started {
  const after: ProcessTicket = { ...before, fields, stage: transition.to, stageSince: input.now.toISOString() };
  const effects: ProcessEffect[] = transition.does.flatMap((deed) => perform(deed, after, { key, actor: input.actor }));
  const clocks = new Clocks(process, before, input);
  if (answersFirst(transition, input.actor)) clocks.drop(FIRST_ANSWER);
  if (transition.does.includes("restart_deadline")) clocks.begin(SOLUTION, hoursFor(after.deadlineHours, after.priority));
  clocks.enter(transition.to);
  effects.push(...clocks.settle(after));
  if (transition.does.includes("restart_deadline") && after.dueAt) reasons.push({ ...whyDue(after, {}), because: { kind: "process", path: `transitions.${key}.does`, text: "restart_deadline" } });
  const wanted = wishes(transition, { ...askedOf({ process, before, world: input.world, now: input.now }), ticket: after }, `transitions.${key}`);
  effects.push(...wanted.effects, ...(isFinal(process, transition.to) ? [{ kind: "cancel_subtasks" as const }] : []));
  effects.push(...noticesOf(transition.notice).map((wish) => ({ kind: "notify" as const, ...wish })));
  return { ok: true, ticket: after, effects, reasons: [...reasons, ...wanted.reasons] };
}

const system: ProcessActor = { id: null, roles: ["system"] };

/** The first automatic transition whose time has come, made; null when the ticket may rest. */
export function automatic(process: Process, ticket: ProcessTicket, input: Moment & { world: World }): (Started & { key: string }) | null {
  for (const [key, transition] of Object.entries(process.transitions)) {
    if (!transition.automatic || !transition.from.includes(ticket.stage)) continue;
    const answer = ask(askedOf({ process, before: ticket, ...input }), `transitions.${key}.automatic.when`);
    const outcome = holds(answer) ? apply(process, ticket, key, { ...input, actor: system }) : null;
    if (!outcome?.ok || outcome.held) continue;
    const why: Reason = { what: "stage", value: transition.to, because: { kind: "rule", path: `transitions.${key}.automatic.when`, text: transition.automatic.when }, inputs: answer.inputs };
    return { ...outcome, key, reasons: [why, ...outcome.reasons.slice(1)] };
  }
  return null;
}

/** What a clock's coming to a share of its time means now: an escalation, or the transition of a timer (`transition` names it). Who calls sees to it that each share is told once. */
export function clockFired(process: Process, ticket: ProcessTicket, name: string, input: { percent: number; world?: World } & Moment): ProcessOutcome & { transition?: string } {
  const clocks = new Clocks(process, ticket, input);
  const clock = clocks.get(name);
  if (!clock || stateOf(clock) !== "running") return { ok: true, ticket, effects: [], reasons: [] };
  const timer = Object.entries(process.clocks.timers).find(([key]) => timerName(key) === name)?.[1];
  if (timer) return { ...apply(process, ticket, timer.transition, { ...input, actor: system }), transition: timer.transition };
  clocks.change(name, (one) => markFired(one, input.percent));
  const after = { ...ticket };
  const settled = clocks.settle(after);
  const escalations = process.clocks.escalations.filter((each) => each.clock === name && each.at_percent === input.percent);
  const about = name === SOLUTION ? `deadline_${input.percent}` : `${name}_${input.percent}`;
  const effects = escalations.flatMap(({ does }) => does.flatMap((deed) => perform(deed, after, { key: about, actor: system })));
  const reasons = escalations.map((each): Reason => ({ what: "escalation", value: about, because: { kind: "process", path: `clocks.escalations.${process.clocks.escalations.indexOf(each)}`, text: each.does.join(", ") }, inputs: { clock: name, percent: input.percent } }));
  return { ok: true, ticket: after, effects: [...effects, ...settled], reasons };
}

/**
 * Someone changed the priority by hand. A higher one brings the deadline forward, counted from where the clock began;
 * a lower one leaves it, for the client has been told that time.
 */
export function setPriority(process: Process, ticket: ProcessTicket, priority: ProcessTicket["priority"], moment: Moment): Started {
  const after: ProcessTicket = { ...ticket, priority };
  const clocks = new Clocks(process, ticket, moment);
  const clock = clocks.get(SOLUTION);
  const hours = hoursFor(ticket.deadlineHours, priority);
  const unchanged: Started = { ok: true, ticket: after, effects: [], reasons: [] };
  if (!clock || hours === null || stateOf(clock) === "stopped" || !ticket.dueAt) return unchanged;
  clocks.allow(hours);
  const trial = clocks.get(SOLUTION)!;
  const due = dueIfResumed(trial, new Date(ticket.pausedAt ?? moment.now), moment.clock);
  if (!due || due >= new Date(ticket.dueAt)) return unchanged;
  const effects = clocks.settle(after);
  return { ok: true, ticket: after, effects, reasons: [whyDue(after, {})] };
}

/** The ticket lives by another version of its process from now on. The deadline the client was told stays; all other clocks are those of that version. */
export function adopt(process: Process, ticket: ProcessTicket, { isSame, ...moment }: Moment & { /** The stage is the one it was in. */ isSame: boolean }): Started {
  const after = { ...ticket };
  const clocks = new Clocks(process, ticket, moment);
  clocks.adopt(ticket.stage, isSame);
  return { ok: true, ticket: after, effects: clocks.settle(after), reasons: [] };
}

/** A deadline set by hand beats the computed one; null takes it away. */
export function setDue(process: Process, ticket: ProcessTicket, due: Date | null, moment: Moment): Started {
  const after = { ...ticket };
  const clocks = new Clocks(process, ticket, moment);
  if (due) clocks.beginUntil(due);
  else clocks.drop(SOLUTION);
  clocks.turn(ticket.stage);
  const effects = clocks.settle(after);
  return { ok: true, ticket: after, effects, reasons: [{ what: "deadline", value: after.dueAt, because: { kind: "person", path: "", text: "by_hand" }, inputs: {} }] };
}

function refusal(transition: Transition, ticket: ProcessTicket, actor: ProcessActor) {
  if (!transition.from.includes(ticket.stage)) return "wrong_stage" as const;
  return transition.who.some((who) => fits(who, ticket, actor)) ? null : "not_your_role" as const;
}

function fits(who: Who, ticket: ProcessTicket, actor: ProcessActor): boolean {
  if (typeof who === "string") return actor.roles.includes(who);
  if (!actor.roles.includes(who.role)) return false;
  if (who.department !== undefined && actor.department !== who.department) return false;
  if (who.relation === "owner") return actor.id !== null && actor.id === ticket.assigneeId;
  if (who.relation === "creator") return actor.id !== null && actor.id === ticket.creatorId;
  return who.relation === undefined || (Boolean(actor.department) && actor.department === ticket.department);
}
