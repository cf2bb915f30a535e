import { invalid, type AppError, type FieldProblem } from "./errors.ts";

/** What the validator says about one value: zod's code, where it stands, and what was expected. */
export interface Issue { instancePath: string; keyword?: string; message?: string; params?: Record<string, unknown> }

/** Words for zod's issues: its own messages are English and meant for programmers. */
export const fieldProblem = (where: string) => (issue: Issue): FieldProblem => ({ field: issue.instancePath.replace(/^\//, "").replaceAll("/", ".") || where, ...reasonOf(issue) });

type Reason = Pick<FieldProblem, "code" | "params">;
const FORMATS: Record<string, string> = { email: "wrong_email", url: "wrong_url", uuid: "wrong_id", guid: "wrong_id", datetime: "wrong_moment", date: "wrong_date" };

function reasonOf({ keyword, message = "", params = {} }: Issue): Reason {
  if (keyword === "too_small") return tooSmall(String(params["origin"]), Number(params["minimum"]));
  if (keyword === "too_big") return tooBig(String(params["origin"]), Number(params["maximum"]));
  if (keyword === "invalid_format") return { code: FORMATS[String(params["format"])] ?? "wrong_form" };
  if (keyword === "invalid_value") return { code: "wrong_choice" };
  // Zod does not hand over the value itself; that there was none stands only in its message.
  if (keyword === "invalid_type") return { code: message.endsWith("received undefined") ? "required" : "wrong_type" };
  if (keyword === "unrecognized_keys") return { code: "unknown_field", params: { names: (params["keys"] as string[] | undefined ?? []).join(", ") } };
  return { code: "wrong_value" };
}

function tooSmall(origin: string, min: number): Reason {
  if (min === 1 && (origin === "string" || origin === "array")) return { code: "required" };
  return { code: origin === "string" ? "too_short" : origin === "array" ? "too_few" : "too_little", params: { min } };
}
const tooBig = (origin: string, max: number): Reason => ({ code: origin === "string" ? "too_long" : origin === "array" ? "too_many_items" : "too_much", params: { max } });

/** The database keeps no NUL and no half of a surrogate pair. */
export const isBad = (text: string): boolean => text.includes("\0") || !text.isWellFormed();

const below = (field: string, key: string): string => (field === "" || field === "path" ? key : `${field}.${key}`);

/** Nothing anybody fills in is nested deeper; what is would overflow whoever walks it by recursion, JSON.stringify first. */
const DEEPEST = 64;

/**
 * The database keeps no NUL and no half of a surrogate pair, so no field may carry one: refused here once, by its name.
 * Walked without recursion, for a body may be nested deeper than the stack, and refused where it is too deep. Undefined when all is well.
 */
export function badText(parts: { params: unknown; query: unknown; body: unknown }): AppError | undefined {
  const open: [value: unknown, field: string, depth: number][] = [[parts.params, "path", 0], [parts.query, "", 0], [parts.body, "", 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, field, depth] = next;
    if (typeof value === "string" && isBad(value)) return invalid([{ field: field || "body", code: "bad_characters" }]);
    if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) continue;
    if (depth === DEEPEST) return invalid([{ field: field.split(".", 3).join(".") || "body", code: "too_deep" }]);
    for (const [key, inner] of Object.entries(value)) open.push([key, field, depth], [inner, below(field, key), depth + 1]);
  }
  return undefined;
}
