import { createHash } from "node:crypto";
import { workingTime, type Calendar } from "../projects/index.ts";
import type { WorkingTime } from "./clocks.contract.ts";

/** A project's working time with a mark that changes when its calendar or zone does: what was computed by an older one is found by it. */
export interface CalendarTime extends WorkingTime { mark: string }

const known = new WeakMap<Calendar, Map<string, CalendarTime>>();

export function calendarTime(calendar: Calendar, timeZone: string): CalendarTime {
  const zones = known.get(calendar) ?? new Map<string, CalendarTime>();
  known.set(calendar, zones);
  const time = zones.get(timeZone) ?? { ...workingTime(calendar, timeZone), mark: markOf(calendar, timeZone) };
  zones.set(timeZone, time);
  return time;
}

/** Holidays' names are left out: a better word for one moves no deadline. */
function markOf({ weekly, holidays }: Calendar, timeZone: string): string {
  const counted = [timeZone, Object.entries(weekly).sort(([a], [b]) => (a < b ? -1 : 1)), holidays.map(({ date, hours }) => [date, hours])];
  return createHash("sha256").update(JSON.stringify(counted)).digest("base64url").slice(0, 16);
}
