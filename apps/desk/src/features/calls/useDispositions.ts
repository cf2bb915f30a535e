import type { CallView } from "@linija/server/contract/calls/calls";
import { useApi } from "../../shared/query.ts";

export type Disposition = { key: string; name: string; requiresNotes: boolean; requiresTicket: boolean; requiresClient: boolean; directions: ("in" | "out")[] };

/** What a call of this project may come to. */
export function useDispositions(call: CallView): Disposition[] {
  const { data } = useApi("ticketTypes");
  return data?.projects.find((project) => project.key === call.projectKey)?.dispositions ?? data?.projects[0]?.dispositions ?? [];
}

/** Those that can be chosen on a call that came in or went out. */
export const choosable = (all: Disposition[], direction: CallView["direction"]): Disposition[] => all.filter((each) => each.directions.includes(direction));
