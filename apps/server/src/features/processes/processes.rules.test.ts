import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadDeclarations } from "../projects/index.ts";
import { momentOf, wallTime } from "../clocks/clocks.rules.ts";
import { wordsOf } from "../projects/index.ts";
import { allowed, apply, type ApplyInput, checkProcess, clockFired, type Moment, type Process, type ProcessActor, type ProcessEffect, type ProcessTicket, setDue, setPriority, start } from "./index.ts";

const root = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const hourMs = 3_600_000;
/** Open round the clock, so that the numbers below can be read. */
const clock = wallTime;
/** Clocks told as the moments they ring: `solution 75 → …`. */
const told = (effects: ProcessEffect[]) => effects.flatMap((effect): unknown[] => (effect.kind !== "clock" ? [effect] : effect.clock.thresholds.map((percent) => {
  const moment = momentOf(effect.clock, (effect.clock.allowedMs * percent) / 100, clock);
  return `${effect.clock.name} ${percent} ${moment ? (moment.getTime() - at(0).now.getTime()) / hourMs : "stands"}`;
})));
const at = (hours: number): Moment => ({ now: new Date(Date.UTC(2026, 10, 2, 8) + hours * hourMs), clock });
const iso = (hours: number) => at(hours).now.toISOString();
const operator: ProcessActor = { id: "op-1", roles: ["operator"] };
const supervisor: ProcessActor = { id: "sup-1", roles: ["supervisor"] };
const client: ProcessActor = { id: null, roles: ["client"] };
const solved = { resolution: "Cable replaced", resolution_kind: "solved" };

let request: Process;
beforeAll(async () => {
  const loaded = await loadDeclarations(root);
  if (!loaded.ok) throw new Error("declarations do not load");
  request = loaded.declarations.projects[0]?.processes.request as Process;
});

const registered = () => start(request, { priority: "normal" }, at(0)).ticket;
function go(ticket: ProcessTicket, key: string, input: ApplyInput & Moment): ProcessTicket {
  const outcome = apply(request, ticket, key, input);
  if (!outcome.ok) throw new Error(`${key}: ${JSON.stringify(outcome.problems)}`);
  return outcome.ticket;
}
const taken = () => go(registered(), "take", { actor: operator, ...at(1) });
const done = () => go(taken(), "finish", { actor: operator, fields: solved, ...at(2) });

describe("registering", () => {
  test("sets the deadline by priority, its escalations, and tells the client", () => {
    const { ticket, effects } = start(request, { priority: "high" }, at(0));
    expect(ticket).toMatchObject({ stage: "registered", dueAt: iso(8), clockFrom: iso(0), reopenCount: 0 });
    expect(told(effects)).toEqual([{ kind: "set_deadline", dueAt: iso(8) }, "solution 75 6", "solution 100 8", { kind: "notify", notice: "received" }]);
  });
  test("takes the hours of the ticket's type instead of the process's", () => {
    expect(start(request, { priority: "low", deadlineHours: { low: 5, normal: 3, high: 2, urgent: 1 } }, at(0)).ticket.dueAt).toBe(iso(5));
  });
  test("sets no deadline for a question", () => {
    expect(start(request, { priority: "normal", deadlineHours: null }, at(0)).effects).toEqual([{ kind: "notify", notice: "received" }]);
  });
  test("keeps the deadline the client asked for", () => {
    expect(start(request, { priority: "low", requiredBy: at(3).now }, at(0)).ticket.dueAt).toBe(iso(3));
  });
});

describe("what may follow what", () => {
  test.each([
    ["registered → confirm", operator, { score: 5 }, "transition wrong_stage"],
    ["registered → close_unconfirmed", supervisor, {}, "transition wrong_stage"],
    ["registered → finish", operator, solved, "transition wrong_stage"],
    ["registered → refuse", operator, { reason: "x" }, "transition not_your_role"],
    ["registered → take", client, {}, "transition not_your_role"],
    ["registered → fly", operator, {}, "transition unknown_transition"],
    ["registered → ask_client", operator, {}, "question required"],
    ["registered → ask_client", operator, { question: "  " }, "question required"],
    ["registered → take", operator, { score: 5 }, "score unknown_field"],
    ["in_work → finish", operator, { resolution: "tried" }, "resolution_kind required"],
    ["in_work → finish", operator, { resolution: "tried", resolution_kind: "magic" }, "resolution_kind invalid"],
    ["in_work → finish", operator, { resolution: "tried", resolution_kind: "impossible" }, "reason required"],
    ["in_work → finish", operator, { resolution: "x".repeat(4_001), resolution_kind: "solved" }, "resolution too_long"],
    ["done → confirm", client, {}, "score required"],
    ["done → confirm", client, { score: 6 }, "score out_of_range"],
    ["done → confirm", client, { score: "5" }, "score invalid"],
    ["done → reopen", client, {}, "reason required"],
  ] as const)("%s is refused (%#)", (way, actor, fields, problem) => {
    const [stage = "", key = ""] = way.split(" → ");
    const [field, code] = problem.split(" ");
    const outcome = apply(request, { ...registered(), stage }, key, { actor, fields, ...at(1) });
    expect(outcome).toEqual({ ok: false, problems: [{ field, code }] });
  });

  test("R108: no single step leads from registered to closed, whoever asks", () => {
    const roles = ["operator", "supervisor", "department", "client", "system"] as const;
    const offers = allowed(request, registered(), { id: "x", roles });
    expect(offers.filter((offer) => offer.allowed && ["closed", "closed_unconfirmed", "done"].includes(offer.to))).toEqual([]);
  });
  test("names every missing field at once", () => {
    const outcome = apply(request, taken(), "finish", { actor: operator, ...at(2) });
    expect(outcome).toEqual({ ok: false, problems: [{ field: "resolution", code: "required" }, { field: "resolution_kind", code: "required" }] });
  });
  test("shows an operator the buttons with the reason of the grey ones", () => {
    const offers = Object.fromEntries(allowed(request, registered(), operator).map((offer) => [offer.key, offer.allowed || offer.reason]));
    expect(offers).toMatchObject({ take: true, ask_client: true, cancel: true, finish: "wrong_stage", refuse: "not_your_role" });
  });
  test("never changes the ticket it was given", () => {
    const ticket = Object.freeze({ ...taken(), fields: Object.freeze({}) }) as ProcessTicket;
    expect(go(ticket, "finish", { actor: operator, fields: solved, ...at(2) }).stage).toBe("done");
    expect(ticket.stage).toBe("in_work");
  });
});

