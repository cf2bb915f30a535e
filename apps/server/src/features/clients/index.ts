export { clientsRoutes } from "./clients.routes.ts";
export { fold } from "./clients.search.rules.ts";
export { archiveClient, createClient, getClient, joinCalls, rememberProject, searchOf, updateClient } from "./clients.service.ts";
export { clientByPhone, searchClients } from "./clients.list.service.ts";
export { normalizePhone, countryOf } from "./clients.phones.rules.ts";
export type { ClientData } from "./clients.rules.ts";
