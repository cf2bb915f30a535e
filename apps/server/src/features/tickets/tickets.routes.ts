import { z } from "zod";
import { invalidField, unauthenticated } from "../../platform/errors.ts";
import { sendFile } from "../../platform/files.ts";
import { mount, type App, type HttpOptions } from "../../platform/http.ts";
import { decideApproval, listApprovals } from "./tickets.approvals.service.ts";
import { listReasons, tickItem } from "./tickets.checks.service.ts";
import * as contracts from "./tickets.contract.ts";
import * as processContracts from "./tickets.process.contract.ts";
import { revealContacts } from "./tickets.contacts.service.ts";
import { addAttachment, openAttachment, removeAttachment, type FileStore } from "./tickets.attachments.service.ts";
import { MAX_FILE_BYTES } from "./tickets.files.contract.ts";
import * as historyContract from "./tickets.history.contract.ts";
import { ticketHistory } from "./tickets.history.service.ts";
import { listTickets, ticketTypes } from "./tickets.list.service.ts";
import { moveTicket } from "./tickets.move.service.ts";
import type { TicketForms } from "./tickets.forms.ts";
import { addNote, createTicket, editTicket, getTicket } from "./tickets.service.ts";

export function ticketsRoutes(app: App, deps: { files: FileStore; forms?: TicketForms }): void {
  mount(app, contracts.ticketTypes, "signed_in", (ctx) => ticketTypes(ctx));
  mount(app, contracts.listTickets, "signed_in", (ctx, { query }) => listTickets(ctx, query));
  mount(app, contracts.createTicket, "signed_in", (ctx, { body }) => createTicket(ctx, body, { forms: deps.forms }));
  mount(app, contracts.getTicket, "signed_in", (ctx, { params }) => getTicket(ctx, params.id));
  mount(app, contracts.updateTicket, "signed_in", (ctx, { params, body }) => editTicket(ctx, params.id, body));
  mount(app, contracts.moveTicket, "signed_in", (ctx, { params, body }) => moveTicket(ctx, params.id, body));
  mount(app, processContracts.listApprovals, "signed_in", (ctx, { query }) => listApprovals(ctx, query));
  mount(app, processContracts.decideApproval, "signed_in", (ctx, { params, body }) => decideApproval(ctx, params, body));
  mount(app, processContracts.tickItem, "signed_in", (ctx, { params, body }) => tickItem(ctx, params.id, body));
  mount(app, processContracts.listReasons, "signed_in", (ctx, { params, query }) => listReasons(ctx, params.id, query));
  mount(app, historyContract.ticketHistory, "signed_in", (ctx, { params, query }) => ticketHistory(ctx, params.id, query));
  mount(app, contracts.revealContacts, "signed_in", (ctx, { params, body }) => revealContacts(ctx, params.id, body.reason));
  mount(app, contracts.addNote, "signed_in", (ctx, { params, body }) => addNote(ctx, params.id, body.text, { id: body.id }));
  mount(app, contracts.addAttachment, "signed_in", async (ctx, { params, query }, { request }) => {
    const part = request.isMultipart() ? await request.file({ limits: { fileSize: MAX_FILE_BYTES }, throwFileSizeLimit: false }) : undefined;
    if (!part || part.fieldname !== "file") throw invalidField("file", "required");
    return addAttachment(ctx, params.id, { id: query.id, name: part.filename ?? "", stream: part.file, truncated: () => part.file.truncated }, deps.files);
  });
  mount(app, contracts.removeAttachment, "signed_in", async (ctx, { params }) => {
    await removeAttachment(ctx, params.id, params.attachmentId, deps.files);
    return { ok: true as const };
  });
  downloadRoute(app, deps.files);
}

const downloadParams = z.object({ id: z.uuid(), attachmentId: z.uuid() });

function downloadRoute(app: App, files: FileStore): void {
  app.get("/api/tickets/:id/attachments/:attachmentId", { schema: { params: downloadParams, tags: ["tickets"], summary: "Download an attachment" } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    const { id, attachmentId } = request.params as z.output<typeof downloadParams>;
    const file = await openAttachment(ctx, id, attachmentId, files);
    return sendFile(reply, file);
  });
}
