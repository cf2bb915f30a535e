import { MediaFull, MediaRefused, type MediaEngine } from "@linija/media";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { configSchema } from "../../platform/config.ts";
import type { Ctx } from "../../platform/db.ts";
import { createLog } from "../../platform/log.ts";
import { registry } from "../../platform/metrics.ts";
import type { CallRow, LiveWriter } from "../interactions/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { newCall, type Call } from "./calls.machine.ts";
import { CallRunner, type VoiceDeps } from "./calls.runner.ts";

const plan = { queueId: "shop.orders", projectKey: "shop", ringMs: 20_000, music: "music/waiting.wav", announceEveryMs: 45_000, maxWaitMs: 480_000, wrapUpS: 60, languages: ["sl"], skills: [], priority: 0 };
const row: CallRow = {
  id: "call", channel: "voice", direction: "in", project_key: "shop", queue_id: null, client_id: null, operator_id: null, ticket_id: null, language: "sl", state: "ivr", outcome: null, from_number: "+38640111222", to_number: "200", caller_name: "",
  priority: 0, node_id: "node", started_at: "2026-01-01T00:00:00.000Z", queued_at: null, answered_at: null, ended_at: null, recording_id: null, media_stats: null,
};

/** What Ana's desk sends to answer a call. */
const here = { sdp: "sdp", desk: "here" };

/** A runner among surroundings that do nothing but remember; media answers when the test says so. */
class Bench {
  readonly did: string[] = [];
  readonly ended: string[] = [];
  answering = Promise.withResolvers<string>();
  isRouterAway = false;
  isRouterHung = false;
  opening: () => Promise<string> = () => Promise.resolve("sdp");
  readonly runner: CallRunner;

  constructor(given: Partial<Call> = {}) {
    const note = (name: string) => (...args: unknown[]): Promise<void> => { this.did.push([name, ...args.filter((arg) => typeof arg === "string")].join(" ")); return Promise.resolve(); };
    const media = {
      answer: () => this.answering.promise, offer: () => this.opening(), hangup: note("hangup"), close: () => Promise.resolve({ legs: {}, recording: null }), play: note("play"), connect: note("connect"), record: note("record"), disconnect: note("disconnect"), stopPlay: note("stopPlay"), sendDigits: note("sendDigits"), mute: note("mute"),
    } as unknown as MediaEngine;
    const routed = <T>(answer: () => Promise<T>): Promise<T> => (this.isRouterAway ? Promise.reject(new Error("no router")) : this.isRouterHung ? new Promise<T>(() => undefined) : answer());
    const tell = (name: string) => (...args: unknown[]): Promise<unknown> => routed(() => note(name)(...args));
    const router = { addWork: tell("addWork"), removeWork: tell("removeWork"), offerClosed: tell("offerClosed"), callEnded: tell("callEnded"), position: () => routed(() => Promise.resolve({ position: 1, expectedWaitMs: null })) } as unknown as RouterClient;
    const deps: VoiceDeps = {
      ctx: { now: () => new Date(), log: createLog("silent", ""), actor: { kind: "system", name: "test" } } as unknown as Ctx, config: configSchema.parse({}), nodeId: "node", media, router, prompts: "/prompts", recordings: "/recordings",
      writer: { write: () => Promise.resolve() } as unknown as LiveWriter, stack: () => { throw new Error("no SIP here"); }, findQueue: () => plan, callerId: () => "", contactOf: ({ contact }) => Promise.resolve(contact),
      callback: (_runner, reason) => note("callback")(reason), ended: (runner) => { this.ended.push(runner.id); }, callbackTried: () => Promise.resolve(),
    };
    const call = { ...newCall({ id: "call", direction: "in", language: "sl", projectKey: "shop", answerByOperator: false, recording: true, clientUp: true }), ...given };
    this.runner = new CallRunner(deps, call, { ...row }, { kind: "web" });
  }

