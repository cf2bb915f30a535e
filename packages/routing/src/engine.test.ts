import { beforeEach, describe, expect, test } from "vitest";
import { createRouting } from "./index.ts";
import type { OperatorInput, Routing, WorkInput } from "./index.ts";

const MINUTE = 60_000;
let routing: Routing;

beforeEach(() => {
  routing = createRouting();
  routing.setQueue({ queueId: "q" });
});

function buildWork(workId: string, changes: Partial<WorkInput> = {}): WorkInput {
  return { workId, queueId: "q", language: null, skills: [], priority: 0, enqueuedAtMs: 0, channel: "voice", ...changes };
}

function buildOperator(operatorId: string, changes: Partial<OperatorInput> = {}): OperatorInput {
  return { operatorId, queueIds: ["q"], languages: ["en"], skills: {}, capacity: { voice: 1 }, ready: true, idleSinceMs: 0, ...changes };
}

/** Who got it, of operators who all stand ready. */
function choose(work: WorkInput, operators: OperatorInput[]): string | undefined {
  for (const operator of operators) routing.setOperator(operator, 0);
  return routing.addWork(work, 0)[0]?.operatorId;
}

describe("which operator", () => {
  test("the longest idle, then the lower id", () => {
    expect(choose(buildWork("w"), [buildOperator("a", { idleSinceMs: 9 }), buildOperator("c", { idleSinceMs: 5 }), buildOperator("b", { idleSinceMs: 5 })])).toBe("b");
  });

  test("the highest level in what is asked for, whoever has been idle longer", () => {
    const skills = [{ skill: "billing", level: 2 }];
    expect(choose(buildWork("w", { skills }), [
      buildOperator("fair", { skills: { billing: 3, sales: 5 }, idleSinceMs: 1 }),
      buildOperator("good", { skills: { billing: 4 }, idleSinceMs: 8 }),
      buildOperator("poor", { skills: { billing: 1 } }),
    ])).toBe("good");
  });

  test("one with the skill, however many different skills one queue's clients ask for", () => {
    const names = Array.from({ length: 70 }, (_, i) => `skill${i}`);
    routing.setOperator(buildOperator("unskilled"), 0);
    for (const skill of names.slice(0, 50)) routing.addWork(buildWork(`early ${skill}`, { skills: [{ skill, level: 2 }] }), 0);
    for (const skill of names) {
      const offers = routing.setOperator(buildOperator(`${skill} expert`, { skills: { [skill]: 2 }, capacity: { voice: 2 } }), 0);
      expect(offers.map((offer) => offer.workId)).toEqual(names.indexOf(skill) < 50 ? [`early ${skill}`] : []);
    }
    for (const skill of names) {
      expect(routing.addWork(buildWork(`late ${skill}`, { skills: [{ skill, level: 2 }] }), 0)).toMatchObject([{ operatorId: `${skill} expert` }]);
    }
  });

  test("the least versatile where the queue spares its experts", () => {
    routing.setQueue({ queueId: "q", fit: "spare" });
    const skills = [{ skill: "billing", level: 2 }];
    expect(choose(buildWork("w", { skills }), [
      buildOperator("expert", { skills: { billing: 5, technical: 5 } }),
      buildOperator("beginner", { skills: { billing: 2 }, idleSinceMs: 9 }),
    ])).toBe("beginner");
  });

  test("the client's last operator before a better one, but only if free", () => {
    const work = buildWork("w", { preferredOperatorId: "last", skills: [{ skill: "billing", level: 1 }] });
    const best = buildOperator("best", { skills: { billing: 5 } });
    const last = buildOperator("last", { skills: { billing: 1 } });
    expect(choose(work, [best, last])).toBe("last");
    expect(choose({ ...work, workId: "w2" }, [])).toBe("best");
  });

  test("never one without the language, in another queue, excluded, or without that channel", () => {
    expect(choose(buildWork("w", { language: "sl", channel: "chat", excluded: ["d"] }), [
      buildOperator("a", { capacity: { chat: 1 } }),
      buildOperator("b", { languages: ["sl"], queueIds: ["other"], capacity: { chat: 1 } }),
      buildOperator("c", { languages: ["sl"] }),
      buildOperator("d", { languages: ["sl"], capacity: { chat: 1 } }),
    ])).toBeUndefined();
    expect(routing.explain("w", 0)?.verdicts).toEqual({ language: 1, channel: 1, excluded: 1 });
  });

  test("the one with fewer chats, up to each one's capacity in chats and altogether", () => {
    routing.setOperator(buildOperator("a", { capacity: { voice: 1, chat: 3 }, totalCapacity: 2 }), 0);
    routing.setOperator(buildOperator("b", { capacity: { chat: 2 } }), 0);
    const got = ["1", "2", "3", "4", "5"].map((id) => routing.addWork(buildWork(id, { channel: "chat" }), 0)[0]?.operatorId);
    expect(got).toEqual(["a", "b", "a", "b", undefined]);
  });
});

