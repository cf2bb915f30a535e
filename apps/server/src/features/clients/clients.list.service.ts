import { hideContacts, maskContacts, maskPhone, maskPicture, may } from "../access/index.ts";
import { namesOfTold, type ToldNames } from "../tickets/index.ts";
import type { Ctx } from "../../platform/db.ts";
import { forbidden } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf, type Cursor } from "../../platform/page.ts";
import type { ClientRow, TimelineItem } from "./clients.contract.ts";
import { normalizePhone } from "./clients.phones.rules.ts";
import { looksForContact, searchTerms } from "./clients.search.rules.ts";
import { load, mine } from "./clients.service.ts";
import { selectByPhone, selectClients, selectSameClient, type ListRow } from "./clients.sql.ts";
import { selectHistory, selectTimeline, type TimelineRow } from "./clients.timeline.sql.ts";

interface Page<T> { items: T[]; next: string | null }
interface PageQuery { after?: string | undefined; limit?: number | undefined }
const NOTHING = { items: [], next: null };

/**
 * Clients whose text has every word typed, in either alphabet: first those with this very number, then those whose family
 * name begins with it, those with another name that does, and the rest; newest change first. Without text the last changed.
 */
export async function searchClients(ctx: Ctx, query: PageQuery & { text?: string | undefined; project?: string | undefined }): Promise<Page<ClientRow>> {
  if (!may(ctx, "clients.read", { projectKey: query.project ?? null })) throw forbidden();
  const { text = "", project = null, limit = PAGE_SIZE } = query;
  const cursor = decodeCursor(query.after, "ranked");
  const terms = searchTerms(text);
  if ((terms === null && text.trim() !== "") || (masks(ctx) && looksForContact(text))) return NOTHING;
  const rows = await selectClients(ctx.db, { terms, projects: mine(ctx), readerId: reader(ctx), only: within(ctx), inPart: masks(ctx), project, after: cursor && rankedAfter(cursor), limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(`${row.rank}:${row.updatedAt.toISOString()}`, row.id));
  return { items: page.items.map(({ rank: _rank, ...row }) => toRow(ctx, row)), next: page.next };
}

const reader = (ctx: Ctx): string | null => (ctx.actor.kind === "user" ? ctx.actor.id : null);

/** Who reads only what was given to their department, or to them. */
const within = (ctx: Ctx): { department: string | null } | null =>
  ctx.actor.kind !== "user" || may(ctx, "tickets.read", { projectKey: ctx.actor.projects[0] ?? null }) ? null : { department: ctx.actor.department ?? null };

const rankedAfter = ([sort, id]: Cursor) => ({ rank: Number(sort[0]), updatedAt: sort.slice(2), id });

/** Who calls from this number; for the card that opens before the answer. `projectKey` puts that project's clients first. */
export async function clientByPhone(ctx: Ctx, phone: string, projectKey: string | null = null): Promise<ClientRow[]> {
  if (!may(ctx, "clients.read")) throw forbidden();
  const number = normalizePhone(phone);
  if (!number || masks(ctx)) return [];
  return (await selectByPhone(ctx.db, number, { projects: mine(ctx), readerId: reader(ctx), only: within(ctx), first: projectKey })).map((row) => toRow(ctx, row));
}

/** Everything said and done with this client, over all channels, newest first. */
export async function clientTimeline(ctx: Ctx, id: string, query: PageQuery): Promise<Page<TimelineItem>> {
  const { phones } = await load(ctx, id, "clients.read");
  const limit = query.limit ?? PAGE_SIZE;
  const cursor = decodeCursor(query.after);
  const rows = await selectTimeline(ctx.db, { ids: await selectSameClient(ctx.db, id), projects: mine(ctx), readerId: reader(ctx), ...(ctx.actor.kind === "user" && { language: ctx.actor.language }), only: within(ctx), cursor, limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(row.at, row.id));
  const names = await namesOf(ctx, page.items);
  return { items: page.items.map((row) => ({ ...toItem(ctx, row, phones), names: names.get(row.id) ?? {} })), next: page.next };
}

/** What the facts of tickets name, as the reader calls it. */
async function namesOf(ctx: Ctx, rows: TimelineRow[]): Promise<Map<string, ToldNames>> {
  const facts = rows.filter(({ kind, data }) => kind === "event" && typeof data["processId"] === "string");
  const names = await namesOfTold(ctx, facts.map(({ type, data }) => ({ type, data, processId: data["processId"] as string, projectKey: data["projectKey"] as string })), readerLanguage(ctx));
  return new Map(facts.map(({ id }, index) => [id, names[index]!]));
}

/** Every change of the card, also of those merged into it, from the audit trail. */
export async function clientHistory(ctx: Ctx, id: string, query: PageQuery) {
  await load(ctx, id, "clients.history");
  const limit = query.limit ?? PAGE_SIZE;
  const rows = await selectHistory(ctx.db, await selectSameClient(ctx.db, id), decodeCursor(query.after, "number"), limit);
  const page = pageOf(rows, limit, (row) => encodeCursor(row.id, row.id));
  const shown = (picture: unknown) => (masks(ctx) ? maskPicture(picture) : picture) ?? null;
  return { next: page.next, items: page.items.map((row) => ({ ...row, at: row.at.toISOString(), before: shown(row.before), after: shown(row.after) })) };
}

const masks = (ctx: Ctx): boolean => !may(ctx, "clients.see_contacts");

function toRow(ctx: Ctx, row: ListRow): ClientRow {
  const view = { ...row, updatedAt: row.updatedAt.toISOString() };
  return masks(ctx) ? maskContacts(view) : view;
}

function toItem(ctx: Ctx, row: TimelineRow, phones: readonly string[]): Omit<TimelineItem, "names"> {
  const { fromNumber, toNumber, recipient: _recipient, ...rest } = row.data as { fromNumber?: string; toNumber?: string; recipient?: string };
  const hidden = { ...(fromNumber && { fromNumber: maskPhone(fromNumber) }), ...(toNumber && { toNumber: maskPhone(toNumber) }) };
  return { id: row.id, at: row.at.toISOString(), kind: row.kind, type: row.type, by: row.by ?? "", data: masks(ctx) ? hideContacts({ ...rest, ...hidden }, { phone: phones, email: null }) : row.data };
}
