import { editRule, ruleToJson, type StepDocument } from "@linija/rules";
import { expect, test } from "vitest";
import { fileOf, innerOf, keyOf, kindOf, kinds, newStep } from "./steps.ts";

const text = `key: mine
name: { en: Mine }
on: { event: ticket.registered }
steps:
  # first things first
  - if: "true"
    then:
      - stop: done
    else_if:
      - if: "false"
        then: []
`;

test("R350 branches of an if are found with the paths a change of the text needs", () => {
  const read = ruleToJson(text);
  if (!read.ok) throw new Error("not read");
  const inner = innerOf(read.document.steps[0]!, ["steps", 0]);
  expect(inner.map(({ label, path }) => [label, path.join(".")])).toEqual([["then", "steps.0.then"], ["else_if", "steps.0.else_if.0.then"]]);
  const edited = editRule(text, { op: "insert", path: inner[1]!.path, value: newStep("stop", { target: "ticket.priority", action: "add_note" }) });
  expect(edited.ok && edited.text).toContain("# first things first");
  expect(edited.ok && edited.text).toContain("- stop: done\n");
  expect(edited.ok && edited.text).toContain("on: { event: ticket.registered }");
});

test("every kind of new step is known again", () => {
  for (const kind of kinds) expect(kindOf(newStep(kind, { target: "ticket.priority", action: "add_note" }) as unknown as StepDocument)).toBe(kind);
});

test("the file of a rule is named as its key", () => {
  expect([fileOf("dangerous_words"), keyOf("rules/dangerous-words.yaml")]).toEqual(["rules/dangerous-words.yaml", "dangerous_words"]);
});
