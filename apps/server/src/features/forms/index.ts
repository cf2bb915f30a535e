export { formsKind, formInUse, type FormInUse } from "./forms.definitions.ts";
export { placesKind } from "./forms.addresses.service.ts";
export { formsRoutes } from "./forms.routes.ts";
export { attachRecord, getRecord, loadRecord } from "./forms.service.ts";
export { ticketForms } from "./forms.tickets.ts";
export { selectOfSubject, type RecordRow } from "./forms.sql.ts";
