import type { CallView } from "@linija/server/contract/calls/calls";
import { useApi } from "../../shared/query.ts";

export type Disposition = { key: string; name: string; requiresNotes: boolean; requiresTicket: boolean };

/** What a call of this project may come to. */
export function useDispositions(call: CallView): Disposition[] {
  const { data } = useApi("ticketTypes");
  return data?.projects.find((project) => project.key === call.projectKey)?.dispositions ?? data?.projects[0]?.dispositions ?? [];
}
