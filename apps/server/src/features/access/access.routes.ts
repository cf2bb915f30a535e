import type { FastifyReply, FastifyRequest } from "fastify";
import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./access.contract.ts";
import * as passwords from "./access.passwords.service.ts";
import * as sessions from "./access.sessions.service.ts";
import * as users from "./access.users.service.ts";

const { SESSION_COOKIE } = sessions;
/** Faster than a person, slower than a machine; the lock-out after wrong passwords is in the service. */
const SIGN_IN_LIMIT = { max: 120, perMs: 60_000 };

/** `names` are what everybody guesses first: the company's and its projects'. */
export function accessRoutes(app: App, known: { readonly names: readonly string[] } = { names: [] }): void {
  mount(app, contracts.signIn, { guard: "anyone", limit: SIGN_IN_LIMIT }, async (ctx, { body }, { request, reply }) => {
    const from = { address: request.ip, agent: request.headers["user-agent"] ?? "", oldToken: tokenOf(request) };
    const { token, expiresAt, me } = await sessions.signIn(ctx, body, from);
    reply.setCookie(SESSION_COOKIE, token, { ...cookieOf(request), expires: expiresAt });
    return me;
  });
  mount(app, contracts.signOut, "signed_in", async (ctx, _input, { request, reply }) => {
    await sessions.signOut(ctx, tokenOf(request));
    dropCookie(request, reply);
    return { ok: true as const };
  });
  mount(app, contracts.getMe, "signed_in", (ctx, _input, { request }) => sessions.me(ctx, tokenOf(request)));
  mount(app, contracts.setMyLanguage, "signed_in", async (ctx, { body }) => {
    await sessions.setMyLanguage(ctx, body.language);
    return { ok: true as const };
  });
  mount(app, contracts.changeMyPassword, { guard: "signed_in", limit: SIGN_IN_LIMIT }, async (ctx, { body }, { request, reply }) => {
    const { token, expiresAt, me } = await passwords.changeMyPassword(ctx, body, { address: request.ip, token: tokenOf(request), names: known.names });
    reply.setCookie(SESSION_COOKIE, token, { ...cookieOf(request), expires: expiresAt });
    return me;
  });
  mount(app, contracts.listColleagues, "signed_in", async (ctx) => ({ items: await users.listColleagues(ctx) }));
  mount(app, contracts.listUsers, "signed_in", async (ctx) => ({ items: await users.listUsers(ctx) }));
  mount(app, contracts.createUser, "signed_in", (ctx, { body }) => users.createUser(ctx, body, known.names));
  mount(app, contracts.updateUser, "signed_in", (ctx, { params, body }) => users.updateUser(ctx, params.id, body, known.names));
}

const tokenOf = (request: FastifyRequest): string | undefined => request.cookies[SESSION_COOKIE];
const cookieOf = (request: FastifyRequest) => ({ httpOnly: true, sameSite: "lax" as const, secure: request.protocol === "https", path: "/" });
const dropCookie = (request: FastifyRequest, reply: FastifyReply) => { reply.clearCookie(SESSION_COOKIE, cookieOf(request)); };
