import type { Cell, SavedView } from "@linija/server/contract/views/views";
import { readStored, writeStored } from "../../shared/settings.ts";

export type Column = SavedView["columns"][number];
/** Every list begins with these; its layout for narrow windows is made for them. */
export const defaultColumns: Column[] = ["number", "subject", "stage", "priority", "owner", "due", "changed"];
export const MOST_COLUMNS = 14;

const own = ["number", "subject", "stage", "priority", "owner", "due", "changed", "created", "department", "client", "project", "channel"] as const;
export type OwnColumn = (typeof own)[number];
export const ownColumns: readonly OwnColumn[] = own;
export const isOwn = (column: Column): column is OwnColumn => (own as readonly string[]).includes(column);
const isField = (column: string): boolean => /^(fields|form)\.[a-z][a-z0-9_]{0,59}$/i.test(column);

/** Columns as they stand in an address somebody may have bent by hand: what can be understood, each once. */
export const readColumns = (text: string): Column[] => [...new Set(text.split(",").filter((column) => isOwn(column) || isField(column)))].slice(0, MOST_COLUMNS);

/** The least a column needs, in pixels, and its share of what is left. */
interface Width { min: number; share: number }
const widths: Record<OwnColumn, Width> = {
  number: { min: 146, share: 0 }, subject: { min: 150, share: 2.2 }, stage: { min: 132, share: 1.1 }, priority: { min: 96, share: 0 }, owner: { min: 96, share: 1 }, due: { min: 122, share: 0 },
  changed: { min: 98, share: 0 }, created: { min: 98, share: 0 }, department: { min: 104, share: 1 }, client: { min: 110, share: 1 }, project: { min: 90, share: 0.7 }, channel: { min: 88, share: 0 },
};
const fieldWidths: Record<Cell["kind"], Width> = { text: { min: 110, share: 1 }, number: { min: 84, share: 0 }, money: { min: 104, share: 0 }, date: { min: 100, share: 0 }, moment: { min: 126, share: 0 }, yes_no: { min: 72, share: 0 } };
const GAP = 12;
const BAR = 3;

/** The tracks of a row and how wide it is at least; beyond that the list is pushed sideways. `set` are widths somebody drew by hand. */
export function tracksOf(columns: readonly Column[], kindOf: (column: Column) => Cell["kind"], set: Readonly<Record<string, number>>): { gridTemplateColumns: string; minWidth: number } {
  const all = columns.map((column) => ({ column, ...(isOwn(column) ? widths[column] : fieldWidths[kindOf(column)]) }));
  // Something has to take what is left, else a wide window ends in nothing.
  const isFixed = all.every(({ share, column }) => share === 0 || set[column] !== undefined);
  const tracks = all.map(({ column, min, share }, index) => {
    const width = set[column];
    if (width !== undefined) return isFixed && index === all.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`;
    return share > 0 || (isFixed && index === all.length - 1) ? `minmax(${min}px, ${share || 1}fr)` : `${min}px`;
  });
  return { gridTemplateColumns: [`${BAR}px`, ...tracks].join(" "), minWidth: BAR + all.reduce((sum, { column, min }) => sum + GAP + (set[column] ?? min), 0) };
}

/** Widths drawn by hand stay on this machine, for the column wherever it is shown. */
const WIDTHS = "linija:columns";
export const storedWidths = (): Record<string, number> => Object.fromEntries(Object.entries(readStored<Record<string, unknown>>(WIDTHS) ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
export const storeWidths = (set: Record<string, number>): void => writeStored(WIDTHS, Object.keys(set).length > 0 ? set : null);
export const NARROWEST = 48;
export const WIDEST = 640;
