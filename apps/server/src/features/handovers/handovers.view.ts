import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { forbidden } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { may, maskPhone, toldTo } from "../access/index.ts";
import { getClient } from "../clients/index.ts";
import { contactsOf, descriptionFor, loadTicket, stageNameOf, subjectFor, type ContactsOf } from "../tickets/index.ts";
import { isUnanswered } from "./handovers.advising.ts";
import type * as contracts from "./handovers.contract.ts";
import type { ClientHandover, HandoverView } from "./handovers.contract.ts";
import { presenceNow, type HandoversDeps } from "./handovers.people.ts";
import { selectAdvised, selectFigures, selectGiven, selectOffered, selectOfClient, selectOfProjects, selectOfTicket, selectPeopleFigures, type Told } from "./handovers.sql.ts";

const FIGURES_DAYS = 30;

const guarded = (row: Told) => ({ projectKey: row.projectKey, ownerId: row.ticketOwnerId, department: row.ticketDepartment, about: row.aboutUserIds, advisers: row.ticketStatus === "closed" ? null : row.adviserIds });
const isAbout = (row: Told, id: string): boolean => row.aboutUserIds?.includes(id) ?? false;
/** Whom it is about, and who works in the project no more, knows nothing of it, asked or not. */
const isKept = (row: Told, user: { id: string; projects: readonly string[] }): boolean => isAbout(row, user.id) || !user.projects.includes(row.projectKey);

/** The offer that stands. */
export const offerOf = (row: Pick<Told, "asked">) => row.asked.find(({ state }) => state === "offered");
/** Supervisors may take, and take back, whatever waits in their projects. */
export const leads = (ctx: Ctx, row: Told): boolean => may(ctx, "handovers.lead", guarded(row));

/** Who was asked, and who gave it, whatever else they may see. */
export function mayKnow(ctx: Ctx, row: Told): boolean {
  const { actor } = ctx;
  if (actor.kind !== "user" || isKept(row, actor)) return false;
  return may(ctx, "tickets.read", guarded(row)) || row.givenBy === actor.id || row.asked.some(({ userId }) => userId === actor.id);
}

/** In lists: what may be opened, what waits for the reader's answer, and what the reader gave and nobody has taken. */
function isShown(ctx: Ctx, row: Told): boolean {
  const { actor } = ctx;
  if (actor.kind !== "user" || isKept(row, actor)) return false;
  return may(ctx, "tickets.read", guarded(row)) || offerOf(row)?.userId === actor.id || (row.givenBy === actor.id && row.state === "waiting");
}

const phoneFor = (ctx: Ctx, row: Told): string | null => (row.phone === null || may(ctx, "clients.see_contacts", { projectKey: row.projectKey }) ? row.phone : maskPhone(row.phone));
const personOf = (id: string | null, name: string) => (id ? { id, name } : null);

/** With contacts in part for whom they are shown in part, also where people wrote them into the note. */
export async function toView(ctx: Ctx, row: Told, known?: ContactsOf): Promise<HandoverView> {
  const contacts = known ?? await contactsFor(ctx, [row]);
  const me = ctx.actor.kind === "user" ? ctx.actor.id : "";
  const offer = offerOf(row);
  const [isMine, isGiver, isLeader] = [offer?.userId === me, row.givenBy === me, leads(ctx, row)];
  const waits = row.state === "waiting";
  return toldTo(ctx, {
    id: row.id, kind: row.kind, projectKey: row.projectKey, state: row.state, circle: row.circle, department: row.department, createdAt: row.createdAt.toISOString(), endedAt: instantOf(row.endedAt), endedAs: row.endedAs,
    by: personOf(row.givenBy, row.byName), askedBy: row.askedBy, owner: personOf(row.ticketOwnerId, row.ownerName), takenBy: personOf(row.takenBy, row.takenName),
    note: { wanted: row.wanted, tried: row.tried, expected: row.expected, expectedBy: instantOf(row.expectedBy) },
    ticket: { id: row.ticketId, number: row.number, subject: subjectFor(ctx, row), description: descriptionFor(ctx, row), stageName: await stageNameOf(ctx, row), priority: row.priority, dueAt: instantOf(row.dueAt), language: row.language, opens: may(ctx, "tickets.read", guarded(row)) },
    client: row.clientId ? { id: row.clientId, name: row.clientName, phone: phoneFor(ctx, row) } : null,
    interactionId: row.interactionId, isLive: row.isLive,
    offer: offer === undefined ? null : { to: { id: offer.userId, name: offer.name }, offeredAt: iso(offer.offeredAt), answerBy: iso(offer.answerBy) },
    asked: row.asked.map(({ userId, name, state, reason, offeredAt, answeredAt }) => ({ person: { id: userId, name }, state, reason, offeredAt: iso(offeredAt), answeredAt: answeredAt && iso(answeredAt) })),
    isMine, mayTake: waits && (isMine || isLeader), mayWithdraw: (waits || isUnanswered(row)) && (isGiver || isLeader),
    answer: row.answer, answeredAt: instantOf(row.answeredAt), advises: row.advises, advisesUntil: instantOf(row.advisesUntil), mayAnswer: row.takenBy === me && isUnanswered(row),
  }, contacts(row.ticketId, row.clientId));
}
const contactsFor = (ctx: Ctx, rows: Told[]): Promise<ContactsOf> => contactsOf(ctx, rows.flatMap(({ ticketId, clientId }) => [ticketId, clientId]));
const instantOf = (at: Date | null): string | null => at && at.toISOString();
/** JSON of the database writes instants in its own way. */
const iso = (at: string): string => new Date(at).toISOString();

