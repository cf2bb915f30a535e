import type { Channel, Decision, OperatorInput, QueueInput, Refusal, WorkInput } from "../src/index.ts";

/**
 * The routing rules in the plainest words: no index, every question answered by looking at everything. Slow and easy
 * to believe; the engine must make the same offers in the same order.
 */
export class Reference {
  readonly queues = new Map<string, Required<Pick<QueueInput, "queueId" | "ageingPerMinute" | "priority" | "fit">>>();
  readonly operators = new Map<string, OperatorInput>();
  readonly works = new Map<string, ReferenceWork>();
  offersMade = 0;

  setQueue(queue: QueueInput): void {
    this.queues.set(queue.queueId, { ageingPerMinute: 0, priority: 0, fit: "expert", ...queue });
  }

  setOperator(operator: OperatorInput, nowMs: number): Decision[] {
    this.operators.set(operator.operatorId, { ...operator });
    return this.settle(nowMs);
  }

  removeOperator(operatorId: string, nowMs: number): Decision[] {
    this.operators.delete(operatorId);
    for (const work of this.works.values()) if (work.operatorId === operatorId && work.state === "offered") work.backToWaiting();
    return this.settle(nowMs);
  }

  addWork(input: WorkInput, nowMs: number): Decision[] {
    this.works.set(input.workId, new ReferenceWork(input));
    return this.settle(nowMs);
  }

  removeWork(workId: string, nowMs: number): Decision[] {
    this.works.delete(workId);
    return this.settle(nowMs);
  }

  acceptOffer(offerId: string): boolean {
    const work = this.offered(offerId);
    if (!work) return false;
    work.state = "active";
    work.offerId = null;
    return true;
  }

  refuseOffer(offerId: string, nowMs: number, { operatorReady, idleSinceMs }: Refusal): Decision[] {
    const work = this.offered(offerId);
    if (!work) return [];
    Object.assign(this.operators.get(work.operatorId!)!, { ready: operatorReady, idleSinceMs });
    work.refusedBy.add(work.operatorId!);
    work.backToWaiting();
    return this.settle(nowMs);
  }

  finishWork(workId: string, nowMs: number, operatorReady: boolean): Decision[] {
    const work = this.works.get(workId);
    if (!work) return [];
    const operator = this.operators.get(work.operatorId ?? "");
    if (work.state === "active" && operator) Object.assign(operator, { ready: operatorReady, idleSinceMs: nowMs });
    this.works.delete(workId);
    return this.settle(nowMs);
  }

  position(workId: string): number | null {
    const work = this.works.get(workId);
    if (work?.state !== "waiting") return null;
    const line = this.waiting(0).filter((each) => each.input.queueId === work.input.queueId);
    return line.indexOf(work) + 1;
  }

  offered(offerId: string): ReferenceWork | undefined {
    return [...this.works.values()].find((work) => work.offerId === offerId);
  }

  /** All waiting work in the total order. */
  waiting(nowMs: number): ReferenceWork[] {
    const line = [...this.works.values()].filter((work) => work.state === "waiting");
    return line.sort(
      (a, b) =>
        this.effective(b, nowMs) - this.effective(a, nowMs) ||
        a.input.enqueuedAtMs - b.input.enqueuedAtMs ||
        (a.input.workId < b.input.workId ? -1 : 1),
    );
  }

  /** Millionths of a point. */
  effective({ input }: ReferenceWork, nowMs: number): number {
    const { ageingPerMinute, priority } = this.queues.get(input.queueId)!;
    const gained = (ms: number) => Math.round(((ageingPerMinute * 1_000_000) / 60_000) * ms);
    return Math.round(input.priority * 1e6) + Math.round(priority * 1e6) + gained(nowMs) - gained(input.enqueuedAtMs);
  }

  able(operator: OperatorInput, { input }: ReferenceWork): boolean {
    return (
      operator.queueIds.includes(input.queueId) &&
      (input.language === null || operator.languages.includes(input.language)) &&
      input.skills.every(({ skill, level }) => (operator.skills[skill] ?? 0) >= level) &&
      (operator.capacity[input.channel] ?? 0) > 0 &&
      !(input.excluded ?? []).includes(operator.operatorId)
    );
  }

  hasRoom(operator: OperatorInput, channel: Channel): boolean {
    const inHand = this.inHand(operator, channel);
    const all = (["voice", "chat", "mail", "task"] as const).reduce((sum, each) => sum + this.inHand(operator, each), 0);
    return inHand < (operator.capacity[channel] ?? 0) && all < (operator.totalCapacity ?? Infinity);
  }

  inHand(operator: OperatorInput, channel: Channel): number {
    let count = operator.load?.[channel] ?? 0;
    for (const work of this.works.values()) {
      if (work.operatorId === operator.operatorId && work.input.channel === channel) count++;
    }
    return count;
  }

  candidates(work: ReferenceWork): OperatorInput[] {
    return [...this.operators.values()].filter(
      (each) => each.ready && this.able(each, work) && !work.refusedBy.has(each.operatorId) && this.hasRoom(each, work.input.channel),
    );
  }

  best(work: ReferenceWork): OperatorInput | undefined {
    const { input } = work;
    const load = (each: OperatorInput) =>
      (["voice", "chat", "mail", "task"] as const).reduce((sum, channel) => sum + this.inHand(each, channel), 0);
    const score = ({ skills }: OperatorInput) =>
      this.queues.get(input.queueId)!.fit === "spare"
        ? -Object.values(skills).reduce((sum, level) => sum + level, 0)
        : input.skills.reduce((sum, { skill }) => sum + skills[skill]!, 0);
    const preferred = (each: OperatorInput) => Number(each.operatorId === input.preferredOperatorId);
    return this.candidates(work).sort(
      (a, b) =>
        preferred(b) - preferred(a) || score(b) - score(a) || load(a) - load(b) || a.idleSinceMs - b.idleSinceMs ||
        (a.operatorId < b.operatorId ? -1 : 1),
    )[0];
  }

  settle(nowMs: number): Decision[] {
    for (const work of this.works.values()) if (work.state === "waiting" && work.refusedBy.size > 0) this.forgive(work);
    const decisions: Decision[] = [];
    for (;;) {
      const decision = this.offerFirst(nowMs);
      if (!decision) return decisions;
      decisions.push(decision);
    }
  }

  private forgive(work: ReferenceWork): void {
    const others = [...this.operators.values()].filter((each) => each.ready && this.able(each, work));
    if (others.every(({ operatorId }) => work.refusedBy.has(operatorId))) work.refusedBy.clear();
  }

  private offerFirst(nowMs: number): Decision | null {
    for (const work of this.waiting(nowMs)) {
      const operator = this.best(work);
      if (!operator) continue;
      work.state = "offered";
      work.operatorId = operator.operatorId;
      work.offerId = `o${++this.offersMade}`;
      return { kind: "offer", offerId: work.offerId, workId: work.input.workId, operatorId: operator.operatorId };
    }
    return null;
  }
}

export class ReferenceWork {
  state: "waiting" | "offered" | "active" = "waiting";
  operatorId: string | null = null;
  offerId: string | null = null;
  readonly refusedBy = new Set<string>();
  readonly input: WorkInput;

  constructor(input: WorkInput) {
    this.input = input;
  }

  backToWaiting(): void {
    this.state = "waiting";
    this.operatorId = null;
    this.offerId = null;
  }
}
