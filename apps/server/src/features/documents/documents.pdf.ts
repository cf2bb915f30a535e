import { Worker } from "node:worker_threads";
import { AppError } from "../../platform/errors.ts";
import type { PrintOrder, PrintReply } from "./documents.pdf.worker.ts";
import type { PrintedDocument } from "./documents.rules.ts";

export interface Pdf { pdf: Uint8Array; pages: number }
export interface Printer { print(printed: PrintedDocument, at: Date): Promise<Pdf>; stop(): Promise<void> }

const IDLE_MS = 60_000;

export interface PrinterLimits { /** Of one document, from when it is begun. */ printMs: number; /** Before it is begun. */ waitMs: number; waiting: number }
const LIMITS: PrinterLimits = { printMs: 15_000, waitMs: 60_000, waiting: 50 };

interface Order extends PrintOrder { resolve(pdf: Pdf): void; reject(error: unknown): void; timer: NodeJS.Timeout }

const tooBusy = (): AppError => new AppError("unavailable", "too_busy", { retryAfterS: 5 });

/**
 * One thread that prints one document after another, started by the first and ended when none came for a minute. A
 * document that takes too long, or that the thread dies of, is lost alone: the next ones have not been begun.
 */
export const startPrinter = (limits: PrinterLimits = LIMITS): Printer => new Thread(limits);

class Thread implements Printer {
  readonly #limits: PrinterLimits;
  readonly #waiting = new Map<number, Order>();
  #printing: Order | null = null;
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #last = 0;

  constructor(limits: PrinterLimits) {
    this.#limits = limits;
  }

  print(printed: PrintedDocument, at: Date): Promise<Pdf> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= this.#limits.waiting) { reject(tooBusy()); return; }
      clearTimeout(this.#idle);
      const id = ++this.#last;
      const timer = setTimeout(() => { this.#waiting.delete(id); reject(tooBusy()); }, this.#limits.waitMs);
      this.#waiting.set(id, { id, printed, atMs: at.getTime(), resolve, reject, timer });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    for (const one of [...this.#waiting.values(), ...(this.#printing ? [this.#printing] : [])]) { clearTimeout(one.timer); one.reject(tooBusy()); }
    this.#waiting.clear();
    this.#printing = null;
    await this.#end();
  }

  #next(): void {
    if (this.#printing) return;
    const [one] = this.#waiting.values();
    if (!one) { this.#idle = setTimeout(() => { void this.#end(); }, IDLE_MS).unref(); return; }
    this.#waiting.delete(one.id);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => this.#giveUp(), this.#limits.printMs);
    this.#printing = one;
    this.#worker ??= this.#open();
    this.#worker.postMessage({ id: one.id, printed: one.printed, atMs: one.atMs } satisfies PrintOrder);
  }

  #open(): Worker {
    const made = startWorker((reply) => {
      if (made === this.#worker && this.#printing?.id === reply.id) this.#settle((one) => { if (reply.ok) one.resolve(reply); else one.reject(new AppError("invalid", "document_not_printed")); });
    }, () => {
      if (this.#worker !== made) return;
      this.#worker = null;
      this.#settle((one) => one.reject(new AppError("invalid", "document_not_printed")));
    });
    return made;
  }

  #settle(how: (one: Order) => void): void {
    const one = this.#printing;
    if (!one) return;
    this.#printing = null;
    clearTimeout(one.timer);
    how(one);
    this.#next();
  }

  #giveUp(): void {
    void this.#end();
    this.#settle((one) => one.reject(new AppError("invalid", "document_too_long")));
  }

  async #end(): Promise<void> {
    const old = this.#worker;
    this.#worker = null;
    clearTimeout(this.#idle);
    await old?.terminate();
  }
}

function startWorker(answered: (reply: PrintReply) => void, lost: () => void): Worker {
  const worker = new Worker(new URL("./documents.pdf.worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } });
  worker.on("message", answered);
  worker.on("error", lost);
  worker.on("exit", lost);
  worker.unref();
  return worker;
}
