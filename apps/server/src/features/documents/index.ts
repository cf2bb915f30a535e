export { documentKind } from "./documents.kind.ts";
export { startPrinter, type Printer } from "./documents.pdf.ts";
export { documentsRoutes } from "./documents.routes.ts";
export { documentVersion } from "./documents.sql.ts";
export { documentFile, findDocument, mayOpenDocument, type DocumentStore } from "./documents.service.ts";
