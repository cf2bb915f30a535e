import { formHost, openForm, type FormDocument } from "@linija/forms";
import { api, ApiError, send, type Reply } from "../../shared/api.ts";
import { refresh } from "../../shared/query.ts";
import { carried, type Card } from "./card.ts";
import { isEmptied, together } from "./keeping.ts";
import { changeKept, forget, readKept, type Kept } from "./kept.ts";
import { openForms, sendKept, type Sent } from "./outbox.ts";
import { FormStore } from "./store.ts";
import { keeperOf, WaitingFiles } from "./waiting.ts";

export type Record = Reply<"getRecord">;
export type FormVersion = Reply<"getForm">;
export type Status = "saved" | "saving" | "kept" | "refused";
export interface Begun { id: string; userId: string; version: FormVersion; subject: Kept["subject"]; /** Kept here until it is said what it is about. */ held?: boolean; /** Of the client it is filled for: a new form begins with what it asks of it. */ card?: Card | null }
/** Whether a form can go along with a registration, and what is in the way when it cannot. */
export type Handed = "goes" | "incomplete" | "files" | "conflict" | "away" | "refused";

const SAVE_MS = 700;
const AGAIN_MS = 4_000;
const TYPING_MS = 4_000;

const storeOf = (version: Pick<FormVersion, "definition" | "timeZone">, data = {}): FormStore => new FormStore(openForm(version.definition as unknown as FormDocument, formHost(version.timeZone)), data);

/** One form being filled at this desk: kept here at every pause, sent as soon as somebody answers, submitted once. */
export class FormSession {
  private begun: Begun;
  readonly store: FormStore;
  readonly files: WaitingFiles;
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
  /** What this page kept last: what differs from it was done here, and nothing else is brought to what other pages keep. */
  private kept: Kept | undefined;

  constructor(begun: Begun, record: Record | null, kept: Kept | undefined) {
    this.begun = begun;
    this.record = record;
    this.isListed = record !== null;
    this.store = storeOf(begun.version, record?.data ?? {});
    this.files = new WaitingFiles(this.store, (file, id) => this.upload(file, id), keeperOf(begun.userId, begun.id));
    if (kept) this.store.restore(kept);
    this.kept = kept;
    openForms.add(begun.id);
    this.submitting = kept?.submit ?? false;
    if (record) this.take(record);
    else this.store.take({ data: this.store.data, masked: [], filledBy: {}, typing: [] });
    this.carry(kept !== undefined);
    this.store.onWrite = () => { if (!this.begun.held) this.say(this.status === "saved" ? "saving" : this.status); void this.keep(); this.sendIn(SAVE_MS); };
    this.store.onSettle = () => { void this.keep(Boolean(this.record?.subject)); };
    if (this.store.dirty.size > 0 || this.submitting || this.isLoose) this.sendIn(0);
  }

  /** A form nobody has begun yet begins with what it asks of the client's card. */
  private carry(isKept: boolean): void {
    if (isKept || this.record || !this.begun.card) return;
    for (const [path, value] of carried(this.store.form, this.begun.card)) this.store.write(path, value);
    this.store.think();
  }

  readonly subscribe = (listener: () => void): (() => void) => { this.listeners.add(listener); return () => { this.listeners.delete(listener); }; };
  /** Changes with everything that can be seen of it. */
  snapshot = 0;
  private say(status: Status): void {
    this.status = status;
    this.snapshot++;
    for (const listener of this.listeners) listener();
  }

  /** `isFound`: it needs no place here once nothing of it waits. */
  private async keep(isFound = false): Promise<Kept> {
    const { id, userId, version, subject } = this.begun;
    const before = this.kept;
    const now: Kept = { id, userId, projectKey: version.projectKey, formKey: version.key, formId: version.id, subject, version: this.record?.version ?? 0, ...this.store.waiting, submit: this.submitting, at: Date.now(), held: this.begun.held === true };
    this.kept = now;
    const isKept = await changeKept(id, (there) => { const all = together(there, before, now); return isFound && isEmptied(all) ? null : all; });
    if (!isKept && this.kept === now) this.kept = undefined;
    return now;
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
    this.store.think();
    const isUnfit = (path: string): boolean => this.store.isUnfit(path);
    if (this.begun.held || (this.sendable === 0 && !this.submitting && this.record && !this.isLoose)) {
      if (this.isWaitingForOther && this.status !== "refused") this.say("refused");
      return;
    }
    const now = await this.keep();
    this.say(this.status === "kept" ? "kept" : "saving");
    this.heed(await sendKept(this.begun.id, now, isUnfit));
  }

  /** How much waits to be sent, and is of the kind of its field. */
  private get sendable(): number { return [...this.store.dirty.keys()].filter((path) => !this.store.isUnfit(path)).length; }
  private get isWaitingForOther(): boolean { return !this.begun.held && this.sendable < this.store.dirty.size; }

