import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { type z } from "zod";
import { type FileProblem } from "./projects.contract.ts";
import { type KindProblem } from "./projects.kinds.ts";
import { decodeText, type Texts } from "./projects.texts.ts";

type Path = readonly (string | number)[];
interface Source { document: Document; lines: LineCounter }

/** Reads declarations and gathers every problem instead of stopping at the first. */
export interface Reader {
  texts: Texts;
  problems: FileProblem[];
  sources: Map<string, Source>;
}

export const makeReader = (texts: Texts): Reader => ({ texts, problems: [], sources: new Map() });

/** The file's content as its schema gives it, or null after noting what is wrong with it. */
export function readDeclaration<S extends z.ZodType>(reader: Reader, file: string, schema: S): z.output<S> | null {
  if (!reader.texts.has(file)) {
    reader.problems.push({ file, line: null, column: null, path: "", message: "the file is missing", remedy: "add it; another project's file shows how it looks" });
    return null;
  }
  const content = readYaml(reader, file);
  if (!content) return null;
  const parsed = schema.safeParse(content.value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) for (const path of placesOf(issue)) note(reader, file, { path, message: issue.message, remedy: remedyFor(issue) });
  return null;
}

/** A few anchors spare repetition; more of them make megabytes out of a line. */
const MAX_ALIASES = 50;
const MAX_DEPTH = 100;

/** The plain value of a text that is well-formed YAML, or null after noting why it is not. */
export function readYaml(reader: Reader, file: string): { value: unknown } | null {
  const text = reader.texts.get(file) ?? "";
  const bad = (message: string, remedy: string, at: { line: number; col: number } | null = null): null => {
    reader.problems.push({ file, line: at?.line ?? 1, column: at?.col ?? null, path: "", message, remedy });
    return null;
  };
  const decoded = decodeText(Buffer.from(text, "utf8"));
  if (!decoded.ok) return bad(decoded.message, decoded.remedy);
  const deep = tooDeep(text);
  if (deep) return bad(`is nested deeper than ${MAX_DEPTH} levels`, "no declaration is that deep: look for a bracket too many", { line: deep, col: 1 });
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    reader.sources.set(file, { document, lines });
    for (const error of document.errors) bad(error.message.split("\n")[0] ?? "", "correct the YAML: indentation, quotes, colons", lines.linePos(error.pos[0]));
    return document.errors.length > 0 ? null : { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // An alias to itself, or more of them than anybody writes.
    return bad(error instanceof RangeError ? "is nested too deeply" : String(error instanceof Error ? error.message : error).split("\n")[0]!, "write out what the aliases stand for");
  }
}

/** The line where brackets open deeper than any declaration does; the parser itself would run out of stack there. */
function tooDeep(text: string): number | null {
  let depth = 0;
  let line = 1;
  for (const char of text) {
    if (char === "\n") line += 1;
    else if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return line;
  }
  const indented = text.search(new RegExp(`^(?: {${MAX_DEPTH * 4}}|(?:- ?){${MAX_DEPTH}})`, "m"));
  return indented < 0 ? null : text.slice(0, indented).split("\n").length;
}

/** Adds a problem found later, with the place it stands at. */
export function note(reader: Reader, file: string, problem: KindProblem): void {
  const { path, message, remedy } = problem;
  const at = problem.line ? { line: problem.line, col: problem.column ?? null } : placeOf(sourceOf(reader, file), path);
  reader.problems.push({ file, line: at?.line ?? null, column: at?.col ?? null, path: path.join("."), message, remedy });
}

/** Words nobody knows are told where they stand, not where the thing around them begins. */
function placesOf(issue: z.core.$ZodIssue): (string | number)[][] {
  const path = issue.path.map(plain);
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

/** Of a project that was known before, a text is only parsed when something has to be said of it. */
function sourceOf(reader: Reader, file: string): Source | undefined {
  const text = reader.texts.get(file);
  if (!reader.sources.has(file) && text !== undefined) readYaml(reader, file);
  return reader.sources.get(file);
}

const plain = (part: PropertyKey) => (typeof part === "number" ? part : String(part));

/** The place of the innermost part of the path that exists. */
function placeOf(source: Source | undefined, path: Path): { line: number; col: number } | null {
  for (let length = path.length; source && length > 0; length -= 1) {
    const node = source.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return source.lines.linePos(node.range[0]);
  }
  return source ? { line: 1, col: 1 } : null;
}

export function remedyFor(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `remove or correct ${issue.keys.join(", ")}`;
  if (issue.code === "invalid_type" && issue.input === undefined) return "add it";
  if (issue.code === "invalid_value") return `use one of ${issue.values.map(String).join(", ")}`;
  return "correct the value";
}
