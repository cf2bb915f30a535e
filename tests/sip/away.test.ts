import { connect, createServer, type Server, type Socket } from "node:net";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { type EmbeddedPostgres, startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { eventually } from "../tools/eventually.ts";
import { audioSdp } from "../tools/wire.ts";
import { type Office, openOffice } from "./office.ts";

/** PostgreSQL behind a line that can be cut. */
class Cable {
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  port = 0;

  constructor(postgres: EmbeddedPostgres) { this.#path = join(postgres.connection.host!, ".s.PGSQL.5432"); }

  async plug(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.#path);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => { near.destroy(); far.destroy(); this.#sockets.delete(socket); });
      }
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.#server.address() as { port: number }).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server!.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

let office: Office;
let cable: Cable;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "linija-sip-pg-"));
  // As root PostgreSQL runs as another user, who must be able to come here.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres(folder, createLog("error", ""));
  afterAll(async () => { await postgres.stop(); rmSync(folder, { recursive: true, force: true }); });
  cable = new Cable(postgres);
  await cable.plug();
  afterAll(() => cable.cut());
  office = await openOffice({ DATABASE_URL: `postgresql://linija@127.0.0.1:${cable.port}/linija`, SIP_FLOOD_PER_S: "200", STOP_GRACE_MS: "20000" });
});

test("call-while-database-away-503: refused with Retry-After, answered again when it is back", async () => {
  const phone = await office.phone();
  const before = await phone.call("200", { from: office.number() });
  await before.waitFor("answered");
  await cable.cut();
  const wire = await office.wire();
  wire.send(wire.request({ callId: "no-database", to: "200", from: office.number(), sdp: audioSdp() }));
  const refused = await wire.answer("no-database");
  expect(refused.status).toBe(503);
  expect(Number(refused.get("retry-after"))).toBeGreaterThan(0);
  // SIP itself lives.
  await wire.echoed();
  expect((await fetch(`${office.linija.http!.url}/api/access/me`, { headers: { cookie: "linija_session=x" } })).status).toBe(503);
  await cable.plug();
  await eventually(async () => {
    const from = office.number();
    const call = await phone.call("200", { from });
    await call.waitFor("answered", 2_000);
    await call.hangUp();
    await office.call(from, { state: "ended", outcome: "abandoned" }, 2_000);
  }, 20_000);
  await before.hangUp();
  wire.close();
  await office.tidy();
});

test("hang-up-while-database-away-is-kept: the end is written when the database is back", async () => {
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  const { id } = await office.call(from, { state: "waiting" });
  await cable.cut();
  await call.hangUp();
  await cable.plug();
  await office.call(from, { state: "ended", outcome: "abandoned" }, 20_000);
  await office.callback(id);
  await office.tidy();
});

test("register-while-database-away-503: the phone is told to try again", async () => {
  const phone = await office.phone({ user: "205", password: "a-password-of-the-test" });
  await cable.cut();
  expect(await phone.register()).toBe(503);
  await cable.plug();
  await eventually(async () => expect(await phone.register()).toBe(200), 15_000);
});

test("flood-is-refused-503: one address, a thousand INVITEs, and others are served", async () => {
  const before = (await office.rows("select 1 from interactions")).length;
  const wire = await office.wire();
  for (let i = 0; i < 1_000; i += 1) wire.send(wire.request({ callId: `flood-${i}`, to: "999999" }));
  await eventually(() => expect(wire.received.filter((message) => message.kind === "response" && message.status === 503).length).toBeGreaterThan(300));
  const refused = wire.received.find((message) => message.kind === "response" && message.status === 503)!;
  expect(refused.get("retry-after")).toBe("2");
  expect((await office.rows("select 1 from interactions")).length).toBe(before);
  await eventually(async () => {
    const call = await (await office.phone()).call("200", { from: office.number() });
    await call.waitFor("answered", 2_000);
    await call.hangUp();
  });
  wire.close();
  await office.tidy();
});

test("drain-refuses-503: live calls go on, new ones are refused, and the last hang-up ends the server", async () => {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers" });
  const { call, theirs } = await office.talk(timur);
  const stopped = office.close();
  const wire = await office.wire();
  await eventually(() => expect(office.linija.voice!.draining).toBe(true));
  wire.send(wire.request({ callId: "too-late", to: "200", from: office.number(), sdp: audioSdp() }));
  const refused = await wire.answer("too-late");
  expect(refused.status).toBe(503);
  expect(Number(refused.get("retry-after"))).toBeGreaterThan(0);
  call.sing(440);
  theirs.sing(700);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await call.hangUp();
  await theirs.waitFor("ended");
  await stopped;
  wire.close();
});
