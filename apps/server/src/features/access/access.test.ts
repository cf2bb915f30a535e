import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { buildUser, FACTORY_PASSWORD } from "./access.factory.ts";
import { accessJobs, FORGET_SESSIONS } from "./access.jobs.ts";
import { ABSOLUTE_MS, actorOfToken, IDLE_MS, signIn } from "./access.sessions.service.ts";

const database = await testDatabase();
const http = await testHttp(database);
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{}', ''), ('taxi', '{}', '{}', '')`.execute(database.db);
beforeEach(() => sql`delete from sign_in_failures`.execute(database.db));

const tryAs = (login: string, password: string) => http.anonymous("POST", "/api/access/sign-in", { login, password });
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);

test("signs in with the right password and tells who one is and what one may", async () => {
  const ana = await http.signIn({ name: "Ana Kos", roles: ["supervisor"] });
  const me = (await ana.send("GET", "/api/access/me")).json();
  expect(me).toMatchObject({ id: ana.userId, name: "Ana Kos", roles: ["supervisor"], csrf: ana.csrf });
  expect(me.rights).toContain("floor.read");
});

test("keeps the session in an httpOnly cookie and only its SHA-256 in the database (R303)", async () => {
  const user = await buildUser(database.db);
  const reply = await tryAs(user.login, FACTORY_PASSWORD);
  const header = String(reply.headers["set-cookie"]);
  expect(header).toMatch(/^linija_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/);
  const rows = await sql<{ text: string }>`select row_to_json(s)::text as text from sessions s where user_id = ${user.id}`.execute(database.db);
  expect(rows.rows[0]!.text).not.toContain(reply.cookies[0]!.value);
});

