import { CHANNELS } from "./state.ts";
import type { OperatorInput, QueueInput, WorkInput } from "./types.ts";

/** Refuses values the engine's arithmetic is not exact for; nothing may be changed before these pass. */

export function checkTime(field: string, value: number): void {
  // Beyond 2^43 ms (the year 2248) ageing of 100 points a minute would leave the exact integers.
  check(field, value, value >= 0 && value < 2 ** 43);
}

export function checkQueue(queue: QueueInput): void {
  const { ageingPerMinute = 0, priority = 0, expectedHandleMs = 1, fit = "expert" } = queue;
  check("ageingPerMinute", ageingPerMinute, ageingPerMinute >= 0 && ageingPerMinute <= 100);
  checkPriority(priority);
  check("expectedHandleMs", expectedHandleMs, expectedHandleMs > 0 && expectedHandleMs < Infinity);
  check("fit", fit, fit === "expert" || fit === "spare");
}

export function checkWork(work: WorkInput): void {
  checkTime("enqueuedAtMs", work.enqueuedAtMs);
  checkPriority(work.priority);
  check("channel", work.channel, CHANNELS.includes(work.channel));
  for (const { level } of work.skills) check("skills.level", level, isLevel(level) && level > 0);
}

export function checkOperator(operator: OperatorInput): void {
  checkTime("idleSinceMs", operator.idleSinceMs);
  if (operator.totalCapacity !== undefined) checkCount("totalCapacity", operator.totalCapacity);
  for (const channel of CHANNELS) {
    checkCount("capacity", operator.capacity[channel] ?? 0);
    checkCount("load", operator.load?.[channel] ?? 0);
  }
  for (const skill in operator.skills) {
    const level = operator.skills[skill]!;
    check("skills", level, isLevel(level));
  }
}

function isLevel(level: number): boolean {
  return Number.isInteger(level) && level >= 0 && level <= 5;
}

function checkPriority(priority: number): void {
  check("priority", priority, Math.abs(priority) <= 1_000_000);
}

function checkCount(field: string, value: number): void {
  check(field, value, Number.isInteger(value) && value >= 0);
}

function check(field: string, value: unknown, holds: boolean): void {
  if (!holds) throw new RangeError(`${field} cannot be ${String(value)}`);
}
