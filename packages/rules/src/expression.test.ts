import { describe, expect, test } from "vitest";
import { compileExpression } from "./expression.ts";
import type { ExpressionOptions } from "./expression.ts";
import { problemText } from "./problems.ts";
import { sampleCatalogue, sampleContext } from "./sample.ts";

const catalogue = sampleCatalogue();

function value(text: string, options: ExpressionOptions = {}): unknown {
  const compiled = compileExpression(text, catalogue, options);
  if (!compiled.ok) return compiled.problems.map((problem) => problem.code).join(",");
  const result = compiled.expression.evaluate(sampleContext());
  return result.ok ? compiled.expression.plain(result.value) : result.problem.code;
}

function refusal(text: string, options: ExpressionOptions = {}): string[] {
  const compiled = compileExpression(text, catalogue, options);
  return compiled.ok ? [] : compiled.problems.map(({ code, line, column, length }) => `${code} ${line}:${column}+${length}`);
}

describe("values", () => {
  test.each([
    ["2 + 3 * 4", 14], ["(2 + 3) * 4", 20], ["7 / 2", 3], ["-7 / 2", -3], ["-7 % 3", -1], ["7.0 / 2", 3.5], ["2 * 1.5", 3], ["1 - 2 - 3", -4],
    ["true ? 1 : false ? 2 : 3", 1], ["!(true && false)", true], ["1 < 2 && 2 < 3", true], ["1 / 0", "division_by_zero"], ["1.0 / 0.0", "division_by_zero"],
    ["9007199254740991 + 1", "overflow"], ["1e308 * 10.0", "overflow"], ["5 % 0", "division_by_zero"],
    ["client.vip", true], ["client.email == null", false], ["order.discount == null", true], ["has(order.discount)", false], ["has(client.name)", true],
    ["coalesce(request.queue, 'none')", "none"], ["order.discount + order.total", "null_value"], ["request.queue == 'x'", false],
    ["request.attempts > 0 || request.queue.contains('x')", true], ["request.queue.contains('x') || request.attempts > 0", true], ["request.queue.contains('x') && false", false],
    ["client.orders[0].number", "A-17"], ["client.orders[5].number", "index_range"], ["client.orders.size()", 2], ["client.orders.exists(o, o.paid)", true],
    ["client.orders.all(o, o.paid)", false], ["client.orders.filter(o, !o.paid).map(o, o.number)", ["A-17"]], ["client.orders.map(o, o.paid, o.number)", ["A-12"]],
    ["client.orders.exists_one(o, o.paid)", true], ["client.orders.map(o, o.total).sum()", { amount: "150.10", currency: "EUR" }],
    ["[3, 1, 2].max()", 3], ["min(3, 1.5)", 1.5], ["[1, 2].sum()", 3], ["[].size()", 0], ["'sl' in operator.languages", true], ["2 in [1, 2]", true],
    ["'a' + 'b'", "ab"], ["'Žiga'.lower()", "žiga"], ["' x '.trim().size()", 1], ["'a,b'.split(',')", ["a", "b"]], ["['a', 'b'].join('-')", "a-b"],
    ["'abc'.substring(1, 2)", "b"], ["'😀 help'.substring(0, 1)", "😀"], ["'😀 help'.substring(2)", "help"], ["'😀 help'.indexOf('help')", 2], ["'😀a'.split('')", ["😀", "a"]], ["'aXbX'.replace('X', 'yy')", "ayybyy"], ["call.from.matches('^\\\\+386')", true], ["lower('A') == 'A'.lower()", true],
    ["[1, 2] + [3]", [1, 2, 3]], ["[1, 2] == [1, 2]", true], ["{'a': 1}.a", 1], ["[1, 2, 3].map(x, x * x).filter(y, y > 1)", [4, 9]],
    ["[[1, 2], [3]].map(l, l.map(x, x + l.size()))", [[3, 4], [4]]], ["operator.languages.first()", "sl"], ["[1,1,2].distinct()", [1, 2]],
    ["round(2.5)", 2], ["round(decimal('2.345'), 2)", "2.34"], ["floor(-1.5)", -2], ["abs(-3)", 3], ["int('42') + int(1.9)", 43], ["string(1.5) + 'x'", "1.5x"], ["int('x')", "bad_text"],
    ["3.between(1, 3)", true], ["order.total.between(money('100', 'EUR'), 200)", true],
  ])("%s is %j", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe("money and decimals", () => {
  const eur = (amount: string): unknown => ({ amount, currency: "EUR" });
  test.each([
    ["money('0.1', 'EUR') + money('0.2', 'EUR')", eur("0.30")], ["money(0.1, 'EUR') + money(0.2, 'EUR') == money('0.30', 'EUR')", true],
    ["order.total * 0.1", eur("12.00")], ["3 * order.total", eur("360.00")], ["order.total / 7", eur("17.14285714285714285714285714285714")],
    ["round(order.total / 7)", eur("17.14")], ["order.total / order.total", "1"], ["order.total % money('7', 'EUR')", eur("1.00")], ["-order.total", eur("-120.00")],
    ["order.total > 100", true], ["order.total - 20 == money('100', 'EUR')", true], ["order.total > client.balance", true], ["order.total / 0", "division_by_zero"],
    ["order.weight * 2", "5"], ["order.weight * 0.1", "0.25"], ["0.1 + 0.2 == decimal('0.3')", true], ["order.weight / 3 > 0.8", true], ["amount(order.total) + 1", "121"], ["currency(order.total)", "EUR"],
    ["client.orders.map(o, o.total).max()", eur("120.00")], ["[order.total, order.total / 3].sum()", eur("160.00")],
  ])("%s is %j", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test("a number written where money is expected is an exact amount", () => {
    expect(value("0.1 + 0.2", { expects: "money<EUR>" })).toEqual(eur("0.30"));
    expect(value("10 / 4.0", { expects: "decimal" })).toBe("2.5");
    expect(value("-(1.1 + 2.2)", { expects: "decimal" })).toBe("-3.3");
    expect(value("request.score", { expects: "money<EUR>" })).toBe("wrong_type");
  });

  test("is rounded half to even when it is stored", () => {
    expect(value("order.total / 7", { expects: "money<EUR>", stored: true })).toEqual(eur("17.14"));
    expect(value("money('0.125', 'EUR')", { stored: true })).toEqual(eur("0.12"));
  });

  test("of two currencies is refused while checking where they are known, else while running", () => {
    expect(refusal("order.total + money('1', 'RUB')")).toEqual(["currencies_differ 1:1+31"]);
    expect(value("client.balance + money('1', 'RUB')")).toBe("currencies_differ");
    expect(value("client.balance == money('15.20', 'RUB')")).toBe(false);
  });

  test("does not meet an inexact number unnoticed", () => {
    expect(refusal("order.total * request.score")).toEqual(["inexact_number 1:1+27"]);
    expect(value("order.total * decimal(request.score)")).toEqual(eur("60.00"));
  });
});

describe("dates and durations", () => {
  test.each([
    ["now - request.createdAt", "PT25H"], ["now - request.createdAt > duration('1d')", true], ["now > order.due", true], ["now + duration('PT1H')", "2026-03-04T10:00:00.000Z"],
    ["now.hour()", 10], ["now.hour('UTC')", 9], ["hour(now, 'Asia/Kathmandu')", 14], ["now.weekday()", 3], ["now.month() == 3 && now.day() == 4 && now.year() == 2026", true],
    ["now.getMonth() + now.getDayOfWeek()", 5], ["now.getDayOfYear()", 62], ["date('2026-03-29') + duration('24h') == date('2026-03-30')", false], ["date('2026-03-29').addDays(1) == date('2026-03-30')", true],
    ["call.waited > duration('2m')", true], ["call.waited.getSeconds()", 150], ["call.waited * 2", "PT5M"], ["call.waited / duration('1m')", 2.5], ["workingTime(request.createdAt, now)", "PT8H20M"],
    ["now.between(request.createdAt, timestamp('2027-01-01T00:00:00Z'))", true], ["now.addMonths(-1)", "2026-02-04T09:00:00.000Z"], ["startOfDay(now)", "2026-03-03T23:00:00.000Z"],
  ])("%s is %j", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test.each([["date('2026-02-30')", "bad_text 1:1+18"], ["timestamp('yesterday')", "bad_text 1:1+22"], ["duration('soon')", "bad_text 1:1+16"], ["now.hour('Mars')", "bad_text 1:10+6"]])("%s is refused before anything runs", (text, expected) => {
    expect(refusal(text)).toEqual([expected]);
  });
});

describe("what is refused", () => {
  test.each([
    ["'a' + 1", "text_and_other 1:1+7"], ["1 + 'a'", "text_and_other 1:1+7"], ["true + 1", "no_operator 1:1+8"], ["now + now", "no_operator 1:1+9"], ["now * 2", "no_operator 1:1+7"],
    ["clent.vip", "unknown_variable 1:1+5"], ["client.emial", "unknown_field 1:8+5"], ["client.vip.x", "no_fields 1:12+1"], ["lowr('a')", "unknown_function 1:1+4"], ["'a'.lowr()", "unknown_function 1:5+4"],
    ["1 == 'a'", "no_operator 1:1+8"], ["client == client", "no_operator 1:1+16"], ["client.vip && 1", "wrong_type 1:15+1"], ["!5", "wrong_type 1:2+1"], ["-'a'", "no_unary_operator 1:1+4"],
    ["[1, 'a']", "types_differ 1:5+3"], ["true ? 1 : 'a'", "types_differ 1:1+14"], ["1 ? 2 : 3", "wrong_type 1:1+1"], ["'a'.lower(1)", "argument_count 1:1+12"], ["lower(1)", "argument_type 1:7+1"],
    ["request.priority == 'hihg'", "value_not_allowed 1:21+6"], ["request.priority in ['low', 'hgh']", "value_not_allowed 1:29+5"], ["client.name.matches(client.email)", "literal_needed 1:21+12"], ["client.name.matches('(a+)+')", "pattern_unsafe 1:21+7"],
    ["1 +", "unexpected_end 1:4+0"], ["(1", "expected_token 1:3+0"], ["1 = 1", "single_equals 1:3+1"], ["'abc", "unterminated_text 1:1+4"], ["a # b", "unexpected_character 1:3+1"], ["", "empty_expression 1:1+0"],
    ["while", "reserved_word 1:1+5"], ["99999999999999999999", "bad_number 1:1+20"], ["b'x'", "unsupported 1:1+4"], ["1u", "unsupported 1:1+2"], ["'\\q'", "bad_escape 1:2+2"], ["has(1)", "has_argument 1:5+1"],
    ["client.orders.map(1, 2)", "loop_variable 1:19+1"], ["{'a': 1, 'a': 2}", "object_key 1:10+3"], ["money('1', 'euro')", "bad_text 1:12+6"], ["money('x', 'EUR')", "bad_text 1:1+17"],
    ["true &&\n  (clent.vip ||\n   1 + 'a' == 'b')", "unknown_variable 2:4+5|text_and_other 3:4+7"], ["constructor", "unknown_variable 1:1+11"], ["client.constructor", "unknown_field 1:8+11"], ["client.__proto__", "unknown_field 1:8+9"],
    ["google", "unknown_variable 1:1+6"], ["x.y.z", "unknown_variable 1:1+1"],
  ])("%j: %s", (text, expected) => {
    expect(refusal(text).join("|")).toBe(expected);
  });

  test("a near name is suggested, in the reader's language", () => {
    const compiled = compileExpression("clent.vip", catalogue);
    expect(compiled.ok).toBe(false);
    if (compiled.ok) return;
    expect(problemText(compiled.problems[0]!, "en")).toBe("There is no variable “clent”. Did you mean “client”?");
    expect(problemText(compiled.problems[0]!, "ru")).toBe("Переменной «clent» нет. Может быть, «client»?");
    expect(problemText({ code: "wrong_type", params: { expected: "list<text>", actual: "money<EUR>" } }, "sl")).toBe("Tu se pričakuje seznam (besedilo), to je denar (EUR).");
  });

  test("what the author may not read is unknown to them, and not suggested", () => {
    const rights = new Set<string>();
    expect(refusal("client.passport == ''")).toEqual([]);
    const compiled = compileExpression("client.passprt == client.passport", catalogue, { rights });
    expect(compiled.ok ? [] : compiled.problems.map(({ code, params }) => [code, params.name, params.suggestion])).toEqual([
      ["unknown_field", "passprt", ""], ["unknown_field", "passport", ""],
    ]);
  });

  test("a result of another type than expected", () => {
    expect(refusal("1 + 1", { expects: "boolean" })).toEqual(["wrong_type 1:1+5"]);
    expect(refusal("1 + 1", { expects: "decimal" })).toEqual([]);
  });

  test("a record that does not hold what its type says gives a problem with a place", () => {
    const compiled = compileExpression("1 + request.attempts", catalogue);
    const result = compiled.ok ? compiled.expression.evaluate({ request: { attempts: "three" } }) : null;
    expect(result).toEqual({ ok: false, problem: { code: "bad_value", params: { what: "request.attempts", expected: "int" }, line: 1, column: 5, length: 16 } });
  });
});

test("an expression says what it reads", () => {
  const compiled = compileExpression("client.vip && client.orders.exists(o, o.total > order.total) && now > order.due", catalogue);
  expect(compiled.ok && compiled.expression.reads).toEqual(["client.vip", "client.orders", "order.total", "now", "order.due"]);
});
