import type * as access from "@linija/server/contract/access/access";
import type { Problem } from "@linija/server/contract/api";
import type * as automation from "@linija/server/contract/automation/automation";
import type * as articles from "@linija/server/contract/articles/articles";
import type * as calls from "@linija/server/contract/calls/calls";
import type * as clients from "@linija/server/contract/clients/clients";
import type * as declarations from "@linija/server/contract/declarations/declarations";
import type * as migrations from "@linija/server/contract/declarations/declarations.migrate";
import type * as removals from "@linija/server/contract/declarations/declarations.remove";
import type * as retiring from "@linija/server/contract/declarations/declarations.retire";
import type * as duties from "@linija/server/contract/duties/duties";
import type * as documents from "@linija/server/contract/documents/documents";
import type * as floor from "@linija/server/contract/floor/floor";
import type * as forms from "@linija/server/contract/forms/forms";
import type * as load from "@linija/server/contract/load/load";
import type * as handovers from "@linija/server/contract/handovers/handovers";
import type * as guides from "@linija/server/contract/guides/guides";
import type * as messages from "@linija/server/contract/messages/messages";
import type * as operators from "@linija/server/contract/operators/operators";
import type * as operatorsHistory from "@linija/server/contract/operators/operators.history";
import type * as promises from "@linija/server/contract/promises/promises";
import type * as relations from "@linija/server/contract/relations/relations";
import type * as decisions from "@linija/server/contract/reports/reports.decision";
import type * as reports from "@linija/server/contract/reports/reports";
import type * as tickets from "@linija/server/contract/tickets/tickets";
import type * as ticketsHistory from "@linija/server/contract/tickets/tickets.history";
import type * as ticketsProcess from "@linija/server/contract/tickets/tickets.process";
import type * as bulk from "@linija/server/contract/bulk/bulk";
import type * as views from "@linija/server/contract/views/views";
import type * as webhooks from "@linija/server/contract/webhooks/webhooks";
import type * as webhooksIn from "@linija/server/contract/webhooks/webhooks.in";
import type { z } from "zod";

type Modules = typeof views & typeof bulk & typeof access & typeof automation & typeof webhooks & typeof webhooksIn & typeof calls & typeof clients & typeof declarations & typeof migrations & typeof removals & typeof retiring & typeof documents & typeof duties & typeof messages & typeof floor & typeof forms & typeof operators & typeof articles & typeof guides & typeof handovers & typeof load & typeof promises & typeof relations & typeof reports & typeof tickets & typeof ticketsProcess & typeof ticketsHistory & typeof decisions & typeof operatorsHistory;
interface Shape { method: string; path: string; reply: z.ZodType; params?: z.ZodType; query?: z.ZodType; body?: z.ZodType }
type Contracts = { [K in keyof Modules as Modules[K] extends Shape ? K : never]: Modules[K] extends Shape ? Modules[K] : never };

/**
 * Where each contract lives. Only the contracts' types reach the browser, so this table is the one thing said twice;
 * `satisfies` makes a wrong word in it a type error.
 */
