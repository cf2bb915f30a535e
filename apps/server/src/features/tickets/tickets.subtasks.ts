import type { TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { addWorkingTime } from "../projects/index.ts";
import type { SubtaskWish } from "../processes/index.ts";
import { insertCause } from "./tickets.apart.sql.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";
import { register } from "./tickets.register.ts";
import { priorities, typeOf } from "./tickets.rules.ts";
import type { Ticket } from "./tickets.sql.ts";

const HOUR_MS = 3_600_000;

type Wish = SubtaskWish & { isChangedNext?: boolean };

/** Each sub-task is a ticket of its own, in the department's list (or for the supervisors), with its own process and deadline. */
export async function registerSubtasks(ctx: TxCtx, project: ProjectInUse, parent: Ticket, wishes: readonly Wish[]): Promise<Ticket[]> {
  const made: Ticket[] = [];
  for (const wish of wishes) {
    const task = await (wish.apart ? registerApart : registerSubtask)(ctx, project, parent, wish);
    if (task) made.push(task);
  }
  return made;
}

async function registerSubtask(ctx: TxCtx, project: ProjectInUse, parent: Ticket, wish: Wish): Promise<Ticket | undefined> {
  const type = typeOf(project.types, wish.type);
  // Refused at save; a project that lost the type since must not stop the ticket.
  if (!type || !project.processIds[type.process]) { ctx.log.error({ ticket: parent.id, type: wish.type }, "a sub-task's type is not declared"); return undefined; }
  const { language, channel, clientId } = parent;
  // Colleagues read it, not the client.
  const inner = project.project.default_language;
  return register(ctx, project, {
    type, language, channel, clientId, id: newId(ctx.now().getTime()), subject: wish.subject[inner], description: typeof wish.task === "string" ? wish.task : wish.task[inner], fields: {}, priority: parent.priority,
    interactionId: null, contactPhone: parent.contactPhone, contactEmail: null, ownerId: null, createdBy: ctx.actor.kind === "user" ? ctx.actor.id : null,
    texts: textsOf(wish), isChangedNext: wish.isChangedNext ?? false,
    requiredBy: wish.dueHours === null ? null : addWorkingTime(project.calendar, project.project.time_zone, ctx.now(), wish.dueHours * HOUR_MS),
    department: wish.department !== null && Object.hasOwn(project.departments, wish.department) ? wish.department : null,
    parent: { id: parent.id, task: wish.key, waits: wish.waits, aboutUserIds: parent.aboutUserIds, dueBy: wish.waits ? timeLeft(parent, ctx.now()) : null },
  });
}

/** In the client's own words and language, answered to the client; both ends show that they belong together. Whom the first is about is kept from the second, too. */
async function registerApart(ctx: TxCtx, project: ProjectInUse, source: Ticket, wish: Wish): Promise<Ticket | undefined> {
  const type = typeOf(project.types, wish.type);
  if (!type || !project.processIds[type.process]) { ctx.log.error({ ticket: source.id, type: wish.type }, "the type of what comes of a ticket is not declared"); return undefined; }
  const { language, channel, clientId, contactPhone, contactEmail } = source;
  const made = await register(ctx, project, {
    type, language, channel, clientId, contactPhone, contactEmail, id: newId(ctx.now().getTime()), subject: wish.subject[language], description: typeof wish.task === "string" ? wish.task : wish.task[language], texts: textsOf(wish),
    fields: {}, priority: priorities.indexOf(type.priority), interactionId: null, requiredBy: null, ownerId: null, department: null, createdBy: ctx.actor.kind === "user" ? ctx.actor.id : null, about: source.aboutUserIds, isChangedNext: wish.isChangedNext ?? false,
  });
  if (!made) return undefined;
  await insertCause(ctx.db, { id: newId(ctx.now().getTime()), fromId: made.id, toId: source.id, createdBy: ctx.actor.kind === "user" ? ctx.actor.id : null, at: ctx.now() });
  await emit(ctx, { type: "ticket.related", subject: { kind: "ticket", id: source.id }, data: { number: source.number, side: "causes", otherId: made.id, otherNumber: made.number }, touches: [{ kind: "ticket", id: made.id }] });
  return made;
}

/** Until when a waiting ticket can be served in time. While its clock stands, and once it is late, it bounds nothing: a task is not late when it is given. */
const timeLeft = ({ dueAt, pausedAt }: Ticket, now: Date): Date | null => (dueAt && !pausedAt && dueAt > now ? dueAt : null);

/** Read in every language as it was declared; what a person or a rule wrote stands as it was written. */
const textsOf = ({ subject, task }: SubtaskWish) => ({ ...(isTranslated(subject) && { subject }), ...(typeof task !== "string" && isTranslated(task) && { description: task }) });
const isTranslated = ({ en, ru, sl }: SubtaskWish["subject"]): boolean => en !== ru || en !== sl;
