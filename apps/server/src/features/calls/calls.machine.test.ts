import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ivrFlowSchema, type IvrBook, type IvrFacts } from "../ivr/ivr.contract.ts";
import { newCall, startOutbound, step, type Call, type CallInput, type CallState, type Effect, type QueuePlan, type Step } from "./calls.machine.ts";

const settings = { legReturnMs: 30_000 };
const plan: QueuePlan = { queueId: "shop.orders", projectKey: "shop", ringMs: 20_000, music: "music/waiting.wav", announceEveryMs: 45_000, maxWaitMs: 480_000, wrapUpS: 60 };
const facts: IvrFacts = { dialledNumber: "200", callerNumber: "+38640111222", language: null, open: { shop: true } };
const flow = ivrFlowSchema.parse({
  start: "greeting",
  steps: {
    greeting: { do: "menu", prompts: ["welcome"], keys: { "1": "queue", "9": "bye" }, retries: 0, default: "queue" },
    queue: { do: "queue", queue: "orders", prompts: ["please_wait"], keys: { "1": "callback", "2": "greeting", "3": "bye" }, waited_too_long: "callback" },
    callback: { do: "callback", offer: ["callback_offer"], key: "1", thanks: ["callback_thanks"], declined: "queue", no_number: "bye" },
    bye: { do: "hang_up" },
  },
});
const book: IvrBook = { flows: { shop: flow }, defaultLanguage: { shop: "sl" } };
const start: CallInput = { on: "start", book, flow: "shop", facts };

const fresh = (over: Partial<Parameters<typeof newCall>[0]> = {}): Call => newCall({ id: "call", direction: "in", language: "sl", projectKey: "shop", answerByOperator: false, recording: true, clientUp: false, ...over });
const acknowledged: CallInput = { on: "client_acknowledged" };
/** Lives a call through these inputs; an answer is acknowledged and a queue found at once. */
function live(call: Call, ...inputs: CallInput[]): Step {
  let result: Step = { call, effects: [] };
  for (const input of inputs) {
    result = step(result.call, input, settings);
    if (result.effects.some((effect) => effect.do === "answer_client")) {
      const { effects } = result;
      result = step(result.call, acknowledged, settings);
      result = { call: result.call, effects: [...effects, ...result.effects] };
    }
    if (result.effects.some((effect) => effect.do === "find_queue")) result = step(result.call, { on: "queue_found", plan }, settings);
  }
  return result;
}
const offer = (offerId: string, device: "browser" | "phone" = "browser"): CallInput => ({ on: "offer", offerId, operatorId: `operator of ${offerId}`, device });
const queued: CallInput[] = [start, { on: "digit", digit: "1" }];
const talking: CallInput[] = [...queued, offer("o1"), { on: "offer_answered", offerId: "o1" }];

const states: Record<CallState["at"], Call> = {
  ivr: live(fresh(), start).call,
  waiting: live(fresh(), ...queued).call,
  offered: live(fresh(), ...queued, offer("o1")).call,
  talking: live(fresh(), ...talking).call,
  calling_operator: startOutbound(fresh({ direction: "out" }), "anna", "phone").call,
  dialling: startOutbound(fresh({ direction: "out" }), "anna", "browser").call,
  ended: live(fresh(), start, { on: "client_gone" }).call,
};

