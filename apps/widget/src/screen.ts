import { fill, words, type Key, type Language } from "./words.ts";

/** What the visitor sees. Pure: what the server and the browser report goes in, the next screen comes out. */
export type Problem = "noMicrophone" | "refused" | "microphoneBusy" | "lineFull" | "tooMany" | "network" | "unsupported" | "failed";
export type Screen =
  | { at: "button" }
  | { at: "form"; badPhone: boolean }
  | { at: "microphone" }
  | { at: "connecting" }
  | { at: "menu"; /** A key pressed now is an answer. */ keys: boolean }
  | { at: "waiting"; position: number | null; waitMs: number | null }
  | { at: "talking"; sinceMs: number }
  | { at: "ended"; /** A call back was promised, and by when. */ callback?: { dueAt: string | null } }
  | { at: "problem"; problem: Problem };

export interface Report { state: string; position: number | null; expectedWaitMs: number | null; keys?: boolean; callback?: { dueAt: string | null } | null }

export const isLive = (screen: Screen): boolean => ["connecting", "menu", "waiting", "talking"].includes(screen.at);
export const isOver = (screen: Screen): boolean => screen.at === "ended" || screen.at === "problem";

/** The screen after the server told how the call stands. A screen that is over stays: late reports change nothing. */
export function afterReport(screen: Screen, report: Report, nowMs: number): Screen {
  if (!isLive(screen)) return screen;
  switch (report.state) {
    case "ivr": return { at: "menu", keys: report.keys === true };
    case "waiting": return { at: "waiting", position: report.position, waitMs: report.expectedWaitMs };
    // While an operator is being rung the visitor is still the one who was told a place a moment ago.
    case "offered": return screen.at === "waiting" ? screen : { at: "waiting", position: null, waitMs: null };
    case "dialling": return screen;
    case "talking": return screen.at === "talking" ? screen : { at: "talking", sinceMs: nowMs };
    default: return { at: "ended", ...(report.callback && { callback: report.callback }) };
  }
}

/** How soon to ask again: often while an answer may come any moment, seldom while talking. */
export const askAgainMs = (screen: Screen, state: string): number => (screen.at === "talking" ? 5_000 : state === "offered" || screen.at === "connecting" || screen.at === "menu" ? 1_000 : 3_000);

/** What a refused microphone means to a person (names of getUserMedia's DOMException). */
export function problemOfMicrophone(name: string): Problem {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotReadableError" || name === "AbortError") return "microphoneBusy";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "noMicrophone";
  return "failed";
}

/** What a refused request means; `null` for a phone number that cannot be one, which is told at its field. */
export function problemOfReply(status: number, code: string, fields: string[]): Problem | null {
  if (fields.includes("phone")) return null;
  if (status === 429) return "tooMany";
  if (status === 503 || code === "line_full") return "lineFull";
  return "failed";
}

const statusKeys: Record<Exclude<Screen["at"], "problem" | "button" | "form">, Key> = {
  microphone: "microphone", connecting: "connecting", menu: "menu", waiting: "waiting", talking: "talking", ended: "ended",
};

export function statusText(language: Language, screen: Screen): string {
  const say = words[language];
  if (screen.at === "problem") return say[screen.problem];
  if (screen.at === "menu" && !screen.keys) return say.listen;
  return screen.at === "button" || screen.at === "form" ? "" : say[statusKeys[screen.at]];
}

/** What follows a call that is over: a call back by its time, on the visitor's own clock, or thanks. */
export function afterText(language: Language, screen: Screen, timeZone?: string): string {
  const say = words[language];
  if (screen.at !== "ended" || !screen.callback) return say.thanks;
  const { dueAt } = screen.callback;
  if (dueAt === null) return say.callback;
  return fill(say.callbackBy, { when: new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", ...(timeZone && { timeZone }) }).format(new Date(dueAt)) });
}

/** Whether the keypad is of use: not while something is only read out. */
export const hasKeypad = (screen: Screen): boolean => isLive(screen) && screen.at !== "connecting" && (screen.at !== "menu" || screen.keys);

/** Place and wait, each a sentence; nothing is said that is not known. */
export function queueText(language: Language, screen: Screen): string[] {
  if (screen.at !== "waiting") return [];
  const say = words[language];
  const lines: string[] = [];
  if (screen.position !== null) lines.push(fill(say.position, { n: screen.position }));
  if (screen.waitMs !== null) lines.push(screen.waitMs < 60_000 ? say.soon : fill(say.expected, { wait: minutesText(language, screen.waitMs) }));
  return lines;
}

/** Whole minutes with the right plural: 2 minuti, 3 minute, 5 минут. */
export const minutesText = (language: Language, ms: number): string =>
  new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(Math.max(1, Math.round(ms / 60_000)));

/** 0:07, 12:40, 1:02:03. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
export const isKey = (key: string): boolean => (KEYS as readonly string[]).includes(key);
