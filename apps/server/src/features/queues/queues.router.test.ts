import { beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { buildUser } from "../access/access.factory.ts";
import type { StateRow, Unit } from "../interactions/index.ts";
import { testDatabase } from "../../testing/database.ts";
import { verdictOn } from "./queues.repair.rules.ts";
import { Router, type HeldWork, type OfferOut, type Work } from "./queues.router.ts";

const database = await testDatabase();
const queueId = "internet.support";

/** A writer that keeps the last state of everybody, as the table would. */
class Writer {
  readonly states = new Map<string, StateRow>();
  readonly changes: string[] = [];

  write({ states = [] }: Unit): Promise<void> {
    for (const row of states) { this.states.set(row.operator_id, row); this.changes.push(`${row.operator_id} ${row.state}`); }
    return Promise.resolve();
  }
}

/** A router with its surroundings: what it offered, and voice nodes that answer as told. */
class Floor {
  readonly writer = new Writer();
  readonly offers: OfferOut[] = [];
  takes: (offer: OfferOut) => Promise<boolean> = () => Promise.resolve(true);
  readonly later: (() => void)[] = [];
  holdings: { held: HeldWork[]; isComplete: boolean } = { held: [], isComplete: true };
  readonly router = new Router({
    ctx: database.ctx(), writer: this.writer, queues: [{ queueId, projectKey: "internet", priority: 0 }],
    offer: (_node, offer) => { this.offers.push(offer); return this.takes(offer); }, holdings: () => Promise.resolve(this.holdings),
    later: (work) => { this.later.push(work); },
  });

  static async open(): Promise<Floor> {
    const floor = new Floor();
    await floor.router.rebuild();
    return floor;
  }

  get last(): OfferOut { return this.offers.at(-1)!; }
  state(operatorId: string): string { return this.router.now(operatorId).state; }
  add(enqueuedAtMs = Date.now()): Work {
    const work = workOf(newId(), enqueuedAtMs);
    this.router.addWork(work);
    return work;
  }
  close(why: Parameters<Router["offerClosed"]>[2], offer = this.last): void { this.router.offerClosed(offer.offerId, offer.operatorId, why); }
}

const workOf = (workId: string, enqueuedAtMs = Date.now()): Work =>
  ({ workId, queueId, projectKey: "internet", language: "en", skills: [], priority: 0, enqueuedAtMs, channel: "voice", nodeId: newId() });

/** Things that follow in later turns: what a voice node answers to an offer. */
const turns = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

async function operator(state = "ready", more: { interactionId?: string; reason?: string; idleS?: number } = {}): Promise<string> {
  const { id } = await buildUser(database.db, {});
  await database.pool.query("insert into operators (user_id, languages) values ($1, '{en}')", [id]);
  await database.pool.query("insert into operator_states (operator_id, state, reason, since, idle_since, interaction_id) values ($1, $2, $3, now(), now() - make_interval(secs => $4), $5)", [id, state, more.reason ?? null, more.idleS ?? 0, more.interactionId ?? null]);
  return id;
}

async function interaction(state: string, operatorId: string | null = null): Promise<string> {
  const id = newId();
  await database.pool.query("insert into interactions (id, channel, direction, state, started_at, operator_id) values ($1, 'voice', 'in', $2, now(), $3)", [id, state, operatorId]);
  return id;
}

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
