import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { html, paragraphs, type SafeHtml } from "../../platform/html.ts";
import type { App } from "../../platform/http.ts";
import { languageOf, translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import { may } from "../access/index.ts";
import { selectDemoMail, selectDemoMails } from "./demo.mail.sql.ts";

/**
 * What the demo's mail server got, newest first; mounted in the demo only. Its mails hold clients' links, so it is for
 * those who may read what goes out.
 */
export function demoMailRoutes(app: App, deps: { ctx: Ctx }): void {
  app.get("/demo/mail", { schema: { hide: true } }, async (request, reply) => {
    const { readerId, refusal } = await reader(app, request);
    if (refusal) return refusedPage(reply, languageOf(request), refusal);
    const language = languageOf(request);
    const mails = await selectDemoMails(deps.ctx.db, { readerId, limit: 200 });
    const rows = mails.map((mail) => html`<li><a class="mail" href="/demo/mail/${mail.id}"><b>${mail.subject}</b><span>${mail.recipients}</span><time datetime="${mail.receivedAt.toISOString()}">${time(mail.receivedAt, language)}</time></a></li>`);
    const body = mails.length > 0 ? html`<ol class="mails">${rows}</ol>` : html`<p class="card quiet">${translate(language, "demo_mail_empty")}</p>`;
    return page(reply, language, body);
  });
  app.get("/demo/mail/:id", { schema: { hide: true, params: z.object({ id: z.uuid() }) } }, async (request, reply) => {
    const { readerId, refusal } = await reader(app, request);
    if (refusal) return refusedPage(reply, languageOf(request), refusal);
    const language = languageOf(request);
    const { id } = request.params as { id: string };
    const mail = await selectDemoMail(deps.ctx.db, { readerId, id });
    if (!mail) throw notFound("mail", id);
    return page(reply, language, html`<p><a href="/demo/mail">← ${translate(language, "demo_mail_title")}</a></p>
      <article class="card letter"><h2>${mail.subject}</h2>
      <dl><dt>${translate(language, "demo_mail_from")}</dt><dd>${mail.sender}</dd><dt>${translate(language, "demo_mail_to")}</dt><dd>${mail.recipients}</dd><dt>${translate(language, "demo_mail_at")}</dt><dd>${time(mail.receivedAt, language)}</dd></dl>
      <hr>${paragraphs(mail.bodyText)}</article>`);
  });
}

async function reader(app: App, request: FastifyRequest): Promise<{ readerId: string; refusal: "sign_in_first" | "no_right" | null }> {
  const ctx = await app.contextOf(request);
  if (ctx.actor.kind !== "user") return { readerId: "", refusal: "sign_in_first" };
  return { readerId: ctx.actor.id, refusal: may(ctx, "outbox.read") ? null : "no_right" };
}

const refusedPage = (reply: FastifyReply, language: Language, reason: "sign_in_first" | "no_right") =>
  page(reply.status(reason === "no_right" ? 403 : 401), language, html`<p class="card">${translate(language, reason)} <a href="/">${translate(language, "demo_mail_sign_in")}</a></p>`);

const time = (at: Date, language: Language): string => new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "long" }).format(at);

const page = (reply: FastifyReply, language: Language, body: SafeHtml) => reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${translate(language, "demo_mail_title")}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/portal/portal.css"></head>
<body><main><header class="head"><span class="mark" aria-hidden="true"></span><h1>${translate(language, "demo_mail_title")}</h1></header><p class="quiet">${translate(language, "demo_mail_about")}</p>${body}</main></body></html>`.text);
