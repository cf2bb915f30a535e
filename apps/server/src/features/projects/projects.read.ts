import { YAML_SLIPS, yamlSlip } from "@linija/rules";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { type z } from "zod";
import { inAll, told, type ToldProblem } from "./problems.contract.ts";
import { type FileProblem } from "./projects.contract.ts";
import { type KindProblem } from "./projects.kinds.ts";
import { schemaProblems, wordsOf } from "./projects.problems.ts";
import { decodeText, type Texts } from "./projects.texts.ts";
import { type Text } from "./texts.contract.ts";

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
    push(reader, { file, line: null, column: null, path: "" }, told("file_missing"));
    return null;
  }
  const content = readYaml(reader, file);
  if (!content) return null;
  const parsed = schema.safeParse(content.value);
  if (parsed.success) return parsed.data;
  for (const problem of parsed.error.issues.flatMap(schemaProblems)) note(reader, file, problem);
  return null;
}

/** A few anchors spare repetition; more of them make megabytes out of a line. */
const MAX_ALIASES = 50;
const MAX_DEPTH = 100;

/** The plain value of a text that is well-formed YAML, or null after noting why it is not. */
export function readYaml(reader: Reader, file: string): { value: unknown } | null {
  const text = reader.texts.get(file) ?? "";
  const bad = (problem: ToldProblem, at: { line: number; col: number } | null = null): null => {
    push(reader, { file, line: at?.line ?? 1, column: at?.col ?? null, path: "" }, problem);
    return null;
  };
  const decoded = decodeText(Buffer.from(text, "utf8"));
  if (!decoded.ok) return bad(decoded.problem);
  const deep = tooDeep(text);
  if (deep) return bad(told("nested", { most: MAX_DEPTH }), { line: deep, col: 1 });
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    reader.sources.set(file, { document, lines });
    for (const error of document.errors) bad(error.code === "DUPLICATE_KEY" ? told("key_twice") : told("yaml", { text: yamlText(error) }), lines.linePos(error.pos[0]));
    return document.errors.length > 0 ? null : { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // An alias to itself, or more of them than anybody writes.
    return bad(error instanceof RangeError ? told("nested_aliases") : told("aliases", { text: yamlText(error) }));
  }
}

/** What the parser says, which speaks English only. */
export const yamlText = (error: unknown): Text => inAll((language) => YAML_SLIPS[yamlSlip(error)][language]);

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
  const { path } = problem;
  const at = problem.line ? { line: problem.line, col: problem.column ?? null } : placeOf(sourceOf(reader, file), path);
  push(reader, { file, line: at?.line ?? null, column: at?.col ?? null, path: path.join(".") }, problem);
}

type At = Pick<FileProblem, "file" | "line" | "column" | "path">;
function push(reader: Reader, at: At, { code, params }: ToldProblem): void {
  reader.problems.push({ ...at, ...wordsOf({ code, params }, "en"), told: { code, params } });
}

/** Of a project that was known before, a text is only parsed when something has to be said of it. */
function sourceOf(reader: Reader, file: string): Source | undefined {
  const text = reader.texts.get(file);
  if (!reader.sources.has(file) && text !== undefined) readYaml(reader, file);
  return reader.sources.get(file);
}

/** The place of the innermost part of the path that exists. */
function placeOf(source: Source | undefined, path: Path): { line: number; col: number } | null {
  for (let length = path.length; source && length > 0; length -= 1) {
    const node = source.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return source.lines.linePos(node.range[0]);
  }
  return source ? { line: 1, col: 1 } : null;
}
