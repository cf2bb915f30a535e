import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, missingWith, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { isSame, sameOrRefused } from "../../platform/once.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { may, toldTo } from "../access/index.ts";
import { getClient } from "../clients/index.ts";
import { contactsOf, guarded, loadTicket, projectOf, subjectFor, type ContactsOf } from "../tickets/index.ts";
import type * as contracts from "./promises.contract.ts";
import type { PromiseView } from "./promises.contract.ts";
import { closePromiseRow, insertPromise, isAnyOverdue, selectFigures, selectMine, selectOfClient, selectOfTicket, selectOpen, selectPromise, takeOverdue, type NewPromise, type Overdue, type Promised } from "./promises.sql.ts";

const FIGURES_DAYS = 30;
/** Farther away nobody promises anything a client could hold on to. */
const FARTHEST_MS = 366 * 86_400_000;

const toViews = async (ctx: Ctx, rows: readonly Promised[]): Promise<PromiseView[]> => {
  const contacts = await contactsOf(ctx, rows.map(({ id }) => id));
  return rows.map((row) => toView(ctx, row, contacts));
};
const viewOf = async (ctx: Ctx, id: string): Promise<PromiseView> => (await toViews(ctx, [(await selectPromise(ctx.db, id))!]))[0]!;

const toView = (ctx: Ctx, row: Promised, contacts: ContactsOf): PromiseView => toldTo(ctx, {
  id: row.id, projectKey: row.projectKey, text: row.text, dueAt: row.dueAt.toISOString(), state: row.state, reason: row.reason, version: row.version, createdAt: row.createdAt.toISOString(),
  by: { id: row.promisedBy, name: row.byName }, closed: row.closedAt && { at: row.closedAt.toISOString(), by: row.closedByName },
  ticket: row.ticketId ? { id: row.ticketId, number: row.number, subject: subjectFor(ctx, row) } : null, client: row.clientId ? { id: row.clientId, name: row.clientName } : null,
}, contacts(row.id));

/** What was promised about a ticket is for those who may see that ticket. */
const seen = (ctx: Ctx) => (row: Promised): boolean => row.ticketId === null || may(ctx, "tickets.read", guarded(row));

/** Open promises in the order they must be kept: one's own, or those of the projects one leads. */
export async function listPromises(ctx: Ctx, query: z.output<typeof contracts.listPromises.query>): Promise<z.input<typeof contracts.listPromises.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user") throw forbidden();
  if (query.view === "all" && !may(ctx, "promises.read", { projectKey: actor.projects[0] ?? null })) throw forbidden();
  const limit = query.limit ?? PAGE_SIZE;
  const page = { after: decodeCursor(query.after), limit: limit + 1 };
  const rows = query.view === "all" ? await selectOpen(ctx.db, { projects: actor.projects, readerId: actor.id }, page) : await selectMine(ctx.db, actor.id, page);
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(row.dueAt, row.id));
  return { items: await toViews(ctx, items.filter(seen(ctx))), next };
}

export async function ticketPromises(ctx: Ctx, ticketId: string): Promise<{ items: PromiseView[] }> {
  await loadTicket(ctx, ticketId, "tickets.read");
  return { items: await toViews(ctx, await selectOfTicket(ctx.db, ticketId)) };
}

export async function clientPromises(ctx: Ctx, clientId: string): Promise<{ items: PromiseView[] }> {
  await getClient(ctx, clientId);
  return { items: await toViews(ctx, (await selectOfClient(ctx.db, clientId, ctx.actor.kind === "user" ? ctx.actor.projects : null)).filter(seen(ctx))) };
}

/** Records a promise of the signed-in person; about a ticket it is also its client's. Sent again under its id it is the same promise, also when its time has come meanwhile. */
export async function makePromise(ctx: Ctx, input: z.output<typeof contracts.makePromise.body>): Promise<PromiseView> {
  return inTx(ctx, async (ctx) => {
    const about = input.ticketId ? await aboutTicket(ctx, input.ticketId, input) : await aboutClient(ctx, input.clientId, input.projectKey);
    const dueAt = new Date(input.dueAt);
    const sent = { ticketId: about.ticketId, ...(!about.ticketId && about), text: input.text, dueAt, promisedBy: ctx.actor.kind === "user" ? ctx.actor.id : null };
    const there = input.id && await selectPromise(ctx.db, input.id);
    if (there) return viewOf(ctx, sameOrRefused(there, sent).id);
    if (dueAt <= ctx.now()) throw invalidField("dueAt", "promise_past");
    if (dueAt.getTime() > ctx.now().getTime() + FARTHEST_MS) throw invalidField("dueAt", "promise_far");
    const row: NewPromise = { ...about, ...sent, id: input.id ?? newId(ctx.now().getTime()), createdAt: ctx.now() };
    if (!(await insertPromise(ctx.db, row))) return viewOf(ctx, sameOrRefused(await selectPromise(ctx.db, row.id), sent).id);
    await tell(ctx, "promise.made", row, { text: row.text, dueAt: row.dueAt });
    await audit(ctx, { action: "promise.make", object: { kind: "promise", id: row.id }, after: row });
    return viewOf(ctx, row.id);
  });
}