describe("which work", () => {
  function order(works: WorkInput[], nowMs: number): string[] {
    for (const work of works) routing.addWork(work, nowMs);
    routing.setOperator(buildOperator("a", { queueIds: ["q", "r"], capacity: { voice: works.length } }), nowMs);
    return routing.snapshot().works.toSorted((a, b) => Number(a.offerId!.slice(1)) - Number(b.offerId!.slice(1))).map((each) => each.input.workId);
  }

  test("higher priority first, then longest waiting, then the lower id", () => {
    const works = [buildWork("z", { enqueuedAtMs: 1 }), buildWork("b", { enqueuedAtMs: 2 }), buildWork("a", { enqueuedAtMs: 2 }), buildWork("vip", { enqueuedAtMs: 3, priority: 1 })];
    expect(order(works, 10)).toEqual(["vip", "z", "a", "b"]);
  });

  test("with one point a minute, four minutes of waiting beat three points of priority", () => {
    routing.setQueue({ queueId: "q", ageingPerMinute: 1 });
    const works = [buildWork("vip", { enqueuedAtMs: 4 * MINUTE, priority: 3 }), buildWork("patient"), buildWork("later", { enqueuedAtMs: 2 * MINUTE })];
    expect(order(works, 4 * MINUTE)).toEqual(["patient", "vip", "later"]);
  });

  test("a change of ageing counts at once for those who wait", () => {
    routing.addWork(buildWork("patient"), 0);
    routing.addWork(buildWork("vip", { priority: 3, enqueuedAtMs: 4 * MINUTE }), 4 * MINUTE);
    expect(routing.position("vip")).toBe(1);
    routing.setQueue({ queueId: "q", ageingPerMinute: 1 });
    expect(routing.position("patient")).toBe(1);
  });

  test.each([
    { minutes: 1, first: "favoured" },
    { minutes: 3, first: "patient" },
  ])("a queue two points above another goes first until ageing there has caught up ($minutes min: $first)", ({ minutes, first }) => {
    routing.setQueue({ queueId: "q", priority: 2 });
    routing.setQueue({ queueId: "r", ageingPerMinute: 1 });
    expect(order([buildWork("patient", { queueId: "r" }), buildWork("favoured")], minutes * MINUTE)[0]).toBe(first);
    expect(routing.explain("patient", minutes * MINUTE)?.effectivePriority).toBe(minutes);
  });

  test("a callback keeps the place of its first call", () => {
    routing.addWork(buildWork("early", { enqueuedAtMs: 10 }), 10);
    routing.addWork(buildWork("callback", { enqueuedAtMs: 5 }), 20);
    expect(routing.position("callback")).toBe(1);
    expect(routing.position("early")).toBe(2);
  });

  test("nobody starves behind a flood of important calls when waiting adds priority", () => {
    routing.setQueue({ queueId: "q", ageingPerMinute: 1 });
    routing.addWork(buildWork("ordinary"), 0);
    routing.setOperator(buildOperator("a", { ready: false }), 0);
    for (let minute = 0; minute < 20; minute++) {
      const nowMs = minute * MINUTE;
      routing.addWork(buildWork(`vip${minute}`, { priority: 5, enqueuedAtMs: nowMs }), nowMs);
      const [offer] = routing.setOperator(buildOperator("a"), nowMs);
      if (offer!.workId === "ordinary") {
        expect(minute).toBe(5);
        return;
      }
      routing.acceptOffer(offer!.offerId, nowMs);
      routing.finishWork(offer!.workId, nowMs, { operatorReady: false });
    }
    expect.fail("the ordinary call was never answered");
  });
});

