import { MediaFull, MediaRefused } from "./engine.ts";
import type { LegKind, LegRef, LegStats, MediaEngine, MediaEvent, PlayRequest, Recording } from "./engine.ts";
import { Link } from "./link.ts";
import type { Log, Reach } from "./link.ts";
import type { MediaOptions } from "./options.ts";
import { withDefaults } from "./options.ts";
import { repairWav } from "./wav.ts";
import type { MediaWorker, Closed } from "./worker.ts";

export interface MediaEngineOptions extends MediaOptions {
  /** Media processes to run. Default 2. */
  workers?: number;
  log?: Log;
}

/** A media engine that also tells about its processes. */
export interface ProcessMediaEngine extends MediaEngine {
  /** One entry a process; `pid` is null while it is being restarted or when it runs elsewhere. */
  processes(): { pid: number | null; calls: number }[];
}

/** Where a call lives, and what of it is there. */
interface Pin { link: Link; legs: Set<string>; recordingPath: string | null }

class PinnedEngine implements ProcessMediaEngine {
  readonly #links: Link[];
  readonly #pins = new Map<string, Pin>();
  readonly #listeners: ((event: MediaEvent) => void)[] = [];
  readonly #log: Log;
  #isStopping = false;
  #onEmpty: (() => void) | null = null;

  constructor(reaches: Reach[], log: Log) {
    this.#log = log;
    this.#links = reaches.map((reach) => {
      const link: Link = new Link(reach, { event: (event) => this.#tell(event), died: () => this.#died(link), log });
      return link;
    });
  }

  on(listener: (event: MediaEvent) => void): void {
    this.#listeners.push(listener);
  }

  #tell(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #died(link: Link): void {
    const calls: string[] = [];
    for (const [id, pin] of this.#pins) {
      if (pin.link !== link) continue;
      calls.push(id);
      this.#pins.delete(id);
      if (pin.recordingPath) this.#repair(pin.recordingPath);
    }
    this.#log("error", "media process died", { calls: calls.length });
    this.#tell({ kind: "died", calls });
    if (this.#pins.size === 0) this.#onEmpty?.();
  }

  #repair(path: string): void {
    repairWav(path).catch((error: unknown) => this.#log("warn", "recording could not be repaired", { path, error: String(error) }));
  }

