import { timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { AppError, forbidden } from "../../platform/errors.ts";
import { sendFile } from "../../platform/files.ts";
import type { App } from "../../platform/http.ts";
import { newId } from "../../platform/ids.ts";
import type { SafeHtml } from "../../platform/html.ts";
import { languageOf, translate } from "../../platform/messages.ts";
import type { Secrets } from "../../platform/secret.ts";
import type { Language } from "../api.contract.ts";
import { hashSecret } from "../tickets/index.ts";
import { addressOf, CODE_S, codeOf } from "./portal.access.rules.ts";
import { askCode, askedAddress, sessionOf, signIn, signOut } from "./portal.access.service.ts";
import type { Session } from "./portal.access.sql.ts";
import { asked, field, pages, send } from "./portal.http.ts";
import { codePage, listPage, noTicket, signInPage, talkPart, ticketPage, writeForm, type Writing } from "./portal.my.pages.ts";
import { answerOwn, listOwn, openOwn, showOwn, talkOf, type Folders } from "./portal.my.service.ts";
import { frame, tooManyTries, type PageState } from "./portal.pages.ts";
import { preference, readAnswer } from "./portal.routes.ts";
import { writeAgain, type Again } from "./portal.again.service.ts";
import { messageId, readWriting, type Written } from "./portal.my.form.ts";

export interface MyDeps { /** A context of the system; the portal puts the client into it. */ ctx: Ctx; secrets: Secrets; /** Where files and documents lie. */ folders: Folders }

/** Apart from the cookie of colleagues, and sent to these pages alone. */
export const CLIENT_COOKIE = "linija_client";
const CODE_COOKIE = "linija_code";

/** The portal of clients who are signed in by a code: their own requests, without script. */
export function myRoutes(app: App, deps: MyDeps): void {
  pages(app, (scope) => {
    scope.addHook("preParsing", (request, _reply, payload, next) => { next(isForeign(request) ? forbidden("csrf") : null, payload); });
    doorRoutes(scope, deps);
    ticketRoutes(scope, deps);
    fileRoute(scope, deps);
    writeRoute(scope, deps);
    againRoute(scope, deps);
  });
}

/** A form of another site; browsers say so, and what says nothing has the form's token. */
const isForeign = ({ method, headers }: FastifyRequest): boolean => method === "POST" && headers["sec-fetch-site"] !== undefined && headers["sec-fetch-site"] !== "same-origin";

const cookieOf = (request: FastifyRequest) => ({ httpOnly: true, sameSite: "lax" as const, secure: request.protocol === "https", path: "/my" });
const fromOf = (request: FastifyRequest) => ({ ip: request.ip, agent: request.headers["user-agent"] ?? "" });
const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
const visitor = (deps: MyDeps, request: FastifyRequest): Ctx => ({ ...deps.ctx, actor: { kind: "client", id: null, name: "client" }, requestId: request.id });
export const signedIn = (deps: { ctx: Ctx }, request: FastifyRequest, { clientId, name }: Session): Ctx => ({ ...deps.ctx, actor: { kind: "client", id: clientId, name }, requestId: request.id });
const page = (language: Language, { title, path, projectKey }: { title: string; path: string; projectKey?: string }, body: SafeHtml): string =>
  frame({ language, title, heading: translate(language, "my_portal"), path, ...(projectKey !== undefined && { projectKey }) }, body);

function doorRoutes(app: App, deps: MyDeps): void {
  app.get("/my", { schema: { hide: true } }, async (request, reply) => {
    const session = await sessionOf(visitor(deps, request), request.cookies[CLIENT_COOKIE], asked(request));
    const { to = "", after } = request.query as { to?: string; after?: string };
    if (!session) return door({ request, reply }, 200, (language) => signInPage(language, { address: "", to: isId(to) ? to : null, problem: false }));
    return send(reply, 200, page(session.language, { title: translate(session.language, "my_title"), path: "/my" }, listPage(session, await listOwn(signedIn(deps, request, session), session, after))));
  });
  app.post("/my/sign-in", { schema: { hide: true } }, async (request, reply) => {
    const address = addressOf(field(request, "address"));
    const to = field(request, "to");
    if (!address) return door({ request, reply }, 422, (language) => signInPage(language, { address: field(request, "address").slice(0, 160), to: isId(to) ? to : null, problem: true }));
    return patiently(request, reply, async () => {
      const language = asked(request) ?? languageOf(request);
      const secret = await askCode(visitor(deps, request), { address, language, ticketId: isId(to) ? to : null }, fromOf(request), deps.secrets);
      return reply.setCookie(CODE_COOKIE, secret, { ...cookieOf(request), maxAge: CODE_S }).redirect(`/my/code?lang=${language}`, 303);
    });
  });
  codeRoutes(app, deps);
  app.post("/my/sign-out", { schema: { hide: true } }, async (request, reply) => {
    const token = request.cookies[CLIENT_COOKIE];
    const session = await sessionOf(visitor(deps, request), token);
    if (session) {
      refuseForged(session, field(request, "csrf"));
      await signOut(signedIn(deps, request, session), { token: token!, session, everywhere: field(request, "everywhere") === "1" });
    }
    return reply.clearCookie(CLIENT_COOKIE, cookieOf(request)).redirect(`/my?lang=${asked(request) ?? languageOf(request)}`, 303);
  });
}

function codeRoutes(app: App, deps: MyDeps): void {
  const form = async (request: FastifyRequest, reply: FastifyReply, problem: boolean) => {
    const address = await askedAddress(visitor(deps, request), request.cookies[CODE_COOKIE]);
    if (!address) return reply.redirect(`/my?lang=${asked(request) ?? languageOf(request)}`, 303);
    return door({ request, reply }, problem ? 422 : 200, (language) => codePage(language, { address, minutes: CODE_S / 60, problem }), "/my/code");
  };
  app.get("/my/code", { schema: { hide: true } }, (request, reply) => form(request, reply, false));
  app.post("/my/code", { schema: { hide: true } }, async (request, reply) => {
    const secret = request.cookies[CODE_COOKIE];
    if (!secret) return form(request, reply, true);
    return patiently(request, reply, async () => {
      const done = await signIn(visitor(deps, request), { secret, code: codeOf(field(request, "code")), oldToken: request.cookies[CLIENT_COOKIE] }, fromOf(request));
      if (!done) return form(request, reply, true);
      return reply.clearCookie(CODE_COOKIE, cookieOf(request)).setCookie(CLIENT_COOKIE, done.token, { ...cookieOf(request), expires: done.expiresAt }).redirect(done.ticketId ? `/my/tickets/${done.ticketId}` : "/my", 303);
    });
  });
}

interface Http { request: FastifyRequest; reply: FastifyReply }

/** A page for who is not signed in. */
function door({ request, reply }: Http, status: number, body: (language: Language) => SafeHtml, path = "/my"): FastifyReply {
  const language = asked(request) ?? languageOf(request);
  return send(reply, status, page(language, { title: translate(language, "my_sign_in"), path }, body(language)));
}

/** Too many tries are told on a page, with when to come back. */
async function patiently(request: FastifyRequest, reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "too_many") throw error;
    reply.header("retry-after", String(error.retryAfterS));
    return door({ request, reply }, 429, (language) => tooManyTries(language, Math.ceil((error.retryAfterS ?? 60) / 60)));
  }
}

