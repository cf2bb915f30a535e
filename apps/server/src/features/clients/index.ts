export { clientsRoutes } from "./clients.routes.ts";
export { archiveClient, createClient, getClient, rememberProject, updateClient } from "./clients.service.ts";
export { clientByPhone, searchClients } from "./clients.list.service.ts";
export { normalizePhone, countryOf, DEFAULT_COUNTRY } from "./clients.phones.rules.ts";
