import { newId } from "../../platform/ids.ts";
import { apply, start, type FieldValues, type Process, type ProcessActor, type ProcessEffect, type ProcessTicket, type Reason } from "../processes/index.ts";
import { workingClock } from "../projects/index.ts";
import { filled, fromEngine, priorityName, statusOf, type ProjectInUse, type TicketTexts } from "../tickets/index.ts";

/** Whose doing a step of a made ticket was, as events name them. */
export interface Doer { actor: ProcessActor; kind: "user" | "client" | "system"; name: string }
export interface StorySteps { transition: string; at: Date; by: Doer; fields: FieldValues }
/** A ticket to be made by living through its steps. */
export interface Story {
  project: ProjectInUse; process: Process; type: ProjectInUse["types"][number];
  subject: string; /** Where the product says it in all languages. */ texts?: TicketTexts; description: string; fields: Record<string, unknown>; priority: number; language: string; channel: string;
  clientId: string | null; interactionId: string | null; phone: string | null; email: string | null;
  registeredAt: Date; registeredBy: Doer; dueAt: Date | null; steps: StorySteps[];
}
export interface EventRow { id: string; at: string; type: string; subject_kind: "ticket"; subject_id: string; actor: object; data: object; depth: 0; request_id: string }
/** Why each thing was decided, as registering and moving keep it. */
export interface ReasonRow { id: string; ticket_id: string; at: string; what: string; value: unknown; kind: string; version: string; path: string; text: string; inputs: object }
export interface Lived { id: string; row: Record<string, unknown>; events: EventRow[]; reasons: ReasonRow[]; clocks: NonNullable<ProcessTicket["clocks"]>; number: string }

type OwnColumns = { department: string | null; closedAs: string | null; closedAt: Date | null } & Record<string, unknown>;

interface Living { story: Story; id: string; number: string; ticket: ProcessTicket; own: OwnColumns; events: EventRow[]; reasons: ReasonRow[]; updatedAt: Date }

/** Runs a story through the process engine, as the product itself would have, each step at its own time. */
export function live(story: Story, named: { id: string; number: string; linkHash: Buffer }): Lived {
  const clock = workingClock(story.project.calendar, story.project.project.time_zone);
  const ownerId = story.registeredBy.kind === "user" ? story.registeredBy.actor.id : null;
  const begun = start(story.process, { priority: priorityName(story.priority), deadlineHours: story.type.deadline_hours, requiredBy: story.dueAt, assigneeId: ownerId, fields: {} }, { now: story.registeredAt, clock });
  const living: Living = {
    story, id: named.id, number: named.number, ticket: begun.ticket, own: { department: null, closedAs: null, closedAt: null }, events: [], reasons: [], updatedAt: story.registeredAt,
  };
  keepReasons(living, begun.reasons, story.registeredAt);
  const notices = owed(begun.effects);
  tell(living, "ticket.registered", { at: story.registeredAt, by: story.registeredBy }, {
    number: living.number, projectKey: story.project.project.key, type: story.type.key, to: begun.ticket.stage, clientId: story.clientId, interactionId: story.interactionId, notices,
  });
  for (const step of story.steps) go(living, step);
  return { id: living.id, number: living.number, row: rowOf(living, named.linkHash), events: living.events, reasons: living.reasons, clocks: living.ticket.clocks ?? [] };
}

function go(living: Living, step: StorySteps): void {
  const { story } = living;
  const clock = workingClock(story.project.calendar, story.project.project.time_zone);
  const before = living.ticket;
  const outcome = apply(story.process, before, step.transition, { actor: step.by.actor, fields: step.fields, now: step.at, clock });
  if (!outcome.ok) throw new Error(`demo: ${story.type.key} "${story.subject}" cannot ${step.transition} from ${before.stage}: ${JSON.stringify(outcome.problems)}`);
  living.ticket = outcome.ticket;
  keepReasons(living, outcome.reasons, step.at);
  const status = statusOf(story.process, outcome.ticket.stage);
  const own = filled(story.process, { key: step.transition, from: before.stage, given: step.fields, byClient: step.by.kind === "client" });
  living.own = { ...living.own, ...own, closedAt: status === "closed" ? step.at : null };
  living.updatedAt = step.at;
  const notices = owed(outcome.effects);
  const { number } = living;
  const projectKey = story.project.project.key;
  const text = String(step.fields.question ?? step.fields.reason ?? "");
  tell(living, "ticket.moved", step, {
    number, projectKey, transition: step.transition, from: before.stage, to: outcome.ticket.stage, status, closedAs: own.closedAs, ...(own.score !== undefined && { score: own.score }), notices, text,
  });
  if (outcome.ticket.reopenCount > before.reopenCount) {
    tell(living, "ticket.reopened", step, { number, projectKey, times: outcome.ticket.reopenCount, reason: step.fields.reason ?? null, ownerId: outcome.ticket.assigneeId });
  }
}

function keepReasons({ id, story, reasons }: Living, decided: readonly Reason[], at: Date): void {
  const version = story.project.processIds[story.type.process]!;
  reasons.push(...decided.map(({ because, what, value, inputs }): ReasonRow => ({ id: newId(at.getTime()), ticket_id: id, at: at.toISOString(), what, value, version, ...because, inputs })));
}

const owed = (effects: ProcessEffect[]): string[] => effects.flatMap((effect) => (effect.kind === "notify" ? [effect.notice] : []));

function tell(living: Living, type: string, step: { at: Date; by: Doer }, data: object): void {
  const { kind, name, actor } = step.by;
  living.events.push({
    id: newId(step.at.getTime()), at: step.at.toISOString(), type, subject_kind: "ticket", subject_id: living.id, depth: 0, request_id: "demo", data,
    actor: { kind, name, ...(kind === "system" ? {} : { id: actor.id }) },
  });
}

function rowOf({ story, ticket, own, ...living }: Living, linkHash: Buffer): Record<string, unknown> {
  const engine = fromEngine(ticket, story.fields);
  return {
    id: living.id, number: living.number, project_key: story.project.project.key, type: story.type.key, process_id: story.project.processIds[story.type.process]!,
    stage: engine.stage, status: statusOf(story.process, engine.stage), client_id: story.clientId, interaction_id: story.interactionId, subject: story.subject, texts: story.texts ?? null, description: story.description,
    fields: engine.fields, priority: engine.priority, language: story.language, channel: story.channel, contact_phone: story.phone, contact_email: story.email,
    owner_id: engine.ownerId, department: own.department, due_at: engine.dueAt, stage_since: engine.stageSince, clock_from: engine.clockFrom, paused_at: engine.pausedAt,
    deadline_hours: engine.deadlineHours, reopened: engine.reopened, score: own.score ?? null, client_comment: own.clientComment ?? null, resolution: own.resolution ?? null,
    closed_at: own.closedAt, closed_as: own.closedAs, link_hash: `\\x${linkHash.toString("hex")}`, created_by: story.registeredBy.kind === "user" ? story.registeredBy.actor.id : null,
    version: 1 + story.steps.length, created_at: story.registeredAt, updated_at: living.updatedAt,
  };
}
