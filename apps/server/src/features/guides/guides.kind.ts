import { createHash } from "node:crypto";
import type { TxCtx } from "../../platform/db.ts";
import { problem, readBySchema, type KindProblem, type ProjectDeclaration, type TextKind } from "../projects/index.ts";
import { guideSchema, type Guide } from "./guides.declaration.contract.ts";
import { checkGuide } from "./guides.rules.ts";
import { insertGuideVersion } from "./guides.sql.ts";

/** A guide as its text says, or everything that is wrong with it, by path. */
export function readGuide(text: string): { value: Guide; problems: [] } | { value: null; problems: KindProblem[] } {
  const read = readBySchema(text, guideSchema);
  if (!read.value) return read;
  const problems = checkGuide(read.value);
  return problems.length > 0 ? { value: null, problems } : read;
}

/** Guides as texts of a project. A version is kept for ever: talks that were begun by it go on by it. */
export const guidesKind: TextKind = {
  at: "guides",
  read(text, { key }) {
    const read = readGuide(text);
    if (read.value && read.value.key !== key) return { value: null, problems: [problem(["key"], "other_key", { name: read.value.key, file: key })] };
    return read;
  },
  check: (value, declared) => checkAgainst(value as Guide, declared),
  use: async (ctx: TxCtx, projectKey, values) => Object.fromEntries(await Promise.all(Object.entries(values as Record<string, Guide>).map(async ([key, definition]) => {
    const id = `${projectKey}/${key}/${createHash("sha256").update(JSON.stringify(definition)).digest("hex").slice(0, 24)}`;
    await insertGuideVersion(ctx.db, { id, projectKey, key, definition });
    return [key, id] as const;
  }))),
};

/** Types and transitions it names are those of the project. A guide that stands in `common` is held only to what its project has. */
function checkAgainst(guide: Guide, { types, processes }: ProjectDeclaration): KindProblem[] {
  const known = new Set(types.map(({ key }) => key));
  const transitions = new Set(Object.values(processes).flatMap((process) => Object.keys(process.transitions)));
  const ends = Object.entries(guide.steps).flatMap(([key, { end }]) => (end ? [{ key, end }] : []));
  return [
    ...guide.types.flatMap((type, index) => (known.has(type) ? [] : [problem(["types", index], "no_type", { name: type, names: [...known] })])),
    ...ends.flatMap(({ key, end }) => [
      ...(end.type && !known.has(end.type) ? [problem(["steps", key, "end", "type"], "no_type", { name: end.type, names: [...known] })] : []),
      ...(end.transition && !transitions.has(end.transition) ? [problem(["steps", key, "end", "transition"], "no_transition_anywhere", { name: end.transition, names: [...transitions] })] : []),
    ]),
  ];
}
