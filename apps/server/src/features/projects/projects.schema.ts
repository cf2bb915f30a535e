import { parse } from "yaml";
import { type z } from "zod";
import { type KindProblem } from "./projects.kinds.ts";
import { problem } from "./problems.contract.ts";
import { schemaProblems } from "./projects.problems.ts";
import { yamlText } from "./projects.read.ts";

/** What a text says by its schema, or where it does not fit; for kinds of texts (`TextKind.read`), whose YAML has been checked before. */
export function readBySchema<S extends z.ZodType>(text: string, schema: S): { value: z.output<S>; problems: [] } | { value: null; problems: KindProblem[] } {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 50 });
  } catch (error) {
    return { value: null, problems: [problem([], "yaml", { text: yamlText(error) })] };
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return { value: parsed.data, problems: [] };
  return { value: null, problems: schemaProblems(parsed.error.issues, content) };
}