describe("refusing", () => {
  const declined = { reason: "declined" as const, operatorReady: true, idleSinceMs: 0 };

  test("a declined call goes to the next, keeping its place, and not back while another who qualifies is on duty", () => {
    routing.setOperator(buildOperator("a"), 0);
    routing.setOperator(buildOperator("b", { idleSinceMs: 1 }), 0);
    routing.addWork(buildWork("w"), 0);
    const [second] = routing.refuseOffer("o1", 1, declined);
    expect(second).toMatchObject({ workId: "w", operatorId: "b" });
    routing.addWork(buildWork("later", { enqueuedAtMs: 1 }), 1);
    routing.acceptOffer("o3", 1);
    // b declines as well; a is on the phone, and both have refused: all is forgiven and it goes to b, the only one free.
    expect(routing.refuseOffer(second!.offerId, 2, declined)).toMatchObject([{ workId: "w", operatorId: "b" }]);
  });

  test("it waits for the other one on duty rather than ring the refuser again", () => {
    routing.setOperator(buildOperator("a"), 0);
    routing.setOperator(buildOperator("b", { load: { voice: 1 } }), 0);
    routing.addWork(buildWork("w"), 0);
    expect(routing.refuseOffer("o1", 1, declined)).toEqual([]);
    expect(routing.explain("w", 1)).toMatchObject({ state: "waiting", position: 1, verdicts: { refused: 1, busy: 1 } });
    expect(routing.setOperator(buildOperator("b", { ready: false }), 2)).toMatchObject([{ workId: "w", operatorId: "a" }]);
  });

  test("an operator who missed a call is not offered anything until ready again", () => {
    routing.setOperator(buildOperator("a"), 0);
    routing.addWork(buildWork("w"), 0);
    expect(routing.refuseOffer("o1", 20, { reason: "missed", operatorReady: false, idleSinceMs: 20 })).toEqual([]);
    expect(routing.setOperator(buildOperator("a", { idleSinceMs: 30 }), 30)).toMatchObject([{ workId: "w", operatorId: "a" }]);
  });
});

