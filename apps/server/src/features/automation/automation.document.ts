import { parseRuleText, problemAt, problemText, ruleToJson, ruleToYaml, shapeProblems, type Language, type Problem, type Range, type RuleDocument, type ShapeIssue } from "@linija/rules";
import { isMap, isScalar, type Document, type Node, type Pair } from "yaml";
import { isCron } from "../../platform/cron.ts";
import { triggerSchema, type Trigger } from "./automation.contract.ts";

/** A rule's text taken apart: what wakes it, and the document of packages/rules at the same lines and columns. */
export interface RuleText { trigger: Trigger; body: string; key: string; name: Record<string, string> }
export type ReadRule = { ok: true; rule: RuleText } | { ok: false; problems: Problem[] };

const OWN = ["on", "about", "order", "enabled"] as const;

/** Everything wrong outside the document of packages/rules, by line and column; that document is checked with a catalogue. */
export function readRuleText(text: string): ReadRule {
  const parsed = parseRuleText(text);
  if (!parsed.ok) return parsed;
  const { document } = parsed;
  if (!isMap(document.contents)) return { ok: false, problems: [problemAt(text, { from: 0, to: text.length }, ["expected_map", {}, []])] };
  const all = document.toJS() as RuleDocument & Record<string, unknown>;
  const given = Object.fromEntries(OWN.flatMap((key) => (key in all ? [[key, all[key]]] : [])));
  const own = triggerSchema.safeParse(given);
  const problems = own.success ? cronProblems(text, document, own.data) : own.error.issues.flatMap((issue) => placed(text, document, issue, given));
  if (!own.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, rule: { trigger: own.data, body: bodyOf(text, document), key: typeof all.key === "string" ? all.key : "", name: (all.name ?? {}) as Record<string, string> } };
}

/** White space in place of what packages/rules does not know, so that every place in the rest stays where it is. */
function bodyOf(text: string, document: Document): string {
  const map = document.contents as unknown as { flow?: boolean; items: Pair<Node, Node | null>[] };
  if (map.flow) return withoutOwn(text);
  let body = text;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || !(OWN as readonly unknown[]).includes(pair.key.value)) continue;
    const from = pair.key.range![0];
    const to = pair.value?.range?.[1] ?? from;
    const end = Math.max(to, text.indexOf(":", pair.key.range![1]) + 1);
    body = body.slice(0, from) + text.slice(from, end).replaceAll(/[^\r\n]/g, " ") + body.slice(end);
  }
  return body;
}

/** JSON has commas between its parts; its places are then those of the rest written out. */
function withoutOwn(text: string): string {
  const read = ruleToJson(text);
  if (!read.ok) return text;
  return ruleToYaml(Object.fromEntries(Object.entries(read.document).filter(([key]) => !(OWN as readonly string[]).includes(key))) as unknown as RuleDocument);
}

function placed(text: string, document: Document, issue: ShapeIssue, root: unknown): Problem[] {
  return shapeProblems(issue, root).map(({ code, params, path }) => problemAt(text, rangeAt(document, path, text), [code === "own" ? "shape_unfit" : code, params, path]));
}

/** The innermost part of the path that is there. */
function rangeAt(document: Document, path: readonly (string | number)[], text: string): Range {
  for (let length = path.length; length > 0; length -= 1) {
    const range = (document.getIn(path.slice(0, length), true) as Node | undefined)?.range;
    if (range) return { from: range[0], to: range[1] };
  }
  return { from: 0, to: Math.max(0, text.indexOf("\n")) };
}

function cronProblems(text: string, document: Document, { on }: Trigger): Problem[] {
  if (!("schedule" in on) || isCron(on.schedule)) return [];
  return [problemAt(text, rangeAt(document, ["on", "schedule"], text), ["value_not_allowed", { value: on.schedule, suggestion: "0 8 * * 1-5" }, ["on", "schedule"]])];
}

export const viewProblem = (problem: Problem, language: Language) =>
  ({ line: problem.line, column: problem.column, length: problem.length, code: problem.code, message: problemText(problem, language), path: [...(problem.path ?? [])] });
