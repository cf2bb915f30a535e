import type { Clock } from "../clocks/index.ts";
import { inForm, isFor, type ActorRole, type FieldValue, type FieldValues, type Process, type ProcessTicket } from "../processes/index.ts";

/** Priorities as the engine names them; the number a ticket carries is the place in this list. */
export const priorities = ["low", "normal", "high", "urgent"] as const;
export const priorityName = (priority: number): ProcessTicket["priority"] => priorities[Math.min(Math.max(priority, 0), 3)]!;
export const priorityNumber = (name: ProcessTicket["priority"]): number => priorities.indexOf(name);

type Status = "open" | "waiting" | "done" | "closed";
type ClosedAs = "confirmed" | "unconfirmed" | "rejected" | "cancelled";

/** How lists group stages, whatever a process calls them. */
export function statusOf(process: Process, stage: string): Status {
  const declared = process.stages[stage];
  if (!declared) return "open";
  if (declared.final) return "closed";
  if (declared.client_sees === "done") return "done";
  return declared.client_sees === "waiting_for_you" || declared.clock === "paused" ? "waiting" : "open";
}

/** Whom a ticket waits for while the clock of its deadline stands still; null while it runs, or nothing is due any more. */
export function waitsFor(process: Process, { stage, status, pausedAt }: { stage: string; status: Status; pausedAt: Date | null }): "client" | "department" | "other" | null {
  if (!pausedAt || (status !== "open" && status !== "waiting")) return null;
  if (process.stages[stage]?.client_sees === "waiting_for_you") return "client";
  const isAsked = Object.values(process.transitions).some(({ to, subtasks }) => to === stage && subtasks.some(({ waits }) => waits));
  return isAsked || holdsDepartment(process, stage) ? "department" : "other";
}

/** How a ticket ended, told from the transition that ended it; null while it has not, or when nobody asked the client. */
export function closedAs(process: Process, transitionKey: string): ClosedAs | null {
  const transition = process.transitions[transitionKey];
  const stage = transition && process.stages[transition.to];
  if (!transition || !stage?.final) return null;
  if (stage.client_sees === "refused") return "rejected";
  if (transition.requires.some(({ field }) => field === "score")) return "confirmed";
  if (Object.values(process.clocks.timers).some((timer) => timer.transition === transitionKey && process.stages[timer.stage]?.client_sees === "done")) return "unconfirmed";
  return isFor(transition, "client") ? "cancelled" : null;
}

/** The columns of a ticket that the engine decides on. */
export interface EngineColumns {
  stage: string; stageSince: Date; priority: number; clockFrom: Date | null; dueAt: Date | null; pausedAt: Date | null;
  deadlineHours: ProcessTicket["deadlineHours"]; reopened: number; ownerId: string | null; fields: Record<string, unknown>;
}
export interface EngineRow extends EngineColumns { createdBy: string | null; department: string | null }

/** Without its clocks a ticket is shown, not moved. */
export const toEngine = (row: EngineRow, clocks?: Clock[]): ProcessTicket => ({
  stage: row.stage, stageSince: row.stageSince.toISOString(), priority: priorityName(row.priority), clockFrom: row.clockFrom?.toISOString() ?? null,
  dueAt: row.dueAt?.toISOString() ?? null, pausedAt: row.pausedAt?.toISOString() ?? null, deadlineHours: row.deadlineHours, reopenCount: row.reopened,
  assigneeId: row.ownerId, creatorId: row.createdBy, department: row.department, fields: plainValues(row.fields), ...(clocks && { clocks }),
});

/** Fields the engine does not know (lists, flags) are kept beside those it does. */
export const fromEngine = (ticket: ProcessTicket, fields: Record<string, unknown>): EngineColumns => ({
  stage: ticket.stage, stageSince: new Date(ticket.stageSince), priority: priorityNumber(ticket.priority), clockFrom: date(ticket.clockFrom), dueAt: date(ticket.dueAt),
  pausedAt: date(ticket.pausedAt), deadlineHours: ticket.deadlineHours, reopened: ticket.reopenCount, ownerId: ticket.assigneeId, fields: { ...fields, ...ticket.fields },
});

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

const plainValues = (fields: Record<string, unknown>): FieldValues =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, FieldValue] => isPlain(entry[1])));
const isPlain = (value: unknown): value is FieldValue => ["string", "number", "boolean"].includes(typeof value);

/** Names of input that is neither text, number nor yes or no, which no process field can hold. */
export const strangeInput = (input: Record<string, unknown>): string[] =>
  Object.entries(input).filter(([, value]) => !isPlain(value)).map(([name]) => name);