describe("late and lost", () => {
  test("an answer after the caller hung up is stale and the operator gets the next caller", () => {
    routing.setOperator(buildOperator("a"), 0);
    routing.addWork(buildWork("w1"), 0);
    routing.addWork(buildWork("w2"), 0);
    expect(routing.removeWork("w1", 1)).toMatchObject([{ offerId: "o2", workId: "w2" }]);
    expect(routing.acceptOffer("o1", 1)).toEqual({ ok: false, reason: "stale" });
    expect(routing.refuseOffer("o1", 1, { reason: "missed", operatorReady: false, idleSinceMs: 1 })).toEqual([]);
    expect(routing.acceptOffer("o2", 2)).toEqual({ ok: true, workId: "w2", operatorId: "a", queueId: "q", waitedMs: 2 });
    expect(routing.acceptOffer("o2", 2).ok).toBe(false);
  });

  test("signing out while it rings passes the call on; work in hand stays counted until finished", () => {
    routing.setOperator(buildOperator("a", { capacity: { voice: 2 } }), 0);
    routing.setOperator(buildOperator("b", { idleSinceMs: 1, capacity: { voice: 1 } }), 0);
    routing.addWork(buildWork("w1"), 0);
    routing.acceptOffer("o1", 0);
    routing.setOperator(buildOperator("b", { ready: false }), 0);
    routing.addWork(buildWork("w2"), 0);
    routing.setOperator(buildOperator("b"), 0);
    expect(routing.removeOperator("a", 1)).toMatchObject([{ workId: "w2", operatorId: "b" }]);
    expect(routing.setOperator(buildOperator("a"), 2)).toEqual([]);
    routing.addWork(buildWork("w3"), 2);
    expect(routing.finishWork("w1", 3, { operatorReady: true })).toMatchObject([{ workId: "w3", operatorId: "a" }]);
  });

  test("a rebuilt engine counts calls in progress against their operators", () => {
    routing.adoptWork(buildWork("talk"), "a", 0);
    expect(routing.setOperator(buildOperator("a"), 5)).toEqual([]);
    expect(routing.addWork(buildWork("w"), 6)).toEqual([]);
    expect(routing.finishWork("talk", 9, { operatorReady: true })).toMatchObject([{ workId: "w", operatorId: "a" }]);
  });

  test("work added again while it waits is replaced, and refused once an operator has it", () => {
    routing.addWork(buildWork("w"), 0);
    routing.addWork(buildWork("w", { priority: 2 }), 1);
    expect(routing.waiting("q")).toEqual({ count: 1, oldestEnqueuedAtMs: 0 });
    routing.setOperator(buildOperator("a"), 2);
    expect(() => routing.addWork(buildWork("w"), 3)).toThrow("workId cannot be w");
  });

  test("wrong values are refused by name and change nothing", () => {
    const before = routing.snapshot();
    expect(() => routing.addWork(buildWork("w", { queueId: "nowhere" }), 0)).toThrow("queueId");
    expect(() => routing.addWork(buildWork("w", { priority: Number.NaN }), 0)).toThrow("priority");
    expect(() => routing.addWork(buildWork("w", { skills: [{ skill: "x", level: 9 }] }), 0)).toThrow("skills.level");
    expect(() => routing.setOperator(buildOperator("a", { capacity: { voice: 1.5 } }), 0)).toThrow("capacity");
    expect(() => routing.setQueue({ queueId: "q", ageingPerMinute: -1 })).toThrow("ageingPerMinute");
    expect(routing.snapshot()).toEqual(before);
  });

  test("a queue is forgotten only when nothing of it is left", () => {
    routing.addWork(buildWork("w"), 0);
    expect(routing.removeQueue("q")).toBe(false);
    routing.removeWork("w", 1);
    expect(routing.removeQueue("q")).toBe(true);
    expect(routing.waiting("q")).toEqual({ count: 0, oldestEnqueuedAtMs: null });
  });
});

describe("what callers are told", () => {
  test("expected wait follows the place, the operators on duty and the handling times seen", () => {
    routing.setQueue({ queueId: "q", expectedHandleMs: 100_000 });
    routing.setOperator(buildOperator("a", { load: { voice: 1 } }), 0);
    routing.setOperator(buildOperator("b"), 0);
    routing.addWork(buildWork("talk"), 0);
    routing.acceptOffer("o1", 0);
    routing.addWork(buildWork("w1"), 0);
    routing.addWork(buildWork("w2", { enqueuedAtMs: 1 }), 1);
    expect([routing.expectedWaitMs("w1", 1), routing.expectedWaitMs("w2", 1)]).toEqual([50_000, 100_000]);
    routing.finishWork("talk", 60_000, { operatorReady: false });
    // b is away now: one operator is left, and calls take a minute.
    expect(routing.expectedWaitMs("w2", 60_000)).toBe(120_000);
    routing.removeOperator("a", 60_000);
    expect(routing.expectedWaitMs("w2", 60_000)).toBeNull();
  });

  test("every offer can be explained while the work is there, by work or by offer", () => {
    routing.setOperator(buildOperator("a", { skills: { billing: 4 }, idleSinceMs: 7 }), 10);
    routing.addWork(buildWork("w", { skills: [{ skill: "billing", level: 2 }], preferredOperatorId: "a", enqueuedAtMs: 4 }), 10);
    const why = routing.explain("o1", 12);
    expect(why).toEqual(routing.explain("w", 12));
    expect(why?.reason).toEqual({ decidedAtMs: 10, operatorId: "a", effectivePriority: 0, by: "preferred", skillSum: 4, load: 0, idleSinceMs: 7 });
    expect(why?.operators).toMatchObject([{ operatorId: "a", verdict: "has_it" }]);
    expect(routing.explain("nothing", 12)).toBeNull();
  });
});
