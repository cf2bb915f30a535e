import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Language } from "../api.contract.ts";
import { audit } from "../../platform/audit.ts";
import { inTx, type Actor, type Ctx, type Db } from "../../platform/db.ts";
import { forbidden, unauthenticated } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Log } from "../../platform/log.ts";
import type { Me, RoleName } from "./access.contract.ts";
import { signedIn, signedOut } from "./access.events.ts";
import { isRightPassword } from "./access.password.ts";
import { rightsOf } from "./access.rules.ts";
import {
  deleteDeadSessions, deleteOldTries, deleteSession, forgiveOneTry, forgiveTries, insertSession, selectSession, selectUserByLogin, touchSession, updateLanguage,
  type SessionRow,
} from "./access.sql.ts";
import { refuseTooManyTries, triedAddress, triedLogin } from "./access.tries.service.ts";

export const SESSION_COOKIE = "linija_session";
export const IDLE_MS = 12 * 3_600_000;
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;
const TOUCH_EVERY_MS = 60_000;
const MINUTE = 60_000;

export const sha256 = (text: string) => createHash("sha256").update(text).digest();
const idleSince = (now: Date) => new Date(now.getTime() - IDLE_MS);

export interface SignInFrom { address: string; agent: string; /** Of an older session of this browser, which ends. */ oldToken?: string | undefined }

/** A new session with a new token (never the one brought along) or a refusal that is the same for a wrong name and a wrong password. */
export async function signIn(ctx: Ctx, input: { login: string; password: string }, from: SignInFrom): Promise<{ token: string; expiresAt: Date; me: Me }> {
  const user = await selectUserByLogin(ctx.db, input.login);
  const [atLogin, atAddress] = [triedLogin(input.login, from.address), triedAddress(from.address)];
  await refuseTooManyTries(ctx, [atLogin, atAddress], { userId: user?.id ?? null, address: from.address });
  const right = await isRightPassword(user?.passwordHash, input.password);
  if (!right || !user || user.disabledAt) {
    await inTx(ctx, (ctx) => audit(ctx, { action: "access.sign_in_failed", object: { kind: "user", id: user?.id ?? "unknown" }, after: { address: from.address } }));
    throw unauthenticated("wrong_password");
  }
  return inTx({ ...ctx, actor: toActor({ ...user, userId: user.id }) }, async (ctx) => {
    const now = ctx.now();
    const token = newSecret();
    const csrf = newSecret();
    const expiresAt = new Date(now.getTime() + ABSOLUTE_MS);
    if (from.oldToken) await deleteSession(ctx.db, sha256(from.oldToken));
    await deleteDeadSessions(ctx.db, now, idleSince(now));
    await insertSession(ctx.db, { tokenHash: sha256(token), userId: user.id, csrf, createdAt: now, seenAt: now, expiresAt, address: from.address, agent: from.agent.slice(0, 200) });
    await forgiveTries(ctx.db, atLogin.key);
    await forgiveOneTry(ctx.db, atAddress.key);
    await emit(ctx, signedIn(user.id));
    await audit(ctx, { action: "access.signed_in", object: { kind: "user", id: user.id }, after: { address: from.address } });
    return { token, expiresAt, me: toMe({ ...user, userId: user.id, csrf, seenAt: now }) };
  });
}

export async function signOut(ctx: Ctx, token: string | undefined): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !token) throw unauthenticated();
  await inTx(ctx, async (ctx) => {
    await deleteSession(ctx.db, sha256(token));
    await emit(ctx, signedOut(actor.id));
    await audit(ctx, { action: "access.signed_out", object: { kind: "user", id: actor.id } });
  });
}

export async function me(ctx: Ctx, token: string | undefined): Promise<Me> {
  const session = token ? await selectSession(ctx.db, sha256(token), ctx.now(), idleSince(ctx.now())) : undefined;
  if (!session) throw unauthenticated();
  return toMe(session);
}

export async function setMyLanguage(ctx: Ctx, language: Language): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== "user") throw unauthenticated();
  await inTx(ctx, async (ctx) => {
    await updateLanguage(ctx.db, actor.id, language);
    await audit(ctx, { action: "access.language_chosen", object: { kind: "user", id: actor.id }, before: { language: actor.language }, after: { language } });
  });
}

/** Who holds this session token at this moment, for sockets; null when it ended, was idle too long, the user is blocked or must choose a password first. */
export async function actorOfToken(db: Db, token: string, now: Date = new Date()): Promise<Extract<Actor, { kind: "user" }> | null> {
  const session = await selectSession(db, sha256(token), now, idleSince(now));
  return session && !session.passwordMustChange ? toActor(session) : null;
}

export interface ContextDeps { db: Db; log: Log; now?: () => Date }

/**
 * Builds the context of each request. Session and user are read every time (one indexed query), so that a right taken
 * away is refused at once. Pages for clients (`/api/public/`) never look at a session: an operator's cookie gives nothing there.
 */
export const contextOf = (deps: ContextDeps) => async (request: FastifyRequest): Promise<Ctx> => {
  const now = deps.now ?? (() => new Date());
  const anonymous: Ctx = { db: deps.db, log: deps.log, now, depth: 0, requestId: request.id, actor: { kind: "client", id: null, name: "visitor" } };
  const token = request.cookies[SESSION_COOKIE];
  const url = request.routeOptions.url ?? "";
  if (!token || url.startsWith("/api/public/") || url === "/api/access/sign-in") return anonymous;
  const at = now();
  const session = await selectSession(deps.db, sha256(token), at, idleSince(at));
  if (!session) return anonymous;
  refuseRequest(session, request, url);
  if (at.getTime() - session.seenAt.getTime() > TOUCH_EVERY_MS) await touchSession(deps.db, sha256(token), at);
  return { ...anonymous, actor: toActor(session) };
};

function refuseRequest(session: SessionRow, { method, headers }: FastifyRequest, url: string): void {
  if (!isReading(method) && !isSame(session.csrf, String(headers["x-csrf"] ?? ""))) throw forbidden("csrf");
  if (session.passwordMustChange && !MAY_BEFORE_PASSWORD.has(`${method} ${url}`)) throw forbidden("password_must_change");
}

/** All that somebody may do whose password another person knows. */
const MAY_BEFORE_PASSWORD: ReadonlySet<string> = new Set(["GET /api/access/me", "PUT /api/access/me/password", "POST /api/access/sign-out"]);
const isReading = (method: string) => method === "GET" || method === "HEAD" || method === "OPTIONS";
/** Compares digests: equal length, and no time to learn from. */
const isSame = (right: string, given: string) => timingSafeEqual(sha256(right), sha256(given));

/** Removes sessions and tries nobody needs; run daily. */
export async function forgetOldSessions(ctx: Ctx): Promise<void> {
  const now = ctx.now();
  await deleteDeadSessions(ctx.db, now, idleSince(now));
  await deleteOldTries(ctx.db, new Date(now.getTime() - 24 * 60 * MINUTE));
}

const toActor = (row: Omit<SessionRow, "csrf" | "seenAt" | "passwordMustChange">): Extract<Actor, { kind: "user" }> =>
  ({ kind: "user", id: row.userId, name: row.name, roles: row.roles, projects: row.projects, language: row.language, department: row.department });

const toMe = (row: SessionRow): Me => ({
  id: row.userId, login: row.login, name: row.name, language: row.language, roles: row.roles as RoleName[], projects: row.projects, department: row.department,
  csrf: row.csrf, rights: rightsOf(row.roles), passwordMustChange: row.passwordMustChange,
});