/** Compares digests: equal length, and no time to learn from. */
const refuseForged = ({ csrf }: Session, given: string): void => { if (!timingSafeEqual(hashSecret(csrf), hashSecret(given))) throw forbidden("csrf"); };

export interface Mine { session: Session; ctx: Ctx; id: string }

/** Who asks and for which ticket; null when the reply is already the way to sign in. */
export async function mine(deps: MyDeps, request: FastifyRequest, reply: FastifyReply): Promise<Mine | null> {
  const { id } = request.params as { id: string };
  const session = await sessionOf(visitor(deps, request), request.cookies[CLIENT_COOKIE], asked(request));
  if (session) return { session, ctx: signedIn(deps, request, session), id: isId(id) ? id : NOBODYS };
  await reply.redirect(`/my?lang=${asked(request) ?? languageOf(request)}${isId(id) ? `&to=${id}` : ""}`, 303);
  return null;
}

const NOBODYS = "00000000-0000-0000-0000-000000000000";

function ticketRoutes(app: App, deps: MyDeps): void {
  app.get("/my/tickets/:id", { schema: { hide: true } }, async (request, reply) => {
    const own = await mine(deps, request, reply);
    const { said, answer } = request.query as { said?: string; answer?: string };
    return own ? showTicket(own, reply, { said: said ?? null, prefers: preference(answer), problem: false }) : reply;
  });
  app.post("/my/tickets/:id/answer", { schema: { hide: true } }, async (request, reply) => {
    const own = await mine(deps, request, reply);
    if (!own) return reply;
    refuseForged(own.session, field(request, "csrf"));
    const answer = readAnswer(request);
    const outcome = answer ? await answerOwn(own.ctx, own.session, own.id, answer) : "incomplete";
    if (outcome === "incomplete" || outcome === "unknown") return showTicket(own, reply, { said: null, prefers: preference(answer?.said), problem: true, ...(answer && { text: answer.text }) });
    return reply.redirect(`/my/tickets/${own.id}?said=${outcome}`, 303);
  });
}

