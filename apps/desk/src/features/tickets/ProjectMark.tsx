import { useTypes } from "./useTypes.ts";

/** Which of the companies it is that one speaks for. */
export function ProjectMark({ projectKey }: { projectKey: string | null }) {
  const { project } = useTypes({ projectKey });
  return project && <span className="chip"><span className="dot" style={{ background: project.color }} aria-hidden /><span className="cut">{project.name}</span></span>;
}
