import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { may } from "../access/index.ts";
import type { Declarations } from "../projects/index.ts";
import { giveOwner, loadTicket, projectOf, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./load.contract.ts";
import { lockGiving, selectLeastLoaded, selectLoads, selectName, selectPerson, selectQueueOf, selectUnowned, upsertGiven } from "./load.sql.ts";

/** Given by the composition root: who has a desk open, on whatever node, and what a queue asks for. */
export interface LoadDeps { here(): Promise<ReadonlySet<string>>; queueSkills(queueId: string): Record<string, number> }

/** What callers of a queue are given only to those who can do, by its id `project.queue`. */
export const queueSkillsOf = (declarations: () => Declarations): LoadDeps["queueSkills"] => (queueId) =>
  declarations().projects.flatMap(({ project, queues }) => queues.map((queue) => ({ id: `${project.key}.${queue.key}`, skills: queue.skills }))).find(({ id }) => id === queueId)?.skills ?? {};

/** Who has how much to do, in the reader's projects or one of them. */
export async function getLoad(ctx: Ctx, query: z.output<NonNullable<typeof contracts.getLoad.query>>, { here }: LoadDeps): Promise<z.input<typeof contracts.loadSchema>> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "floor.read", { projectKey: actor.projects[0] ?? null })) throw forbidden();
  if (query.project !== undefined && !actor.projects.includes(query.project)) throw notFound("project", query.project);
  const asked = { projects: query.project === undefined ? actor.projects : [query.project], readerId: actor.id, now: ctx.now(), here: [...await here()] };
  const [people, unowned] = await Promise.all([selectLoads(ctx.db, asked), selectUnowned(ctx.db, asked)]);
  return { people: people.map((person) => ({ ...person, givenAt: person.givenAt?.toISOString() ?? null })), unowned };
}

/** A supervisor gives a ticket to a person, or to whoever has the least to do (R218). */
export async function giveTicket(ctx: Ctx, ticketId: string, { userId }: { userId: string | null }, deps: LoadDeps): Promise<z.input<typeof contracts.giveTicket.reply>> {
  const here = await deps.here();
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "load.give", { lock: true });
    if (ticket.status === "done" || ticket.status === "closed") throw conflict("load_closed");
    const from = ticket.ownerId ? await selectName(ctx.db, ticket.ownerId) : null;
    const to = userId === null ? await leastLoaded(ctx, ticket, { ...deps, present: here }) : await selectPerson(ctx.db, userId, ticket);
    if (!to) throw userId === null ? conflict("load_nobody") : invalidField("userId", "unknown_owner");
    await give(ctx, ticket, { to: to.id, by: ctx.actor.kind === "user" ? ctx.actor.id : null, askedBy: null });
    await audit(ctx, { action: "load.give", object: { kind: "ticket", id: ticketId }, before: { ownerId: ticket.ownerId }, after: { ownerId: to.id, leastLoaded: userId === null } });
    return { ticketId, to, from };
  });
}

/** What a process or a rule asked for; with nobody who can take it, it stays as it is and the supervisors are told. */
export async function giveToLeastLoaded(ctx: TxCtx, ticket: Ticket, { askedBy, present, queueSkills }: { askedBy: string; present: ReadonlySet<string>; queueSkills: LoadDeps["queueSkills"] }): Promise<void> {
  const to = await leastLoaded(ctx, ticket, { present, queueSkills });
  if (to) return give(ctx, ticket, { to: to.id, by: null, askedBy });
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key: "alert_load_nobody", params: { number: ticket.number, subject: ticket.subject }, projectKey: ticket.projectKey, ticketId: ticket.id }, touches: [{ kind: "floor", id: ticket.projectKey }] });
}

async function leastLoaded(ctx: TxCtx, ticket: Ticket, { present, queueSkills }: { present: ReadonlySet<string>; queueSkills: LoadDeps["queueSkills"] }): Promise<{ id: string; name: string } | undefined> {
  const { id: ticketId, projectKey, department, language, aboutUserIds: about } = ticket;
  const skills = await skillsFor(ctx, ticket, queueSkills);
  await lockGiving(ctx.db);
  return selectLeastLoaded(ctx.db, { ticketId, projectKey, department, language, skills, about, here: [...present] });
}

/** What its type asks for, else what the queue of its call does. */
async function skillsFor(ctx: Ctx, ticket: Ticket, queueSkills: LoadDeps["queueSkills"]): Promise<Record<string, number>> {
  const declared = (await projectOf(ctx.db, ticket.projectKey)).types.find(({ key }) => key === ticket.type)?.skills;
  if (declared) return declared;
  const queueId = ticket.interactionId ? await selectQueueOf(ctx.db, ticket.interactionId) : null;
  return queueId ? queueSkills(queueId) : {};
}

async function give(ctx: TxCtx, ticket: Ticket, { to, by, askedBy }: { to: string; by: string | null; askedBy: string | null }): Promise<void> {
  await giveOwner(ctx, ticket, { ownerId: to, by, askedBy });
  await upsertGiven(ctx.db, to, ctx.now());
}
