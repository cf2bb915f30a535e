import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { toldTo } from "../access/index.ts";
import { contactsOf, loadTicket, projectOf, updateTicket, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./articles.contract.ts";
import type { SolutionView, VariantView } from "./articles.contract.ts";
import { toSolution, toVariant } from "./articles.service.ts";
import { countSolvedUse, countUse, selectArticle } from "./articles.sql.ts";
import { clearChoice, deleteSolution, deleteVariant, insertSolution, insertVariant, selectSolutions, selectVariants, setChoice, type NewSolution } from "./articles.solutions.sql.ts";

type Attach = z.output<typeof contracts.attachSolution.body>;
const actorId = (ctx: Ctx): string | null => (ctx.actor.kind === "user" ? ctx.actor.id : null);
const MOST_VARIANTS = 9;

/** What is copied: an article's words for the client's language, or how the other ticket was solved. */
async function sourceOf(ctx: Ctx, ticket: Ticket, input: Attach): Promise<Pick<NewSolution, "articleKey" | "fromTicketId" | "title" | "text">> {
  if (input.source === "ticket") {
    const from = await loadTicket(ctx, input.ticketId, "tickets.read");
    if (!from.resolution?.trim()) throw conflict("solution_empty");
    return { articleKey: null, fromTicketId: from.id, title: `${from.number} · ${from.subject}`, text: from.resolution };
  }
  const article = await selectArticle(ctx.db, ticket.projectKey, input.key);
  if (!article) throw notFound("article", input.key);
  const project = await projectOf(ctx.db, ticket.projectKey);
  const { solution } = (project.more.articles?.[input.key] ?? {}) as { solution?: typeof article.body };
  return { articleKey: input.key, fromTicketId: null, title: article.title[ticket.language], text: (solution ?? article.body)[ticket.language] };
}

/** Copies and links what helped. Attaching the same again changes nothing. */
export async function attachSolution(ctx: Ctx, ticketId: string, input: Attach): Promise<SolutionView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    const source = await sourceOf(ctx, ticket, input);
    const row: NewSolution = { ...source, id: newId(ctx.now().getTime()), ticketId, source: input.source, attachedBy: actorId(ctx), attachedAt: ctx.now() };
    if (await insertSolution(ctx.db, row)) {
      await count(ctx, ticket.projectKey, row, 1);
      await emit(ctx, { type: "ticket.solution_attached", subject: { kind: "ticket", id: ticketId }, data: { number: ticket.number, source: row.source, articleKey: row.articleKey, fromTicketId: row.fromTicketId, name: row.title }, touches: [{ kind: "solution", id: ticketId }] });
      await audit(ctx, { action: "ticket.solution_attach", object: { kind: "ticket", id: ticketId }, after: row });
    }
    const there = (await selectSolutions(ctx.db, ticketId)).find((each) => each.source === row.source && each.articleKey === row.articleKey && each.fromTicketId === row.fromTicketId)!;
    return toldTo(ctx, toSolution(there), (await contactsOf(ctx, [ticketId, row.fromTicketId]))(ticketId, row.fromTicketId));
  });
}

const count = async (ctx: TxCtx, projectKey: string, { articleKey, fromTicketId }: { articleKey: string | null; fromTicketId: string | null }, by: 1 | -1): Promise<void> => {
  if (articleKey) await countUse(ctx.db, projectKey, articleKey, by);
  if (fromTicketId) await countSolvedUse(ctx.db, fromTicketId, by);
};

export async function detachSolution(ctx: Ctx, ticketId: string, solutionId: string): Promise<{ ok: true }> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    const gone = await deleteSolution(ctx.db, ticketId, solutionId);
    if (!gone) throw notFound("solution", solutionId);
    await count(ctx, ticket.projectKey, gone, -1);
    await emit(ctx, { type: "ticket.solution_detached", subject: { kind: "ticket", id: ticketId }, data: { number: ticket.number, name: gone.title }, touches: [{ kind: "solution", id: ticketId }] });
    await audit(ctx, { action: "ticket.solution_detach", object: { kind: "ticket", id: ticketId }, before: gone });
    return { ok: true };
  });
}

const told = (ctx: TxCtx, ticket: Ticket, type: string, data: object): Promise<void> => emit(ctx, { type, subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, ...data }, touches: [{ kind: "solution", id: ticket.id }] });

/** One more way to solve it, as it was offered to the client. */
export async function offerVariant(ctx: Ctx, ticketId: string, input: z.output<typeof contracts.offerVariant.body>): Promise<VariantView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    if ((await selectVariants(ctx.db, ticketId)).length >= MOST_VARIANTS) throw conflict("variants_many", { most: MOST_VARIANTS });
    const id = newId(ctx.now().getTime());
    await insertVariant(ctx.db, { ...input, id, ticketId, offeredBy: actorId(ctx), createdAt: ctx.now() });
    await told(ctx, ticket, "ticket.variant_offered", { variantId: id, name: input.title });
    await audit(ctx, { action: "ticket.variant_offer", object: { kind: "ticket", id: ticketId }, after: { id, ...input } });
    return variant(ctx, ticketId, id);
  });
}

const variant = async (ctx: Ctx, ticketId: string, id: string): Promise<VariantView> =>
  toldTo(ctx, toVariant((await selectVariants(ctx.db, ticketId)).find((each) => each.id === id)!), (await contactsOf(ctx, [ticketId]))(ticketId));

export async function withdrawVariant(ctx: Ctx, ticketId: string, id: string): Promise<{ ok: true }> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    const gone = await deleteVariant(ctx.db, ticketId, id);
    if (!gone) throw conflict("variant_gone");
    await told(ctx, ticket, "ticket.variant_withdrawn", { variantId: id, name: gone.title });
    await audit(ctx, { action: "ticket.variant_withdraw", object: { kind: "ticket", id: ticketId }, before: { id, title: gone.title } });
    return { ok: true };
  });
}

/** What the client has chosen is the plan from now on: it stands in the ticket's fields, where guards and colleagues find it. */
export async function chooseVariant(ctx: Ctx, ticketId: string, id: string, chosen: boolean): Promise<VariantView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.write", { lock: true });
    const before = (await selectVariants(ctx.db, ticketId)).find((each) => each.state === "chosen");
    await clearChoice(ctx.db, ticketId);
    if (chosen && !await setChoice(ctx.db, ticketId, id, { by: actorId(ctx), at: ctx.now() })) throw conflict("variant_gone");
    const after = (await selectVariants(ctx.db, ticketId)).find((each) => each.id === id);
    if (!after) throw conflict("variant_gone");
    await updateTicket(ctx, ticketId, { version: ticket.version, fields: { plan: chosen ? after.title : "" } });
    await told(ctx, ticket, chosen ? "ticket.variant_chosen" : "ticket.variant_unchosen", { variantId: id, name: after.title });
    await audit(ctx, { action: chosen ? "ticket.variant_choose" : "ticket.variant_unchoose", object: { kind: "ticket", id: ticketId }, before: before && { id: before.id, title: before.title }, after: { id, title: after.title } });
    return variant(ctx, ticketId, id);
  });
}