  #linkOf(call: string): Link {
    const pin = this.#pins.get(call);
    if (!pin) throw new MediaRefused("unknown_leg", `no call ${call}`);
    return pin.link;
  }

  #callsOn(link: Link): number {
    let calls = 0;
    for (const pin of this.#pins.values()) if (pin.link === link) calls++;
    return calls;
  }

  /** Opens a leg where its call lives, or wherever there is room for a new call, the least loaded process first. */
  async #open(ref: LegRef, op: "answer" | "offer", args: unknown[]): Promise<string> {
    const pin = this.#pins.get(ref.call);
    if (pin) {
      const sdp = await pin.link.request<string>(op, args);
      pin.legs.add(ref.leg);
      return sdp;
    }
    if (this.#isStopping) throw new MediaFull("media is stopping");
    const links = this.#links.filter((link) => link.isAlive)
      .map((link) => ({ link, calls: this.#callsOn(link) })).sort((a, b) => a.calls - b.calls);
    let full: unknown = new MediaFull("no media process is running");
    for (const { link } of links) {
      const pin: Pin = { link, legs: new Set([ref.leg]), recordingPath: null };
      this.#pins.set(ref.call, pin);
      try {
        return await link.request<string>(op, args);
      } catch (error) {
        if (this.#pins.get(ref.call) === pin) this.#unpin(ref.call);
        if (!(error instanceof MediaFull)) throw error;
        full = error;
      }
    }
    throw full;
  }

  #unpin(call: string): void {
    this.#pins.delete(call);
    if (this.#pins.size === 0) this.#onEmpty?.();
  }

  answer(ref: LegRef, kind: LegKind, offerSdp: string, signalledFrom?: string | null): Promise<string> {
    return this.#open(ref, "answer", [ref, kind, offerSdp, plainAddress(signalledFrom)]);
  }

  offer(ref: LegRef): Promise<string> {
    return this.#open(ref, "offer", [ref]);
  }

  /** One operation on a call that must exist. */
  async #on<Op extends keyof MediaWorker>(call: string, op: Op, args: unknown[]): Promise<void> {
    await this.#linkOf(call).request<null>(op as string, args);
  }

  accept(ref: LegRef, answerSdp: string, signalledFrom?: string | null): Promise<void> {
    return this.#on(ref.call, "accept", [ref, answerSdp, plainAddress(signalledFrom)]);
  }

  connect(call: string, legA: string, legB: string): Promise<void> {
    return this.#on(call, "connect", [call, legA, legB]);
  }

  disconnect(ref: LegRef): Promise<void> {
    return this.#on(ref.call, "disconnect", [ref]);
  }

  play(ref: LegRef, request: PlayRequest): Promise<void> {
    return this.#on(ref.call, "play", [ref, request]);
  }

  stopPlay(ref: LegRef): Promise<void> {
    return this.#on(ref.call, "stopPlay", [ref]);
  }

  mute(ref: LegRef, muted: boolean): Promise<void> {
    return this.#on(ref.call, "mute", [ref, muted]);
  }

  sendDigits(ref: LegRef, digits: string): Promise<void> {
    return this.#on(ref.call, "sendDigits", [ref, digits]);
  }

  async record(call: string, path: string, legs: { left: string; right: string }): Promise<void> {
    await this.#on(call, "record", [call, path, legs]);
    const pin = this.#pins.get(call);
    if (pin) pin.recordingPath = path;
    else this.#repair(path);
  }

  async stopRecording(call: string): Promise<Recording | null> {
    const pin = this.#pins.get(call);
    if (!pin) return null;
    const recording = await pin.link.request<Recording | null>("stopRecording", [call]);
    pin.recordingPath = null;
    if (pin.legs.size === 0) this.#unpin(call);
    return recording;
  }

  async hangup(ref: LegRef): Promise<LegStats | null> {
    const pin = this.#pins.get(ref.call);
    if (!pin) return null;
    const stats = await pin.link.request<LegStats | null>("hangup", [ref]);
    pin.legs.delete(ref.leg);
    if (pin.legs.size === 0 && pin.recordingPath === null && this.#pins.get(ref.call) === pin) this.#unpin(ref.call);
    return stats;
  }

  async close(call: string): Promise<Closed> {
    const pin = this.#pins.get(call);
    if (!pin) return { legs: {}, recording: null };
    const closed = await pin.link.request<Closed>("close", [call]);
    if (this.#pins.get(call) === pin) this.#unpin(call);
    return closed;
  }

  async stats(ref: LegRef): Promise<LegStats | null> {
    return (await this.#pins.get(ref.call)?.link.request<LegStats | null>("stats", [ref])) ?? null;
  }

  async load(): ReturnType<MediaEngine["load"]> {
    const total = { rtpLegs: 0, webrtcLegs: 0, rtpLimit: 0, webrtcLimit: 0 };
    const alive = this.#links.filter((link) => link.isAlive);
    for (const load of await Promise.all(alive.map((link) => link.request<typeof total>("load", [])))) {
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += load[key];
    }
    return total;
  }

  processes(): { pid: number | null; calls: number }[] {
    return this.#links.map((link) => ({ pid: link.pid, calls: this.#callsOn(link) }));
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#pins.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await Promise.all(this.#links.map((link) => link.stop()));
  }
}

const noLog: Log = () => {};

/** A socket for both families names IPv4 peers `::ffff:192.0.2.1`; media knows them as `192.0.2.1`. */
const plainAddress = (address: string | null | undefined): string | null => address?.replace(/^::ffff:(?=\d+\.)/i, "") ?? null;

/** Each process gets its own even-numbered share of the ports. */
function sharePorts([from, to]: [number, number], shares: number): [number, number][] {
  const first = from + (from & 1);
  const each = Math.floor((to - first + 1) / shares / 2) * 2;
  if (each < 2) throw new Error(`ports ${from}-${to} are too few for ${shares} media processes`);
  return Array.from({ length: shares }, (_, i) => [first + i * each, first + (i + 1) * each - 1]);
}

/** What each of so many processes is told: the same, and its own share of the ports. */
export function shareOptions(media: MediaOptions, shares: number): MediaOptions[] {
  const rtp = sharePorts(withDefaults(media).rtpPorts, shares);
  const webrtc = media.webrtcPorts && sharePorts(media.webrtcPorts, shares);
  return rtp.map((rtpPorts, i) => ({ ...media, rtpPorts, ...(webrtc ? { webrtcPorts: webrtc[i]! } : {}) }));
}

/** Says once, at the start, which ports there are and how many phones they are for. */
export function tellPorts(shares: MediaOptions[], log: Log): void {
  const ranges = shares.map((share) => withDefaults(share).rtpPorts);
  const pairs = ranges.reduce((sum, [from, to]) => sum + (to - from + 1) / 2, 0);
  log("info", "ports for RTP", { from: ranges[0]![0], to: ranges.at(-1)![1], pairs, processes: shares.length });
}

/**
 * An engine whose media runs in processes of its own on this machine. Returns at once; requests wait until a process
 * is up. A process that dies is replaced within a second; its calls are named in a `died` event.
 */
export function createMediaEngine(options: MediaEngineOptions = {}): ProcessMediaEngine {
  const { workers = 2, log = noLog, ...media } = options;
  const shares = shareOptions(media, workers);
  tellPorts(shares, log);
  return new PinnedEngine(shares.map((spawn) => ({ spawn })), log);
}

/** An engine whose media processes run elsewhere (`process.ts --listen`); a lost channel counts as a dead process. */
export function connectMediaEngine(options: { address: string | string[]; log?: Log }): ProcessMediaEngine {
  const addresses = typeof options.address === "string" ? [options.address] : options.address;
  return new PinnedEngine(addresses.map((address) => ({ address })), options.log ?? noLog);
}
