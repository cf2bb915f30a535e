import { type Clock, type WorkingTime } from "../clocks/clocks.contract.ts";
import { changeAllowed, dueAt, dueIfResumed, pauseClock, resumeClock, startClock, stateOf, stopClock } from "../clocks/clocks.rules.ts";
import { type DeadlineHours, type Process } from "./processes.contract.ts";
import { type ProcessEffect, type ProcessTicket } from "./processes.ticket.contract.ts";

const hourMs = 3_600_000;
export const SOLUTION = "solution";
export const FIRST_ANSWER = "first_answer";
export const STAGE = "stage";
export const timerName = (name: string): string => `timer.${name}`;

export interface Moment { now: Date; clock: WorkingTime }

const turns: Record<"runs" | "paused" | "stopped", (clock: Clock, at: Date) => Clock> = {
  runs: resumeClock, stopped: stopClock,
  // One that had ended is awaited again.
  paused: (clock, at) => pauseClock(stateOf(clock) === "stopped" ? resumeClock(clock, at) : clock, at),
};

/** The clocks of one ticket while a transition is made of it; `effects` tells what became of them. */
export class Clocks {
  private readonly before: ReadonlyMap<string, Clock>;
  private readonly now: Map<string, Clock>;
  private readonly process: Process;
  private readonly at: Moment;

  constructor(process: Process, ticket: ProcessTicket, at: Moment) {
    this.process = process;
    this.at = at;
    this.before = new Map((ticket.clocks ?? derived(process, ticket, at)).map((clock) => [clock.name, clock]));
    this.now = new Map(this.before);
    // What was never kept is kept from now on.
    if (!ticket.clocks) this.before = new Map();
  }

  get(name: string): Clock | undefined {
    return this.now.get(name);
  }

  /** Working hours of a clock named by the process; hours of null take it away. */
  begin(name: string, hours: number | null): void {
    if (hours === null) this.now.delete(name);
    else this.now.set(name, startClock({ name, allowedMs: Math.round(hours * hourMs), counts: "working", thresholds: this.thresholds(name) }, this.at.now));
  }

  /** A deadline somebody named: that very moment, nights and holidays included. */
  beginUntil(due: Date): void {
    // One that has passed already was late from that moment on.
    const from = due < this.at.now ? due : this.at.now;
    this.now.set(SOLUTION, startClock({ name: SOLUTION, allowedMs: due.getTime() - from.getTime(), counts: "always", thresholds: this.thresholds(SOLUTION) }, from));
  }

  drop(name: string): void {
    this.now.delete(name);
  }

  /** The time allowed becomes less or more; what was counted stays counted, and marks that lie ahead again are told again. */
  allow(hours: number): void {
    const clock = this.now.get(SOLUTION);
    if (clock) this.now.set(SOLUTION, changeAllowed({ ...clock, counts: "working" }, Math.round(hours * hourMs), this.at.now, this.at.clock));
  }

  change(name: string, how: (clock: Clock, at: Date) => Clock): void {
    const clock = this.now.get(name);
    if (clock) this.now.set(name, how(clock, this.at.now));
  }

  /** The time to solve it runs, stands or ends as the stage says. */
  turn(stage: string): void {
    this.change(SOLUTION, turns[this.process.stages[stage]?.clock ?? "stopped"]);
  }

  /** Passing from one stage into another: what runs, stands or ends there. */
  enter(stage: string): void {
    const declared = this.process.stages[stage];
    for (const name of this.now.keys()) if (name.startsWith("timer.")) this.now.delete(name);
    this.turn(stage);
    this.change(FIRST_ANSWER, (clock, at) => (stateOf(clock) === "stopped" ? clock : turns[declared?.clock ?? "stopped"](clock, at)));
    this.begin(STAGE, declared?.max_hours ?? null);
    for (const [name, timer] of Object.entries(this.process.clocks.timers)) {
      if (timer.stage === stage) this.now.set(timerName(name), startClock({ name: timerName(name), allowedMs: Math.round(timer.after_hours * hourMs), counts: timer.counts, thresholds: [100] }, this.at.now));
    }
  }

