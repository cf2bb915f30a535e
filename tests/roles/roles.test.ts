import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import type { Operator } from "../tools/house.ts";
import { Nodes } from "./nodes.ts";

const RECOVERY_MS = 5_000;

let nodes: Nodes;
let timur: Operator;
let olga: Operator;
let igor: Operator;

beforeAll(async () => {
  nodes = await Nodes.open();
  timur = await nodes.operator("timur.akhmetov", { behaves: "answers" });
  olga = await nodes.operator("olga.vidmar", { behaves: "answers" });
  igor = await nodes.operator("igor.petrov", { behaves: "answers" });
});
afterAll(() => nodes.close());
afterEach(({ task }) => { if (task.result?.state === "fail") console.error(nodes.tail()); });

/** Nobody and nothing is left busy. */
const calm = () => eventually(async () => {
  expect(await nodes.rows("select from_number, state from interactions where state not in ('ended', 'wrap_up') and node_id is not null")).toEqual([]);
  expect(await nodes.rows("select id, state from offers where state in ('ringing', 'accepted')")).toEqual([]);
  expect(await nodes.rows("select operator_id, state from operator_states where state in ('offered', 'talking')")).toEqual([]);
  expect(await nodes.rows("select path from recordings where ended_at is null")).toEqual([]);
}, 20_000);

test("a caller reaches an operator's telephone through separate nodes, and the desk holds, hangs up and wraps up", async () => {
  const [mine, floor] = [await nodes.listen(timur), await nodes.listen(await nodes.desk("vera.orlova"))];
  timur.phone.behaves = "rings";
  await timur.ready();
  const { from, call } = await nodes.caller("300");
  await call.waitFor("ringing");
  const theirs = await timur.phone.next();
  // Pushes come from the voice and router nodes to the node that has the sockets.
  await eventually(() => expect(mine.some(({ kind }) => kind === "line")).toBe(true));
  const offered = await timur.send("GET", "/api/calls/line");
  expect(offered).toMatchObject({ state: "offered", call: { fromNumber: from } });
  const { id } = await nodes.call(from, { state: "offered" });
  await eventually(() => expect(floor.some(({ things = [] }) => things.some((thing) => thing.id === id) && things.some((thing) => thing.kind === "floor"))).toBe(true));
  theirs.answer();
  await call.waitFor("answered");
  call.sing(440);
  theirs.sing(700);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await eventually(async () => expect(await timur.send("GET", "/api/calls/line")).toMatchObject({ state: "talking", held: false, legUp: true }));
  expect(await timur.send("POST", `/api/calls/${id}/hold`, { held: true })).toMatchObject({ held: true });
  expect(await timur.send("POST", `/api/calls/${id}/hold`, { held: false })).toMatchObject({ held: false });
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await timur.send("POST", `/api/calls/${id}/hang-up`);
  await Promise.all([call.waitFor("ended"), theirs.waitFor("ended")]);
  await timur.wrapUp();
  timur.phone.behaves = "answers";
  const [recording] = await nodes.rows<{ path: string; bytes: number }>("select path, bytes::int from recordings where interaction_id = $1", [id]);
  expect(existsSync(join(nodes.folder, "data/recordings", recording!.path))).toBe(true);
  expect(recording!.bytes).toBeGreaterThan(8_000);
  await calm();
});

test("the router killed and started again: talks go on, ringing goes on, and who waited is offered within five seconds", async () => {
  const talked = await nodes.talk(timur);
  olga.phone.behaves = "rings";
  await olga.ready();
  const rung = await nodes.caller("300");
  const ringing = await olga.phone.next();
  await nodes.call(rung.from, { state: "offered" });
  const waiting = await nodes.caller("300");
  await nodes.call(waiting.from, { state: "waiting" });

  await nodes.kill("router");
  const late = await nodes.caller("300");
  await nodes.call(late.from, { state: "waiting" });
  await nodes.start("router");
  const back = performance.now();
  await eventually(() => igor.ready());
  await waiting.call.waitFor("answered");
  expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
  expect((await nodes.call(waiting.from, { state: "talking" })).operatorId).toBe(igor.userId);

  // The offer of the router before is still good, and so is the talk it had made.
  ringing.answer();
  await rung.call.waitFor("answered");
  await nodes.call(rung.from, { state: "talking" });
  await olga.state("talking");
  await timur.state("talking");
  await talked.call.hangUp();
  await timur.wrapUp();
  // Who came while there was no router is not forgotten either.
  await timur.ready();
  await late.call.waitFor("answered");
  for (const { call } of [waiting, rung, late]) await call.hangUp();
  for (const operator of [timur, olga, igor]) await operator.wrapUp();
  olga.phone.behaves = "answers";
  await calm();
});

/** The node that routes. */
const owner = async () => (await nodes.rows<{ nodeId: string }>("select node_id from leases where name = 'router'"))[0]?.nodeId;

/** Everything a router writes. */
const floorAsWritten = async () => [
  await nodes.rows("select operator_id, state, reason, since, interaction_id, version from operator_states order by operator_id"),
  await nodes.rows("select id, state from offers order by id"), await nodes.rows("select id, state from interactions where node_id is not null order by id"),
];

