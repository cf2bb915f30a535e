import type { RouteName } from "./api.ts";

export interface Thing { kind: string; id: string }
/**
 * How far a change reaches into the reads of a route: all of them, the one of that thing (`params.id`), those whose
 * answer mentions it, the own line while it has that call, or lists, of which the items with these ids are read again.
 */
type Reach = "all" | "one" | "mentioned" | "line" | "items";

const stale: Record<string, Partial<Record<RouteName, Reach>>> = {
  line: { getLine: "all" },
  ticket: { listDue: "all", getLoad: "all", listTickets: "items", findTickets: "items", ticketBoard: "all", getTicket: "one", ticketHistory: "one", listTicketRuns: "one", listRelations: "one", listDocuments: "one", listMessages: "one", clientTimeline: "mentioned" },
  client: { searchClients: "items", getClient: "one", clientByPhone: "all", clientTimeline: "one", clientHistory: "one" },
  interaction: { listCalls: "items", getCall: "one", clientTimeline: "mentioned", getLine: "line" },
  call: { listCalls: "items", getCall: "one", clientTimeline: "mentioned", getLine: "line" },
  recording: { getRecording: "one", listCalls: "items", getCall: "all", clientTimeline: "all" },
  // The own line has a push of its own.
  operator: { getFloor: "all" },
  operators: { listOperators: "items", getOperator: "one", operatorHistory: "one", operatorChoices: "all" },
  queue: { getFloor: "all" },
  floor: { getFloor: "all" },
  user: { listUsers: "all", getMe: "all", listOperators: "items", getOperator: "one" },
  // Said beside the ticket itself, for whom the ticket may concern.
  project: {},
  declarations: { listProjects: "all", listTexts: "all", readText: "all", listVersions: "all", previewMigration: "all", ticketTypes: "all", listForms: "all", operatorChoices: "all", getFloor: "all" },
  notice: { getTicket: "all", listMessages: "all", clientTimeline: "all" },
  promise: { listPromises: "all", ticketPromises: "all", clientPromises: "all", promiseFigures: "all" },
  handover: { clientHandovers: "all", listHandovers: "all", ticketHandovers: "all", handoverFigures: "all" },
  guide_run: { ticketGuides: "all" },
  approvals: { listApprovals: "all" },
  form: { listDue: "all", getRecord: "one", recordHistory: "one", listRecords: "all", taskForms: "all" },
  solution: { ticketSolutions: "one" },
  hook: { listHooks: "all" },
  webhook: { listWebhooks: "all", listDeliveries: "all" },
};

interface Read { queryKey: readonly unknown[]; state: { data: unknown } }
export interface Staleness { /** A kind nobody knows makes everything stale: late is worse than twice. */ everything: boolean; names: RouteName[]; touch: (query: Read) => ReadonlySet<string> | null }

/** Which reads a burst of changes makes stale. */
export function stalenessOf(things: Iterable<Thing>): Staleness {
  const ids = new Map<string, Set<string>>();
  for (const { kind, id } of things) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  const kinds = [...ids.keys()];
  return {
    everything: kinds.some((kind) => stale[kind] === undefined),
    names: [...new Set(kinds.flatMap((kind) => Object.keys(stale[kind] ?? {}) as RouteName[]))],
    touch: (query) => {
      const reached = [...ids].filter(([kind, some]) => reaches(stale[kind]?.[query.queryKey[0] as RouteName], query, some));
      return reached.length === 0 ? null : new Set(reached.flatMap(([, some]) => [...some]));
    },
  };
}

function reaches(reach: Reach | undefined, query: Read, ids: ReadonlySet<string>): boolean {
  if (reach === undefined) return false;
  if (reach === "one") return ids.has((query.queryKey[1] as { params?: { id?: string } } | null)?.params?.id ?? "");
  if (reach === "line") return hasCall(query.state.data, ids);
  return reach !== "mentioned" || mentions(query.state.data, ids);
}

function hasCall(data: unknown, ids: ReadonlySet<string>): boolean {
  const line = data as { call: { id: string } | null; offer: { interactionId: string } | null } | undefined;
  return line !== undefined && (ids.has(line.call?.id ?? "") || ids.has(line.offer?.interactionId ?? ""));
}

interface Told { id: string; data: Record<string, unknown> }
/** Of a timeline: entries of a thing, and those about its ticket. */
function mentions(data: unknown, ids: ReadonlySet<string>): boolean {
  const pages = (data as { pages?: { items: Told[] }[] } | undefined)?.pages;
  // Nothing read yet: whatever comes may belong to it.
  if (!pages) return true;
  return pages.some(({ items }) => items.some((item) => ids.has(item.id) || ids.has(String(item.data["ticketId"]))));
}
