import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "../../platform/http.ts";
import { translate } from "../../platform/messages.ts";
import { languages, type Language } from "../api.contract.ts";

/** Routes of pages for clients: forms without script, nothing kept on the way, no address passed on. */
export function pages(app: App, routes: (scope: App) => void): void {
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string", bodyLimit: 16 * 1024 }, (_request, body, parsed) => { parsed(null, Object.fromEntries(new URLSearchParams(String(body)))); });
    scope.addHook("onSend", (_request, reply, _payload, next) => { reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer").header("x-robots-tag", "noindex"); next(); });
    routes(scope as unknown as App);
    done();
  });
}

export const asked = (request: FastifyRequest): Language | undefined => languages.find((language) => language === (request.query as { lang?: string }).lang);
export const field = (request: FastifyRequest, name: string): string => { const value = (request.body as Record<string, unknown> | null)?.[name]; return typeof value === "string" ? value : ""; };
export const send = (reply: FastifyReply, status: number, page: string) => reply.status(status).type("text/html; charset=utf-8").send(page);
export const heading = (language: Language): string => translate(language, "portal_name");