/** Each input once as it would matter, and its stale twin where it names an attempt. */
const inputs: Record<string, CallInput> = {
  start, "played menu": { on: "played", playId: "ivr:1" }, "played something old": { on: "played", playId: "ivr:99" }, "played announcement": { on: "played", playId: "announce:1" },
  "digit of the menu": { on: "digit", digit: "9" }, "digit without meaning": { on: "digit", digit: "7" }, "key of the queue": { on: "digit", digit: "2" },
  "timer announce": { on: "timer", name: "announce" }, "timer max_wait": { on: "timer", name: "max_wait" }, "timer ring o1": { on: "timer", name: "ring:o1" }, "timer ring o0": { on: "timer", name: "ring:o0" },
  "timer leg_return": { on: "timer", name: "leg_return" }, "timer collect old": { on: "timer", name: "collect:99" },
  queue_found: { on: "queue_found", plan }, announce: { on: "announce", position: 2, expectedWaitMs: 60_000 },
  offer: offer("o2"), "offer_answered o1": { on: "offer_answered", offerId: "o1" }, "offer_answered o0": { on: "offer_answered", offerId: "o0" },
  "offer_refused o1": { on: "offer_refused", offerId: "o1", why: "declined" }, "offer_refused o0": { on: "offer_refused", offerId: "o0", why: "missed" },
  client_gone: { on: "client_gone" }, client_acknowledged: acknowledged, client_answered: { on: "client_answered" }, client_refused: { on: "client_refused", why: "busy" },
  operator_phone_answered: { on: "operator_phone_answered" }, operator_phone_refused: { on: "operator_phone_refused" },
  operator_gone: { on: "operator_gone" }, operator_lost: { on: "operator_lost" }, operator_back: { on: "operator_back" },
  hold: { on: "hold", held: true }, unhold: { on: "hold", held: false }, mute: { on: "mute", muted: true }, unmute: { on: "mute", muted: false }, send_digits: { on: "send_digits", digits: "12" },
  hang_up: { on: "hang_up" }, media_died: { on: "media_died" },
};

/** What happens in each state, as `next state: effects`. What is not listed changes nothing. */
const table: Record<CallState["at"], Record<string, string>> = {
  ivr: {
    start: "ivr: play", "played menu": "ivr: timer", "digit of the menu": "ended: stop_play end", "digit without meaning": "ivr: stop_play find_queue", "key of the queue": "ivr: stop_play find_queue",
    queue_found: "waiting: join_queue ask_position timer timer changed", client_gone: "ended: end", hang_up: "ended: end", media_died: "ended: leave_queue callback end",
  },
  waiting: {
    "played announcement": "waiting: music", "key of the queue": "ivr: leave_queue stop_timer stop_timer play", "timer announce": "waiting: ask_position timer", "timer max_wait": "ivr: leave_queue stop_timer stop_timer play",
    announce: "waiting: play", offer: "offered: ring_operator timer changed", client_gone: "ended: leave_queue callback end", media_died: "ended: leave_queue callback end",
  },
  offered: {
    "played announcement": "offered: music", "key of the queue": "ivr: stop_timer stop_ringing offer_closed leave_queue stop_timer stop_timer play", "timer announce": "offered: ask_position timer",
    "timer max_wait": "ivr: stop_timer stop_ringing offer_closed leave_queue stop_timer stop_timer play", announce: "offered: play",
    "timer ring o1": "waiting: stop_timer stop_ringing offer_closed changed", "offer_refused o1": "waiting: stop_timer stop_ringing offer_closed changed",
    "offer_answered o1": "talking: stop_timer stop_timer stop_timer offer_closed bridge talking record",
    client_gone: "ended: stop_timer stop_ringing offer_closed leave_queue callback end", media_died: "ended: stop_timer stop_ringing offer_closed leave_queue callback end",
  },
  talking: {
    client_gone: "ended: end", hang_up: "ended: end", operator_gone: "ended: end", operator_lost: "talking: music timer changed", operator_back: "talking: stop_timer bridge changed",
    hold: "talking: mute hold changed", mute: "talking: mute changed", send_digits: "talking: send_digits", media_died: "ended: callback end",
  },
  calling_operator: {
    operator_phone_answered: "dialling: dial_client changed", operator_phone_refused: "ended: end", operator_gone: "ended: end", hang_up: "ended: end", media_died: "ended: end",
  },
  dialling: {
    client_answered: "talking: bridge talking record", client_refused: "ended: end", client_gone: "ended: end", hang_up: "ended: end", operator_gone: "ended: end",
    operator_lost: "dialling: changed", operator_back: "dialling: changed", media_died: "ended: end",
  },
  ended: {},
};

