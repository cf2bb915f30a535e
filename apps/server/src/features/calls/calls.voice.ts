import { join } from "node:path";
import type { SipStack } from "@linija/sip";
import type { MediaEngine } from "@linija/media";
import type { Config } from "../../platform/config.ts";
import type { Ctx } from "../../platform/db.ts";
import { conflict, invalidField, isDatabaseAway, notFound, unavailable } from "../../platform/errors.ts";
import { newId, newSecret } from "../../platform/ids.ts";
import { gauge } from "../../platform/metrics.ts";
import type { Rpc } from "../../platform/rpc.ts";
import type { Language } from "../api.contract.ts";
import type { CallRow, LiveWriter } from "../interactions/index.ts";
import { asksForKeys } from "../ivr/index.ts";
import type { IvrBook } from "../ivr/index.ts";
import { selectContacts } from "../operators/index.ts";
import type { OfferOut, RouterClient } from "../queues/index.ts";
import { answerBrowser, callOperatorPhone, trunkUri } from "./calls.legs.ts";
import { isCallable } from "./calls.numbers.rules.ts";
import { heldBy } from "./calls.perform.ts";
import type { Caller } from "./calls.sql.ts";
import { newCall, startOutbound, type CallInput, type Device } from "./calls.machine.ts";
import { plainText } from "./calls.text.rules.ts";
import { CallRunner, type ClientLine, type VoiceDeps } from "./calls.runner.ts";

/** What declarations say about numbers, queues and hours; given by `main.ts` so that call control knows no files. */
export interface Plan {
  book: IvrBook;
  flowOf(dialled: string): string | null;
  answerByOperator(flow: string): boolean;
  openProjects(at: Date): Record<string, boolean>;
  findQueue: VoiceDeps["findQueue"];
  callerId(projectKey: string): string;
  recording(projectKey: string | null): boolean;
  defaultLanguage(flow: string): Language;
}

export interface VoiceOptions {
  ctx: Ctx; config: Config; rpc: Rpc; writer: LiveWriter; media: MediaEngine; router: RouterClient; plan: Plan;
  prompts: string;
  isDatabaseHung(): boolean;
  /** Whose cards have this number, the last changed first: for the card before the answer, and the language. */
  findClients(number: string): Promise<Caller[]>;
  callback(call: CallbackWanted): Promise<void>;
  /** What came of calling out for a ticket. */
  callbackTried(ticketId: string, tried: { result: "reached" | "missed"; operatorId: string }): Promise<void>;
}
/** `projectKey` is null for a caller who had not chosen a project yet. */
export interface CallbackWanted { interactionId: string; projectKey: string | null; queueId: string | null; clientId: string | null; phone: string; language: Language; reason: "asked" | "abandoned" | "interrupted" }

const DATABASE_RETRY_MS = 200;
const LAST_WORDS_MS = 5_000;
/** The desk asks for the line right after it has pressed: by then the router should know what came of it. */
const ROUTER_HEARS_MS = 500;
const liveCalls = gauge("calls_live", "Calls alive on this node");

/** The voice role: all live calls of this node and what other roles may ask of them. */
export class Voice {
  readonly options: VoiceOptions;
  readonly #runners = new Map<string, CallRunner>();
  readonly #tokens = new Map<string, string>();
  /** Of web calls that are over: their pages ask what was promised. */
  readonly #pastTokens = new Map<string, string>();
  readonly #deaf = new Set<string>();
  readonly #seen = new Map<string, string>();
  #deps: VoiceDeps;
  #stack: SipStack | null = null;
  #draining = false;

