import type { TicketView } from "@linija/server/contract/tickets/tickets";

export type TicketClock = TicketView["clocks"][number];
/** What comes first for the client stands first; then what the process does by itself, then what rules have started. */
const order = ["first_answer", "solution", "stage", "timer.", "rule."];
const placeOf = ({ name }: TicketClock): number => order.findIndex((each) => (each.endsWith(".") ? name.startsWith(each) : name === each));

/** Those that run or stand still. A stopped one has nothing left to say, and the program's own second tries are nobody's business. */
export function shownClocks({ clocks, mergedInto }: Pick<TicketView, "clocks" | "mergedInto">): TicketClock[] {
  if (mergedInto !== null) return [];
  return clocks.filter((clock) => clock.state !== "stopped" && placeOf(clock) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
}

const solutionOf = (ticket: Pick<TicketView, "clocks" | "mergedInto">): TicketClock | undefined => shownClocks(ticket).find(({ name }) => name === "solution");
/** When the solution is due is told by its clock. */
export const tellsDeadline = (ticket: Pick<TicketView, "clocks" | "mergedInto">): boolean => solutionOf(ticket) !== undefined;

const WARN_SHARE = 0.75;
export type Tone = "calm" | "soon" | "late";
/** `leftMs`: real time until it is due, below zero when late; of a clock that stands still, its own time. Null when its calendar never gets there. */
export interface Look { tone: Tone; share: number; leftMs: number | null }

/**
 * A clock at `now`, from what was read at `seenAt`. Working time is not known here, only the moments of the mark and of
 * the end: between them the bar grows evenly, and at them it is exact.
 */
export function lookOf(clock: TicketClock, now: number, seenAt: number): Look {
  const share = shareAt(clock, now, seenAt);
  const isStill = clock.state !== "running";
  const leftMs = isStill ? clock.leftMs : clock.dueAt === null ? null : Date.parse(clock.dueAt) - now;
  return { share: Math.min(1, Math.max(0, share)), tone: share >= 1 ? "late" : share >= WARN_SHARE ? "soon" : "calm", leftMs };
}

function shareAt({ state, share, dueAt, warnAt }: TicketClock, now: number, seenAt: number): number {
  if (state !== "running" || dueAt === null || warnAt === null) return share;
  const [due, warn] = [Date.parse(dueAt), Date.parse(warnAt)];
  if (now >= due) return 1;
  if (now >= warn) return WARN_SHARE + (1 - WARN_SHARE) * between(warn, now, due);
  return share + (WARN_SHARE - share) * between(seenAt, now, warn);
}
const between = (from: number, at: number, to: number): number => (to <= from ? 0 : Math.max(0, (at - from) / (to - from)));

type Part = { unit: "day" | "hour" | "minute"; value: number };
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** The two largest units that say something. Time left is never rounded to nothing, nor is being late. Working time has no days. */
export function spanOf(ms: number, isWorking = false): Part[] {
  const all = Math.max(1, ms < 0 ? Math.floor(-ms / minute) : Math.ceil(ms / minute)) * minute;
  const whole = (unit: number, of: number) => Math.floor(of / unit);
  const parts: Part[] = all >= 2 * day && !isWorking
    ? [{ unit: "day", value: whole(day, all) }, { unit: "hour", value: whole(hour, all % day) }]
    : [{ unit: "hour", value: whole(hour, all) }, { unit: "minute", value: whole(minute, all % hour) }];
  return parts.filter(({ value }) => value > 0);
}
