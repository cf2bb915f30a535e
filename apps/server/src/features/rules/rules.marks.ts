/** A share of a clock, in per cent, that a rule of the project waits for. */
export interface Mark { clock: string; percent: number }

/** Of the rules of a project in use, as automation leaves them in its definition. */
export const marksIn = (project: { more: Readonly<Record<string, Readonly<Record<string, unknown>>>> }): Mark[] =>
  Object.values(project.more["rules"] ?? {}).flatMap((rule) => {
    const { clock, percent } = (rule ?? {}) as Partial<Mark>;
    return clock !== undefined && percent !== undefined ? [{ clock, percent }] : [];
  });
