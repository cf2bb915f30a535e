import { sql, type Generated } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";

export interface UsersTable {
  id: string; login: string; name: string; language: Generated<Language>; roles: string[]; projects: string[]; department: string | null;
  passwordHash: string; passwordMustChange: Generated<boolean>; disabledAt: Date | null; version: Generated<number>; createdAt: Generated<Date>;
}
export interface SessionsTable { tokenHash: Buffer; userId: string; csrf: string; createdAt: Generated<Date>; seenAt: Generated<Date>; expiresAt: Date; address: string; agent: string }
export interface SignInFailuresTable { key: string; failures: number; firstAt: Date; lockedUntil: Date | null }
declare module "../../platform/db.ts" {
  interface Tables { users: UsersTable; sessions: SessionsTable; signInFailures: SignInFailuresTable }
}

export interface UserRow { id: string; login: string; name: string; language: Language; roles: string[]; projects: string[]; department: string | null; passwordHash: string; passwordMustChange: boolean; disabledAt: Date | null; version: number; createdAt: Date }
export interface SessionRow { userId: string; login: string; name: string; language: Language; roles: string[]; projects: string[]; department: string | null; csrf: string; seenAt: Date; passwordMustChange: boolean }

export const selectUserByLogin = (db: Db, login: string) =>
  sql<UserRow>`select * from users where lower(login) = lower(${login})`.execute(db).then((result) => result.rows[0]);

export const selectUser = (db: Db, id: string) => db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();

export const selectUsers = (db: Db) => db.selectFrom("users").selectAll().orderBy("name").orderBy("id").limit(1000).execute();

/** People of these projects who are not blocked, for choosing an owner. */
export const selectColleagues = (db: Db, projects: string[] | null) =>
  sql<Pick<UserRow, "id" | "name" | "roles" | "projects">>`select id, name, roles, projects from users
    where disabled_at is null and (${projects}::text[] is null or projects && ${projects}::text[]) order by name, id limit 1000`.execute(db).then((result) => result.rows);

export const selectUnknownProjects = (db: Db, keys: string[]) =>
  sql<{ key: string }>`select k as key from unnest(${keys}::text[]) k where not exists (select 1 from projects p where p.key = k)`.execute(db).then((result) => result.rows.map((row) => row.key));

export const selectProjectKeys = (db: Db) => sql<{ key: string }>`select key from projects order by key`.execute(db).then((result) => result.rows.map((row) => row.key));
export const selectAdministrators = (db: Db) =>
  sql<{ login: string }>`select login from users where 'administrator' = any(roles) and disabled_at is null order by login limit 50`.execute(db).then((result) => result.rows.map((row) => row.login));

export const hasUsers = (db: Db) => sql<{ found: boolean }>`select exists (select from users) as found`.execute(db).then((result) => result.rows[0]!.found);
/** Of nodes that find no user at once, one looks again after the other has committed; reading goes on. */
export const lockUsers = (db: Db) => sql`lock table users in share row exclusive mode`.execute(db);

export const insertUser = (db: Db, row: Omit<UserRow, "version" | "disabledAt" | "passwordMustChange"> & { passwordMustChange?: boolean }) => db.insertInto("users").values(row).onConflict((conflict) => conflict.doNothing()).returningAll().executeTakeFirst();

/** Changes only the version the administrator saw; undefined means someone else was first. */
export const updateUserRow = (db: Db, id: string, version: number, set: Partial<Omit<UserRow, "id" | "login" | "version" | "createdAt">>) =>
  db.updateTable("users").set(set).set((eb) => ({ version: eb("version", "+", 1) })).where("id", "=", id).where("version", "=", version).returningAll().executeTakeFirst();

/** Locks the administrators, so that two cannot block each other in the same moment. */
export const lockOtherAdministrators = (db: Db, id: string) =>
  sql<{ id: string }>`select id from users where 'administrator' = any(roles) and disabled_at is null and id <> ${id} order by id for update`.execute(db).then((result) => result.rows.length);

