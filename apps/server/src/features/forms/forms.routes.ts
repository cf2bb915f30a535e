import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { invalidField, unauthenticated } from "../../platform/errors.ts";
import { sendFile } from "../../platform/files.ts";
import { mount, type App, type HttpOptions } from "../../platform/http.ts";
import { languageOf } from "../../platform/messages.ts";
import type { FileStore } from "../tickets/index.ts";
import { suggestCities, suggestStreets } from "./forms.addresses.service.ts";
import * as contracts from "./forms.contract.ts";
import { getForm, listForms } from "./forms.definitions.ts";
import { addRecordFile, addSharedFile, MAX_FORM_FILE_BYTES, openRecordFile, type FormUpload } from "./forms.files.service.ts";
import { findLookups } from "./forms.lookups.service.ts";
import { endStreams, LiveForms } from "./forms.live.ts";
import * as records from "./forms.service.ts";
import * as shared from "./forms.shared.service.ts";
import { openTaskFile, taskForms } from "./forms.tasks.service.ts";

/** One address may ask so often by links: a person at work, not a search for secrets. */
const READING = { guard: "anyone", limit: { max: 240, perMs: 60_000 } } as const;
const WRITING = { guard: "anyone", limit: { max: 120, perMs: 60_000 } } as const;

export function formsRoutes(app: App, deps: { files: FileStore }): void {
  mount(app, contracts.listForms, "signed_in", (ctx, { query }) => listForms(ctx, query.projectKey));
  mount(app, contracts.getForm, "signed_in", (ctx, { query }) => getForm(ctx, query.id));
  mount(app, contracts.createRecord, "signed_in", (ctx, { body }) => records.createRecord(ctx, body));
  mount(app, contracts.listRecords, "signed_in", (ctx, { query }) => records.listRecords(ctx, query));
  mount(app, contracts.getRecord, "signed_in", (ctx, { params }) => records.getRecord(ctx, params.id));
  mount(app, contracts.saveRecord, "signed_in", (ctx, { params, body }) => records.saveRecord(ctx, params.id, body));
  mount(app, contracts.submitRecord, "signed_in", (ctx, { params, body }) => records.submitRecord(ctx, params.id, body));
  mount(app, contracts.attachRecord, "signed_in", (ctx, { params, body }) => records.attachRecord(ctx, params.id, body));
  mount(app, contracts.revealField, "signed_in", (ctx, { params, body }) => records.revealField(ctx, params.id, body));
  mount(app, contracts.taskForms, "signed_in", (ctx, { params }) => taskForms(ctx, params.id));
  mount(app, contracts.recordHistory, "signed_in", (ctx, { params, query }) => records.recordHistory(ctx, params.id, query));
  mount(app, contracts.setTyping, "signed_in", (ctx, { params, body }) => records.setTyping(ctx, params.id, body.path));
  mount(app, contracts.shareRecord, "signed_in", (ctx, { params, body }) => shared.shareRecord(ctx, params.id, body.hours));
  mount(app, contracts.unshareRecord, "signed_in", (ctx, { params }) => shared.unshareRecord(ctx, params.id));
  mount(app, contracts.findLookups, "signed_in", (ctx, { query }) => findLookups(ctx, query));
  mount(app, contracts.suggestCities, "signed_in", (ctx, { query }) => suggestCities(ctx, query));
  mount(app, contracts.suggestStreets, "signed_in", (ctx, { query }) => suggestStreets(ctx, query));
  mount(app, contracts.getShared, READING, (ctx, { params }, { request }) => shared.getShared(ctx, params.secret, languageOf(request)));
  mount(app, contracts.saveShared, WRITING, (ctx, { params, body }, { request }) => shared.saveShared(ctx, params.secret, { ...body, language: languageOf(request) }));
  mount(app, contracts.readyShared, WRITING, (ctx, { params }, { request }) => shared.readyShared(ctx, params.secret, languageOf(request)));
  mount(app, contracts.typeShared, WRITING, (ctx, { params, body }) => shared.typeShared(ctx, params.secret, body.path));
  mount(app, contracts.addRecordFile, "signed_in", async (ctx, { params, query }, { request }) => addRecordFile(ctx, params.id, { ...(await uploadOf(request)), id: query.id }, deps.files));
  mount(app, contracts.addSharedFile, WRITING, async (ctx, { params, query }, { request }) => addSharedFile(ctx, params.secret, { ...(await uploadOf(request)), id: query.id }, deps.files));
  downloadRoute(app, deps.files);
  liveRoute(app);
}

async function uploadOf(request: FastifyRequest): Promise<FormUpload> {
  const part = request.isMultipart() ? await request.file({ limits: { fileSize: MAX_FORM_FILE_BYTES } }) : undefined;
  if (!part || part.fieldname !== "file") throw invalidField("file", "required");
  return { name: part.filename ?? "", bytes: await part.toBuffer() };
}

const fileParams = z.object({ id: z.uuid(), fileId: z.uuid() });

function downloadRoute(app: App, files: FileStore): void {
  app.get("/api/forms/records/:id/files/:fileId", { schema: { params: fileParams, tags: ["forms"], summary: "Download a file of a form" } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    const { id, fileId } = request.params as z.output<typeof fileParams>;
    const file = await openRecordFile(ctx, id, fileId, files);
    return sendFile(reply, file);
  });
  app.get("/api/tickets/:taskId/asked/:id/files/:fileId", { schema: { params: fileParams.extend({ taskId: z.uuid() }), tags: ["forms"], summary: "Download a file of a form that goes along with a task" } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    const file = await openTaskFile(ctx, request.params as z.output<typeof fileParams> & { taskId: string }, files);
    return sendFile(reply, file);
  });
}

function liveRoute(app: App): void {
  const live = new LiveForms();
  endStreams(app, live);
  app.get("/api/public/forms/:secret/live", { schema: { hide: true }, config: { rateLimit: { max: 60, timeWindow: 60_000 } } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    await live.open(ctx, (request.params as { secret: string }).secret.slice(0, 100), reply);
  });
}
