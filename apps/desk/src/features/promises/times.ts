export interface Pick { key: "hour" | "today" | "tomorrow" | "week"; at: Date }

/** Times people promise most, those that are still ahead: in an hour, by the end of today, tomorrow morning, in a week. */
export function picks(now: Date): Pick[] {
  const at = (days: number, hours: number) => { const moment = new Date(now); moment.setDate(moment.getDate() + days); moment.setHours(hours, 0, 0, 0); return moment; };
  const inAnHour = new Date(now.getTime() + 3_600_000);
  const all: Pick[] = [{ key: "hour", at: inAnHour }, { key: "today", at: at(0, 17) }, { key: "tomorrow", at: at(1, 10) }, { key: "week", at: at(7, 10) }];
  return all.filter((pick) => pick.key !== "today" || pick.at > inAnHour);
}

/** As a field of date and time wants it. */
export const local = (at: Date): string => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