const ROLES: Record<string, ActorRole> = { operator: "operator", supervisor: "supervisor", department_worker: "department" };
export const engineRoles = (roles: readonly string[]): ActorRole[] => roles.flatMap((role) => ROLES[role] ?? []);

/** Columns beside the engine's that a transition fills from what was given. */
export interface FilledColumns { resolution?: string; score?: number; clientComment?: string; department?: string | null; closedAs: ClosedAs | null }

/**
 * What a transition means for the ticket's own columns. A department keeps the ticket until someone else works on it,
 * so that it still sees what it has just finished.
 */
export function filled(process: Process, move: { key: string; from: string; given: FieldValues; byClient: boolean }): FilledColumns {
  const { given } = move;
  const to = process.transitions[move.key]?.to ?? move.from;
  const text = (name: string) => (typeof given[name] === "string" && given[name].trim() !== "" ? given[name].trim() : undefined);
  const asked = givenTo(process, process.transitions[move.key]).map(text).find((each) => each !== undefined);
  const works = statusOf(process, to) === "open" && to !== move.from;
  const comment = move.byClient ? text("answer") ?? text("reason") : undefined;
  return {
    closedAs: closedAs(process, move.key),
    ...(text("resolution") !== undefined && { resolution: text("resolution") }),
    ...(typeof given.score === "number" && { score: given.score }),
    ...(comment !== undefined && { clientComment: comment }),
    ...(asked !== undefined ? { department: asked } : works && holdsDepartment(process, move.from) ? { department: null } : {}),
  };
}

/** Fields by which a transition gives the ticket itself to a department; one that only says who gets a task opens nothing but the task. */
function givenTo(process: Process, transition: Process["transitions"][string] | undefined): string[] {
  const tasked = (transition?.subtasks ?? []).map(({ department }) => (typeof department === "object" ? department.field : undefined));
  return Object.entries(process.fields).filter(([name, field]) => field.kind === "department" && !tasked.includes(name)).map(([name]) => name);
}

/** Stages entered by giving the ticket to a department. */
const holdsDepartment = (process: Process, stage: string) =>
  Object.values(process.transitions).some((each) => each.to === stage && each.requires.some(({ field }) => givenTo(process, each).includes(field)));

interface Draft { clientId: string | null; subject: string; description: string; contactPhone: string | null; dueAt: string | null; hasAddress: boolean }

/** What the type wants and the form has not, as the fields of the form. */
export function missing(requires: readonly string[], draft: Draft): string[] {
  const has: Record<string, [filled: boolean, field: string]> = {
    client: [draft.clientId !== null, "clientId"], subject: [draft.subject.trim() !== "", "subject"], description: [draft.description.trim() !== "", "description"],
    phone: [Boolean(draft.contactPhone), "contactPhone"], address: [draft.hasAddress, "fields.address"], required_by: [draft.dueAt !== null, "dueAt"],
  };
  return requires.flatMap((name) => (has[name] && !has[name][0] ? [has[name][1]] : []));
}

/** Whom the process keeps away from the ticket: those named in its fields of that kind and looked up in its forms. */
export function aboutOf(process: Process, fields: Record<string, unknown>, forms: readonly unknown[] = []): string[] | null {
  const named = process.excludes.flatMap((place) => { const way = inForm(place); return way ? forms.flatMap((data) => lookedUp(data, way)) : [fields[place]]; })
    .filter((id): id is string => typeof id === "string" && UUID.test(id));
  return named.length > 0 ? [...new Set(named)] : null;
}
/** Whom a parent is about and whom a task names itself. */
export const bothOf = (inherited: string[] | null, own: string[] | null): string[] | null => (inherited && own ? [...new Set([...inherited, ...own])] : inherited ?? own);

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The ids of what was chosen at a place of a form's data, in every row of a table. */
function lookedUp(data: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(data)) return data.flatMap((row) => lookedUp(row, name === undefined ? [] : [name, ...rest]));
  const record = typeof data === "object" && data !== null ? data as Record<string, unknown> : {};
  return name === undefined ? [record["id"]] : lookedUp(record[name], rest);
}

/** Whether a person registers it only with its form; where not, it may be finished on the ticket, and conditions of the process wait for it. */
export const needsForm = (type: { form?: string | undefined; form_required?: boolean | undefined }): boolean => type.form !== undefined && type.form_required !== false;

/** The type of sub-tasks of every project that declares none of its own. */
const TASK = { key: "task", name: { en: "Task", ru: "Задание", sl: "Naloga" }, intake: "request" as const, process: "task", priority: "normal" as const, requires: [] };
export const typeOf = <T extends { key: string }>(types: readonly T[], key: string): T | typeof TASK | undefined => types.find((each) => each.key === key) ?? (key === TASK.key ? TASK : undefined);
