import { cutText } from "@linija/rules";
import type { ActionCall, Change, Plain, RunResult } from "@linija/rules";
import type { TxCtx } from "../../platform/db.ts";
import { invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { own } from "../../platform/own.ts";
import { calendarTime, saveClocks, startClock } from "../clocks/index.ts";
import { priorities } from "../projects/index.ts";
import { asField } from "../processes/index.ts";
import { fieldName, marksIn, type TicketContext } from "../rules/index.ts";
import { addNote, createTicket, loadTicket, moveTicket, processOf, registerSubtasks, updateTicket, wantAssignment, wantHandover, type CreateInput, type ProjectInUse } from "../tickets/index.ts";
import type { Text } from "../projects/texts.contract.ts";
import type { Said } from "./automation.said.ts";
import { selectContact, selectDepartment, selectPerson, selectVersionOf, type RuleInUse } from "./automation.sql.ts";

type TicketRow = TicketContext["row"];

/** What other features do for automation; given by the composition root. */
export interface Performing {
  /** Writes the delivery in this transaction; refused when there is no such webhook. */
  callWebhook(ctx: TxCtx, call: { projectKey: string; key: string; ticketId: string; cause: string; data: Plain }): Promise<void>;
}

export interface Performance { ticket: TicketRow; project: ProjectInUse; /** Of this run of this rule on this ticket. */ cause: string; result: Extract<RunResult, { ok: true }>; said: Said; rule: RuleInUse }

/** Makes true what a rule decided: first what it set, in one change of the ticket, then its actions in order. */
export async function performAll(ctx: TxCtx, performance: Performance, deps: Performing): Promise<void> {
  const { ticket, project, result } = performance;
  if (result.changes.length > 0) await updateTicket(ctx, ticket.id, await changeOf(ctx, { ticket, timeZone: project.project.time_zone }, result.changes));
  for (const [index, call] of result.actions.entries()) await ACTIONS[call.action]?.(ctx, { ...performance, cause: `${performance.cause}:${index}`, texts: (name) => performance.said(index, name), deps }, call.params);
}

type Update = Parameters<typeof updateTicket>[2];

async function changeOf(ctx: TxCtx, { ticket, timeZone }: { ticket: TicketRow; timeZone: string }, changes: Change[]): Promise<Update> {
  const process = await processOf(ctx.db, ticket.processId);
  const fields = new Map(Object.entries(process.fields).map(([key, declared]) => [fieldName(key), { key, declared }]));
  const update: Update = { version: ticket.version };
  for (const { target, to } of changes) {
    const [, name = "", field] = target.split(".");
    if (name === "priority") update.priority = priorities.indexOf(to as (typeof priorities)[number]);
    else if (name === "due") update.dueAt = to as string | null;
    else if (name === "department") update.department = to as string | null;
    else if (field !== undefined) {
      const { key, declared } = fields.get(field) ?? missing(field);
      // As the process keeps it: an amount as text, a day as a day.
      update.fields = { ...update.fields, [key]: asField(declared, to as Plain, timeZone) ?? missing(field) };
    }
  }
  return update;
}

/** A field of another process of the project: this ticket has none of it. */
function missing(field: string): never {
  throw invalidField(`fields.${field}`, "field_unknown");
}

type Given = Performance & { deps: Performing; /** In all languages, where it is said in them. */ texts: (name: string) => Text | null };
type Params = ActionCall["params"];
type Act = (ctx: TxCtx, given: Given, params: Params) => Promise<unknown>;

const cut = <T extends Text | null>(said: T, most: number): T => (said && { en: cutText(said.en, most), ru: cutText(said.ru, most), sl: cutText(said.sl, most) }) as T;
const text = (params: Params, name: string): string => cutText(String((params[name] as string | null) ?? ""), 10_000);

const ACTIONS: Readonly<Record<string, Act>> = {
  tell_client: (ctx, { ticket, project }, params) => {
    const notice = text(params, "notice");
    if (!own(project.notices, notice)) throw notFound("notice", notice);
    return emit(ctx, { type: "ticket.told", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, to: ticket.stage, notices: [notice] }, touches: [] });
  },
  tell_supervisor: (ctx, { ticket }, params) =>
    emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key: "alert_rule", params: { number: ticket.number, text: text(params, "text") }, projectKey: ticket.projectKey, ticketId: ticket.id }, touches: [{ kind: "floor", id: ticket.projectKey }] }),
  tell_owner: (ctx, { ticket }, params) => (ticket.ownerId ? remind(ctx, ticket, [ticket.ownerId], text(params, "text")) : Promise.resolve()),
  tell_person: async (ctx, { ticket }, params) => remind(ctx, ticket, [(await personOf(ctx, ticket, text(params, "login"))).id], text(params, "text")),
  tell_department: async (ctx, { ticket }, params) => remind(ctx, ticket, (await selectDepartment(ctx.db, text(params, "department"), ticket.projectKey)).map(({ id }) => id), text(params, "text")),
  hand_over: (ctx, { ticket, rule }, params) => wantHandover(ctx, ticket, { to: text(params, "department"), askedBy: `rule.${rule.key}`, text: text(params, "text") }),
  assign: async (ctx, { ticket }, params) => {
    const login = text(params, "login");
    const ownerId = login === "" ? null : (await personOf(ctx, ticket, login)).id;
    if (ownerId !== ticket.ownerId) await updateTicket(ctx, ticket.id, { version: await selectVersionOf(ctx.db, ticket.id), ownerId });
  },
  assign_least_loaded: (ctx, { ticket, rule }) => wantAssignment(ctx, ticket, `rule.${rule.key}`),
  add_note: (ctx, { ticket, texts }, params) => addNote(ctx, ticket.id, text(params, "text"), { texts: cut(texts("text"), 10_000) }),
  create_task: (ctx, given, params) => createTask(ctx, given, params),
  move: async (ctx, { ticket }, params) => moveTicket(ctx, ticket.id, { version: await selectVersionOf(ctx.db, ticket.id), transition: text(params, "transition"), input: (params.fields ?? {}) as Record<string, unknown> }),
  start_clock: (ctx, given, params) => startTicketClock(ctx, given, params),
  queue_callback: (ctx, given, params) => register(ctx, given, { type: "callback", subject: given.ticket.number, dueAt: (params.due as string | null) ?? null }),
  call_webhook: (ctx, { ticket, cause, deps }, params) => deps.callWebhook(ctx, { projectKey: ticket.projectKey, key: text(params, "webhook"), ticketId: ticket.id, cause, data: params.data ?? null }),
};