type About = Pick<NewPromise, "projectKey" | "ticketId" | "clientId">;
async function aboutTicket(ctx: Ctx, ticketId: string, said: { clientId: string | null; projectKey?: string | undefined }): Promise<About> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
  // The ticket says whose it is: a promise to somebody else is no promise about it.
  if (said.clientId && said.clientId !== ticket.clientId) throw invalidField("clientId", "unknown_client");
  if (said.projectKey && said.projectKey !== ticket.projectKey) throw invalidField("projectKey", "form_other_project");
  return { projectKey: ticket.projectKey, ticketId, clientId: ticket.clientId };
}
async function aboutClient(ctx: Ctx, clientId: string | null, projectKey: string | undefined): Promise<About> {
  if (!clientId) throw invalidField("clientId", "required");
  const client = await getClient(ctx, clientId);
  if (!may(ctx, "clients.write", { projects: client.projects })) throw forbidden();
  const mine = ctx.actor.kind === "user" ? ctx.actor.projects : client.projects;
  if (!projectKey || !mine.includes(projectKey)) throw invalidField("projectKey", "required");
  if (client.projects.length > 0 && !client.projects.includes(projectKey)) throw invalidField("projectKey", "promise_not_theirs");
  if ((await projectOf(ctx.db, projectKey)).retired) throw invalidField("projectKey", "project_retired");
  return { projectKey, clientId, ticketId: null };
}

/** Kept, or broken with its reason; whoever may write on the ticket may say so, not only who promised. Said again by the same person it is answered as the first time. */
export async function closePromise(ctx: Ctx, id: string, input: z.output<typeof contracts.closePromise.body>): Promise<PromiseView> {
  return inTx(ctx, async (ctx) => {
    const before = await loadPromise(ctx, id);
    if (input.state === "broken" && input.reason === "") throw invalidField("reason", "promise_reason");
    const said = { state: input.state, reason: input.reason || null, closedBy: ctx.actor.kind === "user" ? ctx.actor.id : null };
    if (!(await closePromiseRow(ctx.db, id, input.version, { ...said, at: ctx.now() }))) {
      if (!isSame(await selectPromise(ctx.db, id), { ...said, version: input.version + 1 })) throw conflict("changed_meanwhile");
      return viewOf(ctx, id);
    }
    await tell(ctx, `promise.${input.state}`, before, { text: before.text, dueAt: before.dueAt, isLate: before.dueAt < ctx.now(), reason: input.reason || null });
    await audit(ctx, { action: `promise.${input.state}`, object: { kind: "promise", id }, before: { state: before.state }, after: { state: input.state, reason: input.reason || null } });
    return viewOf(ctx, id);
  });
}

async function loadPromise(ctx: Ctx, id: string): Promise<Promised> {
  const promise = await selectPromise(ctx.db, id);
  if (!promise) throw notFound("promise", id);
  if (promise.ticketId) await missingWith("promise", id, loadTicket(ctx, promise.ticketId, "tickets.note"));
  else if (!may(ctx, "clients.write", { projectKey: promise.projectKey })) throw notFound("promise", id);
  return promise;
}

const touched = ({ id, ticketId, clientId, promisedBy }: Pick<NewPromise, "id" | "ticketId" | "clientId" | "promisedBy">): { kind: string; id: string }[] => [
  { kind: "promise", id }, ...(ticketId ? [{ kind: "ticket", id: ticketId }] : []), ...(clientId ? [{ kind: "client", id: clientId }] : []), ...(promisedBy ? [{ kind: "operator", id: promisedBy }] : []),
];

/** A promise about a ticket is told in the ticket's history, another in the client's. */
const tell = (ctx: TxCtx, type: string, promise: Pick<NewPromise, "id" | "ticketId" | "clientId" | "promisedBy" | "projectKey">, data: object): Promise<void> => emit(ctx, {
  type: `${promise.ticketId ? "ticket" : "client"}.${type.replace(".", "_")}`, subject: promise.ticketId ? { kind: "ticket", id: promise.ticketId } : { kind: "client", id: promise.clientId! },
  data: { ...data, promiseId: promise.id, projectKey: promise.projectKey }, touches: touched(promise),
});

/** How promises of one's projects are kept. */
export async function promiseFigures(ctx: Ctx): Promise<z.input<typeof contracts.promiseFigures.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "promises.read", { projectKey: actor.projects[0] ?? null })) throw forbidden();
  const now = ctx.now();
  return { days: FIGURES_DAYS, people: await selectFigures(ctx.db, { projects: actor.projects, readerId: actor.id }, { now, since: new Date(now.getTime() - FIGURES_DAYS * 86_400_000) }) };
}

const TOGETHER = 100;

/** Tells who promised and who supervises that a promise is late, once; returns whether there may be more. */
export async function tellOverdue(ctx: Ctx): Promise<boolean> {
  // Idle, no transaction is begun.
  if (!(await isAnyOverdue(ctx.db, ctx.now()))) return false;
  return inTx(ctx, async (ctx) => {
    const overdue = await takeOverdue(ctx.db, ctx.now(), TOGETHER);
    for (const each of overdue) await alert(ctx, each);
    return overdue.length === TOGETHER;
  });
}

async function alert(ctx: TxCtx, promise: Overdue): Promise<void> {
  const subject = promise.ticketId ? { kind: "ticket", id: promise.ticketId } : { kind: "client", id: promise.clientId! };
  const data = { key: "alert_promise_late", params: { number: promise.number || promise.clientName, text: promise.text }, projectKey: promise.projectKey, ticketId: promise.ticketId, userId: promise.promisedBy, promiseId: promise.id };
  await tell(ctx, "promise.overdue", promise, { text: promise.text, dueAt: promise.dueAt });
  await emit(ctx, { type: "alert.raised", subject, data, touches: [...touched(promise), { kind: "floor", id: promise.projectKey }] });
}
