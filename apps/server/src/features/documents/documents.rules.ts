import { compileExpression, problemText, type Catalogue, type Context, type Expression, type Problem, type Rights } from "@linija/rules";
import { inAll, problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { languages, type Language, type Text } from "../projects/texts.contract.ts";
import type { Block, DocumentDeclaration } from "./documents.declaration.contract.ts";
import { elementOf, writeValue, type Writing } from "./documents.format.rules.ts";
import { namesInRows, namesOf, type Names } from "./documents.names.rules.ts";

/** An expression with what its values are called, if they are those of a choice. */
type Said = Expression & { readonly names: Names | null };
/** A text cut at its `{{…}}`. */
type Written = readonly (string | Said)[];
type WrittenText = Readonly<Record<Language, Written>>;

export interface CompiledDocument { declared: DocumentDeclaration; title: WrittenText; footer: WrittenText | null; content: CompiledBlock[] }

type CompiledBlock = { when: Expression | null } & (
  | { kind: "heading"; text: WrittenText }
  | { kind: "text"; text: WrittenText; align: Align; bold: boolean }
  | { kind: "facts"; facts: { name: WrittenText; value: Said }[] }
  | { kind: "table"; columns: { name: WrittenText; values: Expression; names: Names | null; align: Align; width: number | null }[] }
  | { kind: "list"; items: WrittenText[] }
  | { kind: "signatures"; names: WrittenText[] }
  | { kind: "space"; points: number }
  | { kind: "page_break" });
type Align = "left" | "right" | "center";

/** What stands on the paper: words only, nothing left to compute. */
export type PrintedBlock =
  | { kind: "heading"; text: string } | { kind: "text"; text: string; align: Align; bold: boolean } | { kind: "facts"; facts: [name: string, value: string][] }
  | { kind: "table"; columns: { name: string; align: Align; width: number | null }[]; rows: string[][] } | { kind: "list"; items: string[] }
  | { kind: "signatures"; names: string[] } | { kind: "space"; points: number } | { kind: "page_break" };
export interface PrintedDocument { title: string; footer: string; page: "A4" | "A5"; language: Language; content: PrintedBlock[] }

export type CompileResult = { ok: true; document: CompiledDocument } | { ok: false; problems: PlacedProblem[] };
type Path = (string | number)[];

/** Checks every expression of a document against the project's catalogue and makes it ready to be printed. */
export function compileDocument(declared: DocumentDeclaration, catalogue: Catalogue, rights: Rights = "all"): CompileResult {
  const problems: PlacedProblem[] = [];
  const expression = (text: string, path: Path, expects?: string): Said | null => {
    const compiled = compileExpression(text, catalogue, { rights, ...(expects !== undefined && { expects }) });
    if (compiled.ok) return { ...compiled.expression, names: namesOf(text, catalogue) };
    for (const problem of compiled.problems) problems.push(refusal(problem, path, text));
    return null;
  };
  const plain = (text: string, path: Path): string => {
    const open = text.indexOf("{{");
    if (open !== -1) problems.push(problem(path, "document_unclosed", { source: text.slice(open, open + 80) }));
    return text;
  };
  const written = (text: Text, path: Path): WrittenText =>
    Object.fromEntries(languages.map((language) => [language, cutText(text[language]).map((part) => (typeof part === "string" ? plain(part, [...path, language]) : expression(part.expression, [...path, language]) ?? ""))])) as unknown as WrittenText;
  const compile: Compile = { catalogue, expression, written };
  const content = declared.content.map((block, index) => compileBlock(block, ["content", index], compile));
  const document = { declared, title: written(declared.title, ["title"]), footer: declared.footer ? written(declared.footer, ["footer"]) : null, content: content.filter((block) => block !== null) };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, document };
}

interface Compile { catalogue: Catalogue; expression(text: string, path: Path, expects?: string): Said | null; written(text: Text, path: Path): WrittenText }

/** Null only beside a problem, which refuses the whole. */
function compileBlock(block: Block, path: Path, compile: Compile): CompiledBlock | null {
  const when = block.when === undefined ? null : compile.expression(block.when, [...path, "when"], "boolean");
  if ("table" in block) return compileTable(block.table, { when, path: [...path, "table"] }, compile);
  return { when, ...compilePlain(block, path, compile) };
}

type PlainBlock = Exclude<Block, { table: unknown }>;

