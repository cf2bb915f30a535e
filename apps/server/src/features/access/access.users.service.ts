import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalid, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { createUser as createUserContract, RoleName, updateUser as updateUserContract, UserView } from "./access.contract.ts";
import { userChanged, userCreated } from "./access.events.ts";
import { hashPassword } from "./access.password.ts";
import { refuseFault } from "./access.passwords.service.ts";
import { may } from "./access.rules.ts";
import { deleteSessionsOf, insertUser, lockOtherAdministrators, selectColleagues, selectUnknownProjects, selectUser, selectUsers, updateUserRow, type UserRow } from "./access.sql.ts";

type NewUser = z.output<typeof createUserContract.body>;
type UserChange = z.output<typeof updateUserContract.body>;

export async function listUsers(ctx: Ctx): Promise<UserView[]> {
  if (!may(ctx, "access.manage")) throw forbidden();
  return (await selectUsers(ctx.db)).map(toView);
}

/** Names only; of the projects one works in oneself. */
export async function listColleagues(ctx: Ctx) {
  if (!may(ctx, "access.colleagues")) throw forbidden();
  const people = await selectColleagues(ctx.db, ctx.actor.kind === "user" ? ctx.actor.projects : null);
  return people.map((person) => ({ ...person, roles: person.roles as RoleName[] }));
}

/** The administrator knows the password given here, so its owner chooses another at the first sign-in. */
export async function createUser(ctx: Ctx, input: NewUser, names: readonly string[] = []): Promise<UserView> {
  if (!may(ctx, "access.manage")) throw forbidden();
  refuseFault("password", input.password, { names: [input.login, input.name, ...names] });
  await refuseUnknownProjects(ctx, input.projects);
  const passwordHash = await hashPassword(input.password);
  return inTx(ctx, async (ctx) => {
    const row = await insertUser(ctx.db, {
      id: newId(ctx.now().getTime()), login: input.login, name: input.name, language: input.language, roles: input.roles, projects: input.projects,
      department: input.department ?? null, passwordHash, passwordMustChange: true, createdAt: ctx.now(),
    });
    if (!row) throw loginTaken(input.login);
    await emit(ctx, userCreated(row.id));
    await audit(ctx, { action: "access.user_created", object: { kind: "user", id: row.id }, after: toView(row) });
    return toView(row);
  });
}

/** Nobody changed anything meanwhile: the field wants another value. */
const loginTaken = (login: string) => new AppError("invalid", "login_taken", { params: { login }, fields: [{ field: "login", code: "login_taken", params: { login } }] });

/** Changes rights, blocks or gives a new password. Blocking and a new password end every session of that user at once. */
export async function updateUser(ctx: Ctx, id: string, input: UserChange, names: readonly string[] = []): Promise<UserView> {
  if (!may(ctx, "access.manage")) throw forbidden();
  if (input.password) await refusePasswordFor(ctx, id, input.password, [input.name, ...names]);
  await refuseUnknownProjects(ctx, input.projects);
  const passwordHash = input.password ? await hashPassword(input.password) : null;
  return inTx(ctx, async (ctx) => {
    const before = await selectUser(ctx.db, id);
    if (!before) throw notFound("user", id);
    await refuseLosingLastAdministrator(ctx, before, input);
    const after = await updateUserRow(ctx.db, id, input.version, {
      name: input.name, language: input.language, roles: input.roles, projects: input.projects, disabledAt: input.disabled ? (before.disabledAt ?? ctx.now()) : null,
      ...(input.department !== undefined && { department: input.department }), ...(passwordHash && { passwordHash, passwordMustChange: true }),
    });
    if (!after) throw conflict("changed_meanwhile");
    const sessionsEnded = input.disabled || passwordHash !== null;
    if (sessionsEnded) await deleteSessionsOf(ctx.db, id);
    await emit(ctx, userChanged(id, { disabled: input.disabled, sessionsEnded }));
    await audit(ctx, { action: "access.user_changed", object: { kind: "user", id }, before: toView(before), after: { ...toView(after), passwordChanged: passwordHash !== null } });
    return toView(after);
  });
}

/** One's own is changed where the present one is asked for: an open desk must not be enough (ASVS 5.0 6.2.3). */
async function refusePasswordFor(ctx: Ctx, id: string, password: string, names: readonly string[]): Promise<void> {
  if (ctx.actor.kind === "user" && ctx.actor.id === id) throw invalidField("password", "own_password_in_settings");
  const user = await selectUser(ctx.db, id);
  refuseFault("password", password, { names: [...names, ...(user ? [user.login] : [])] });
}

async function refuseUnknownProjects(ctx: Ctx, keys: string[]): Promise<void> {
  const unknown = await selectUnknownProjects(ctx.db, keys);
  if (unknown.length > 0) throw invalid(unknown.map((key) => ({ field: "projects", code: "unknown_project", params: { key } })));
}

/** Nobody could ever give rights again. */
async function refuseLosingLastAdministrator(ctx: TxCtx, before: UserRow, input: UserChange): Promise<void> {
  const was = before.roles.includes("administrator") && before.disabledAt === null;
  const stays = input.roles.includes("administrator") && !input.disabled;
  if (was && !stays && (await lockOtherAdministrators(ctx.db, before.id)) === 0) throw conflict("last_administrator");
}

const toView = (row: UserRow): UserView => ({
  id: row.id, login: row.login, name: row.name, language: row.language, roles: row.roles as RoleName[], projects: row.projects, department: row.department,
  disabled: row.disabledAt !== null, version: row.version,
});
