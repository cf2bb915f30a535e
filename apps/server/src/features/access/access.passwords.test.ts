import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp, type Browser } from "../../testing/http.ts";
import { FACTORY_PASSWORD } from "./access.factory.ts";
import { actorOfToken, SESSION_COOKIE } from "./access.sessions.service.ts";

const database = await testDatabase();
const http = await testHttp(database);
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{}', '')`.execute(database.db);
beforeEach(() => sql`delete from sign_in_failures`.execute(database.db));

const NEXT = "quiet river under birches";
const change = (browser: Browser, body: object) => browser.send("PUT", "/api/access/me/password", body);
const loginOf = async (userId: string) => (await sql<{ login: string }>`select login from users where id = ${userId}`.execute(database.db)).rows[0]!.login;
const enter = async (login: string, password: string) => http.anonymous("POST", "/api/access/sign-in", { login, password });
const again = async (login: string, password: string): Promise<Browser> => {
  const reply = await enter(login, password);
  const cookie = `${SESSION_COOKIE}=${reply.cookies[0]!.value}`;
  const { csrf, id } = reply.json<{ csrf: string; id: string }>();
  return { userId: id, cookie, csrf, send: (method, url, body) => http.app.inject({ method, url, headers: { cookie, "x-csrf": csrf }, ...(body !== undefined && { payload: body as object }) }) };
};
const written = async (userId: string) => (await sql<{ text: string }>`select row_to_json(a)::text as text from audit_log a where object_id = ${userId} union all select row_to_json(e)::text from events e where subject_id = ${userId}`.execute(database.db)).rows.map((row) => row.text);

test("changes one's own password: the old one is worth nothing, the new one signs in (R303)", async () => {
  const ana = await http.signIn();
  const login = await loginOf(ana.userId);
  const reply = await change(ana, { current: FACTORY_PASSWORD, next: NEXT });
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toMatchObject({ id: ana.userId, passwordMustChange: false });
  expect((await enter(login, FACTORY_PASSWORD)).statusCode).toBe(401);
  expect((await enter(login, NEXT)).statusCode).toBe(200);
  const trail = await written(ana.userId);
  expect(trail.some((text) => text.includes("access.password_changed"))).toBe(true);
  expect(trail.some((text) => text.includes(NEXT) || text.includes(FACTORY_PASSWORD) || text.includes("$argon2"))).toBe(false);
});

test("goes on under a new token and ends every other session of that person, and of nobody else (R303)", async () => {
  const ana = await http.signIn();
  const eva = await http.signIn();
  const other = await again(await loginOf(ana.userId), FACTORY_PASSWORD);
  const reply = await change(ana, { current: FACTORY_PASSWORD, next: NEXT });
  const fresh = `${SESSION_COOKIE}=${reply.cookies[0]!.value}`;
  expect(String(reply.headers["set-cookie"])).toMatch(/HttpOnly; SameSite=Lax/);
  for (const browser of [ana, other]) expect((await browser.send("GET", "/api/access/me")).statusCode).toBe(401);
  expect((await eva.send("GET", "/api/access/me")).statusCode).toBe(200);
  const { csrf } = reply.json<{ csrf: string }>();
  expect(csrf).not.toBe(ana.csrf);
  const headers = { cookie: fresh, "x-csrf": csrf };
  expect((await http.app.inject({ method: "PUT", url: "/api/access/me/language", headers, payload: { language: "sl" } })).statusCode).toBe(200);
});

test("names the field that is wrong: the present password, or what is wrong with the new one (R303)", async () => {
  const ana = await http.signIn({ name: "Ana Sokolova", login: "ana.sokolova" });
  const refused = async (body: { current: string; next: string }) => {
    const reply = await change(ana, body);
    expect(reply.statusCode).toBe(422);
    return reply.json<{ errors: { field: string; code: string }[] }>().errors.map(({ field, code }) => `${field} ${code}`);
  };
  expect(await refused({ current: "not the present one", next: NEXT })).toEqual(["current wrong_current_password"]);
  expect(await refused({ current: "", next: "short" })).toEqual(["current required", "next too_short"]);
  expect(await refused({ current: FACTORY_PASSWORD, next: "x".repeat(201) })).toEqual(["next too_long"]);
  expect(await refused({ current: FACTORY_PASSWORD, next: FACTORY_PASSWORD })).toEqual(["next password_same"]);
  expect(await refused({ current: FACTORY_PASSWORD, next: "Sokolova-1987" })).toEqual(["next password_name"]);
  expect(await refused({ current: FACTORY_PASSWORD, next: "password1234" })).toEqual(["next password_common"]);
  expect((await change(ana, { current: FACTORY_PASSWORD, next: "x  YZ пробел 漢 é" })).statusCode).toBe(200);
});

