export { formsKind, formInUse, type FormInUse } from "./forms.definitions.ts";
export { placesKind } from "./forms.addresses.service.ts";
export { FORGET_DRAFTS, formFilesIn, formJobs } from "./forms.drafts.ts";
export { formsRoutes } from "./forms.routes.ts";
export { attachRecord, createRecord, getRecord, loadRecord } from "./forms.service.ts";
export { ticketForms } from "./forms.tickets.ts";
export { selectOfSubject, type RecordRow } from "./forms.sql.ts";
export { hide as hideForm, isHiddenFor } from "./forms.view.ts";
