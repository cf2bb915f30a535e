import { Random } from "../src/random.ts";
import { createRouting } from "../src/index.ts";
import type { Decision, WorkInput } from "../src/index.ts";

/*
 * A full house: 10,000 operators, 200 queues, 100,000 pieces of work waiting, and a steady day on top of it: clients
 * arrive and hang up, operators accept, refuse, miss, finish, wrap up. Twenty projects of ten queues; every operator
 * belongs to one project with their own choice of queues, languages, skills and levels, hardly two alike. Every call of
 * the engine is timed; only offers count as decisions, all other calls only cost.
 */
const OPERATORS = 10_000;
const QUEUES = 200;
const WAITING = 100_000;
const DECISIONS = 300_000;
const WARM_UP = 50_000;
const LANGUAGES = ["en", "ru", "sl"];
const PROJECTS = 20;
const QUEUES_A_PROJECT = QUEUES / PROJECTS;
const SKILLS_A_PROJECT = 6;
/** Sets of skills that the work of one queue asks for. */
const SHAPES_A_QUEUE = 5;

interface Shop {
  queueIds: string[];
  skills: string[];
}

class Floor {
  readonly random: Random;
  readonly routing = createRouting();
  readonly ringing: Decision[] = [];
  readonly talking: { workId: string; operatorId: string }[] = [];
  readonly waiting: string[] = [];
  readonly shops: Shop[] = [];
  readonly shapes = new Map<string, WorkInput["skills"][]>();
  nowMs = 1_760_000_000_000;
  worksMade = 0;
  counting = false;
  engineMs = 0;
  readonly decisionMs: number[] = [];
  readonly callMs: number[] = [];

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** Runs one engine call against the clock. */
  timed(call: () => Decision[]): void {
    const startedAt = performance.now();
    const decisions = call();
    const took = performance.now() - startedAt;
    for (const decision of decisions) this.ringing.push(decision);
    if (!this.counting) return;
    this.engineMs += took;
    this.callMs.push(took);
    for (let i = 0; i < decisions.length; i++) this.decisionMs.push(took);
  }

  fill(): void {
    const { random } = this;
    for (let p = 0; p < PROJECTS; p++) {
      const queueIds = Array.from({ length: QUEUES_A_PROJECT }, (_, i) => `p${p}q${i}`);
      const skills = Array.from({ length: SKILLS_A_PROJECT }, (_, i) => `p${p}s${i}`);
      this.shops.push({ queueIds, skills });
      for (const queueId of queueIds) {
        this.routing.setQueue({ queueId, ageingPerMinute: random.pick([0, 0.5, 1]), fit: random.pick(["expert", "spare"]) });
        this.shapes.set(queueId, Array.from({ length: SHAPES_A_QUEUE }, () => this.shape(skills)));
      }
    }
    for (let i = 0; i < WAITING + OPERATORS; i++) this.arrive();
    for (let i = 0; i < OPERATORS; i++) this.signIn(`op${i}`);
  }

  /** None, one or two skills of the project. */
  shape(skills: string[]): WorkInput["skills"] {
    const names = new Set(Array.from({ length: this.random.below(3) }, () => this.random.pick(skills)));
    return [...names].map((skill) => ({ skill, level: 1 + this.random.below(3) }));
  }

  signIn(operatorId: string): void {
    const { random } = this;
    const shop = random.pick(this.shops);
    const queueIds = Array.from({ length: 1 + random.below(8) }, () => random.pick(shop.queueIds));
    const languages = LANGUAGES.filter((_, i) => random.chance([0.6, 0.8, 0.4][i]!));
    const known = shop.skills.filter(() => random.chance(0.6));
    const skills = Object.fromEntries(known.map((skill) => [skill, 1 + random.below(5)]));
    const capacity = random.chance(0.3) ? { voice: 1, chat: 3 } : { voice: 1 };
    const operator = { operatorId, queueIds, languages, skills, capacity, ready: true, idleSinceMs: this.nowMs };
    this.timed(() => this.routing.setOperator(operator, this.nowMs));
  }

