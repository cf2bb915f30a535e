import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { z } from "zod";
import { contract, type Problem } from "../features/api.contract.ts";
import { AppError } from "./errors.ts";
import { createHttp, mount } from "./http.ts";

const written: string[] = [];
const log = pino({ level: "error" }, new Writable({ write: (chunk: Buffer, _encoding, done) => { written.push(chunk.toString()); done(); } }));
const app = await createHttp({ log: log as never, trustProxy: false, contextOf: () => Promise.resolve({ actor: { kind: "client" } } as never) });
const echo = contract({ method: "POST", path: "/echo/:key", summary: "For this test", params: z.object({ key: z.string() }), query: z.object({ text: z.string().optional() }), body: z.unknown(), reply: z.object({ ok: z.boolean() }) });
mount(app, echo, "anyone", () => Promise.resolve({ ok: true }));
const fails = contract({ method: "GET", path: "/fails/:secret", summary: "For this test", params: z.object({ secret: z.string() }), reply: z.object({ ok: z.boolean() }) });
let failure: Error;
mount(app, fails, "anyone", () => Promise.reject(failure));
await app.ready();

const problem = async (method: "GET" | "POST", url: string, body?: unknown): Promise<Problem> => {
  const reply = await app.inject({ method, url, ...(body !== undefined && { headers: { "content-type": "application/json" }, payload: typeof body === "string" ? body : JSON.stringify(body) }) });
  expect(reply.headers["content-type"]).toContain("application/problem+json");
  return reply.json<Problem>();
};
const nested = (depth: number): string => `${"[".repeat(depth)}"\\u0000"${"]".repeat(depth)}`;

test.each([
  ["a NUL in the body", "/api/echo/a", { name: { given: "A\0" } }, "name.given"],
  ["half an emoji in the body", "/api/echo/a", { tags: ["fine", "\ud83d"] }, "tags.1"],
  ["a NUL in a name", "/api/echo/a", { "a\0": 1 }, "body"],
  ["a NUL in the path", "/api/echo/a%00", {}, "key"],
  ["a NUL in the query", "/api/echo/a?text=%00", {}, "text"],
  ["a NUL deep inside", "/api/echo/a", nested(60), "0"],
])("refuses %s by the field's name", async (_what, url, body, field) => {
  const { status, errors } = await problem("POST", url, body);
  expect([status, errors![0]!.code]).toEqual([422, "bad_characters"]);
  expect(errors![0]!.field.split(".").slice(0, 2).join(".").startsWith(field)).toBe(true);
});

test("takes a name of every object for a parameter like any other", async () => {
  expect((await app.inject({ method: "POST", url: "/api/echo/a?__proto__=1&constructor=2", payload: {} })).statusCode).toBe(200);
});

test("answers paths that cannot be read, or are too long, as it answers everything", async () => {
  expect(await problem("GET", "/%ff")).toMatchObject({ status: 400 });
  expect((await problem("POST", `/api/echo/${"a".repeat(300)}`, {})).status).toBeGreaterThanOrEqual(400);
});

test("logs a fault with the pattern of its path, never with the secret in it", async () => {
  failure = new Error("a bug");
  expect((await problem("GET", "/api/fails/the-secret-of-a-link")).status).toBe(500);
  expect(written.join()).toContain("/api/fails/:secret");
  expect(written.join()).not.toContain("the-secret-of-a-link");
});

test("a full disk is told as what heals, a lost race as a change meanwhile", async () => {
  failure = Object.assign(new Error("no space"), { code: "ENOSPC" });
  expect(await problem("GET", "/api/fails/a")).toMatchObject({ status: 503, code: "disk_full", retryAfterS: 60 });
  failure = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  expect(await problem("GET", "/api/fails/a")).toMatchObject({ status: 409, code: "changed_meanwhile" });
});

test("the page of the API fetches from this house alone, also without TLS", async () => {
  const page = await app.inject({ method: "GET", url: "/api/docs/static/index.html" });
  const policy = String(page.headers["content-security-policy"]);
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/ https:|swagger\.io|upgrade-insecure/);
});

