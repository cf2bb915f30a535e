import { isFor, type Process, type Transition } from "../processes/index.ts";

export type Sees = "received" | "in_work" | "waiting_for_you" | "done" | "closed" | "refused";
export interface Step { sees: Sees; state: "past" | "now" | "next" }

/** The line of steps a client is shown; inner stages that look the same from outside are one step. */
export function stepsOf(process: Process, stage: string): Step[] {
  const now = seesOf(process, stage);
  const declared = new Set(Object.values(process.stages).map((each) => each.client_sees));
  const way: Sees[] = (["received", "in_work", "done", "closed"] as const).filter((each) => declared.has(each));
  if (now === "refused") way.splice(way.indexOf("in_work") + 1, way.length, "refused");
  if (now === "waiting_for_you") way.splice(way.indexOf("in_work") + 1, 0, "waiting_for_you");
  const at = way.indexOf(now);
  return way.map((sees, index) => ({ sees, state: index < at ? "past" : index === at ? "now" : "next" }));
}

export const seesOf = (process: Process, stage: string): Sees => process.stages[stage]?.client_sees ?? "received";

export interface Passed { at: Date; sees: Sees; isReopening: boolean }

/** The stages passed as the client saw them: what did not change from outside is left out. */
export function historyOf(process: Process, passages: { at: Date; data: { to?: string; transition?: string } }[]): Passed[] {
  const passed: Passed[] = [];
  for (const { at, data } of passages) {
    if (!data.to) continue;
    const isReopening = process.transitions[data.transition ?? ""]?.does.includes("count_reopening") ?? false;
    const sees = seesOf(process, data.to);
    if (isReopening || passed.at(-1)?.sees !== sees) passed.push({ at, sees, isReopening });
  }
  return passed;
}

/** What the client may do now, told from the process: say yes with a score, say no with a reason, answer a question. */
export interface Asked { yes: string | null; no: string | null; answer: string | null }

export function askedOf(process: Process, stage: string): Asked {
  const open = Object.entries(process.transitions).filter(([, each]) => each.from.includes(stage) && isFor(each, "client"));
  const find = (is: (transition: Transition) => boolean) => open.find(([, each]) => is(each))?.[0] ?? null;
  const requires = (transition: Transition, field: string) => transition.requires.some((each) => each.field === field);
  return {
    yes: find((each) => requires(each, "score")),
    no: find((each) => each.does.includes("count_reopening") && requires(each, "reason")),
    answer: seesOf(process, stage) === "waiting_for_you" ? find((each) => requires(each, "answer") || each.accepts.includes("answer")) : null,
  };
}

/** When silence ends the stage; null where it goes on for ever. */
export function silenceEnds(process: Process, stage: string, since: Date): Date | null {
  const timer = Object.values(process.clocks.timers).find((each) => each.stage === stage && each.counts === "always");
  return timer ? new Date(since.getTime() + timer.after_hours * 3_600_000) : null;
}

/** The last four digits of a phone, or of what was typed; null when there are not four. */
export function lastFour(text: string): string | null {
  const digits = text.replaceAll(/\D/g, "");
  return digits.length >= 4 ? digits.slice(-4) : null;
}

/** The colour itself, or as much darker as white words on it need to be read (WCAG 2.2, 1.4.3: 4.5 to 1). */
export function underWhite(colour: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  let darker = parts;
  for (let share = 100; share > 0 && 1.05 / (luminance(darker) + 0.05) < 4.5; share -= 2) darker = parts.map((part) => Math.round((part * share) / 100));
  return `#${darker.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

const luminance = (parts: number[]): number => {
  const [red, green, blue] = parts.map((part) => { const value = part / 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
