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

test("the page of a call that took a callback learns by when, the page of another nothing", async () => {
  const [asked, other] = [newId(), newId()];
  for (const id of [asked, other]) await database.pool.query("insert into interactions (id, channel, direction, project_key, state, from_number, started_at, node_id) values ($1, 'voice', 'in', 'internet', 'ended', '+38640111333', now(), $2)", [id, newId()]);
  const dueAt = new Date(Date.now() + 3_600_000);
  await registerCallback(database.ctx(), { projectKey: "internet", queueId: "", interactionId: asked, clientId: null, phone: "+38640111333", language: "sl", dueAt, reason: "callback_taken" });
  expect(await webCallState(database.ctx(), {} as CallsDeps, asked, "token")).toMatchObject({ state: "ended", callback: { dueAt: dueAt.toISOString() } });
  expect(await webCallState(database.ctx(), {} as CallsDeps, other, "token")).toMatchObject({ state: "ended", callback: null });
});
