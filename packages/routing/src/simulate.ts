import { createRouting } from "./engine.ts";
import { Random } from "./random.ts";
import { SortedList } from "./sorted.ts";
import type { Decision, OperatorInput, QueueInput, Routing, WorkInput } from "./types.ts";

/** Work of one kind arriving at random (a Poisson process) while the simulation runs. */
export interface Stream {
  work: Pick<WorkInput, "queueId" | "language" | "skills" | "priority" | "channel">;
  /** Arrivals per hour; a list is read as equal parts of the simulated time, one after another. */
  perHour: number | readonly number[];
  /** Mean handling time; times are exponentially distributed. */
  handleMs: number;
  /** Mean patience, exponentially distributed; null when nobody ever hangs up. */
  patienceMs: number | null;
}

/** One operator at work for a part of the simulated time. */
export interface Shift {
  operator: Omit<OperatorInput, "ready" | "idleSinceMs">;
  /** From the start of the simulation; the operator goes when what they have in hand at `untilMs` is finished. */
  fromMs: number;
  untilMs: number;
}

/** What `simulate` is given: a day, say, with its people and its clients. */
export interface Simulation {
  /** The same seed and the same rest give the same day to the millisecond. */
  seed: number;
  durationMs: number;
  queues: readonly QueueInput[];
  streams: readonly Stream[];
  shifts: readonly Shift[];
  /** Answered within this long counts for the service level; default 20,000 ms. */
  serviceLevelMs?: number;
  /** Between offer and answer; default 0. */
  ringMs?: number;
  /** Share of offers not answered: after `ringMs` the work goes to the next and the operator stays ready; default 0. */
  missedShare?: number;
  /** After each piece of work, counted as busy; default 0. */
  wrapUpMs?: number;
}

/** Of one queue, or of all together. Waits run from arrival to answer. */
export interface Result {
  arrived: number;
  answered: number;
  abandoned: number;
  /** Answered within the limit ÷ (answered + abandoned). */
  serviceLevel: number;
  /** Answered within the limit ÷ answered: the variant without abandons. */
  serviceLevelOfAnswered: number;
  /** Average speed of answer. */
  asaMs: number;
  longestWaitMs: number;
  /** Abandoned ÷ (answered + abandoned). */
  abandonShare: number;
  /** Of those answered or abandoned, the share that was not answered in the moment of arrival. */
  waitedShare: number;
  /** Mean time from arrival to answer or hang-up, over both. */
  meanWaitMs: number;
}

/** All queues together, each of them, and how busy people were. */
export interface SimulationReport extends Result {
  byQueue: Record<string, Result>;
  /** Time ringing, handling and wrapping up ÷ time on shift. */
  occupancy: number;
}

interface Event {
  atMs: number;
  /** Order of making, for events of the same instant. */
  n: number;
  happen: () => void;
}

interface Client {
  stream: Stream;
  arrivedAtMs: number;
  answeredAtMs: number | null;
}

/** Drives the routing engine through virtual time: no clock, no waiting, thousands of simulated hours a minute. */
export function simulate(simulation: Simulation): SimulationReport {
  const day = new Day(simulation);
  day.run();
  return day.report();
}

