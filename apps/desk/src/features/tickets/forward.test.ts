import { expect, test } from "vitest";
import { forwardStep } from "./steps.ts";

const stages = [["registered", "open"], ["in_work", "open"], ["asked", "waiting"], ["decided", "open"], ["done", "done"], ["closed", "closed"], ["withdrawn", "closed"]].map(([key, status]) => ({ key: key!, name: key!, status: status as "open" }));
const step = (key: string, to: string, allowed = true, asksOthers = false) => ({ key, to, allowed, asksOthers, fields: [] as { kind: "department" }[] });
const passed = (key: string, to: string) => ({ ...step(key, to), fields: [{ kind: "department" as const }] });

test.each([
  ["in_work", [step("ask", "asked"), step("withdraw", "withdrawn"), step("decide", "decided")], "decide"],
  ["in_work", [step("ask", "asked"), step("decide", "decided", false), step("finish", "done")], "finish"],
  ["registered", [step("ask_department", "in_work", true, true), step("decide", "decided")], "decide"],
  ["asked", [step("back", "in_work"), step("decide", "decided")], "decide"],
  ["done", [step("again", "in_work"), step("close", "closed")], "close"],
  ["in_work", [step("ask", "asked"), step("withdraw", "withdrawn")], null],
  ["in_work", [passed("pass_on", "decided"), step("finish", "done")], "finish"],
  ["in_work", [step("join", "decided"), step("finish", "done")], "finish"],
  ["in_work", [step("ask", "asked"), step("send", "decided", true, true), step("withdraw", "withdrawn")], "send"],
])("from %s the way forward is highlighted, not the first of the list", (stage, transitions, forward) => {
  expect(forwardStep({ stage, stages, transitions })).toBe(forward);
});

test("where nothing is done before it is closed, work that has begun is ended the usual way", () => {
  const calls = [["to_call", "open"], ["calling", "open"], ["not_reached", "open"], ["reached", "closed"], ["given_up", "closed"]].map(([key, status]) => ({ key: key!, name: key!, status: status as "open" }));
  const transitions = [step("spoke", "reached"), step("missed", "not_reached"), step("stop", "given_up")];
  expect(forwardStep({ stage: "to_call", stages: calls, transitions: [step("call", "calling"), ...transitions] })).toBe("call");
  expect(forwardStep({ stage: "calling", stages: calls, transitions })).toBe("spoke");
});
