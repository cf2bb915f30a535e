import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { registerCallback } from "../tickets/index.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { callsRoutes } from "./calls.routes.ts";
import { webCallState, type CallsDeps } from "./calls.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const http = await testHttp(database, (app) => callsRoutes(app, {} as CallsDeps, "/nowhere"));

test("who is not signed in is asked to sign in before a recording is spoken of, whether it exists or not", async () => {
  const id = newId();
  await database.pool.query("insert into interactions (id, channel, direction, project_key, state, from_number, started_at) values ($1, 'voice', 'in', 'internet', 'ended', '+38640111222', now())", [id]);
  await database.pool.query("insert into recordings (id, interaction_id, path, started_at) values ($1, $1, 'a.wav', now())", [id]);
  for (const each of [id, newId()]) {
    for (const path of ["", "/audio"]) {
      const reply = await http.anonymous("GET", `/api/recordings/${each}${path}`);
      expect(reply.statusCode, path).toBe(401);
      expect(reply.json().code).toBe("sign_in_first");
    }
  }
});

test("a recording is heard by nobody unrecorded: each listening is in the audit trail, whatever range it is asked in, and a look at its size is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "linija-recordings-"));
  const size = 4_044;
  writeFileSync(join(folder, "b.wav"), Buffer.alloc(size, 7));
  const listening = await testHttp(database, (app) => callsRoutes(app, {} as CallsDeps, folder));
  const id = newId();
  await database.pool.query("insert into interactions (id, channel, direction, project_key, state, from_number, started_at) values ($1, 'voice', 'in', 'internet', 'ended', '+38640111222', now())", [id]);
  await database.pool.query("insert into recordings (id, interaction_id, path, started_at) values ($1, $1, 'b.wav', now())", [id]);
  const heard = async () => (await database.pool.query<{ actor_id: string }>("select actor_id from audit_log where action = 'recording.played' and object_id = $1 order by id", [id])).rows.map((row) => row.actor_id);
  const [vera, marko, peter] = [await listening.signIn({ roles: ["supervisor"], projects: ["internet"] }), await listening.signIn({ roles: ["supervisor"], projects: ["internet"] }), await listening.signIn({ roles: ["supervisor"], projects: ["internet"] })];
  const ask = (who: typeof vera, range?: string, method: "GET" | "HEAD" = "GET") => listening.app.inject({ method, url: `/api/recordings/${id}/audio`, headers: { cookie: who.cookie, ...(range && { range }) } });
  expect([(await ask(vera, undefined, "HEAD")).statusCode, (await ask(vera, "bytes=0-1")).statusCode, (await ask(vera, "bytes=9999-")).statusCode, (await ask(vera, "bytes=-0")).statusCode]).toEqual([200, 206, 416, 416]);
  expect((await ask(vera, "bytes=9999-")).headers["content-range"]).toBe(`bytes */${size}`);
  expect(await heard()).toEqual([]);
  for (const range of ["bytes=1-", "bytes=44-", "bytes=2000-2999"]) expect((await ask(vera, range)).statusCode).toBe(206);
  expect(await heard()).toEqual([vera.userId]);
  await ask(marko, "bytes=-4000");
  await ask(peter, "bytes=0-");
  await ask(peter, "bytes=3000-");
  await ask(peter);
  expect(await heard()).toEqual([vera, marko, peter, peter].map((each) => each.userId));
  rmSync(folder, { recursive: true });
});

test("the page of a call that took a callback learns by when, the page of another nothing", async () => {
  const [asked, other] = [newId(), newId()];
  for (const id of [asked, other]) await database.pool.query("insert into interactions (id, channel, direction, project_key, state, from_number, started_at, node_id) values ($1, 'voice', 'in', 'internet', 'ended', '+38640111333', now(), $2)", [id, newId()]);
  const dueAt = new Date(Date.now() + 3_600_000);
  await registerCallback(database.ctx(), { projectKey: "internet", queueId: "", interactionId: asked, clientId: null, phone: "+38640111333", language: "sl", dueAt, reason: "callback_taken" });
  const deps = { rpc: { call: (_to: unknown, _name: string, { token }: { token: string }) => Promise.resolve(token === "token") } } as unknown as CallsDeps;
  expect(await webCallState(database.ctx(), deps, asked, "token")).toMatchObject({ state: "ended", callback: { dueAt: dueAt.toISOString() } });
  expect(await webCallState(database.ctx(), deps, other, "token")).toMatchObject({ state: "ended", callback: null });
  for (const id of [asked, other]) await expect(webCallState(database.ctx(), deps, id, "x")).rejects.toMatchObject({ code: "not_found" });
});