test.each([
  ["nobody", false, ["10.9.1.1, 203.0.113.7"], "127.0.0.1"],
  ["one proxy: what it was told by the caller is not", 1, ["10.9.1.1, 203.0.113.7"], "203.0.113.7"],
  ["two proxies", 2, ["10.9.1.1, 198.51.100.4, 203.0.113.7"], "198.51.100.4"],
  ["the proxies named", ["127.0.0.1", "203.0.113.0/24"], ["10.9.1.1, 198.51.100.4, 203.0.113.7"], "198.51.100.4"],
  ["proxies that are not these", ["192.0.2.1"], ["10.9.1.1"], "127.0.0.1"],
] as const)("believes %s about who calls", async (_who, trustProxy, [forwarded], expected) => {
  const behind = await createHttp({ log: log as never, trustProxy: typeof trustProxy === "object" ? [...trustProxy] : trustProxy, contextOf: () => Promise.resolve({ actor: { kind: "client" } } as never) });
  behind.get("/who", (request) => Promise.resolve(request.ip));
  expect((await behind.inject({ url: "/who", headers: { "x-forwarded-for": forwarded } })).body).toBe(expected);
});

test("a body nested deeper than anybody fills in is refused by the field's name, not by the stack", async () => {
  const deep = (depth: number): string => `{"fields":{"a":${"[".repeat(depth)}1${"]".repeat(depth)}}}`;
  expect(await problem("POST", "/api/echo/a", deep(5_000))).toMatchObject({ status: 422, errors: [{ code: "too_deep" }] });
  expect((await problem("POST", "/api/echo/a", deep(5_000))).errors![0]!.field).toMatch(/^fields\.a/);
  expect((await app.inject({ method: "POST", url: "/api/echo/a", headers: { "content-type": "application/json" }, payload: deep(40) })).statusCode).toBe(200);
});

test("who is not signed in is told so before the body is looked at", async () => {
  const closed = await createHttp({ log: log as never, trustProxy: false, contextOf: () => Promise.resolve({ actor: { kind: "client" } } as never) });
  mount(closed, { ...echo, body: z.object({ name: z.string() }) }, "signed_in", () => Promise.resolve({ ok: true }));
  for (const payload of ["{}", "not json", "[".repeat(9)]) expect((await closed.inject({ method: "POST", url: "/api/echo/a", headers: { "content-type": "application/json" }, payload })).statusCode).toBe(401);
});

test("nobody on the way keeps what the API answers, refusals included", async () => {
  failure = new Error("a bug");
  for (const reply of [await app.inject({ method: "POST", url: "/api/echo/a", payload: {} }), await app.inject({ url: "/api/fails/a" }), await app.inject({ url: "/api/nothing" })]) expect(reply.headers["cache-control"]).toBe("no-store");
});

test("a file that is not there is a fault, not a database that is away; a socket that is not there is", async () => {
  failure = Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "open" });
  expect(await problem("GET", "/api/fails/a")).toMatchObject({ status: 500 });
  failure = Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "connect" });
  expect(await problem("GET", "/api/fails/a")).toMatchObject({ status: 503, code: "database_away" });
});

test("pages take fonts from this house alone and are framed by nobody", async () => {
  const { headers } = await app.inject({ url: "/api/fails/a" });
  expect(String(headers["content-security-policy"])).toMatch(/font-src 'self'(;|$)/);
  expect(String(headers["content-security-policy"])).not.toMatch(/ https:/);
  expect(headers["x-frame-options"]).toBe("DENY");
});

test("a connection is not kept for who neither sends nor reads", () => {
  expect([app.server.timeout, app.server.headersTimeout, app.server.requestTimeout]).toEqual([60_000, 20_000, 30_000]);
});

test("every reply and every refusal goes through one door; a contract may say why it does not", async () => {
  const asPerson = await createHttp({ log: log as never, trustProxy: false, contextOf: () => Promise.resolve({ actor: { kind: "user", language: "en" } } as never), toldTo: (_ctx, reply) => JSON.parse(JSON.stringify(reply).replaceAll("secret", "•")) as unknown });
  const said = { method: "GET", summary: "", reply: z.object({ said: z.string() }) } as const;
  mount(asPerson, { ...said, path: "/said" }, "signed_in", () => Promise.resolve({ said: "a secret" }));
  mount(asPerson, { ...said, path: "/own", contacts: "own" }, "signed_in", () => Promise.resolve({ said: "a secret" }));
  mount(asPerson, { ...said, path: "/refused" }, "signed_in", () => Promise.reject(new AppError("conflict", "changed_meanwhile", { params: { now: "a secret" } })));
  const text = async (url: string) => (await asPerson.inject({ url })).body;
  expect([await text("/api/said"), await text("/api/own")]).toEqual(['{"said":"a •"}', '{"said":"a secret"}']);
  expect(JSON.parse(await text("/api/refused"))).toMatchObject({ code: "changed_meanwhile", params: { now: "a •" } });
});
