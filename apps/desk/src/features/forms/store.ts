import { complete, isEmpty, stateOf, validate, valueAt, withValue, type Completeness, type FieldProblem, type Form, type FormData, type State } from "@linija/forms";

export interface Filler { by: "client" | "operator" | "department" | "system"; name: string; at: string }
export interface Typing { by: "client" | "operator" | "department"; name: string; path: string; me: boolean }
export interface Conflict { path: string; mine: unknown; theirs: unknown }
/** What the server says of the same data. */
export interface Told { data: FormData; masked: readonly { path: string; mayReveal: boolean }[]; filledBy: Readonly<Record<string, Filler>>; typing: readonly Typing[]; /** Absent: the server has not heard of it. */ version?: number }
/** What is only here yet, as it is kept between pages. */
export interface Waiting { dirty: Readonly<Record<string, unknown>>; seen?: Readonly<Record<string, number>> | undefined; conflicts?: readonly Conflict[] | undefined; version: number }

/** Conditions, computed values and mistakes follow the typing after this pause: no key waits for them. */
const THINK_MS = 60;
const NO_STATE: Told = { data: {}, masked: [], filledBy: {}, typing: [] };

const withoutRows = (path: string): string => path.split(".").filter((key) => !/^\d+$/.test(key)).join(".");
const within = (path: string, whole: string): boolean => path === whole || path.startsWith(`${whole}.`);

/**
 * A number as people write it. The server knows the numbering plans; here only what can be no number at all is told, at
 * the field and at once.
 */
export function phoneOf(text: string): string | null {
  const plain = text.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$|^\d{6,14}$/.test(plain) ? plain : null;
}

/**
 * A form being filled: its data and all that follows from it. Fields listen to their own place only, so that a key costs
 * one field, whatever the length of the form.
 */
export class FormStore {
  readonly form: Form;
  data: FormData;
  state: State;
  completeness: Completeness;
  told: Told = NO_STATE;
  /** As the server told it, whatever has been unmasked or written since. */
  private whole: Told = NO_STATE;
  conflicts: readonly Conflict[] = [];
  showsAll = false;
  /** Hidden by conditions only the server knows. */
  hiddenByHost: ReadonlySet<string> = new Set();
  /** What was written here and is not with the server yet, by place. */
  readonly dirty = new Map<string, unknown>();
  /** The version each of them was written upon: what arrives while it waits is not overwritten unseen. */
  readonly seen = new Map<string, number>();
  private problems = new Map<string, FieldProblem>();
  private refused = new Map<string, string>();
  private readonly touched = new Set<string>();
  /** What was typed here and has arrived, with who filled the place since: its writer goes on seeing it where others are shown bullets. */
  private readonly typed = new Map<string, { value: unknown; mark: string | null }>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Where the cursor is: nobody's words are changed under their hands. */
  private here: string | null = null;
  /** Where somebody else's value came while the cursor stood there: it waits till the place is left. */
  private readonly held = new Set<string>();
  /** Called after each change somebody typed. */
  onWrite: () => void = () => undefined;
  /** Called when it is decided what becomes of a conflict. */
  onSettle: () => void = () => undefined;

