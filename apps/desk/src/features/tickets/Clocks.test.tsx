import { parse } from "@formatjs/icu-messageformat-parser";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { renderToStaticMarkup } from "react-dom/server";
import { IntlProvider } from "react-intl";
import { expect, test, vi } from "vitest";
import en from "../../i18n/en.json" with { type: "json" };
import ru from "../../i18n/ru.json" with { type: "json" };
import sl from "../../i18n/sl.json" with { type: "json" };
import type { TicketClock } from "./clocks.ts";

const now = Date.now();
vi.mock("../../shared/clock.tsx", async (original) => ({ ...(await original<object>()), useNow: () => now }));
const { Clocks } = await import("./Clocks.tsx");

const hour = 3_600_000;
const at = (hours: number) => new Date(now + hours * hour).toISOString();
const clock = (over: Partial<TicketClock>): TicketClock => ({
  name: "solution", state: "running", counts: "always", allowedMs: 8 * hour, elapsedMs: 2 * hour, leftMs: 6 * hour, share: 0.25, dueAt: at(6), dueIfResumedAt: at(6), isLate: false, does: null, pausedAt: null, warnAt: at(4), ...over,
});
/** Texts with places to fill in are parsed when the desk is built. */
const built = (messages: Record<string, string>) => Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, text.includes("{") ? parse(text) : text])) as Record<string, string>;
const shown = (clocks: TicketClock[], [language, messages]: [string, Record<string, string>] = ["en", en]) =>
  renderToStaticMarkup(<IntlProvider locale={language} messages={built(messages)}><Clocks ticket={{ clocks, mergedInto: null, stageName: "Waiting for the client" } as unknown as TicketView} /></IntlProvider>);
const textOf = (markup: string) => markup.replace(/<[^>]+>/g, " ").replace(/[\s\u00a0\u202f]+/g, " ");

test.each<[string, Record<string, string>, string]>([["en", en, "in 6h"], ["ru", ru, "через 6 ч"], ["sl", sl, "čez 6 h"]])("a clock has its name and what is left in the reader's language (%s)", (language, messages, left) => {
  const text = textOf(shown([clock({}), clock({ name: "timer.unconfirmed", does: "Close" })], [language, messages]));
  expect(text).toContain(messages["clock.solution"]);
  expect(text).toContain(left);
  expect(text).toContain(messages["clock.timer"]!.replace("{name}", "Close"));
});

test("what the colour says stands there in words, too", () => {
  expect(textOf(shown([clock({})]))).not.toContain(en["clock.soon"]);
  expect(textOf(shown([clock({ share: 0.8, warnAt: at(-1), dueAt: at(1) })]))).toContain(en["clock.soon"]);
  const late = shown([clock({ share: 1.1, warnAt: at(-3), dueAt: at(-2), isLate: true })]);
  expect(textOf(late)).toContain("2h late");
  expect(late).toContain('data-tone="late"');
});

test("a clock that stands says since when, why and how much working time it has left", () => {
  const text = textOf(shown([clock({ state: "paused", counts: "working", dueAt: null, warnAt: null, pausedAt: at(-2) })]));
  expect(text).toContain("6h of working time left");
  expect(text).toContain(en["clock.pausedSince"]);
  expect(text).toContain("Waiting for the client");
});

test("a ticket without clocks has no strip", () => {
  expect(shown([clock({ state: "stopped" })])).toBe("");
});
