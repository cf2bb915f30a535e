import type { Duplex } from "node:stream";
import { MediaFull, MediaRefused } from "./engine.ts";
import type { LegKind, LegRef, MediaEvent, PlayRequest } from "./engine.ts";
import { Wire } from "./wire.ts";
import type { FromWorker, Request } from "./wire.ts";
import { MediaWorker } from "./worker.ts";
import type { WorkerOptions } from "./worker.ts";

type Operation = (worker: MediaWorker, args: never) => unknown;

/** The only operations a channel can ask for. */
const operations = new Map<string, Operation>(Object.entries({
  answer: (w, a: [LegRef, LegKind, string, string | null]) => w.answer(...a),
  offer: (w, a: [LegRef]) => w.offer(...a),
  accept: (w, a: [LegRef, string, string | null]) => w.accept(...a),
  connect: (w, a: [string, string, string]) => w.connect(...a),
  disconnect: (w, a: [LegRef]) => w.disconnect(...a),
  play: (w, a: [LegRef, PlayRequest]) => w.play(...a),
  stopPlay: (w, a: [LegRef]) => w.stopPlay(...a),
  mute: (w, a: [LegRef, boolean]) => w.mute(...a),
  sendDigits: (w, a: [LegRef, string]) => w.sendDigits(...a),
  record: (w, a: [string, string, { left: string; right: string }]) => w.record(...a),
  stopRecording: (w, a: [string]) => w.stopRecording(...a),
  hangup: (w, a: [LegRef]) => w.hangup(...a),
  close: (w, a: [string]) => w.close(...a),
  stats: (w, a: [LegRef]) => w.stats(...a),
  load: (w) => w.load(),
  drain: (w) => w.drain(),
  stop: (w) => w.stop(),
} satisfies Record<string, Operation>));

async function perform(worker: MediaWorker, { id, op, args }: Request): Promise<FromWorker> {
  try {
    const operation = operations.get(op);
    if (!operation || !Array.isArray(args)) throw new MediaRefused("unknown_leg", `no operation ${op}`);
    return { id, value: (await operation(worker, args as never)) ?? null };
  } catch (error) {
    if (error instanceof MediaRefused || error instanceof MediaFull) return { id, error: { code: error.code, message: error.message } };
    return { id, error: { code: "bug", message: error instanceof Error ? (error.stack ?? error.message) : String(error) } };
  }
}

/**
 * Serves one controller over one channel. The calls belong to the channel: when it closes, whoever could end them is
 * gone, so recordings are finished and everything is let go; `onGone` runs after that.
 */
export function serve(stream: Duplex, options: WorkerOptions, onGone: () => void): void {
  const report = (message: string, error: unknown): void => {
    wire.send({ log: { level: "warn", message, fields: { error: error instanceof Error ? error.message : String(error) } } });
  };
  const worker = new MediaWorker(options, (event: MediaEvent) => wire.send({ event }), report);
  const wire = new Wire(
    stream,
    (request: Request) => void perform(worker, request).then((reply) => wire.send(reply)),
    () => void worker.stop().finally(onGone),
  );
}
