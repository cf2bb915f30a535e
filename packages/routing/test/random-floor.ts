import { Random } from "../src/random.ts";
import { createRouting } from "../src/index.ts";
import type { Channel, Decision, OperatorInput, Routing, WorkInput } from "../src/index.ts";
import { Reference } from "./reference.ts";

const QUEUES = ["q1", "q2", "q3"];
const LANGUAGES = ["en", "ru"];
const SKILLS = ["billing", "sales"];

/** How a random floor is made up; small numbers make collisions of every kind frequent. */
export interface Mix {
  operators: number;
  /** Above this many pieces of work, arrivals pause. */
  works: number;
}

/** A small floor where anything may happen at any step, run by the engine and by the reference side by side. */
export class RandomFloor {
  readonly random: Random;
  readonly reference = new Reference();
  routing: Routing = createRouting();
  nowMs = 1_760_000_000_000;
  worksMade = 0;
  readonly staleOffers: string[] = [];
  readonly seed: number;
  readonly mix: Mix;

  constructor(seed: number, mix: Mix) {
    this.seed = seed;
    this.mix = mix;
    this.random = new Random(seed);
    for (const queueId of QUEUES) this.setQueue(queueId);
  }

  /** One random event; returns what the engine and the reference decided. */
  step(): { engine: Decision[]; reference: Decision[] } {
    const { random } = this;
    this.nowMs += random.below(4) * 10_000;
    const dice = random.below(100);
    if (dice < 30) return this.reference.works.size < this.mix.works ? this.arrive() : this.finish();
    if (dice < 50) return this.answer();
    if (dice < 60) return this.refuse();
    if (dice < 76) return this.finish();
    if (dice < 84) return this.hangUp();
    if (dice < 96) return this.changeOperator();
    if (dice < 97) return this.signOut();
    if (dice < 98) this.setQueue(random.pick(QUEUES));
    else if (dice < 99) this.roundTrip();
    else this.answerStale();
    return { engine: [], reference: [] };
  }

  private setQueue(queueId: string): void {
    const { random } = this;
    const ageingPerMinute = random.pick([0, 0, 1, 0.5, 3]);
    const queue = { queueId, ageingPerMinute, priority: random.pick([0, 0, 2]), fit: random.pick(["expert", "spare"] as const) };
    this.routing.setQueue(queue);
    this.reference.setQueue(queue);
  }

