export { viewsRoutes } from "./views.routes.ts";
export { find, type Finding } from "./views.find.service.ts";
export { readFilter } from "./views.rules.ts";
export { ticketFilter, viewSort, type TicketFilter, type ViewSort } from "./views.contract.ts";
export { startVocabulary } from "./views.vocabulary.ts";
export { remindForgotten, startReminders } from "./views.forgotten.ts";
