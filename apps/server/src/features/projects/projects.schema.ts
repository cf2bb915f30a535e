import { parse } from "yaml";
import { type z } from "zod";
import { type KindProblem } from "./projects.kinds.ts";
import { remedyFor } from "./projects.read.ts";

/** What a text says by its schema, or where it does not fit; for kinds of texts (`TextKind.read`), whose YAML has been checked before. */
export function readBySchema<S extends z.ZodType>(text: string, schema: S): { value: z.output<S>; problems: [] } | { value: null; problems: KindProblem[] } {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 50 });
  } catch (error) {
    return { value: null, problems: [{ path: [], message: String(error instanceof Error ? error.message : error).split("\n")[0]!, remedy: "correct the YAML: indentation, quotes, colons" }] };
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return { value: parsed.data, problems: [] };
  return { value: null, problems: parsed.error.issues.map((issue) => ({ path: issue.path.map((part) => (typeof part === "number" ? part : String(part))), message: issue.message, remedy: remedyFor(issue) })) };
}
