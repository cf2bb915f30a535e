import { z } from "zod";
import { contract, idParams, instant, okReply, page, pageQuery } from "../api.contract.ts";
import { ticketRow, ticketStatus } from "../tickets/tickets.contract.ts";

const key = z.string().min(1).max(60);
const some = <T extends z.ZodType>(of: T) => z.array(of).min(1).max(30);
const hours = z.number().min(0).max(24 * 366 * 5);

/** A field of the ticket's process (`fields.building`) or of its form (`form.total`), compared with a value of its type. */
export const fieldFilter = z.strictObject({
  field: z.string().regex(/^(fields|form)\.[a-z][a-z0-9_]{0,59}$/i, "fields.… or form.…"), is: z.enum(["equal", "not_equal", "less", "more", "contains", "filled", "empty"]),
  value: z.union([z.string().max(200), z.number(), z.boolean()]).optional(),
});
/** Every part narrows; a part that is absent does not. */
export const ticketFilter = z.strictObject({
  text: z.string().trim().max(200).optional(),
  statuses: some(ticketStatus).optional(), projects: some(key).optional(), types: some(key).optional(), stages: some(key).optional(), departments: some(key).optional(), channels: some(key).optional(),
  priorities: some(z.number().int().min(0).max(3)).optional(),
  /** People by id; `me` is who reads, `nobody` what has no owner. */
  owners: some(z.union([z.enum(["me", "nobody"]), z.uuid()])).optional(),
  clientId: z.uuid().optional(), parentId: z.uuid().optional(),
  /** Due before so many hours from now; 0: overdue. Work that waits has no running time. */
  dueWithinH: hours.optional(), olderThanH: hours.optional(), untouchedForH: hours.optional(),
  reopened: z.boolean().optional(), closedAs: some(z.enum(["confirmed", "unconfirmed", "rejected", "cancelled"])).optional(),
  fields: z.array(fieldFilter).max(6).optional(),
});
export type TicketFilter = z.infer<typeof ticketFilter>;

/** Last change first or last; the nearest deadline; newest or oldest. The last three are of open tickets alone. */
export const viewSort = z.enum(["changed", "untouched", "due", "newest", "oldest"]);
export type ViewSort = z.infer<typeof viewSort>;
export const viewColumns = ["number", "subject", "stage", "priority", "owner", "due", "changed", "created", "department", "client", "project", "channel"] as const;
/** A column that every ticket has, or a field of the process (`fields.building`) or of the form (`form.total`). */
export const viewColumn = z.union([z.enum(viewColumns), z.string().regex(/^(fields|form)\.[a-z][a-z0-9_]{0,59}$/i)]);
export const MOST_COLUMNS = 14;
/** What stands in a column of a field, as its kind is written: words in the reader's language, exact amounts, days. */
export const cell = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }), z.object({ kind: z.literal("number"), value: z.number() }), z.object({ kind: z.literal("money"), amount: z.string(), currency: z.string() }),
  z.object({ kind: z.literal("date"), date: z.string() }), z.object({ kind: z.literal("moment"), at: z.string() }), z.object({ kind: z.literal("yes_no"), yes: z.boolean() }),
]);
export type Cell = z.infer<typeof cell>;
export const viewRoles = z.enum(["operator", "supervisor", "department_worker", "administrator", "management"]);
const viewBody = {
  name: z.string().trim().min(1).max(80), filter: ticketFilter, sort: viewSort.default("changed"), layout: z.enum(["list", "board"]).default("list"),
  columns: z.array(viewColumn).min(1).max(MOST_COLUMNS).default(["number", "subject", "stage", "priority", "owner", "due", "changed"]),
  /** With whom; null: nobody. */
  shared: z.object({ projectKey: key, role: viewRoles.nullable().default(null) }).nullable().default(null),
};
export const ticketView = z.object({ ...viewBody, id: z.uuid(), version: z.number().int(), /** Of whoever reads. */ mine: z.boolean(), ownerName: z.string(), mayChange: z.boolean() });
export type SavedView = z.infer<typeof ticketView>;

export const listViews = contract({ method: "GET", path: "/tickets/views", summary: "Saved views: one's own and those shared with one", reply: z.object({ items: z.array(ticketView) }) });
export const saveView = contract({ method: "POST", path: "/tickets/views", summary: "Save a view; sharing it with a project is a supervisor's", body: z.object(viewBody), reply: ticketView });
export const changeView = contract({ method: "PUT", path: "/tickets/views/:id", summary: "Change a saved view; only the version seen", params: idParams, body: z.object({ ...viewBody, version: z.number().int() }), reply: ticketView });
export const removeView = contract({ method: "DELETE", path: "/tickets/views/:id", summary: "Remove a saved view", params: idParams, reply: okReply });

const asked = { /** A `TicketFilter` as JSON. */ filter: z.string().max(6_000).default("{}") };
export const findTickets = contract({
  method: "GET", path: "/tickets/found", summary: "Tickets of a filter, keyset-paged. A page reads a bounded piece of one index: it may be short, or empty, with `next` to go on from `seenTo`",
  query: z.object({ ...asked, sort: viewSort.default("changed"), /** Names of columns, parted by commas; those of fields are answered in `cells`. */ columns: z.string().max(1_000).optional(), ...pageQuery }),
  reply: page(ticketRow.extend({ channel: z.string(), cells: z.record(z.string(), cell) })).extend({
    seenTo: instant.nullable(), /** Nothing has the words that were asked for: these tickets have the words that were likely meant. */ instead: z.object({ asked: z.string(), shown: z.string() }).nullable(),
  }),
});
export const ticketColumns = contract({
  method: "GET", path: "/tickets/columns", summary: "Fields of processes and forms of one's projects that a list can show, with their names and kinds",
  reply: z.object({ items: z.array(z.object({
    key: viewColumn, name: z.string(), kind: z.enum(["text", "number", "money", "date", "moment", "yes_no"]),
    /** The forms, or the types of tickets, that have it. */ of: z.array(z.string()), /** What can be chosen in it. */ options: z.array(z.object({ value: z.string(), name: z.string() })), /** Several of them at once. */ many: z.boolean(), /** Whether a filter may ask by it: it is shown to this reader whole. */ mayAsk: z.boolean(),
    /** Of money, where it is always the same. */ currency: z.string().nullable(),
  })) }),
});
export const ticketBoard = contract({
  method: "GET", path: "/tickets/board", summary: "Stages of a filter in their order, with how many stand there (at most 100 are counted)",
  query: z.object(asked), reply: z.object({ columns: z.array(z.object({ stage: z.string(), /** Empty where processes call it differently. */ name: z.string(), status: ticketStatus, count: z.number().int(), /** There are more than were counted. */ more: z.boolean() })),
    /** That work can be given to, in these projects. */ departments: z.array(z.object({ key: z.string(), name: z.string() })) }),
});