describe("the work", () => {
  test("belongs to the operator who takes it, and the client hears of it once", () => {
    const outcome = apply(request, registered(), "take", { actor: operator, ...at(1) });
    expect(outcome).toMatchObject({ ok: true, ticket: { stage: "in_work", assigneeId: "op-1" } });
    expect(outcome.ok && outcome.effects).toEqual([{ kind: "assign", to: "actor", operatorId: "op-1" }, { kind: "notify", notice: "in_work" }]);
  });
  test("R110: waiting for the client gives the time back", () => {
    const waiting = apply(request, taken(), "ask_client", { actor: operator, fields: { question: "When?" }, ...at(4) });
    expect(waiting.ok && waiting.ticket.pausedAt).toBe(iso(4));
    expect(waiting.ok && told(waiting.effects)).toContain("solution 100 stands");
    if (!waiting.ok) return;
    const answered = apply(request, waiting.ticket, "client_answered", { actor: client, fields: { answer: "At five" }, ...at(14) });
    expect(answered).toMatchObject({ ok: true, ticket: { stage: "in_work", dueAt: iso(34), clockFrom: iso(0), pausedAt: null } });
    expect(answered.ok && told(answered.effects)).toContain("solution 75 28");
  });
  test("what was late before the question stays late after the answer", () => {
    const waiting = go(taken(), "ask_client", { actor: operator, fields: { question: "When?" }, ...at(30) });
    expect(go(waiting, "client_answered", { actor: client, ...at(40) }).dueAt).toBe(iso(24));
  });
  test("a higher priority set by hand brings the deadline forward from where the clock began", () => {
    const outcome = setPriority(request, taken(), "high", at(7));
    expect(outcome).toMatchObject({ ok: true, ticket: { priority: "high", dueAt: iso(8) } });
    expect(outcome.ok && told(outcome.effects)).toEqual([{ kind: "set_deadline", dueAt: iso(8) }, "solution 75 6", "solution 100 8"]);
  });
  test("a lower priority keeps the deadline that the client was told", () => {
    expect(setPriority(request, taken(), "low", at(7))).toMatchObject({ ok: true, ticket: { priority: "low", dueAt: iso(24) }, effects: [] });
  });
  test("a higher priority during a pause counts once the client has answered", () => {
    const waiting = go(taken(), "ask_client", { actor: operator, fields: { question: "When?" }, ...at(4) });
    const raised = setPriority(request, waiting, "high", at(5));
    if (!raised.ok) throw new Error("refused");
    expect(told(raised.effects)).toEqual([{ kind: "set_deadline", dueAt: iso(8) }, "solution 75 stands", "solution 100 stands"]);
    expect(go(raised.ticket, "client_answered", { actor: client, ...at(14) }).dueAt).toBe(iso(18));
  });
});