export const routes = {
  signIn: "POST /access/sign-in", signOut: "POST /access/sign-out", getMe: "GET /access/me", setMyLanguage: "PUT /access/me/language", changeMyPassword: "PUT /access/me/password",
  listUsers: "GET /access/users", listColleagues: "GET /access/colleagues", createUser: "POST /access/users", updateUser: "PUT /access/users/:id",
  getLine: "GET /calls/line", setState: "PUT /calls/line/state", setDevice: "PUT /calls/line/device",
  acceptOffer: "POST /calls/offers/:id/accept", declineOffer: "POST /calls/offers/:id/decline", attachLeg: "POST /calls/:id/leg",
  holdCall: "POST /calls/:id/hold", muteCall: "POST /calls/:id/mute", sendDigits: "POST /calls/:id/digits", hangUp: "POST /calls/:id/hang-up",
  dial: "POST /calls/dial", wrapUp: "POST /calls/:id/wrap-up", linkClient: "PUT /calls/:id/client", getCall: "GET /calls/:id", listCalls: "GET /calls",
  getRecording: "GET /recordings/:id",
  searchClients: "GET /clients", getClient: "GET /clients/:id", clientByPhone: "GET /clients/by-phone", createClient: "POST /clients",
  updateClient: "PATCH /clients/:id", mergeClients: "POST /clients/:id/merge", clientTimeline: "GET /clients/:id/timeline", clientHistory: "GET /clients/:id/history",
  listTickets: "GET /tickets", getTicket: "GET /tickets/:id", createTicket: "POST /tickets", updateTicket: "PATCH /tickets/:id",
  moveTicket: "POST /tickets/:id/transitions", revealContacts: "POST /tickets/:id/contacts", addNote: "POST /tickets/:id/notes", addAttachment: "POST /tickets/:id/attachments",
  removeAttachment: "DELETE /tickets/:id/attachments/:attachmentId", ticketTypes: "GET /tickets/types",
  getLoad: "GET /load", giveTicket: "POST /tickets/:id/give",
  listHandovers: "GET /handovers", handoverFigures: "GET /handovers/figures", ticketHandovers: "GET /tickets/:id/handovers", handoverChoices: "GET /tickets/:id/handovers/choices", giveHandover: "POST /tickets/:id/handovers",
  clientHandovers: "GET /clients/:id/handovers", takeHandover: "POST /handovers/:id/take", askColleague: "POST /tickets/:id/consults", answerConsult: "POST /handovers/:id/answer", refuseHandover: "POST /handovers/:id/refuse", withdrawHandover: "POST /handovers/:id/withdraw",
  listApprovals: "GET /approvals", decideApproval: "POST /tickets/:id/approvals/:approvalId", tickItem: "PUT /tickets/:id/checks", listReasons: "GET /tickets/:id/reasons",
  listOperators: "GET /operators", operatorChoices: "GET /operators/choices", getOperator: "GET /operators/:id", changeOperator: "PATCH /operators/:id",
  ticketHistory: "GET /tickets/:id/history", operatorHistory: "GET /operators/:id/history",
  givePhone: "POST /operators/:id/phone", takePhone: "DELETE /operators/:id/phone",
  listDocuments: "GET /tickets/:id/documents", makeDocument: "POST /tickets/:id/documents", listMessages: "GET /tickets/:id/messages", sendMessage: "POST /tickets/:id/messages",
  listProjects: "GET /projects", createProject: "POST /projects", listTexts: "GET /projects/:key/texts", readText: "GET /projects/:key/text", checkText: "POST /projects/:key/check",
  saveText: "PUT /projects/:key/text", textUses: "GET /projects/:key/text/uses", removeText: "POST /projects/:key/text/remove", takeBackText: "POST /projects/:key/text/take-back", saveDraft: "PUT /projects/:key/draft",
  projectInHand: "GET /projects/:key/in-hand", retireProject: "POST /projects/:key/retire", bringBackProject: "POST /projects/:key/bring-back",
  dropDraft: "POST /projects/:key/draft/drop", listVersions: "GET /projects/:key/versions",
  previewMigration: "GET /projects/:key/processes/:process/migration", startMigration: "POST /projects/:key/processes/:process/migration",
  stopMigration: "POST /projects/:key/migrations/:id/stop", undoMigration: "POST /projects/:key/migrations/:id/undo",
  listRules: "GET /automation/:project/rules", getRule: "GET /automation/:project/rules/:key", getVocabulary: "GET /automation/:project/vocabulary", checkRule: "POST /automation/:project/check", tryRule: "POST /automation/:project/try",
  dryRun: "POST /automation/:project/dry-run", listRuleRuns: "GET /automation/:project/rules/:key/runs", listTicketRuns: "GET /tickets/:id/automation", getRun: "GET /automation/runs/:id",
  certify: "PUT /automation/editors/:id", listEditors: "GET /automation/editors",
  listWebhooks: "GET /webhooks/:project", createWebhook: "POST /webhooks/:project", updateWebhook: "PUT /webhooks/:project/:id", removeWebhook: "DELETE /webhooks/:project/:id",
  listHooks: "GET /hooks/:project", makeHookSecret: "PUT /hooks/:project/:hook/secret",
  listDeliveries: "GET /webhooks/:project/deliveries", replayDelivery: "POST /webhooks/:project/deliveries/:id/replay",
  listRelations: "GET /tickets/:id/relations", addRelation: "POST /tickets/:id/relations", removeRelation: "DELETE /tickets/:id/relations/:relationId",
  previewMerge: "GET /tickets/:id/merge", mergeTicket: "POST /tickets/:id/merge", undoMerge: "POST /tickets/merges/:id/undo",
  listDue: "GET /duties",
  listPromises: "GET /promises", ticketPromises: "GET /tickets/:id/promises", clientPromises: "GET /clients/:id/promises", makePromise: "POST /promises", closePromise: "POST /promises/:id/close", promiseFigures: "GET /promises/figures",
  readArticle: "GET /articles/:project/:key", ticketSolutions: "GET /tickets/:id/solutions", attachSolution: "POST /tickets/:id/solutions", detachSolution: "DELETE /tickets/:id/solutions/:solutionId",
  offerVariant: "POST /tickets/:id/variants", withdrawVariant: "DELETE /tickets/:id/variants/:variantId", chooseVariant: "POST /tickets/:id/variants/:variantId/choice",
  ticketGuides: "GET /tickets/:id/guides", startGuide: "POST /tickets/:id/guides", takeStep: "POST /guides/runs/:id/steps", stepBack: "POST /guides/runs/:id/back", leaveGuide: "POST /guides/runs/:id/leave",
  listForms: "GET /forms", attachRecord: "POST /forms/records/:id/attach", getForm: "GET /forms/version", createRecord: "POST /forms/records", getRecord: "GET /forms/records/:id", recordHistory: "GET /forms/records/:id/history", taskForms: "GET /tickets/:id/asked", listRecords: "GET /forms/records", saveRecord: "PATCH /forms/records/:id",
  submitRecord: "POST /forms/records/:id/submit", revealField: "POST /forms/records/:id/reveal", setTyping: "POST /forms/records/:id/typing", shareRecord: "POST /forms/records/:id/link", unshareRecord: "DELETE /forms/records/:id/link",
  findLookups: "GET /forms/lookups", suggestCities: "GET /forms/addresses/cities", suggestStreets: "GET /forms/addresses/streets",
  getShared: "GET /public/forms/:secret", saveShared: "PATCH /public/forms/:secret", readyShared: "POST /public/forms/:secret/ready", typeShared: "POST /public/forms/:secret/typing",
  listViews: "GET /tickets/views", saveView: "POST /tickets/views", changeView: "PUT /tickets/views/:id", removeView: "DELETE /tickets/views/:id", findTickets: "GET /tickets/found", ticketBoard: "GET /tickets/board", ticketColumns: "GET /tickets/columns",
  previewBulk: "POST /tickets/bulk", listBulk: "GET /tickets/bulk", getBulk: "GET /tickets/bulk/:id", listBulkItems: "GET /tickets/bulk/:id/items", startBulk: "POST /tickets/bulk/:id/start", stopBulk: "POST /tickets/bulk/:id/stop", undoBulk: "POST /tickets/bulk/:id/undo",
  getBreakdown: "GET /reports/breakdown", writeDecision: "POST /reports/decisions", listCounted: "GET /reports/breakdown/tickets",
  getStageTimes: "GET /reports/stage-times", listStays: "GET /reports/stage-times/tickets",
  getFloor: "GET /floor", forceState: "PUT /floor/operators/:id/state",
} as const satisfies { [K in keyof Contracts]?: `${Contracts[K]["method"]} ${Contracts[K]["path"]}` };

