import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { tooMany } from "../../platform/errors.ts";
import { html } from "../../platform/html.ts";
import { newId, newSecret } from "../../platform/ids.ts";
import { addJob, type JobHandler } from "../../platform/jobs.ts";
import { translate } from "../../platform/messages.ts";
import type { Secrets } from "../../platform/secret.ts";
import type { Language } from "../api.contract.ts";
import type { Mailer } from "../notices/index.ts";
import { projectOf } from "../tickets/index.ts";
import { CODE_DIGITS, CODE_S, CODE_TRIES, IDLE_S, LONGEST_S, networkOf } from "./portal.access.rules.ts";
import {
  countCodeTry, deleteDead, deleteSession, deleteSessionsOf, forgetSealed, insertCode, insertSession, lockUnsent, selectAsked, selectHolder, selectSession, updateSession, useCode, type Session,
} from "./portal.access.sql.ts";
import { countTry, type TryLimit } from "./portal.sql.ts";

const WINDOW_S = 15 * 60;
/** A household or an office shares a network, so it is shut for a quarter of an hour and no longer. */
const BY_NETWORK: TryLimit = { max: 20, windowS: WINDOW_S, doubles: false };
/** Letters that nobody asked for are a nuisance; five guesses a letter, so it also bounds guessing. */
const BY_ADDRESS: TryLimit = { max: 5, windowS: WINDOW_S, doubles: true };
/** Over all addresses of a card. */
const BY_CLIENT: TryLimit = { max: 8, windowS: WINDOW_S, doubles: true };
const GUESSES: TryLimit = { max: 30, windowS: WINDOW_S, doubles: false };
const TOUCH_EVERY_MS = 60_000;
export const SEND_CODE = "portal.send_code";
export const FORGET_CLIENT_SESSIONS = "portal.forget_sessions";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
/** Keys of counters do not carry addresses in clear. */
const hashed = (text: string): string => sha256(text).toString("base64url");
const codeHash = (secret: string, code: string): Buffer => sha256(`${secret} ${code}`);

export interface From { ip: string; agent: string }

/**
 * A code for signing in, sent to the address if a client has it. Known or not, the same is counted, stored and answered,
 * and the letter is a job of its own: neither the page nor its time tells. Returns the secret of the browser that asked.
 */
export async function askCode(ctx: Ctx, { address, language, ticketId }: { address: string; language: Language; ticketId: string | null }, from: From, secrets: Secrets): Promise<string> {
  const network = networkOf(from.ip);
  const holder = await selectHolder(ctx.db, address);
  const limits: [string, TryLimit][] = [[`pn:${network}`, BY_NETWORK], [`pa:${hashed(address)}`, BY_ADDRESS], [`pc:${holder?.id ?? hashed(address)}`, BY_CLIENT]];
  await spend(ctx, limits, { action: "portal.code_locked", clientId: holder?.id, network });
  const [secret, code, id] = [newSecret(), String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, "0"), newId(ctx.now().getTime())];
  await inTx(ctx, async (ctx) => {
    const now = ctx.now();
    await insertCode(ctx.db, { id, secretHash: sha256(secret), address, language, codeHash: codeHash(secret, code), sealed: secrets.seal(code), ticketId, network, createdAt: now, expiresAt: new Date(now.getTime() + CODE_S * 1_000) });
    await addJob(ctx, SEND_CODE, { id }, { maxAttempts: 6 });
    // What strangers type is kept nowhere for good; neither is whose it was not.
    await audit(ctx, { action: "portal.code_asked", object: { kind: "client", id: holder?.id ?? "unknown" }, after: { network } });
  });
  return secret;
}

/** Counts under every key, then refuses if one is shut: all are counted, so that which one it was cannot be told. */
async function spend(ctx: Ctx, limits: [string, TryLimit][], about: { action: string; clientId: string | undefined; network: string }): Promise<void> {
  const counted = [];
  for (const [key, limit] of limits) counted.push(await countTry(ctx.db, key, ctx.now(), limit));
  const until = Math.max(...counted.map(({ lockedUntil }) => lockedUntil?.getTime() ?? 0));
  if (until === 0) return;
  await inTx(ctx, (ctx) => audit(ctx, { action: about.action, object: { kind: "client", id: about.clientId ?? "unknown" }, after: { network: about.network, until: new Date(until).toISOString() } }));
  throw tooMany(Math.max(1, Math.ceil((until - ctx.now().getTime()) / 1_000)));
}

/** The address this browser waits for a code of; null when it asked for none, or too long ago. */
export const askedAddress = async (ctx: Ctx, secret: string | undefined): Promise<string | null> => (secret ? (await selectAsked(ctx.db, sha256(secret), ctx.now()))?.address ?? null : null);

