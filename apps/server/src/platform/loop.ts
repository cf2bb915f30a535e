/** Work that is taken from a table until nothing is due, woken by whoever adds to it. */
export interface Loop {
  wake(): void;
  /** Resolves when what was woken has been done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Rows of other nodes, and those whose time has come, are found by looking. */
const SWEEP_MS = 1_000;
/** So long a loop waits for more after it took less than it could: under load, one transaction for what comes in this time instead of one for each. */
const GATHER_MS = 40;

/** What was taken: `true` as much as fits, so that there may be more at once; `some` less than that; `false` nothing. */
export type Taken = boolean | "some";

/** `work` does some and says whether there may be more; it never runs twice at once. What it throws is told, and tried again at the next look. */
export function startLoop(work: () => Promise<Taken>, failed: (error: unknown) => void): Loop {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const gathering = createPause();
  const more = async (): Promise<Taken> => !stopped && (await work());
  const drain = async (): Promise<void> => {
    do {
      again = false;
      for (let taken = await more(); taken; taken = await more()) if (taken === "some") await gathering.pause(GATHER_MS);
    } while (again && !stopped);
  };
  const wake = (): void => {
    again = true;
    if (!stopped) running ??= drain().catch(failed).finally(() => { running = null; });
  };
  const idle = async (): Promise<void> => {
    gathering.hurry(true);
    while (running) await running;
    gathering.hurry(false);
  };
  const sweep = setInterval(wake, SWEEP_MS);
  wake();
  return { wake, idle, stop: async () => { stopped = true; clearInterval(sweep); await idle(); } };
}

/** A pause that ends early, and is none at all, while somebody waits for the end of the work. */
function createPause() {
  let waiting = 0;
  let end: (() => void) | null = null;
  return {
    hurry: (begins: boolean): void => {
      waiting += begins ? 1 : -1;
      end?.();
    },
    pause: (ms: number): Promise<void> => (waiting > 0 ? Promise.resolve() : new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      end = () => { clearTimeout(timer); resolve(); };
    })),
  };
}
