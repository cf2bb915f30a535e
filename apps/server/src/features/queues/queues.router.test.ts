import { beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { database, Floor, openFloorDatabase, operator, turns, workOf } from "./queues.router.testing.ts";

await openFloorDatabase();

beforeEach(async () => { await database.pool.query("delete from operators"); });

describe("an offered call", () => {
  test("that is accepted keeps the operator until the wrap-up is done; then the next call is theirs", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    const { workId } = floor.add(1);
    floor.add(2);
    floor.close("accepted");
    expect(floor.state(ana)).toBe("talking");
    floor.router.callEnded(ana, workId, true);
    expect([floor.state(ana), floor.offers.length]).toEqual(["wrap_up", 1]);
    await floor.router.wrapUpDone(ana, workId, true);
    expect([floor.state(ana), floor.offers.length]).toEqual(["offered", 2]);
  });

  test.each(["declined", "missed", "failed"] as const)("that is %s makes the operator not ready and goes to the next", async (why) => {
    const [ana, bor] = [await operator("ready", { idleS: 60 }), await operator()];
    const floor = await Floor.open();
    floor.add();
    expect(floor.last.operatorId).toBe(ana);
    floor.close(why);
    expect(floor.router.now(ana)).toMatchObject({ state: "not_ready", reason: why });
    expect(floor.last.operatorId).toBe(bor);
    expect(floor.offers).toHaveLength(2);
  });

  test("is not changed by answers to another offer, nor by the same answer twice", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    floor.add();
    const { offerId } = floor.last;
    floor.router.offerClosed("an older offer", ana, "declined");
    expect(floor.state(ana)).toBe("offered");
    floor.close("accepted");
    for (const why of ["declined", "withdrawn", "missed", "accepted"] as const) floor.router.offerClosed(offerId, ana, why);
    expect([floor.state(ana), floor.offers.length]).toEqual(["talking", 1]);
  });

  test("whose caller leaves frees the operator, who keeps their place, and is offered to nobody else", async () => {
    const [ana, bor] = [await operator("ready", { idleS: 60 }), await operator("ready", { idleS: 30 })];
    const floor = await Floor.open();
    const { workId } = floor.add();
    floor.close("withdrawn");
    floor.router.removeWork(workId);
    expect([floor.state(ana), floor.state(bor), floor.offers.length]).toEqual(["ready", "ready", 1]);
    floor.add();
    expect(floor.last.operatorId).toBe(ana);
  });

  test("whose caller left while the offer was on its way leaves nobody ringing", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    const { workId } = floor.add();
    floor.router.removeWork(workId);
    expect(floor.state(ana)).toBe("ready");
    floor.close("withdrawn");
    expect([floor.state(ana), floor.offers.length]).toEqual(["ready", 1]);
  });

  test.each([["does not know the call", () => Promise.resolve(false)], ["cannot be reached", () => Promise.reject(new Error("no such node"))]])("whose node %s is dropped once, not offered round and round", async (_what, takes) => {
    const [ana, bor] = [await operator(), await operator()];
    const floor = await Floor.open();
    floor.takes = takes;
    const { workId } = floor.add();
    await turns();
    expect([floor.state(ana), floor.state(bor), floor.offers.length]).toEqual(["ready", "ready", 1]);
    expect(floor.router.position(workId).position).toBe(null);
  });
});

