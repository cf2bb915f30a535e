export { catalogueFor, EDIT_RIGHT, fieldName, vocabularyFor, type CatalogueField, type CatalogueOptions, type CatalogueProcess, type CatalogueProject } from "./rules.catalogue.ts";
export type { Authority, FunctionSources, WorkingHours } from "./rules.functions.ts";
export type { ActorValues, CallValues, ClientValues, EventValues, PersonValues, ProjectValues, RuleValues, TicketValues } from "./rules.values.contract.ts";
export { contextFor, type ContextInput, type TicketContext } from "./rules.context.ts";
export { words } from "./rules.words.ts";
export { HIDDEN, hiddenIn } from "./rules.hidden.ts";
export { formVocabulary, type FormVocabulary } from "./rules.form.ts";
export { marksIn, type Mark } from "./rules.marks.ts";
