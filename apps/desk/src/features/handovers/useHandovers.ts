import { useApi } from "../../shared/query.ts";

/** Whether the panel has something to show; on the page of hand-overs themselves the list tells it. */
export function useHandovers(path: string): boolean {
  const { data } = useApi("listHandovers", { query: { view: "mine" } });
  return path !== "/handovers" && (data?.items.length ?? 0) > 0;
}