export const updateLanguage = (db: Db, id: string, language: Language) => db.updateTable("users").set({ language }).where("id", "=", id).execute();

export const insertSession = (db: Db, row: Omit<SessionsTable, "createdAt" | "seenAt"> & { createdAt: Date; seenAt: Date }) => db.insertInto("sessions").values(row).execute();

/** Live session and its user as they are now: a right taken away is gone with the next request (R304). */
export const selectSession = (db: Db, tokenHash: Buffer, now: Date, idleSince: Date) =>
  kept(sql<SessionRow>`select s.user_id, s.csrf, s.seen_at, u.login, u.name, u.language, u.roles, u.projects, u.department, u.password_must_change
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${tokenHash} and s.expires_at > ${now} and s.seen_at > ${idleSince} and u.disabled_at is null`).execute(db).then((result) => result.rows[0]);

export const touchSession = (db: Db, tokenHash: Buffer, now: Date) => db.updateTable("sessions").set({ seenAt: now }).where("tokenHash", "=", tokenHash).execute();
export const deleteSession = (db: Db, tokenHash: Buffer) => db.deleteFrom("sessions").where("tokenHash", "=", tokenHash).executeTakeFirst();
/** The same session under another token, which the browser gets in the same answer. */
export const renewSession = (db: Db, tokenHash: Buffer, set: { tokenHash: Buffer; csrf: string }) => db.updateTable("sessions").set(set).where("tokenHash", "=", tokenHash).returning("expiresAt").executeTakeFirst();
export const deleteOtherSessions = (db: Db, userId: string, tokenHash: Buffer) => db.deleteFrom("sessions").where("userId", "=", userId).where("tokenHash", "!=", tokenHash).execute();
export const deleteSessionsOf = (db: Db, userId: string) => db.deleteFrom("sessions").where("userId", "=", userId).execute();
export const deleteDeadSessions = (db: Db, now: Date, idleSince: Date) =>
  db.deleteFrom("sessions").where((eb) => eb.or([eb("expiresAt", "<=", now), eb("seenAt", "<=", idleSince)])).execute();
export const deleteOldTries = (db: Db, before: Date) =>
  sql`delete from sign_in_failures where first_at < ${before} and (locked_until is null or locked_until < ${before})`.execute(db);

export interface TryLimit { max: number; windowMs: number; lockMs: number }

/**
 * Counts a try before the password is looked at, in one statement, so that a hundred tries at once are a hundred tries.
 * A lock runs out by itself; tries while locked do not make it longer. Returns until when the key is locked.
 */
export async function countTry(db: Db, key: string, now: Date, limit: TryLimit): Promise<{ lockedUntil: Date | null; justLocked: boolean }> {
  const since = new Date(now.getTime() - limit.windowMs);
  const until = new Date(now.getTime() + limit.lockMs);
  const { rows } = await sql<{ lockedUntil: Date | null; failures: number }>`
    insert into sign_in_failures as f (key, failures, first_at) values (${key}, 1, ${now})
    on conflict (key) do update set
      failures = case when f.locked_until <= ${now} or (f.locked_until is null and f.first_at < ${since}) then 1 else f.failures + 1 end,
      first_at = case when f.locked_until <= ${now} or (f.locked_until is null and f.first_at < ${since}) then ${now} else f.first_at end,
      locked_until = case when f.locked_until > ${now} then f.locked_until
        when f.locked_until is null and f.first_at >= ${since} and f.failures >= ${limit.max} then ${until}::timestamptz end
    returning locked_until, failures`.execute(db);
  const { lockedUntil, failures } = rows[0]!;
  return { lockedUntil, justLocked: lockedUntil !== null && failures === limit.max + 1 };
}

export const forgiveTries = (db: Db, key: string) => db.deleteFrom("signInFailures").where("key", "=", key).execute();
/** Success takes back its own try at the address; the wrong ones of others stay. */
export const forgiveOneTry = (db: Db, key: string) =>
  sql`update sign_in_failures set failures = greatest(failures - 1, 0) where key = ${key} and locked_until is null`.execute(db);
