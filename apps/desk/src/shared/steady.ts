import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

/** What is being read stays under the eye when rows come or go above it; at the very top the newest shows. */
export function useSteady(box: RefObject<HTMLElement | null>, keys: readonly string[], startOf: (index: number) => number): void {
  const held = useRef<{ key: string; into: number } | null>(null);
  const now = useRef({ keys, startOf });
  now.current = { keys, startOf };
  const hold = useRef(() => {
    const top = box.current?.scrollTop ?? 0;
    const { keys: rows, startOf: start } = now.current;
    const index = rows.findLastIndex((_, each) => start(each) <= top);
    held.current = top > 0 && index >= 0 ? { key: rows[index] as string, into: top - start(index) } : null;
  });
  useLayoutEffect(() => {
    const place = box.current;
    const index = held.current && place ? keys.indexOf(held.current.key) : -1;
    if (place && held.current && index >= 0) {
      const top = startOf(index) + held.current.into;
      if (Math.abs(top - place.scrollTop) >= 1) place.scrollTop = top;
    }
    hold.current();
  }, [keys]);
  useEffect(() => {
    const place = box.current;
    const onScroll = () => hold.current();
    place?.addEventListener("scroll", onScroll, { passive: true });
    return () => place?.removeEventListener("scroll", onScroll);
  }, []);
}
