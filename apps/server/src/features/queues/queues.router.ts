import { createRouting, type Decision, type Routing, type WorkInput } from "@linija/routing";
import type { Ctx } from "../../platform/db.ts";
import { conflict, isDatabaseAway, notFound } from "../../platform/errors.ts";
import { announce } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { selectOperator, selectOperators, type OperatorRow, type OperatorState } from "../operators/index.ts";
import type { LiveWriter, StateRow } from "../interactions/index.ts";

/** A queue as routing needs it. */
export interface RoutedQueue { queueId: string; projectKey: string; priority: number }
/** Work a voice node asks to be routed; `nodeId` is told of the offer. */
export interface Work extends WorkInput { nodeId: string; projectKey: string }
export interface OfferOut { callId: string; offerId: string; operatorId: string; device: "browser" | "phone"; contact: string | null; sipUser: string | null }
export interface OperatorNow { operatorId: string; name: string; state: OperatorState; reason: string | null; since: string; interactionId: string | null; device: "browser" | "phone" }

interface Operator { row: OperatorRow; state: OperatorState; reason: string | null; since: Date; idleSince: Date; interactionId: string | null; offerId: string | null }

export interface RouterDeps {
  ctx: Ctx;
  writer: LiveWriter;
  queues: RoutedQueue[];
  /** Tells the call's node; false when the call no longer waits. */
  offer(nodeId: string, offer: OfferOut): Promise<boolean>;
}

/**
 * The one owner of the routing engine and of operators' states. Everything that changes who may get work comes through
 * here, in order, on one thread; the tables follow through the batching writer, and are what it is rebuilt from.
 */
export class Router {
  #deps: RouterDeps;
  #engine: Routing = createRouting({ offerId: () => newId() });
  #operators = new Map<string, Operator>();
  #works = new Map<string, Work>();

  constructor(deps: RouterDeps) {
    this.#deps = deps;
    for (const queue of deps.queues) this.#engine.setQueue({ queueId: queue.queueId, priority: queue.priority });
  }

  /** Reads operators and their last states; voice nodes add their waiting calls again afterwards. */
  async rebuild(): Promise<void> {
    for (const row of await selectOperators(this.#deps.ctx.db)) this.#admit(row, this.#now());
  }

  #admit(row: OperatorRow, at: Date): Operator {
    const operator: Operator = { row, state: row.state ?? "offline", reason: row.reason, since: row.since ?? at, idleSince: row.idleSince ?? at, interactionId: row.interactionId, offerId: null };
    this.#operators.set(row.id, operator);
    this.#tellEngine(operator);
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
    return this.#engine.setOperator({
      operatorId: row.id, languages: row.languages, skills: row.skills, capacity: { voice: 1 }, ready: operator.state === "ready" && !row.disabled, idleSinceMs: operator.idleSince.getTime(),
      queueIds: this.#deps.queues.filter((queue) => row.projects.includes(queue.projectKey)).map((queue) => queue.queueId),
    }, this.#ms());
  }

