import { expect, test } from "vitest";
import { forwardStep } from "./steps.ts";

const stages = [["registered", "open"], ["in_work", "open"], ["asked", "waiting"], ["decided", "open"], ["done", "done"], ["closed", "closed"], ["withdrawn", "closed"]].map(([key, status]) => ({ key: key!, name: key!, status: status as "open" }));
const step = (key: string, to: string, allowed = true, asksOthers = false) => ({ key, to, allowed, asksOthers });

test.each([
  ["in_work", [step("ask", "asked"), step("withdraw", "withdrawn"), step("decide", "decided")], "decide"],
  ["in_work", [step("ask", "asked"), step("decide", "decided", false), step("finish", "done")], "finish"],
  ["registered", [step("ask_department", "in_work", true, true), step("decide", "decided")], "decide"],
  ["asked", [step("back", "in_work"), step("decide", "decided")], "decide"],
  ["done", [step("again", "in_work"), step("close", "closed")], "close"],
  ["in_work", [step("ask", "asked"), step("withdraw", "withdrawn")], null],
])("from %s the way forward is highlighted, not the first of the list", (stage, transitions, forward) => {
  expect(forwardStep({ stage, stages, transitions })).toBe(forward);
});
