import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useKey } from "./keys.ts";
import { useSteady } from "./steady.ts";
import css from "./shared.module.css";

interface PagesProps<T> {
  label: string;
  /** Under which the place in the list is remembered, for who opens a row and comes back. */
  place: string;
  items: T[];
  rowHeight: number;
  keyOf: (item: T) => string;
  /** `tabIndex` is for the row's own buttons: a list of a thousand rows is one stop of the Tab key, not a thousand. */
  row: (item: T, chosen: boolean, tabIndex: 0 | -1) => ReactNode;
  onOpen: (item: T) => void;
  /** Rows can be picked: X takes the one walked to, Shift+X all from the one picked before. */
  onPick?: (item: T, isRange: boolean) => void;
  more?: { has: boolean; busy: boolean; load: () => void };
  /** Names of the columns; seen only, for each row tells its own. */
  head?: ReactNode;
}

const headPx = 32;
const left = new Map<string, { top: number; chosen: string | null }>();

/** A list of any length: only the rows on the screen exist, the next page is fetched before its end. J, K or arrows and Enter walk it. */
export function Pages<T>({ label, place, items, rowHeight, keyOf, row, onOpen, onPick, more, head }: PagesProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(left.get(place)?.chosen ?? null);
  // The virtualizer answers by mutable methods, so the compiler-style memo rules do not apply here.
  const virtual = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8, scrollPaddingEnd: head ? headPx : 0, getItemKey: (index) => keyOf(items[index] as T), initialOffset: left.get(place)?.top ?? 0 });
  const keys = useMemo(() => items.map(keyOf), [items]);
  useSteady(box, keys, (index) => index * rowHeight);
  useRemembered(box, place, chosen);
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => { if (more?.has && !more.busy && last >= items.length - 12) more.load(); }, [last, items.length, more]);
  const at = chosen === null ? -1 : keys.indexOf(chosen);
  const walk = (step: number) => {
    // Nothing chosen yet: the walk begins with the first row in sight, not at the top of a list scrolled far down.
    const from = at >= 0 ? at + step : Math.ceil((box.current?.scrollTop ?? 0) / rowHeight);
    const next = Math.max(0, Math.min(items.length - 1, from));
    setChosen(keys[next] ?? null);
    virtual.scrollToIndex(next);
  };
  const focusing = useRef(false);
  useEffect(() => {
    if (focusing.current) box.current?.querySelector<HTMLElement>("[data-chosen-row] button")?.focus({ preventScroll: true });
    focusing.current = false;
  }, [chosen]);
  const onArrow = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    focusing.current = true;
    walk(step);
  };
  const firstSeen = Math.ceil((virtual.scrollOffset ?? 0) / rowHeight);
  const stop = rows.some((each) => each.index === at) ? at : firstSeen;
  useKey("next", () => walk(1), items.length > 0);
  useKey("previous", () => walk(-1), items.length > 0);
  useKey("open", () => { const item = items[at]; if (item) onOpen(item); }, at >= 0);
  const pick = (isRange: boolean) => { const item = items[at]; if (item) onPick?.(item, isRange); };
  useKey("pick", () => pick(false), onPick !== undefined && at >= 0);
  useKey("pickRange", () => pick(true), onPick !== undefined && at >= 0);
  return (
    <div className={css.list} ref={box} tabIndex={0} role="region" aria-label={label} onKeyDown={onArrow}>
      {head && <div className={css.listHead} aria-hidden>{head}</div>}
      <div className={css.listBody} role="list" style={{ height: virtual.getTotalSize() }}>
        {rows.map((each) => {
          const item = items[each.index];
          return item && (
            <div key={each.key} role="listitem" data-chosen-row={each.index === at || undefined} className={css.listRow} style={{ height: rowHeight, transform: `translateY(${each.start}px)` }}>
              {row(item, each.index === at, each.index === stop ? 0 : -1)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function useRemembered(box: RefObject<HTMLDivElement | null>, place: string, chosen: string | null): void {
  const latest = useRef(chosen);
  latest.current = chosen;
  // The layout's effect ends while the list is still in the page; later it has no scroll any more.
  useLayoutEffect(() => {
    const list = box.current;
    if (list) list.scrollTop = left.get(place)?.top ?? 0;
    return () => { left.set(place, { top: list?.scrollTop ?? 0, chosen: latest.current }); };
  }, [place]);
}
