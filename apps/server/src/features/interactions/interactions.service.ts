import { hideContacts, maskPhone, may } from "../access/index.ts";
import type { CallView } from "../calls/calls.contract.ts";
import type { Ctx, TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { selectInteraction, selectInteractions, updateClientOf, type InteractionRow } from "./interactions.sql.ts";

/** One conversation; one's own, or of one's projects. What one may not read is not found. */
export async function getInteraction(ctx: Ctx, id: string): Promise<CallView> {
  return toView(ctx, await load(ctx, id));
}

export interface InteractionQuery { mine?: boolean | undefined; unfinished?: boolean | undefined; outcome?: string | undefined; clientId?: string | undefined; after?: string | undefined; limit?: number | undefined }

/** Conversations one may see, newest first. */
export async function listInteractions(ctx: Ctx, query: InteractionQuery): Promise<{ items: CallView[]; next: string | null }> {
  if (!may(ctx, "interactions.read")) throw forbidden();
  const limit = query.limit ?? PAGE_SIZE;
  const { outcome = null, clientId = null } = query;
  const rows = await selectInteractions(ctx.db, { ...readerOf(ctx), mine: query.mine === true, unfinished: query.unfinished === true, outcome, clientId, cursor: decodeCursor(query.after), limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(row.startedAt, row.id));
  return { items: page.items.map((row) => toView(ctx, row)), next: page.next };
}

/** Whose eyes the list is for; the system sees all projects and has none of its own. */
const readerOf = ({ actor }: Ctx) =>
  actor.kind === "user" ? { projects: actor.projects, reader: actor.id, language: actor.language } : { projects: null, reader: null, language: "en" };

/** Says who the caller of a conversation is, when a card is made for them; refuses when the caller is known as someone else. */
export async function interactionClient(ctx: TxCtx, id: string, clientId: string): Promise<void> {
  await load(ctx, id);
  if (!(await updateClientOf(ctx.db, id, clientId))) throw conflict("caller_is_known");
}

async function load(ctx: Ctx, id: string): Promise<InteractionRow> {
  const row = await selectInteraction(ctx.db, id, readerOf(ctx));
  if (!row || !maySee(ctx, row)) throw may(ctx, "interactions.read") ? notFound("interaction", id) : forbidden();
  return row;
}

const maySee = (ctx: Ctx, row: InteractionRow): boolean =>
  may(ctx, "interactions.read", { projectKey: row.projectKey }) || (may(ctx, "interactions.read") && ctx.actor.kind === "user" && row.operatorId === ctx.actor.id);

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function toView(ctx: Ctx, row: InteractionRow): CallView {
  const hides = !may(ctx, "clients.see_contacts");
  return {
    ...(hides ? hideContacts(row, { phone: row.direction === "in" ? row.fromNumber : row.toNumber, email: null }) : row), ...(hides && { fromNumber: maskPhone(row.fromNumber), toNumber: maskPhone(row.toNumber) }),
    startedAt: row.startedAt.toISOString(), queuedAt: iso(row.queuedAt), answeredAt: iso(row.answeredAt), endedAt: iso(row.endedAt), wrappedAt: iso(row.wrappedAt),
  };
}
