import { expect, test } from "vitest";
import { displayExpression, formatExpression } from "./print.ts";

test.each([
  ["1+2*3", "1 + 2 * 3"], ["(1+2)*3", "(1 + 2) * 3"], ["((1))", "1"], ["1-(2-3)", "1 - (2 - 3)"], ["(1-2)-3", "1 - 2 - 3"], ["a&&(b||c)", "a && (b || c)"], ["!(a==b)", "!(a == b)"], ["-(-1)", "--1"],
  ["(a?b:c)?d:e", "(a ? b : c) ? d : e"], ["a?b:(c?d:e)", "a ? b : c ? d : e"], ["(a+b).c(x,[1,2],{'k':v})[0].d", "(a + b).c(x, [1, 2], {'k': v})[0].d"], ["  'žiga'  ==  r'\\d' ", "'žiga' == r'\\d'"],
  ["a // why", "a // why"], ["'http://x'+a", "'http://x' + a"], ["1 +", "1 +"], ["(-1).abs()", "(-1).abs()"], ["1e3+0x1F", "1e3 + 0x1F"],
])("%s is formatted as %s", (text, formatted) => {
  expect(formatExpression(text)).toBe(formatted);
});

test("an expression is shown in words of the reader's language", () => {
  expect(displayExpression("!(true && false)", "ru")).toBe("не (да и нет)");
  expect(displayExpression("client.vip || order.total >= 100", "en")).toBe("client.vip or order.total ≥ 100");
  expect(displayExpression('a ? null : b in ["x"]', "sl")).toBe('a potem prazno sicer b je med ["x"]');
});