  /** Waits in the queue and rings Ana's browser, or her phone. */
  async ring(device: "browser" | "phone" = "browser", offerId = "o1"): Promise<this> {
    this.runner.feed({ on: "queue_found", plan });
    await this.runner.settled();
    this.runner.offered.set(offerId, { callId: "call", offerId, operatorId: "ana", device, contact: "sip:ana@127.0.0.1", sipUser: "201" });
    this.runner.feed({ on: "offer", offerId, operatorId: "ana", device });
    await this.runner.settled();
    return this;
  }

  get at(): string { return this.runner.call.state.at; }
}

beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); });
afterEach(() => { vi.useRealTimers(); });

describe("while an operator's browser is answering", () => {
  test("the caller hangs up: the call is over, the operator is told so, and no leg stays behind", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.runner.feed({ on: "client_gone" });
    await bench.runner.settled();
    bench.answering.resolve("answer");
    await expect(accepted).rejects.toThrow("offer_gone");
    expect([bench.at, bench.ended]).toEqual(["ended", ["call"]]);
    expect(bench.did).toContain("hangup");
    expect(bench.did).toContain("offerClosed o1 ana withdrawn");
    expect(bench.did.filter((deed) => deed.startsWith("callback"))).toEqual(["callback abandoned"]);
  });

  test("the caller hangs up in the very turn of the answer: one outcome, and it is told", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.resolve("answer");
    bench.runner.feed({ on: "client_gone" });
    await expect(accepted).rejects.toThrow("offer_gone");
    await bench.runner.settled();
    expect(bench.did.filter((deed) => deed.startsWith("offerClosed"))).toEqual(["offerClosed o1 ana withdrawn"]);
  });

  test("the caller hangs up right after the answer was taken: it was answered, and the desk is told the same", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.resolve("answer");
    const { feed } = bench.runner;
    bench.runner.feed = (input) => { feed.call(bench.runner, input); if (input.on === "offer_answered") feed.call(bench.runner, { on: "client_gone" }); };
    expect(await accepted).toBe("answer");
    expect(bench.runner.row).toMatchObject({ state: "wrap_up", outcome: "answered", operator_id: "ana" });
    expect(bench.did.filter((deed) => deed.startsWith("offerClosed"))).toEqual(["offerClosed o1 ana accepted"]);
  });

  test("the time to answer runs out: nobody else is rung, and the answer counts", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    await vi.advanceTimersByTimeAsync(plan.ringMs + 1_000);
    expect(bench.at).toBe("offered");
    bench.answering.resolve("answer");
    expect(await accepted).toBe("answer");
    expect([bench.at, bench.runner.row.operator_id]).toEqual(["talking", "ana"]);
  });

  test("media refuses the answer: the offer rings on for a moment and is then missed", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.reject(new Error("cannot"));
    await expect(accepted).rejects.toThrow("cannot");
    expect(bench.at).toBe("offered");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bench.at).toBe("waiting");
    expect(bench.did).toContain("offerClosed o1 ana missed");
  });

  test.each([
    ["because it cannot use the offer: the field is named", new MediaRefused("bad_sdp", "line 3 of the offer"), { code: "invalid", fields: [{ field: "sdp", code: "wrong_value", params: {} }] }],
    ["because it is full: the operator may try again", new MediaFull("webrtc"), { code: "unavailable", reason: "line_full", retryAfterS: 5 }],
  ])("media refuses the answer %s, in words of ours alone", async (_why, refusal, told) => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.reject(refusal);
    await expect(accepted).rejects.toMatchObject(told);
  });

  test("the same button is pressed twice: one answer, one refusal", async () => {
    const bench = await new Bench().ring();
    const first = bench.runner.accept("o1", "ana", here);
    await expect(bench.runner.accept("o1", "ana", here)).rejects.toThrow("offer_gone");
    bench.answering.resolve("answer");
    expect(await first).toBe("answer");
    expect(bench.did.filter((deed) => deed.startsWith("offerClosed"))).toEqual(["offerClosed o1 ana accepted"]);
  });
});

test.each([
  ["opens the card of the project called", [{ id: "taxi", language: null, projects: ["taxi"] }, { id: "shop", language: null, projects: ["internet", "shop"] }], "shop"],
  ["opens no card of another project, whoever says to be calling", [{ id: "taxi", language: null, projects: ["taxi"] }], null],
  ["of somebody unknown opens none", [], null],
] as const)("a number that calls %s", async (_what, callers, expected) => {
  const bench = new Bench();
  bench.runner.callers = callers.map((caller) => ({ ...caller, projects: [...caller.projects] }));
  await bench.ring();
  expect(bench.runner.row.client_id).toBe(expected);
});

