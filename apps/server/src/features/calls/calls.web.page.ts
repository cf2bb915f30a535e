import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "../../platform/http.ts";
import { html, type SafeHtml } from "../../platform/html.ts";
import { languageOf, translate } from "../../platform/messages.ts";
import { spokenPhone } from "../../platform/phone.ts";
import { languages, type Language } from "../api.contract.ts";

/** A project as the page shows it. */
export interface PageProject { key: string; name: Record<Language, string>; about: Record<Language, string>; number: string; languages: readonly Language[]; language: Language; /** `#rrggbb`, dark enough for white words. */ colour: string }

const NAMES: Record<Language, string> = { en: "English", ru: "Русский", sl: "Slovenščina" };

/** `/call`: the button "Call us" as a company would put it on its own page, for each project in each language. */
export function callPageRoutes(app: App, projectsNow: () => PageProject[]): void {
  app.get("/call", { schema: { hide: true } }, (request, reply) => {
    const projects = projectsNow();
    const query = request.query as { project?: string; lang?: string };
    const language = languages.find((each) => each === query.lang) ?? languageOf(request);
    const chosen = projects.find(({ key }) => key === query.project) ?? null;
    return reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(page(projects, chosen, language));
  });
}

/** The style sheet is the one of all pages for clients. The only script is the widget's own file. */
const page = (projects: PageProject[], chosen: PageProject | null, language: Language): string => html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${translate(language, "call_page_title")}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/portal/portal.css">${chosen && html`<link rel="stylesheet" href="/portal/colour/${chosen.key}.css">`}</head>
<body><main><header class="head"><span class="mark" aria-hidden="true"></span><span class="who">${chosen ? chosen.name[language] : "Linija"}</span>${languageLinks(chosen, language)}</header>
<h1>${translate(language, "call_page_title")}</h1><p class="quiet">${translate(language, chosen ? "call_page_press" : "call_page_choose")}</p>
${projects.map((project) => card(project, chosen, language))}
</main>${chosen && html`<script src="/widget/call.js" data-project="${chosen.key}" data-language="${language}" data-colour="${chosen.colour}" async></script>`}</body></html>`.text;

const languageLinks = (chosen: PageProject | null, language: Language): SafeHtml => html`<nav class="languages" aria-label="${translate(language, "call_page_language")}">${languages.map((each) => (each === language
  ? html`<span aria-current="true" lang="${each}">${NAMES[each]}</span>`
  : html`<a href="${address(chosen?.key, each)}" lang="${each}" hreflang="${each}">${NAMES[each]}</a>`))}</nav>`;

const card = (project: PageProject, chosen: PageProject | null, language: Language): SafeHtml => html`<section class="card"><h2>${project.name[language]}</h2><p>${project.about[language]}</p>
<p class="quiet">${translate(language, "call_page_phone", { phone: spokenPhone(project.number) })}</p>
<p>${project === chosen ? html`<strong>${translate(language, "call_page_chosen")}</strong>` : project.languages.map((each) => html`<a class="button secondary" href="${address(project.key, each)}" lang="${each}">${NAMES[each]}</a> `)}</p></section>`;

const address = (project: string | undefined, language: Language): string => `/call?${project ? `project=${project}&` : ""}lang=${language}`;

/**
 * Lets pages of other sites use the public calls: they carry no cookie and are answered by the call's own token, so any
 * origin may ask. Must be mounted before the routes it is for.
 */
export function openPublicCalls(app: App): void {
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    const pathname = request.url.split("?", 1)[0]!;
    if (pathname.startsWith("/widget/")) reply.header("cross-origin-resource-policy", "cross-origin");
    if (!pathname.startsWith("/api/public/")) return;
    reply.headers({ "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after", "cross-origin-resource-policy": "cross-origin" });
    if (request.method !== "OPTIONS") return;
    reply.headers({ "access-control-allow-methods": "GET, POST", "access-control-allow-headers": "content-type", "access-control-max-age": "7200" });
    await reply.status(204).send();
  });
  // Without a route there is nothing a hook could run for.
  app.options("/api/public/*", { schema: { hide: true } }, (_request, reply) => reply.status(204).send());
}