  arrive(): void {
    const { random } = this;
    const workId = `w${++this.worksMade}`;
    const queueId = random.pick(random.pick(this.shops).queueIds);
    const work: WorkInput = {
      workId,
      queueId,
      language: random.chance(0.1) ? null : random.pick(LANGUAGES),
      skills: random.pick(this.shapes.get(queueId)!),
      priority: random.chance(0.2) ? 1 + random.below(2) : 0,
      enqueuedAtMs: this.nowMs - (random.chance(0.02) ? random.below(600_000) : 0),
      channel: random.chance(0.8) ? "voice" : "chat",
      preferredOperatorId: random.chance(0.2) ? `op${random.below(OPERATORS)}` : null,
    };
    this.waiting.push(workId);
    this.timed(() => this.routing.addWork(work, this.nowMs));
  }

  hangUp(): void {
    const workId = take(this.waiting, this.random);
    if (workId !== undefined) this.timed(() => this.routing.removeWork(workId, this.nowMs));
  }

  answer(): void {
    const offer = take(this.ringing, this.random);
    if (!offer) return;
    if (this.random.chance(0.06)) {
      const operatorReady = this.random.chance(0.5);
      const refusal = { reason: "missed" as const, operatorReady, idleSinceMs: this.nowMs };
      this.timed(() => this.routing.refuseOffer(offer.offerId, this.nowMs, refusal));
      if (!operatorReady) this.getReady(offer.operatorId);
      return;
    }
    this.timed(() => {
      if (this.routing.acceptOffer(offer.offerId, this.nowMs).ok) this.talking.push(offer);
      return [];
    });
  }

  finish(): void {
    const talk = take(this.talking, this.random);
    if (!talk) return;
    const operatorReady = this.random.chance(0.5);
    this.timed(() => this.routing.finishWork(talk.workId, this.nowMs, { operatorReady }));
    if (!operatorReady) this.getReady(talk.operatorId);
  }

  getReady(operatorId: string): void {
    this.timed(() => this.routing.setReady(operatorId, this.nowMs, { ready: true }));
  }

  step(): void {
    this.nowMs += this.random.below(3);
    while (this.ringing.length > 200) this.answer();
    this.finish();
    this.arrive();
    if (this.random.chance(0.05)) {
      this.hangUp();
      this.arrive();
    }
  }

  waitingNow(): number {
    return this.shops.flatMap((shop) => shop.queueIds).reduce((sum, id) => sum + this.routing.waiting(id).count, 0);
  }
}

function take<T>(items: T[], random: Random): T | undefined {
  const i = random.below(items.length);
  const item = items[i];
  const last = items.pop();
  if (i < items.length) items[i] = last!;
  return item;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Figures at 10,000 operators, 200 queues, 100,000 waiting: decisions per second of engine time, times in ms. */
export async function run(): Promise<Record<string, number>> {
  const floor = new Floor(20260101);
  floor.fill();
  while (floor.ringing.length > 0) floor.answer();
  for (let i = 0; i < WARM_UP; i++) floor.step();
  floor.counting = true;
  const startedAt = performance.now();
  const cpuBefore = process.threadCpuUsage();
  while (floor.decisionMs.length < DECISIONS) floor.step();
  const cpu = process.threadCpuUsage(cpuBefore);
  const cpuShare = (cpu.user + cpu.system) / 1000 / (performance.now() - startedAt);
  const decisionMs = floor.decisionMs.toSorted((a, b) => a - b);
  const callMs = floor.callMs.toSorted((a, b) => a - b);
  return {
    decisions_per_s: Math.round(decisionMs.length / (floor.engineMs / 1000)),
    decision_p50_ms: percentile(decisionMs, 0.5),
    decision_p99_ms: percentile(decisionMs, 0.99),
    decision_max_ms: decisionMs.at(-1)!,
    calls_per_s: Math.round(callMs.length / (floor.engineMs / 1000)),
    call_p99_ms: percentile(callMs, 0.99),
    // Well below 1 means that other programs had the core and the figures above are worse than the engine.
    cpu_share: cpuShare,
    waiting: floor.waitingNow(),
    operators: OPERATORS,
    queues: QUEUES,
    decisions: decisionMs.length,
  };
}

if (import.meta.main) {
  const figures = await run();
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(18)} ${value.toLocaleString("en", { maximumFractionDigits: 4 })}\n`);
  }
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ bench: "routing", figures })}\n`);
}
