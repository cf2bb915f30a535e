import { z } from "zod";
import { contract, idParams, instant, languageSchema, okReply } from "../api.contract.ts";

export const articleRow = z.object({ projectKey: z.string(), key: z.string(), kind: z.string(), title: z.string(), excerpt: z.string(), used: z.number().int() });
export type ArticleRow = z.infer<typeof articleRow>;
export const articleView = articleRow.extend({ language: languageSchema, body: z.string() });
/** A ticket that was solved and has words in common; `alike` 0 to 1. */
export const similarTicket = z.object({ id: z.uuid(), number: z.string(), subject: z.string(), resolution: z.string(), solvedAt: instant, used: z.number().int(), alike: z.number() });
export type SimilarTicket = z.infer<typeof similarTicket>;
export const solutionView = z.object({
  id: z.uuid(), source: z.enum(["article", "ticket"]), title: z.string(), text: z.string(), by: z.string(), at: instant,
  articleKey: z.string().nullable(), ticket: z.object({ id: z.uuid(), number: z.string() }).nullable(),
});
export type SolutionView = z.infer<typeof solutionView>;
export const variantView = z.object({ id: z.uuid(), title: z.string(), pros: z.string(), cons: z.string(), price: z.string(), duration: z.string(), chosen: z.object({ at: instant, by: z.string() }).nullable() });
export type VariantView = z.infer<typeof variantView>;

export const searchArticles = contract({ method: "GET", path: "/articles", contacts: "own", summary: "Articles of one's projects by words, in any of three languages, whatever the alphabet and the endings", query: z.object({ project: z.string().max(40).optional(), words: z.string().max(200).default("") }), reply: z.object({ items: z.array(articleRow) }) });
export const readArticle = contract({ method: "GET", path: "/articles/:project/:key", contacts: "own", summary: "One article in a language (the reader's, if none is named)", params: z.object({ project: z.string().max(40), key: z.string().max(60) }), query: z.object({ language: languageSchema.optional() }), reply: articleView });

export const ticketSolutions = contract({
  method: "GET", path: "/tickets/:id/solutions", summary: "What may help with this ticket by its own words (or those given), what was attached, and the variants offered", params: idParams, query: z.object({ words: z.string().max(200).default("") }),
  reply: z.object({ articles: z.array(articleRow), similar: z.array(similarTicket), attached: z.array(solutionView), variants: z.array(variantView) }),
});
export const attachSolution = contract({
  method: "POST", path: "/tickets/:id/solutions", summary: "Attach what helped: its text is copied and linked", params: idParams,
  body: z.discriminatedUnion("source", [z.object({ source: z.literal("article"), key: z.string().max(60) }), z.object({ source: z.literal("ticket"), ticketId: z.uuid() })]), reply: solutionView,
});
export const detachSolution = contract({ method: "DELETE", path: "/tickets/:id/solutions/:solutionId", summary: "Take an attached solution away", params: z.object({ id: z.uuid(), solutionId: z.uuid() }), reply: okReply });

const words = z.string().trim().max(500).default("");
export const offerVariant = contract({ method: "POST", path: "/tickets/:id/variants", summary: "A way to solve it that is offered to the client", params: idParams, body: z.object({ title: z.string().trim().min(1).max(200), pros: words, cons: words, price: words, duration: words }), reply: variantView });
export const withdrawVariant = contract({ method: "DELETE", path: "/tickets/:id/variants/:variantId", summary: "Withdraw a variant that was not chosen", params: z.object({ id: z.uuid(), variantId: z.uuid() }), reply: okReply });
/** `chosen: false` takes the choice back. */
export const chooseVariant = contract({ method: "POST", path: "/tickets/:id/variants/:variantId/choice", summary: "What the client has chosen becomes the plan of the ticket", params: z.object({ id: z.uuid(), variantId: z.uuid() }), body: z.object({ chosen: z.boolean() }), reply: variantView });