  private some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.random.chance(probability));
  }

  private arrive() {
    const { random } = this;
    const work: WorkInput = {
      workId: `w${++this.worksMade % 1000}`,
      queueId: random.pick(QUEUES),
      language: random.chance(0.4) ? null : random.pick(LANGUAGES),
      skills: this.some(SKILLS, 0.15).map((skill) => ({ skill, level: 1 + random.below(3) })),
      priority: random.pick([0, 0, 0, 1, 2.5]),
      enqueuedAtMs: this.nowMs - (random.chance(0.2) ? random.below(20) * 10_000 : 0),
      channel: random.chance(0.6) ? "voice" : "chat",
      preferredOperatorId: random.chance(0.2) ? this.anOperatorId() : null,
      excluded: random.chance(0.1) ? [this.anOperatorId()] : [],
    };
    if (this.reference.works.has(work.workId)) return { engine: [], reference: [] };
    return { engine: this.routing.addWork(work, this.nowMs), reference: this.reference.addWork(work, this.nowMs) };
  }

  private anOperatorId(): string {
    return `op${this.random.below(this.mix.operators)}`;
  }

  private aWorkId(state: string): string | undefined {
    const ids = [...this.reference.works.values()].filter((work) => state === "" || work.state === state).map((work) => work.input.workId);
    return ids[this.random.below(ids.length)];
  }

  private anOfferId(): string | undefined {
    const workId = this.aWorkId("offered");
    return workId === undefined ? undefined : this.reference.works.get(workId)!.offerId!;
  }

  private answer() {
    const offerId = this.anOfferId();
    if (offerId === undefined) return { engine: [], reference: [] };
    const operatorId = this.reference.offered(offerId)!.operatorId;
    this.reference.acceptOffer(offerId);
    const accepted = this.routing.acceptOffer(offerId, this.nowMs);
    if (!accepted.ok || accepted.operatorId !== operatorId) throw new Error(`seed ${this.seed}: ${offerId} was not accepted`);
    this.staleOffers.push(offerId);
    return { engine: [], reference: [] };
  }

  private refuse() {
    const offerId = this.anOfferId();
    if (offerId === undefined) return { engine: [], reference: [] };
    const idleSinceMs = this.nowMs;
    const refusal = { reason: "declined" as const, operatorReady: this.random.chance(0.6), idleSinceMs };
    this.staleOffers.push(offerId);
    return {
      engine: this.routing.refuseOffer(offerId, this.nowMs, refusal),
      reference: this.reference.refuseOffer(offerId, this.nowMs, refusal),
    };
  }

  private finish() {
    const workId = this.aWorkId("active");
    if (workId === undefined) return { engine: [], reference: [] };
    const operatorReady = this.random.chance(0.7);
    return {
      engine: this.routing.finishWork(workId, this.nowMs, { operatorReady }),
      reference: this.reference.finishWork(workId, this.nowMs, operatorReady),
    };
  }

  private hangUp() {
    const workId = this.aWorkId("");
    if (workId === undefined) return { engine: [], reference: [] };
    const offerId = this.reference.works.get(workId)!.offerId;
    if (offerId !== null) this.staleOffers.push(offerId);
    return { engine: this.routing.removeWork(workId, this.nowMs), reference: this.reference.removeWork(workId, this.nowMs) };
  }

  private changeOperator() {
    const { random } = this;
    const operatorId = this.anOperatorId();
    const present = this.reference.operators.get(operatorId);
    const ready = random.chance(0.85);
    if (present && random.chance(0.3)) {
      return {
        engine: this.routing.setReady(operatorId, this.nowMs, { ready }),
        reference: this.reference.setOperator({ ...present, ready, idleSinceMs: this.nowMs }, this.nowMs),
      };
    }
    const operator = present && random.chance(0.8) ? { ...present, ready, idleSinceMs: this.nowMs } : this.makeOperator(operatorId, ready);
    return {
      engine: this.routing.setOperator(operator, this.nowMs),
      reference: this.reference.setOperator(operator, this.nowMs),
    };
  }

  private makeOperator(operatorId: string, ready: boolean): OperatorInput {
    const { random } = this;
    const chat: Partial<Record<Channel, number>> = random.chance(0.5) ? { chat: 1 + random.below(3) } : {};
    return {
      operatorId,
      queueIds: this.some(QUEUES, 0.7),
      languages: this.some(LANGUAGES, 0.75),
      skills: Object.fromEntries(this.some(SKILLS, 0.5).map((skill) => [skill, 1 + random.below(4)])),
      capacity: random.chance(0.9) ? { voice: 1, ...chat } : chat,
      ...(random.chance(0.2) && { totalCapacity: 2 }),
      ready,
      idleSinceMs: this.nowMs - random.below(5) * 10_000,
      ...(random.chance(0.1) && { load: { voice: 1 } }),
    };
  }

  private signOut() {
    const operatorId = this.anOperatorId();
    for (const work of this.reference.works.values()) {
      if (work.operatorId === operatorId && work.offerId !== null) this.staleOffers.push(work.offerId);
    }
    return {
      engine: this.routing.removeOperator(operatorId, this.nowMs),
      reference: this.reference.removeOperator(operatorId, this.nowMs),
    };
  }

  /** From here on the restored engine goes on in place of the first. */
  private roundTrip(): void {
    const snapshot = this.routing.snapshot();
    const restored = createRouting();
    restored.restore(JSON.parse(JSON.stringify(snapshot)));
    if (JSON.stringify(restored.snapshot()) !== JSON.stringify(snapshot)) throw new Error(`seed ${this.seed}: snapshot differs after restoring`);
    this.routing = restored;
  }

  private answerStale(): void {
    const offerId = this.staleOffers.pop();
    if (offerId === undefined) return;
    const before = JSON.stringify(this.routing.snapshot());
    const accepted = this.routing.acceptOffer(offerId, this.nowMs);
    const refused = this.routing.refuseOffer(offerId, this.nowMs, { reason: "missed", operatorReady: true, idleSinceMs: this.nowMs });
    const unchanged = JSON.stringify(this.routing.snapshot()) === before;
    if (accepted.ok || refused.length > 0 || !unchanged) throw new Error(`seed ${this.seed}: stale ${offerId} had an effect`);
  }
}