  /** Offers are made known after the present input is done with; a failed one goes to the next operator. */
  #dispatch(decisions: Decision[]): void {
    for (const decision of decisions) {
      const operator = this.#operators.get(decision.operatorId)!;
      const work = this.#works.get(decision.workId)!;
      operator.offerId = decision.offerId;
      void this.#change(operator, "offered", null, decision.workId);
      const { device, sipContact, sipUser } = operator.row;
      void this.#deps.offer(work.nodeId, { callId: decision.workId, offerId: decision.offerId, operatorId: decision.operatorId, device, contact: sipContact, sipUser })
        .catch(() => false).then((taken) => { if (!taken) this.offerClosed(decision.offerId, decision.operatorId, "withdrawn"); });
    }
  }

  /** Changes a state in memory at once and, durably, in the table; floors and the operator's desk hear of it. Resolves when written. */
  #change(operator: Operator, state: OperatorState, reason: string | null, interactionId: string | null = null): Promise<void> {
    const at = this.#now();
    const before = { state: operator.state, reason: operator.reason, interaction_id: operator.interactionId, started_at: operator.since.toISOString() };
    // Those who were offered a call and did not get it keep their place among the idle.
    if (state === "ready" && operator.state !== "offered") operator.idleSince = at;
    Object.assign(operator, { state, reason, since: at, interactionId });
    if (state !== "offered") operator.offerId = null;
    const row: StateRow = { operator_id: operator.row.id, state, reason, since: at.toISOString(), idle_since: operator.idleSince.toISOString(), interaction_id: interactionId, before };
    return this.#deps.writer.write({ states: [row] }).then(() => this.#tell(operator), (error: unknown) => { if (!isDatabaseAway(error)) this.#deps.ctx.log.error({ err: error, operatorId: operator.row.id }, "operator state not written"); });
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
    this.#works.set(work.workId, work);
    this.#dispatch(this.#engine.addWork(work, this.#ms()));
  }

  removeWork(workId: string): void {
    if (!this.#works.delete(workId)) return;
    this.#dispatch(this.#engine.removeWork(workId, this.#ms()));
  }

  /** A node tells of a call it already has in an operator's hands, after the router was away. */
  adopt(work: Work, operatorId: string): void {
    if (this.#works.has(work.workId) || !this.#operators.has(operatorId)) return;
    this.#works.set(work.workId, work);
    this.#engine.adoptWork(work, operatorId, this.#ms());
  }

  offerClosed(offerId: string, operatorId: string, why: "accepted" | "declined" | "missed" | "failed" | "withdrawn"): void {
    const operator = this.#operators.get(operatorId);
    if (!operator || operator.offerId !== offerId) return;
    const workId = operator.interactionId!;
    if (why === "accepted") {
      void this.#change(operator, "talking", null, workId);
      this.#engine.acceptOffer(offerId, this.#ms());
      return;
    }
    const ready = why === "withdrawn";
    void this.#change(operator, ready ? "ready" : "not_ready", ready ? null : why);
    this.#dispatch(this.#engine.refuseOffer(offerId, this.#ms(), { reason: why === "declined" || why === "missed" ? why : "failed", operatorReady: ready, idleSinceMs: operator.idleSince.getTime() }));
  }

  /** Takes an operator for an outgoing call; refused when they are not free. */
  async claim(operatorId: string, interactionId: string): Promise<void> {
    const operator = this.#get(operatorId);
    if (operator.state !== "ready" && operator.state !== "not_ready") throw conflict("operator_busy");
    const written = this.#change(operator, "talking", "outgoing", interactionId);
    this.#dispatch(this.#tellEngine(operator));
    await written;
  }

  callEnded(operatorId: string, interactionId: string, wrapUp: boolean): void {
    const operator = this.#operators.get(operatorId);
    const known = this.#works.delete(interactionId);
    if (operator?.interactionId === interactionId && operator.state !== "wrap_up") void this.#change(operator, wrapUp ? "wrap_up" : "ready", null, wrapUp ? interactionId : null);
    if (known) this.#dispatch(this.#engine.finishWork(interactionId, this.#ms(), { operatorReady: !wrapUp }));
    else if (operator) this.#dispatch(this.#tellEngine(operator));
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

  /** After a restart: whoever was ringing or talking through a call that no longer lives is let go. */
  release(operatorId: string, interactionId: string, wrapUp: boolean): void {
    const operator = this.#operators.get(operatorId);
    if (operator?.interactionId !== interactionId || operator.state === "wrap_up") return;
    void this.#change(operator, wrapUp ? "wrap_up" : "ready", null, wrapUp ? interactionId : null);
    this.#dispatch(this.#tellEngine(operator));
  }

  position(workId: string): { position: number | null; expectedWaitMs: number | null } {
    return { position: this.#engine.position(workId), expectedWaitMs: this.#engine.expectedWaitMs(workId, this.#ms()) };
  }

  explain(workId: string): unknown { return this.#engine.explain(workId, this.#ms()); }
}

const view = (operator: Operator): OperatorNow => ({
  operatorId: operator.row.id, name: operator.row.name, state: operator.state, reason: operator.reason, since: operator.since.toISOString(), interactionId: operator.interactionId, device: operator.row.device,
});