type Part = Omit<PageState, "path" | "language" | "csrf" | "answer"> & { writing?: Omit<Writing, "messageId"> };

async function showTicket({ ctx, session, id }: Mine, reply: FastifyReply, { writing, ...state }: Part): Promise<FastifyReply> {
  const { language, csrf } = session;
  const shown = await showOwn(ctx, session, id);
  if (!shown) return send(reply, 404, page(language, { title: translate(language, "my_no_ticket"), path: "/my" }, noTicket(language)));
  const head = { title: `${shown.ticket.number} · ${shown.project.project.name[language]}`, path: `/my/tickets/${shown.ticket.id}`, projectKey: shown.project.project.key };
  const written = { messageId: newId(), text: "", problem: null, ...writing };
  const talk = talkPart(shown, await talkOf(ctx, session, shown.ticket.id), session, written);
  const answer = shown.asked.answer === null ? null : writeForm(shown, session, written);
  return send(reply, state.problem || writing ? 422 : 200, page(language, head, ticketPage(shown, { ...state, path: `/my/tickets/${shown.ticket.id}/answer`, csrf, language, answer }, talk)));
}

/** What was sent, as a download that cannot run in our origin. */
function fileRoute(app: App, deps: MyDeps): void {
  app.get("/my/tickets/:id/:kind/:fileId", { schema: { hide: true } }, async (request, reply) => {
    const own = await mine(deps, request, reply);
    if (!own) return reply;
    const { kind, fileId } = request.params as { kind: string; fileId: string };
    const file = (kind === "files" || kind === "documents") && isId(fileId) ? await openOwn(own.ctx, own, { kind: kind === "files" ? "file" : "document", id: fileId }, deps.folders) : null;
    const { language } = own.session;
    if (!file) return send(reply, 404, page(language, { title: translate(language, "my_no_ticket"), path: "/my" }, noTicket(language)));
    return sendFile(reply, file);
  });
}

function writeRoute(app: App, deps: MyDeps): void {
  app.post("/my/tickets/:id/messages", { schema: { hide: true } }, async (request, reply) => {
    const own = await mine(deps, request, reply);
    if (!own) return reply;
    const outcome = await readWriting(request, own, { csrf: (given) => { refuseForged(own.session, given); }, folders: deps.folders });
    if (outcome.kind === "unknown") return showTicket(own, reply, { said: null, prefers: null, problem: false });
    if (outcome.kind === "problem") return showTicket(own, reply, { said: null, prefers: null, problem: false, writing: outcome });
    // A fragment of its own, or the browser would keep the form's and pass over the thanks.
    return reply.redirect(`/my/tickets/${own.id}?said=${await isAnswer(own, outcome) ? "answer" : "message"}#top`, 303);
  });
}

/** What is written where the request waits for its client is the answer, with the file it came with: the request goes on. */
async function isAnswer({ ctx, session, id }: Mine, { answers, text, fileName }: Written & { kind: "written" }): Promise<boolean> {
  if (answers === null) return false;
  const words = text.trim() === "" ? translate(session.language, "my_answer_file", { name: fileName ?? "" }) : text;
  return await answerOwn(ctx, session, id, { said: "answer", seen: answers, score: null, text: words, isMessage: true }) === "answer";
}

function againRoute(app: App, deps: MyDeps): void {
  app.post("/my/tickets/:id/again", { schema: { hide: true } }, async (request, reply) => {
    const own = await mine(deps, request, reply);
    if (!own) return reply;
    refuseForged(own.session, field(request, "csrf"));
    const again = await beginAgain(own, request, deps);
    if (again.kind === "written") return reply.redirect(`/my/tickets/${again.id}?said=again#top`, 303);
    if (again.kind === "moved_on") return reply.redirect(`/my/tickets/${own.id}?said=moved_on`, 303);
    return showTicket(own, reply, { said: null, prefers: null, problem: false, writing: { text: "", problem: null, again: again.kind === "incomplete" ? "my_again_empty" : again.kind } });
  });
}

async function beginAgain({ ctx, session, id }: Mine, request: FastifyRequest, { folders }: MyDeps): Promise<Again | { kind: "my_messages_too_many" }> {
  try {
    return await writeAgain(ctx, { session, id, draftId: messageId(field(request, "message")), text: field(request, "text") }, { folder: folders.attachments });
  } catch (error) {
    if (error instanceof AppError && error.reason === "my_messages_too_many") return { kind: "my_messages_too_many" };
    throw error;
  }
}
