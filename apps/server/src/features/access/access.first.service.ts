import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { userChanged, userCreated } from "./access.events.ts";
import { refuseFault } from "./access.passwords.service.ts";
import { hashPassword, makePassword } from "./access.password.ts";
import { deleteSessionsOf, hasUsers, insertUser, lockUsers, selectAdministrators, selectProjectKeys, selectUserByLogin, updateUserRow } from "./access.sql.ts";

export interface FirstAdministrator { login: string; /** Made by the server and told once; null when the settings gave one. */ madePassword: string | null }

/**
 * The way into an empty installation: one administrator, when there is no user at all. Of nodes that start at once one
 * makes it; the others, and every later start, get null.
 */
export async function makeFirstAdministrator(ctx: Ctx, input: { login: string; password: string | null; names: readonly string[] }): Promise<FirstAdministrator | null> {
  if (ctx.actor.kind !== "system") throw forbidden();
  if (await hasUsers(ctx.db)) return null;
  const { login } = input;
  if (input.password !== null) refuseFault("password", input.password, { names: [login, ...input.names] });
  const madePassword = input.password === null ? makePassword() : null;
  const passwordHash = await hashPassword(input.password ?? madePassword!);
  return inTx(ctx, async (ctx) => {
    await lockUsers(ctx.db);
    if (await hasUsers(ctx.db)) return null;
    const projects = await selectProjectKeys(ctx.db);
    const id = newId(ctx.now().getTime());
    await insertUser(ctx.db, { id, login, name: "Administrator", language: "en", roles: ["administrator"], projects, department: null, passwordHash, passwordMustChange: madePassword !== null, createdAt: ctx.now() });
    await emit(ctx, userCreated(id));
    await audit(ctx, { action: "access.user_created", object: { kind: "user", id }, after: { login, roles: ["administrator"], projects, passwordMustChange: madePassword !== null } });
    return { login, madePassword };
  });
}

/**
 * The way back when nobody who may give passwords can sign in: a password made by the server, which must be changed at
 * the next sign-in. For who holds the machine; no route leads here.
 */
export async function makeNewPassword(ctx: Ctx, login: string): Promise<{ login: string; password: string }> {
  if (ctx.actor.kind !== "system") throw forbidden();
  const user = await selectUserByLogin(ctx.db, login);
  if (!user) throw notFound("user", login);
  if (user.disabledAt) throw conflict("user_blocked");
  const password = makePassword();
  const passwordHash = await hashPassword(password);
  return inTx(ctx, async (ctx) => {
    if (!(await updateUserRow(ctx.db, user.id, user.version, { passwordHash, passwordMustChange: true }))) throw conflict("changed_meanwhile");
    await deleteSessionsOf(ctx.db, user.id);
    await emit(ctx, userChanged(user.id, { disabled: false, sessionsEnded: true }));
    await audit(ctx, { action: "access.password_made", object: { kind: "user", id: user.id }, after: { mustChange: true } });
    return { login: user.login, password };
  });
}

/** Sign-in names of those who may give passwords, for who has forgotten even the name. */
export const administrators = (ctx: Ctx): Promise<string[]> => {
  if (ctx.actor.kind !== "system") throw forbidden();
  return selectAdministrators(ctx.db);
};
