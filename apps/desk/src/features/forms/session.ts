import { formHost, openForm, type FormDocument } from "@linija/forms";
import { api, send, type Reply } from "../../shared/api.ts";
import { refresh } from "../../shared/query.ts";
import { keep, readKept, type Kept } from "./kept.ts";
import { sendKept, type Sent } from "./outbox.ts";
import { FormStore } from "./store.ts";

export type Record = Reply<"getRecord">;
export type FormVersion = Reply<"getForm">;
export type Status = "saved" | "saving" | "kept" | "refused";
export interface Begun { id: string; userId: string; version: FormVersion; subject: Kept["subject"]; /** Kept here until it is said what it is about. */ held?: boolean }

const SAVE_MS = 700;
const AGAIN_MS = 4_000;
const TYPING_MS = 4_000;

export const storeOf = (version: Pick<FormVersion, "definition" | "timeZone">, data = {}): FormStore => new FormStore(openForm(version.definition as unknown as FormDocument, formHost(version.timeZone)), data);

/** One form being filled at this desk: kept here at every pause, sent as soon as somebody answers, submitted once. */
export class FormSession {
  private begun: Begun;
  readonly store: FormStore;
  record: Record | null;
  status: Status = "saved";
  submitting = false;
  error: unknown = null;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private work: Promise<void> = Promise.resolve();
  private lastTyping = { path: null as string | null, at: 0 };
  private isStopped = false;
  private isListed: boolean;

  constructor(begun: Begun, record: Record | null, kept: Kept | undefined) {
    this.begun = begun;
    this.record = record;
    this.isListed = record !== null;
    this.store = storeOf(begun.version, record?.data ?? {});
    if (kept) for (const [path, value] of Object.entries(kept.dirty)) this.store.dirty.set(path, value);
    this.submitting = kept?.submit ?? false;
    if (record) this.take(record);
    else this.store.take({ data: this.store.data, masked: [], filledBy: {}, typing: [] });
    this.store.onWrite = () => { if (!this.begun.held) this.say(this.status === "saved" ? "saving" : this.status); void this.keep(); this.sendIn(SAVE_MS); };
    if (this.store.dirty.size > 0 || this.submitting) this.sendIn(0);
  }

  readonly subscribe = (listener: () => void): (() => void) => { this.listeners.add(listener); return () => { this.listeners.delete(listener); }; };
  /** Changes with everything that can be seen of it. */
  snapshot = 0;
  private say(status: Status): void {
    this.status = status;
    this.snapshot++;
    for (const listener of this.listeners) listener();
  }

  private keep(): Promise<void> {
    const { id, userId, version, subject } = this.begun;
    return keep({ id, userId, projectKey: version.projectKey, formKey: version.key, formId: version.id, subject, version: this.record?.version ?? 0, dirty: Object.fromEntries(this.store.dirty), submit: this.submitting, at: Date.now(), held: this.begun.held === true });
  }

  private sendIn(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.send(); }, ms);
  }

  /** Sends what waits; one after another, and all callers wait for the last. */
  send(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.work = this.work.then(() => this.sendNow()).catch(() => undefined);
    return this.work;
  }

  private async sendNow(): Promise<void> {
    if (this.begun.held || (this.store.dirty.size === 0 && !this.submitting && this.record)) return;
    await this.keep();
    this.say(this.status === "kept" ? "kept" : "saving");
    const sent = await sendKept(this.begun.id);
    if (sent) this.heed(sent);
  }

  private heed(sent: Sent): void {
    if (sent.kind === "away") {
      this.say("kept");
      if (!this.isStopped) this.sendIn(AGAIN_MS);
      return;
    }
    if (sent.kind === "refused") {
      this.submitting = false;
      this.error = sent.error;
      this.store.refuse(sent.error.problem.errors ?? []);
      this.say("refused");
      return;
    }
    this.error = null;
    this.store.sent(sent.dirty);
    this.store.clash(sent.conflicts);
    if (sent.record.state === "submitted" || sent.conflicts.length > 0) this.submitting = false;
    this.take(sent.record);
    if (this.store.dirty.size > 0) this.sendIn(SAVE_MS);
    if (!this.isListed) refresh(["listRecords"]);
    this.isListed = true;
    this.say("saved");
  }

  /** Somebody else may have changed it; what is only here stays on top. */
  take(record: Record): void {
    if (this.record && record.version < this.record.version) return;
    this.record = record;
    this.store.take(record);
    this.snapshot++;
    for (const listener of this.listeners) listener();
  }

  /** Null when it is on its way; else the first place that is wrong. */
  async submit(): Promise<string | null> {
    this.store.showAll();
    if (!this.store.isRight) return this.store.firstWrong();
    this.submitting = true;
    this.error = null;
    await this.send();
    return null;
  }

  /** For a registration that takes it along: with the server as a draft of its own. False when it is not complete, or nobody answers. */
  async hand(): Promise<boolean> {
    this.store.think();
    if (!this.store.isRight) return false;
    this.begun = { ...this.begun, held: false };
    await this.send();
    return this.record !== null && this.store.dirty.size === 0 && this.status === "saved";
  }

  /** What it is about is there now: it goes to the server, submitted if nothing is missing, else to be finished there. */
  async release(subject: NonNullable<Kept["subject"]>): Promise<void> {
    this.begun = { ...this.begun, subject, held: false };
    // It was handed over before, to a registration that came to nothing.
    if (this.record && !this.record.subject) await api("attachRecord", { params: { id: this.begun.id }, body: subject }).then((record) => this.take(record), () => undefined);
    this.store.think();
    this.submitting = this.store.isRight;
    return this.send();
  }

  get formId(): string { return this.begun.version.id; }

  async upload(file: File): Promise<{ id: string; name: string }> {
    // A file needs a form on the server to belong to, also while it is not said what that is about.
    this.begun = { ...this.begun, held: false };
    if (!this.record) await this.send();
    const form = new FormData();
    form.append("file", file);
    const made = await send<{ id: string; name: string; mediaType: string; bytes: number; by: string; at: string }>("POST", `/forms/records/${this.begun.id}/files`, form);
    if (this.record) this.record = { ...this.record, files: [...this.record.files, made] };
    return made;
  }

  reveal(path: string, reason: string): Promise<unknown> {
    return api("revealField", { params: { id: this.begun.id }, body: { path, reason } }).then(({ value }) => value);
  }

  /** Tells others where I am, seldom enough to cost nothing; they forget it by themselves. */
  at(path: string | null): void {
    const now = Date.now();
    if (!this.record || (path === this.lastTyping.path && now - this.lastTyping.at < TYPING_MS)) return;
    this.lastTyping = { path, at: now };
    void api("setTyping", { params: { id: this.begun.id }, body: { path } }).catch(() => undefined);
  }

  /** The page is left: what waits is sent now if it can be, and by the outbox otherwise. */
  stop(): void {
    this.isStopped = true;
    if (this.timer) void this.send();
  }
}

export async function openSession(begun: Begun, record: Record | null): Promise<FormSession> {
  const kept = await readKept(begun.id);
  return new FormSession(begun, record, kept?.userId === begun.userId ? kept : undefined);
}
