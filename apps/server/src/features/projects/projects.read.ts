import { YAML_SLIPS, yamlSlip } from "@linija/rules";
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { type z } from "zod";
import { isBad } from "../../platform/validation.ts";
import { inAll, told, type ToldProblem } from "./problems.contract.ts";
import { type FileProblem } from "./projects.contract.ts";
import { type KindProblem } from "./projects.kinds.ts";
import { schemaProblems, short, wordsOf } from "./projects.problems.ts";
import { decodeText, type Texts } from "./projects.texts.ts";
import { type Text } from "./texts.contract.ts";

type Path = readonly (string | number)[];
interface Source { document: Document; lines: LineCounter }

/** Reads declarations and gathers every problem instead of stopping at the first. */
export interface Reader {
  texts: Texts;
  problems: FileProblem[];
  /** Of each file, what has been noted: a mistake in a common file is found by every project that uses it. */
  noted: Map<string, Set<string>>;
  sources: Map<string, Source>;
}

export const makeReader = (texts: Texts): Reader => ({ texts, problems: [], noted: new Map(), sources: new Map() });

/** Nobody mends more at a time, and each has to be found in the text and put into words. */
const MOST_PROBLEMS = 100;

/** In the order of reading, as many as somebody reads; the last says how many more there are. */
export function inOrder(reader: Reader): FileProblem[] {
  const all = [...reader.noted.values()].reduce((sum, { size }) => sum + size, 0);
  const shown = reader.problems.toSorted((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0)).slice(0, MOST_PROBLEMS);
  const last = shown.at(-1);
  return last && all > shown.length ? [...shown, fileProblem({ file: last.file, line: null, column: null, path: "" }, told("more", { count: all - shown.length }))] : shown;
}

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
  for (const problem of schemaProblems(parsed.error.issues, content.value)) note(reader, file, problem);
  return null;
}

/** A few anchors spare repetition; more of them make megabytes out of a line. */
const MAX_ALIASES = 50;
const MAX_DEPTH = 60;
const MOST_SLIPS = 3;

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
    // The parser compares each key with all before it, which takes twenty seconds for as many thousand.
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
    reader.sources.set(file, { document, lines });
    // After the first slips a parser has lost its place: what it says from there on only hides them.
    for (const error of document.errors.slice(0, MOST_SLIPS)) bad(told("yaml", { text: yamlText(error) }), lines.linePos(error.pos[0]));
    const { twice, unfit } = slips(document);
    for (const at of twice) bad(told("key_twice"), lines.linePos(at));
    for (const at of unfit) bad(told("sign_unfit"), lines.linePos(at));
    // What was taken before this was asked is read on, without the sign: a project does not stand still for it.
    return document.errors.length + twice.length > 0 ? null : { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // An alias to itself, or more of them than anybody writes.
    return bad(error instanceof RangeError ? told("nested_aliases") : told("aliases", { text: yamlText(error) }));
  }
}

/** Offsets of keys that stand in their map already, and of texts the database would refuse, which escapes can write. */
function slips(document: Document): { twice: number[]; unfit: number[] } {
  const found = { twice: [] as number[], unfit: [] as number[] };
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.twice.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
    Scalar: (_, node) => {
      if (typeof node.value !== "string" || !isBad(node.value)) return;
      found.unfit.push(node.range?.[0] ?? 0);
      node.value = node.value.replaceAll("\0", "").toWellFormed();
    },
  });
  return found;
}

/** What the parser says, which speaks English only. */
export const yamlText = (error: unknown): Text => inAll((language) => YAML_SLIPS[yamlSlip(error)][language]);

/**
 * The line where something is nested deeper than any declaration is, by brackets, by indentation or by dashes and question marks
 * in a line (`? - ? -`): the parser's time grows with the third power of the depth, until it runs out of stack.
 */
function tooDeep(text: string): number | null {
  let brackets = 0;
  /** Columns of what is open by indentation. */
  const open: number[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    for (const [char] of line.matchAll(/[[\]{}]/g)) brackets = Math.max(0, brackets + (char === "[" || char === "{" ? 1 : -1));
    const indent = line.search(/\S/);
    if (indent < 0) continue;
    while (open.length > 0 && open.at(-1)! >= indent) open.pop();
    open.push(indent, ...[...line.matchAll(/(?<![^\s[{,])[-?](?=\s|$)/g)].slice(0, MAX_DEPTH + 1).map((mark) => mark.index + 1));
    if (brackets + open.length > MAX_DEPTH) return index + 1;
  }
  return null;
}

/** Adds a problem found later, with the place it stands at. */
export function note(reader: Reader, file: string, problem: KindProblem): void {
  const path = short(problem.path.join("."));
  const made = fileProblem({ file, line: problem.line ?? null, column: problem.column ?? null, path }, problem);
  if (!isNews(reader, made)) return;
  const at = problem.line ? null : placeOf(sourceOf(reader, file), problem.path);
  reader.problems.push(at ? { ...made, line: at.line, column: at.col } : made);
}

type At = Pick<FileProblem, "file" | "line" | "column" | "path">;
function push(reader: Reader, at: At, problem: ToldProblem): void {
  const made = fileProblem(at, problem);
  if (isNews(reader, made)) reader.problems.push(made);
}

const fileProblem = (at: At, { code, params }: ToldProblem): FileProblem => ({ ...at, ...wordsOf({ code, params }, "en"), told: { code, params } });

/** Counted, however many they are; told while there are not too many of the file. To find a place in a large text takes time. */
function isNews(reader: Reader, { file, line, path, message }: FileProblem): boolean {
  const noted = reader.noted.get(file) ?? new Set<string>();
  reader.noted.set(file, noted);
  const before = noted.size;
  noted.add(`${line} ${path} ${message}`);
  return noted.size > before && noted.size <= MOST_PROBLEMS;
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
