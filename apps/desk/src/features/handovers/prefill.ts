import type { TicketView } from "@linija/server/contract/tickets/tickets";

export interface Note { wanted: string; tried: string; expected: string; /** As the browser's field writes it. */ due: string }
type Known = Pick<TicketView, "subject" | "description" | "notes" | "dueAt">;

const MOST_NOTES = 3;
const MOST = 1_500;
/** As a field for date and time writes it: the wall clock of this browser. */
export const local = (at: string | null): string => (at === null ? "" : new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16));

/** What the ticket knows of it already: what was asked for, the newest notes, its deadline where it is still ahead. */
export function noteOf({ subject, description, notes, dueAt }: Known, now: number = Date.now()): Note {
  const newest = notes.toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, MOST_NOTES).reverse();
  return {
    wanted: (description.trim() === "" ? subject : description).slice(0, MOST), tried: newest.map(({ text }) => text.trim()).join("\n").slice(0, MOST), expected: "",
    due: dueAt !== null && Date.parse(dueAt) > now ? local(dueAt) : "",
  };
}