/** The actions that can be performed; a test sees that the catalogue offers exactly these. */
export const performable = Object.keys(ACTIONS);

/** In the ticket's history, and at once at the desks of these people. */
const remind = (ctx: TxCtx, ticket: TicketRow, people: string[], said: string): Promise<void> => emit(ctx, ...people.flatMap((operatorId) => [
  { type: "ticket.reminded", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, operatorId, text: said }, touches: [{ kind: "operator", id: operatorId }] },
  { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key: "alert_rule", params: { number: ticket.number, text: said }, projectKey: null, userId: operatorId, ticketId: ticket.id } },
]));

async function personOf(ctx: TxCtx, ticket: TicketRow, login: string) {
  const person = await selectPerson(ctx.db, login, ticket.projectKey);
  if (!person) throw invalidField("login", "unknown_owner");
  return person;
}

/** A task is a ticket of its own below this one, as those that a process makes. */
async function createTask(ctx: TxCtx, { ticket, project, rule, texts }: Given, params: Params): Promise<void> {
  const type = text(params, "type");
  if (!project.types.some(({ key }) => key === type)) throw invalidField("type", "unknown_type");
  const parent = await loadTicket(ctx, ticket.id, "tickets.write");
  const inAll = (said: string): Text => ({ en: said, ru: said, sl: said });
  const [task] = await registerSubtasks(ctx, project, parent, [{
    key: rule.key, type, department: text(params, "department"), subject: cut(texts("subject") ?? inAll(text(params, "subject")), 200), task: cut(texts("text"), 10_000) ?? text(params, "text"), dueHours: null, waits: false, answer: null, isChangedNext: Boolean(params.due),
  }]);
  if (task && params.due) await updateTicket(ctx, task.id, { version: task.version, dueAt: params.due as string });
}

const MOST_HOURS = 24 * 366 * 10;
const CLOCK_NAME = /^[a-z][\w.:-]{0,80}$/;

/** Named apart from those of the process; the second of a name starts anew. It rings at the marks that rules wait for, and at its end. */
async function startTicketClock(ctx: TxCtx, { ticket, project }: Given, params: Params): Promise<void> {
  const [name, hours] = [text(params, "name"), Number(params.hours)];
  if (!CLOCK_NAME.test(name)) throw invalidField("name", "wrong_form");
  if (!(hours > 0) || hours > MOST_HOURS) throw invalidField("hours", "clock_unknown");
  const own = `rule.${name}`;
  const marks = marksIn(project).flatMap(({ clock, percent }) => (clock === own ? [percent] : []));
  const clock = startClock({ name: own, allowedMs: Math.round(hours * 3_600_000), counts: params.working === true ? "working" : "always", thresholds: [...new Set([...marks, 100])].sort((a, b) => a - b) }, ctx.now());
  await saveClocks(ctx, { kind: "ticket", id: ticket.id, projectKey: ticket.projectKey }, [clock], calendarTime(project.calendar, project.project.time_zone));
}

/** Another ticket about the same client, in the same words as by hand. */
async function register(ctx: TxCtx, { ticket }: Given, over: Pick<CreateInput, "type" | "subject"> & Partial<CreateInput>) {
  const { about, ...contact } = await selectContact(ctx.db, ticket.id);
  // Whom the ticket is about is not told of what is done about it.
  return createTicket(ctx, { projectKey: ticket.projectKey, description: "", interactionId: null, dueAt: null, fields: {}, ...contact, ...over }, { about });
}

