import type { InboundCall, OutboundCall, SipStack } from "@linija/sip";
import type { MediaEngine, MediaEvent } from "@linija/media";
import type { Config } from "../../platform/config.ts";
import type { Ctx } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { StoredEvent } from "../../platform/events.ts";
import type { CallRow, LiveWriter, OfferRow, Unit } from "../interactions/index.ts";
import type { OfferOut, RouterClient } from "../queues/index.ts";
import { answerBrowser } from "./calls.legs.ts";
import { perform } from "./calls.perform.ts";
import type { Caller } from "./calls.sql.ts";
import { step, type Call, type CallInput, type QueuePlan, type Step } from "./calls.machine.ts";

/** What the runners of a node share. */
export interface VoiceDeps {
  ctx: Ctx;
  config: Config;
  nodeId: string;
  writer: LiveWriter;
  media: MediaEngine;
  router: RouterClient;
  stack(): SipStack;
  /** Folder of prompts and music. */
  prompts: string;
  recordings: string;
  findQueue(projectKey: string, queueKey: string): QueuePlan & { languages: string[]; skills: { skill: string; level: number }[]; priority: number };
  callerId(projectKey: string): string;
  contactOf(offer: { operatorId: string; contact: string | null; sipUser: string | null }): Promise<string | null>;
  callback(runner: CallRunner, reason: "asked" | "abandoned" | "interrupted"): Promise<void>;
  ended(runner: CallRunner): void;
  callbackTried(ticketId: string, tried: { result: "reached" | "missed"; operatorId: string }): Promise<void>;
}

export type ClientLine = { kind: "sip"; call: InboundCall; answerSdp: string } | { kind: "trunk"; call: OutboundCall | null; uri: string } | { kind: "web" };

/** States of an offer that was taken. */
const ANSWERED: ReadonlySet<string> = new Set(["accepted", "done"]);
/** After an answer that failed the operator may press again for so long. */
const ACCEPT_AGAIN_MS = 5_000;

/**
 * Runs one call: feeds inputs to the pure machine one at a time and performs what it returns, in order. It holds what
 * a machine may not: SIP dialogs, timers, media legs, the row. Nothing else changes a call.
 */
export class CallRunner {
  readonly deps: VoiceDeps;
  readonly row: CallRow;
  readonly client: ClientLine;
  call: Call;
  /** The dialog with the operator's SIP phone, when they work on one. */
  phone: OutboundCall | null = null;
  offer: { out: OfferOut; row: OfferRow } | null = null;
  /** Offers the router made and the machine has not looked at yet. */
  readonly offered = new Map<string, OfferOut>();
  recording: { id: string; path: string; startedAt: string } | null = null;
  /** Cards that have the caller's number, of whatever project. */
  callers: readonly Caller[] = [];
  /** The browser leg of the operator is in the engine. */
  operatorLeg = false;
  /** The desk that answered, dialled or took the sound: its browser holds that leg. */
  desk = "";
  /** The row of this call, on its way to the table; what names the call there waits for it. */
  inserted: Promise<void> = Promise.resolve();
  /** The callback ticket being made, if any; the call's end is written after it, so that no crash between loses it. */
  promised: Promise<void> = Promise.resolve();
  #told: Promise<unknown> = Promise.resolve();
  #mailbox: CallInput[] = [];
  #running: Promise<void> | null = null;
  #timers = new Map<string, NodeJS.Timeout>();
  #accepting = false;

  constructor(deps: VoiceDeps, call: Call, row: CallRow, client: ClientLine) {
    this.deps = deps;
    this.call = call;
    this.row = row;
    this.client = client;
  }

  get id(): string { return this.call.id; }
  get clientLeg() { return { call: this.id, leg: "client" }; }
  get operatorRef() { return { call: this.id, leg: "operator" }; }

