import { valueAt } from "@linija/forms";
import { ApiError } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import type { FormStore } from "./store.ts";

/** A file chosen here that is not with the server yet. */
export interface WaitingFile {
  /** Chosen once: sent again after an answer that was lost it is the same file. */
  id: string;
  path: string;
  file: File;
  /** Null while it is on its way or waits for an answer; a refusal needs somebody to take it away. */
  refusal: unknown;
  isAway: boolean;
}
export type Upload = (file: File, id: string) => Promise<{ id: string }>;

const AGAIN_MS = 4_000;

export const isAway = (error: unknown): boolean => !(error instanceof ApiError) || error.problem.status === 0 || error.problem.status >= 500 || error.problem.status === 429;

/** The files of a form on their way to the server, one after another; without a network they wait here and go by themselves. */
export class WaitingFiles {
  list: readonly WaitingFile[] = [];
  private readonly store: FormStore;
  private readonly upload: Upload;
  private readonly listeners = new Set<() => void>();
  private work: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isStopped = false;

  constructor(store: FormStore, upload: Upload) {
    this.store = store;
    this.upload = upload;
  }

  readonly subscribe = (listener: () => void): (() => void) => { this.listeners.add(listener); return () => { this.listeners.delete(listener); }; };
  private set(list: readonly WaitingFile[]): void {
    this.list = list;
    for (const listener of this.listeners) listener();
  }

  add(path: string, files: Iterable<File>): void {
    this.set([...this.list, ...Array.from(files, (file) => ({ id: newId(), path, file, refusal: null, isAway: false }))]);
    void this.send();
  }

  drop(id: string): void { this.set(this.list.filter((one) => one.id !== id)); }

  /** Sends what waits; every caller waits for the last. */
  send(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.work = this.work.then(() => this.sendAll());
    return this.work;
  }

  private async sendAll(): Promise<void> {
    for (const waiting of this.list.filter(({ refusal }) => refusal === null)) {
      if (this.list.some(({ id }) => id === waiting.id) && !(await this.sendOne(waiting))) return;
    }
  }

  /** False when nobody answers: the next would not arrive either. */
  private async sendOne({ id, path, file }: WaitingFile): Promise<boolean> {
    try {
      const made = await this.upload(file, id);
      // Taken away meanwhile: it stands in no field.
      if (!this.list.some((one) => one.id === id)) return true;
      this.drop(id);
      const ids = valueAt(this.store.data, path);
      this.store.write(path, [...(Array.isArray(ids) ? (ids as string[]) : []).filter((one) => one !== made.id), made.id]);
      return true;
    } catch (error) {
      const away = isAway(error);
      this.set(this.list.map((one) => (one.id === id ? { ...one, refusal: away ? null : error, isAway: away } : one)));
      if (away && !this.isStopped) this.timer = setTimeout(() => { void this.send(); }, AGAIN_MS);
      return !away;
    }
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
  }
}
