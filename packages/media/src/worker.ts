import { PCMA } from "./g711.ts";
import { Leg } from "./leg.ts";
import type { Transport } from "./leg.ts";
import { MediaFull, MediaRefused } from "./engine.ts";
import type { LegKind, LegRef, LegStats, MediaEvent, PlayRequest, Recording } from "./engine.ts";
import { PortPool } from "./ports.ts";
import { Player, Prompts } from "./prompts.ts";
import { Recorder } from "./recorder.ts";
import { RtpTransport } from "./rtp.transport.ts";
import type { LatchRule } from "./rtp.transport.ts";
import { chooseAudio, parseSdp } from "./sdp.ts";
import type { AudioChoice, Sdp } from "./sdp.ts";
import { ourDigitType, writeAnswer, writeOffer, writeWebrtcAnswer } from "./sdp.write.ts";
import type { LocalAudio } from "./sdp.write.ts";
import { Ticker } from "./ticker.ts";
import type { WebrtcTransport } from "./webrtc.transport.ts";

export interface WorkerOptions {
  rtpPorts: [from: number, to: number];
  /** Host written into SDP, and the address RTP sockets are bound to. */
  address: string; bindAddress: string;
  webrtcAddresses: string[];
  webrtcPorts: [from: number, to: number] | null;
  limits: { rtpLegs: number; webrtcLegs: number };
  watchdogMs: number; consentMs: number; quarantineMs: number;
  latch: LatchRule;
}

interface Call { legs: Map<string, Leg>; recorder: Recorder | null }
export interface Closed { legs: Record<string, LegStats>; recording: Recording | null }

const ticksPerSecond = 50;
const rtcpEverySeconds = 5;
/** Later than this and what we have suffers already: no new legs. */
const mostLatenessMs = 100;

/** All calls of one media process. Its methods are the operations of `MediaEngine`. */
export class MediaWorker {
  readonly #options: WorkerOptions;
  readonly #emit: (event: MediaEvent) => void;
  readonly #report: (message: string, error: unknown) => void;
  readonly #calls = new Map<string, Call>();
  readonly #legs = new Set<Leg>();
  readonly #ports: PortPool;
  readonly #prompts = new Prompts();
  readonly #ticker: Ticker;
  readonly #sdp = new Map<Leg, { sessionId: number; version: number; last: string }>();
  readonly #opening = { rtp: 0, webrtc: 0 };
  /** Legs being opened; hanging one up meanwhile must not leave it behind. */
  readonly #pending = new Set<{ ref: LegRef; isCancelled: boolean }>();
  #isStopping = false;

  constructor(options: WorkerOptions, emit: (event: MediaEvent) => void, report: (message: string, error: unknown) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#report = report;
    const [from, to] = options.rtpPorts;
    this.#ports = new PortPool({ from, to, bindAddress: options.bindAddress, quarantineMs: options.quarantineMs });
    this.#ticker = new Ticker((count) => this.#tick(count));
  }

  #tick(count: number): void {
    const nowMs = performance.now();
    for (const leg of this.#legs) if (leg.player || !leg.digits.isIdle) leg.tick(nowMs);
    // Spread over the second, so that no single tick carries the slow work of all calls.
    let turn = count;
    for (const leg of this.#legs) if (turn++ % ticksPerSecond === 0) this.#secondOf(leg, nowMs, Math.floor(count / ticksPerSecond));
    turn = count;
    for (const { recorder } of this.#calls.values()) if (turn++ % ticksPerSecond === 0) recorder?.advance(nowMs);
  }

  #secondOf(leg: Leg, nowMs: number, second: number): void {
    if ((second + leg.out.ssrc) % rtcpEverySeconds === 0) leg.sendRtcp();
    const silentMs = nowMs - leg.heardAtMs;
    const isLost = leg.kind === "webrtc" ? silentMs > this.#options.consentMs : silentMs > this.#options.watchdogMs && leg.choice?.mayHear === true;
    if (!isLost || leg.state === "lost" || !leg.choice) return;
    leg.markLost();
    if (leg.transport instanceof RtpTransport) leg.transport.unlatch();
  }

  #call(id: string): Call {
    let call = this.#calls.get(id);
    if (!call) this.#calls.set(id, (call = { legs: new Map(), recorder: null }));
    return call;
  }

