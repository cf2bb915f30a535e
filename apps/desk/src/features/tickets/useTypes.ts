import { useWord } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";

/** The project and the type of a ticket by their names in the reader's language. */
export function useTypes(of: { projectKey: string | null; type?: string }) {
  const { data } = useApi("ticketTypes", null, { staleTime: 5 * 60_000 });
  const project = data?.projects.find((each) => each.key === of.projectKey);
  return { project, type: project?.types.find((each) => each.key === of.type), projects: data?.projects ?? [] };
}

/** A department by the name that the company's declarations give it. */
export function useDepartment(): (key: string) => string {
  const { projects } = useTypes({ projectKey: null });
  const word = useWord();
  return (key) => projects.flatMap(({ departments }) => departments).find((each) => each.key === key)?.name ?? word("department", key);
}
