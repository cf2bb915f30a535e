import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { PhoneCall, SipPhone } from "../../apps/server/src/testing/phone.ts";
import type { Desk } from "../chaos/desk.ts";
import { eventually } from "../chaos/process.ts";
import { Nodes } from "./nodes.ts";

type Operator = Desk & { phone: SipPhone };
const RECOVERY_MS = 5_000;

let nodes: Nodes;
let timur: Operator;
let olga: Operator;
let igor: Operator;
let callers = 100_000;

beforeAll(async () => {
  nodes = await Nodes.open();
  timur = await nodes.operator("timur.akhmetov");
  olga = await nodes.operator("olga.vidmar");
  igor = await nodes.operator("igor.petrov");
});
afterAll(() => nodes.close());
afterEach(({ task }) => { if (task.result?.state === "fail") console.error(nodes.tail()); });

const call = async (): Promise<{ from: string; line: PhoneCall }> => {
  const from = `+38670${callers++}`;
  return { from, line: await (await nodes.phone()).call("300", { from }) };
};

const callIs = (from: string, state: string, withinMs = 10_000) => eventually(async () => {
  const rows = await nodes.rows<{ id: string; state: string; outcome: string | null; operator_id: string | null }>("select id, state, outcome, operator_id from interactions where from_number = $1", [from]);
  expect(rows).toEqual([expect.objectContaining({ state })]);
  return rows[0]!;
}, withinMs);

const stateIs = (operator: Operator, state: string, withinMs = 10_000) => eventually(async () => expect((await operator.send("GET", "/api/calls/line")).state).toBe(state), withinMs);

async function wrapUp(operator: Operator): Promise<void> {
  await stateIs(operator, "wrap_up");
  const line = await operator.send("GET", "/api/calls/line");
  const after = await operator.send("POST", `/api/calls/${(line.call as { id: string }).id}/wrap-up`, { disposition: "wrong-number", ready: false });
  expect(after.state).toBe("not_ready");
}

/** Nobody and nothing is left busy. */
const calm = () => eventually(async () => {
  expect(await nodes.rows("select from_number, state from interactions where state not in ('ended', 'wrap_up') and node_id is not null")).toEqual([]);
  expect(await nodes.rows("select id, state from offers where state in ('ringing', 'accepted')")).toEqual([]);
  expect(await nodes.rows("select operator_id, state from operator_states where state in ('offered', 'talking')")).toEqual([]);
  expect(await nodes.rows("select path from recordings where ended_at is null")).toEqual([]);
}, 20_000);

/** What the health page of the web node says of the others. */
async function nodesPart(): Promise<unknown> {
  const health = (await (await fetch(`${nodes.url}/api/health/ready`)).json()) as { parts: { name: string }[] };
  return health.parts.find(({ name }) => name === "nodes");
}

test("a caller reaches an operator's telephone through separate nodes, and the desk holds, hangs up and wraps up", async () => {
  const [mine, floor] = [await nodes.listen(timur), await nodes.listen(await nodes.desk("vera.orlova"))];
  timur.phone.behaves = "rings";
  await timur.ready();
  const { from, line } = await call();
  await line.waitFor("ringing");
  const theirs = await timur.phone.next();
  // Pushes come from the voice and router nodes to the node that has the sockets.
  await eventually(() => expect(mine.some(({ kind }) => kind === "line")).toBe(true));
  const offered = await timur.send("GET", "/api/calls/line");
  expect(offered).toMatchObject({ state: "offered", call: { fromNumber: from } });
  const { id } = await callIs(from, "offered");
  await eventually(() => expect(floor.some(({ things = [] }) => things.some((thing) => thing.id === id) && things.some((thing) => thing.kind === "floor"))).toBe(true));
  theirs.answer();
  await line.waitFor("answered");
  line.sing(440);
  theirs.sing(700);
  await Promise.all([line.hears(700), theirs.hears(440)]);
  await eventually(async () => expect(await timur.send("GET", "/api/calls/line")).toMatchObject({ state: "talking", held: false, legUp: true }));
  expect(await timur.send("POST", `/api/calls/${id}/hold`, { held: true })).toMatchObject({ held: true });
  expect(await timur.send("POST", `/api/calls/${id}/hold`, { held: false })).toMatchObject({ held: false });
  await Promise.all([line.hears(700), theirs.hears(440)]);
  await timur.send("POST", `/api/calls/${id}/hang-up`);
  await Promise.all([line.waitFor("ended"), theirs.waitFor("ended")]);
  await wrapUp(timur);
  timur.phone.behaves = "answers";
  const [recording] = await nodes.rows<{ path: string; bytes: number }>("select path, bytes::int from recordings where interaction_id = $1", [id]);
  expect(existsSync(join(nodes.folder, "data/recordings", recording!.path))).toBe(true);
  expect(recording!.bytes).toBeGreaterThan(8_000);
  await calm();
});