describe("of two desks of one operator", () => {
  const there = { sdp: "sdp", desk: "there", take: false };
  async function talking(): Promise<CallRunner> {
    const bench = await new Bench().ring();
    bench.answering.resolve("answer");
    await bench.runner.accept("o1", "ana", here);
    return bench.runner;
  }

  test("the one that answered keeps the sound: the other is refused, and nothing changes", async () => {
    const runner = await talking();
    await expect(runner.attach("ana", there)).rejects.toMatchObject({ code: "conflict", reason: "leg_elsewhere" });
    expect([runner.desk, runner.call.state]).toEqual(["here", expect.objectContaining({ at: "talking", operatorHere: true })]);
  });

  test("the one that answered gets its sound back after a reload, before anybody knows that it was away", async () => {
    const runner = await talking();
    expect(await runner.attach("ana", { ...here, take: false })).toBe("answer");
    runner.feed({ on: "operator_lost" });
    await runner.settled();
    expect(await runner.attach("ana", { ...here, take: false })).toBe("answer");
    expect(runner.desk).toBe("here");
  });

  test("the other may take the sound, and then it is the first that is refused", async () => {
    const runner = await talking();
    expect(await runner.attach("ana", { ...there, take: true })).toBe("answer");
    expect(runner.desk).toBe("there");
    await expect(runner.attach("ana", { ...here, take: false })).rejects.toMatchObject({ reason: "leg_elsewhere" });
  });

  test("the other comes at once when the one that had the sound is lost", async () => {
    const runner = await talking();
    runner.feed({ on: "operator_lost" });
    await runner.settled();
    expect(await runner.attach("ana", there)).toBe("answer");
    expect([runner.desk, runner.call.state]).toEqual(["there", expect.objectContaining({ operatorHere: true })]);
  });

  test("a take that media refuses leaves the sound where it was", async () => {
    const runner = await talking();
    runner.deps.media.answer = () => Promise.reject(new MediaFull("webrtc"));
    await expect(runner.attach("ana", { ...there, take: true })).rejects.toMatchObject({ reason: "line_full" });
    expect(runner.desk).toBe("here");
  });
});

test.each([["another offer", "o0", "ana"], ["somebody else's offer", "o1", "bor"]])("accepting %s is refused and changes nothing", async (_what, offerId, operatorId) => {
  const bench = await new Bench().ring();
  await expect(bench.runner.accept(offerId, operatorId, here)).rejects.toThrow("offer_gone");
  expect(bench.at).toBe("offered");
});

describe("when the operator's phone is to ring", () => {
  test("and media is full, the offer is taken back for want of a line, which is counted, and the call waits on", async () => {
    const before = await withoutLine();
    const bench = new Bench();
    bench.opening = () => Promise.reject(new MediaFull("rtp"));
    await bench.ring("phone");
    expect([bench.at, bench.runner.row.state]).toEqual(["waiting", "waiting"]);
    expect(bench.did.filter((deed) => deed.startsWith("offerClosed"))).toEqual(["offerClosed o1 ana no_line"]);
    expect(await withoutLine()).toBe(before + 1);
  });

  test("and media refuses it for another reason, the offer has failed", async () => {
    const bench = new Bench();
    bench.opening = () => Promise.reject(new MediaRefused("bad_sdp", "no audio"));
    await bench.ring("phone");
    expect(bench.at).toBe("waiting");
    expect(bench.did).toContain("offerClosed o1 ana failed");
  });
});

const withoutLine = async (): Promise<number> => (await registry.getSingleMetric("linija_offers_without_line_total")!.get()).values[0]?.value ?? 0;

