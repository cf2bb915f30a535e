import { z } from "zod";
import { unauthenticated } from "../../platform/errors.ts";
import { sendFile } from "../../platform/files.ts";
import { mount, type App, type HttpOptions } from "../../platform/http.ts";
import * as contracts from "./documents.contract.ts";
import { listDocuments, makeDocument, openDocument, type DocumentStore } from "./documents.service.ts";

export function documentsRoutes(app: App, store: DocumentStore): void {
  mount(app, contracts.listDocuments, "signed_in", (ctx, { params }) => listDocuments(ctx, params.id));
  mount(app, contracts.makeDocument, "signed_in", (ctx, { params, body }) => makeDocument(ctx, params.id, body, store));
  fileRoute(app, store);
}

const fileParams = z.object({ id: z.uuid(), documentId: z.uuid() });
const fileQuery = z.object({ /** Shown in the browser instead of saved. */ show: z.enum(["1"]).optional() });

/** A PDF of our own making: it may be shown, but never with rights of our origin. */
function fileRoute(app: App, store: DocumentStore): void {
  app.get("/api/tickets/:id/documents/:documentId", { schema: { params: fileParams, querystring: fileQuery, tags: ["documents"], summary: "The file of a document" } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    const { id, documentId } = request.params as z.output<typeof fileParams>;
    const { show } = request.query as z.output<typeof fileQuery>;
    const file = await openDocument(ctx, id, documentId, store);
    return sendFile(reply, { ...file, name: file.fileName, mediaType: "application/pdf" }, { isShown: show !== undefined });
  });
}