  constructor(options: VoiceOptions) {
    this.options = options;
    const { ctx, config, rpc, writer, media, router, plan } = options;
    this.#deps = {
      ctx, config, writer, media, router, nodeId: rpc.nodeId, prompts: options.prompts, recordings: join(config.LINIJA_DATA, "recordings"),
      stack: () => { if (!this.#stack) throw unavailable(); return this.#stack; },
      findQueue: plan.findQueue, callerId: plan.callerId,
      contactOf: async ({ contact, sipUser }) => contact ?? (sipUser ? (await selectContacts(ctx.db, sipUser))[0]?.contact ?? null : null),
      callback: (runner, reason) => this.#callback(runner, reason),
      callbackTried: options.callbackTried,
      ended: (runner) => this.#ended(runner),
    };
    media.on((event) => {
      if (event.kind === "died") for (const id of event.calls) this.#mediaDied(id);
      else this.#runners.get(event.call)?.onMedia(event);
    });
    this.#expose(rpc);
  }

  #ended({ id }: CallRunner): void {
    this.#runners.delete(id);
    liveCalls.set(this.#runners.size);
    const token = this.#tokens.get(id);
    if (token === undefined) return;
    this.#tokens.delete(id);
    this.#pastTokens.set(id, token);
    if (this.#pastTokens.size > MOST_SEEN) this.#pastTokens.delete(this.#pastTokens.keys().next().value!);
  }

  /** Remembers from where a number called, so that an installation without a trunk can call it back. */
  saw(number: string, contact: string): void {
    this.#seen.delete(number);
    this.#seen.set(number, contact);
    if (this.#seen.size > MOST_SEEN) this.#seen.delete(this.#seen.keys().next().value!);
  }

  /** Where an outside number is reached: the trunk; without one, the phone that last called from this number. */
  #reach(number: string): string {
    const { SIP_TRUNK } = this.options.config;
    const uri = SIP_TRUNK ? trunkUri(SIP_TRUNK, number) : this.#seen.get(number);
    if (!uri) throw invalidField("number", "no_trunk");
    return uri;
  }

  /** The media of a call may die between its answer and its first row: it is then told once there is a call. */
  #mediaDied(id: string): void {
    const runner = this.#runners.get(id);
    if (runner) runner.feed({ on: "media_died" });
    else this.#deaf.add(id);
    if (this.#deaf.size > 10_000) this.#deaf.clear();
  }

  useStack(stack: SipStack): void { this.#stack = stack; }
  get live(): number { return this.#runners.size; }
  get ids(): string[] { return [...this.#runners.keys()]; }
  get full(): boolean { return this.#runners.size >= this.options.config.SIP_CALLS_MAX; }
  get draining(): boolean { return this.#draining; }
  get databaseAway(): boolean { return this.options.writer.away || this.options.isDatabaseHung(); }

  #expose(rpc: Rpc): void {
    rpc.expose("calls.offer", (offer: OfferOut) => this.#offer(offer));
    rpc.expose("calls.accept", (p: { callId: string; offerId: string; operatorId: string; sdp: string; desk: string }) => this.#get(p.callId, "offer_gone").accept(p.offerId, p.operatorId, p));
    rpc.expose("calls.decline", (p: { callId: string; offerId: string; operatorId: string }) => this.#decline(p));
    rpc.expose("calls.attach", (p: { callId: string; operatorId: string; sdp: string; desk: string; take: boolean }) => this.#get(p.callId).attach(p.operatorId, p));
    rpc.expose("calls.control", (p: { callId: string; operatorId: string; input: CallInput }) => this.#control(p));
    rpc.expose("calls.held", () => [...this.#runners.values()].map(heldBy).filter((held) => held !== null));
    rpc.expose("calls.state", (p: { callId: string }) => this.#state(p.callId));
    rpc.expose("calls.dial", (p: DialOut) => this.#dial(p));
    rpc.expose("calls.web", (p: WebCall) => this.#web(p));
    rpc.expose("calls.web_hang_up", (p: { callId: string; token: string }) => { if (this.#tokens.get(p.callId) === p.token) this.#runners.get(p.callId)?.feed({ on: "client_gone" }); });
    rpc.expose("calls.web_knows", (p: { callId: string; token: string }) => (this.#tokens.get(p.callId) ?? this.#pastTokens.get(p.callId)) === p.token);
    rpc.expose("calls.web_state", (p: { callId: string; token: string }) => this.#webState(p));
    rpc.expose("calls.set_client", (p: { callId: string; clientId: string }) => { const runner = this.#runners.get(p.callId); if (runner) runner.row.client_id = p.clientId; });
  }

  #get(callId: string, gone = "call_over"): CallRunner {
    const runner = this.#runners.get(callId);
    if (!runner) throw conflict(gone);
    return runner;
  }

  /** The router offers this call to an operator; false when it no longer waits. */
  #offer(out: OfferOut): boolean {
    const runner = this.#runners.get(out.callId);
    if (!runner || runner.call.state.at !== "waiting") return false;
    runner.offered.set(out.offerId, out);
    runner.feed({ on: "offer", offerId: out.offerId, operatorId: out.operatorId, device: out.device });
    return true;
  }

  #decline(p: { callId: string; offerId: string; operatorId: string }): void {
    const { state } = this.#get(p.callId, "offer_gone").call;
    if (state.at !== "offered" || state.offerId !== p.offerId || state.operatorId !== p.operatorId || this.#get(p.callId).accepting) throw conflict("offer_gone");
    this.#get(p.callId).feed({ on: "offer_refused", offerId: p.offerId, why: "declined" });
  }

  async #control(p: { callId: string; operatorId: string; input: CallInput }): Promise<void> {
    const runner = this.#get(p.callId);
    const { state } = runner.call;
    if (!("operatorId" in state) || state.operatorId !== p.operatorId) throw conflict("call_over");
    runner.feed(p.input);
    await runner.settled();
    await runner.heard(ROUTER_HEARS_MS);
  }

  #state(callId: string) {
    const runner = this.#runners.get(callId);
    const state = runner?.call.state;
    if (!runner || !state) return null;
    const talking = state.at === "talking" ? state : null;
    return { at: state.at, held: talking?.held ?? false, muted: talking?.muted ?? false, legUp: talking ? talking.operatorHere : state.at === "dialling" && state.operatorHere, legDesk: runner.desk };
  }

  // --- calls that begin ---------------------------------------------------------------------------------------------

  /** Writes the call's row, then lets the flow begin; resolves when the row is committed. `line` has been prepared. */
  async begin(given: Beginning): Promise<CallRunner> {
    const { ctx, plan, rpc, writer } = this.options;
    const callers = given.phone ? await this.options.findClients(given.phone) : [];
    const projectKey = given.flow === COMPANY ? null : given.flow;
    // The company's own number speaks to whoever it knows in their language; a project only to whom it knows itself.
    const known = given.language ?? callers.find(({ projects }) => projectKey === null || projects.includes(projectKey))?.language ?? null;
    const language = known ?? plan.defaultLanguage(given.flow);
    const at = ctx.now();
    const row: CallRow = { ...emptyRow(given.id, rpc.nodeId, at), direction: "in", project_key: projectKey, language, state: "ivr", from_number: given.phone ?? plainText(given.from, NUMBER), to_number: given.to, caller_name: plainText(given.name, NAME) };
    const call = newCall({ id: given.id, direction: "in", language, projectKey, answerByOperator: given.rings === true, recording: plan.recording(projectKey), clientUp: given.line.kind === "web" });
    const runner = new CallRunner(this.#deps, call, row, given.line);
    runner.callers = callers;
    this.#add(runner);
    const written = writer.write({ insert: row, events: [runner.fact("call.started", { from: row.from_number, to: row.to_number })] });
    runner.inserted = written;
    // A line that only rings has promised nothing yet: its row is committed together with the first offer, before any phone rings.
    if (call.answerByOperator) written.catch(() => runner.feed({ on: "media_died" }));
    else await written.catch((error: unknown) => { this.#deps.ended(runner); throw error; });
    runner.feed({ on: "start", book: plan.book, flow: given.flow, facts: { dialledNumber: given.to, callerNumber: given.phone, language: known, open: plan.openProjects(at) } });
    if (this.#deaf.delete(given.id)) runner.feed({ on: "media_died" });
    return runner;
  }

  #add(runner: CallRunner): void {
    this.#runners.set(runner.id, runner);
    liveCalls.set(this.#runners.size);
  }

  /** "Call us" of a web page: the browser's offer is answered at once, the rest is as with any call. */
  async #web(p: WebCall): Promise<{ id: string; token: string; sdp: string }> {
    if (this.#draining || this.full) throw unavailable("line_full", 5);
    const id = newId();
    const { media } = this.options;
    const sdp = await answerBrowser(media, { call: id, leg: "client" }, p.sdp);
    const token = newSecret();
    this.#tokens.set(id, token);
    try {
      await this.begin({ id, flow: p.project, from: "", name: p.name ?? "", to: p.project, phone: p.phone, line: { kind: "web" }, language: p.language });
    } catch (error) {
      this.#tokens.delete(id);
      await media.close(id).catch(() => undefined);
      throw error;
    }
    return { id, token, sdp };
  }

  async #webState(p: { callId: string; token: string }) {
    if (this.#tokens.get(p.callId) !== p.token) throw notFound("call", p.callId);
    const runner = this.#get(p.callId);
    const place = runner.call.state.at === "waiting" ? await this.options.router.position(p.callId) : { position: null, expectedWaitMs: null };
    return { state: runner.row.state, ...place, keys: runner.call.state.at === "ivr" && runner.call.ivr !== null && asksForKeys(runner.call.ivr), callback: null };
  }

  /** An operator calls out. With a phone as device the phone rings first; with a browser its audio is there already. */
  async #dial(p: DialOut): Promise<{ id: string; sdp: string | null }> {
    const { ctx, rpc, writer, router, media, plan } = this.options;
    if (this.#draining || this.full) throw unavailable("line_full", 5);
    const id = newId();
    const row: CallRow = {
      ...emptyRow(id, rpc.nodeId, ctx.now()), direction: "out", project_key: p.projectKey, client_id: p.clientId, operator_id: p.operatorId, ticket_id: p.ticketId, language: p.language,
      state: "dialling", from_number: plan.callerId(p.projectKey), to_number: p.number,
    };
    const call = newCall({ id, direction: "out", language: p.language, projectKey: p.projectKey, answerByOperator: false, recording: plan.recording(p.projectKey), clientUp: false });
    const runner = new CallRunner(this.#deps, call, row, { kind: "trunk", call: null, uri: this.#reach(p.number) });
    await router.claim(p.operatorId, id);
    let sdp: string | null = null;
    try {
      if (p.device === "browser") { sdp = await answerBrowser(media, runner.operatorRef, p.sdp!); runner.operatorLeg = true; runner.desk = p.desk; }
      this.#add(runner);
      await writer.write({ insert: row, events: [runner.fact("call.started", { from: row.from_number, to: row.to_number })] });
    } catch (error) {
      this.#deps.ended(runner);
      await media.close(id).catch(() => undefined);
      await router.callEnded(p.operatorId, id, false).catch(() => undefined);
      throw error;
    }
    runner.begin(startOutbound(call, p.operatorId, p.device));
    if (p.device === "phone") await callOperatorPhone(runner, { operatorId: p.operatorId, contact: p.contact, sipUser: p.sipUser });
    return { id, sdp };
  }

  /** Made before the end is written, so that no instant of a crash loses it; idempotent per call; never rejects. */
  async #callback(runner: CallRunner, reason: CallbackWanted["reason"]): Promise<void> {
    const { row } = runner;
    if (row.direction !== "in" || !isCallable(row.from_number)) return;
    const wanted: CallbackWanted = { interactionId: row.id, projectKey: runner.call.projectKey ?? row.project_key, queueId: row.queue_id, clientId: row.client_id, phone: row.from_number, language: row.language as Language, reason };
    for (;;) {
      try {
        await this.options.callback(wanted);
        return;
      } catch (error) {
        if (!isDatabaseAway(error)) { this.options.ctx.log.error({ err: error, callId: row.id }, "a callback could not be registered"); return; }
      }
      // What was promised is kept: the end of the call is not written before this is.
      await new Promise((resolve) => setTimeout(resolve, DATABASE_RETRY_MS));
    }
  }

  /** Refuses new calls and lets live ones finish, for so long. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const deadline = Date.now() + graceMs;
    while (this.#runners.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  /** Ends what is left as interrupted; without a database that stays for the next start to write. */
  async stop(): Promise<void> {
    this.#draining = true;
    const left = [...this.#runners.values()];
    for (const runner of left) runner.feed({ on: "media_died" });
    await Promise.race([Promise.all(left.map(async (runner) => { await runner.settled(); await runner.heard(LAST_WORDS_MS); })), new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
    await this.#stack?.close(2_000);
  }
}

const MOST_SEEN = 5_000;
/** Most characters kept of what a line says who calls. */
const NAME = 80;
const NUMBER = 64;

/** The key of the company's own flow, which belongs to no project. */
const COMPANY = "company";

interface Beginning { id: string; flow: string; from: string; /** What the caller or their line calls them; "" when nothing. */ name: string; to: string; phone: string | null; line: ClientLine; /** It only rings until an operator answers. */ rings?: boolean; language?: Language | undefined }

const emptyRow = (id: string, nodeId: string, at: Date) => ({
  id, caller_name: "", channel: "voice" as const, client_id: null, queue_id: null, operator_id: null, ticket_id: null, outcome: null, priority: 0, node_id: nodeId, started_at: at.toISOString(),
  queued_at: null, answered_at: null, ended_at: null, recording_id: null, media_stats: null,
});

export interface WebCall { project: string; language?: Language | undefined; name?: string | undefined; phone: string | null; sdp: string }
export interface DialOut { operatorId: string; device: Device; contact: string | null; sipUser: string | null; number: string; projectKey: string; clientId: string | null; ticketId: string | null; language: Language; sdp: string | null; /** The tab of the desk that dials. */ desk: string }
