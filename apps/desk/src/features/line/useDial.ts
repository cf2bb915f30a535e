import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../shared/query.ts";
import { useMe } from "../access/session.ts";
import { useLine } from "./line.tsx";

export interface Target { number: string; projectKey?: string; ticketId?: string | null; clientId?: string | null }

/** One press calls: the project is the ticket's, else the first one the operator works in. */
export function useDial(): (target: Target) => Promise<void> {
  const { dial } = useLine();
  const me = useMe();
  const types = useApi("ticketTypes");
  const navigate = useNavigate();
  return async ({ number, projectKey, ticketId = null, clientId = null }) => {
    const project = projectKey ?? me.projects[0] ?? types.data?.projects[0]?.key ?? "";
    const dialled = await dial({ number: number.replace(/[^\d+]/g, ""), projectKey: project, ticketId, clientId });
    if (dialled) await navigate({ to: "/work" });
  };
}
