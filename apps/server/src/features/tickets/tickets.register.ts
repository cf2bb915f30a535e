import { audit } from "../../platform/audit.ts";
import type { TxCtx } from "../../platform/db.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { own } from "../../platform/own.ts";
import type { Clock } from "../clocks/index.ts";
import { goesOnBySelf, start, type Moment, type Process, type Reason } from "../processes/index.ts";
import { processOf, type ProjectInUse } from "./tickets.definitions.ts";
import type { Draft } from "./tickets.draft.ts";
import { clockWrites, perform, tell, touched } from "./tickets.effects.ts";
import { drawNumber } from "./tickets.keys.ts";
import { moment } from "./tickets.load.ts";
import { insertReasons, selectColleagues } from "./tickets.process.sql.ts";
import { aboutOf, bothOf, fromEngine, priorityName, statusOf, UUID } from "./tickets.rules.ts";
import { insertTicket, linkCallback, linkInteraction, newTicket, ticketStatement, type Drawn, type NewTicket, type Ticket, type TicketTexts } from "./tickets.sql.ts";

export interface Registered extends Draft {
  id: string; ownerId: string | null; createdBy: string | null; department: string | null;
  /** From the sequence, when it was asked already. */
  drawn?: Drawn;
  /** By the one statement of `inOneStatement`, which fails when the same ticket is there. */
  inOneStatement?: boolean;
  /** In all languages what of its words a declaration says. */
  texts?: TicketTexts | undefined;
  /** In this transaction: its clocks are written at once. */
  isChangedNext?: boolean;
  /** Besides those it names itself. */
  about?: string[] | null;
  /** Of a sub-task. */
  parent?: { id: string; task: string; waits: boolean; aboutUserIds: string[] | null; dueBy: Date | null };
}

/** Writes the ticket, starts its process and announces it. Undefined when the same ticket was there before. */
export const register = async (ctx: TxCtx, project: ProjectInUse, draft: Registered): Promise<Ticket | undefined> => (await registerWithClocks(ctx, project, draft))?.ticket;

/** For who shows it at once. */
export async function registerWithClocks(ctx: TxCtx, project: ProjectInUse, draft: Registered): Promise<{ ticket: Ticket; clocks: Clock[] } | undefined> {
  if (project.retired) throw conflict("project_retired");
  const processId = project.processIds[draft.type.process]!;
  const process = await processOf(ctx.db, processId);
  await refuseStrangers(ctx, { process, projectKey: project.project.key }, draft.fields);
  const { about, ownerId } = concerned(process, draft);
  const begun = begin(process, { ...draft, ownerId }, moment(ctx, project));
  const { number, linkHash } = await drawNumber(ctx.db, draft.id, project.project.ticket_prefix, draft.drawn);
  const row: NewTicket = {
    ...fromEngine(begun.ticket, draft.fields), id: draft.id, number, projectKey: project.project.key, type: draft.type.key, processId, status: statusOf(process, begun.ticket.stage),
    clientId: draft.clientId, interactionId: draft.interactionId, subject: draft.subject, description: draft.description, language: draft.language, channel: draft.channel,
    contactPhone: draft.contactPhone, contactEmail: draft.contactEmail, department: draft.department, linkHash, createdBy: draft.createdBy, createdAt: ctx.now(), updatedAt: ctx.now(),
    ...(about && { aboutUserIds: about }), ...(draft.about && { aboutBesides: draft.about }), ...(draft.texts && { texts: draft.texts }), ...asSubtask(draft.parent),
  };
  const ticket = await insert(ctx, row, draft.inOneStatement ?? false);
  if (!ticket) return undefined;
  const notices = await carryOut(ctx, { ticket, project, effects: begun.effects }, goesOnBySelf(process, ticket.stage) || draft.isChangedNext === true);
  keepReasons(ctx, ticket, begun.reasons);
  await emit(ctx, {
    type: "ticket.registered", subject: { kind: "ticket", id: ticket.id }, touches: touched(ticket),
    data: { number, projectKey: ticket.projectKey, type: ticket.type, to: ticket.stage, clientId: ticket.clientId, interactionId: ticket.interactionId, notices, ...(draft.parent && { parentId: draft.parent.id }) },
  });
  await audit(ctx, { action: "ticket.register", object: { kind: "ticket", id: ticket.id }, after: { ...row, linkHash: undefined } });
  return { ticket, clocks: begun.ticket.clocks ?? [] };
}

