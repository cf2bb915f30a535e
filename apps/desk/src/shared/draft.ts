import { useCallback, useEffect, useRef, useState } from "react";
import { readStored, storedNames, writeStored } from "./settings.ts";

const keyOf = (name: string): string => `linija:draft:${name}`;

/** The server has it. Whoever learns it may outlive the form, which is closed or drawn anew by what the server tells meanwhile. */
export const forgetDraft = (name: string): void => writeStored(keyOf(name), null);

/** What was typed and never sent under names that begin so. */
export function draftsUnder<T>(begin: string): { name: string; draft: Partial<T> }[] {
  const prefix = keyOf("");
  return storedNames(keyOf(begin)).flatMap((key) => { const draft = readStored<Partial<T>>(key); return draft ? [{ name: key.slice(prefix.length), draft }] : []; });
}

/** A form's values that survive a reload, a crash and a lost link. `forget` is called when the server has them. */
export function useDraft<T extends object>(name: string, initial: () => T): { draft: T; set: (change: Partial<T>) => void; forget: () => void } {
  const key = keyOf(name);
  const [draft, setDraft] = useState<T>(() => ({ ...initial(), ...readStored<Partial<T>>(key) }));
  const shown = useRef(key);
  const begin = useRef(initial);
  begin.current = initial;
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    setDraft({ ...begin.current(), ...readStored<Partial<T>>(key) });
  }, [key]);
  const set = useCallback((change: Partial<T>) => setDraft((before) => {
    const next = { ...before, ...change };
    writeStored(key, next);
    return next;
  }), [key]);
  const forget = useCallback(() => { writeStored(key, null); setDraft(begin.current()); }, [key]);
  return { draft, set, forget };
}
