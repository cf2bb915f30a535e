import { describe, expect, test } from "vitest";
import { editRule, ruleToJson, ruleToYaml } from "./edit.ts";
import type { RuleChange } from "./edit.ts";
import { EXAMPLES } from "./examples.ts";
import { checkRule } from "./rule.ts";
import { sampleCatalogue } from "./sample.ts";

const TEXT = `# Who wrote it and why
key: late
name: { en: Late, ru: Поздно, sl: Pozno }
when: 'now > order.due' # the promise
steps:
  # first of all
  - set: { request.priority: '"low"' }

  - if: client.vip
    then:
      - set:
          request.attempts: 1 # once
    else:
      - stop: true
`;

function edited(change: RuleChange, text = TEXT): string {
  const result = editRule(text, change);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.text;
}

describe("editing", () => {
  test.each<[string, RuleChange, string, string]>([
    ["a value keeps its quotes and comment", { op: "set", path: ["when"], value: "now > request.dueAt" }, "'now > order.due'", "'now > request.dueAt'"],
    ["a branch's value changes alone", { op: "set", path: ["steps", 1, "then", 0, "set", "request.attempts"], value: 2 }, "request.attempts: 1 # once", "request.attempts: 2 # once"],
    ["a condition changes", { op: "set", path: ["steps", 1, "if"], value: "!client.vip" }, "if: client.vip", 'if: "!client.vip"'],
    ["a target is renamed in its place", { op: "rename", path: ["steps", 0, "set", "request.priority"], key: "request.queue" }, "request.priority:", "request.queue:"],
    ["a step is added", { op: "insert", path: ["steps", 1, "then"], value: { stop: true } }, "1 # once\n", "1 # once\n      - stop: true\n"],
    ["a step is removed with its comment", { op: "remove", path: ["steps", 0] }, "  # first of all\n  - set: { request.priority: '\"low\"' }\n\n  - if", "  - if"],
  ])("%s", (_, change, from, to) => {
    expect(TEXT).toContain(from);
    const text = edited(change);
    expect(text.replace(/\n\n/g, "\n")).toBe(TEXT.replace(from, () => to).replace(/\n\n/g, "\n"));
  });

  test("a step moves into a branch and back without other changes", () => {
    const there = edited({ op: "move", path: ["steps", 0], to: ["steps", 1, "else"], index: 0 });
    expect(ruleToJson(there)).toMatchObject({ document: { steps: [{ else: [{ set: { "request.priority": '"low"' } }, { stop: true }] }] } });
    const back = edited({ op: "move", path: ["steps", 0, "else", 0], to: ["steps"], index: 0 }, there);
    expect(back.replace(/\n *\n/g, "\n")).toBe(TEXT.replace("\n\n", "\n"));
  });

  test("setting what is already there changes not one character", () => {
    for (const text of [TEXT, ...EXAMPLES.flatMap((example) => (example.kind === "rule" ? [example.text] : []))]) {
      expect(edited({ op: "set", path: ["key"], value: /key: (\w+)/.exec(text)![1]! }, text)).toBe(text);
    }
  });

  test("a list flush with its key and tight braces stay so", () => {
    const text = "key: a\nname: {en: A}\nsteps:\n- set: {request.attempts: 1}\n";
    expect(edited({ op: "set", path: ["steps", 0, "set", "request.attempts"], value: 2 }, text)).toBe(text.replace("1}", "2}"));
  });

  test("lines keep the ends of the system they were written on", () => {
    const text = TEXT.replaceAll("\n", "\r\n");
    expect(edited({ op: "set", path: ["key"], value: "other" }, text)).toBe(text.replace("key: late", "key: other"));
  });

  test("JSON stays JSON", () => {
    const text = JSON.stringify({ key: "a", name: { en: "A" }, steps: [] });
    expect(JSON.parse(edited({ op: "insert", path: ["steps"], value: { set: { "request.attempts": "1 + 1" } } }, text))).toEqual({ key: "a", name: { en: "A" }, steps: [{ set: { "request.attempts": "1 + 1" } }] });
  });

  test.each<[RuleChange]>([
    [{ op: "set", path: ["steps", 9], value: 1 }], [{ op: "set", path: [], value: 1 }], [{ op: "remove", path: ["nothing"] }], [{ op: "insert", path: ["key"], value: 1 }],
    [{ op: "insert", path: ["steps"], index: 7, value: 1 }], [{ op: "move", path: ["steps", 1], to: ["steps", 1, "then"] }], [{ op: "move", path: ["steps", 5], to: ["steps"] }],
    [{ op: "rename", path: ["when"], key: "key" }], [{ op: "rename", path: ["steps", 0], key: "a" }],
  ])("%j has no place to happen and is refused", (change) => {
    expect(editRule(TEXT, change)).toMatchObject({ ok: false, problems: [{ code: "bad_path" }] });
  });

  test("a broken text is not edited", () => {
    expect(editRule("a: [", { op: "set", path: ["a"], value: 1 })).toMatchObject({ ok: false, problems: [{ code: "yaml" }] });
  });
});

test("a document goes to JSON and back to the same rule", () => {
  for (const example of EXAMPLES) {
    if (example.kind !== "rule") continue;
    const json = ruleToJson(example.text);
    if (!json.ok) throw new Error("not read");
    const yaml = ruleToYaml(json.document);
    expect(ruleToJson(yaml)).toEqual(json);
    expect(checkRule(yaml, sampleCatalogue())).toEqual([]);
    expect(checkRule(JSON.stringify(json.document), sampleCatalogue())).toEqual([]);
  }
});
