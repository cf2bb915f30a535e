import { beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { verdictOn } from "./queues.repair.rules.ts";
import { database, Floor, interaction, openFloorDatabase, operator, turns, workOf } from "./queues.router.testing.ts";

await openFloorDatabase();

beforeEach(async () => { await database.pool.query("delete from operators"); });

describe("after a restart of the router", () => {
  test("calls that wait are offered at once, those that ring or talk stay with their operators", async () => {
    const [waiting, ringing, talking] = [workOf(newId()), workOf(newId()), workOf(newId())];
    const [free, rung, talker, caller] = [await operator(), await operator("offered", { interactionId: ringing.workId }), await operator("ready"), await operator("talking", { reason: "outgoing", interactionId: newId() })];
    const floor = await Floor.open();
    const outgoing = floor.router.now(caller).interactionId!;
    floor.holdings.held = [
      { workId: waiting.workId, at: "waiting", work: waiting, operatorId: null, offerId: null }, { workId: ringing.workId, at: "offered", work: ringing, operatorId: rung, offerId: "the old offer" },
      { workId: talking.workId, at: "talking", work: talking, operatorId: talker, offerId: null }, { workId: outgoing, at: "talking", work: null, operatorId: caller, offerId: null },
    ];
    await floor.router.repair();
    expect([free, rung, talker, caller].map((id) => floor.state(id))).toEqual(["offered", "offered", "talking", "talking"]);
    expect(floor.offers.map(({ callId, operatorId }) => [callId, operatorId])).toEqual([[waiting.workId, free]]);
    // The old offer can still be answered, and the old talk still ends.
    floor.router.offerClosed("the old offer", rung, "accepted");
    floor.router.callEnded(talker, talking.workId, true);
    floor.router.callEnded(rung, ringing.workId, false);
    expect([floor.state(rung), floor.state(talker)]).toEqual(["ready", "wrap_up"]);
    expect(await floor.router.repair()).toBe(0);
  });

  test("an old offer that is declined goes to the next operator", async () => {
    const ringing = workOf(newId());
    const rung = await operator("offered", { interactionId: ringing.workId });
    const floor = await Floor.open();
    floor.holdings.held = [{ workId: ringing.workId, at: "offered", work: ringing, operatorId: rung, offerId: "the old offer" }];
    await floor.router.repair();
    const bor = await operator();
    await floor.router.reload(bor);
    floor.router.offerClosed("the old offer", rung, "declined");
    expect([floor.state(rung), floor.last.operatorId, floor.last.callId]).toEqual(["not_ready", bor, ringing.workId]);
  });

  test("operators of calls that are over are let go: to the wrap-up they owe, or to be ready", async () => {
    const done = await operator();
    const owes = await operator("talking");
    const [ended, wrapping] = [await interaction("ended"), await interaction("wrap_up", owes)];
    await database.pool.query("update operator_states set state = 'wrap_up', interaction_id = $2 where operator_id = $1", [done, ended]);
    await database.pool.query("update operator_states set interaction_id = $2 where operator_id = $1", [owes, wrapping]);
    const [lost, rung] = [await operator("talking", { interactionId: newId() }), await operator("offered", { interactionId: ended })];
    const floor = await Floor.open();
    // No voice node has answered yet: what the tables say is enough.
    floor.holdings.isComplete = false;
    await floor.router.repair();
    expect([done, owes, lost, rung].map((id) => floor.state(id))).toEqual(["ready", "wrap_up", "ready", "ready"]);
  });

  test("a call whose ringing ended meanwhile waits on and is offered again, to whoever it rang before as well", async () => {
    const id = await interaction("waiting");
    const work = workOf(id);
    const ana = await operator("offered", { interactionId: id });
    const floor = await Floor.open();
    floor.holdings.held = [{ workId: id, at: "waiting", work, operatorId: null, offerId: null }];
    expect(await floor.router.repair()).toBe(2);
    expect([floor.state(ana), floor.offers.map(({ callId, operatorId }) => [callId, operatorId])]).toEqual(["offered", [[id, ana]]]);
    floor.close("accepted");
    expect(floor.state(ana)).toBe("talking");
  });

  test("an operator whose call lives on a node that did not answer is left alone", async () => {
    const ana = await operator("talking");
    await database.pool.query("update operator_states set interaction_id = $2 where operator_id = $1", [ana, await interaction("talking", ana)]);
    const floor = await Floor.open();
    floor.holdings.isComplete = false;
    await floor.router.repair();
    floor.holdings.isComplete = true;
    await floor.router.repair();
    expect(floor.state(ana)).toBe("talking");
  });
});

test("a router whose time is over changes nobody and offers nothing, whatever still comes back to it", async () => {
  const [ana, bor] = [await operator("ready", { idleS: 60 }), await operator("not_ready")];
  const floor = await Floor.open();
  const lost = Promise.withResolvers<boolean>();
  floor.takes = () => lost.promise;
  floor.add(1);
  floor.add(2);
  const written = floor.writer.changes.length;
  floor.isMine = false;
  // Its offer was never answered; a button was pressed; the sweep had begun.
  lost.reject(new Error("too late"));
  await turns();
  await floor.router.setState(bor, "ready", null);
  floor.router.callEnded(ana, floor.last.callId, true);
  await floor.router.repair();
  expect([floor.writer.changes.length, floor.offers.length]).toEqual([written, 1]);
});

describe("the sweep", () => {
  test("leaves alone what looks wrong once, for messages cross; at the second look it mends", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    await floor.router.repair();
    const { workId } = floor.add();
    floor.close("accepted");
    // The end of the call never arrives.
    expect([await floor.router.repair(), floor.state(ana)]).toEqual([0, "talking"]);
    expect([await floor.router.repair(), floor.state(ana)]).toEqual([1, "ready"]);
    expect(floor.router.position(workId).position).toBe(null);
  });

  test("gives a call back its place whose refusal was lost", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    await floor.router.repair();
    const work = floor.add();
    floor.holdings.held = [{ workId: work.workId, at: "waiting", work, operatorId: null, offerId: null }];
    await floor.router.repair();
    await floor.router.repair();
    expect([floor.offers.length, floor.state(ana)]).toEqual([2, "offered"]);
  });

  test("writes a state again that the table did not take, or that an earlier owner wrote over late", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    await floor.router.repair();
    floor.add();
    floor.writer.loses = true;
    floor.close("withdrawn");
    await turns();
    const table = () => floor.writer.states.get(ana)!.state;
    expect([floor.state(ana), table()]).toEqual(["ready", "offered"]);
    expect([await floor.router.repair(), table()]).toEqual([0, "offered"]);
    expect([await floor.router.repair(), table()]).toEqual([1, "ready"]);
    floor.writer.states.set(ana, { ...floor.writer.states.get(ana)!, state: "talking", interaction_id: newId() });
    await floor.router.repair();
    expect([await floor.router.repair(), table(), await floor.router.repair()]).toEqual([1, "ready", 0]);
    expect(floor.writer.states.get(ana)!.before).toBe(null);
  });

  test("forgets a waiting call that no node has", async () => {
    const floor = await Floor.open();
    await floor.router.repair();
    const { workId } = floor.add();
    await floor.router.repair();
    expect(floor.router.position(workId).position).toBe(1);
    await floor.router.repair();
    expect(floor.router.position(workId).position).toBe(null);
  });

  test("changes nothing when all is as it should be", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    await floor.router.repair();
    const work = floor.add();
    const { offerId } = floor.last;
    floor.holdings.held = [{ workId: work.workId, at: "offered", work, operatorId: ana, offerId }];
    const before = floor.writer.changes.length;
    for (let i = 0; i < 3; i++) expect(await floor.router.repair()).toBe(0);
    expect(floor.writer.changes).toHaveLength(before);
  });
});

