import { valueAt } from "@linija/forms";
import { ApiError } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { allFiles, forgetFile, keepFile, readFile } from "./kept.ts";
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
  /** It is still there after the page is closed. */
  isKept: boolean;
}
/** Where files wait beyond this page. */
export interface Keeper {
  all(): Promise<Pick<WaitingFile, "id" | "path" | "file">[]>;
  /** False when there is no room for it, or the browser has none to give. */
  keep(file: Pick<WaitingFile, "id" | "path" | "file">): Promise<boolean>;
  forget(id: string): Promise<void>;
  /** Does it while no other page sends the same file; null when another has sent it. */
  alone<T>(id: string, deed: () => Promise<T>): Promise<T | null>;
}
export type Upload = (file: File, id: string) => Promise<{ id: string }>;

/** The browser's own database, for one form of one person; a client's page has no person. */
export const keeperOf = (userId: string, form: string): Keeper => ({
  all: async () => (await allFiles()).filter((one) => one.userId === userId && one.form === form).sort((a, b) => a.at - b.at),
  keep: (file) => keepFile({ ...file, userId, form, at: Date.now() }),
  forget: forgetFile,
  alone: (id, deed) => navigator.locks.request(`linija:file:${id}`, async () => ((await readFile(id)) ? deed() : null)) as ReturnType<typeof deed>,
});

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
  private readonly keeper: Keeper | undefined;

  constructor(store: FormStore, upload: Upload, keeper?: Keeper) {
    this.store = store;
    this.upload = upload;
    this.keeper = keeper;
    if (keeper) this.work = this.restore(keeper);
  }

  /** What was chosen before the page was closed. */
  private async restore(keeper: Keeper): Promise<void> {
    const kept = (await keeper.all()).filter(({ id }) => !this.list.some((one) => one.id === id));
    if (kept.length === 0) return;
    this.set([...kept.map((one) => ({ ...one, refusal: null, isAway: true, isKept: true })), ...this.list]);
    void this.send();
  }

  readonly subscribe = (listener: () => void): (() => void) => { this.listeners.add(listener); return () => { this.listeners.delete(listener); }; };
  private set(list: readonly WaitingFile[]): void {
    this.list = list;
    for (const listener of this.listeners) listener();
  }

  add(path: string, files: Iterable<File>): void {
    const added = Array.from(files, (file) => ({ id: newId(), path, file, refusal: null, isAway: false, isKept: false }));
    this.set([...this.list, ...added]);
    const { keeper } = this;
    // Kept before it is sent: the network may be gone for longer than the page.
    if (keeper) this.work = this.work.then(async () => { for (const one of added) if (await keeper.keep({ id: one.id, path, file: one.file })) this.change(one.id, { isKept: true }); });
    void this.send();
  }

  private change(id: string, now: Partial<WaitingFile>): void { this.set(this.list.map((one) => (one.id === id ? { ...one, ...now } : one))); }

  drop(id: string): void {
    this.set(this.list.filter((one) => one.id !== id));
    void this.keeper?.forget(id);
  }

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
  private async sendOne({ id, path, file, isKept }: WaitingFile): Promise<boolean> {
    try {
      const upload = () => this.upload(file, id);
      const made = isKept && this.keeper ? await this.keeper.alone(id, upload) : await upload();
      // Another page has sent it and written where it stands.
      if (made === null) { this.set(this.list.filter((one) => one.id !== id)); return true; }
      // Taken away meanwhile: it stands in no field.
      if (!this.list.some((one) => one.id === id)) return true;
      const ids = valueAt(this.store.data, path);
      this.store.write(path, [...(Array.isArray(ids) ? (ids as string[]) : []).filter((one) => one !== made.id), made.id]);
      // Only now: a page that is closed in between sends it again, and it is the same file.
      this.drop(id);
      return true;
    } catch (error) {
      const away = isAway(error);
      this.change(id, { refusal: away ? null : error, isAway: away });
      if (away && !this.isStopped) this.timer = setTimeout(() => { void this.send(); }, AGAIN_MS);
      return !away;
    }
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
  }
}
