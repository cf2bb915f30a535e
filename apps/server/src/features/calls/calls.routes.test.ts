import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { callsRoutes } from "./calls.routes.ts";
import type { CallsDeps } from "./calls.service.ts";

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
