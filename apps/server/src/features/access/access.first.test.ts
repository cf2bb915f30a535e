import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import type { AppError } from "../../platform/errors.ts";
import { buildUser } from "./access.factory.ts";
import { administrators, makeFirstAdministrator, makeNewPassword } from "./access.first.service.ts";

const database = await testDatabase();
const http = await testHttp(database);
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{}', ''), ('taxi', '{}', '{}', '')`.execute(database.db);
beforeEach(() => sql`with gone as (delete from sessions) delete from users`.execute(database.db));

const first = (password: string | null = null) => makeFirstAdministrator(database.ctx(), { login: "admin", password, names: ["Linija Demo"] });
const enter = (login: string, password: string) => http.anonymous("POST", "/api/access/sign-in", { login, password });
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const trailOf = async (userId: string) => (await sql<{ text: string }>`select row_to_json(a)::text as text from audit_log a where object_id = ${userId} union all select row_to_json(e)::text from events e where subject_id = ${userId}`.execute(database.db)).rows.map((row) => row.text);

test("lets one administrator of all projects into an empty installation, who must choose another password (R303, R304)", async () => {
  const made = (await first())!;
  expect(made.login).toBe("admin");
  const me = (await enter("admin", made.madePassword!)).json<{ id: string }>();
  expect(me).toMatchObject({ roles: ["administrator"], projects: ["internet", "taxi"], passwordMustChange: true });
  const trail = await trailOf(me.id);
  for (const fact of ["access.user_created\"", "\"actor_kind\":\"system\""]) expect(trail.some((text) => text.includes(fact))).toBe(true);
  expect(trail.some((text) => text.includes(made.madePassword!) || text.includes("$argon2"))).toBe(false);
});

test("takes the password of the settings, which then need not be changed, unless it is easy to guess (R303)", async () => {
  const weak = await refusal(first("linija-demo-1"));
  expect(weak.fields).toEqual([{ field: "password", code: "password_name" }]);
  expect(await first("quiet river under birches")).toEqual({ login: "admin", madePassword: null });
  expect((await enter("admin", "quiet river under birches")).json()).toMatchObject({ passwordMustChange: false });
});

test("makes nobody where there is somebody, blocked or not", async () => {
  await buildUser(database.db, { roles: ["operator"] });
  expect(await first()).toBeNull();
  await sql`update users set disabled_at = now()`.execute(database.db);
  expect(await first()).toBeNull();
});

test("of eight nodes that start at once one makes the administrator, and only its password signs in", async () => {
  const made = (await Promise.all(Array.from({ length: 8 }, () => first()))).filter((each) => each !== null);
  expect(made).toHaveLength(1);
  expect((await sql<{ n: number }>`select count(*)::int n from users`.execute(database.db)).rows[0]!.n).toBe(1);
  expect((await enter("admin", made[0]!.madePassword!)).statusCode).toBe(200);
});

test("gives the last administrator a way back: a new password told once, old sessions ended, all of it in the trail (R303)", async () => {
  const chief = await http.signIn({ login: "chief", roles: ["administrator"] });
  const { login, password } = await makeNewPassword(database.ctx(), "CHIEF");
  expect(login).toBe("chief");
  expect((await chief.send("GET", "/api/access/me")).statusCode).toBe(401);
  expect((await enter("chief", password)).json()).toMatchObject({ passwordMustChange: true });
  const trail = await trailOf(chief.userId);
  expect(trail.some((text) => text.includes("access.password_made"))).toBe(true);
  expect(trail.some((text) => text.includes(password))).toBe(false);
});

test("makes no password for a name nobody has or a blocked one, and says who the administrators are", async () => {
  await buildUser(database.db, { login: "chief", roles: ["administrator"] });
  const gone = await buildUser(database.db, { login: "gone", roles: ["administrator"] });
  await sql`update users set disabled_at = now() where id = ${gone.id}`.execute(database.db);
  expect((await refusal(makeNewPassword(database.ctx(), "nobody"))).reason).toBe("not_found");
  expect((await refusal(makeNewPassword(database.ctx(), "gone"))).reason).toBe("user_blocked");
  expect(await administrators(database.ctx())).toEqual(["chief"]);
});

test("is for who holds the machine: no signed-in user reaches it", async () => {
  const chief = database.ctx({ kind: "user", roles: ["administrator"] });
  await buildUser(database.db, { login: "chief", roles: ["administrator"] });
  for (const work of [makeNewPassword(chief, "chief"), makeFirstAdministrator(chief, { login: "x", password: null, names: [] })]) expect((await refusal(work)).code).toBe("forbidden");
});
