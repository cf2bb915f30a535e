import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { type z } from "zod";
import { type FileProblem } from "./projects.contract.ts";
import { type DeclarationProblem } from "./texts.contract.ts";

type Path = readonly (string | number)[];
interface Source { document: Document; lines: LineCounter }

/** Reads declaration files below one folder and gathers every problem instead of stopping at the first. */
export interface Reader {
  root: string;
  problems: FileProblem[];
  sources: Map<string, Source>;
}

export const makeReader = (root: string): Reader => ({ root, problems: [], sources: new Map() });

/** The file's content as its schema gives it, or null after noting what is wrong with it. */
export async function readDeclaration<S extends z.ZodType>(reader: Reader, file: string, schema: S): Promise<z.output<S> | null> {
  const text = await readText(reader, file);
  if (text === null) return null;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  reader.sources.set(file, { document, lines });
  for (const error of document.errors) {
    const line = lines.linePos(error.pos[0]).line;
    reader.problems.push({ file, line, path: "", message: error.message.split("\n")[0] ?? "", remedy: "correct the YAML: indentation, quotes, colons" });
  }
  if (document.errors.length > 0) return null;
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) note(reader, file, { path: issue.path.map(plain), message: issue.message, remedy: remedyFor(issue) });
  return null;
}

/** Adds a problem found later, with the line it stands on. */
export function note(reader: Reader, file: string, problem: DeclarationProblem): void {
  const { path, message, remedy } = problem;
  reader.problems.push({ file, line: lineOf(reader.sources.get(file), path), path: path.join("."), message, remedy });
}

async function readText(reader: Reader, file: string): Promise<string | null> {
  try {
    return await readFile(join(reader.root, file), "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = missing ? "the file is missing" : `the file cannot be read: ${String(error)}`;
    reader.problems.push({ file, line: null, path: "", message, remedy: missing ? "add it; another project's file shows how it looks" : "check its rights" });
    return null;
  }
}

const plain = (part: PropertyKey) => (typeof part === "number" ? part : String(part));

/** The line of the innermost part of the path that exists. */
function lineOf(source: Source | undefined, path: Path): number | null {
  for (let length = path.length; source && length > 0; length -= 1) {
    const node = source.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return source.lines.linePos(node.range[0]).line;
  }
  return source ? 1 : null;
}

function remedyFor(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `remove or correct ${issue.keys.join(", ")}`;
  if (issue.code === "invalid_type" && issue.input === undefined) return "add it";
  if (issue.code === "invalid_value") return `use one of ${issue.values.map(String).join(", ")}`;
  return "correct the value";
}
