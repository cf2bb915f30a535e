import type { SavedView, TicketFilter, ViewSort } from "@linija/server/contract/views/views";
import { readColumns } from "./columns.ts";

/** What a list of tickets shows: it stands in the page's address, so that it can be sent to a colleague. */
export interface Asked { filter: TicketFilter; sort: ViewSort; /** Absent: those every list begins with. */ columns?: SavedView["columns"] }

export const sorts: ViewSort[] = ["changed", "untouched", "due", "newest", "oldest"];
const live: TicketFilter["statuses"] = ["open", "waiting"];

const plain: Record<string, TicketFilter> = { done: { statuses: ["done"] }, unconfirmed: { statuses: ["closed"], closedAs: ["unconfirmed"] }, decisions: { types: ["decision"] }, all: {} };

/** The views that are always there, as filters; what is changed in one begins from here. */
export function fixedView(view: string, department: string | null): Asked {
  const changed = (filter: TicketFilter): Asked => ({ filter, sort: "changed" });
  switch (view) {
    case "mine": return changed({ owners: ["me"], statuses: ["open", "waiting", "done"] });
    case "unassigned": return changed({ owners: ["nobody"], statuses: live });
    case "waiting": return changed({ statuses: ["waiting"] });
    case "callbacks": return { filter: { types: ["callback"], statuses: live }, sort: "due" };
    case "breaching": return { filter: { statuses: ["open"], dueWithinH: 0 }, sort: "due" };
    case "forgotten": return { filter: { statuses: live, untouchedForH: 24 }, sort: "untouched" };
    case "department": return changed({ statuses: live, ...(department && { departments: [department] }) });
    default: return changed(Object.hasOwn(plain, view) ? plain[view]! : { statuses: live });
  }
}

/** An address somebody bent by hand shows what can be understood of it; the server judges the rest. */
export function readAsked(filter: string | undefined, sort: string | undefined, columns?: string): Asked | null {
  if (filter === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(filter);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { filter: parsed as TicketFilter, sort: sorts.find((each) => each === sort) ?? "changed", ...(columns && { columns: readColumns(columns) }) } : null;
  } catch {
    return null;
  }
}

/** Without what is empty, so that one filter is always written in one way. */
export const tidy = (filter: TicketFilter): TicketFilter => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0)));
export const written = (filter: TicketFilter): string => JSON.stringify(tidy(filter));
/** How many parts narrow. */
export const partsOf = (filter: TicketFilter): number => Object.keys(tidy(filter)).length;