describe.each(Object.entries(states))("a call that is %s", (at, call) => {
  test.each(Object.entries(inputs))("is told: %s", (name, input) => {
    const before = structuredClone(call);
    const next = step(call, input, settings);
    const expected = table[at as CallState["at"]][name];
    if (expected) expect(`${next.call.state.at}: ${next.effects.map((effect) => effect.do).join(" ")}`).toBe(expected);
    else expect(next).toEqual({ call, effects: [] });
    expect(call).toEqual(before);
  });
});

const end = (result: Step) => result.effects.find((effect) => effect.do === "end");

test.each<[string, Call, CallInput[], object]>([
  ["hangs up in the menu", fresh(), [start, { on: "client_gone" }], { outcome: "left", operatorId: null, wrapUp: false }],
  ["hangs up while waiting", fresh(), [...queued, { on: "client_gone" }], { outcome: "abandoned", operatorId: null }],
  ["was promised a callback", fresh(), [...queued, { on: "digit", digit: "1" }, { on: "digit", digit: "1" }, { on: "client_gone" }], { outcome: "callback_taken" }],
  ["was talked to", fresh(), [...talking, { on: "hang_up" }], { outcome: "answered", offerId: "o1", wrapUp: true }],
  ["whose media died is wrapped up as interrupted", fresh(), [...talking, { on: "media_died" }], { outcome: "interrupted", offerId: "o1", wrapUp: true }],
  ["waited too long for a lost operator", fresh(), [...talking, { on: "operator_lost" }, { on: "timer", name: "leg_return" }], { outcome: "interrupted", wrapUp: true }],
  ["is called and busy", startOutbound(fresh({ direction: "out" }), "anna", "browser").call, [{ on: "client_refused", why: "busy" }], { outcome: "busy", operatorId: "anna", wrapUp: true }],
  ["is never called because the operator's phone refuses", startOutbound(fresh({ direction: "out" }), "anna", "phone").call, [{ on: "operator_phone_refused" }], { outcome: "failed", wrapUp: false }],
])("a client who %s", (_name, call, told, expected) => {
  expect(end(live(call, ...told))).toMatchObject(expected);
});

test("a line that only rings is answered with the operator, not before", () => {
  const ringing = fresh({ answerByOperator: true });
  expect(live(ringing, start).effects.map(({ do: done }) => done)).not.toContain("answer_client");
  expect(live(ringing, ...queued, offer("o1")).call.clientUp).toBe(false);
  expect(live(ringing, ...talking).effects.map(({ do: done }) => done)).toContain("answer_client");
});

test("a call we have answered does nothing until that is acknowledged: no flow, no queue, no operator, no promise", () => {
  const answered = step(fresh(), start, settings);
  expect(answered.effects).toEqual([{ do: "answer_client" }]);
  for (const input of Object.values(inputs).filter(({ on }) => !ENDINGS.has(on) && on !== "client_acknowledged" && on !== "queue_found")) expect(step(answered.call, input, settings)).toEqual({ call: answered.call, effects: [] });
  expect(step(answered.call, { on: "client_gone" }, settings).effects).toEqual([{ do: "end", outcome: "left", operatorId: null, offerId: null, wrapUp: false }]);
  expect(step(answered.call, { on: "media_died" }, settings).effects.map(({ do: done }) => done)).toEqual(["leave_queue", "end"]);
  const begun = step(answered.call, acknowledged, settings);
  expect(begun.effects.map(({ do: done }) => done)).toEqual(["play"]);
  expect(step(begun.call, acknowledged, settings)).toEqual({ call: begun.call, effects: [] });
});

