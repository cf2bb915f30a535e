import { Worker } from "node:worker_threads";
import { AppError } from "../../platform/errors.ts";
import type { PrintOrder, PrintReply } from "./documents.pdf.worker.ts";
import type { PrintedDocument } from "./documents.rules.ts";

export interface Pdf { pdf: Uint8Array; pages: number }
export interface Printer { print(printed: PrintedDocument, at: Date): Promise<Pdf>; stop(): Promise<void> }

const IDLE_MS = 60_000;
const MOST_MS = 15_000;
const MOST_WAITING = 50;

interface Waiting { resolve(pdf: Pdf): void; reject(error: unknown): void; timer: NodeJS.Timeout }

/** One thread that prints, started by the first document and ended when none came for a minute. A document that takes too long ends it, and only its own order is lost to that. */
export function startPrinter(): Printer {
  const waiting = new Map<number, Waiting & { order: PrintOrder }>();
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let last = 0;

  const open = (): Worker => {
    const made = new Worker(new URL("./documents.pdf.worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } });
    made.on("message", (reply: PrintReply) => settle(reply.id, (one) => { if (reply.ok) one.resolve(reply); else one.reject(new AppError("invalid", "document_not_printed")); }));
    made.on("error", () => lose(made));
    made.on("exit", () => lose(made));
    made.unref();
    return made;
  };
  const settle = (id: number, how: (one: Waiting) => void): void => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    clearTimeout(one.timer);
    how(one);
    if (waiting.size === 0) idle = setTimeout(() => { void close(); }, IDLE_MS).unref();
  };
  const lose = (gone: Worker): void => {
    if (worker !== gone) return;
    worker = null;
    for (const id of waiting.keys()) settle(id, (one) => one.reject(new AppError("invalid", "document_not_printed")));
  };
  /** Ends the thread; what else waited in it is given to the next one. */
  const giveUp = (id: number): void => {
    settle(id, (one) => one.reject(new AppError("invalid", "document_too_long")));
    const old = worker;
    worker = null;
    void old?.terminate();
    if (waiting.size === 0) return;
    worker = open();
    for (const { order } of waiting.values()) worker.postMessage(order);
  };
  const close = async (): Promise<void> => {
    const old = worker;
    worker = null;
    if (idle) clearTimeout(idle);
    await old?.terminate();
  };
  return {
    print: (printed, at) => new Promise((resolve, reject) => {
      if (waiting.size >= MOST_WAITING) { reject(new AppError("unavailable", "too_busy", { retryAfterS: 5 })); return; }
      if (idle) clearTimeout(idle);
      const order: PrintOrder = { id: ++last, printed, atMs: at.getTime() };
      waiting.set(order.id, { resolve, reject, order, timer: setTimeout(() => giveUp(order.id), MOST_MS) });
      worker ??= open();
      worker.postMessage(order);
    }),
    stop: close,
  };
}
