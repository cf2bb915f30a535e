import { spawn } from "node:child_process";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { MediaFull, MediaRefused } from "./engine.ts";
import type { MediaEvent, MediaRefusalCode } from "./engine.ts";
import { parseAddress } from "./options.ts";
import type { MediaOptions } from "./options.ts";
import { Wire } from "./wire.ts";
import type { FromWorker } from "./wire.ts";

export type Log = (level: "info" | "warn" | "error", message: string, fields: Record<string, unknown>) => void;

/** How a media process is reached: spawned by us or found at an address. */
export type Reach = { spawn: MediaOptions } | { address: string };

export interface LinkListener {
  event(event: MediaEvent): void;
  /** The process or the channel to it is gone; another will be tried. */
  died(): void;
  log: Log;
}

interface Waiting { resolve: (value: unknown) => void; reject: (error: Error) => void }

const firstPauseMs = 100;
const mostPauseMs = 5_000;
/** A process that does not answer for so long is hung: its calls are deaf, so it goes. */
const pingEveryMs = 2_000;
const mostSilenceMs = 10_000;
/** Having lived this long, a process is not dying repeatedly. */
const livedWellMs = 10_000;

const asError = ({ code, message }: { code: string; message: string }): Error => {
  if (code === "media_full") return new MediaFull(message);
  return code === "bug" ? new Error(message) : new MediaRefused(code as MediaRefusalCode, message);
};

/** One media process as seen by the engine: requests, events, and its resurrection. */
export class Link {
  readonly #reach: Reach;
  readonly #listener: LinkListener;
  readonly #waiting = new Map<number, Waiting>();
  #wire: Wire | null = null;
  #nextId = 1;
  #pauseMs = firstPauseMs;
  #startedMs = 0;
  #isStopping = false;
  #timer: NodeJS.Timeout | null = null;
  #exited: Promise<void> = Promise.resolve();
  #kill: () => void = () => {};
  pid: number | null = null;
  #answeredMs = 0;
  readonly #pinger: NodeJS.Timeout;

  constructor(reach: Reach, listener: LinkListener) {
    this.#reach = reach;
    this.#listener = listener;
    this.#start();
    this.#pinger = setInterval(() => this.#ping(), pingEveryMs).unref();
  }

  #ping(): void {
    if (!this.#wire) return;
    if (performance.now() - this.#answeredMs > mostSilenceMs) {
      this.#listener.log("error", "media process does not answer", { pid: this.pid });
      this.#wire.destroy();
    }
    this.request("load", []).catch(() => {});
  }

  get isAlive(): boolean {
    return this.#wire !== null;
  }

  #start(): void {
    this.#startedMs = performance.now();
    this.#answeredMs = this.#startedMs;
    const stream = "spawn" in this.#reach ? this.#spawn(this.#reach.spawn) : connect(parseAddress(this.#reach.address));
    const wire: Wire = new Wire(stream, (message: FromWorker) => this.#receive(message), () => this.#closed(wire));
    this.#wire = wire;
  }

  #spawn(options: MediaOptions): Duplex {
    const script = fileURLToPath(new URL("./process.ts", import.meta.url));
    const child = spawn(process.execPath, ["--max-semi-space-size=32", script, "--fd", JSON.stringify(options)], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    this.pid = child.pid ?? null;
    this.#exited = new Promise((resolve) => child.once("exit", () => resolve()));
    this.#kill = () => child.kill("SIGKILL");
    child.on("error", (error) => this.#listener.log("error", "media process did not start", { error: error.message }));
    return child.stdio[3] as Duplex;
  }

  #receive(message: FromWorker): void {
    this.#answeredMs = performance.now();
    if ("event" in message) this.#listener.event(message.event as MediaEvent);
    else if ("log" in message) this.#listener.log(message.log.level, message.log.message, message.log.fields);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ("error" in message) waiting?.reject(asError(message.error));
      else waiting?.resolve(message.value);
    }
  }

  #closed(wire: Wire): void {
    if (this.#wire !== wire) return;
    this.#wire = null;
    this.pid = null;
    // A process that lost its channel ends by itself; one that hangs must not keep the ports.
    if (!this.#isStopping) this.#kill();
    for (const { reject } of this.#waiting.values()) reject(new MediaRefused("gone", "the media process died"));
    this.#waiting.clear();
    if (this.#isStopping) return;
    this.#listener.died();
    if (performance.now() - this.#startedMs > livedWellMs) this.#pauseMs = firstPauseMs;
    this.#timer = setTimeout(() => this.#start(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, mostPauseMs);
  }

  /** Asks the process; rejects with what it refused, or `gone` when it died before answering. */
  request<T>(op: string, args: unknown[]): Promise<T> {
    const wire = this.#wire;
    if (!wire) return Promise.reject(new MediaRefused("gone", "the media process is being restarted"));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      wire.send({ id, op, args });
    });
  }

  /** Lets the process finish its recordings and end; kills it when it takes over five seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#pinger);
    if (this.#timer) clearTimeout(this.#timer);
    const wire = this.#wire;
    if (!wire) return;
    const killer = setTimeout(() => {
      this.#kill();
      wire.destroy();
    }, 5_000);
    await this.request("stop", []).catch(() => {});
    wire.end();
    await this.#exited;
    clearTimeout(killer);
    wire.destroy();
  }
}
