import { useCallback, useMemo, useRef, useState } from "react";

export interface Picked { ids: ReadonlySet<string>; /** With the list in its order: all between this one and the one before. */ pick: (id: string, order: string[] | null) => void; clear: () => void }

/** What is picked after one more press; a range takes and never gives back. */
export function pickNext(ids: ReadonlySet<string>, id: string, range: { order: string[]; last: string | null } | null): ReadonlySet<string> {
  const next = new Set(ids);
  const [from, to] = range ? [range.order.indexOf(range.last ?? ""), range.order.indexOf(id)] : [-1, -1];
  if (range && from >= 0 && to >= 0) for (const each of range.order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
  else if (!next.delete(id)) next.add(id);
  return next;
}

export function usePicked(): Picked {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const pick = useCallback((id: string, order: string[] | null) => {
    const before = last.current;
    last.current = id;
    setIds((ids) => pickNext(ids, id, order && { order, last: before }));
  }, []);
  const clear = useCallback(() => { last.current = null; setIds(new Set()); }, []);
  return useMemo(() => ({ ids, pick, clear }), [ids, pick, clear]);
}