function compilePlain(block: PlainBlock, path: Path, { expression, written }: Compile): DistributiveOmit<CompiledBlock, "when"> {
  if ("heading" in block) return { kind: "heading", text: written(block.heading, [...path, "heading"]) };
  if ("text" in block) return { kind: "text", text: written(block.text, [...path, "text"]), align: block.align, bold: block.bold };
  if ("list" in block) return { kind: "list", items: block.list.map((item, index) => written(item, [...path, "list", index])) };
  if ("signatures" in block) return { kind: "signatures", names: block.signatures.map((name, index) => written(name, [...path, "signatures", index])) };
  if ("space" in block) return { kind: "space", points: block.space };
  if ("page_break" in block) return { kind: "page_break" };
  const facts = block.facts.map(({ name, value }, index) => ({ name: written(name, [...path, "facts", index, "name"]), value: expression(value, [...path, "facts", index, "value"]) }));
  return { kind: "facts", facts: facts.filter((fact): fact is { name: WrittenText; value: Said } => fact.value !== null) };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function compileTable({ rows, as, columns }: Extract<Block, { table: unknown }>["table"], { when, path: at }: { when: Expression | null; path: Path }, { expression, written, catalogue }: Compile): CompiledBlock | null {
  if (!expression(rows, [...at, "rows"])) return null;
  const compiled = columns.map(({ name, value, align, width }, index) => ({
    // One expression for the whole column: the row's name means the same as in any other `map`.
    name: written(name, [...at, "columns", index, "name"]), values: expression(`(${rows}).map(${as}, ${value})`, [...at, "columns", index, "value"]), names: namesInRows({ rows, as, value }, catalogue), align, width: width ?? null,
  }));
  return { when, kind: "table", columns: compiled.filter((column): column is typeof column & { values: Expression } => column.values !== null) };
}

const refusal = (found: Problem, path: Path, text: string): PlacedProblem =>
  problem(path, "document_expression", { source: text.length > 80 ? `${text.slice(0, 80)}…` : text, text: inAll((language) => problemText(found, language)) });

/** Cuts a text at `{{…}}`; a brace within quotes ends nothing, and one that is not closed begins nothing. */
export function cutText(text: string): (string | { expression: string })[] {
  const parts: (string | { expression: string })[] = [];
  let at = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", at)) {
    const close = endOf(text, open + 2);
    if (close === -1) break;
    if (open > at) parts.push(text.slice(at, open));
    parts.push({ expression: text.slice(open + 2, close).trim() });
    at = close + 2;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function endOf(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if (quote) {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "}" && text[at + 1] === "}") return at;
  }
  return -1;
}

export type PrintResult = { ok: true; printed: PrintedDocument } | { ok: false; problem: Problem };

/** Computes everything once. A problem in any expression gives no document at all: a paper with a hole in it is worse. */
export function printDocument(document: CompiledDocument, context: Context, writing: Writing): PrintResult {
  const value = (expression: Expression): unknown => {
    const result = expression.evaluate(context, BUDGET);
    if (!result.ok) throw new Stopped(result.problem);
    return result.value;
  };
  const say = (text: WrittenText): string => text[writing.language].map((part) => (typeof part === "string" ? part : write(value(part), part, writing))).join("");
  try {
    const content = document.content.filter(({ when }) => when === null || value(when) === true).map((block) => printBlock(block, { value, say, writing }));
    const { page } = document.declared;
    return { ok: true, printed: { title: say(document.title), footer: document.footer ? say(document.footer) : "", page, language: writing.language, content } };
  } catch (error) {
    if (error instanceof Stopped) return { ok: false, problem: error.problem };
    throw error;
  }
}

const BUDGET = { steps: 50_000 };

interface Named { type: string; names: Names | null }

/** A choice by its name in the language of the paper, several one after another, anything else as its type is written. */
function write(value: unknown, { type, names }: Named, writing: Writing): string {
  const called = (each: unknown): string | undefined => (typeof each === "string" ? names?.get(each)?.[writing.language] : undefined);
  return writeValue(Array.isArray(value) ? value.map((each: unknown) => called(each) ?? each) : called(value) ?? value, type, writing);
}

class Stopped extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

interface Print { value(expression: Expression): unknown; say(text: WrittenText): string; writing: Writing }

function printBlock(block: CompiledBlock, { value, say, writing }: Print): PrintedBlock {
  if (block.kind === "heading") return { kind: "heading", text: say(block.text) };
  if (block.kind === "text") return { kind: "text", text: say(block.text), align: block.align, bold: block.bold };
  if (block.kind === "facts") return { kind: "facts", facts: block.facts.map((fact) => [say(fact.name), write(value(fact.value), fact.value, writing)]) };
  if (block.kind === "list") return { kind: "list", items: block.items.map(say) };
  if (block.kind === "signatures") return { kind: "signatures", names: block.names.map(say) };
  if (block.kind === "space") return { kind: "space", points: block.points };
  if (block.kind === "page_break") return { kind: "page_break" };
  const cells = block.columns.map(({ values, names }) => {
    const type = elementOf(values.type);
    return ((value(values) as unknown[] | null) ?? []).map((cell) => write(cell, { type, names }, writing));
  });
  const rows = Array.from({ length: cells[0]?.length ?? 0 }, (_, row) => cells.map((column) => column[row] ?? ""));
  return { kind: "table", columns: block.columns.map(({ name, align, width }) => ({ name: say(name), align, width })), rows };
}
