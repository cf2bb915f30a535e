import { shortText } from "./cut.ts";
import type { Params, ProblemCode } from "./problems.ts";

/** What a schema library says is wrong, as zod 4 gives it. Its own words are English and speak of the program's types: they are not shown. */
export interface ShapeIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type ShapePath = (string | number)[];

/** One mistake in the shape of a document: what stands there and what is expected. Its text is that of `problemText`. */
export interface ShapeProblem {
  /** `own`: the schema has words for it, which are `own`. */
  code: ProblemCode | "own";
  params: Params;
  path: ShapePath;
  own?: string;
  /** What may stand there, when that can be listed. */
  values?: string[];
}

type Raw = ShapeIssue & Readonly<Record<string, unknown>>;
type At = Pick<ShapeProblem, "path"> & { value: unknown };

const MOST_CHARACTERS = 60;
const MOST_VALUES = 30;
/** The library's names of types, by those of `TYPE_NAMES`. */
const EXPECTED: Readonly<Record<string, string>> = { string: "text", number: "double", int: "int", boolean: "flag", array: "list", tuple: "list", object: "keys", record: "keys", map: "keys", null: "null" };
const FORMATS: Readonly<Record<string, ProblemCode>> = { email: "shape_email", url: "shape_url", date: "shape_date", datetime: "shape_moment" };

/**
 * Everything an issue has to say of `root`, the document that was checked. Of a union, the branch that fits best speaks; when
 * none of them is of the value's type, all of them are told together.
 */
export function shapeProblems(issue: ShapeIssue, root: unknown): ShapeProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  return found(issue as Raw, { path, value: valueAt(root, path) });
}

function found(issue: Raw, at: At): ShapeProblem[] {
  const { path, value } = at;
  switch (issue.code) {
    case "unrecognized_keys": return (issue["keys"] as string[]).map((key) => ({ code: "unknown_key", params: { key: cut(key), suggestion: "" }, path: [...path, key] }));
    case "invalid_key": return (issue["issues"] as Raw[]).slice(0, 1).flatMap((inner) => found(inner, { path, value: path.at(-1) }));
    case "invalid_union": return ofUnion(issue, at);
    case "invalid_type": return [ofType(EXPECTED[String(issue["expected"])] ?? "other", at)];
    case "invalid_value": return [ofChoice((issue["values"] as unknown[]).map(String), at)];
    case "too_small": case "too_big": return [ofSize(issue, at)];
    case "not_multiple_of": return [{ code: "shape_multiple", params: { value: cut(String(value)), limit: Number(issue["divisor"]) }, path }];
    default: return [ofWords(issue, at)];
  }
}

/** Keys of messages have no spaces; the library's own sentences do. */
const isOwn = ({ message }: ShapeIssue): boolean => /^[a-z]+_[a-z_]+$/.test(message);

function ofWords(issue: Raw, { path, value }: At): ShapeProblem {
  if (isOwn(issue)) return { code: "own", own: issue.message, params: { value: shown(value) }, path };
  return { code: FORMATS[String(issue["format"])] ?? "shape_unfit", params: { value: shown(value) }, path };
}

function ofType(expected: string, { path, value }: At): ShapeProblem {
  if (value === undefined) return { code: "shape_missing", params: { expected }, path };
  return { code: "shape_type", params: { actual: typeOf(value), value: inBrackets(value), expected }, path };
}

function ofChoice(values: string[], at: At): ShapeProblem {
  const { path, value } = at;
  const all = values.slice(0, MOST_VALUES).join(", ");
  if (value === undefined) return { code: "shape_missing", params: { expected: all }, path, values };
  if (typeof value === "object" && value !== null) return { ...ofType(all, at), values };
  return { code: "shape_choice", params: { value: shown(value), values: all }, path, values };
}

function ofSize(issue: Raw, { path, value }: At): ShapeProblem {
  const isSmall = issue.code === "too_small";
  const limit = Number(issue[isSmall ? "minimum" : "maximum"]);
  if (isOwn(issue)) return { code: "own", own: issue.message, params: { value: shown(value), limit }, path };
  if (typeof value === "number") {
    const code = isSmall ? (issue["inclusive"] === false ? "shape_not_above" : "shape_small") : issue["inclusive"] === false ? "shape_not_below" : "shape_big";
    return { code, params: { value: String(value), limit }, path };
  }
  const count = sizeOf(value);
  if (isSmall && limit === 1) return { code: "shape_empty", params: { expected: typeOf(value) }, path };
  const isText = typeof value === "string";
  return { code: isSmall ? (isText ? "shape_short" : "shape_few") : isText ? "shape_long" : "shape_many", params: { count, limit }, path };
}

const sizeOf = (value: unknown): number => (typeof value === "string" ? value.length : typeof value === "object" && value !== null ? Object.keys(value).length : 0);

function ofUnion(issue: Raw, at: At): ShapeProblem[] {
  const branches = issue["errors"] as Raw[][];
  // Told apart by one key: it is the value of this key that fits none of them.
  if (branches.length === 0) return [ofChoice((issue["options"] as unknown[] | undefined ?? []).map(String), at)];
  const within = branches.filter((issues) => !issues.some(isOfAnotherType)).toSorted((a, b) => weight(a) - weight(b));
  if (within[0]) return within[0].flatMap((inner) => inside(inner, at));
  const flat = branches.flat().flatMap(leaves);
  // A slip in one of several words, where a list of them may stand as well.
  const near = flat.filter((inner) => inner.code === "invalid_value" && inner.path.length === 0 && (inner["values"] as unknown[]).some((value) => typeof value === typeof at.value));
  if (near.length > 0) return [ofChoice(near.flatMap((inner) => (inner["values"] as unknown[]).map(String)), at)];
  const expected = [...new Set(flat.map((inner) => (inner.code === "invalid_value" ? (inner["values"] as unknown[]).map(String).join(", ") : EXPECTED[String(inner["expected"])] ?? "other")))];
  const values = flat.every(({ code }) => code === "invalid_value") ? flat.flatMap((inner) => (inner["values"] as unknown[]).map(String)) : null;
  return [values ? ofChoice(values, at) : ofType(expected.join(" | "), at)];
}

/** A branch that speaks of a type or value of the whole is not the one that was meant. */
const isOfAnotherType = (issue: Raw): boolean => issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value" || (issue.code === "invalid_union" && leaves(issue).every(isOfAnotherType)));
const leaves = (issue: Raw): Raw[] => (issue.code === "invalid_union" && (issue["errors"] as Raw[][]).length > 0 ? (issue["errors"] as Raw[][]).flat().flatMap(leaves) : [issue]);
/** A key that no other branch has says more than one that is missing. */
const weight = (issues: Raw[]): number => issues.reduce((sum, { code }) => sum + (code === "unrecognized_keys" ? 2 : 1), 0);

function inside(issue: Raw, at: At): ShapeProblem[] {
  const inner = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  return found(issue, { path: [...at.path, ...inner], value: valueAt(at.value, inner) });
}

function valueAt(root: unknown, path: ShapePath): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === "object" && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined), root);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "double";
  return EXPECTED[typeof value] ?? "other";
}

const cut = (text: string): string => shortText(text, MOST_CHARACTERS);
const shown = (value: unknown): string => (typeof value === "object" && value !== null ? "…" : cut(String(value)));
/** What is written out where it is short. */
const inBrackets = (value: unknown): string => (value === null || typeof value === "object" || value === "" ? "" : ` (${shown(value)})`);