test("an operator who answered a ringing line nobody was at has nothing to wrap up, and nobody is called back", () => {
  const rung = live(fresh({ answerByOperator: true }), ...queued, offer("o1")).call;
  const answered = step(rung, { on: "offer_answered", offerId: "o1" }, settings).call;
  for (const input of [{ on: "client_gone" }, { on: "hang_up" }, { on: "operator_gone" }] as const) {
    expect(step(answered, input, settings).effects).toEqual([{ do: "end", outcome: "abandoned", operatorId: "operator of o1", offerId: "o1", wrapUp: false }]);
    expect(step(step(answered, acknowledged, settings).call, input, settings).effects).toMatchObject([{ outcome: "answered", wrapUp: true }]);
  }
});

test("an operator whose browser reloads while the client is being called finds the client waiting to music", () => {
  const dialled = startOutbound(fresh({ direction: "out" }), "anna", "browser").call;
  const answered = live(dialled, { on: "operator_lost" }, { on: "client_answered" });
  expect(answered.call.state).toMatchObject({ at: "talking", operatorHere: false });
  expect(answered.effects.map(({ do: done }) => done)).toEqual(["talking", "record", "music", "timer", "changed"]);
  expect(live(answered.call, { on: "operator_back" }).effects.map(({ do: done }) => done)).toContain("bridge");
});

test("an operator who comes back to a held call does not bring the client back from the music", () => {
  const held = live(fresh(), ...talking, { on: "hold", held: true }, { on: "operator_lost" });
  expect(held.effects.map(({ do: done }) => done)).not.toContain("music");
  expect(live(held.call, { on: "operator_back" }).effects.map(({ do: done }) => done)).not.toContain("bridge");
});

test("while the client is on hold the operator is silent, and afterwards only if muted: what is said aside is in no recording", () => {
  const mutes = (...then: CallInput[]): boolean[] => {
    let at = live(fresh(), ...talking).call;
    return then.flatMap((input) => { const next = live(at, input); at = next.call; return next.effects.flatMap((effect) => (effect.do === "mute" ? [effect.muted] : [])); });
  };
  const [hold, resume]: CallInput[] = [{ on: "hold", held: true }, { on: "hold", held: false }];
  expect(mutes(hold!, resume!)).toEqual([true, false]);
  expect(mutes(hold!, { on: "mute", muted: true }, { on: "mute", muted: false }, resume!)).toEqual([true, true, true, false]);
  expect(mutes({ on: "mute", muted: true }, hold!, resume!)).toEqual([true, true, true]);
  expect(mutes(hold!, { on: "operator_lost" }, { on: "operator_back" }, resume!)).toEqual([true, true, false]);
  expect(mutes(hold!, { on: "operator_lost" }, resume!, { on: "operator_back" })).toEqual([true, false]);
});

test("a muted operator who comes back is still muted", () => {
  expect(live(fresh(), ...talking, { on: "mute", muted: true }, { on: "operator_lost" }, { on: "operator_back" }).effects).toContainEqual({ do: "mute", muted: true });
});

// --- whatever comes -------------------------------------------------------------------------------------------------

const offerIds = ["o1", "o2"];
const anOffer = fc.constantFrom(...offerIds);
const ENDINGS = new Set(["client_gone", "client_refused", "operator_gone", "hang_up", "media_died", "operator_phone_refused"]);
const [endings, others] = [Object.values(inputs).filter(({ on }) => ENDINGS.has(on)), Object.values(inputs).filter(({ on }) => !ENDINGS.has(on))];
const anyInput: fc.Arbitrary<CallInput> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...endings) },
  { weight: 12, arbitrary: fc.constantFrom(...others) },
  { weight: 2, arbitrary: fc.constant(acknowledged) },
  { weight: 6, arbitrary: fc.constantFrom("1", "2", "2", "7").map((digit): CallInput => ({ on: "digit", digit })) },
  { weight: 2, arbitrary: fc.nat(12).map((attempt): CallInput => ({ on: "played", playId: `ivr:${attempt}` })) },
  { weight: 2, arbitrary: fc.nat(12).map((attempt): CallInput => ({ on: "timer", name: `collect:${attempt}` })) },
  { weight: 8, arbitrary: anOffer.map((id) => offer(id)) }, { weight: 4, arbitrary: anOffer.map((id) => offer(id, "phone")) },
  { weight: 4, arbitrary: anOffer.map((offerId): CallInput => ({ on: "offer_answered", offerId })) },
  { weight: 6, arbitrary: fc.tuple(anOffer, fc.constantFrom("declined" as const, "missed" as const, "failed" as const, "no_line" as const)).map(([offerId, why]): CallInput => ({ on: "offer_refused", offerId, why })) },
  { weight: 2, arbitrary: anOffer.map((id): CallInput => ({ on: "timer", name: `ring:${id}` })) },
);
const anyCall: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ answerByOperator: fc.boolean(), recording: fc.boolean(), clientUp: fc.boolean() }).map(fresh),
  fc.constantFrom("browser" as const, "phone" as const).map((device) => startOutbound(fresh({ direction: "out" }), "anna", device).call),
);