class Day {
  readonly #simulation: Simulation;
  readonly #random: Random;
  readonly #routing: Routing = createRouting();
  readonly #events = new SortedList<Event>((a, b) => (a.atMs === b.atMs ? a.n < b.n : a.atMs < b.atMs));
  readonly #clients = new Map<string, Client>();
  readonly #tallies = new Map<string, Tally>();
  /** On shift, with what is needed to say so again. */
  readonly #present = new Map<string, { operator: Shift["operator"]; busyUntil: number; leaving: boolean }>();
  #nowMs = 0;
  #made = 0;
  #busyMs = 0;
  #shiftMs = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#random = new Random(simulation.seed);
  }

  run(): void {
    const { queues, streams, shifts } = this.#simulation;
    for (const queue of queues) {
      this.#routing.setQueue(queue);
      this.#tallies.set(queue.queueId, new Tally());
    }
    for (const shift of shifts) this.#at(shift.fromMs, () => this.#begin(shift));
    for (const stream of streams) this.#expectNext(stream);
    for (let event = this.#next(); event; event = this.#next()) {
      this.#nowMs = event.atMs;
      event.happen();
    }
  }

  report(): SimulationReport {
    const limitMs = this.#simulation.serviceLevelMs ?? 20_000;
    const all = new Tally();
    for (const tally of this.#tallies.values()) all.include(tally);
    const byQueue = Object.fromEntries([...this.#tallies].map(([queueId, tally]) => [queueId, tally.result(limitMs)]));
    return { ...all.result(limitMs), byQueue, occupancy: share(this.#busyMs, this.#shiftMs) };
  }

  #at(atMs: number, happen: () => void): void {
    this.#events.add({ atMs, n: ++this.#made, happen });
  }

  #next(): Event | undefined {
    const event = this.#events.first();
    if (event) this.#events.delete(event);
    return event;
  }

  #begin({ operator, fromMs, untilMs }: Shift): void {
    this.#shiftMs += untilMs - fromMs;
    this.#present.set(operator.operatorId, { operator, busyUntil: fromMs, leaving: false });
    this.#at(untilMs, () => this.#end(operator.operatorId));
    this.#ring(this.#routing.setOperator({ ...operator, ready: true, idleSinceMs: this.#nowMs }, this.#nowMs));
  }

  #end(operatorId: string): void {
    this.#present.get(operatorId)!.leaving = true;
    this.#ring(this.#routing.removeOperator(operatorId, this.#nowMs));
  }

  /** Thins a process at the highest rate, which is exact for rates that change in steps. */
  #expectNext(stream: Stream): void {
    const rates = typeof stream.perHour === "number" ? [stream.perHour] : stream.perHour;
    const highest = Math.max(...rates);
    if (!(highest > 0)) return;
    const { durationMs } = this.#simulation;
    let atMs = this.#nowMs;
    for (;;) {
      atMs += this.#random.exponential(3_600_000 / highest);
      if (atMs >= durationMs) return;
      const rate = rates[Math.floor((atMs / durationMs) * rates.length)]!;
      if (this.#random.chance(rate / highest)) break;
    }
    this.#at(atMs, () => this.#arrive(stream));
  }

  #arrive(stream: Stream): void {
    this.#expectNext(stream);
    const workId = `w${++this.#made}`;
    this.#clients.set(workId, { stream, arrivedAtMs: this.#nowMs, answeredAtMs: null });
    this.#tallies.get(stream.work.queueId)!.arrived++;
    if (stream.patienceMs !== null) {
      this.#at(this.#nowMs + this.#random.exponential(stream.patienceMs), () => this.#loseOrKeep(workId));
    }
    this.#ring(this.#routing.addWork({ ...stream.work, workId, enqueuedAtMs: this.#nowMs }, this.#nowMs));
  }

  #loseOrKeep(workId: string): void {
    const client = this.#clients.get(workId);
    if (!client || client.answeredAtMs !== null) return;
    this.#clients.delete(workId);
    this.#tallies.get(client.stream.work.queueId)!.abandonedAfterMs.push(this.#nowMs - client.arrivedAtMs);
    this.#ring(this.#routing.removeWork(workId, this.#nowMs));
  }

  #ring(decisions: Decision[]): void {
    const { ringMs = 0, missedShare = 0 } = this.#simulation;
    for (const decision of decisions) {
      if (ringMs === 0 && missedShare === 0) this.#answer(decision);
      else this.#at(this.#nowMs + ringMs, () => (this.#random.chance(missedShare) ? this.#miss(decision) : this.#answer(decision)));
    }
  }

  #miss({ offerId }: Decision): void {
    const refusal = { reason: "missed" as const, operatorReady: true, idleSinceMs: this.#nowMs };
    this.#ring(this.#routing.refuseOffer(offerId, this.#nowMs, refusal));
  }

  #answer({ offerId, workId, operatorId }: Decision): void {
    if (!this.#routing.acceptOffer(offerId, this.#nowMs).ok) return;
    const { stream, arrivedAtMs } = this.#clients.get(workId)!;
    const { ringMs = 0, wrapUpMs = 0 } = this.#simulation;
    this.#clients.get(workId)!.answeredAtMs = this.#nowMs;
    this.#tallies.get(stream.work.queueId)!.answeredAfterMs.push(this.#nowMs - arrivedAtMs);
    const doneAtMs = this.#nowMs + this.#random.exponential(stream.handleMs);
    this.#countBusy(operatorId, this.#nowMs - ringMs, doneAtMs + wrapUpMs);
    this.#at(doneAtMs, () => this.#finish(workId, operatorId));
  }

  /** Time with several pieces of work at once counts once. */
  #countBusy(operatorId: string, fromMs: number, untilMs: number): void {
    const present = this.#present.get(operatorId)!;
    this.#busyMs += Math.max(0, untilMs - Math.max(fromMs, present.busyUntil));
    present.busyUntil = Math.max(present.busyUntil, untilMs);
  }

  #finish(workId: string, operatorId: string): void {
    const { wrapUpMs = 0 } = this.#simulation;
    this.#clients.delete(workId);
    const operatorReady = wrapUpMs === 0;
    this.#ring(this.#routing.finishWork(workId, this.#nowMs, { operatorReady }));
    if (!operatorReady) this.#at(this.#nowMs + wrapUpMs, () => this.#getReady(operatorId));
  }

  #getReady(operatorId: string): void {
    const { operator, leaving } = this.#present.get(operatorId)!;
    if (leaving) return;
    this.#ring(this.#routing.setOperator({ ...operator, ready: true, idleSinceMs: this.#nowMs }, this.#nowMs));
  }
}

class Tally {
  arrived = 0;
  readonly answeredAfterMs: number[] = [];
  readonly abandonedAfterMs: number[] = [];

  include(other: Tally): void {
    this.arrived += other.arrived;
    for (const ms of other.answeredAfterMs) this.answeredAfterMs.push(ms);
    for (const ms of other.abandonedAfterMs) this.abandonedAfterMs.push(ms);
  }

  result(limitMs: number): Result {
    const answered = this.answeredAfterMs.length;
    const abandoned = this.abandonedAfterMs.length;
    const inTime = this.answeredAfterMs.filter((ms) => ms <= limitMs).length;
    const waitedMs = sum(this.answeredAfterMs);
    return {
      arrived: this.arrived,
      answered,
      abandoned,
      serviceLevel: share(inTime, answered + abandoned),
      serviceLevelOfAnswered: share(inTime, answered),
      asaMs: share(waitedMs, answered),
      longestWaitMs: this.answeredAfterMs.reduce((longest, ms) => Math.max(longest, ms), 0),
      abandonShare: share(abandoned, answered + abandoned),
      waitedShare: share(this.answeredAfterMs.filter((ms) => ms > 0).length + abandoned, answered + abandoned),
      meanWaitMs: share(waitedMs + sum(this.abandonedAfterMs), answered + abandoned),
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** 0 when there was nothing to share. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
