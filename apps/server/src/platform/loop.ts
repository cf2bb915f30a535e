/** Work that is taken from a table until nothing is due, woken by whoever adds to it. */
export interface Loop {
  wake(): void;
  /** Resolves when what was woken has been done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Rows of other nodes, and those whose time has come, are found by looking. */
const SWEEP_MS = 1_000;

/** `work` does some and says whether there may be more; it never runs twice at once. What it throws is told, and tried again at the next look. */
export function startLoop(work: () => Promise<boolean>, failed: (error: unknown) => void): Loop {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const drain = async (): Promise<void> => {
    do {
      again = false;
      while (!stopped && (await work())) { /* until nothing is due */ }
    } while (again && !stopped);
  };
  const wake = (): void => {
    again = true;
    if (!stopped) running ??= drain().catch(failed).finally(() => { running = null; });
  };
  const idle = async (): Promise<void> => { while (running) await running; };
  const sweep = setInterval(wake, SWEEP_MS);
  wake();
  return { wake, idle, stop: async () => { stopped = true; clearInterval(sweep); await idle(); } };
}
