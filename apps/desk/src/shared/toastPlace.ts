/** A part of the window, in CSS pixels from its upper left corner. */
export interface Part { top: number; bottom: number; left: number; right: number }

const EDGE = 16;
const WIDE = 340;
/** Under the bar of the desk. */
const TOP = 52;

/**
 * Where messages stand so that they cover no place where something is typed: as far from the lower edge as it says, or under the
 * desk's bar; in the corner where both are taken.
 */
export function toastPlace(typed: readonly Part[], { width, height }: { width: number; height: number }, high: number): { bottom: number } | { top: number } {
  const right = Math.min(width, EDGE + WIDE);
  const near = typed.filter((part) => part.left < right && part.right > EDGE && part.bottom > Math.max(0, part.top) && part.top < height);
  const isClear = (from: number, to: number): boolean => near.every((part) => part.bottom <= from || part.top >= to);
  // From the lowest up: above one there may be another.
  const above = near.map((part) => height - part.top + EDGE / 2).toSorted((one, other) => one - other);
  const bottom = [EDGE, ...above].find((each) => height - each - high >= TOP && isClear(height - each - high, height - each));
  if (bottom !== undefined) return { bottom };
  return isClear(TOP, TOP + high) ? { top: TOP } : { bottom: EDGE };
}
