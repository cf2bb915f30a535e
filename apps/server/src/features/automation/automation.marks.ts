import type { ProjectInUse } from "../tickets/index.ts";

/** A share of a clock that a rule of the project waits for. */
export interface Mark { clock: string; percent: number }

/** As `rulesKind` leaves them in the project's definition; clocks of tickets get them as thresholds. */
export const marksIn = (project: Pick<ProjectInUse, "more">): Mark[] =>
  Object.values(project.more["rules"] ?? {}).flatMap((rule) => {
    const { clock, percent } = rule as Partial<Mark>;
    return clock !== undefined && percent !== undefined ? [{ clock, percent }] : [];
  });
