/** The sum of one number of several projects. */
export const sumOf = <K extends string>(all: readonly Record<K, number>[], key: K): number => all.reduce((sum, each) => sum + each[key], 0);

/** Of what was closed, the share that was late; of nothing there is none. Shares of projects are not averaged: a small one would count as much as a large one. */
export function lateShare(all: readonly { closed: number; late: number }[]): number | null {
  const closed = sumOf(all, "closed");
  return closed === 0 ? null : sumOf(all, "late") / closed;
}