describe("an offer for which there is no line to the operator's phone", () => {
  test("leaves the operator ready at their old place; the call waits on and is offered again after a moment, not at once", async () => {
    const [ana, floor] = [await operator("ready", { idleS: 60 }), await Floor.open()];
    const { workId } = floor.add();
    floor.close("no_line");
    const idleMs = Date.now() - Date.parse(floor.writer.states.get(ana)!.idle_since!);
    expect([floor.state(ana), floor.offers.length, floor.router.position(workId).position, idleMs > 59_000], "not round and round").toEqual(["ready", 1, 1, true]);
    floor.later.shift()!();
    expect([floor.state(ana), floor.offers.length, floor.last.callId]).toEqual(["offered", 2, workId]);
    floor.close("no_line");
    await floor.router.setState(ana, "offline", null);
    floor.later.shift()!();
    expect([floor.state(ana), floor.offers.length], "who went home meanwhile is not brought back").toEqual(["offline", 2]);
  });

  test("goes at once to another operator who is ready; the first gets the next call after the moment", async () => {
    const [ana, bor, floor] = [await operator("ready", { idleS: 60 }), await operator(), await Floor.open()];
    const { workId } = floor.add(1);
    floor.close("no_line");
    expect([floor.state(ana), floor.last.operatorId, floor.last.callId]).toEqual(["ready", bor, workId]);
    const next = floor.add(2);
    floor.later.shift()!();
    expect([floor.offers.length, floor.last.operatorId, floor.last.callId]).toEqual([3, ana, next.workId]);
  });

  test("keeps the place of a call that the router learnt of after a restart", async () => {
    const [ana, floor] = [await operator("offered"), await Floor.open()];
    const work = workOf(newId(), 1);
    floor.holdings.held = [{ workId: work.workId, at: "offered", work, operatorId: ana, offerId: "o" }];
    await floor.router.repair();
    floor.router.offerClosed("o", ana, "no_line");
    floor.add(2);
    floor.later.shift()!();
    expect([floor.state(ana), floor.last.callId]).toEqual(["offered", work.workId]);
  });
});

describe("an operator", () => {
  test("who is being offered a call or has one can neither call out nor be moved", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    floor.add();
    await expect(floor.router.claim(ana, newId())).rejects.toThrow("operator_busy");
    await expect(floor.router.setState(ana, "offline", null)).rejects.toThrow("operator_busy");
    floor.close("accepted");
    await expect(floor.router.claim(ana, newId())).rejects.toThrow("operator_busy");
  });

  test("who calls out gets no calls; a call that never came about leaves them as they were", async () => {
    const ana = await operator("not_ready", { reason: "lunch" });
    const floor = await Floor.open();
    const call = newId();
    await floor.router.claim(ana, call);
    floor.add();
    expect([floor.state(ana), floor.offers.length]).toEqual(["talking", 0]);
    floor.router.callEnded(ana, call, false);
    expect(floor.router.now(ana)).toMatchObject({ state: "not_ready", reason: "lunch", interactionId: null });
  });

  test("who was blocked in mid-call goes home after it", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    const { workId } = floor.add();
    floor.close("accepted");
    await database.pool.query("update users set disabled_at = now() where id = $1", [ana]);
    await floor.router.reload(ana);
    floor.router.callEnded(ana, workId, false);
    floor.add();
    expect(floor.router.now(ana)).toMatchObject({ state: "offline", reason: "blocked" });
    expect(floor.offers).toHaveLength(1);
  });

  test("who is new and ready gets what has been waiting", async () => {
    const floor = await Floor.open();
    floor.add();
    const ana = await operator();
    await floor.router.reload(ana);
    expect(floor.last?.operatorId).toBe(ana);
  });

  test("is not set free by the end of another call", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    floor.add();
    floor.close("accepted");
    floor.router.callEnded(ana, newId(), false);
    expect(floor.state(ana)).toBe("talking");
  });

  test("whose desk is gone goes offline, unless a call is with them", async () => {
    const [ana, bor] = [await operator("ready", { idleS: 60 }), await operator()];
    const floor = await Floor.open();
    floor.add();
    floor.router.deskGone(ana);
    floor.router.deskGone(bor);
    expect([floor.state(ana), floor.state(bor)]).toEqual(["offered", "offline"]);
  });
});

