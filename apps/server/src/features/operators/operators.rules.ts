/** A queue as far as operators are concerned. */
export interface SkilledQueue { projectKey: string; skills: Record<string, number> }
type Skills = Readonly<Record<string, number>>;

/** Every skill that some queue asks for, in the order of the declarations, with the projects of those queues. */
export function skillsOfQueues(queues: readonly SkilledQueue[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { projectKey, skills } of queues) {
    for (const key of Object.keys(skills)) found.set(key, [...new Set([...(found.get(key) ?? []), projectKey])]);
  }
  return found;
}

/** Skills that are new, gone or at another level. */
export const changedSkills = (before: Skills, after: Skills): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);

/** What a keypad types without a second thought: two to six digits. */
export const isExtension = (text: string): boolean => /^\d{2,6}$/.test(text);
