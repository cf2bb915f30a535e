const all = new Set<() => void>();

/** For what a module keeps of the database between two looks at it: how to forget it. Returns `forget` itself. */
export function remembered(forget: () => void): () => void {
  all.add(forget);
  return forget;
}

/** Another database takes the place of the one that was read; in tests each file has its own. */
export const forgetAll = (): void => { for (const forget of all) forget(); };