  constructor(form: Form, data: FormData = {}) {
    this.form = form;
    this.data = data;
    this.state = stateOf(form, data, context());
    this.completeness = complete(form, data, context());
    this.think();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  write(path: string, value: unknown): void {
    this.data = withValue(this.data, path, value);
    this.timer ??= setTimeout(() => this.think(), THINK_MS);
    const met = this.conflicts.find((one) => this.held.has(one.path) && within(path, one.path) && JSON.stringify(one.mine) !== JSON.stringify(valueAt(this.data, one.path) ?? null));
    if (met) { this.goesOn(met); return; }
    this.waits(path, value);
    for (const known of this.refused.keys()) if (within(known, path) || within(path, known)) this.refused.delete(known);
    this.conflicts = this.conflicts.filter((one) => !within(one.path, path) && !within(path, one.path));
    this.tell();
    this.onWrite();
  }

  /** Whoever types on where somebody else's value stands by now types what is offered beside it, and not into it. */
  private goesOn(met: Conflict): void {
    this.conflicts = this.conflicts.map((one) => (one === met ? { ...met, mine: valueAt(this.data, met.path) ?? null } : one));
    this.tell();
    this.onSettle();
  }

  private isHere(path: string): boolean { return this.here !== null && (within(this.here, path) || within(path, this.here)); }
  enter(path: string): void { this.here = path; }

  /** Where the cursor has been, what stands there is shown. */
  leave(): void {
    const isHeld = this.conflicts.some(({ path }) => this.held.has(path));
    this.here = null;
    this.held.clear();
    if (isHeld) this.take(this.whole);
  }

  private waits(path: string, value: unknown): void {
    const version = this.told.version ?? 0;
    // Whoever has been told what the others wrote there writes upon that.
    const isTold = this.conflicts.some((one) => within(one.path, path) || within(path, one.path));
    const seen = isTold ? [] : [...this.seen].filter(([known]) => within(known, path) || within(path, known)).map(([, one]) => one);
    // Of a whole that is written its parts are, too; a part of a whole that waits to be sent goes with it.
    for (const known of this.dirty.keys()) if (within(known, path) && known !== path) this.arrived(known);
    const whole = [...this.dirty.keys()].find((known) => within(path, known)) ?? path;
    this.dirty.set(whole, (whole === path ? value : valueAt(this.data, whole)) ?? null);
    this.seen.set(whole, Math.min(version, ...seen));
  }

  private arrived(path: string): void {
    this.dirty.delete(path);
    this.seen.delete(path);
  }

  /** What was kept when the page was left. */
  restore({ dirty, seen, conflicts, version }: Waiting): void {
    for (const [path, value] of Object.entries(dirty)) {
      this.dirty.set(path, value);
      this.seen.set(path, seen?.[path] ?? version);
      // It was left with the page it was typed on.
      this.touched.add(path);
    }
    this.clash(conflicts ?? []);
  }

  /** What of it is kept between pages. */
  get waiting(): Required<Pick<Waiting, "dirty" | "seen" | "conflicts">> {
    return { dirty: Object.fromEntries(this.dirty), seen: Object.fromEntries(this.seen), conflicts: [...this.conflicts] };
  }

  /** Decides what is shown, computed, missing and wrong. */
  think(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const now = context();
    this.state = stateOf(this.form, this.data, now);
    // What is computed from bullets would be nonsense: the server has computed it from what is there.
    this.data = this.told.masked.reduce((data, { path }) => (this.form.computed.has(withoutRows(path)) ? withValue(data, path, valueAt(this.told.data, path)) : data), this.state.data);
    this.completeness = complete(this.form, this.data, now);
    this.problems = new Map(validate(this.form, this.data, now).filter(({ path }) => !this.isMasked(path) && !this.isHiddenByHost(path)).map((problem) => [problem.path, problem]));
    this.tell();
  }

  /** Left by somebody: from now on it is told what is wrong with it. */
  touch(path: string): void {
    if (this.touched.has(path)) return;
    this.touched.add(path);
    this.tell();
  }

  showAll(): void {
    this.think();
    this.showsAll = true;
    this.tell();
  }

  /** What is shown at a place now. Nobody is scolded for what they have not come to yet. */
  problemAt(path: string): FieldProblem | null {
    const problem = this.problems.get(path);
    if (!problem) return null;
    const isLate = problem.code === "required" || problem.code === "consent_needed";
    return this.showsAll || (!isLate && this.isTouched(path)) ? problem : null;
  }

  private isTouched(path: string): boolean {
    return this.touched.has(path) || [...this.touched].some((one) => within(one, path));
  }

  refusedAt(path: string): string | undefined { return this.refused.get(path); }
  /** It, or a part of it, is no value the server takes: it waits for another. */
  isRefused(path: string): boolean { return [...this.refused.keys()].some((known) => within(known, path) || within(path, known)); }
  /** What is no value of its field is kept here and goes nowhere: the rest goes without it. */
  isUnfit(path: string): boolean { return this.isRefused(path) || [...this.problems].some(([known, { code }]) => code === "wrong_type" && (within(known, path) || within(path, known))); }
  get isRight(): boolean { return this.problems.size === 0; }
  firstWrong(): string | null { return this.problems.keys().next().value ?? null; }
  maskAt(path: string): { path: string; mayReveal: boolean } | null { return this.told.masked.find((one) => within(path, one.path)) ?? null; }
  conflictAt(path: string): Conflict | null { return this.conflicts.find((one) => one.path === path) ?? null; }
  private isMasked(path: string): boolean { return this.told.masked.some((one) => within(path, one.path)); }

  fillerAt(path: string): Filler | null {
    const { filledBy } = this.told;
    if (filledBy[path]) return filledBy[path];
    const parts = Object.keys(filledBy).filter((known) => within(known, path));
    return parts.length === 0 ? null : parts.map((known) => filledBy[known]!).reduce((last, one) => (one.at > last.at ? one : last));
  }

  typingAt(path: string): Typing | null { return this.told.typing.find((one) => !one.me && within(one.path, path)) ?? null; }

  /** What the server has, with what is only here still on top of it. */
  take(told: Told): void {
    this.whole = told;
    let data = this.withTyped(told);
    const isKnown = (path: string): boolean => [...this.typed.keys()].some((one) => within(one, path) || within(path, one)) && !JSON.stringify(valueAt(data, path) ?? "").includes("•");
    const masked = told.masked.filter(({ path }) => !isKnown(path));
    for (const [path, value] of this.dirty) data = withValue(data, path, value);
    for (const { path, mine } of this.conflicts) if (this.held.has(path)) data = withValue(data, path, mine);
    this.told = { ...told, masked: masked.filter(({ path }) => ![...this.dirty.keys()].some((known) => within(known, path) || within(path, known))) };
    this.data = data;
    this.think();
  }

  private withTyped(told: Told): FormData {
    let data = told.data;
    for (const [path, one] of this.typed) {
      const mark = JSON.stringify(Object.entries(told.filledBy).filter(([place]) => within(place, path) || within(path, place)));
      const isHidden = told.masked.some((hidden) => within(hidden.path, path) || within(path, hidden.path));
      if (one.mark !== null && one.mark !== mark) this.typed.delete(path);
      else if (isHidden) data = withValue(data, path, one.value);
      one.mark = mark;
    }
    return data;
  }

  /** These have arrived as they were sent; what was typed meanwhile has not. */
  sent(changes: ReadonlyMap<string, unknown>): void {
    for (const [path, value] of changes) {
      if (JSON.stringify(this.dirty.get(path)) === JSON.stringify(value)) this.arrived(path);
      this.typed.set(path, { value, mark: null });
    }
  }

  /** Whether something of it was put back, so that the rest can go. */
  refuse(errors: readonly { field: string; code?: string; message: string }[]): boolean {
    const places = errors.flatMap(({ field, ...rest }) => (field.startsWith("data.") ? [{ path: field.slice(5), ...rest }] : []));
    for (const { path, message } of places) this.refused.set(path, message);
    const unseen = places.filter(({ code }) => code === "form_unseen");
    for (const { path } of unseen) this.putBack(path);
    this.tell();
    return unseen.length > 0;
  }

  /** Somebody else's value stands there unseen: it stays, and what was typed is offered beside it. */
  private putBack(path: string): void {
    const place = [...this.dirty.keys()].find((known) => within(known, path) || within(path, known));
    if (place === undefined) return;
    const mine = this.dirty.get(place);
    this.arrived(place);
    this.take(this.whole);
    this.clash([{ path: place, mine, theirs: null }]);
  }

  /** Both wrote there: theirs is kept, mine is offered. */
  clash(conflicts: readonly Conflict[]): void {
    if (conflicts.length === 0) return;
    const now = conflicts.map((one) => this.withTypedOn(one));
    this.conflicts = [...this.conflicts.filter((old) => !now.some(({ path }) => path === old.path)), ...now];
    this.tell();
  }

  /** Where the cursor stands what was typed after it was sent is mine, too. */
  private withTypedOn(conflict: Conflict): Conflict {
    if (!this.isHere(conflict.path)) return conflict;
    this.held.add(conflict.path);
    if (!this.dirty.has(conflict.path)) return conflict;
    const mine = this.dirty.get(conflict.path) ?? null;
    this.arrived(conflict.path);
    return { ...conflict, mine };
  }

  settle(path: string): void {
    this.conflicts = this.conflicts.filter((one) => one.path !== path);
    this.tell();
    this.onSettle();
  }

  /** It has been submitted: what was only here is no part of it. It is told beside what stands there, and goes nowhere. */
  end(): void {
    const left = [...this.dirty].filter(([path, mine]) => JSON.stringify(valueAt(this.whole.data, path) ?? null) !== JSON.stringify(mine));
    this.dirty.clear();
    this.seen.clear();
    this.typed.clear();
    this.take(this.whole);
    this.clash(left.map(([path, mine]) => ({ path, mine, theirs: null })));
  }

  /** Bullets make place for a value that is written anew. */
  unmask(path: string): void {
    this.told = { ...this.told, masked: this.told.masked.filter((one) => one.path !== path) };
    this.data = withValue(this.data, path, null);
    this.think();
  }

  private isHiddenByHost(path: string): boolean { return [...this.hiddenByHost].some((hidden) => within(path, hidden)); }
  isShown(path: string): boolean { return this.state.isVisible(path) && !this.isHiddenByHost(path); }
  isFilled(path: string): boolean { return !isEmpty(valueAt(this.data, path)); }
  /** It is not looked at any more: what would follow a pause follows now, and the next key begins a pause of its own. */
  stop(): void {
    this.leave();
    if (this.timer) this.think();
  }
}

const context = () => ({ values: { now: new Date() }, phone: (text: string) => phoneOf(text) });
