import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { addJob } from "../../platform/jobs.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { maskWithin, may, type OwnContacts } from "../access/index.ts";
import { contactsOf, getTicket, subjectFor } from "../tickets/index.ts";
import { find, readFilter } from "../views/index.ts";
import { BULK_MOST, bulkItemStates, type BulkRun } from "./bulk.contract.ts";
import type * as contracts from "./bulk.contract.ts";
import { countLive, insertRun, selectCounts, selectItems, selectKnown, selectRun, selectRuns, updateRun, type ListedItem, type Reason, type RunRow, type User } from "./bulk.sql.ts";

export const JOB = "tickets.bulk";
/** Runs of one person at the same time. */
const MOST_LIVE = 2;
/** Pages of a filter that are walked for "all of this view"; each reads a bounded piece, so one that finds little is refused. */
const MOST_PAGES = 120;

function userOf(ctx: Ctx): User {
  if (ctx.actor.kind !== "user" || !may(ctx, "tickets.bulk")) throw forbidden();
  return ctx.actor;
}

async function toView(ctx: Ctx, rows: RunRow[]): Promise<BulkRun[]> {
  const counts = await selectCounts(ctx.db, rows.map(({ id }) => id));
  return rows.map(({ id, action, stepName, state, total, tellsClients, at, finishedAt }) => {
    const own = counts.filter(({ runId }) => runId === id);
    const of = Object.fromEntries(bulkItemStates.options.map((each) => [each, own.find((count) => count.state === each)?.n ?? 0])) as BulkRun["counts"];
    return { id, action, stepName, state, total, tellsClients, counts: of, tells: own.reduce((sum, { tells }) => sum + tells, 0), at: at.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
  });
}
const viewOf = async (ctx: Ctx, row: RunRow): Promise<BulkRun> => (await toView(ctx, [row]))[0]!;

/** The selection is fixed here: what enters or leaves the view later changes nothing. */
export async function previewBulk(ctx: Ctx, { selection, action }: z.output<typeof contracts.previewBulk.body>): Promise<BulkRun> {
  const user = userOf(ctx);
  if (action.kind === "change" && Object.keys(action).length === 1) throw invalidField("action", "bulk_nothing");
  const ids = "ids" in selection ? await selectKnown(ctx.db, [...new Set(selection.ids)], user) : await allOf(ctx, user, selection);
  if (ids.length === 0) throw invalidField("selection", "bulk_empty");
  const stepName = action.kind === "move" ? await stepNameOf(ctx, ids[0]!, action.transition) : null;
  return inTx(ctx, async (ctx) => {
    if (await countLive(ctx.db, user.id) >= MOST_LIVE) throw conflict("bulk_busy");
    const row: RunRow = { id: newId(ctx.now().getTime()), authorId: user.id, action, stepName, state: "checking", tellsClients: false, total: ids.length, at: ctx.now(), finishedAt: null };
    await insertRun(ctx.db, row, ids);
    await audit(ctx, { action: "bulk.preview", object: { kind: "bulk", id: row.id }, after: { action, total: ids.length } });
    await nextStep(ctx, row.id);
    return viewOf(ctx, row);
  });
}

/** As the first ticket's process calls it; it may not be there for that one, and is refused then. */
async function stepNameOf(ctx: Ctx, ticketId: string, transition: string): Promise<string> {
  const ticket = await getTicket(ctx, ticketId).catch((error: unknown) => { if (error instanceof AppError) return null; throw error; });
  return ticket?.transitions.find(({ key }) => key === transition)?.name ?? transition;
}

async function allOf(ctx: Ctx, user: User, { filter, sort }: { filter: string; sort: Parameters<typeof find>[2]["sort"] }): Promise<string[]> {
  const ids = new Set<string>();
  let after: [string, string] | null = null;
  for (let pages = 0; pages === 0 || after !== null; pages++) {
    if (pages >= MOST_PAGES) throw invalidField("selection", "bulk_too_broad");
    const found: Awaited<ReturnType<typeof find>> = await find(ctx, user, { filter: readFilter(filter), sort, after, limit: 100 });
    for (const { id } of found.rows) ids.add(id);
    if (ids.size > BULK_MOST) throw invalidField("selection", "bulk_too_many", { most: BULK_MOST });
    after = found.next;
  }
  return [...ids];
}

export const nextStep = (ctx: TxCtx, id: string, afterMs = 0): Promise<void> => addJob(ctx, JOB, { id }, { queue: JOB, ...(afterMs > 0 && { runAt: new Date(ctx.now().getTime() + afterMs) }) });

async function load(ctx: Ctx, id: string, lock = false): Promise<RunRow> {
  const user = userOf(ctx);
  const row = await selectRun(ctx.db, id, lock);
  if (row?.authorId !== user.id) throw notFound("bulk", id);
  return row;
}

export const getBulk = async (ctx: Ctx, id: string): Promise<BulkRun> => viewOf(ctx, await load(ctx, id));

export async function listBulk(ctx: Ctx, query: z.output<typeof contracts.listBulk.query>): Promise<{ items: BulkRun[]; next: string | null }> {
  const user = userOf(ctx);
  const limit = query.limit ?? PAGE_SIZE;
  const { items, next } = pageOf(await selectRuns(ctx.db, user.id, { after: decodeCursor(query.after), limit: limit + 1 }), limit, (row) => encodeCursor(row.at, row.id));
  return { items: await toView(ctx, items), next };
}

export async function listBulkItems(ctx: Ctx, id: string, query: z.output<typeof contracts.listBulkItems.query>): Promise<z.input<typeof contracts.listBulkItems.reply>> {
  await load(ctx, id);
  const limit = query.limit ?? PAGE_SIZE;
  const rows = await selectItems(ctx.db, id, { state: query.state, after: Number(decodeCursor(query.after, "number")?.[0] ?? 0), limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, ({ n }) => encodeCursor(n, n));
  const contacts = await contactsOf(ctx, items.map((item) => item.id));
  return { items: items.map((item) => toItem(ctx, item, contacts(item.id))), next };
}

/** Rights may have changed since the run: a ticket that is no longer the reader's keeps its place, without its words. */
function toItem(ctx: Ctx, { id, number, subject: stored, texts, projectKey, state, tells, changes, reason, ownerId, department, aboutUserIds }: ListedItem, own: OwnContacts) {
  const subject = subjectFor(ctx, { subject: stored, texts });
  const isMine = may(ctx, "tickets.read", { projectKey, ownerId, department, about: aboutUserIds });
  const shown = may(ctx, "clients.see_contacts") ? subject : maskWithin(subject, own);
  return { id, number: isMine ? number : "", subject: isMine ? shown : "", projectKey, state, tells, changes: isMine ? changes : [], reason: reason && said(ctx, reason) };
}
const said = (ctx: Ctx, reasons: Reason[]): string => reasons.map(({ code, params }) => translate(readerLanguage(ctx), code, params)).join(" ");

export async function startBulk(ctx: Ctx, id: string, { tell }: z.output<typeof contracts.startBulk.body>): Promise<BulkRun> {
  return inTx(ctx, async (ctx) => {
    const row = await load(ctx, id, true);
    if (row.state !== "ready") throw conflict("bulk_state");
    const { tells } = await viewOf(ctx, row);
    if (tell !== null && tell !== tells) throw invalidField("tell", "bulk_tell", { count: tells });
    return change(ctx, { ...row, state: "running", tellsClients: tell !== null }, "bulk.start");
  });
}

export async function stopBulk(ctx: Ctx, id: string): Promise<BulkRun> {
  return inTx(ctx, async (ctx) => {
    const row = await load(ctx, id, true);
    if (!["checking", "running"].includes(row.state)) throw conflict("bulk_state");
    return change(ctx, { ...row, state: "stopped", finishedAt: ctx.now() }, "bulk.stop");
  });
}

export async function undoBulk(ctx: Ctx, id: string): Promise<BulkRun> {
  return inTx(ctx, async (ctx) => {
    const row = await load(ctx, id, true);
    if (!["done", "stopped"].includes(row.state)) throw conflict("bulk_state");
    return change(ctx, { ...row, state: "undoing", finishedAt: null }, "bulk.undo");
  });
}

async function change(ctx: TxCtx, row: RunRow, action: string): Promise<BulkRun> {
  await updateRun(ctx.db, row.id, row);
  await audit(ctx, { action, object: { kind: "bulk", id: row.id }, after: { state: row.state, tellsClients: row.tellsClients } });
  if (row.state !== "stopped") await nextStep(ctx, row.id);
  return viewOf(ctx, row);
}
