import { sql } from "kysely";
import { expect, test } from "vitest";
import { languages } from "../api.contract.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { openDatabase } from "../../platform/db.ts";
import { hasMessage } from "../../platform/messages.ts";
import { databaseProbe, healthRoutes, jobsProbe, type Probe } from "./index.ts";

const database = await testDatabase();
const ctx = database.ctx();
const probes: Probe[] = [databaseProbe(ctx), jobsProbe(ctx)];
const http = await testHttp(database, (app) => healthRoutes(app, { ctx, probes }));
const ready = async (...extra: Probe[]) => {
  probes.splice(2, probes.length, ...extra);
  return http.anonymous("GET", "/api/health/ready");
};

test("answers that it lives without looking at anything", async () => {
  expect((await http.anonymous("GET", "/api/health")).json()).toEqual({ state: "ok" });
});

test("says that it is ready, part by part", async () => {
  const reply = await ready({ name: "media", look: () => ({ state: "ok", detail: "2 processes" }) });
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toMatchObject({ state: "ok", parts: [{ name: "database", state: "ok", remedy: "" }, { name: "jobs", state: "ok" }, { name: "media", state: "ok", detail: "2 processes" }] });
});

test("answers 503 with Retry-After and what to do when a needed part is down", async () => {
  const reply = await ready({ name: "media", look: () => { throw Object.assign(new Error("connect ECONNREFUSED secret-host:1"), { code: "ECONNREFUSED" }); } });
  expect(reply.statusCode).toBe(503);
  expect(reply.headers["retry-after"]).toBe("5");
  expect(reply.json().state).toBe("down");
  expect(reply.json().parts[2]).toMatchObject({ name: "media", state: "down" });
  expect(reply.json().parts[2].remedy.length).toBeGreaterThan(20);
  expect(reply.body).not.toContain("secret-host");
});

test("says degraded, and goes on working, when an optional part is down", async () => {
  const reply = await ready({ name: "mail", optional: true, look: () => ({ state: "down", detail: "refused" }) });
  expect(reply.statusCode).toBe(200);
  expect(reply.json().state).toBe("degraded");
});

test("calls a part down that does not answer within two seconds", async () => {
  const reply = await ready({ name: "sip", look: () => new Promise(() => undefined) });
  expect(reply.json().parts[2]).toMatchObject({ state: "down" });
  expect(reply.json().parts[2].ms).toBeGreaterThanOrEqual(1_900);
});

test("says that the database is away when it is", async () => {
  const away = openDatabase({ host: "/nowhere", user: "linija", database: "linija" }, ctx.log);
  const probe = databaseProbe({ ...ctx, db: away.db });
  const reply = await ready({ ...probe, name: "database" });
  expect(reply.statusCode).toBe(503);
  expect(reply.json().parts[2]).toMatchObject({ state: "down", detail: "database_away" });
  await away.close();
});

test("notices jobs and deliveries that nobody carries out", async () => {
  await sql`select graphile_worker.add_job('nobody', run_at => now() - interval '10 minutes')`.execute(database.db);
  const parts = (await ready()).json().parts;
  expect(parts[1]).toMatchObject({ name: "jobs", state: "degraded" });
  expect(parts[1].detail).toMatch(/late (59\d|60\d) s/);
  await sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`.execute(database.db);
});

test("has a remedy in every language for the parts it knows", () => {
  for (const language of languages) for (const name of ["database", "jobs", "media", "sip", "mail", "disk", "nodes", "no_answer"]) expect(hasMessage(language, `health_${name}`), `${language} ${name}`).toBe(true);
});

test("gives figures to this machine, and to others only with the token of the settings", async () => {
  const from = (remoteAddress: string, headers: Record<string, string> = {}) => http.app.inject({ method: "GET", url: "/api/metrics", remoteAddress, headers });
  const here = await from("127.0.0.1");
  expect(here.statusCode).toBe(200);
  expect(here.headers["content-type"]).toContain("text/plain");
  expect(here.body).toContain("linija_http_seconds_bucket");
  expect((await from("192.0.2.7")).statusCode).toBe(403);
  expect((await from("192.0.2.7", { authorization: "Bearer undefined" })).statusCode).toBe(403);
  await sql`insert into settings (key, value) values ('metrics_token', '"a-token-for-prometheus"')`.execute(database.db);
  expect((await from("192.0.2.7", { authorization: "Bearer wrong-token-for-prometheus" })).statusCode).toBe(403);
  expect((await from("192.0.2.7", { authorization: "Bearer a-token-for-prometheus" })).statusCode).toBe(200);
  expect((await from("127.0.0.1", { "x-forwarded-for": "192.0.2.7" })).statusCode).toBe(403);
});
