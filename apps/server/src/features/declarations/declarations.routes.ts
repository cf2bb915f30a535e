import { z } from "zod";
import { AppError, invalidField, unauthenticated } from "../../platform/errors.ts";
import { mount, type App, type HttpOptions } from "../../platform/http.ts";
import * as contracts from "./declarations.contract.ts";
import * as migrations from "./declarations.migrate.contract.ts";
import { previewMigration, startMigration, stopMigration, undoMigration } from "./declarations.migrate.service.ts";
import * as removing from "./declarations.remove.contract.ts";
import { removeText, textUses } from "./declarations.remove.service.ts";
import * as retiring from "./declarations.retire.contract.ts";
import { bringBackProject, projectInHand, retireProject } from "./declarations.retire.service.ts";
import { createProject, exportProject, importProject, listProjects } from "./declarations.projects.service.ts";
import { checkText, dropDraft, listTexts, listVersions, readText, saveDraft, saveText, takeBackText, type DeclarationsDeps } from "./declarations.service.ts";
import { MAX_ZIP_BYTES } from "./declarations.zip.rules.ts";

/** Reading a whole project is some 20 ms of this process: enough for people, not for loops. */
const CHECKS = { guard: "signed_in", limit: { max: 120, perMs: 60_000 } } as const;
const SAVES = { guard: "signed_in", limit: { max: 60, perMs: 60_000 } } as const;

export function declarationsRoutes(app: App, deps: DeclarationsDeps): void {
  mount(app, contracts.listProjects, "signed_in", (ctx) => listProjects(ctx, deps));
  mount(app, contracts.createProject, SAVES, (ctx, { body }) => createProject(ctx, deps, body));
  mount(app, contracts.listTexts, "signed_in", (ctx, { params }) => listTexts(ctx, deps, params.key));
  mount(app, contracts.readText, "signed_in", (ctx, { params, query }) => readText(ctx, deps, params.key, query));
  mount(app, contracts.checkText, CHECKS, (ctx, { params, body }) => checkText(ctx, deps, params.key, body));
  mount(app, contracts.saveText, SAVES, (ctx, { params, body }) => saveText(ctx, deps, params.key, body));
  mount(app, removing.textUses, CHECKS, (ctx, { params, query }) => textUses(ctx, deps, params.key, query.path));
  mount(app, contracts.removeText, SAVES, (ctx, { params, body }) => removeText(ctx, deps, params.key, body));
  mount(app, retiring.projectInHand, CHECKS, (ctx, { params }) => projectInHand(ctx, deps, params.key));
  mount(app, retiring.retireProject, SAVES, (ctx, { params, body }) => retireProject(ctx, deps, params.key, body));
  mount(app, retiring.bringBackProject, SAVES, (ctx, { params }) => bringBackProject(ctx, deps, params.key));
  mount(app, contracts.takeBackText, SAVES, (ctx, { params, body }) => takeBackText(ctx, deps, params.key, body));
  mount(app, contracts.saveDraft, "signed_in", (ctx, { params, body }) => saveDraft(ctx, deps, params.key, body));
  mount(app, contracts.dropDraft, "signed_in", (ctx, { params, body }) => dropDraft(ctx, deps, params.key, body));
  mount(app, contracts.listVersions, "signed_in", (ctx, { params, query }) => listVersions(ctx, deps, params.key, query));
  mount(app, contracts.importProject, SAVES, async (ctx, { query }, { request }) => {
    const part = request.isMultipart() ? await request.file({ limits: { fileSize: MAX_ZIP_BYTES }, throwFileSizeLimit: false }) : undefined;
    if (!part || part.fieldname !== "file") throw invalidField("file", "required");
    const bytes = await part.toBuffer();
    if (part.file.truncated) throw new AppError("too_large", "too_large");
    return importProject(ctx, deps, bytes, query);
  });
  mount(app, migrations.previewMigration, "signed_in", (ctx, { params }) => previewMigration(ctx, params.key, params.process));
  mount(app, migrations.startMigration, "signed_in", (ctx, { params, body }) => startMigration(ctx, params.key, params.process, body));
  mount(app, migrations.stopMigration, "signed_in", (ctx, { params }) => stopMigration(ctx, params.key, params.id));
  mount(app, migrations.undoMigration, "signed_in", (ctx, { params }) => undoMigration(ctx, params.key, params.id));
  exportRoute(app, deps);
}

const exportParams = z.object({ key: z.string().min(1).max(60) });

function exportRoute(app: App, deps: DeclarationsDeps): void {
  app.get("/api/projects/:key/export", { schema: { params: exportParams, tags: ["projects"], summary: "The texts of a project as a .zip: the folder the repository would have" } }, async (request, reply) => {
    const ctx = await (app as unknown as HttpOptions).contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    const { name, bytes } = await exportProject(ctx, deps, (request.params as z.output<typeof exportParams>).key);
    return reply.headers({ "content-type": "application/zip", "content-disposition": `attachment; filename="${name}"`, "x-content-type-options": "nosniff", "cache-control": "private, no-store" }).send(Buffer.from(bytes));
  });
}
