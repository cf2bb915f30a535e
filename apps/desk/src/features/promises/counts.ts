import type { PromiseView } from "@linija/server/contract/promises/promises";

export const isLateAt = ({ state, dueAt }: Pick<PromiseView, "state" | "dueAt">, now: number): boolean => state === "open" && Date.parse(dueAt) <= now;
export const isKeptLate = ({ state, dueAt, closed }: Pick<PromiseView, "state" | "dueAt" | "closed">): boolean => state === "kept" && closed !== null && Date.parse(closed.at) > Date.parse(dueAt);

/** How many wait to be kept; the late ones apart. */
export function countsAt(promises: Pick<PromiseView, "state" | "dueAt">[], now: number): { late: number; open: number } {
  const open = promises.filter(({ state }) => state === "open");
  const late = open.filter((each) => isLateAt(each, now)).length;
  return { late, open: open.length - late };
}
