export { changeAllowed, dueAt, dueIfResumed, elapsedMs, markFired, momentOf, nextMoment, pauseClock, rearm, resumeClock, shareAt, startClock, stateOf, stopClock, viewClock, wallTime, type NewClock, type Threshold } from "./clocks.rules.ts";
export type { Clock, ClockState, ClockView, Interval, WorkingTime } from "./clocks.contract.ts";
