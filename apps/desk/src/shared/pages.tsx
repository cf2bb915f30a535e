import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useKey } from "./keys.ts";
import css from "./shared.module.css";

interface PagesProps<T> {
  label: string;
  items: T[];
  rowHeight: number;
  keyOf: (item: T) => string;
  row: (item: T, chosen: boolean) => ReactNode;
  onOpen: (item: T) => void;
  more?: { has: boolean; busy: boolean; load: () => void };
  header?: ReactNode;
}

/** A list of any length: only the rows on the screen exist, the next page is fetched before its end. J, K and Enter walk it. */
export function Pages<T>({ label, items, rowHeight, keyOf, row, onOpen, more, header }: PagesProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(-1);
  // The virtualizer answers by mutable methods, so the compiler-style memo rules do not apply here.
  const virtual = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8, getItemKey: (index) => keyOf(items[index] as T) });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => { if (more?.has && !more.busy && last >= items.length - 12) more.load(); }, [last, items.length, more]);
  const walk = (step: number) => {
    const next = Math.max(0, Math.min(items.length - 1, chosen + step));
    setChosen(next);
    virtual.scrollToIndex(next);
  };
  useKey("next", () => walk(1), items.length > 0);
  useKey("previous", () => walk(-1), items.length > 0);
  useKey("open", () => { const item = items[chosen]; if (item) onOpen(item); }, chosen >= 0);
  return (
    <div className={css.list} ref={box} tabIndex={0} role="region" aria-label={label}>
      {header}
      <div className={css.listBody} role="list" style={{ height: virtual.getTotalSize() }}>
        {rows.map((each) => {
          const item = items[each.index];
          return item && (
            <div key={each.key} role="listitem" className={css.listRow} style={{ height: rowHeight, transform: `translateY(${each.start}px)` }}>
              {row(item, each.index === chosen)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
