import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { remembered } from "../../platform/remembered.ts";
import { may, toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { contactsOf, guarded, loadTicket, projectOf, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./articles.contract.ts";
import type { ArticleRow, SimilarTicket, SolutionView, VariantView } from "./articles.contract.ts";
import { selectArticle, selectArticles, selectFrequency, selectLexemes, selectSimilar, type FoundArticle } from "./articles.sql.ts";
import { selectSolutions, selectVariants, type Solution, type Variant } from "./articles.solutions.sql.ts";
import { foldedWords, LEAST_ALIKE, MOST_TERMS, partsOf, searchFor, weigh, type Frequency, type Parts } from "./articles.words.rules.ts";

const EXCERPT = 180;
const toRow = ({ projectKey, key, kind, title, body, used }: FoundArticle, language: Language): ArticleRow => ({
  projectKey, key, kind, title: title[language], used, excerpt: body[language].replaceAll(/^\s*(?:[-*+]|\d+[.)])\s+/gm, "").replaceAll(/[#*_>`]/g, "").replaceAll(/\s+/g, " ").trim().slice(0, EXCERPT),
});

/** What is typed may be of any language: Latin words are looked for as English and as Slovenian. */
function typed(words: string): Parts {
  const [english, other] = [partsOf(words, "en"), partsOf(words, "sl")];
  return { russian: english.russian, english: english.english, slovenian: other.slovenian };
}

/** Articles of one's projects by words; without words, the most used first. */
export async function searchArticles(ctx: Ctx, query: z.output<typeof contracts.searchArticles.query>): Promise<{ items: ArticleRow[] }> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "tickets.read")) throw forbidden();
  if (query.project && !actor.projects.includes(query.project)) throw notFound("project", query.project);
  const found = await selectArticles(ctx.db, { projects: query.project ? [query.project] : actor.projects, parts: typed(query.words), folded: foldedWords(query.words), limit: 50 });
  return { items: found.map((article) => toRow(article, readerLanguage(ctx))) };
}

export async function readArticle(ctx: Ctx, params: { project: string; key: string }, language = readerLanguage(ctx)): Promise<z.input<typeof contracts.readArticle.reply>> {
  const mine = ctx.actor.kind !== "user" || ctx.actor.projects.includes(params.project);
  const article = mine && may(ctx, "tickets.read") ? await selectArticle(ctx.db, params.project, params.key) : undefined;
  if (!article) throw notFound("article", params.key);
  return { ...toRow(article, language), language, body: article.body[language] };
}

/** Everything the panel of solutions shows of a ticket. */
export async function ticketSolutions(ctx: Ctx, ticketId: string, given: string): Promise<z.input<typeof contracts.ticketSolutions.reply>> {
  // Solved tickets are found by all their words: who sees contacts in part asks for none that may be a piece of one.
  const words = may(ctx, "clients.see_contacts") ? given : given.replaceAll(/\S*[@\d]\S*/g, " ");
  const ticket = await loadTicket(ctx, ticketId, "tickets.read");
  const parts = words.trim() === "" ? partsOf(`${ticket.subject} ${ticket.description}`.slice(0, 1_500), ticket.language) : typed(words);
  const [articles, similar, attached, variants] = await Promise.all([articlesFor(ctx, ticket, parts, words), similarTo(ctx, ticket, parts), selectSolutions(ctx.db, ticketId), selectVariants(ctx.db, ticketId)]);
  const contacts = await contactsOf(ctx, [ticketId, ...similar.map(({ id }) => id), ...attached.map((row) => row.fromTicketId)]);
  return {
    articles, similar: similar.map((row) => toldTo(ctx, row, contacts(ticketId, row.id))), variants: toldTo(ctx, variants.map(toVariant), contacts(ticketId)),
    attached: attached.map((row) => toldTo(ctx, toSolution(row), contacts(ticketId, row.fromTicketId))),
  };
}

const MOST_ARTICLES = 6;
const LEAST_NEAR = 0.4;
async function articlesFor(ctx: Ctx, ticket: Ticket, parts: Parts, words: string): Promise<ArticleRow[]> {
  const project = await projectOf(ctx.db, ticket.projectKey);
  const found = await selectArticles(ctx.db, { projects: [ticket.projectKey], parts, folded: foldedWords(words || ticket.subject), limit: 20 });
  const isMade = ({ key }: FoundArticle): boolean => ((project.more.articles?.[key] ?? {}) as { types?: string[] }).types?.includes(ticket.type) ?? false;
  // What matches far worse than the best was found by a common word.
  const near = found.filter(({ score }) => score >= (found[0]?.score ?? 0) * LEAST_NEAR);
  return [...near.filter(isMade), ...near.filter((article) => !isMade(article))].slice(0, MOST_ARTICLES).map((article) => toRow(article, readerLanguage(ctx)));
}

const MOST_SIMILAR = 5;
/** Solved tickets of the project that share the words that say most. */
async function similarTo(ctx: Ctx, ticket: Ticket, parts: Parts): Promise<SimilarTicket[]> {
  // The rarest say what it is about; what twelve words do not say, the rest does not.
  const said = weigh(await selectLexemes(ctx.db, parts), await frequency(ctx)).slice(0, MOST_TERMS);
  const search = searchFor(said);
  if (!search) return [];
  const found = await selectSimilar(ctx.db, { ...search, projectKey: ticket.projectKey, notId: ticket.id, weighed: said, limit: MOST_SIMILAR * 3 });
  const whole = said.reduce((sum, { weight }) => sum + weight, 0);
  return found.filter((row) => row.score >= whole * LEAST_ALIKE && may(ctx, "tickets.read", guarded(row))).slice(0, MOST_SIMILAR)
    .map(({ id, number, subject, resolution, solvedAt, used, score }) => ({ id, number, subject, resolution, used, solvedAt: solvedAt.toISOString(), alike: Math.min(1, Math.round((score / whole) * 100) / 100) }));
}

/** Which words are common changes slowly; asked again after a while. */
const FREQUENCY_MS = 5 * 60_000;
let kept: { frequency: Frequency; readMs: number } | null = null;
async function frequency(ctx: Ctx): Promise<Frequency> {
  if (kept && performance.now() - kept.readMs < FREQUENCY_MS) return kept.frequency;
  const { total, words, shares } = await selectFrequency(ctx.db);
  const common = new Map((words ?? []).map((word, index) => [word, shares?.[index] ?? 0]));
  kept = { frequency: { total: Math.max(total, 1), common, rarest: common.size > 0 ? Math.min(...common.values()) : 0 }, readMs: performance.now() };
  return kept.frequency;
}
/** For tests and benches that fill the table themselves. */
export const forgetFrequency = remembered(() => { kept = null; });

export const toSolution = (row: Solution): SolutionView => ({
  id: row.id, source: row.source, title: row.title, text: row.text, by: row.by, at: row.attachedAt.toISOString(), articleKey: row.articleKey,
  ticket: row.fromTicketId && row.fromNumber ? { id: row.fromTicketId, number: row.fromNumber } : null,
});
export const toVariant = ({ id, title, pros, cons, price, duration, chosenAt, chosenBy }: Variant): VariantView =>
  ({ id, title, pros, cons, price, duration, chosen: chosenAt && { at: chosenAt.toISOString(), by: chosenBy } });
