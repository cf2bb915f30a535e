import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { unauthenticated } from "../../platform/errors.ts";
import { mount, type App, type HttpOptions } from "../../platform/http.ts";
import { exportBreakdown, getBreakdown, listCounted } from "./reports.breakdown.service.ts";
import * as contract from "./reports.contract.ts";
import { sheetName } from "./reports.csv.rules.ts";
import * as decision from "./reports.decision.contract.ts";
import { writeDecision } from "./reports.decision.service.ts";
import type { FileStore } from "../tickets/index.ts";
import { getStageTimes, listStays } from "./reports.service.ts";

export function reportsRoutes(app: App, deps: { files: FileStore }): void {
  mount(app, contract.getStageTimes, "signed_in", (ctx, { query }) => getStageTimes(ctx, query));
  mount(app, contract.listStays, "signed_in", (ctx, { query }) => listStays(ctx, query));
  mount(app, contract.getBreakdown, "signed_in", (ctx, { query }) => getBreakdown(ctx, query));
  mount(app, contract.listCounted, "signed_in", (ctx, { query }) => listCounted(ctx, query));
  mount(app, decision.writeDecision, "signed_in", (ctx, { body }) => writeDecision(ctx, body, deps.files));
  exportRoute(app);
}

function exportRoute(app: App): void {
  const { contextOf } = app as unknown as HttpOptions;
  const signedIn = async (request: FastifyRequest) => {
    const ctx = await contextOf(request);
    if (ctx.actor.kind !== "user") throw unauthenticated();
    return ctx;
  };
  const schema = { querystring: contract.getBreakdown.query, tags: ["reports"], summary: "What ended in the period, a line a ticket, as CSV" };
  // A stranger learns nothing of what would be a right question.
  app.get("/api/reports/breakdown/sheet", { schema, preParsing: async (request, _reply, payload) => { await signedIn(request); return payload; } }, async (request, reply) => {
    const ctx = await signedIn(request);
    const asked = request.query as z.output<typeof contract.getBreakdown.query>;
    return reply.headers({ "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${sheetName(asked)}"`, "x-content-type-options": "nosniff", "cache-control": "private, no-store" }).send(await exportBreakdown(ctx, asked));
  });
}