test("stores passwords with argon2id at 19 MiB and two passes (R303)", async () => {
  const user = await buildUser(database.db, { password: "another-long-password" });
  expect(user.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test("gives the same answer for a wrong name, a wrong password and a blocked user", async () => {
  const user = await buildUser(database.db);
  const blocked = await buildUser(database.db);
  await sql`update users set disabled_at = now() where id = ${blocked.id}`.execute(database.db);
  const replies = [await tryAs(user.login, "wrong-password"), await tryAs(`nobody.${newId()}`, "wrong-password"), await tryAs(blocked.login, FACTORY_PASSWORD)];
  for (const reply of replies) {
    expect(reply.statusCode).toBe(401);
    expect({ ...reply.json(), requestId: "" }).toEqual({ ...replies[0]!.json(), requestId: "" });
  }
});

test("locks after five wrong passwords, refuses the sixth even when right, and alerts (R303)", async () => {
  const user = await buildUser(database.db);
  for (let count = 0; count < 5; count += 1) expect((await tryAs(user.login, "wrong-password")).statusCode).toBe(401);
  const sixth = await tryAs(user.login, FACTORY_PASSWORD);
  expect(sixth.statusCode).toBe(429);
  expect(sixth.json().code).toBe("locked_out");
  expect(Number(sixth.headers["retry-after"])).toBeGreaterThan(60);
  await tryAs(user.login, FACTORY_PASSWORD);
  const events = await sql<{ n: number }>`select count(*)::int n from events where type = 'access.locked_out' and subject_id = ${user.id}`.execute(database.db);
  expect(events.rows[0]!.n).toBe(1);
});

test("locks a name nobody has just the same, so that names cannot be guessed", async () => {
  const login = `nobody.${newId()}`;
  for (let count = 0; count < 5; count += 1) expect((await tryAs(login, "wrong-password")).statusCode).toBe(401);
  expect((await tryAs(login, "wrong-password")).statusCode).toBe(429);
});

test("counts forty wrong tries sent at once as forty, and looks at no more than five passwords", async () => {
  const user = await buildUser(database.db);
  const results = await Promise.all(Array.from({ length: 40 }, () => refusal(signIn(database.ctx({ kind: "client" }), { login: user.login, password: "wrong-password" }, { address: "192.0.2.1", agent: "" }))));
  expect(results.filter((each) => each.reason === "wrong_password")).toHaveLength(5);
  expect(results.filter((each) => each.reason === "locked_out")).toHaveLength(35);
});

test("unlocks by itself after a quarter of an hour", async () => {
  const user = await buildUser(database.db);
  const start = Date.now();
  const at = (ms: number) => signIn(database.ctx({ kind: "client" }, () => new Date(start + ms)), { login: user.login, password: ms > 0 ? FACTORY_PASSWORD : "wrong-password" }, { address: "192.0.2.2", agent: "" });
  for (let count = 0; count < 6; count += 1) await refusal(at(0));
  expect((await refusal(at(14 * 60_000))).reason).toBe("locked_out");
  expect((await at(15 * 60_000 + 1)).me.id).toBe(user.id);
});

test("refuses tries at ever new names from one address after a looser limit", async () => {
  const ctx = database.ctx({ kind: "client" });
  const reasons: string[] = [];
  for (let count = 0; count < 62; count += 1) reasons.push((await refusal(signIn(ctx, { login: `guess${count}`, password: "wrong-password" }, { address: "192.0.2.3", agent: "" }))).reason);
  expect(reasons.indexOf("locked_out")).toBe(60);
});

test("never keeps what was typed as an unknown name, which may be a password", async () => {
  const secret = `typed-in-the-wrong-field-${newId()}`;
  await tryAs(secret, "x");
  const rows = await sql<{ text: string }>`select row_to_json(a)::text as text from audit_log a union all select row_to_json(f)::text from sign_in_failures f union all select row_to_json(e)::text from events e`.execute(database.db);
  expect(rows.rows.some((row) => row.text.includes(secret) || row.text.includes(FACTORY_PASSWORD) || row.text.includes("$argon2"))).toBe(false);
});

test("ends a session after twelve idle hours and after seven days", async () => {
  const user = await buildUser(database.db);
  const start = Date.now();
  const { token } = await signIn(database.ctx({ kind: "client" }, () => new Date(start)), { login: user.login, password: FACTORY_PASSWORD }, { address: "", agent: "" });
  expect(await actorOfToken(database.db, token, new Date(start + IDLE_MS - 1))).toMatchObject({ id: user.id });
  expect(await actorOfToken(database.db, token, new Date(start + IDLE_MS + 1))).toBeNull();
  await sql`update sessions set seen_at = ${new Date(start + ABSOLUTE_MS)} where user_id = ${user.id}`.execute(database.db);
  expect(await actorOfToken(database.db, token, new Date(start + ABSOLUTE_MS - 1))).toMatchObject({ id: user.id });
  expect(await actorOfToken(database.db, token, new Date(start + ABSOLUTE_MS + 1))).toBeNull();
});

test("gives a new token at each sign-in and ends the one brought along", async () => {
  const user = await buildUser(database.db);
  const first = await tryAs(user.login, FACTORY_PASSWORD);
  const cookie = `linija_session=${first.cookies[0]!.value}`;
  const second = await http.app.inject({ method: "POST", url: "/api/access/sign-in", headers: { cookie }, payload: { login: user.login, password: FACTORY_PASSWORD } });
  expect(second.cookies[0]!.value).not.toBe(first.cookies[0]!.value);
  expect((await http.app.inject({ method: "GET", url: "/api/access/me", headers: { cookie } })).statusCode).toBe(401);
});

test("refuses a write without the session's own CSRF token, and lets reading pass", async () => {
  const ana = await http.signIn();
  const eva = await http.signIn();
  for (const headers of [{ cookie: ana.cookie }, { cookie: ana.cookie, "x-csrf": "" }, { cookie: ana.cookie, "x-csrf": eva.csrf }]) {
    const reply = await http.app.inject({ method: "PUT", url: "/api/access/me/language", headers, payload: { language: "sl" } });
    expect(reply.statusCode).toBe(403);
    expect(reply.json().code).toBe("csrf");
    expect((await http.app.inject({ method: "GET", url: "/api/access/me", headers })).statusCode).toBe(200);
  }
  expect((await ana.send("PUT", "/api/access/me/language", { language: "sl" })).statusCode).toBe(200);
  expect((await ana.send("GET", "/api/access/me")).json().language).toBe("sl");
});

test("signs out: the token is worth nothing from then on", async () => {
  const ana = await http.signIn();
  expect((await ana.send("POST", "/api/access/sign-out")).statusCode).toBe(200);
  expect((await ana.send("GET", "/api/access/me")).statusCode).toBe(401);
});

test("refuses the next request after a right was taken away, without a new sign-in (R304)", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  const other = await http.signIn({ roles: ["administrator"] });
  expect((await other.send("GET", "/api/access/users")).statusCode).toBe(200);
  const change = { name: "Other", language: "en", roles: ["operator"], projects: ["taxi"], disabled: false, version: 1 };
  expect((await chief.send("PUT", `/api/access/users/${other.userId}`, change)).statusCode).toBe(200);
  expect((await other.send("GET", "/api/access/users")).statusCode).toBe(403);
  expect((await other.send("GET", "/api/access/me")).json()).toMatchObject({ roles: ["operator"], projects: ["taxi"] });
});

test("ends every session of a user who is blocked or gets a new password (R304)", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  const user = await http.signIn();
  const change = { name: "Ana", language: "en", roles: ["operator"], projects: ["taxi"] };
  expect((await chief.send("PUT", `/api/access/users/${user.userId}`, { ...change, disabled: true, version: 1 })).json().disabled).toBe(true);
  expect((await user.send("GET", "/api/access/me")).statusCode).toBe(401);
  const reset = await http.signIn();
  await chief.send("PUT", `/api/access/users/${reset.userId}`, { ...change, disabled: false, version: 1, password: "quite-another-password" });
  expect((await reset.send("GET", "/api/access/me")).statusCode).toBe(401);
  const trail = await sql<{ text: string }>`select row_to_json(a)::text as text from audit_log a where object_id = ${reset.userId} and action = 'access.user_changed'`.execute(database.db);
  expect(trail.rows[0]!.text).toContain('"passwordChanged": true');
  expect(trail.rows[0]!.text).not.toMatch(/quite-another|argon2/);
});

test("creates a user who can sign in, and refuses a name that is taken or a project that does not exist (R304)", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  const body = { login: "Maja.Zajc", name: "Maja Zajc", language: "sl", roles: ["operator"], projects: ["internet"], password: "a-password-of-maja" };
  expect((await chief.send("POST", "/api/access/users", body)).json()).toMatchObject({ login: "Maja.Zajc", version: 1, disabled: false });
  expect((await tryAs("maja.zajc", "a-password-of-maja")).statusCode).toBe(200);
  const taken = await chief.send("POST", "/api/access/users", { ...body, login: "maja.ZAJC" });
  expect(taken.statusCode, "a fault of the field, not a change meanwhile").toBe(422);
  expect(taken.json()).toMatchObject({ code: "login_taken", errors: [{ field: "login", code: "login_taken" }] });
  const unknown = await chief.send("POST", "/api/access/users", { ...body, login: "maja.2", projects: ["moon"] });
  expect(unknown.statusCode).toBe(422);
  expect(unknown.json().errors[0]).toMatchObject({ field: "projects", code: "unknown_project" });
});

