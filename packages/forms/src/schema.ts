import type { FieldDocument, Kind } from "./document.ts";
import type { Field } from "./fields.ts";

/** A schema of JSON Schema 2020-12 with our annotations. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const text = (maxLength: number): JsonSchema => ({ type: "string", maxLength });
const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[]): JsonSchema => ({ type: "object", properties, required, additionalProperties: false });
const DATE = { type: "string", format: "date", maxLength: 10 };
const MOMENT = { type: "string", format: "date-time", maxLength: 40 };
/** Thirty digits, nine of them after the point. */
const money = (currency: string | undefined): JsonSchema => object({ amount: { type: "string", pattern: "^-?[0-9]{1,21}([.][0-9]{1,9})?$", maxLength: 32 }, currency: currency ? { const: currency } : { type: "string", pattern: "^[A-Z]{3}$", maxLength: 3 } }, ["amount", "currency"]);
const KEPT: Readonly<Record<string, JsonSchema>> = { text: text(1_000), number: { type: "number" }, yes_no: { type: "boolean" }, money: money(undefined), date: DATE, moment: MOMENT };

type Writer = (document: FieldDocument) => JsonSchema;

/** The shape of the values of kinds that are one value for people but an object or a list as JSON. */
const WHOLE: Readonly<Partial<Record<Kind, Writer>>> = {
  money: (document) => money(document["x-currency"]),
  period: () => object({ from: DATE, to: DATE }, ["from", "to"]),
  lookup: (document) => object({ id: text(100), name: text(300), ...Object.fromEntries(Object.entries(document["x-lookup"]?.keep ?? {}).map(([key, { kind }]) => [key, KEPT[kind]])) }, ["id", "name"]),
  consent: () => object({ given: { type: "boolean" }, text: text(4_000), language: { enum: ["en", "ru", "sl"] }, at: MOMENT, interactionId: text(60), recordingId: text(60), offsetMs: { type: "integer", minimum: 0 } }, ["given"]),
  choice: (document) => ({ type: "string", enum: document["x-options"]?.map((option) => option.value) ?? [] }),
  choices: (document) => ({ items: { type: "string", enum: document["x-options"]?.map((option) => option.value) ?? [] } }),
  file: () => ({ items: text(60) }),
};

/** The kinds whose value is an object that is filled and changed as one. */
export const isWhole = (kind: Kind): boolean => WHOLE[kind] !== undefined;

function strip(document: FieldDocument): JsonSchema {
  const rest: FieldDocument = { ...document };
  delete rest.properties;
  delete rest.items;
  return { ...rest };
}

/** The schema of a field, written out: for renderers and for export. */
export function schemaOf(field: Field): JsonSchema {
  const base = { ...strip(field.document), "x-kind": field.kind, title: field.name.en };
  const whole = WHOLE[field.kind];
  if (whole) return { ...base, ...whole(field.document) };
  if (field.kind === "table") return { ...base, items: objectOf(field.parts, field.required) };
  return field.parts.size > 0 ? { ...base, ...objectOf(field.parts, field.required) } : base;
}

export function objectOf(parts: ReadonlyMap<string, Field>, required: Iterable<string>): JsonSchema {
  return object(Object.fromEntries([...parts].map(([key, part]) => [key, schemaOf(part)])), [...required]);
}

/** What the validator is given: only what it decides. Required fields, patterns and formats are decided with the form's conditions. */
const DECIDED = ["type", "enum", "const", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"];

export function decided(schema: JsonSchema): JsonSchema {
  const kept: Record<string, unknown> = {};
  for (const key of DECIDED) if (schema[key] !== undefined) kept[key] = schema[key];
  // Limits of money are compared exactly, as amounts.
  if (schema["x-kind"] === "money") { delete kept["minimum"]; delete kept["maximum"]; }
  if (schema["properties"]) kept["properties"] = Object.fromEntries(Object.entries(schema["properties"]).map(([key, part]) => [key, decided(part as JsonSchema)]));
  if (schema["items"]) kept["items"] = decided(schema["items"] as JsonSchema);
  return kept;
}
