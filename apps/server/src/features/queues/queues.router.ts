import { createRouting, type Decision, type Routing } from "@linija/routing";
import { conflict, isDatabaseAway, notFound } from "../../platform/errors.ts";
import { announce } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { counter } from "../../platform/metrics.ts";
import { selectOperator, selectOperators, type OperatorRow, type OperatorState } from "../operators/index.ts";
import type { StateRow } from "../interactions/index.ts";
import { isHeldBy, view, type Entry, type HeldWork, type OfferEnd, type Operator, type OperatorNow, type RoutedQueue, type RouterDeps, type Work } from "./queues.words.ts";
import { verdictOn } from "./queues.repair.rules.ts";
import { selectHolds } from "./queues.sql.ts";

export type { HeldWork, OfferEnd, OfferOut, OperatorNow, RoutedQueue, Work } from "./queues.words.ts";

const mended = counter("router_repairs_total", "What the router's sweep found wrong and mended", ["what"]);

/** Lines come free by the second, as talks end; until then the same operator would be tried hundreds of times. */
const NO_LINE_PAUSE_MS = 2_000;
const timer = (work: () => void, ms: number): void => { setTimeout(work, ms).unref(); };

/**
 * The one owner of the routing engine and of operators' states. Everything that changes who may get work comes through
 * here, in order, on one thread; the tables follow through the batching writer, and are what it is rebuilt from.
 */
export class Router {
  #deps: RouterDeps;
  #queues: RoutedQueue[] = [];
  #engine: Routing = createRouting({ offerId: () => newId() });
  #operators = new Map<string, Operator>();
  #works = new Map<string, Entry>();
  /** Until voice nodes have told what they hold, tables are older than the truth. */
  #isFresh = true;
  /** What looked wrong at the last sweep: only what still looks the same at the next is mended, for messages cross. */
  #suspects = new Set<string>();
  #repairs: Promise<number> = Promise.resolve(0);

  constructor(deps: RouterDeps) {
    this.#deps = deps;
    this.#addQueues(deps.queues);
  }