/** Where nothing more is done to it, nothing looks at its clocks in this transaction: they are written at its end. */
function carryOut(ctx: TxCtx, performed: Parameters<typeof perform>[1], goesOn: boolean): ReturnType<typeof perform> {
  if (goesOn) return perform(ctx, performed);
  ctx.facts.inserts.push(...clockWrites(ctx, performed));
  return tell(ctx, performed);
}

/** What a ticket waits for is due no later than the ticket itself. */
function begin(process: Process, { priority, type, requiredBy, ownerId, createdBy, department, parent }: Registered, now: Moment): ReturnType<typeof start> {
  const input = { priority: priorityName(priority), deadlineHours: type.deadline_hours, assigneeId: ownerId, creatorId: createdBy, department, fields: {} };
  const begun = start(process, { ...input, requiredBy }, now);
  const latest = parent?.dueBy ?? null;
  return latest && begun.ticket.dueAt && new Date(begun.ticket.dueAt) > latest ? start(process, { ...input, requiredBy: latest }, now) : begun;
}

async function insert(ctx: TxCtx, row: NewTicket, inOneStatement: boolean): Promise<Ticket | undefined> {
  const ticket = inOneStatement ? newTicket(row) : await insertTicket(ctx.db, row);
  if (!ticket) return undefined;
  const link = ticket.interactionId ? (ticket.type === "callback" ? linkCallback : linkInteraction)(ticket.interactionId, ticket.id) : null;
  if (inOneStatement) ctx.facts.inserts.push(ticketStatement(ticket), ...(link ? [link] : []));
  else if (link) await link.execute(ctx.db);
  return ticket;
}

/** Whom it is about may have had to write it down, but does not keep it. */
function concerned(process: Process, { parent, about: besides, fields, ownerId }: Registered): { about: string[] | null; ownerId: string | null } {
  const about = bothOf(bothOf(parent?.aboutUserIds ?? null, besides ?? null), aboutOf(process, fields));
  return { about, ownerId: ownerId && about?.includes(ownerId) ? null : ownerId };
}

const asSubtask = (parent: Registered["parent"]) => (parent ? { parentId: parent.id, parentTask: parent.task, parentWaits: parent.waits } : {});

/** A field for a colleague takes nobody but a colleague of the project. */
export async function refuseStrangers(ctx: TxCtx, { process, projectKey, prefix = "fields" }: { process: Process; projectKey: string; prefix?: string }, fields: Record<string, unknown>): Promise<void> {
  const named = Object.entries(fields).filter(([name, value]) => own(process.fields, name)?.kind === "employee" && value !== "" && value !== null && value !== undefined);
  if (named.length === 0) return;
  const wrong = named.filter(([, value]) => typeof value !== "string" || !UUID.test(value));
  const known = wrong.length > 0 ? [] : await selectColleagues(ctx.db, named.map(([, value]) => String(value)), projectKey);
  const strangers = named.filter(([, value]) => !known.includes(String(value)));
  if (strangers.length > 0) throw invalid(strangers.map(([name]) => ({ field: `${prefix}.${name}`, code: "unknown_owner" })));
}

/** "Why?" is answered from these; the version says by which text. */
export function keepReasons(ctx: TxCtx, ticket: Pick<Ticket, "id" | "processId">, reasons: readonly Reason[]): void {
  const at = ctx.now();
  if (reasons.length > 0) ctx.facts.inserts.push(insertReasons(reasons.map((reason) => ({ ...reason, id: newId(at.getTime()), ticketId: ticket.id, at, version: ticket.processId }))));
}