async function toViews(ctx: Ctx, rows: Told[]): Promise<HandoverView[]> {
  const shown = rows.filter((row) => isShown(ctx, row));
  const contacts = await contactsFor(ctx, shown);
  return Promise.all(shown.map((row) => toView(ctx, row, contacts)));
}

export async function ticketHandovers(ctx: Ctx, ticketId: string): Promise<{ items: HandoverView[] }> {
  await loadTicket(ctx, ticketId, "tickets.read");
  return { items: await toViews(ctx, await selectOfTicket(ctx.db, ticketId)) };
}

/** What whoever speaks with the client instead of the owner must know: whose it is, whether they are there, and what was written down. */
export async function clientHandovers(ctx: Ctx, clientId: string, { here }: HandoversDeps): Promise<{ items: ClientHandover[] }> {
  const { actor } = ctx;
  await getClient(ctx, clientId);
  if (actor.kind !== "user") throw forbidden();
  const rows = (await selectOfClient(ctx.db, clientId, actor.projects)).filter((row) => may(ctx, "tickets.read", guarded(row)) && !isAbout(row, actor.id));
  const contacts = await contactsFor(ctx, rows);
  const desks = rows.length > 0 ? await here() : new Set<string>();
  return { items: await Promise.all(rows.map(async (row) => ({ ...(await toView(ctx, row, contacts)), ownerPresence: row.ticketOwnerId ? await presenceNow(ctx, row.ticketOwnerId, desks) : null }))) };
}

export async function listHandovers(ctx: Ctx, query: z.output<typeof contracts.listHandovers.query>): Promise<z.input<typeof contracts.listHandovers.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user") throw forbidden();
  if (query.view === "mine") return { items: await toViews(ctx, await selectOffered(ctx.db, actor.id)), next: null };
  if (query.view === "advice") return { items: await toViews(ctx, await selectAdvised(ctx.db, actor.id)), next: null };
  if (query.view === "all" && !may(ctx, "handovers.read", { projectKey: actor.projects[0] ?? null })) throw forbidden();
  const limit = query.limit ?? PAGE_SIZE;
  const page = { cursor: decodeCursor(query.after), limit: limit + 1 };
  const rows = query.view === "all" ? await selectOfProjects(ctx.db, actor.projects, page) : await selectGiven(ctx.db, actor.id, page);
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(row.createdAt, row.id));
  return { items: await toViews(ctx, items), next };
}

/** How long hand-overs of one's projects waited, and who took or refused them. */
export async function handoverFigures(ctx: Ctx): Promise<z.input<typeof contracts.handoverFigures.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "handovers.read", { projectKey: actor.projects[0] ?? null })) throw forbidden();
  const asked = { projects: actor.projects, readerId: actor.id, since: new Date(ctx.now().getTime() - FIGURES_DAYS * 86_400_000) };
  return { days: FIGURES_DAYS, ...(await selectFigures(ctx.db, asked)), people: await selectPeopleFigures(ctx.db, asked) };
}
