export { changeAllowed, dueAt, dueIfResumed, elapsedMs, markFired, momentOf, nextMoment, pauseClock, rearm, resumeClock, shareAt, startClock, stateOf, stopClock, viewClock, wallTime, type NewClock, type Threshold } from "./clocks.rules.ts";
export { calendarTime, type CalendarTime } from "./clocks.calendar.rules.ts";
export { clocksOf, clockStatements, removeClocks, saveAllClocks, saveClocks, type Owner, type Subject } from "./clocks.service.ts";
export type { ClockHandler, ClocksDeps, Met, Moved } from "./clocks.handlers.ts";
export { startClocks } from "./clocks.loop.ts";
export { clockJobs } from "./clocks.recompute.ts";
export { clocksProbe } from "./clocks.health.ts";
export type { Clock, ClockState, ClockView, Interval, WorkingTime } from "./clocks.contract.ts";
