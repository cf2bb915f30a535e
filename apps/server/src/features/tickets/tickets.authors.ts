import { invalid } from "../../platform/errors.ts";
import type { Ctx } from "../../platform/db.ts";
import { may, type Right } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { beyondAuthor, type Process } from "../processes/index.ts";
import { wordsOf, type ProjectDeclaration } from "../projects/index.ts";
import { catalogueFor } from "../rules/index.ts";

/**
 * Who writes a process may let it read only what they may read themselves, as with rules (decision 0037): what it computes
 * stands on tickets, in the clear. What the process in use has read already is nobody's doing now. `before`: null for a project that
 * is only being made.
 */
export function refuseAuthor(ctx: Ctx, declared: ProjectDeclaration, before: ReadonlyMap<string, Process> | null): void {
  const { actor } = ctx;
  if (actor.kind !== "user") return;
  const rights = (right: string): boolean => may(ctx, right as Right, before ? { projectKey: declared.project.key } : {});
  const problems = Object.entries(declared.processes).flatMap(([key, process]) =>
    beyondAuthor(process, { catalogue: () => catalogueFor(declared, { processes: [process], purpose: "guard" }), rights, before: before?.get(process.key) ?? null }).map((found) => ({ key, found })));
  if (problems.length === 0) return;
  throw invalid(problems.slice(0, 20).map(({ key, found }) => {
    const { message, remedy } = wordsOf(found, actor.language as Language);
    return { field: `processes/${key}.yaml`, code: "declaration_problem", params: { message: `${found.path.join(".")}: ${message}`, remedy } };
  }), "declaration_refused");
}
