import type { Begun } from "./declarations.store.ts";

interface Seen { state: "ok" | "degraded"; detail: string }

/** Whether this start could take the repository's files, and which texts of the desk differ from them on purpose. */
export const declarationsProbe = ({ differing, problems }: Pick<Begun, "differing" | "problems">): { name: string; optional: true; look(): Seen } => ({
  name: "declarations", optional: true,
  look: () => {
    if (problems.length > 0) return { state: "degraded", detail: problems.slice(0, 3).map(({ file, line, message }) => `${file}${line ? `:${line}` : ""} ${message}`).join("; ") };
    return { state: "ok", detail: differing.length > 0 ? `differ from the files: ${differing.slice(0, 5).join(", ")}${differing.length > 5 ? ` (${differing.length})` : ""}` : "as the files" };
  },
});