test("two nodes may route and one does: the other takes over when it is killed, and gives back to nobody", async () => {
  const first = await owner();
  await nodes.start("standby");
  expect(await owner()).toBe(first);
  const { from, call } = await nodes.caller("300");
  await nodes.call(from, { state: "waiting" });
  await nodes.kill("router");
  const killed = performance.now();
  await eventually(() => timur.ready());
  await call.waitFor("answered");
  expect(performance.now() - killed).toBeLessThan(RECOVERY_MS);
  const second = await owner();
  expect(second).not.toBe(first);
  await nodes.start("router");
  await call.hangUp();
  await timur.wrapUp();
  expect(await owner()).toBe(second);
  // Stopped as planned, it lets go at once and the first one routes again.
  await nodes.end("standby");
  await eventually(() => timur.ready());
  const next = await nodes.caller("300");
  await next.call.waitFor("answered");
  expect(await owner()).not.toBe(second);
  await next.call.hangUp();
  await timur.wrapUp();
  await calm();
});

test("a router that hangs: talks are answered and ended without it, another takes over, and what it still says when it wakes changes nothing", async () => {
  await nodes.start("standby");
  const first = await owner();
  const talked = await nodes.talk(timur);
  olga.phone.behaves = "rings";
  await olga.ready();
  const rung = await nodes.caller("300");
  await nodes.call(rung.from, { state: "offered" });
  const ringing = olga.phone.calls.at(-1)!;
  const waiting = await nodes.caller("300");
  await nodes.call(waiting.from, { state: "waiting" });

  nodes.pause("router");
  const paused = performance.now();
  // None of this waits for the router, and all of it is said to it: it will read that when it wakes.
  ringing.answer();
  await rung.call.waitFor("answered", 1_000);
  await talked.call.hangUp();
  await nodes.call(talked.from, { state: "wrap_up" }, 1_000);
  const pressed = igor.ask("PUT", "/api/calls/line/state", { state: "ready" });
  const late = await nodes.caller("300");
  await nodes.call(late.from, { state: "waiting" });

  await eventually(async () => expect(await owner()).not.toBe(first), 15_000);
  expect(performance.now() - paused).toBeLessThan(14_000);
  const second = await owner();
  await eventually(() => igor.ready());
  await waiting.call.waitFor("answered", 5_000);
  await timur.wrapUp();
  await timur.ready();
  await late.call.waitFor("answered", 5_000);
  for (const [caller, operator] of [[rung, olga], [waiting, igor], [late, timur]] as const) {
    const { id } = await nodes.call(caller.from, { state: "talking", operatorId: operator.userId });
    expect(await nodes.offers(id)).toEqual([{ state: "accepted", operatorId: operator.userId }]);
    await operator.state("talking");
  }
  expect((await pressed).status).toBe(503);

  const before = await floorAsWritten();
  const known = nodes.logged("router", "this node gives the post up");
  nodes.resume("router");
  await eventually(() => expect(nodes.logged("router", "this node gives the post up")).toBe(known + 1));
  expect(await owner()).toBe(second);
  expect(await floorAsWritten()).toEqual(before);
  for (const { call } of [rung, waiting, late]) expect(call.events.filter(({ kind }) => kind === "ended")).toEqual([]);
  for (const { call } of [rung, waiting, late]) await call.hangUp();
  for (const operator of [timur, olga, igor]) await operator.wrapUp();
  olga.phone.behaves = "answers";
  await nodes.end("standby");
  await eventually(async () => expect(await owner()).toBe(first));
  await calm();
});

test("the router is gone while a call ends: the operator is let go when it is back", async () => {
  const { from, call } = await nodes.talk(timur);
  await nodes.kill("router");
  await call.hangUp();
  await nodes.call(from, { state: "wrap_up" });
  expect((await igor.ask("PUT", "/api/calls/line/state", { state: "ready" })).status).toBe(503);
  expect(await nodes.part()).toMatchObject({ state: "degraded", detail: "missing: router" });
  await nodes.start("router");
  await eventually(async () => expect(await nodes.part()).toMatchObject({ state: "ok" }));
  await timur.state("wrap_up", { withinMs: RECOVERY_MS });
  await timur.wrapUp();
  await calm();
});

test("the voice node killed in mid-call: its calls become callbacks, its operators are let go, the next call is answered", async () => {
  const { id, from, call } = await nodes.talk(timur);
  const waited = await nodes.caller("300");
  await nodes.call(waited.from, { state: "waiting" });
  await nodes.kill("voice");
  await nodes.start("voice");
  const back = performance.now();
  await nodes.call(from, { state: "wrap_up" });
  const { id: other } = await nodes.call(waited.from, { state: "ended" });
  for (const lost of [id, other]) await nodes.callback(lost);
  await timur.wrapUp();
  expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
  await (await nodes.talk(timur)).call.hangUp();
  await timur.wrapUp();
  void call.hangUp();
  waited.call.cancel();
  await calm();
});

test("the media node killed: its calls end as interrupted with a callback, and the next call has sound", async () => {
  const { id, from, call } = await nodes.talk(timur);
  await nodes.kill("media");
  await call.waitFor("ended");
  expect((await nodes.call(from, { state: "wrap_up" })).outcome).toBe("interrupted");
  await nodes.callback(id);
  await nodes.start("media");
  await timur.wrapUp();
  await timur.ready();
  // The engine tries to reach its process again and again, with pauses that grow to five seconds.
  const { call: next } = await eventually(async () => {
    const again = await nodes.caller("300");
    await Promise.race([again.call.waitFor("answered"), again.call.waitFor("failed").then(({ status }) => { throw new Error(`refused with ${status}`); })]);
    return again;
  }, 20_000);
  next.sing(440);
  await timur.phone.calls.at(-1)!.hears(440);
  await next.hangUp();
  await timur.wrapUp();
  await calm();
});
