import { formHost, openForm, type FormDocument } from "@linija/forms";
import { api, ApiError, send, type Reply } from "../../shared/api.ts";
import { isEmptied, together } from "./keeping.ts";
import { allKept, changeKept, forget, readKept, type Kept } from "./kept.ts";
import { FormStore } from "./store.ts";
import { isAway, keeperOf, WaitingFiles } from "./waiting.ts";

export type Shared = Reply<"getShared">;

const SAVE_MS = 600;
const AGAIN_MS = 3_000;
const TYPING_MS = 4_000;
/** Longer than a link lasts. */
const KEPT_MS = 15 * 86_400_000;
/** In place of a person: nobody who works here sees or sends it. */
const CLIENT = "client";

/** The client's side of a form that is filled together: the same form, the client's fields only, without a session. What has not arrived is kept in their browser. */
export class SharedFilling {
  readonly store: FormStore;
  readonly files: WaitingFiles;
  readonly secret: string;
  shared: Shared;
  /** Nobody answers: it is tried again by itself. */
  isAway = false;
  /** What waits survives the page. */
  isKept = true;
  isGone = false;
  /** The client has said that their part is filled, and it is not told yet. */
  wantsReady: boolean;
  onChange: () => void = () => undefined;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private work: Promise<void> = Promise.resolve();
  private last = { path: null as string | null, at: 0 };
  /** What this page kept last; their other page keeps what was typed there. */
  private kept: Kept | undefined;

  constructor(secret: string, shared: Shared, kept: Kept | undefined) {
    this.secret = secret;
    this.shared = shared;
    this.wantsReady = kept?.submit ?? false;
    this.store = new FormStore(openForm(shared.definition as unknown as FormDocument, formHost(shared.timeZone)), shared.data);
    if (kept) this.store.restore(kept);
    this.kept = kept;
    this.files = new WaitingFiles(this.store, (file, id) => this.upload(file, id), keeperOf(CLIENT, this.id));
    this.files.subscribe(() => {
      this.heed(!this.files.list.some((one) => one.isAway));
      if (this.wantsReady && this.files.list.length === 0) this.sendIn(0);
    });
    this.store.onWrite = () => { void this.keep(); this.sendIn(SAVE_MS); };
    this.store.onSettle = () => { void this.keep(); };
    this.take(shared);
    if (this.waits) this.sendIn(0);
  }

  private get id(): string { return `link:${this.secret}`; }
  /** Something of it is only here. */
  get waits(): boolean { return this.store.dirty.size > 0 || this.wantsReady || this.files.list.length > 0; }

  /** Something of it is no value of its field. */
  get isRefused(): boolean { return [...this.store.dirty.keys()].some((path) => this.store.isUnfit(path)); }

  take(shared: Shared): void {
    if (shared.version < this.shared.version) return;
    this.shared = shared;
    const { store } = this;
    const filledBy = Object.fromEntries(Object.entries(shared.filledBy).map(([path, one]) => [path, { ...one, name: "" }]));
    // Conditions speak of fields the client does not see: what is hidden now is told, not computed here.
    store.hiddenByHost = new Set(shared.hidden);
    store.take({ data: shared.data, masked: shared.masked.map((path) => ({ path, mayReveal: false })), filledBy, typing: shared.typing, version: shared.version });
    store.refuse(shared.faults.filter(({ path }) => !store.dirty.has(path)).map(({ path, message }) => ({ field: `data.${path}`, message })));
    if (shared.state === "submitted") { store.end(); this.wantsReady = false; void forget(this.id); }
    this.onChange();
  }

  private async keep(): Promise<void> {
    const [projectKey, formKey, formId] = ["", "", ""];
    const before = this.kept;
    const now: Kept = { id: this.id, userId: CLIENT, projectKey, formKey, formId, version: this.shared.version, subject: null, ...this.store.waiting, submit: this.wantsReady, at: Date.now(), held: true };
    this.kept = now;
    this.isKept = await changeKept(this.id, (there) => { const all = together(there, before, now); return isEmptied(all) ? null : all; });
    if (!this.isKept && this.kept === now) this.kept = undefined;
  }

