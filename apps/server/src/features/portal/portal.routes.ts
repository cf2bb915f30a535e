import { readFileSync } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { AppError } from "../../platform/errors.ts";
import type { App } from "../../platform/http.ts";
import type { SafeHtml } from "../../platform/html.ts";
import { languageOf, translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import { findProject } from "../tickets/index.ts";
import { asked, field, heading, pages, send } from "./portal.http.ts";
import { frame, notThere, nowhere, statusForm, statusPage, tooManyTries, type PageState } from "./portal.pages.ts";
import { underWhite } from "./portal.rules.ts";
import { answerStatus, findStatus, showStatus, type Answer } from "./portal.service.ts";

export interface PortalDeps { /** A context of the system; the portal puts the client into it. */ ctx: Ctx }

const stylesheet = readFileSync(new URL("portal.css", import.meta.url), "utf8");

/** Pages for clients: no script, no session, no cookie. What opens them is the number with digits, or the link's secret. */
export function portalRoutes(app: App, deps: PortalDeps): void {
  app.get("/portal/portal.css", { schema: { hide: true } }, (_request, reply) => reply.type("text/css; charset=utf-8").header("cache-control", "public, max-age=3600").send(stylesheet));
  app.get("/portal/colour/:file", { schema: { hide: true } }, async (request, reply) => {
    const key = (request.params as { file: string }).file.replace(/\.css$/, "");
    const project = await findProject(deps.ctx.db, key);
    return reply.type("text/css; charset=utf-8").header("cache-control", "public, max-age=3600").send(project ? `:root{--accent:${underWhite(project.project.colour)};--mark:${project.project.colour}}` : "");
  });
  pages(app, (scope) => {
    statusRoutes(scope, deps);
    linkRoutes(scope, deps);
    nowhereRoutes(scope);
  });
}

/** Whoever mistypes an address of these pages reads one, and finds the way to their request. */
function nowhereRoutes(app: App): void {
  for (const url of ["/portal", "/portal/*", "/s", "/s/*", "/status/*", "/my/*"]) {
    app.get(url, { schema: { hide: true } }, (request, reply) => {
      const language = asked(request) ?? languageOf(request);
      return send(reply, 404, frame({ language, title: translate(language, "portal_nowhere"), heading: heading(language), path: "/status" }, nowhere(language)));
    });
  }
}

const clientCtx = (deps: PortalDeps, request: FastifyRequest): Ctx => ({ ...deps.ctx, actor: { kind: "client", id: null, name: "client" }, requestId: request.id });
function statusRoutes(app: App, deps: PortalDeps): void {
  const page = (language: Language, body: SafeHtml) => frame({ language, title: translate(language, "portal_find_title"), heading: heading(language), path: "/status" }, body);
  app.get("/status", { schema: { hide: true } }, (request, reply) => {
    const language = asked(request) ?? languageOf(request);
    return send(reply, 200, page(language, statusForm(language, { number: "", problem: null })));
  });
  app.post("/status", { schema: { hide: true } }, async (request, reply) => {
    const language = asked(request) ?? languageOf(request);
    const number = field(request, "number").slice(0, 40);
    try {
      const found = await findStatus(clientCtx(deps, request), { number, digits: field(request, "digits").slice(0, 40), address: request.ip });
      if (found.kind === "found") return await reply.redirect(`/s/${found.secret}?lang=${language}`, 303);
      return await send(reply, 422, page(language, statusForm(language, { number, problem: found.kind === "wrong" ? "portal_wrong" : "portal_mistyped" })));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "too_many") throw error;
      reply.header("retry-after", String(error.retryAfterS));
      return send(reply, 429, page(language, tooManyTries(language, Math.ceil((error.retryAfterS ?? 60) / 60))));
    }
  });
}

function linkRoutes(app: App, deps: PortalDeps): void {
  app.get("/s/:secret", { schema: { hide: true } }, async (request, reply) => {
    const { said, answer } = request.query as { said?: string; answer?: string };
    return show(deps, { request, reply }, { said: said ?? null, prefers: preference(answer), problem: false });
  });
  app.post("/s/:secret", { schema: { hide: true } }, async (request, reply) => {
    const { secret } = request.params as { secret: string };
    const answer = readAnswer(request);
    const outcome = answer ? await answerStatus(clientCtx(deps, request), secret, answer) : "incomplete";
    if (outcome === "incomplete" || outcome === "unknown") return show(deps, { request, reply }, { said: null, prefers: preference(answer?.said), problem: true, ...(answer && { text: answer.text }) });
    const language = asked(request);
    // Back to the page by GET: reloading it, or pressing twice, sends nothing again.
    return reply.redirect(`/s/${secret}?said=${outcome}${language ? `&lang=${language}` : ""}`, 303);
  });
}

export const preference = (said: string | undefined): PageState["prefers"] => (said === "yes" || said === "no" ? said : null);

export function readAnswer(request: FastifyRequest): Answer | null {
  const said = field(request, "said");
  if (said !== "yes" && said !== "no" && said !== "answer") return null;
  const score = Number(field(request, "score"));
  return { said, seen: field(request, "seen"), score: Number.isInteger(score) && score > 0 ? score : null, text: field(request, "text") };
}

async function show(deps: PortalDeps, { request, reply }: { request: FastifyRequest; reply: FastifyReply }, state: Omit<PageState, "path" | "language">): Promise<FastifyReply> {
  const { secret } = request.params as { secret: string };
  const shown = await showStatus(clientCtx(deps, request), secret);
  if (!shown) {
    const language = asked(request) ?? languageOf(request);
    return send(reply, 404, frame({ language, title: translate(language, "portal_no_page"), heading: heading(language), path: `/s/${encodeURIComponent(secret)}` }, notThere(language)));
  }
  const language = asked(request) ?? (shown.ticket.language as Language);
  const head = { language, title: `${shown.ticket.number} · ${shown.project.project.name[language]}`, heading: shown.project.project.name[language], path: `/s/${secret}`, projectKey: shown.project.project.key };
  return send(reply, state.problem ? 422 : 200, frame(head, statusPage(shown, { ...state, path: `/s/${secret}`, language })));
}
