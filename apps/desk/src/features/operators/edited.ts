import type { OperatorChoices, OperatorView } from "@linija/server/contract/operators/operators";

/**
 * What was touched, with what it was then: fields nobody touched here follow what others save, and a touched one that
 * somebody else changed too is seen before it is saved over.
 */
export interface Edited { languages?: Touched<string[]> | undefined; skills?: Record<string, Touched<number>> }
export interface Touched<T> { was: T; is: T }
type Settings = Pick<OperatorView, "languages" | "skills">;
/** Field names of a conflict: `languages` or a skill's key. */
export interface Difference { key: string; theirs: string[] | number; mine: string[] | number }

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((each) => b.includes(each));

export const shownLanguages = (saved: Settings, edited: Edited): string[] => edited.languages?.is ?? saved.languages;
/** 0: not a skill of theirs. */
export const shownLevel = (saved: Settings, edited: Edited, key: string): number => edited.skills?.[key]?.is ?? saved.skills[key] ?? 0;

export function touchLanguages(saved: Settings, edited: Edited, is: string[]): Edited {
  const was = edited.languages?.was ?? saved.languages;
  return { ...edited, languages: same(was, is) ? undefined : { was, is } };
}

export function touchLevel(saved: Settings, edited: Edited, key: string, is: number): Edited {
  const { [key]: before, ...others } = edited.skills ?? {};
  const was = before?.was ?? saved.skills[key] ?? 0;
  return { ...edited, skills: was === is ? others : { ...others, [key]: { was, is } } };
}

const touchedSkills = (edited: Edited) => Object.entries(edited.skills ?? {});

/** The part of a PATCH that differs from what is saved now. */
export function changeOf(saved: Settings, edited: Edited): Partial<Settings> {
  const skills = touchedSkills(edited).filter(([key, { is }]) => is !== (saved.skills[key] ?? 0));
  const next = Object.fromEntries(Object.entries({ ...saved.skills, ...Object.fromEntries(skills.map(([key, { is }]) => [key, is])) }).filter(([, level]) => level > 0));
  return {
    ...(edited.languages && !same(edited.languages.is, saved.languages) && { languages: edited.languages.is }),
    ...(skills.length > 0 && { skills: next }),
  };
}
export const isChanged = (saved: Settings, edited: Edited): boolean => Object.keys(changeOf(saved, edited)).length > 0;

/** Touched here and changed by somebody else since, to something else. */
export function differences(saved: Settings, edited: Edited): Difference[] {
  const spoken = edited.languages && !same(edited.languages.was, saved.languages) && !same(edited.languages.is, saved.languages) ? [{ key: "languages", theirs: saved.languages, mine: edited.languages.is }] : [];
  const levels = touchedSkills(edited).map(([key, { was, is }]) => ({ key, was, theirs: saved.skills[key] ?? 0, mine: is })).filter(({ was, theirs, mine }) => theirs !== was && theirs !== mine);
  return [...spoken, ...levels.map(({ key, theirs, mine }) => ({ key, theirs, mine }))];
}

/** Mine, as if touched now. */
export const rebased = (saved: Settings, edited: Edited): Edited => ({
  ...(edited.languages && { languages: { was: saved.languages, is: edited.languages.is } }),
  skills: Object.fromEntries(touchedSkills(edited).map(([key, { is }]) => [key, { was: saved.skills[key] ?? 0, is }])),
});

/** Theirs where both changed, mine elsewhere. */
export function yielded(saved: Settings, edited: Edited): Edited {
  const lost = new Set(differences(saved, edited).map(({ key }) => key));
  return { ...(edited.languages && !lost.has("languages") && { languages: edited.languages }), skills: Object.fromEntries(touchedSkills(edited).filter(([key]) => !lost.has(key))) };
}

export interface QueueFit { id: string; name: string; languages: string[]; missing: { key: string; level: number }[] }
/** Which queues of these projects would give such a person calls, in which languages, and what is missing for the others. */
export function queuesFor(queues: OperatorChoices["queues"], projects: readonly string[], { languages, skills }: Settings): QueueFit[] {
  return queues.filter((queue) => projects.includes(queue.projectKey)).map((queue) => ({
    id: queue.id, name: queue.name, languages: queue.languages.filter((language) => languages.includes(language)),
    missing: Object.entries(queue.skills).filter(([key, level]) => (skills[key] ?? 0) < level).map(([key, level]) => ({ key, level })),
  }));
}

/** Skills of the projects a person works in first; then the others; then what they have and no queue asks for any more. */
export function skillsInOrder(choices: OperatorChoices, operator: Pick<OperatorView, "projects" | "skills">): { own: string[]; others: string[]; forgotten: string[] } {
  const keys = choices.skills.map(({ key }) => key);
  const needed = new Set(choices.queues.filter((queue) => operator.projects.includes(queue.projectKey)).flatMap((queue) => Object.keys(queue.skills)));
  return { own: keys.filter((key) => needed.has(key)), others: keys.filter((key) => !needed.has(key)), forgotten: Object.keys(operator.skills).filter((key) => !keys.includes(key)) };
}

/** In groups of four, as it is read aloud and typed. */
export const groupsOfFour = (password: string): string[] => password.match(/.{1,4}/g) ?? [];

/** Reached from the server's own machine only. */
export const isLoopback = (host: string): boolean => /^(127\.|localhost$|\[?::1\]?$)/.test(host);