export type RouteName = keyof typeof routes;
type Given<C, P extends "params" | "query" | "body"> = C extends { [K in P]: infer S extends z.ZodType } ? { [K in P]: z.input<S> } : unknown;
export type Input<K extends RouteName> = Given<Contracts[K], "params"> & Given<Contracts[K], "query"> & Given<Contracts[K], "body">;
export type Reply<K extends RouteName> = z.output<Contracts[K]["reply"]>;
export type Args<K extends RouteName> = unknown extends Input<K> ? [] : [input: Input<K>];

/** The server's refusal, with its problem document; `status` 0: the server could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) { super(problem.detail); this.problem = problem; }
}

/** How far the server's clock is ahead of this computer's, to a second: what is written down here may have to be found again by its time. */
export const clock = { aheadMs: 0 };

/** What every request carries: set by the session and by the language switch. */
export const headers = { csrf: "", language: "en" };

export async function api<K extends RouteName>(name: K, ...[input]: Args<K>): Promise<Reply<K>> {
  const given = (input ?? {}) as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
  const [method, path] = routes[name].split(" ") as [string, string];
  const body = given.body instanceof FormData ? given.body : given.body === undefined ? undefined : JSON.stringify(given.body);
  return send(method, fill(path, given.params) + search(given.query), body);
}

const MOST_ALIVE = 8_000;
/** Of a page that is being closed only what may outlive it arrives; there is little room for that. */
const outlives = (body: unknown): boolean => typeof body === "string" && body.length < MOST_ALIVE && globalThis.document?.visibilityState === "hidden";

export async function send<T>(method: string, path: string, body?: BodyInit): Promise<T> {
  const sent: Record<string, string> = { "x-language": headers.language };
  if (method !== "GET") sent["x-csrf"] = headers.csrf;
  if (typeof body === "string") sent["content-type"] = "application/json";
  const reply = await fetch(`/api${path}`, { method, headers: sent, body: body ?? null, keepalive: method !== "GET" && outlives(body) }).catch(() => null);
  if (!reply) throw new ApiError(offline());
  const told = Date.parse(reply.headers.get("date") ?? "");
  // The header has whole seconds: half of one is the best guess for the rest.
  if (Number.isFinite(told)) clock.aheadMs = told + 500 - Date.now();
  const read: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw new ApiError((read as Problem | null) ?? { ...offline(), status: reply.status });
  return read as T;
}

const fill = (path: string, params: Record<string, string> = {}) => path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));

function search(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "").map(([key, value]) => [key, String(value)]);
  return pairs.length > 0 ? `?${new URLSearchParams(pairs).toString()}` : "";
}

const offline = (): Problem => ({ type: "about:blank", title: "", status: 0, code: "unreachable", detail: "", requestId: "" });