  private heed(isAnswered: boolean): void {
    this.isAway = !isAnswered;
    this.onChange();
  }

  sendIn(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.send(); }, ms);
  }

  /** The page goes out of sight, perhaps for good: what waits for a pause goes now. */
  leave(): void { if (this.timer) void this.send(); }

  /** Sends what waits, one after another. */
  send(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.work = this.work.then(() => this.sendNow()).catch((error: unknown) => this.fail(error));
    return this.work;
  }

  private async sendNow(): Promise<void> {
    this.store.think();
    // What is no value of its field waits for another one.
    const changes = new Map([...this.store.dirty].filter(([path]) => !this.store.isUnfit(path)));
    if (changes.size > 0) {
      const { form, conflicts } = await api("saveShared", { params: { secret: this.secret }, body: { version: this.shared.version, changes: [...changes].map(([path, value]) => ({ path, value, seen: this.store.seen.get(path) })) } });
      this.store.sent(changes);
      this.store.clash(conflicts);
      this.take(form);
    }
    if (this.wantsReady && this.store.dirty.size === 0 && this.files.list.length === 0) {
      const form = await api("readyShared", { params: { secret: this.secret } });
      this.wantsReady = false;
      this.take(form);
    }
    await this.keep();
    this.heed(true);
  }

  private fail(error: unknown): void {
    if (isAway(error)) {
      this.heed(false);
      this.sendIn(AGAIN_MS);
      return;
    }
    const { status, errors } = (error as ApiError).problem;
    this.wantsReady = false;
    if (status === 404) this.isGone = true;
    else this.refuse(errors ?? []);
    this.heed(true);
  }

  /** What is not refused by its place goes on; what is refused without one is not sent again until something is typed. */
  private refuse(errors: NonNullable<ApiError["problem"]["errors"]>): void {
    const sendable = () => [...this.store.dirty.keys()].filter((path) => !this.store.isUnfit(path)).length;
    const before = sendable();
    this.store.refuse(errors);
    if (sendable() < before) this.sendIn(0);
    else void this.look();
  }

  /** What others have done meanwhile. */
  look(): Promise<void> {
    return api("getShared", { params: { secret: this.secret } }).then((shared) => { this.take(shared); if (!this.waits) this.heed(true); }, (error: unknown) => {
      if (error instanceof ApiError && error.problem.status === 404) this.close();
      else this.heed(false);
    });
  }

  close(): void {
    this.isGone = true;
    this.onChange();
  }

  /** Null when it is on its way; else the first place that is wrong. */
  ready(): string | null {
    this.store.showAll();
    const wrong = this.store.firstWrong();
    if (wrong !== null) return wrong;
    this.wantsReady = true;
    void this.keep();
    void this.send();
    this.onChange();
    return null;
  }

  private async upload(file: File, id: string): Promise<{ id: string }> {
    const form = new FormData();
    form.append("file", file);
    const made = await send<{ id: string; name: string }>("POST", `/public/forms/${encodeURIComponent(this.secret)}/files?id=${id}`, form);
    this.shared = { ...this.shared, files: [...this.shared.files.filter((one) => one.id !== made.id), made] };
    return made;
  }

  at(path: string | null): void {
    if (path === this.last.path && Date.now() - this.last.at < TYPING_MS) return;
    this.last = { path, at: Date.now() };
    void api("typeShared", { params: { secret: this.secret }, body: { path } }).catch(() => undefined);
  }

  stop(): void {
    this.files.stop();
    if (this.timer) clearTimeout(this.timer);
  }
}

/** The form of a link, with what was filled on this device and has not arrived; what was kept for links long gone is forgotten. */
export async function openShared(secret: string): Promise<SharedFilling> {
  const shared = await api("getShared", { params: { secret } });
  for (const { id, userId, at } of await allKept()) if (userId === CLIENT && Date.now() - at > KEPT_MS) await forget(id);
  return new SharedFilling(secret, shared, await readKept(`link:${secret}`));
}
