import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { hashPassword } from "../access/index.ts";
import { makeDemo, staffed, type Declarations, type DemoProject, type ProjectDeclaration } from "../projects/index.ts";
import { calendarTime, momentOf, saveAllClocks, type CalendarTime, type Clock, type Owner } from "../clocks/index.ts";
import { drawNumber, findProject, processOf, projectOf, storeDeclarations } from "../tickets/index.ts";
import { clientRows, type ClientSet } from "./demo.clients.ts";
import { operatorRows, queueRows, signInsOf, userIds, userRows, type SignIn, type UserIds } from "./demo.people.ts";
import { hasUsers, insertRows, lockDemo, selectDayStart } from "./demo.sql.ts";
import { fillReview, reviewStories } from "./demo.reviews.ts";
import { callbackStories, ticketStories, type Told } from "./demo.stories.ts";
import { talkRows, type Talks } from "./demo.talks.ts";
import { live } from "./demo.tickets.ts";
import { makeToday, type Today } from "./demo.today.ts";

export interface SeedOptions {
  /** Of every demo account and of the operators' SIP phones. */
  password: string;
  /** Told before the first and after each of `total` parts. */
  progress?(done: number, total: number): void;
}
/** `isLoaded` is false when the database had users and nothing was done. */
export interface SeedResult { isLoaded: boolean; signIns: SignIn[]; counts: { users: number; clients: number; interactions: number; tickets: number } }

const longestDayMs = 9 * 3_600_000;

/**
 * Loads the demo company into a database without users, all or nothing: people, clients, and a history that ends now.
 * The same declarations and the same instant make the same company; only ids and ticket numbers differ.
 */
export async function seedDemo(ctx: Ctx, inUse: Declarations, options: SeedOptions): Promise<SeedResult> {
  const declarations = staffed(inUse);
  const signIns = signInsOf(declarations.people);
  const counts = { users: 0, clients: 0, interactions: 0, tickets: 0 };
  return inTx({ ...ctx, actor: { kind: "system", name: "demo" } }, async (ctx) => {
    await lockDemo(ctx.db);
    if (await hasUsers(ctx.db)) return { isLoaded: false, signIns, counts };
    const total = declarations.projects.length + 2;
    const now = ctx.now();
    options.progress?.(0, total);
    const users = await loadPeople(ctx, declarations, options.password);
    options.progress?.(1, total);
    const made = new Map(declarations.projects.map(({ project }) => [project.key, makeDemo(declarations, project.key, now)]));
    const today = await theDay(ctx, declarations, made);
    for (const [index, declared] of declarations.projects.entries()) {
      const loaded = await loadProject(ctx, { declarations, declared, demo: made.get(declared.project.key)!, today, users });
      for (const key of ["clients", "interactions", "tickets"] as const) counts[key] += loaded[key];
      options.progress?.(index + 2, total);
    }
    await loadStates(ctx, today, users);
    await audit(ctx, { action: "demo.loaded", object: { kind: "demo", id: "company" }, after: counts });
    options.progress?.(total, total);
    return { isLoaded: true, signIns, counts: { ...counts, users: declarations.people.length } };
  });
}

async function loadPeople(ctx: TxCtx, declarations: Declarations, password: string): Promise<UserIds> {
  const { db } = ctx;
  const now = ctx.now();
  const stored = await Promise.all(declarations.projects.map(({ project }) => findProject(db, project.key)));
  if (stored.includes(null)) await storeDeclarations(ctx, declarations);
  const users = userIds(declarations.people, now);
  const operators = operatorRows(declarations, users, password);
  // One hash for all: each would take 25 ms, and the password is one and told to everybody.
  await insertRows(db, "users", userRows(declarations.people, users, { passwordHash: await hashPassword(password), now }));
  await insertRows(db, "operators", operators);
  await insertRows(db, "operator_states", operators.map((row) => ({ operator_id: row.user_id, state: "offline", reason: null, since: now, idle_since: now, interaction_id: null, version: 1 })));
  await insertRows(db, "queues", queueRows(declarations));
  return users;
}

/** The company's day, but not more than nine hours of it. */
async function theDay(ctx: TxCtx, declarations: Declarations, made: ReadonlyMap<string, DemoProject>): Promise<Today> {
  const now = ctx.now();
  const midnight = await selectDayStart(ctx.db, now, declarations.company.time_zone);
  const from = new Date(Math.max(midnight.getTime(), now.getTime() - longestDayMs));
  return makeToday(declarations, new Map([...made].map(([key, demo]) => [key, demo.clients])), from, now);
}

