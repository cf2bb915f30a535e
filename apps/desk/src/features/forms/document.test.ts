import { EXAMPLE, formHost, readForm } from "@linija/forms";
import { expect, test } from "vitest";
import { changeForm, readWritten, type Change } from "./document.ts";

const isRight = (text: string): boolean => { const read = readForm(text, formHost("UTC")); if (!read.ok) throw new Error(JSON.stringify(read.problems)); return true; };
const after = (...changes: Change[]): string => changes.reduce(changeForm, EXAMPLE);
const changedLines = (text: string): string[] => { const old = new Set(EXAMPLE.split("\n")); return text.split("\n").filter((line) => !old.has(line)); };

test("a field of any kind is added where it was dropped, and the form can be saved at once", () => {
  for (const kind of ["text", "choice", "document", "lookup", "table", "consent", "group", "money", "address"] as const) {
    const text = after({ do: "add", kind, section: 1, at: 1, key: "fresh" });
    expect(isRight(text)).toBe(true);
    expect(readWritten(text)!.sections[1]!.fields[1]).toBe("fresh");
  }
});

test("moving a field keeps its width and touches no other line", () => {
  const text = after({ do: "move", key: "address", section: 0, at: 0 });
  expect(isRight(text)).toBe(true);
  expect(readWritten(text)!.sections[0]!.fields[0]).toBe("address");
  expect(text).toContain("{ path: address, width: 2 }");
  expect(changedLines(text)).toHaveLength(2);
});

test("a renamed field is renamed in the layout, in what must be filled and in every expression", () => {
  const text = after({ do: "rename", key: "building", to: "house_kind" });
  expect(isRight(text)).toBe(true);
  expect(text).not.toContain("building");
  expect(readWritten(text)!.show["entrance"]).toBe('form.house_kind == "flat"');
  expect(readWritten(text)!.required).toContain("house_kind");
});

test("a removed field goes with its conditions and checks; comments stay", () => {
  const text = changeForm(`# About connections\n${EXAMPLE}`, { do: "remove", key: "issue_on" });
  expect(isRight(text)).toBe(true);
  expect(text.startsWith("# About connections\n")).toBe(true);
  expect(readWritten(text)!.checks).toEqual([]);
});

test("a text that is broken is left as it is", () => {
  expect(changeForm("key: [", { do: "remove", key: "x" })).toBe("key: [");
  expect(readWritten("key: [")).toBeNull();
});
