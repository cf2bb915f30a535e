/** The part of OpenAPI that the matrix reads. */
export interface Shape { type?: string; format?: string; pattern?: string; enum?: unknown[]; const?: unknown; anyOf?: Shape[]; oneOf?: Shape[]; allOf?: Shape[]; properties?: Record<string, Shape>; required?: string[]; items?: Shape; minItems?: number; minimum?: number; minLength?: number; additionalProperties?: unknown; default?: unknown }
export interface Route { method: string; path: string; body: Shape | null; /** What it answers with when all is well; null where that is no JSON. */ reply: Shape | null; query: { name: string; schema: Shape; required: boolean }[]; /** Why its replies are not looked through for contacts. */ contacts: string | null }
interface Operation { "x-contacts"?: string; requestBody?: { content: Record<string, { schema: Shape }> }; responses?: Record<string, { content?: Record<string, { schema: Shape }> }>; parameters?: { in: string; name: string; required?: boolean; schema: Shape }[] }

/** Every route the API describes of itself: a route that is new is in the matrix at once. */
export function routesOf(document: { paths: Record<string, Record<string, Operation>> }): Route[] {
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(), path, body: operation.requestBody?.content["application/json"]?.schema ?? null, reply: operation.responses?.["200"]?.content?.["application/json"]?.schema ?? null,
    query: (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name, schema, required }) => ({ name, schema, required: required === true })), contacts: operation["x-contacts"] ?? null,
  }))).toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
}

const ID = "00000000-0000-7000-8000-000000000000";
/** One moment for all: asked twice in one request, the clock may have gone on between the two, and a period of a millisecond is another answer than none. */
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();
const BY_PATTERN: [string, string][] = [["\\d{4}", "2027-03-01T10:00:00Z"], ["A-Z]{3}", "ABC"], ["#[0-9a-f]", "#336699"], ["0-9*#", "1"], ["[a-z]", "abc"], ["\\w", "abc"]];

/** The plainest value that fits, with the names the matrix knows in place. */
export function fill(shape: Shape, known: Record<string, unknown>, name = ""): unknown {
  if (name in known) return known[name];
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  const choice = shape.anyOf ?? shape.oneOf;
  if (choice) return fill(choice.find(({ type }) => type !== "null") ?? {}, known, name);
  if (shape.allOf) return Object.assign({}, ...shape.allOf.map((part) => fill(part, known)));
  if (shape.type === "object" || shape.properties) return Object.fromEntries(Object.entries(shape.properties ?? {}).filter(([key]) => shape.required?.includes(key) === true || key in known).map(([key, part]) => [key, fill(part, known, key)]));
  if (shape.type === "array") return Array.from({ length: shape.minItems ?? 0 }, () => fill(shape.items ?? {}, known));
  if (shape.type === "integer" || shape.type === "number") return Math.max(1, shape.minimum ?? 1);
  if (shape.type === "boolean") return true;
  return shape.type === "string" ? textOf(shape) : {};
}

function textOf({ format, pattern, minLength }: Shape): string {
  if (format === "uuid") return ID;
  if (format === "email") return "nobody@example.test";
  if (format === "date-time") return TOMORROW;
  if (format === "uri") return "https://example.test/hook";
  const found = pattern === undefined ? undefined : BY_PATTERN.find(([sign]) => pattern.includes(sign));
  return found?.[1] ?? "abc".padEnd(minLength ?? 3, "c");
}