test("the router killed and started again: talks go on, ringing goes on, and who waited is offered within five seconds", async () => {
  await timur.ready();
  const talked = await call();
  await talked.line.waitFor("answered");
  await callIs(talked.from, "talking");
  olga.phone.behaves = "rings";
  await olga.ready();
  const rung = await call();
  const ringing = await olga.phone.next();
  await callIs(rung.from, "offered");
  const waiting = await call();
  await callIs(waiting.from, "waiting");

  await nodes.kill("router");
  const late = await call();
  await callIs(late.from, "waiting");
  await nodes.start("router");
  const back = performance.now();
  await eventually(() => igor.ready());
  await waiting.line.waitFor("answered");
  expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
  expect((await callIs(waiting.from, "talking")).operator_id).toBe(igor.userId);

  // The offer of the router before is still good, and so is the talk it had made.
  ringing.answer();
  await rung.line.waitFor("answered");
  await callIs(rung.from, "talking");
  await stateIs(olga, "talking");
  await stateIs(timur, "talking");
  await talked.line.hangUp();
  await wrapUp(timur);
  // Who came while there was no router is not forgotten either.
  await timur.ready();
  await late.line.waitFor("answered");
  for (const { line } of [waiting, rung, late]) await line.hangUp();
  for (const operator of [timur, olga, igor]) await wrapUp(operator);
  olga.phone.behaves = "answers";
  await calm();
});

test("two nodes may route and one does: the other takes over when it is killed, and gives back to nobody", async () => {
  const owner = async () => (await nodes.rows<{ node_id: string }>("select node_id from leases where name = 'router'"))[0]?.node_id;
  const first = await owner();
  await nodes.start("standby");
  expect(await owner()).toBe(first);
  const { from, line } = await call();
  await callIs(from, "waiting");
  await nodes.kill("router");
  const killed = performance.now();
  await eventually(() => timur.ready());
  await line.waitFor("answered");
  expect(performance.now() - killed).toBeLessThan(RECOVERY_MS);
  const second = await owner();
  expect(second).not.toBe(first);
  await nodes.start("router");
  await line.hangUp();
  await wrapUp(timur);
  expect(await owner()).toBe(second);
  // Stopped as planned, it lets go at once and the first one routes again.
  await nodes.end("standby");
  await eventually(() => timur.ready());
  const next = await call();
  await next.line.waitFor("answered");
  expect(await owner()).not.toBe(second);
  await next.line.hangUp();
  await wrapUp(timur);
  await calm();
});

test("the router is gone while a call ends: the operator is let go when it is back", async () => {
  await timur.ready();
  const { from, line } = await call();
  await line.waitFor("answered");
  await callIs(from, "talking");
  await nodes.kill("router");
  await line.hangUp();
  await callIs(from, "wrap_up");
  expect((await igor.ask("PUT", "/api/calls/line/state", { state: "ready" })).status).toBe(503);
  expect(await nodesPart()).toMatchObject({ state: "degraded", detail: "missing: router" });
  await nodes.start("router");
  await eventually(async () => expect(await nodesPart()).toMatchObject({ state: "ok" }));
  await stateIs(timur, "wrap_up", RECOVERY_MS);
  await wrapUp(timur);
  await calm();
});

test("the voice node killed in mid-call: its calls become callbacks, its operators are let go, the next call is answered", async () => {
  await timur.ready();
  const { from, line } = await call();
  await line.waitFor("answered");
  const { id } = await callIs(from, "talking");
  const waited = await call();
  await callIs(waited.from, "waiting");
  await nodes.kill("voice");
  await nodes.start("voice");
  const back = performance.now();
  await callIs(from, "wrap_up");
  const { id: other } = await callIs(waited.from, "ended");
  for (const lost of [id, other]) expect(await nodes.rows("select t.number from interactions i join tickets t on t.id = i.callback_id where i.id = $1", [lost])).toHaveLength(1);
  await wrapUp(timur);
  expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
  await timur.ready();
  const next = await call();
  await next.line.waitFor("answered");
  await next.line.hangUp();
  await wrapUp(timur);
  void line.hangUp();
  waited.line.cancel();
  await calm();
});

test("the media node killed: its calls end as interrupted with a callback, and the next call has sound", async () => {
  await timur.ready();
  const { from, line } = await call();
  await line.waitFor("answered");
  const { id } = await callIs(from, "talking");
  await nodes.kill("media");
  await line.waitFor("ended");
  expect((await callIs(from, "wrap_up")).outcome).toBe("interrupted");
  expect(await nodes.rows("select t.number from interactions i join tickets t on t.id = i.callback_id where i.id = $1", [id])).toHaveLength(1);
  await nodes.start("media");
  await wrapUp(timur);
  await timur.ready();
  // The engine tries to reach its process again and again, with pauses that grow to five seconds.
  const next = await eventually(async () => {
    const again = await call();
    await Promise.race([again.line.waitFor("answered"), again.line.waitFor("failed").then(({ status }) => { throw new Error(`refused with ${status}`); })]);
    return again;
  }, 20_000);
  next.line.sing(440);
  await timur.phone.calls.at(-1)!.hears(440);
  await next.line.hangUp();
  await wrapUp(timur);
  await calm();
});
