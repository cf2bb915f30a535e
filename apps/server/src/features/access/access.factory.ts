import type { Actor, Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { hashPassword } from "./access.password.ts";
import { insertUser, type UserRow } from "./access.sql.ts";

export const FACTORY_PASSWORD = "a-long-enough-password";
let hashed: Promise<string> | null = null;

/** A user as tests and seeds need one; the password is `FACTORY_PASSWORD` unless given. */
export async function buildUser(db: Db, over: Partial<Omit<UserRow, "passwordHash" | "version" | "disabledAt">> & { password?: string } = {}): Promise<UserRow> {
  const { password, ...fields } = over;
  hashed ??= hashPassword(FACTORY_PASSWORD);
  const id = fields.id ?? newId();
  const row = await insertUser(db, {
    login: `user.${id}`, name: "Ana Novak", language: "en", roles: ["operator"], projects: ["internet"], department: null, createdAt: new Date(),
    passwordHash: password ? await hashPassword(password) : await hashed, ...fields, id,
  });
  if (!row) throw new Error(`there is a user ${fields.login ?? id} already`);
  return row;
}

export const actorOf = (user: UserRow): Extract<Actor, { kind: "user" }> =>
  ({ kind: "user", id: user.id, name: user.name, roles: user.roles, projects: user.projects, language: user.language, department: user.department });