test("locks the question for the present password after five wrong answers, though one is signed in, and alerts (R303)", async () => {
  const ana = await http.signIn();
  for (let count = 0; count < 5; count += 1) expect((await change(ana, { current: "not the present one", next: NEXT })).statusCode).toBe(422);
  const sixth = await change(ana, { current: FACTORY_PASSWORD, next: NEXT });
  expect(sixth.statusCode).toBe(429);
  expect(sixth.json().code).toBe("locked_out");
  expect((await written(ana.userId)).filter((text) => text.includes("access.locked_out"))).toHaveLength(2);
});

test("asks an unknown visitor to sign in, and refuses a change without the session's CSRF token", async () => {
  expect((await http.anonymous("PUT", "/api/access/me/password", { current: FACTORY_PASSWORD, next: NEXT })).statusCode).toBe(401);
  const ana = await http.signIn();
  expect((await http.app.inject({ method: "PUT", url: "/api/access/me/password", headers: { cookie: ana.cookie }, payload: { current: FACTORY_PASSWORD, next: NEXT } })).json().code).toBe("csrf");
});

test("takes one of two changes made at once, and the other one's password does not sign in", async () => {
  const ana = await http.signIn();
  const login = await loginOf(ana.userId);
  const nexts = ["quiet river under birches", "loud road over the hills"];
  const replies = await Promise.all(nexts.map((next) => change(ana, { current: FACTORY_PASSWORD, next })));
  expect(replies.filter((reply) => reply.statusCode === 200)).toHaveLength(1);
  const won = replies.findIndex((reply) => reply.statusCode === 200);
  expect((await enter(login, nexts[won]!)).statusCode).toBe(200);
  expect((await enter(login, nexts[1 - won]!)).statusCode).toBe(401);
});

test("a password somebody else knows opens only the form for another one, until it is chosen (R303, R304)", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  const given = "morning fog on the lake";
  const body = { login: "maja.zajc", name: "Maja Zajc", language: "sl", roles: ["administrator"], projects: ["internet"], password: given };
  expect((await chief.send("POST", "/api/access/users", body)).statusCode).toBe(200);
  const maja = await again("maja.zajc", given);
  expect((await maja.send("GET", "/api/access/me")).json()).toMatchObject({ passwordMustChange: true });
  for (const [method, url, sent] of [["GET", "/api/access/users"], ["GET", "/api/access/colleagues"], ["PUT", "/api/access/me/language", { language: "en" }], ["POST", "/api/access/users", body]] as const) {
    const reply = await maja.send(method, url, sent);
    expect(reply.statusCode).toBe(403);
    expect(reply.json().code).toBe("password_must_change");
  }
  expect(await actorOfToken(database.db, maja.cookie.split("=")[1]!)).toBeNull();
  expect((await change(maja, { current: given, next: given })).json().errors[0].code).toBe("password_same");
  const changed = await change(maja, { current: given, next: NEXT });
  expect(changed.json()).toMatchObject({ passwordMustChange: false });
  expect((await (await again("maja.zajc", NEXT)).send("GET", "/api/access/users")).statusCode).toBe(200);
});

test("signs out though a password must be chosen", async () => {
  const ana = await http.signIn();
  await sql`update users set password_must_change = true where id = ${ana.userId}`.execute(database.db);
  expect((await ana.send("POST", "/api/access/sign-out")).statusCode).toBe(200);
});

test("a password an administrator gives must be changed, may not be easy to guess, and is never one's own (R304)", async () => {
  const chief = await http.signIn({ roles: ["administrator"] });
  const ana = await http.signIn({ name: "Ana Kos" });
  const body = { name: "Ana Kos", language: "en", roles: ["operator"], projects: ["internet"], disabled: false, version: 1 };
  expect((await chief.send("PUT", `/api/access/users/${ana.userId}`, { ...body, password: "ana-kos-12345" })).json().errors[0]).toMatchObject({ field: "password", code: "password_name" });
  expect((await chief.send("PUT", `/api/access/users/${ana.userId}`, { ...body, password: NEXT })).statusCode).toBe(200);
  expect((await enter(await loginOf(ana.userId), NEXT)).json()).toMatchObject({ passwordMustChange: true });
  const own = await chief.send("PUT", `/api/access/users/${chief.userId}`, { ...body, roles: ["administrator"], password: NEXT });
  expect(own.json().errors[0]).toMatchObject({ field: "password", code: "own_password_in_settings" });
});