test("inputs are worked on in the order they came, whenever they come", async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.resolve("answer");
    await accepted;
    bench.runner.feed({ on: "send_digits", digits: "1" });
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    for (const digits of ["2", "3", "4"]) bench.runner.feed({ on: "send_digits", digits });
    await bench.runner.settled();
    expect(bench.did.filter((deed) => deed.startsWith("sendDigits"))).toEqual(["sendDigits 1", "sendDigits 2", "sendDigits 3", "sendDigits 4"]);
  }
});

test("a call that cannot decide, and whose line cannot be hung up, ends all the same", async () => {
  const bench = await new Bench().ring();
  // A flow that is not what its own checks promise.
  bench.runner.call = { ...bench.runner.call, book: {} as never, ivr: {} as never };
  Object.assign(bench.runner, { client: { kind: "sip", call: { state: "confirmed", bye: () => { throw new Error("no such transport"); } } } });
  bench.runner.feed({ on: "digit", digit: "1" });
  await bench.runner.settled();
  expect([bench.at, bench.ended, bench.runner.row.state, bench.runner.row.outcome]).toEqual(["ended", ["call"], "ended", "interrupted"]);
  expect(bench.did.filter((deed) => /^offerClosed|^callback/.test(deed))).toEqual(["offerClosed o1 ana withdrawn", "callback interrupted"]);
});

describe("cut off before its row is in the table", () => {
  test("a call gets its callback once the row is there, and ends after that", async () => {
    const bench = await new Bench().ring();
    const inserted = Promise.withResolvers<void>();
    bench.runner.inserted = inserted.promise;
    bench.runner.feed({ on: "media_died" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([bench.did.filter((deed) => deed.startsWith("callback")), bench.ended]).toEqual([[], []]);
    inserted.resolve();
    await bench.runner.settled();
    expect([bench.did.filter((deed) => deed.startsWith("callback")), bench.ended]).toEqual([["callback interrupted"], ["call"]]);
  });

  test("a call whose row is refused is over without one", async () => {
    const bench = new Bench();
    bench.runner.inserted = Promise.reject(new Error("refused"));
    bench.runner.feed({ on: "media_died" });
    await bench.runner.settled();
    expect([bench.did.filter((deed) => deed.startsWith("callback")), bench.ended]).toEqual([[], ["call"]]);
  });
});

describe("without a router", () => {
  test("a caller who waits hears music instead of silence", async () => {
    const bench = new Bench();
    bench.isRouterAway = true;
    bench.runner.feed({ on: "queue_found", plan });
    await bench.runner.settled();
    expect(bench.at).toBe("waiting");
    expect(bench.did).toContain("play");
  });

  test("one that hangs keeps nobody from music, from an answer or from the end of the call", async () => {
    const waits = new Bench();
    waits.isRouterHung = true;
    waits.runner.feed({ on: "queue_found", plan });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(waits.did).toContain("play");

    const bench = await new Bench().ring();
    bench.isRouterHung = true;
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.resolve("answer");
    expect(await accepted).toBe("answer");
    bench.runner.feed({ on: "hang_up" });
    await bench.runner.settled();
    expect([bench.at, bench.ended]).toEqual(["ended", ["call"]]);
  });

  test("what it is told comes in order, however slow it is", async () => {
    const bench = await new Bench().ring();
    const slow = Promise.withResolvers<void>();
    bench.runner.tell("first", async () => { await slow.promise; bench.did.push("first"); });
    bench.runner.feed({ on: "client_gone" });
    await bench.runner.settled();
    expect(bench.did.filter((deed) => /^offerClosed|^first|^removeWork/.test(deed))).toEqual([]);
    slow.resolve();
    await bench.runner.heard(1_000);
    expect(bench.did.filter((deed) => /^offerClosed|^first|^removeWork/.test(deed))).toEqual(["first", "offerClosed o1 ana withdrawn", "removeWork call"]);
  });

  test("a call that ends is over here all the same", async () => {
    const bench = await new Bench().ring();
    const accepted = bench.runner.accept("o1", "ana", here);
    bench.answering.resolve("answer");
    await accepted;
    bench.isRouterAway = true;
    bench.runner.feed({ on: "hang_up" });
    await bench.runner.settled();
    expect([bench.at, bench.ended, bench.runner.row.state]).toEqual(["ended", ["call"], "wrap_up"]);
  });
});