/** What the world outside sees of a call; throws when something is done that cannot be. */
class World {
  ringing: string | null = null;
  inQueue = false;
  isConnected = false;
  counts = { end: 0, callback: 0, answer_client: 0 };

  see(effect: Effect): void {
    expect(this.counts.end, `${effect.do} after the end`).toBe(0);
    if (effect.do in this.counts) this.counts[effect.do as keyof typeof this.counts] += 1;
    switch (effect.do) {
      case "join_queue": expect(this.inQueue, "joined twice").toBe(false); this.inQueue = true; break;
      case "leave_queue": this.inQueue = false; break;
      case "ring_operator": expect(this.ringing, "two operators ring").toBe(null); expect(this.inQueue).toBe(true); this.ringing = effect.offerId; break;
      case "offer_closed": this.#close(effect.offerId, effect.why); break;
      case "end": expect([this.ringing, this.inQueue], "ended with an open offer or a place in the queue").toEqual([null, false]); break;
      default:
    }
  }

  #close(offerId: string, why: string): void {
    expect(offerId, "closed what does not ring").toBe(this.ringing);
    this.ringing = null;
    if (why !== "accepted") return;
    expect(this.isConnected, "answered twice").toBe(false);
    this.isConnected = true;
    this.inQueue = false;
  }
}

test("whatever comes in whatever order: offers are closed once, the end comes once and is final, one callback at most", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const seen = new Set<string>();
  let connected = 0;
  fc.assert(fc.property(anyCall, fc.array(anyInput, { minLength: 10, maxLength: 80, size: "max" }), fc.boolean(), (call, told, isPrompt) => {
    const world = new World();
    let now = call;
    seen.add(now.state.at);
    const feed = (input: CallInput): void => {
      const next = step(now, input, settings);
      now = next.call;
      seen.add(now.state.at);
      for (const effect of next.effects) world.see(effect);
      if (next.effects.some((effect) => effect.do === "find_queue")) feed({ on: "queue_found", plan });
    };
    if (call.direction === "in") feed(start);
    if (isPrompt) feed(acknowledged);
    // The runner begins a call once and finds a queue only when asked.
    for (const input of told.filter(({ on }) => on !== "start" && on !== "queue_found")) feed(input);
    connected += world.isConnected ? 1 : 0;
    expect(world.counts.callback).toBeLessThanOrEqual(1);
    expect(world.counts.answer_client).toBeLessThanOrEqual(1);
    expect(now.state.at === "ended").toBe(world.counts.end === 1);
    feed({ on: "media_died" });
    expect(now.state.at).toBe("ended");
    expect(world.counts.end).toBe(1);
    expect(world.counts.callback).toBeLessThanOrEqual(1);
  }), { seed, numRuns: 5_000 });
  // The walk has been everywhere; else it would prove nothing.
  expect([...seen].toSorted()).toEqual(Object.keys(states).toSorted());
  expect(connected).toBeGreaterThan(100);
});