  /** By another version of the process from now on: its marks, its timers and its time for the stage. What was counted in the same stage stays counted. */
  adopt(stage: string, isSame: boolean): void {
    const before = new Map(isSame ? this.now : []);
    for (const name of [SOLUTION, FIRST_ANSWER]) this.change(name, (clock) => ({ ...clock, thresholds: this.thresholds(name) }));
    this.enter(stage);
    for (const [name, anew] of this.now) {
      const old = before.get(name);
      if (old && name !== SOLUTION && name !== FIRST_ANSWER) this.now.set(name, changeAllowed({ ...old, counts: anew.counts, thresholds: anew.thresholds }, anew.allowedMs, this.at.now, this.at.clock));
    }
  }

  private thresholds(name: string): number[] {
    return this.process.clocks.escalations.filter((each) => each.clock === name).map((each) => each.at_percent);
  }

  /** Writes what the solution clock tells onto the ticket; returns what changed, deadline first. */
  settle(ticket: ProcessTicket): ProcessEffect[] {
    const dueBefore = ticket.dueAt;
    ticket.clocks = [...this.now.values()];
    Object.assign(ticket, this.told());
    return [
      ...(ticket.dueAt === dueBefore ? [] : [{ kind: "set_deadline" as const, dueAt: ticket.dueAt }]),
      ...[...this.before.keys()].filter((name) => !this.now.has(name)).map((name) => ({ kind: "drop_clock" as const, name })),
      ...[...this.now.values()].filter((clock) => clock !== this.before.get(clock.name)).map((clock) => ({ kind: "clock" as const, clock })),
    ];
  }

  private told(): Pick<ProcessTicket, "clockFrom" | "pausedAt" | "dueAt"> {
    const solution = this.now.get(SOLUTION);
    const last = solution?.intervals.at(-1);
    if (!solution) return { clockFrom: null, pausedAt: null, dueAt: null };
    const pausedAt = stateOf(solution) === "paused" && last ? last.from : null;
    // A clock that was stopped in the instant it began has no interval at all.
    const due = dueAt(solution, this.at.clock) ?? dueIfResumed(solution, last ? new Date(last.to ?? last.from) : this.at.now, this.at.clock);
    return { clockFrom: solution.intervals[0]?.from ?? null, pausedAt, dueAt: due?.toISOString() ?? null };
  }
}

/** Tickets of before there were clocks: their one clock from the moments kept on them, the timers of their stage. */
function derived(process: Process, ticket: ProcessTicket, at: Moment): Clock[] {
  const thresholds = process.clocks.escalations.filter((each) => each.clock === SOLUTION).map((each) => each.at_percent);
  const clocks: Clock[] = [];
  if (ticket.clockFrom && ticket.dueAt) {
    const [from, due] = [new Date(ticket.clockFrom), new Date(ticket.dueAt)];
    const clock = startClock({ name: SOLUTION, allowedMs: at.clock.between(from, due), counts: "working", thresholds }, from);
    const runs = process.stages[ticket.stage]?.clock;
    clocks.push(ticket.pausedAt ? pauseClock(clock, new Date(ticket.pausedAt)) : runs === "stopped" ? stopClock(clock, new Date(ticket.stageSince)) : clock);
  }
  for (const [name, timer] of Object.entries(process.clocks.timers)) {
    if (timer.stage === ticket.stage) clocks.push(startClock({ name: timerName(name), allowedMs: Math.round(timer.after_hours * hourMs), counts: timer.counts, thresholds: [100] }, new Date(ticket.stageSince)));
  }
  return clocks;
}

export const hoursFor = (hours: DeadlineHours | null | undefined, priority: ProcessTicket["priority"]): number | null => hours?.[priority] ?? null;