describe("R113: done waits for the client's yes", () => {
  test("asks the client and sets the clock of silence", () => {
    const outcome = apply(request, taken(), "finish", { actor: operator, fields: solved, ...at(2) });
    expect(outcome.ok && told(outcome.effects)).toEqual(["solution 75 stands", "solution 100 stands", "timer.unconfirmed 100 74", { kind: "notify", notice: "done" }]);
  });
  test("yes with a score closes it and stops the clock", () => {
    const outcome = apply(request, done(), "confirm", { actor: client, fields: { score: 5 }, ...at(20) });
    expect(outcome).toMatchObject({ ok: true, ticket: { stage: "closed", fields: { score: 5 } } });
    expect(outcome.ok && outcome.effects).toEqual([{ kind: "drop_clock", name: "timer.unconfirmed" }, { kind: "cancel_subtasks" }, { kind: "notify", notice: "closed" }]);
  });
  test("72 hours of silence close it as unconfirmed", () => {
    expect(clockFired(request, done(), "timer.unconfirmed", { percent: 100, ...at(74) })).toMatchObject({ ok: true, ticket: { stage: "closed_unconfirmed" } });
  });
  test("a timer that rings after the yes does nothing", () => {
    const closed = go(done(), "confirm", { actor: client, fields: { score: 4 }, ...at(20) });
    expect(clockFired(request, closed, "timer.unconfirmed", { percent: 100, ...at(74) })).toEqual({ ok: true, ticket: closed, effects: [], reasons: [] });
  });
  test("the silence after a reopening is counted from the second done", () => {
    const again = go(go(go(done(), "reopen", { actor: client, fields: { reason: "no" }, ...at(10) }), "take", { actor: operator, ...at(11) }), "finish", { actor: operator, fields: solved, ...at(12) });
    expect(told((again.clocks ?? []).map((one) => ({ kind: "clock", clock: one })))).toContain("timer.unconfirmed 100 84");
  });
});

describe("R114: not solved", () => {
  test("reopens the same ticket sooner, to the same operator, and tells the supervisor", () => {
    const outcome = apply(request, done(), "reopen", { actor: client, fields: { reason: "It broke again" }, ...at(10) });
    expect(outcome).toMatchObject({ ok: true, ticket: { stage: "reopened", priority: "high", reopenCount: 1, assigneeId: "op-1", dueAt: iso(18) } });
    expect(outcome.ok && told(outcome.effects)).toEqual([
      { kind: "raise_priority", from: "normal", to: "high" },
      { kind: "assign", to: "same_operator", operatorId: "op-1" },
      { kind: "tell_supervisor", about: "reopen" },
      { kind: "set_deadline", dueAt: iso(18) },
      { kind: "drop_clock", name: "timer.unconfirmed" },
      "solution 75 16", "solution 100 18",
      { kind: "notify", notice: "reopened" },
    ]);
  });
  test("urgent stays urgent however often it comes back", () => {
    const outcome = apply(request, { ...done(), priority: "urgent" }, "reopen", { actor: client, fields: { reason: "no" }, ...at(10) });
    expect(outcome.ok && outcome.effects.some((effect) => effect.kind === "raise_priority")).toBe(false);
  });
});

describe("R115: the deadline comes", () => {
  test("at its hour the supervisor is told", () => {
    const outcome = clockFired(request, taken(), "solution", { percent: 100, ...at(24) });
    expect(outcome.ok && outcome.effects.slice(0, 2)).toEqual([{ kind: "remind_assignee", operatorId: "op-1" }, { kind: "tell_supervisor", about: "deadline_100" }]);
  });
  test("nobody is told while the client is awaited", () => {
    const waiting = go(taken(), "ask_client", { actor: operator, fields: { question: "?" }, ...at(2) });
    expect(clockFired(request, waiting, "solution", { percent: 100, ...at(24) })).toMatchObject({ ok: true, effects: [] });
  });
  test("a deadline named by hand is that very moment, and its escalations follow it", () => {
    const named = setDue(request, taken(), at(40).now, at(1));
    expect(told(named.effects)).toEqual([{ kind: "set_deadline", dueAt: iso(40) }, "solution 75 30.25", "solution 100 40"]);
    expect(setDue(request, taken(), null, at(1))).toMatchObject({ ticket: { dueAt: null, clockFrom: null } });
  });
  test("a ticket from before there were clocks keeps the moments it had", () => {
    const { clocks: _, ...old } = go(taken(), "ask_client", { actor: operator, fields: { question: "?" }, ...at(4) });
    expect(go(old, "client_answered", { actor: client, ...at(14) })).toMatchObject({ dueAt: iso(34) });
  });
});

describe("a declaration is refused", () => {
  test.each<[string, (process: Process) => void, string]>([
    ["when it starts nowhere", (process) => { process.start = "nowhere"; }, 'there is no stage "nowhere"'],
    ["when a stage cannot be left", (process) => { process.transitions.client_answered!.from = ["in_work"]; process.transitions.cancel!.from = ["in_work"]; }, 'no way leads out of stage "waiting_client"'],
    ["when a stage cannot be reached", (process) => { process.transitions.refuse!.to = "cancelled"; }, 'no way leads to stage "rejected"'],
    ["when it asks for an undeclared field", (process) => { process.transitions.take!.accepts = ["mood"]; }, 'there is no field "mood"'],
    ["when a timer makes what the system may not", (process) => { process.transitions.close_unconfirmed!.who = ["supervisor"]; }, 'the system may not make "close_unconfirmed"'],
  ])("%s", (_title, spoil, message) => {
    const process = structuredClone(request);
    spoil(process);
    expect(checkProcess(process).map((problem) => wordsOf(problem, "en").message)).toContain(message);
  });
});
