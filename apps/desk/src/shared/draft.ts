import { useCallback, useEffect, useRef, useState } from "react";
import { readStored, writeStored } from "./settings.ts";

/** A form's values that survive a reload, a crash and a lost link. `forget` is called when the server has them. */
export function useDraft<T extends object>(name: string, initial: () => T): { draft: T; set: (change: Partial<T>) => void; forget: () => void } {
  const key = `linija:draft:${name}`;
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
