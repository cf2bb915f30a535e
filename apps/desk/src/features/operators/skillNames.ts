import { useCallback } from "react";
import { useWord } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";

/** What a skill is called: as its project names it; where nobody has named it, or the reader may not ask, a word of ours or the key itself. */
export function useSkillName(): (key: string) => string {
  const word = useWord();
  const skills = useApi("operatorChoices", null, { enabled: may(useMe(), "operators.read"), staleTime: 60_000 }).data?.skills;
  return useCallback((key) => skills?.find((skill) => skill.key === key)?.name ?? word("skill", key), [skills, word]);
}
