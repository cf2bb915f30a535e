export { articlesKind, readArticle } from "./articles.kind.ts";
export { searchArticles, ticketSolutions } from "./articles.service.ts";
export { attachSolution, chooseVariant, offerVariant } from "./articles.solutions.service.ts";
export { articleJobs, startRemembering } from "./articles.jobs.ts";
export { solvedListener } from "./articles.listener.ts";
export { articlesRoutes } from "./articles.routes.ts";
