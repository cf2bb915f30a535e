/** One timer; create with `Timers.start`. A node of its slot's ring, so that cancelling costs nothing and keeps nothing alive. */
export class Timer {
  prev: Timer = this;
  next: Timer = this;
  dueMs = 0;
  fire: (() => void) | null = null;
}

export interface TimersOptions {
  /** Milliseconds of any monotonic clock; default performance.now. */
  now?: () => number;
  /** Runs `wake` once after `delayMs`; returns how to call it off. Default setTimeout. */
  setTimer?: (wake: () => void, delayMs: number) => () => void;
}

const TICK_MS = 10;
const SLOTS = 4096; // × 10 ms = 41 s: 64·T1 = 32 s fits one turn; longer timers go round again

/**
 * A timer wheel: a call on SIP starts and cancels a dozen timers that almost never fire, so starting and cancelling
 * must be a few pointer writes. Precision is 10 ms, never early. At most one system timer is pending.
 */
export class Timers {
  readonly now: () => number;
  readonly #setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly #slots: Timer[] = Array.from({ length: SLOTS }, () => new Timer());
  readonly #due = new Timer();
  #size = 0;
  #doneTick: number;
  #wakeTick = Infinity;
  #unschedule: (() => void) | null = null;

  constructor(options: TimersOptions = {}) {
    this.now = options.now ?? (() => performance.now());
    this.#setTimer = options.setTimer ?? realTimer;
    this.#doneTick = Math.floor(this.now() / TICK_MS);
  }

  /** Timers that have neither fired nor been cancelled. */
  get size(): number { return this.#size; }

  start(delayMs: number, fire: () => void): Timer {
    const timer = new Timer();
    timer.dueMs = this.now() + delayMs;
    timer.fire = fire;
    if (this.#size === 0) this.#doneTick = Math.max(this.#doneTick, Math.floor(this.now() / TICK_MS) - 1);
    this.#insert(timer);
    this.#size++;
    return timer;
  }

  /** Calls a timer off; null and timers that have fired are fine. */
  cancel(timer: Timer | null): void {
    if (!timer || timer.fire === null) return;
    timer.fire = null;
    this.#unlink(timer);
    this.#size--;
  }

  /** Calls everything off. */
  clear(): void {
    this.#unschedule?.();
    this.#unschedule = null;
    this.#wakeTick = Infinity;
    for (const slot of [this.#due, ...this.#slots]) while (slot.next !== slot) this.cancel(slot.next);
  }

  #insert(timer: Timer): void {
    const tick = Math.max(Math.ceil(timer.dueMs / TICK_MS), this.#doneTick + 1);
    const slot = this.#slots[tick % SLOTS]!;
    append(slot, timer);
    if (tick < this.#wakeTick) this.#schedule(tick);
  }

  #unlink(timer: Timer): void {
    timer.prev.next = timer.next;
    timer.next.prev = timer.prev;
    timer.prev = timer.next = timer;
  }

  #schedule(tick: number): void {
    this.#unschedule?.();
    this.#wakeTick = tick;
    this.#unschedule = this.#setTimer(this.#wake, Math.max(1, tick * TICK_MS - this.now()));
  }

  readonly #wake = (): void => {
    this.#unschedule = null;
    this.#wakeTick = Infinity;
    const nowTick = Math.floor(this.now() / TICK_MS);
    // After a long sleep of the process one turn of the wheel visits every timer there is.
    for (let tick = Math.max(this.#doneTick + 1, nowTick - SLOTS + 1); tick <= nowTick; tick++) this.#collect(tick);
    this.#doneTick = Math.max(this.#doneTick, nowTick);
    try {
      while (this.#due.next !== this.#due) this.#fire(this.#due.next);
    } finally {
      if (this.#size > 0) this.#schedule(this.#due.next === this.#due ? this.#nextBusyTick() : nowTick);
    }
  };

  /** Moves what is due in a slot to the due ring; timers of a later turn stay. */
  #collect(tick: number): void {
    const slot = this.#slots[tick % SLOTS]!;
    for (let timer = slot.next; timer !== slot; ) {
      const next = timer.next;
      if (timer.dueMs <= tick * TICK_MS) {
        this.#unlink(timer);
        append(this.#due, timer);
      }
      timer = next;
    }
  }

  #fire(timer: Timer): void {
    const fire = timer.fire!;
    timer.fire = null;
    this.#unlink(timer);
    this.#size--;
    fire();
  }

  #nextBusyTick(): number {
    for (let tick = this.#doneTick + 1; tick <= this.#doneTick + SLOTS; tick++) {
      const slot = this.#slots[tick % SLOTS]!;
      if (slot.next !== slot) return tick;
    }
    return this.#doneTick + SLOTS;
  }
}

function append(ring: Timer, timer: Timer): void {
  timer.prev = ring.prev;
  timer.next = ring;
  ring.prev.next = timer;
  ring.prev = timer;
}

function realTimer(wake: () => void, delayMs: number): () => void {
  const handle = setTimeout(wake, delayMs);
  return () => clearTimeout(handle);
}