  private heed(sent: Sent): void {
    if (sent.kind === "away") {
      this.say("kept");
      if (!this.isStopped) this.sendIn(AGAIN_MS);
      return;
    }
    if (sent.kind === "refused") { this.refused(sent.error); return; }
    this.error = null;
    this.store.sent(sent.dirty);
    this.store.clash(sent.conflicts);
    if (sent.record.state === "submitted" || sent.conflicts.length > 0) this.submitting = false;
    this.take(sent.record);
    if (this.store.dirty.size > 0) this.sendIn(SAVE_MS);
    if (!this.isListed) refresh(["listRecords"]);
    this.isListed = true;
    this.say(this.isWaitingForOther ? "refused" : "saved");
  }

  /** What was put back lets the rest go; anything else waits for another value, or for nothing where the form is submitted. */
  private refused(error: ApiError): void {
    this.submitting = false;
    this.error = error;
    const before = this.sendable;
    const isPutBack = this.store.refuse(error.problem.errors ?? []);
    if (isPutBack) void this.keep();
    // What was refused at its place keeps nothing else from going.
    if (isPutBack || (this.sendable > 0 && this.sendable < before)) this.sendIn(0);
    this.say(isPutBack && this.store.dirty.size === 0 ? "saved" : "refused");
    if (this.isTaken) void api("getRecord", { params: { id: this.begun.id } }).then((record) => this.take(record), () => undefined);
  }

  /** Somebody else may have changed it; what is only here stays on top. */
  take(record: Record): void {
    if (this.record && record.version < this.record.version) return;
    this.record = record;
    this.store.take(record);
    if (record.state === "submitted" && this.store.dirty.size > 0) this.end();
    this.snapshot++;
    for (const listener of this.listeners) listener();
  }

  /** Somebody has submitted it: what was typed here and is not part of it is told, and sent no more. */
  private end(): void {
    this.store.end();
    this.error = null;
    this.status = "saved";
    this.store.onSettle();
  }

  /** With the server, which has not heard yet what it is about. */
  private get isLoose(): boolean { return this.record !== null && this.record.subject === null && this.begun.subject !== null; }

  /** Null when it is on its way; else the first place that is wrong. */
  async submit(): Promise<string | null> {
    // What has not arrived yet would not be part of what is submitted.
    await this.files.send();
    this.store.showAll();
    if (this.files.list[0]) return this.files.list[0].path;
    if (!this.store.isRight) return this.store.firstWrong();
    this.submitting = true;
    this.error = null;
    await this.send();
    return null;
  }

  /** For a registration that takes it along: with the server as a draft of its own, complete and with its files. */
  async hand(): Promise<Handed> {
    await this.files.send();
    this.store.think();
    if (this.files.list.length > 0) return "files";
    if (!this.store.isRight) return "incomplete";
    if (!(await this.bring())) return this.status === "kept" ? "away" : this.isTaken ? "goes" : "refused";
    return this.store.conflicts.length > 0 ? "conflict" : "goes";
  }

  /** To the server, though nothing is said yet about what it is: for a client who fills it by a link, or for files. */
  async bring(): Promise<boolean> {
    this.begun = { ...this.begun, held: false };
    await this.send();
    return this.isWith;
  }

  /** Everything typed is with the server. */
  private get isWith(): boolean { return this.record !== null && this.store.dirty.size === 0 && this.status === "saved"; }
  /** And every file. */
  get isThere(): boolean { return this.isWith && this.files.list.length === 0; }

  /** The client's link is there, or closed. */
  linked(until: string | null): void {
    if (this.record) this.take({ ...this.record, link: until === null ? null : { until } });
  }

  /** A registration whose answer was lost took it: asked again it says the same. */
  private get isTaken(): boolean { return this.error instanceof ApiError && this.error.problem.code === "form_submitted"; }

  /** What it is about is there now: it goes to the server, submitted if nothing is missing, else to be finished there. */
  async release(subject: NonNullable<Kept["subject"]>): Promise<void> {
    this.begun = { ...this.begun, subject, held: false };
    this.store.think();
    this.submitting = this.store.isRight;
    return this.send();
  }

  /** It went with a registration: nothing of it waits here any more. */
  leave(): Promise<void> {
    this.stop();
    return forget(this.begun.id);
  }

  get id(): string { return this.begun.id; }
  get formId(): string { return this.begun.version.id; }

  private async upload(file: File, id: string): Promise<{ id: string }> {
    // A file needs a form on the server to belong to, also while it is not said what that is about.
    if (!this.record) await this.bring();
    if (!this.record) throw this.error ?? new TypeError("nobody answers");
    const form = new FormData();
    form.append("file", file);
    const made = await send<Record["files"][number]>("POST", `/forms/records/${this.begun.id}/files?id=${id}`, form);
    this.record = { ...this.record, files: [...this.record.files.filter((one) => one.id !== made.id), made] };
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
    openForms.delete(this.begun.id);
    this.files.stop();
    if (this.timer) void this.send();
  }
}

/** `record`: what the server has of it; of one that was brought there before it is asked. */
export async function openSession(begun: Begun, record: Record | null): Promise<FormSession> {
  const kept = await readKept(begun.id);
  const mine = kept?.userId === begun.userId ? kept : undefined;
  const known = record ?? (mine && mine.version > 0 ? await api("getRecord", { params: { id: begun.id } }).catch(() => null) : null);
  return new FormSession({ ...begun, held: begun.held === true && known === null }, known, mine);
}