test("refuses to save over another administrator's change and to lose the last administrator", async () => {
  await sql`update users set disabled_at = now() where 'administrator' = any(roles)`.execute(database.db);
  const chief = await http.signIn({ roles: ["administrator"] });
  const body = { name: "Chief", language: "en", roles: ["administrator"], projects: [], disabled: false };
  expect((await chief.send("PUT", `/api/access/users/${chief.userId}`, { ...body, version: 1 })).statusCode).toBe(200);
  expect((await chief.send("PUT", `/api/access/users/${chief.userId}`, { ...body, version: 1 })).json().code).toBe("changed_meanwhile");
  expect((await chief.send("PUT", `/api/access/users/${chief.userId}`, { ...body, roles: ["operator"], version: 2 })).json().code).toBe("last_administrator");
  expect((await chief.send("PUT", `/api/access/users/${newId()}`, { ...body, version: 1 })).statusCode).toBe(404);
});

test("lists only people of one's own projects as colleagues", async () => {
  const inTaxi = await buildUser(database.db, { projects: ["taxi"], name: "Zora Taxi" });
  const elsewhere = await buildUser(database.db, { projects: ["moon"], name: "Zvone Moon" });
  const ana = await http.signIn({ projects: ["taxi"] });
  const ids = (await ana.send("GET", "/api/access/colleagues")).json().items.map((each: { id: string }) => each.id);
  expect(ids).toContain(inTaxi.id);
  expect(ids).not.toContain(elsewhere.id);
});

const routes: [method: "GET" | "POST" | "PUT", url: string, body?: unknown][] = [["POST", "/api/access/sign-out"], ["GET", "/api/access/me"], ["PUT", "/api/access/me/language", { language: "en" }], ["GET", "/api/access/colleagues"], ["GET", "/api/access/users"],
  ["POST", "/api/access/users", { login: "xx", name: "x", language: "en", roles: ["operator"], projects: [], password: "long-enough-password" }],
  ["PUT", `/api/access/users/${newId()}`, { name: "x", language: "en", roles: ["operator"], projects: [], disabled: false, version: 1 }]];

test.each(routes)("asks an unknown visitor to sign in: %s %s", async (method, url, body) => {
  expect((await http.anonymous(method, url, body)).statusCode).toBe(401);
});

test.each(routes.slice(4))("refuses user administration to other roles: %s %s", async (method, url, body) => {
  for (const role of ["operator", "supervisor", "department_worker"]) expect((await (await http.signIn({ roles: [role] })).send(method, url, body)).statusCode).toBe(403);
});

test("names the field of a sign-in that cannot be read", async () => {
  const reply = await http.anonymous("POST", "/api/access/sign-in", { login: 5 });
  expect(reply.statusCode).toBe(422);
  expect(reply.json().errors.map((each: { field: string }) => each.field).sort()).toEqual(["login", "password"]);
});

test("forgets every night the sessions that are over and the tries of days past", async () => {
  await http.signIn();
  await sql`update sessions set expires_at = now() - interval '1 hour' where token_hash = (select token_hash from sessions order by created_at desc limit 1)`.execute(database.db);
  await sql`insert into sign_in_failures (key, failures, first_at) values ('old', 3, now() - interval '2 days'), ('new', 3, now())`.execute(database.db);
  await accessJobs(database.ctx())[FORGET_SESSIONS]!(null);
  expect((await sql`select 1 from sessions where expires_at < now()`.execute(database.db)).rows).toEqual([]);
  expect((await sql<{ key: string }>`select key from sign_in_failures where key in ('old', 'new')`.execute(database.db)).rows).toEqual([{ key: "new" }]);
});
