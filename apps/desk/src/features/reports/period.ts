import { useState } from "react";
import { useApi } from "../../shared/query.ts";

export const PERIODS = [7, 30, 90, 365];
const DAY_MS = 86_400_000;
/** To the end of this hour: the same question within it is the same page of the cache. */
const endOfHour = (): number => Math.ceil(Date.now() / 3_600_000) * 3_600_000;

export interface Looked { projects: { key: string; name: string }[]; project: string | undefined; days: number; period: { project: string; from: string; to: string } }

/** Which project is looked at, and how far back; the first of the reader's projects and thirty days, until they choose. */
export function usePeriod({ project: chosen, days = 30 }: { project?: string; days?: number }): Looked {
  const projects = useApi("ticketTypes", null, { staleTime: 5 * 60_000 }).data?.projects ?? [];
  const project = chosen ?? projects[0]?.key;
  const [end] = useState(endOfHour);
  return { projects, project, days, period: { project: project ?? "", from: new Date(end - days * DAY_MS).toISOString(), to: new Date(end).toISOString() } };
}
