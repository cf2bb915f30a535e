import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import type { Operator } from "../tools/house.ts";
import { childrenOf } from "../tools/process.ts";
import { audioSdp } from "../tools/wire.ts";
import { Installation } from "./installation.ts";

let house: Installation;
let timur: Operator;
let olga: Operator;
/** A database that was killed is back, and what waited for it is written. */
const SOON_MS = 15_000;

beforeAll(async () => {
  house = new Installation({ MEDIA_WORKERS: "2" });
  await house.start();
  timur = await house.operator("timur.akhmetov", { behaves: "answers" });
  olga = await house.operator("olga.vidmar", { behaves: "answers" });
});
afterAll(() => house.close());
afterEach(({ task }) => { if (task.result?.state === "fail") console.error(house.tail()); });

/** Every process of PostgreSQL at once: it breaks no connection and answers nothing. */
function signalPostgres(signal: NodeJS.Signals): void {
  const { postgresPid } = house;
  for (const pid of [postgresPid, ...childrenOf(postgresPid).map((child) => child.pid)]) process.kill(pid, signal);
}

test("a database that hangs: calls and requests are refused with 503 and Retry-After, health names it, and all heals by itself", async () => {
  const { call, from, theirs } = await house.talk(timur);
  signalPostgres("SIGSTOP");
  const parts = await eventually(async () => {
    const health = await fetch(`${house.url}/api/health/ready`);
    expect(health.status).toBe(503);
    return ((await health.json()) as { parts: { name: string; state: string }[] }).parts;
  }, 20_000);
  expect(parts.find(({ name }) => name === "database")?.state).toBe("down");
  const refused = await timur.ask("GET", "/api/calls/line");
  expect(refused.body).toMatchObject({ code: "database_away", status: 503, type: "urn:linija:problem:database_away" });
  expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([503, true]);
  const wire = await house.wire();
  const unlucky = house.number();
  const invite = wire.request({ callId: "while-it-hangs", to: "200", from: unlucky, sdp: audioSdp() });
  wire.send(invite);
  const sip = await wire.answer("while-it-hangs");
  expect([sip.status, Number(sip.get("retry-after")) > 0]).toEqual([503, true]);
  // Those who talk, talk on.
  call.sing(440);
  await theirs.hears(440);
  signalPostgres("SIGCONT");
  await house.ready();
  // The same INVITE sent again late is refused as before: its caller has given up already.
  wire.send(invite);
  await eventually(() => expect(wire.answers("while-it-hangs").map(({ status }) => status)).toEqual([503, 503]));
  expect(await house.rows("select 1 from interactions where from_number = $1", [unlucky])).toEqual([]);
  await call.hangUp();
  await house.call(from, { state: "wrap_up", outcome: "answered" }, SOON_MS);
  await timur.wrapUp();
  wire.close();
});

test("PostgreSQL killed in mid-call: the talk goes on, new callers are refused for a moment, nothing is written twice", async () => {
  const { call, from } = await house.talk(timur);
  const before = house.postgresPid;
  process.kill(before, "SIGKILL");
  const wire = await house.wire();
  wire.send(wire.request({ callId: "while-it-is-gone", to: "200", from: house.number(), sdp: audioSdp() }));
  const refused = await wire.answer("while-it-is-gone");
  expect([refused.status, Number(refused.get("retry-after")) > 0]).toEqual([503, true]);
  await call.hangUp();
  await house.postgresAfter(before);
  const { id } = await house.call(from, { state: "wrap_up", outcome: "answered" }, SOON_MS);
  await timur.wrapUp();
  const log = await house.rows("select operator_id, state, started_at from operator_state_log group by 1, 2, 3 having count(*) > 1");
  expect(log).toEqual([]);
  expect(await house.rows("select 1 from events where subject_id = $1 and type = 'call.ended'", [id])).toHaveLength(1);
  wire.close();
});