test.each([
  ["offered", undefined, true, "ready"], ["talking", { state: "ended", mine: true, wrapped: false }, false, "ready"], ["talking", { state: "wrap_up", mine: true, wrapped: false }, false, "wrap_up"],
  ["wrap_up", { state: "wrap_up", mine: true, wrapped: false }, true, null], ["wrap_up", { state: "wrap_up", mine: true, wrapped: true }, true, "ready"], ["wrap_up", { state: "ended", mine: true, wrapped: true }, true, "ready"],
  ["talking", { state: "talking", mine: true, wrapped: false }, true, null], ["talking", { state: "talking", mine: false, wrapped: false }, true, "ready"], ["offered", { state: "waiting", mine: false, wrapped: false }, true, "ready"],
  ["offered", { state: "waiting", mine: false, wrapped: false }, false, null], ["wrap_up", { state: "talking", mine: true, wrapped: false }, true, null], ["talking", { state: "wrap_up", mine: false, wrapped: false }, true, "ready"],
] as const)("an operator %s whose call is %o (all nodes heard: %s) becomes %s", (state, hold, isComplete, verdict) => {
  const row = hold && { id: "call", state: hold.state, operatorId: hold.mine ? "me" : "another", isWrapped: hold.wrapped };
  expect(verdictOn({ id: "me", state }, row, isComplete)).toBe(verdict);
});
