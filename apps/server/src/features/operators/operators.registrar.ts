import { challenge, createDigestRealm, parseAuthorization, parseNameAddr, verifyDigest, type DigestAlgorithm, type DigestRealm, type ServerRequest } from "@linija/sip";
import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { deleteRegistration, selectContacts, selectSipAccount, upsertRegistration } from "./operators.sql.ts";

/** Realm of operators' phones; part of the stored HA1, so it never changes with the company's name. */
export const SIP_REALM = "linija";
const LONGEST_S = 3_600;
const SHORTEST_S = 60;

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
  const user = await authenticated(ctx, realm, asked);
  if (!user) return;
  const { request } = asked;
  const asks = Number(request.get("expires") ?? LONGEST_S);
  if (request.get("contact")?.trim() === "*") await deleteRegistration(ctx.db, user, null);
  for (const contact of request.list("contact").filter((value) => value.trim() !== "*")) {
    const expires = Math.min(LONGEST_S, Number(parseNameAddr(contact)?.params.get("expires") ?? asks));
    if (expires > 0 && expires < SHORTEST_S) { asked.respond(423, undefined, { "Min-Expires": String(SHORTEST_S) }); return; }
    await store(ctx, user, { uri: uriOf(contact), expires }, asked);
  }
  const live = await selectContacts(ctx.db, user);
  const told = live.map((row) => `<${row.contact}>;expires=${Math.max(1, Math.round((row.expiresAt.getTime() - ctx.now().getTime()) / 1000))}`).join(", ");
  asked.respond(200, undefined, told ? { Contact: told } : {});
}

/** The user of right credentials; otherwise the challenge or refusal has been sent. */
async function authenticated(ctx: Ctx, realm: DigestRealm, asked: ServerRequest): Promise<string | null> {
  const authorization = parseAuthorization(asked.request.get("authorization"));
  const account = authorization ? await selectSipAccount(ctx.db, authorization.username) : undefined;
  const ha1 = account && authorization ? account.ha1[authorization.algorithm === "MD5" ? "md5" : "sha256"] : null;
  const verdict = authorization ? verifyDigest(realm, { method: "REGISTER", authorization, ha1 }) : "stale";
  if (verdict !== "ok") {
    asked.respond(401, undefined, { "WWW-Authenticate": challenge(realm, { isStale: authorization !== null && verdict === "stale" }) });
    return null;
  }
  // A phone may register itself only: the address of record must be its own.
  const record = asked.request.to.uri.user;
  if (record !== authorization!.username) { asked.respond(403); return null; }
  return record;
}

const uriOf = (contact: string): string => /<([^>]+)>/.exec(contact)?.[1] ?? contact.split(";")[0]!.trim();

async function store(ctx: Ctx, sipUser: string, contact: { uri: string; expires: number }, { request }: ServerRequest): Promise<void> {
  if (contact.expires === 0) { await deleteRegistration(ctx.db, sipUser, contact.uri); return; }
  await upsertRegistration(ctx.db, {
    sipUser, contact: contact.uri, callId: request.get("call-id") ?? "", cseq: Number.parseInt(request.get("cseq") ?? "0", 10), agent: (request.get("user-agent") ?? "").slice(0, 120),
    expiresAt: new Date(ctx.now().getTime() + contact.expires * 1000),
  });
}
