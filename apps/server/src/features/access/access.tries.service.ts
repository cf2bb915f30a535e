import { createHash } from "node:crypto";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { lockedOut } from "./access.events.ts";
import { countTry, type TryLimit } from "./access.sql.ts";

const MINUTE = 60_000;
/** Five wrong passwords, then a quarter of an hour; an office behind one address gets a looser limit. */
const BY_LOGIN: TryLimit = { max: 5, windowMs: 15 * MINUTE, lockMs: 15 * MINUTE };
const BY_ADDRESS: TryLimit = { max: 60, windowMs: 15 * MINUTE, lockMs: 15 * MINUTE };

export interface Tried { key: string; limit: TryLimit }

const hashed = (kind: string, text: string) => `${kind}:${createHash("sha256").update(text).digest("base64url")}`;
export const triedLogin = (login: string, address: string): Tried => ({ key: hashed("login", `${login.toLowerCase()} ${address}`), limit: BY_LOGIN });
export const triedAddress = (address: string): Tried => ({ key: hashed("address", address), limit: BY_ADDRESS });
/** The present password, asked of somebody who is signed in: whoever found an open desk guesses no faster than at the door. */
export const triedCurrent = (userId: string): Tried => ({ key: hashed("current", userId), limit: BY_LOGIN });

/** Counts this try under every key, and refuses it when one of them is locked; the first refusal is an alert. */
export async function refuseTooManyTries(ctx: Ctx, tries: Tried[], who: { userId: string | null; address: string }): Promise<void> {
  const now = ctx.now();
  const counted = [];
  for (const { key, limit } of tries) counted.push(await countTry(ctx.db, key, now, limit));
  const until = counted.find((each) => each.lockedUntil)?.lockedUntil;
  if (!until) return;
  if (counted.some((each) => each.justLocked)) {
    await inTx(ctx, async (ctx) => {
      await emit(ctx, lockedOut(who.userId, who.address, until));
      await audit(ctx, { action: "access.locked_out", object: { kind: "user", id: who.userId ?? "unknown" }, after: { address: who.address, until: until.toISOString() } });
    });
  }
  throw new AppError("too_many", "locked_out", { retryAfterS: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)) });
}