test("PostgreSQL killed, and its socket folder tidied away by somebody else: both are made anew", async () => {
  const before = house.postgresPid;
  const folder = house.postmaster[4]!;
  process.kill(before, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  await house.postgresAfter(before);
  await (await house.talk(timur)).call.hangUp();
  await timur.wrapUp();
});

test("work in the background goes on after PostgreSQL was killed: a client is written to", async () => {
  const before = house.postgresPid;
  process.kill(before, "SIGKILL");
  await house.postgresAfter(before);
  // The mail is a durable delivery and then a job: both loops must be alive again.
  const clerk = await house.desk("maja.novak");
  const [client] = await house.rows<{ id: string; address: string }>("select c.id, e.address from clients c join client_emails e on e.client_id = c.id where 'shop' = any(c.projects) limit 1");
  const ticket = await clerk.send("POST", "/api/tickets", { projectKey: "shop", type: "question", subject: "Is it sent?", clientId: client!.id });
  await eventually(async () => expect(await house.rows("select 1 from demo_mails where recipients like '%' || $1 || '%' and subject || body_text like $2", [client!.address, `%${String(ticket.number)}%`])).not.toEqual([]), 20_000);
});

test("a media process killed: its calls end as interrupted with a callback, the others talk on", async () => {
  const first = await house.talk(timur);
  const second = await house.talk(olga);
  // The two calls are in two processes, for each goes to the emptier one.
  process.kill(house.mediaPids[0]!, "SIGKILL");
  await Promise.race([first.call.waitFor("ended"), second.call.waitFor("ended")]);
  const isFirst = first.call.events.some(({ kind }) => kind === "ended");
  const [lost, kept] = isFirst ? [first, second] : [second, first];
  const { id } = await house.call(lost.from, { state: "wrap_up", outcome: "interrupted" }, SOON_MS);
  await house.callback(id);
  kept.call.sing(500);
  await kept.theirs.hears(500);
  await house.call(kept.from, { state: "talking" }, SOON_MS);
  await kept.call.hangUp();
  await house.call(kept.from, { state: "wrap_up", outcome: "answered" }, SOON_MS);
  await timur.wrapUp();
  await olga.wrapUp();
  await eventually(() => expect(house.mediaPids).toHaveLength(2));
  await eventually(async () => expect(await house.rows("select 1 from recordings where ended_at is null")).toEqual([]), 15_000);
});

test("killed while a phone rings: the offer is closed, the operator is free again, the client gets a callback", async () => {
  timur.phone.behaves = "rings";
  await timur.ready();
  const { from, call } = await house.caller("300");
  const { id } = await house.call(from, { state: "offered" }, SOON_MS);
  await house.server.kill();
  await house.start();
  await house.call(from, { state: "ended", outcome: "interrupted" }, SOON_MS);
  await house.callback(id);
  expect(await house.rows("select state from offers where interaction_id = $1", [id])).toEqual([{ state: "failed" }]);
  await timur.state("ready");
  timur.phone.behaves = "answers";
  call.cancel();
});

test("stopped gracefully: the live call is talked to its end at the desk, new ones are refused, and the process ends well", async () => {
  const { id, call, from, theirs } = await house.talk(timur);
  const ended = house.server.end("SIGTERM");
  await eventually(async () => expect((await fetch(`${house.url}/api/health/ready`)).status).toBe(503));
  const wire = await house.wire();
  wire.send(wire.request({ callId: "too-late", to: "200", from: house.number(), sdp: audioSdp() }));
  expect((await wire.answer("too-late")).status).toBe(503);
  call.sing(440);
  await theirs.hears(440);
  await timur.send("POST", `/api/calls/${id}/hang-up`);
  await call.waitFor("ended");
  expect(await ended).toBe(0);
  await house.start();
  await house.call(from, { state: "wrap_up", outcome: "answered" }, SOON_MS);
  await timur.wrapUp();
  wire.close();
});
