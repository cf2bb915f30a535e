import { challenge, createDigestRealm, parseAuthorization, parseNameAddr, parseUri, verifyDigest, type DigestAlgorithm, type DigestRealm, type ServerRequest } from "@linija/sip";
import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { announce } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { phoneMoved } from "./operators.events.ts";
import { deleteRegistration, keepNewest, selectContacts, selectSipAccount, upsertRegistration, type SipAccount } from "./operators.sql.ts";

/** Realm of operators' phones; part of the stored HA1, so it never changes with the company's name. */
export const SIP_REALM = "linija";
const LONGEST_S = 3_600;
const SHORTEST_S = 60;
/** Of one extension: a phone on the desk, one in the pocket, and what they left behind under other addresses. */
const MOST_CONTACTS = 5;
const LONGEST_URI = 300;

/** Answers REGISTER of operators' phones (RFC 3261 §10.3) with digest (RFC 7616). */
export function createRegistrar(ctx: Ctx, algorithms: readonly DigestAlgorithm[]): (request: ServerRequest) => void {
  const realm = createDigestRealm({ realm: SIP_REALM, algorithms });
  return (request) => {
    register(ctx, realm, request).catch((error: unknown) => {
      if (isDatabaseAway(error)) { request.respond(503, undefined, { "Retry-After": "5" }); return; }
      ctx.log.error({ err: error }, "REGISTER failed");
      request.respond(500);
    });
  };
}

async function register(ctx: Ctx, realm: DigestRealm, asked: ServerRequest): Promise<void> {
  const account = await authenticated(ctx, realm, asked);
  if (!account) return;
  const wanted = contactsOf(asked);
  if (wanted === "broken") { asked.respond(400, "Bad Contact"); return; }
  if (wanted === "all") await forget(ctx, account, null);
  else if (wanted.some(({ expires }) => expires > 0 && expires < SHORTEST_S)) { asked.respond(423, undefined, { "Min-Expires": String(SHORTEST_S) }); return; }
  else {
    for (const contact of wanted) if (!(await store(ctx, account, contact, asked))) { refuse(realm, asked, false); return; }
    if (wanted.length > 0) await keepNewest(ctx.db, account.sipUser, MOST_CONTACTS);
  }
  const live = await selectContacts(ctx.db, account.sipUser);
  const told = live.map((row) => `<${row.contact}>;expires=${Math.max(1, Math.round((row.expiresAt.getTime() - ctx.now().getTime()) / 1000))}`).join(", ");
  asked.respond(200, undefined, told ? { Contact: told } : {});
}

interface Wanted { uri: string; expires: number }

/**
 * What is to be kept or forgotten. `*` is for forgetting all, alone and with Expires 0 (§10.3 step 6); addresses we could
 * not call are not kept; a time that cannot be read is an hour (§10.2.1.1).
 */
function contactsOf({ request }: ServerRequest): "all" | "broken" | Wanted[] {
  const contacts = request.list("contact").map((each) => each.trim());
  const asks = seconds(request.get("expires"), LONGEST_S);
  if (contacts.includes("*")) return contacts.length === 1 && request.get("expires")?.trim() === "0" ? "all" : "broken";
  const wanted = contacts.map((contact) => ({ uri: uriOf(contact), expires: seconds(parseNameAddr(contact)?.params.get("expires"), asks) })).filter(({ uri }) => isCallable(uri));
  return wanted.length > MOST_CONTACTS || (contacts.length > 0 && wanted.length === 0) ? "broken" : wanted;
}

const seconds = (text: string | null | undefined, otherwise: number): number => (text == null ? otherwise : /^\d+$/.test(text.trim()) ? Math.min(LONGEST_S, Number(text)) : LONGEST_S);
const isCallable = (uri: string): boolean => uri.length <= LONGEST_URI && /^sips?$/.test(parseUri(uri)?.scheme ?? "");

const refuse = (realm: DigestRealm, asked: ServerRequest, isStale: boolean): void => { asked.respond(401, undefined, { "WWW-Authenticate": challenge(realm, { isStale }) }); };

/** What is looked up or stored. No phone sends a NUL, and no text of the database holds one. */
const isBroken = ({ request }: ServerRequest): boolean => ["authorization", "contact", "call-id", "user-agent"].some((name) => request.rows(name).some((value) => value.includes("\0")));

interface Account extends SipAccount { sipUser: string }

/** The account of right credentials; otherwise the challenge or refusal has been sent. */
async function authenticated(ctx: Ctx, realm: DigestRealm, asked: ServerRequest): Promise<Account | null> {
  if (isBroken(asked)) { asked.respond(400); return null; }
  const authorization = parseAuthorization(asked.request.get("authorization"));
  const account = authorization ? await selectSipAccount(ctx.db, authorization.username) : undefined;
  const ha1 = account && authorization ? account.ha1[authorization.algorithm === "MD5" ? "md5" : "sha256"] : null;
  const verdict = authorization ? verifyDigest(realm, { method: "REGISTER", authorization, ha1 }) : "stale";
  if (verdict !== "ok" || !account) { refuse(realm, asked, authorization !== null && verdict === "stale"); return null; }
  // A phone may register itself only: the address of record must be its own.
  const record = asked.request.to.uri.user;
  if (record !== authorization!.username) { asked.respond(403); return null; }
  return { ...account, sipUser: record };
}

const uriOf = (contact: string): string => /<([^>]+)>/.exec(contact)?.[1] ?? contact.split(";")[0]!.trim();

/** False when the account was changed since the password was looked at. */
async function store(ctx: Ctx, account: Account, contact: { uri: string; expires: number }, { request }: ServerRequest): Promise<boolean> {
  if (contact.expires === 0) { await forget(ctx, account, contact.uri); return true; }
  const stored = await upsertRegistration(ctx.db, account.ha1, {
    sipUser: account.sipUser, contact: contact.uri, callId: request.get("call-id") ?? "", cseq: Number.parseInt(request.get("cseq") ?? "0", 10), agent: (request.get("user-agent") ?? "").slice(0, 120),
    expiresAt: new Date(ctx.now().getTime() + contact.expires * 1000),
  });
  if (stored?.isNew) tell(ctx, account.userId);
  return stored !== null;
}

async function forget(ctx: Ctx, { sipUser, userId }: Account, contact: string | null): Promise<void> {
  if ((await deleteRegistration(ctx.db, sipUser, contact)) > 0) tell(ctx, userId);
}

const tell = (ctx: Ctx, userId: string): void =>
  announce([{ ...phoneMoved(userId), id: newId(), at: ctx.now(), actor: ctx.actor, depth: 0, requestId: "" }]);