  /** Takes an input in; it is worked on when those before it are done. */
  feed(input: CallInput): void {
    this.#mailbox.push(input);
    if (!this.#running) this.#run(this.#work());
  }

  /** The same with a step the caller computed (outgoing calls begin so). */
  begin(first: Step): void {
    // Its media may have died before it began.
    if (this.call.state.at === "ended") return;
    this.call = first.call;
    this.#run(this.#perform(first));
  }

  /** What came after the last look into the mailbox, and before this is known to be done, is worked on next. */
  #run(work: Promise<void>): void {
    this.#running = work.finally(() => {
      this.#running = null;
      if (this.#mailbox.length > 0) this.#run(this.#work());
    });
  }

  /** Resolves when nothing is left to do for now. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /**
   * Says something to the router, after what was said before. The call does not wait for it: a router that hangs must
   * stop nobody from talking. What one misses it learns when it asks what calls there are.
   */
  tell(what: string, message: () => Promise<unknown>): void {
    this.#told = this.#told.then(message).catch((error: unknown) => this.deps.ctx.log.warn({ callId: this.id, what, error: String(error) }, "the router did not hear of a call"));
  }

  /** Resolves when the router has heard everything, or after so long. */
  async heard(withinMs: number): Promise<void> {
    await Promise.race([this.#told, new Promise((resolve) => { setTimeout(resolve, withinMs).unref(); })]);
  }

  async #work(): Promise<void> {
    for (let input = this.#mailbox.shift(); input; input = this.#mailbox.shift()) {
      const next = this.#decide(input);
      this.call = next.call;
      await this.#perform(next);
    }
  }

  /** A mistake in what a call does next ends this call, for one that takes no input any more would live for ever. */
  #decide(input: CallInput): Step {
    const settings = { legReturnMs: this.deps.config.LEG_RETURN_MS };
    try {
      return step(this.call, input, settings);
    } catch (error) {
      this.deps.ctx.log.error({ err: error, callId: this.id, input: input.on }, "a call did not know what to do next; it is ended");
      return step(this.call, { on: "media_died" }, settings);
    }
  }

  async #perform(next: Step): Promise<void> {
    for (const effect of next.effects) {
      try {
        await perform(this, effect);
      } catch (error) {
        this.deps.ctx.log.error({ err: error, callId: this.id, effect: effect.do }, "a step of a call failed");
      }
    }
  }

  timer(name: string, ms: number): void {
    this.stopTimer(name);
    this.#timers.set(name, setTimeout(() => { this.#timers.delete(name); this.feed({ on: "timer", name }); }, ms));
  }

  stopTimer(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  now(): string { return this.deps.ctx.now().toISOString(); }

  fact(type: string, data: Record<string, unknown> = {}): StoredEvent {
    const { ctx } = this.deps;
    const things = [{ kind: "floor", id: "floor" }, ...(this.row.client_id ? [{ kind: "client", id: this.row.client_id }] : []), ...this.lines()];
    return { id: newId(), at: ctx.now(), type, subject: { kind: "call", id: this.id }, data: { ...data, client_id: this.row.client_id }, touches: things, actor: ctx.actor, depth: 0, requestId: this.id };
  }

  /** The operators whose line shows this call now. */
  lines(): { kind: string; id: string }[] {
    const ids = new Set([this.offer?.out.operatorId, this.row.operator_id].filter((id): id is string => Boolean(id)));
    return [...ids].map((id) => ({ kind: "line", id }));
  }

  /**
   * Who calls, once it is known which project is called: a card of that project and of no other. A number is only claimed
   * by who calls, and must open nobody's card to people who could not read it before.
   */
  identify(): void {
    const projectKey = this.call.projectKey ?? this.row.project_key;
    this.row.client_id ??= this.callers.find(({ projects }) => projectKey !== null && projects.includes(projectKey))?.id ?? null;
  }

  /** Writes the row as it now is, with what belongs to the same moment. */
  save(more: Unit = {}): Promise<void> {
    return this.deps.writer.write({ update: { ...this.row }, ...more });
  }

  /** The same, not waited for; what the database refuses is logged, and the sweep mends it. */
  store(more: Unit = {}): void {
    this.save(more).catch((error: unknown) => this.deps.ctx.log.error({ err: error, callId: this.id }, "a change of a call was not written"));
  }

  /** What the router offered under this id, kept until the machine rings. */
  takeOffer(offerId: string): OfferOut {
    const out = this.offered.get(offerId);
    this.offered.clear();
    if (!out) throw new Error(`no offer ${offerId}`);
    return out;
  }

  /** An operator's browser is answering: whoever decides otherwise now comes too late. */
  get accepting(): boolean { return this.#accepting; }

  /** The operator's browser answers with its SDP; the answer goes back to it. A gone offer is a conflict. */
  async accept(offerId: string, operatorId: string, { sdp, desk }: { sdp: string; desk: string }): Promise<string> {
    const ringing = () => this.call.state.at === "offered" && this.call.state.offerId === offerId && this.call.state.operatorId === operatorId && this.call.state.device === "browser";
    if (!ringing() || this.#accepting) throw conflict("offer_gone");
    this.#accepting = true;
    // Nobody is rung next while this answer is on its way.
    this.stopTimer(`ring:${offerId}`);
    try {
      const answer = await answerBrowser(this.deps.media, this.operatorRef, sdp);
      if (ringing()) {
        this.operatorLeg = true;
        this.desk = desk;
        this.feed({ on: "offer_answered", offerId });
        await this.settled();
      }
      // Also of a call that was answered and is over already: one outcome is written, and the same is told.
      if (this.offer?.row.id === offerId && ANSWERED.has(this.offer.row.state)) return answer;
      // The client was faster: hung up, or took another way out of the queue.
      this.operatorLeg = false;
      await this.deps.media.hangup(this.operatorRef).catch(() => null);
      throw conflict("offer_gone");
    } finally {
      this.#accepting = false;
      if (ringing()) this.timer(`ring:${offerId}`, ACCEPT_AGAIN_MS);
    }
  }

  /**
   * The operator's browser comes back after a reload or a lost network. Another desk of theirs gets the leg only when it
   * takes it, or when the one that had it is lost: two desks would otherwise pull the sound from each other for ever.
   */
  async attach(operatorId: string, { sdp, desk, take }: { sdp: string; desk: string; take: boolean }): Promise<string> {
    const { state } = this.call;
    const theirs = (state.at === "talking" || state.at === "dialling") && state.operatorId === operatorId && state.device === "browser";
    if (!theirs) throw conflict("call_over");
    if (state.operatorHere && desk !== this.desk && !take) throw conflict("leg_elsewhere");
    const before = this.desk;
    // Before the answer: who asks meanwhile, or sees the line, is told of the new desk.
    this.desk = desk;
    const answer = await answerBrowser(this.deps.media, this.operatorRef, sdp).catch((error: unknown) => {
      if (this.desk === desk) this.desk = before;
      throw error;
    });
    this.operatorLeg = true;
    this.feed({ on: "operator_back" });
    await this.settled();
    return answer;
  }

  onMedia(event: Exclude<MediaEvent, { kind: "died" }>): void {
    if (event.kind === "digit") { if (event.leg === "client") this.feed({ on: "digit", digit: event.digit }); return; }
    if (event.kind === "played") { if (event.leg === "client" && event.outcome !== "stopped") this.feed({ on: "played", playId: event.playId }); return; }
    if (event.kind === "lost") this.#lost(event.leg);
  }

  /** A browser that is silent is gone. A telephone may only be quiet (silence suppression): it is asked by OPTIONS, and its dialog ends if it does not know the call any more. */
  #lost(leg: string): void {
    if (leg === "operator" && !this.phone) { this.feed({ on: "operator_lost" }); return; }
    if (leg === "client" && this.client.kind === "web") { this.feed({ on: "client_gone" }); return; }
    const dialog = leg === "operator" ? this.phone : this.client.kind === "web" ? null : this.client.call;
    dialog?.ping().catch(() => undefined);
  }
}
