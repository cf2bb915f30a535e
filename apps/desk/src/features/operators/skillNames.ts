import { useCallback } from "react";
import { useWord } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";

interface Skilled { projectKey: string; skills: Record<string, number> }
/** Of what somebody can do, what counts in these projects: what a queue of theirs asks for, the best first. */
export function skillsHere(skills: Record<string, number>, queues: readonly Skilled[], projects: readonly string[]): [key: string, level: number][] {
  const asked = new Set(queues.filter(({ projectKey }) => projects.includes(projectKey)).flatMap((queue) => Object.keys(queue.skills)));
  return Object.entries(skills).filter(([key]) => asked.has(key)).sort(([, one], [, other]) => other - one);
}

/** Somebody's skills as the reader's projects call them; nothing until they are known. */
export function useSkillsTold(): (skills: Record<string, number>) => string[] {
  const me = useMe();
  const nameOf = useSkillName();
  const queues = useApi("operatorChoices", null, { enabled: may(me, "operators.read"), staleTime: 60_000 }).data?.queues ?? [];
  return (skills) => skillsHere(skills, queues, me.projects).map(([key, level]) => `${nameOf(key)} ${level}`);
}

/** What a skill is called: as its project names it; where nobody has named it, or the reader may not ask, a word of ours or the key itself. */
export function useSkillName(): (key: string) => string {
  const word = useWord();
  const skills = useApi("operatorChoices", null, { enabled: may(useMe(), "operators.read"), staleTime: 60_000 }).data?.skills;
  return useCallback((key) => skills?.find((skill) => skill.key === key)?.name ?? word("skill", key), [skills, word]);
}