test("a thousand random turns of a busy floor: nobody has two calls, no call two people, and at the end all are free", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const random = mulberry(seed);
  const people = await Promise.all(Array.from({ length: 6 }, () => operator()));
  const floor = await Floor.open();
  const live = new Map<string, { offerId: string; operatorId: string; talks: boolean }>();
  floor.takes = (offer) => { live.set(offer.callId, { offerId: offer.offerId, operatorId: offer.operatorId, talks: false }); return Promise.resolve(true); };
  const turn = async (): Promise<void> => {
    const [callId, call] = [...live][Math.floor(random() * live.size)] ?? [];
    const dice = random();
    if (dice < 0.25 || !callId || !call) { floor.add(); return; }
    if (call.talks) { live.delete(callId); floor.router.callEnded(call.operatorId, callId, dice < 0.6); return; }
    if (dice < 0.5) { call.talks = true; floor.router.offerClosed(call.offerId, call.operatorId, "accepted"); return; }
    live.delete(callId);
    if (dice < 0.7) { floor.router.offerClosed(call.offerId, call.operatorId, "withdrawn"); floor.router.removeWork(callId); }
    else floor.router.offerClosed(call.offerId, call.operatorId, dice < 0.85 ? "declined" : "missed");
  };
  for (let i = 0; i < 1_000; i++) {
    await turn();
    for (const id of people) {
      const { state, interactionId } = floor.router.now(id);
      if (state === "wrap_up") await floor.router.wrapUpDone(id, interactionId!, random() < 0.8);
      if (state === "not_ready" && random() < 0.5) await floor.router.setState(id, "ready", null);
    }
    const held = people.flatMap((id) => floor.router.now(id).interactionId ?? []);
    expect(new Set(held).size, `seed ${seed}, turn ${i}: one call with two people`).toBe(held.length);
    for (const [callId, call] of live) expect(floor.router.now(call.operatorId), `seed ${seed}, turn ${i}`).toMatchObject({ interactionId: callId, state: call.talks ? "talking" : "offered" });
  }
  expect(floor.offers.length, `seed ${seed}`).toBeGreaterThan(200);
  while (live.size > 0) for (const [callId, call] of live) { live.delete(callId); floor.router.offerClosed(call.offerId, call.operatorId, "withdrawn"); floor.router.callEnded(call.operatorId, callId, false); }
  expect(people.filter((id) => ["offered", "talking"].includes(floor.state(id))), `seed ${seed}`).toEqual([]);
  expect(people.map((id) => floor.writer.states.get(id)?.state ?? "ready"), `seed ${seed}`).toEqual(people.map((id) => floor.state(id)));
});

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("R004 queues that change while the floor works", () => {
  const vip = { queueId: "internet.vip", projectKey: "internet", priority: 90 };

  test("a new queue gets the operators of its project at once, and is served by its priority", async () => {
    const ana = await operator("not_ready");
    const floor = await Floor.open();
    floor.add(1);
    floor.router.setQueues([{ queueId: "internet.support", projectKey: "internet", priority: 0 }, vip]);
    const late = { ...workOf(newId(), 2), queueId: vip.queueId };
    floor.router.addWork(late);
    await floor.router.setState(ana, "ready", null);
    expect(floor.last).toMatchObject({ operatorId: ana, callId: late.workId });
  });

  test("a call of a queue that this router has not heard of yet is served, too", async () => {
    const ana = await operator();
    const floor = await Floor.open();
    const early = { ...workOf(newId()), queueId: vip.queueId };
    floor.router.addWork(early);
    expect(floor.last).toMatchObject({ operatorId: ana, callId: early.workId });
  });

  test("who waits in a queue that is gone is still served", async () => {
    const floor = await Floor.open();
    const { workId } = floor.add();
    floor.router.setQueues([{ queueId: "internet.vip", projectKey: "internet", priority: 90 }]);
    const ana = await operator();
    await floor.router.reload(ana);
    expect(floor.last).toMatchObject({ operatorId: ana, callId: workId });
  });
});
