import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, invalid, invalidField, unauthenticated } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Me } from "./access.contract.ts";
import { passwordChanged } from "./access.events.ts";
import { passwordFault, type KnownToGuessers } from "./access.password.contract.ts";
import { hashPassword, isRightPassword } from "./access.password.ts";
import { me, sha256 } from "./access.sessions.service.ts";
import { deleteOtherSessions, forgiveTries, renewSession, selectUser, updateUserRow } from "./access.sql.ts";
import { refuseTooManyTries, triedCurrent } from "./access.tries.service.ts";

export interface ChangeFrom { address: string; token: string | undefined; /** Names of the company and its projects, which everybody guesses first. */ names: readonly string[] }

/**
 * One's own password. Every other session of this person ends; this one goes on under a new token, so that a token
 * somebody has taken is worth nothing.
 */
export async function changeMyPassword(ctx: Ctx, input: { current: string; next: string }, from: ChangeFrom): Promise<{ token: string; expiresAt: Date; me: Me }> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !from.token) throw unauthenticated();
  const old = sha256(from.token);
  const user = await selectUser(ctx.db, actor.id);
  if (!user) throw unauthenticated();
  refuseFault("next", input.next, { names: [user.login, user.name, ...from.names], current: input.current });
  const tried = triedCurrent(user.id);
  await refuseTooManyTries(ctx, [tried], { userId: user.id, address: from.address });
  if (!(await isRightPassword(user.passwordHash, input.current))) {
    await inTx(ctx, (ctx) => audit(ctx, { action: "access.password_refused", object: { kind: "user", id: user.id }, after: { address: from.address } }));
    throw invalidField("current", "wrong_current_password");
  }
  const passwordHash = await hashPassword(input.next);
  const token = newSecret();
  const expiresAt = await inTx(ctx, async (ctx) => {
    if (!(await updateUserRow(ctx.db, user.id, user.version, { passwordHash, passwordMustChange: false }))) throw conflict("changed_meanwhile");
    const renewed = await renewSession(ctx.db, old, { tokenHash: sha256(token), csrf: newSecret() });
    if (!renewed) throw unauthenticated();
    await deleteOtherSessions(ctx.db, user.id, sha256(token));
    await forgiveTries(ctx.db, tried.key);
    await emit(ctx, passwordChanged(user.id));
    await audit(ctx, { action: "access.password_changed", object: { kind: "user", id: user.id }, before: { mustChange: user.passwordMustChange }, after: { mustChange: false, address: from.address } });
    return renewed.expiresAt;
  });
  return { token, expiresAt, me: await me(ctx, token) };
}

export function refuseFault(field: string, password: string, known: KnownToGuessers): void {
  const fault = passwordFault(password, known);
  if (fault) throw invalid([{ field, code: fault }]);
}