  #find(ref: LegRef): Leg | null {
    return this.#calls.get(ref.call)?.legs.get(ref.leg) ?? null;
  }

  #need(ref: LegRef): Leg {
    const leg = this.#find(ref);
    if (!leg) throw new MediaRefused("unknown_leg", `call ${ref.call} has no leg ${ref.leg}`);
    return leg;
  }

  load(): { rtpLegs: number; webrtcLegs: number; rtpLimit: number; webrtcLimit: number; latenessMs: number } {
    let rtpLegs = this.#opening.rtp;
    for (const leg of this.#legs) if (leg.kind === "rtp") rtpLegs++;
    const webrtcLegs = this.#legs.size + this.#opening.webrtc - (rtpLegs - this.#opening.rtp);
    const { limits } = this.#options;
    // A leg takes a pair of ports: more than there are pairs would be a promise that cannot be kept.
    const rtpLimit = Math.min(limits.rtpLegs, this.#ports.pairs);
    return { rtpLegs, webrtcLegs, rtpLimit, webrtcLimit: limits.webrtcLegs, latenessMs: this.#ticker.latenessMs };
  }

  #admit(kind: LegKind): void {
    const load = this.load();
    if (this.#isStopping) throw new MediaFull("the media process is stopping");
    if (kind === "rtp" && load.rtpLegs >= load.rtpLimit) throw new MediaFull(`limit of ${load.rtpLimit} RTP legs reached`);
    if (kind === "webrtc" && load.webrtcLegs >= load.webrtcLimit) throw new MediaFull(`limit of ${load.webrtcLimit} browser legs reached`);
    if (load.latenessMs > mostLatenessMs) throw new MediaFull(`media runs ${Math.round(load.latenessMs)} ms late, no more legs now`);
  }

  #add(leg: Leg): Leg {
    const { call, leg: id } = leg.ref;
    const { legs, recorder } = this.#call(call);
    legs.set(id, leg);
    leg.channel = recorder?.channelOf(id) ?? null;
    this.#legs.add(leg);
    return leg;
  }

  #drop(leg: Leg): LegStats {
    const call = this.#calls.get(leg.ref.call);
    call?.legs.delete(leg.ref.leg);
    if (call && call.legs.size === 0 && !call.recorder) this.#calls.delete(leg.ref.call);
    this.#legs.delete(leg);
    this.#sdp.delete(leg);
    const stats = leg.stats();
    leg.close();
    return stats;
  }

  /** A new leg with its transport. It counts against the limit while it opens, so that a burst cannot pass it. */
  async #open(ref: LegRef, kind: LegKind, transportOf: (leg: Leg) => Promise<Transport>): Promise<Leg> {
    this.#admit(kind);
    const pending = { ref, isCancelled: false };
    this.#opening[kind]++;
    this.#pending.add(pending);
    const leg = new Leg(ref, kind, this.#emit);
    try {
      leg.transport = await transportOf(leg);
    } finally {
      this.#opening[kind]--;
      this.#pending.delete(pending);
    }
    if (!pending.isCancelled) return this.#add(leg);
    leg.close();
    throw new MediaRefused("gone", `leg ${ref.leg} was hung up while it opened`);
  }

  #cancel(isMeant: (ref: LegRef) => boolean): void {
    for (const pending of this.#pending) if (isMeant(pending.ref)) pending.isCancelled = true;
  }

  #openRtp(ref: LegRef): Promise<Leg> {
    return this.#open(ref, "rtp", async (leg) => new RtpTransport(leg, await this.#ports.lend(), this.#ports, this.#options.latch));
  }

  /** RFC 3264 §8: the version counts up when, and only when, what we say changes. */
  #say(leg: Leg, write: (local: LocalAudio) => string, port: number): string {
    const said = this.#sdp.get(leg) ?? { sessionId: leg.out.ssrc, version: 0, last: "" };
    const local = { address: this.#options.address, port, rtcpPort: port + 1, sessionId: said.sessionId, version: 0 };
    const bare = write(local);
    if (bare !== said.last) said.version++;
    said.last = bare;
    this.#sdp.set(leg, said);
    return write({ ...local, version: said.version });
  }

  async answer(ref: LegRef, kind: LegKind, offerSdp: string, signalledFrom?: string | null): Promise<string> {
    const offer = parseSdp(offerSdp);
    const choice = chooseAudio(offer, kind);
    const known = this.#find(ref);
    if (known && known.kind !== kind) throw new MediaRefused("unknown_leg", `leg ${ref.leg} is ${known.kind}, not ${kind}`);
    if (kind === "webrtc") return this.#answerWebrtc(ref, offer, choice);
    const leg = known ?? (await this.#openRtp(ref));
    const transport = leg.transport as RtpTransport;
    leg.apply(choice);
    transport.apply(choice, signalledFrom ?? null);
    return this.#say(leg, (local) => writeAnswer(local, offer, choice), transport.pair.port);
  }

  async #answerWebrtc(ref: LegRef, offer: Sdp, choice: AudioChoice): Promise<string> {
    const known = this.#find(ref);
    if (known) await this.#renew(known, choice);
    const leg = known ?? (await this.#open(ref, "webrtc", (leg) => this.#openWebrtc(leg, choice)));
    leg.apply(choice);
    const { secure, port } = (leg.transport as WebrtcTransport).local();
    return this.#say(leg, (local) => writeWebrtcAnswer(local, secure, offer, choice), port);
  }

  async #openWebrtc(leg: Leg, choice: AudioChoice): Promise<WebrtcTransport> {
    const { WebrtcTransport } = await import("./webrtc.transport.ts");
    const { webrtcAddresses, webrtcPorts } = this.#options;
    return WebrtcTransport.open(leg, choice, { addresses: webrtcAddresses, ports: webrtcPorts });
  }

  /** Another offer on a known leg: the same transport, the same on a new path, or a new one after a page reload. */
  async #renew(leg: Leg, choice: AudioChoice): Promise<void> {
    const { identityOf } = await import("./webrtc.transport.ts");
    const current = leg.transport as WebrtcTransport;
    if (identityOf(choice) === current.identity) {
      if (choice.media.ice!.ufrag !== current.ufrag) await current.restartIce(choice);
      return;
    }
    const fresh = await this.#openWebrtc(leg, choice);
    if (!this.#legs.has(leg) || leg.transport !== current) {
      fresh.close();
      throw new MediaRefused("gone", `leg ${leg.ref.leg} was hung up or replaced meanwhile`);
    }
    leg.transport = fresh;
    current.close();
    leg.state = "waiting";
    leg.out.breakSource();
  }

  async offer(ref: LegRef): Promise<string> {
    const leg = this.#find(ref) ?? (await this.#openRtp(ref));
    if (!(leg.transport instanceof RtpTransport)) throw new MediaRefused("unknown_leg", "only RTP legs can offer");
    const preferred = leg.choice?.law ?? PCMA;
    return this.#say(leg, (local) => writeOffer(local, preferred), leg.transport.pair.port);
  }

  async accept(ref: LegRef, answerSdp: string, signalledFrom?: string | null): Promise<void> {
    const choice = chooseAudio(parseSdp(answerSdp), "rtp");
    const leg = this.#need(ref);
    if (!(leg.transport instanceof RtpTransport)) throw new MediaRefused("unknown_leg", "only RTP legs have offered");
    leg.apply(choice, ourDigitType);
    leg.transport.apply(choice, signalledFrom ?? null);
  }

  async connect(call: string, legA: string, legB: string): Promise<void> {
    const a = this.#need({ call, leg: legA });
    const b = this.#need({ call, leg: legB });
    if (a === b) throw new MediaRefused("unknown_leg", "a leg cannot be connected to itself");
    for (const leg of [a, b]) {
      if (leg.peer !== a && leg.peer !== b) leg.disconnect();
      this.#endPlay(leg);
    }
    a.peer = b;
    b.peer = a;
  }

  async disconnect(ref: LegRef): Promise<void> {
    this.#need(ref).disconnect();
  }

  #endPlay(leg: Leg): void {
    leg.playCount++;
    leg.endPlay("stopped");
  }

  async play(ref: LegRef, request: PlayRequest): Promise<void> {
    const leg = this.#need(ref);
    this.#endPlay(leg);
    const mine = leg.playCount;
    const tell = (outcome: "stopped" | "failed"): void => this.#emit({ kind: "played", ...ref, playId: request.playId, outcome });
    try {
      const prompts = await Promise.all(request.files.map((file) => this.#prompts.get(file)));
      if (leg.playCount !== mine || !this.#legs.has(leg)) tell("stopped");
      else leg.player = new Player(request.playId, prompts, request.loop ?? false);
    } catch (error) {
      this.#report(`cannot play ${request.files.join(", ")}`, error);
      tell("failed");
    }
  }

  async stopPlay(ref: LegRef): Promise<void> {
    this.#endPlay(this.#need(ref));
  }

  async mute(ref: LegRef, muted: boolean): Promise<void> {
    this.#need(ref).isMuted = muted;
  }

  async sendDigits(ref: LegRef, digits: string): Promise<void> {
    const leg = this.#need(ref);
    if (!/^[0-9*#A-Da-d]{1,64}$/.test(digits)) throw new MediaRefused("no_digits", "digits are 0-9 * # A-D, at most 64 at once");
    if (!leg.canSendDigits) throw new MediaRefused("no_digits", `leg ${ref.leg} takes no digits`);
    await new Promise<void>((done) => leg.digits.add(digits, done));
  }

  async record(id: string, path: string, legs: { left: string; right: string }): Promise<void> {
    const call = this.#calls.get(id);
    if (!call) throw new MediaRefused("unknown_leg", `no call ${id}`);
    if (call.recorder) throw new MediaRefused("bad_file", `call ${id} is being recorded already`);
    const law = call.legs.get(legs.left)?.law ?? PCMA;
    const recorder = await Recorder.open({ path, legs, law, onFailure: (error) => this.#report(`recording ${path} failed`, error) });
    if (this.#calls.get(id) !== call || call.recorder) {
      await recorder.stop();
      throw new MediaRefused("unknown_leg", `call ${id} ended or was recorded meanwhile`);
    }
    call.recorder = recorder;
    for (const leg of call.legs.values()) leg.channel = recorder.channelOf(leg.ref.leg);
  }

  async stopRecording(id: string): Promise<Recording | null> {
    const call = this.#calls.get(id);
    const recorder = call?.recorder;
    if (!call || !recorder) return null;
    call.recorder = null;
    for (const leg of call.legs.values()) leg.channel = null;
    if (call.legs.size === 0) this.#calls.delete(id);
    return recorder.stop();
  }

  async hangup(ref: LegRef): Promise<LegStats | null> {
    this.#cancel(({ call, leg }) => call === ref.call && leg === ref.leg);
    const leg = this.#find(ref);
    return leg ? this.#drop(leg) : null;
  }

  async close(id: string): Promise<Closed> {
    this.#cancel(({ call }) => call === id);
    const recording = this.stopRecording(id);
    const legs: Record<string, LegStats> = {};
    for (const leg of this.#calls.get(id)?.legs.values() ?? []) legs[leg.ref.leg] = this.#drop(leg);
    this.#calls.delete(id);
    return { legs, recording: await recording };
  }

  async stats(ref: LegRef): Promise<LegStats | null> {
    return this.#find(ref)?.stats() ?? null;
  }

  /** From now on new legs are refused. */
  drain(): void {
    this.#isStopping = true;
  }

  /** Ends every call and finishes every recording. */
  async stop(): Promise<void> {
    this.drain();
    await Promise.all([...this.#calls.keys()].map((id) => this.close(id)));
    this.#ticker.stop();
    this.#ports.close();
  }
}
