import type { Catalogue } from "@linija/rules";
import { Temporal } from "temporal-polyfill";
import type { Actor, Db } from "../../platform/db.ts";
import { priorities } from "../projects/texts.contract.ts";
import { fieldName } from "./rules.catalogue.ts";
import { selectContexts, type ContextNeeds, type ContextRow } from "./rules.context.sql.ts";
import type { ActorValues, EventValues, ProjectValues, RuleValues, TicketValues } from "./rules.values.contract.ts";

export interface ContextInput {
  ticketIds: string[];
  /** Of the expression or rule: only what it reads is asked of the database. */
  reads: readonly string[];
  catalogue: Catalogue;
  now: Date;
  actor: Actor;
  project: ProjectValues;
  event?: EventValues;
  /** Keeps the tickets as they are until the transaction ends. */
  lock?: boolean;
}

/** What a rule needs to know beside the values: for writing back. */
export interface TicketContext { values: RuleValues; row: Pick<ContextRow, "id" | "number" | "projectKey" | "type" | "processId" | "stage" | "version" | "department" | "ownerId" | "fields"> }

/** The context of each ticket that is there, by id; one statement, however much is read. */
export async function contextFor(db: Db, input: ContextInput): Promise<Map<string, TicketContext>> {
  const rows = await selectContexts(db, input.ticketIds, needsOf(input.reads), input.lock ?? false);
  return new Map(rows.map((row) => [row.id, { row, values: valuesOf(row, input) }]));
}

/** A whole record handed to a function reads all of it. */
export function needsOf(reads: readonly string[]): ContextNeeds {
  const some = (...paths: string[]): boolean => reads.some((read) => paths.some((path) => read === path || read.startsWith(`${path}.`)));
  const [whole, ticket] = [reads.includes("client"), reads.includes("ticket")];
  return {
    owner: some("ticket.owner") || ticket, client: some("client"), call: some("call"),
    contacts: whole || some("client.phone", "client.email"), counts: whole || some("client.tickets", "client.open_tickets", "client.recent_tickets"),
    form: some("form"), tasks: ticket || some("ticket.subtasks", "ticket.open_subtasks", "ticket.undone_subtasks"), approvals: ticket || some("ticket.open_approvals"),
  };
}

function valuesOf(row: ContextRow, { now, actor, project, event, catalogue }: ContextInput): RuleValues {
  const values: RuleValues = { ticket: ticketValues(row, now, catalogue), client: row.client, call: row.call, form: row.form, actor: actorValues(actor), project, now };
  return event ? { ...values, event } : values;
}

function ticketValues(row: ContextRow, now: Date, catalogue: Catalogue): TicketValues {
  const left = row.dueAt && row.dueAt.getTime() - now.getTime();
  return {
    number: row.number, type: row.type, stage: row.stage, status: row.status, priority: priorities[row.priority] ?? "normal", subject: row.subject, description: row.description,
    channel: row.channel, language: row.language, department: row.department, owner: row.ownerId === null ? null : { id: row.ownerId, name: row.ownerName ?? "" },
    created: row.createdAt, stage_since: row.stageSince, due: row.dueAt, closed: row.closedAt,
    age: now.getTime() - row.createdAt.getTime(), stage_age: now.getTime() - row.stageSince.getTime(), time_left: left,
    overdue: left !== null && left < 0 && row.status === "open" && row.pausedAt === null, paused: row.pausedAt !== null, reopened: row.reopened, calls: row.calls,
    score: row.score, resolution: row.resolution, client_comment: row.clientComment, closed_as: row.closedAs,
    ...(row.tasks && { subtasks: row.tasks.all, open_subtasks: row.tasks.open, undone_subtasks: row.tasks.undone }), ...(row.openApprovals !== null && { open_approvals: row.openApprovals }), fields: fieldValues(row.fields, catalogue),
  };
}

/** Fields of a process by the names expressions know; a day without a time begins in the project's zone. */
function fieldValues(fields: Record<string, unknown>, catalogue: Catalogue): Record<string, unknown> {
  const known = catalogue.records.get("ticket_fields")?.fields;
  return Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => {
    const declared = known?.get(fieldName(key));
    if (!declared) return [];
    return [[declared.key, readAs(declared.type, value, catalogue.timeZone)]];
  }));
}

function readAs(type: { kind: string; currency?: string | null | undefined }, value: unknown, timeZone: string): unknown {
  if (value === "") return null;
  if (typeof value !== "string") return value;
  if (type.kind === "money" && type.currency) return { amount: value, currency: type.currency };
  return type.kind === "datetime" ? momentOf(value, timeZone) : value;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function momentOf(text: string, timeZone: string): string | number | null {
  return DAY.test(text) ? Temporal.PlainDate.from(text).toZonedDateTime(timeZone).epochMilliseconds : text;
}

function actorValues(actor: Actor): ActorValues {
  if (actor.kind === "system") return { kind: "system", id: null, name: actor.name, roles: ["system"] };
  if (actor.kind === "client") return { kind: "client", id: actor.id, name: actor.name, roles: ["client"] };
  return { kind: "user", id: actor.id, name: actor.name, roles: actor.roles, department: actor.department ?? null, language: actor.language };
}