  #addQueues(queues: RoutedQueue[]): void {
    // A queue that is gone stays until the router begins anew: whoever waits in it is still served.
    const kept = this.#queues.filter((known) => !queues.some((queue) => queue.queueId === known.queueId));
    this.#queues = [...queues, ...kept];
    for (const queue of queues) this.#engine.setQueue({ queueId: queue.queueId, priority: queue.priority });
  }

  /** The declarations changed: new queues get the operators of their project, without anybody losing a place. */
  setQueues(queues: RoutedQueue[]): void {
    const known = JSON.stringify(this.#queues);
    this.#addQueues(queues);
    if (JSON.stringify(this.#queues) === known) return;
    for (const operator of this.#operators.values()) this.#dispatch(this.#tellEngine(operator));
  }

  /** Reads operators and their last states; `repair` then asks voice nodes for the calls they hold. */
  async rebuild(): Promise<void> {
    for (const row of await selectOperators(this.#deps.ctx.db)) this.#admit(row, this.#now());
  }

  #admit(row: OperatorRow, at: Date): Operator {
    const operator: Operator = { row, state: row.state ?? "offline", reason: row.reason, since: row.since ?? at, idleSince: row.idleSince ?? at, interactionId: row.interactionId, offerId: null, before: null, isPaused: false };
    this.#operators.set(row.id, operator);
    this.#dispatch(this.#tellEngine(operator));
    return operator;
  }

  /** An operator's rights, skills or device changed. */
  async reload(operatorId: string): Promise<void> {
    const row = await selectOperator(this.#deps.ctx.db, operatorId);
    const known = this.#operators.get(operatorId);
    if (!row) { if (known) { this.#operators.delete(operatorId); this.#dispatch(this.#engine.removeOperator(operatorId, this.#ms())); } return; }
    if (!known) { this.#admit(row, this.#now()); return; }
    known.row = row;
    if (row.disabled && (known.state === "ready" || known.state === "not_ready")) void this.#change(known, "offline", "blocked");
    this.#dispatch(this.#tellEngine(known));
  }

  #now = (): Date => this.#deps.ctx.now();
  #ms = (): number => this.#now().getTime();

  #tellEngine(operator: Operator): Decision[] {
    const { row } = operator;
    if (operator.isPaused) return [];
    return this.#engine.setOperator({
      operatorId: row.id, languages: row.languages, skills: row.skills, capacity: { voice: 1 }, ready: operator.state === "ready" && !row.disabled, idleSinceMs: operator.idleSince.getTime(),
      queueIds: this.#queues.filter((queue) => row.projects.includes(queue.projectKey)).map((queue) => queue.queueId),
    }, this.#ms());
  }

  /** Offers are made known after the present input is done with; a failed one goes to the next operator. */
  #dispatch(decisions: Decision[]): void {
    if (!this.#deps.isMine()) return;
    for (const decision of decisions) {
      const operator = this.#operators.get(decision.operatorId)!;
      const entry = this.#works.get(decision.workId)!;
      operator.offerId = decision.offerId;
      entry.operatorId = decision.operatorId;
      void this.#change(operator, "offered", null, decision.workId);
      const { device, sipContact, sipUser } = operator.row;
      void this.#deps.offer(entry.work.nodeId, { callId: decision.workId, offerId: decision.offerId, operatorId: decision.operatorId, device, contact: sipContact, sipUser })
        .catch(() => false).then((taken) => { if (!taken) this.offerClosed(decision.offerId, decision.operatorId, "withdrawn"); });
    }
  }

  /** Free again, or gone home if their account was blocked meanwhile. */
  #free(operator: Operator): void {
    const back = operator.before ?? { state: "ready", reason: null };
    void (operator.row.disabled ? this.#change(operator, "offline", "blocked") : this.#change(operator, back.state, back.reason));
  }

  /** Changes a state in memory at once and, durably, in the table; floors and the operator's desk hear of it. Resolves when written. */
  #change(operator: Operator, state: OperatorState, reason: string | null, interactionId: string | null = null): Promise<void> {
    if (!this.#deps.isMine()) return Promise.resolve();
    const at = this.#now();
    const before = { state: operator.state, reason: operator.reason, interaction_id: operator.interactionId, started_at: operator.since.toISOString() };
    // Those who were offered a call and did not get it keep their place among the idle.
    if (state === "ready" && operator.state !== "offered") operator.idleSince = at;
    Object.assign(operator, { state, reason, since: at, interactionId, before: null });
    if (state !== "offered") operator.offerId = null;
    return this.#write(operator, before);
  }

  #write(operator: Operator, before: StateRow["before"]): Promise<void> {
    const { row: { id }, state, reason, since, idleSince, interactionId } = operator;
    const row: StateRow = { operator_id: id, state, reason, since: since.toISOString(), idle_since: idleSince.toISOString(), interaction_id: interactionId, before };
    return this.#deps.writer.write({ states: [row] }).then(() => this.#tell(operator), (error: unknown) => { if (!isDatabaseAway(error)) this.#deps.ctx.log.error({ err: error, operatorId: id }, "operator state not written"); });
  }

  /** Not a stored fact (the state log is), only a push to screens. */
  #tell(operator: Operator): void {
    const { ctx } = this.#deps;
    announce([{ id: newId(), at: this.#now(), type: "operator.state_changed", subject: { kind: "operator", id: operator.row.id }, data: { state: operator.state }, actor: ctx.actor, depth: 0, requestId: "" }]);
  }

  #get(operatorId: string): Operator {
    const operator = this.#operators.get(operatorId);
    if (!operator) throw notFound("operator", operatorId);
    return operator;
  }

  now(operatorId: string): OperatorNow { return view(this.#get(operatorId)); }
  all(): OperatorNow[] { return [...this.#operators.values()].map(view); }

  /** The operator (or a supervisor) chooses; a person with work in hand or ringing cannot be moved by this. */
  async setState(operatorId: string, state: "ready" | "not_ready" | "offline", reason: string | null): Promise<OperatorNow> {
    const operator = this.#get(operatorId);
    if (operator.state === "offered" || operator.state === "talking" || operator.state === "wrap_up") throw conflict("operator_busy");
    const written = operator.state !== state || operator.reason !== reason ? this.#change(operator, state, reason) : null;
    this.#dispatch(this.#tellEngine(operator));
    await written;
    return view(operator);
  }

  /** The last desk of the operator is gone: nobody is offered to an empty chair. */
  deskGone(operatorId: string): void {
    const operator = this.#operators.get(operatorId);
    if (!operator || operator.row.device === "phone" || (operator.state !== "ready" && operator.state !== "not_ready")) return;
    void this.setState(operatorId, "offline", "desk_closed");
  }

  addWork(work: Work): void {
    if (this.#works.get(work.workId)?.operatorId) return;
    this.#know(work);
    this.#works.set(work.workId, { work, operatorId: null, isAdopted: false });
    this.#dispatch(this.#engine.addWork(work, this.#ms()));
  }

  /** A voice node may have heard of a new queue a second before this one, or hold a call of a queue that has gone since. */
  #know({ queueId, projectKey }: Work): void {
    if (!this.#queues.some((queue) => queue.queueId === queueId)) this.setQueues([...this.#queues, { queueId, projectKey, priority: 0 }]);
  }

  /** The client left, or the call's node no longer knows it; whoever was being rung is free. */
  removeWork(workId: string): void {
    const entry = this.#works.get(workId);
    if (entry) this.#takeOut(workId, this.#holder(workId, "offered"));
  }

  /** The operator who is in this state because of this work. */
  #holder(workId: string, ...states: OperatorState[]): Operator | undefined {
    const operator = this.#operators.get(this.#works.get(workId)?.operatorId ?? "");
    return operator?.interactionId === workId && states.includes(operator.state) ? operator : undefined;
  }

  /** The operator's new state comes before the end of the work, so that what the engine gives them next fits it. */
  #takeOut(workId: string, operator: Operator | undefined, to: "ready" | "wrap_up" = "ready"): void {
    this.#works.delete(workId);
    const decisions = operator ? this.#letGo(operator, workId, to) : [];
    this.#dispatch([...decisions, ...this.#engine.finishWork(workId, this.#ms(), { operatorReady: operator?.state === "ready", idleSinceMs: operator?.idleSince.getTime() ?? this.#ms() })]);
  }

  #letGo(operator: Operator, workId: string, to: "ready" | "wrap_up"): Decision[] {
    if (to === "wrap_up") void this.#change(operator, "wrap_up", null, workId);
    else this.#free(operator);
    return this.#tellEngine(operator);
  }

  offerClosed(offerId: string, operatorId: string, why: OfferEnd): void {
    const operator = this.#operators.get(operatorId);
    if (!operator || operator.offerId !== offerId) return;
    const workId = operator.interactionId!;
    if (why === "accepted") {
      void this.#change(operator, "talking", null, workId);
      this.#engine.acceptOffer(offerId, this.#ms());
      return;
    }
    // Withdrawn means that the call waits no longer: it must not be offered on to the next operator.
    if (why === "withdrawn") { this.removeWork(workId); return; }
    if (why === "no_line") { this.#pause(operator, workId); return; }
    void this.#change(operator, "not_ready", why);
    this.#dispatch(this.#refuse(workId, offerId, why));
  }

  /**
   * The operator is ready as before, at their old place, and out of the engine for a moment; the call waits on at its own
   * and may go to somebody else meanwhile: a browser's line is not a phone's.
   */
  #pause(operator: Operator, workId: string): void {
    this.#free(operator);
    operator.isPaused = true;
    const decisions = this.#engine.removeOperator(operator.row.id, this.#ms());
    this.#dispatch([...decisions, ...this.#putBack(workId)]);
    (this.#deps.later ?? timer)(() => {
      operator.isPaused = false;
      if (this.#operators.get(operator.row.id) === operator) this.#dispatch(this.#tellEngine(operator));
    }, NO_LINE_PAUSE_MS);
  }

  /** Work whose offer the engine has taken back by itself, or of which it knew no offer. */
  #putBack(workId: string): Decision[] {
    const entry = this.#works.get(workId);
    if (!entry) return [];
    entry.operatorId = null;
    if (!entry.isAdopted) return [];
    entry.isAdopted = false;
    return [...this.#engine.finishWork(workId, this.#ms(), { operatorReady: false, handleMs: null }), ...this.#engine.addWork(entry.work, this.#ms())];
  }

  #refuse(workId: string, offerId: string, why: "declined" | "missed" | "failed"): Decision[] {
    const entry = this.#works.get(workId);
    if (!entry) return [];
    if (entry.isAdopted) return this.#putBack(workId);
    entry.operatorId = null;
    return this.#engine.refuseOffer(offerId, this.#ms(), { reason: why, operatorReady: false, idleSinceMs: this.#ms() });
  }

  /** Takes an operator for an outgoing call; refused when they are not free. */
  async claim(operatorId: string, interactionId: string): Promise<void> {
    const operator = this.#get(operatorId);
    if (operator.state !== "ready" && operator.state !== "not_ready") throw conflict("operator_busy");
    const before = { state: operator.state, reason: operator.reason };
    const written = this.#change(operator, "talking", "outgoing", interactionId);
    operator.before = before;
    this.#dispatch(this.#tellEngine(operator));
    await written;
  }

  callEnded(operatorId: string, interactionId: string, wrapUp: boolean): void {
    const operator = this.#operators.get(operatorId);
    this.#takeOut(interactionId, operator?.interactionId === interactionId && operator.state !== "wrap_up" ? operator : undefined, wrapUp ? "wrap_up" : "ready");
  }

  async wrapUpDone(operatorId: string, interactionId: string, ready: boolean): Promise<OperatorNow> {
    const operator = this.#get(operatorId);
    if (operator.state === "wrap_up" && operator.interactionId === interactionId) {
      const written = this.#change(operator, ready ? "ready" : "not_ready", ready ? null : "after_call");
      this.#dispatch(this.#tellEngine(operator));
      await written;
    }
    return view(operator);
  }

  /**
   * Compares what the router believes with what voice nodes hold and tables say, and mends the difference: after a
   * restart of the router at once, later when something looks wrong at two sweeps. Returns how much was mended.
   */
  repair(): Promise<number> {
    this.#repairs = this.#repairs.then(() => this.#repair(), () => this.#repair());
    return this.#repairs;
  }

  async #repair(): Promise<number> {
    const { held, isComplete } = await this.#deps.holdings();
    const isFresh = this.#isFresh;
    const suspects = new Set<string>();
    const wasSeen = (mark: string): boolean => {
      if (this.#suspects.has(mark)) return true;
      suspects.add(mark);
      return false;
    };
    const isOld = (mark: string): boolean => isFresh || wasSeen(mark);
    const stuck = this.#stuck(held, isOld);
    // Whoever is busy is known to be so before what waits is offered.
    const adopted = [...held.filter(({ at }) => at !== "waiting"), ...held.filter(({ at }) => at === "waiting")].filter((each) => this.#adopt(each, isOld)).length;
    if (isComplete) this.#forget(new Set(held.map(({ workId }) => workId)), suspects);
    const freed = await this.#release(stuck, isComplete);
    const rewritten = await this.#rewrite(wasSeen);
    this.#suspects = suspects;
    if (isComplete) this.#isFresh = false;
    mended.inc({ what: "call" }, adopted);
    mended.inc({ what: "operator" }, freed);
    mended.inc({ what: "table" }, rewritten);
    if (adopted + freed + rewritten > 0) this.#deps.ctx.log.warn({ calls: adopted, operators: freed, rewritten }, "the router mended what a lost message or a restart left behind");
    return adopted + freed + rewritten;
  }

  /** The table is what desks show: a change it refused, or one of an earlier owner that was written late, is written over. */
  async #rewrite(wasSeen: (mark: string) => boolean): Promise<number> {
    const wrong = (await this.#deps.standing()).flatMap(({ operatorId, state, interactionId }) => {
      const operator = this.#operators.get(operatorId);
      if (!operator || (operator.state === state && operator.interactionId === interactionId)) return [];
      return wasSeen(`${operatorId} stands as ${state}, is ${operator.state} since ${operator.since.getTime()}`) ? [operator] : [];
    });
    for (const operator of wrong) void this.#write(operator, null);
    return wrong.length;
  }

  /** Takes over what a voice node holds and the router does not know so; false when it does. */
  #adopt(held: HeldWork, isOld: (mark: string) => boolean): boolean {
    const { workId, work, at } = held;
    const operator = this.#operators.get(held.operatorId ?? "");
    if (this.#agrees(held, operator) || !isOld(JSON.stringify(held))) return false;
    if (this.#works.has(workId)) this.#takeOut(workId, this.#holder(workId, "offered", "talking"));
    if (!operator || at === "waiting") { this.addWork(work!); return true; }
    operator.offerId = at === "offered" ? held.offerId : null;
    void this.#change(operator, at, work ? null : "outgoing", workId);
    if (work) {
      this.#works.set(workId, { work, operatorId: operator.row.id, isAdopted: true });
      this.#know(work);
      this.#engine.adoptWork(work, operator.row.id, this.#ms());
    }
    this.#dispatch(this.#tellEngine(operator));
    return true;
  }

  #agrees(held: HeldWork, operator: Operator | undefined): boolean {
    const { workId, work, at } = held;
    const entry = this.#works.get(workId);
    if (at === "waiting") return !work || (entry !== undefined && entry.operatorId === null);
    // Nobody to adopt it for, or about to be told of its end.
    if (!operator || (operator.state === "wrap_up" && operator.interactionId === workId)) return true;
    return isHeldBy(operator, held) && (!work || entry?.operatorId === operator.row.id);
  }

  /** Drops waiting calls that no node has any more; one that was added while nodes were asked is not yet suspect. */
  #forget(held: ReadonlySet<string>, suspects: Set<string>): void {
    for (const [workId, { operatorId }] of this.#works) {
      if (operatorId !== null || held.has(workId)) continue;
      if (this.#suspects.has(workId)) this.removeWork(workId);
      else suspects.add(workId);
    }
  }

  /** Those busy with a call that no node holds for them, with the moment since when. */
  #stuck(held: HeldWork[], isOld: (mark: string) => boolean): Map<Operator, Date> {
    const holders = new Set(held.map((each) => `${each.operatorId} ${each.workId}`));
    const stuck = [...this.#operators.values()].filter(({ row, state, interactionId, offerId, since }) =>
      BUSY.has(state) && !holders.has(`${row.id} ${interactionId}`) && isOld(`${row.id} ${state} ${offerId} ${since.getTime()}`));
    return new Map(stuck.map((operator) => [operator, operator.since]));
  }

  /** Lets go those of them whose call is over; how many. Who has become something else meanwhile is left alone. */
  async #release(stuck: Map<Operator, Date>, isComplete: boolean): Promise<number> {
    if (stuck.size === 0) return 0;
    const rows = await selectHolds(this.#deps.ctx.db, [...stuck.keys()].flatMap(({ interactionId }) => interactionId ?? []));
    let freed = 0;
    for (const [operator, since] of stuck) {
      if (operator.since !== since) continue;
      const { interactionId } = operator;
      const verdict = verdictOn({ id: operator.row.id, state: operator.state }, rows.find((row) => row.id === interactionId), isComplete);
      if (verdict === null) continue;
      freed++;
      const [workId, entry] = [interactionId ?? "", this.#works.get(interactionId ?? "")];
      // The call itself may wait again or be somebody else's, and stays.
      if (entry && entry.operatorId !== operator.row.id) this.#dispatch(this.#letGo(operator, workId, verdict));
      else this.#takeOut(workId, operator, verdict);
    }
    return freed;
  }

  position(workId: string): { position: number | null; expectedWaitMs: number | null } {
    return { position: this.#engine.position(workId), expectedWaitMs: this.#engine.expectedWaitMs(workId, this.#ms()) };
  }

  explain(workId: string): unknown { return this.#engine.explain(workId, this.#ms()); }
}

const BUSY: ReadonlySet<OperatorState> = new Set(["offered", "talking", "wrap_up"]);