export interface SignedIn { token: string; expiresAt: Date; ticketId: string | null }

/** A session for the right code, once; null for a wrong one, a late one, one of another browser, or after five tries. */
export async function signIn(ctx: Ctx, { secret, code, oldToken }: { secret: string; code: string; oldToken: string | undefined }, from: From): Promise<SignedIn | null> {
  const network = networkOf(from.ip);
  await spend(ctx, [[`pg:${network}`, GUESSES]], { action: "portal.locked_out", clientId: undefined, network });
  const asked = await countCodeTry(ctx.db, sha256(secret), ctx.now(), CODE_TRIES);
  const isRight = timingSafeEqual(asked?.codeHash ?? sha256(""), codeHash(secret, code));
  const holder = asked && await selectHolder(ctx.db, asked.address);
  if (!asked || !isRight || !holder) {
    await inTx(ctx, (ctx) => audit(ctx, { action: "portal.sign_in_failed", object: { kind: "client", id: holder?.id ?? "unknown" }, after: { network } }));
    return null;
  }
  return inTx({ ...ctx, actor: { kind: "client", id: holder.id, name: holder.name } }, async (ctx) => {
    if (!await useCode(ctx.db, asked.id, ctx.now())) return null;
    const now = ctx.now();
    const [token, expiresAt] = [newSecret(), new Date(now.getTime() + LONGEST_S * 1_000)];
    if (oldToken) await deleteSession(ctx.db, sha256(oldToken));
    await insertSession(ctx.db, { tokenHash: sha256(token), address: asked.address, csrf: newSecret(), language: asked.language, now, expiresAt, network, agent: from.agent.slice(0, 200) });
    await audit(ctx, { action: "portal.signed_in", object: { kind: "client", id: holder.id }, after: { network } });
    return { token, expiresAt, ticketId: asked.ticketId };
  });
}

/** Who is signed in, and in which language they read; asked of the database every time. */
export async function sessionOf(ctx: Ctx, token: string | undefined, wanted?: Language): Promise<Session | null> {
  const session = token ? await selectSession(ctx.db, sha256(token), ctx.now(), IDLE_S) : undefined;
  if (!session) return null;
  const language = wanted ?? session.language;
  if (language !== session.language || ctx.now().getTime() - session.seenAt.getTime() > TOUCH_EVERY_MS) await updateSession(ctx.db, sha256(token!), { language, now: ctx.now() });
  return { ...session, language };
}

/** Here, or in every browser in which somebody is signed in by this address. */
export async function signOut(ctx: Ctx, { token, session, everywhere }: { token: string; session: Session; everywhere: boolean }): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const ended = everywhere ? await deleteSessionsOf(ctx.db, session.address) : 1;
    if (!everywhere) await deleteSession(ctx.db, sha256(token));
    await audit(ctx, { action: everywhere ? "portal.signed_out_everywhere" : "portal.signed_out", object: { kind: "client", id: session.clientId }, after: { ended } });
  });
}

export interface PortalJobsDeps { mailer: Mailer; secrets: Secrets }

export const portalJobs = (ctx: Ctx, deps: PortalJobsDeps): Record<string, JobHandler> => ({
  [SEND_CODE]: (payload) => sendCode(ctx, (payload as { id: string }).id, deps),
  [FORGET_CLIENT_SESSIONS]: () => deleteDead(ctx.db, ctx.now(), IDLE_S),
});

/** The code leaves the database with its letter. An address that nobody has gets none. */
async function sendCode(ctx: Ctx, id: string, { mailer, secrets }: PortalJobsDeps): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const unsent = await lockUnsent(ctx.db, id, ctx.now());
    if (!unsent) return;
    const holder = await selectHolder(ctx.db, unsent.address);
    if (holder) await mailer.send(await letter(ctx, { ...unsent, code: secrets.open(unsent.sealed) }, holder.projectKey));
    await forgetSealed(ctx.db, id);
  });
}

async function letter(ctx: Ctx, { id, address, language, code }: { id: string; address: string; language: Language; code: string }, projectKey: string) {
  const { project } = await projectOf(ctx.db, projectKey);
  const say = (key: string, params: Record<string, string | number> = {}) => translate(language, key, params);
  const subject = say("my_code_subject");
  const lines = [say("my_code_mail"), `${code.slice(0, 3)} ${code.slice(3)}`, say("my_code_mail_about", { minutes: CODE_S / 60 })];
  const page = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${subject}</title></head><body><p>${lines[0]}</p><p><strong>${lines[1]}</strong></p><p>${lines[2]}</p></body></html>`;
  return { from: { name: project.name[language], address: project.mail_from }, to: address, subject, text: `${lines.join("\n\n")}\n`, html: page.text, messageId: `<code.${id}@${project.mail_from.split("@")[1]}>`, language };
}
