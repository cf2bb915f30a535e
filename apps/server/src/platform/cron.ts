import { CronExpressionParser } from "cron-parser";

/** Minute, hour, day, month, day of the week; nothing else, no seconds and no names of times. */
export function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The next moment after `from` that a schedule names, by the wall clock of the zone. */
export const nextDue = (schedule: string, timeZone: string, from: Date): Date => CronExpressionParser.parse(schedule, { currentDate: from, tz: timeZone }).next().toDate();

/** The last one at or before `now`. */
export const lastDue = (schedule: string, timeZone: string, now: Date): Date => CronExpressionParser.parse(schedule, { currentDate: new Date(now.getTime() + 1), tz: timeZone }).prev().toDate();
