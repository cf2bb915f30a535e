import { describe, expect, test } from "vitest";
import { afterReport, afterText, askAgainMs, clockText, hasKeypad, isKey, minutesText, problemOfMicrophone, problemOfReply, queueText, statusText, type Report, type Screen } from "./screen.ts";
import { fill, languages, pickLanguage, words } from "./words.ts";

const report = (state: string, position: number | null = null, expectedWaitMs: number | null = null): Report => ({ state, position, expectedWaitMs });

describe("what the visitor sees of the call", () => {
  test("goes from connecting through the voice menu and the queue to talking and to the end", () => {
    let screen: Screen = { at: "connecting" };
    const seen = [report("ivr"), report("waiting", 2, 90_000), report("offered"), report("talking"), report("talking"), report("wrap_up")].map((each, index) => (screen = afterReport(screen, each, index * 1_000)));
    expect(seen).toEqual([
      { at: "menu", keys: false }, { at: "waiting", position: 2, waitMs: 90_000 }, { at: "waiting", position: 2, waitMs: 90_000 }, { at: "talking", sinceMs: 3_000 }, { at: "talking", sinceMs: 3_000 }, { at: "ended" },
    ]);
  });

  test("goes back to the queue when the operator who was rung did not answer", () => {
    expect(afterReport({ at: "waiting", position: null, waitMs: null }, report("waiting", 1, null), 0)).toEqual({ at: "waiting", position: 1, waitMs: null });
  });

  test("a late report changes nothing once the call is over", () => {
    for (const over of [{ at: "ended" }, { at: "problem", problem: "network" }, { at: "button" }] as Screen[]) expect(afterReport(over, report("talking"), 5)).toBe(over);
  });

  test("asks every three seconds while waiting, each second while an operator is rung and seldom while talking", () => {
    const waiting: Screen = { at: "waiting", position: 1, waitMs: null };
    expect([askAgainMs(waiting, "waiting"), askAgainMs(waiting, "offered"), askAgainMs({ at: "talking", sinceMs: 0 }, "talking")]).toEqual([3_000, 1_000, 5_000]);
  });
});

describe("what is told when a call cannot be made", () => {
  test.each([["NotAllowedError", "refused"], ["NotFoundError", "noMicrophone"], ["NotReadableError", "microphoneBusy"], ["TypeError", "failed"]])("microphone: %s is told as %s", (name, problem) => {
    expect(problemOfMicrophone(name)).toBe(problem);
  });

  test.each([[503, "line_full", [], "lineFull"], [429, "too_many_tries", [], "tooMany"], [422, "invalid", ["phone"], null], [422, "invalid", ["project"], "failed"], [500, "bug", [], "failed"]])("server: %i %s %j is told as %s", (status, code, fields, problem) => {
    expect(problemOfReply(status, code, fields)).toBe(problem);
  });
});

describe("words", () => {
  test("are there in every language, with the same places to fill in", () => {
    const places = (text: string) => text.match(/\{\w+\}/g) ?? [];
    for (const language of languages) {
      for (const [key, text] of Object.entries(words[language])) {
        expect(text.trim(), `${language} ${key}`).not.toBe("");
        expect(places(text), `${language} ${key}`).toEqual(places(words.en[key as keyof typeof words.en]));
      }
    }
  });

  test("tell place and wait in the language's own plural", () => {
    const waiting = (waitMs: number): Screen => ({ at: "waiting", position: 3, waitMs });
    expect(queueText("sl", waiting(120_000))).toEqual(["Vaše mesto v vrsti: 3", "Predvideno čakanje: približno 2 minuti"]);
    expect(queueText("ru", waiting(300_000))[1]).toBe("Ожидание: примерно 5 минут");
    expect(queueText("en", waiting(20_000))[1]).toBe("Expected wait: less than a minute");
    expect(queueText("en", { at: "waiting", position: null, waitMs: null })).toEqual([]);
    expect([2, 3, 5].map((n) => minutesText("sl", n * 60_000))).toEqual(["2 minuti", "3 minute", "5 minut"]);
  });

  test("the language is the first wanted one that is spoken, else English", () => {
    expect([pickLanguage(["sl-SI"]), pickLanguage([undefined, "", "de", "ru"]), pickLanguage(["fr"]), pickLanguage(["RU"])]).toEqual(["sl", "ru", "en", "ru"]);
  });

  test("every screen of a call has a status and every problem says what to do", () => {
    expect(statusText("en", { at: "problem", problem: "lineFull" })).toContain("call again");
    expect(statusText("sl", { at: "talking", sinceMs: 0 })).toBe("Pogovor poteka");
    expect(fill("{a}-{b}", { a: 1 })).toBe("1-");
  });
});

test("the clock counts minutes and, when it lasts, hours", () => {
  expect([0, 7_999, 760_000, 3_723_000].map(clockText)).toEqual(["0:00", "0:07", "12:40", "1:02:03"]);
});

test("only the keys of a phone are keys", () => {
  expect(["1", "*", "#", "a", "10", ""].map(isKey)).toEqual([true, true, true, false, false, false]);
});

test("keys are spoken of only while the menu or a question of the flow waits for them", () => {
  const report = { state: "ivr", position: null, expectedWaitMs: null };
  const listening = afterReport({ at: "connecting" }, { ...report, keys: false }, 0);
  const asked = afterReport(listening, { ...report, keys: true }, 0);
  expect([listening, asked].map((screen) => [statusText("en", screen), hasKeypad(screen)])).toEqual([["Please listen", false], ["Listen and choose with the keys", true]]);
});

test("after a call that took a callback the page says that and by when", () => {
  const over = afterReport({ at: "menu", keys: true }, { state: "ended", position: null, expectedWaitMs: null, callback: { dueAt: "2026-03-02T09:15:00.000Z" } }, 0);
  expect(afterText("en", over, "UTC").replaceAll(/\s/gu, " ")).toBe("We have noted it and will call you back by March 2, 2026 at 9:15 AM.");
  expect(afterText("en", { at: "ended" })).toBe("Thank you for calling.");
});