interface ProjectToLoad { declarations: Declarations; declared: ProjectDeclaration; demo: DemoProject; today: Today; users: UserIds }

async function loadProject(ctx: TxCtx, given: ProjectToLoad): Promise<{ clients: number; interactions: number; tickets: number }> {
  const { db } = ctx;
  const { declared, demo, today, users } = given;
  const made = [...demo.interactions, ...(today.talks.get(declared.project.key) ?? [])];
  const lastAt = new Map(made.toSorted((a, b) => a.endedAt.localeCompare(b.endedAt)).map((talk) => [talk.clientId, new Date(talk.endedAt)]));
  const set = clientRows(declared.project.key, demo.clients, lastAt, ctx.now());
  await insertRows(db, "clients", set.clients);
  await insertRows(db, "client_phones", set.phones);
  await insertRows(db, "client_emails", set.emails);
  const clients = new Map(demo.clients.map((client) => [client.id, client]));
  const talks = talkRows({ declared, made, clients, clientIds: set.ids, users });
  const tickets = await loadTickets(ctx, given, talks, set);
  await insertRows(db, "interactions", talks.interactions);
  await insertRows(db, "offers", talks.offers);
  await insertRows(db, "tickets", tickets.rows);
  await insertRows(db, "ticket_notes", tickets.notes);
  await insertRows(db, "ticket_reasons", tickets.reasons);
  await insertRows(db, "events", tickets.events);
  const { more } = await projectOf(db, declared.project.key);
  for (const review of tickets.reviews) await fillReview(ctx, { projectKey: declared.project.key, forms: more["forms"] }, review);
  return { clients: set.clients.length, interactions: talks.interactions.length, tickets: tickets.rows.length };
}

/** Nobody is told at the start what was late long before it. */
const heard = (clock: Clock, now: Date, time: CalendarTime): Clock =>
  ({ ...clock, fired: clock.thresholds.filter((percent) => { const at = momentOf(clock, (clock.allowedMs * percent) / 100, time); return at !== null && at <= now; }) });

/** Lives every story, draws its number, keeps the clocks that still run; the conversation a ticket came from points to it. */
async function loadTickets(ctx: TxCtx, given: ProjectToLoad, talks: Talks, set: ClientSet): Promise<{ rows: object[]; events: object[]; notes: object[]; reasons: object[]; reviews: { ticketId: string; data: Record<string, unknown> }[] }> {
  const { db } = ctx;
  const project = await projectOf(db, given.declared.project.key);
  const told: Told = { ...given, project, talks, clientIds: set.ids, now: ctx.now(), processes: new Map() };
  for (const [key, id] of Object.entries(project.processIds)) told.processes.set(key, await processOf(db, id));
  const time = calendarTime(project.calendar, project.project.time_zone);
  const clocks: { owner: Owner; clocks: Clock[] }[] = [];
  const rows: object[] = [];
  const events: object[] = [];
  const notes: object[] = [];
  const reasons: object[] = [];
  const reviews: { ticketId: string; data: Record<string, unknown> }[] = [];
  for (const { story, note, talk, review } of [...ticketStories(told), ...callbackStories(told), ...reviewStories(told)]) {
    const id = newId(story.registeredAt.getTime());
    const lived = live(story, { id, ...(await drawNumber(db, id, project.project.ticket_prefix)) });
    if (review) reviews.push({ ticketId: id, data: review });
    if (talk) Object.assign(talk, { ticket_id: id, ...(story.type.key === "callback" && { callback_id: id }) });
    rows.push(lived.row);
    events.push(...lived.events);
    reasons.push(...lived.reasons);
    if (note) notes.push({ id: newId(note.at.getTime()), ticket_id: id, author_id: note.authorId, text: note.text, at: note.at });
    clocks.push({ owner: { kind: "ticket", id, projectKey: project.project.key }, clocks: lived.clocks.map((clock) => heard(clock, told.now, time)) });
  }
  await saveAllClocks(ctx, clocks, time);
  return { rows, events, notes, reasons, reviews };
}

/** How the operators' day went, for the times of their states. */
async function loadStates(ctx: TxCtx, today: Today, users: UserIds): Promise<void> {
  await insertRows(ctx.db, "operator_state_log", today.spans.map((span) => ({
    operator_id: users.get(span.login)!, state: span.state, reason: null, interaction_id: null, started_at: new Date(span.from), ended_at: new Date(span.to),
  })));
}
