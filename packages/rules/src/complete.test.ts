import { describe, expect, test } from "vitest";
import { sampleCatalogue } from "./sample.ts";
import { tokenize } from "./tokens.ts";
import { T } from "./types.ts";

const catalogue = sampleCatalogue();

/** What is offered at the bar in the text. */
function offered(marked: string, rights: ReadonlySet<string> | "all" = "all"): string[] {
  const offset = marked.indexOf("|");
  return catalogue.complete(marked.replace("|", ""), offset, { rights }).map(({ insert }) => insert);
}

describe("completion", () => {
  test("after a record's dot its fields are offered with their documentation in the asked language", () => {
    const items = catalogue.complete("client.", 7, { language: "sl" });
    expect(items[0]).toEqual({ insert: "name", kind: "field", detail: "text", doc: "Polno ime", from: 7, to: 7 });
    expect(items.map(({ insert }) => insert)).toEqual(["name", "email", "vip", "passport", "city", "balance", "since", "tags", "orders"]);
  });

  test("what the author may not read is not offered", () => {
    expect(offered("client.|", new Set())).not.toContain("passport");
  });

  test.each([
    ["client.em|", ["email"]], ["clie|", ["client"]], ["1 + requ|", ["request"]], ["client.orders[0].to|", ["total"]],
    ["client.orders.filter(o, o.paid).si|", ["size("]], ["client.orders.exists(o, o.pa|", ["paid"]], ["client.orders.exists(o, o.paid && client.orders.all(p, p.nu|", ["number"]],
    ["client.orders.map(o, o|", ["o", "order", "operator"]], ["client.name.low|", ["lower("]], ["(client).na|", ["name"]], ["request.priority == |", ['"low"', '"normal"', '"high"']],
    ["request.priority == \"h|", ['"high"']], ["now.get|", ["getFullYear(", "getMonth(", "getDate(", "getDayOfMonth(", "getDayOfWeek(", "getDayOfYear(", "getHours(", "getMinutes(", "getSeconds(", "getMilliseconds("]],
    ["workin|", ["workingTime("]], ["coal|", ["coalesce("]], ["'text|", []], ["1 // comm|", []], ["clinet.|", []], ["5.|", []],
  ])("%s offers %j", (marked, expected) => {
    const got = offered(marked);
    expect(expected.length > 3 || marked.endsWith("== |") ? got.slice(0, expected.length) : got).toEqual(expected);
  });

  test("names bound by the rule around are offered too", () => {
    expect(catalogue.complete("late", 4, { locals: { lateSum: T.double } }).map(({ insert }) => insert)).toEqual(["lateSum"]);
  });
});

test("an unfinished text is divided into pieces for highlighting", () => {
  const text = `!a.b >= 1.5 && f("x\\"y", 'z', true) // end`;
  expect(tokenize(text).map(({ kind, from, to }) => [kind, text.slice(from, to)])).toEqual([
    ["operator", "!"], ["name", "a"], ["dot", "."], ["name", "b"], ["operator", ">="], ["number", "1.5"], ["operator", "&&"], ["name", "f"], ["open", "("],
    ["text", `"x\\"y"`], ["comma", ","], ["text", "'z'"], ["comma", ","], ["keyword", "true"], ["close", ")"], ["comment", "// end"],
  ]);
  expect(tokenize("'open").map(({ kind }) => kind)).toEqual(["text"]);
});
