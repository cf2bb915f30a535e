import { z } from "zod";

/** The languages of the product's texts. */
export const languages = ["en", "ru", "sl"] as const;
export type Language = (typeof languages)[number];

/** The same words in every language; a missing translation is refused, never a fallback. */
const text = z.strictObject({ en: z.string().trim().min(1).max(4_000), ru: z.string().trim().min(1).max(4_000), sl: z.string().trim().min(1).max(4_000) });
export type Text = z.infer<typeof text>;

/**
 * What a field is for people; the JSON Schema of its value follows from it (`kinds.ts`), so that a form names the kind
 * and writes out only what differs.
 *
 * | kind | value |
 * | --- | --- |
 * | `text`, `long_text` | text |
 * | `number` | whole number with `type: integer`, else number |
 * | `yes_no` | true, false |
 * | `choice`, `choices` | the value of one option; a list of them |
 * | `person` | `{ surname, given, patronymic? }` |
 * | `phone` | E.164 text |
 * | `email` | text |
 * | `address` | `{ country?, city, cityKey?, street?, streetKey?, house?, flat?, postcode?, note? }`; a street needs its city |
 * | `document` | `{ series?, number, issuedBy?, issuedOn? }`; needs `x-mask` |
 * | `money` | `{ amount: "9.90", currency: "EUR" }` |
 * | `date`, `moment` | `2026-03-29`; `2026-03-29T10:00:00+02:00` |
 * | `period` | `{ from, to }`, two dates |
 * | `file` | a list of ids of attachments |
 * | `lookup` | `{ id, name }` of another record, and its values of `x-lookup.keep` as they were when it was chosen |
 * | `table` | a list of rows |
 * | `consent` | `{ given, text, language, at, interactionId?, recordingId?, offsetMs? }` |
 * | `group` | an object of fields |
 */
export const kinds = ["text", "long_text", "number", "yes_no", "choice", "choices", "person", "phone", "email", "address", "document",
  "money", "date", "moment", "period", "file", "lookup", "table", "consent", "group"] as const;
export type Kind = (typeof kinds)[number];

/** Schemas have their own words by key of `messages.ts`. Name of a field, as rules read it: `form.planned_on`. */
export const FIELD_NAME = /^[a-z][A-Za-z0-9_]{0,63}$/;
const fieldName = z.string().regex(FIELD_NAME, "field_name");
/** Where a field stands: names joined by dots; a column of a table stands behind its table (`items.price`). */
const path = z.string().regex(/^[a-z][A-Za-z0-9_]*(\.[a-z][A-Za-z0-9_]*){0,5}$/, "field_path");
/** A key of JSON, no number with a fraction; what `enum`, `const` and `default` may hold. */
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const count = z.int().min(0).max(100_000);
/** CEL. YAML reads `true` and `5` as something else; they are expressions as well. */
const expression = z.union([z.string().max(10_000), z.boolean().transform(String), z.number().transform(String)]);

export const keepable = ["text", "number", "yes_no", "money", "date", "moment"] as const;

/** One field: keywords of JSON Schema 2020-12 and our annotations (`x-…`). Unknown keywords are refused. */
export interface FieldDocument {
  "x-kind"?: Kind;
  /** Required but where `$ref` brings it. */
  "x-name"?: Text;
  /** What to ask or to write, shown with the field. */
  "x-hint"?: Text;
  /** An example in the empty field. */
  "x-example"?: string;
  /** How it is typed: `#` a digit, `A` a letter, `*` either, all else stands for itself: `## ## ######`. Text, or a document's number. */
  "x-template"?: string;
  /** Of `text`: nobody types it; when the form is submitted it gets a number no other has had, behind these letters (R158). */
  "x-number"?: string;
  /** Shown as bullets; who has the right sees it for a reason, which is audited. */
  "x-mask"?: { read: string };
  /** What the client may do with it by a link or in the portal; nothing when absent. */
  "x-client"?: "fill" | "see";
  /** Of `person`, `phone`, `email`, `address`, outside of tables: a form that is begun for a known client takes it from the card. */
  "x-card"?: true;
  /** Of `choice` and `choices`. */
  "x-options"?: { value: string; name: Text }[];
  /** Of `lookup`: what is looked up, narrowed by equal values; `keep` is copied when it is chosen, and stays. */
  "x-lookup"?: { entity: string; filter?: Record<string, string | number | boolean>; keep?: Record<string, { kind: (typeof keepable)[number]; name: Text }> };
  /** Of `money`: the only currency. */
  "x-currency"?: string;
  /** Of `table`: columns whose sum is shown below. */
  "x-sum"?: string[];
  /** Of `file`: kinds of files, as browsers write them (`image/*`, `application/pdf`). */
  "x-accept"?: string[];
  /** Of `consent`: what is read to the client. */
  "x-text"?: Text;
  /** Of `address`: the country when none is chosen, ISO 3166 in two letters. */
  "x-country"?: string;

  $ref?: string;
  type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  /** Of `group`; of `person`, `address`, `document` only to change what the kind says of a part. */
  properties?: Record<string, FieldDocument>;
  required?: string[];
  /** Of `table`: `properties` of a row are its columns. */
  items?: FieldDocument;
  additionalProperties?: false;
  enum?: (string | number | boolean)[];
  const?: string | number | boolean;
  default?: unknown;
  readOnly?: boolean;
  minLength?: number;
  maxLength?: number;
  /** RE2's syntax, matched in linear time (`packages/rules`); it must match the whole only with `^…$`, as JSON Schema says. */
  pattern?: string;
  format?: "date" | "date-time" | "email" | "uri" | "phone";
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

export const fieldSchema: z.ZodType<FieldDocument> = z.strictObject({
  "x-kind": z.enum(kinds).optional(),
  "x-name": text.optional(),
  "x-hint": text.optional(),
  "x-example": z.string().max(200).optional(),
  "x-template": z.string().min(1).max(60).optional(),
  "x-number": z.string().regex(/^[\p{L}\d/-]{0,12}$/u, "number_letters").optional(),
  "x-mask": z.strictObject({ read: z.string().regex(/^[a-z][a-z_.]{0,60}$/, "right_name") }).optional(),
  "x-client": z.enum(["fill", "see"]).optional(),
  "x-card": z.literal(true).optional(),
  "x-options": z.array(z.strictObject({ value: z.string().min(1).max(100), name: text })).min(1).max(500).optional(),
  "x-lookup": z.strictObject({
    entity: z.string().regex(/^[a-z][a-z_]{0,40}$/, "entity_name"),
    filter: z.record(fieldName, z.union([z.string(), z.number(), z.boolean()])).optional(),
    keep: z.record(fieldName, z.strictObject({ kind: z.enum(keepable), name: text })).optional(),
  }).optional(),
  "x-currency": z.string().regex(/^[A-Z]{3}$/, "currency_code").optional(),
  "x-sum": z.array(fieldName).max(20).optional(),
  "x-accept": z.array(z.string().regex(/^[a-z]+\/([a-z0-9.+-]+|\*)$/, "file_kind")).max(20).optional(),
  "x-text": text.optional(),
  "x-country": z.string().regex(/^[A-Z]{2}$/, "country_code").optional(),
  $ref: z.string().optional(),
  type: z.enum(["object", "array", "string", "number", "integer", "boolean"]).optional(),
  get properties() { return z.record(fieldName, fieldSchema).optional(); },
  required: z.array(fieldName).optional(),
  get items() { return fieldSchema.optional(); },
  additionalProperties: z.literal(false).optional(),
  enum: z.array(scalar).min(1).max(500).optional(),
  const: scalar.optional(),
  default: z.unknown().optional(),
  readOnly: z.boolean().optional(),
  minLength: count.optional(), maxLength: count.optional(),
  pattern: z.string().min(1).max(200).optional(),
  format: z.enum(["date", "date-time", "email", "uri", "phone"]).optional(),
  minimum: z.number().optional(), maximum: z.number().optional(), exclusiveMinimum: z.number().optional(), exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  minItems: count.optional(), maxItems: z.int().min(1).max(500).optional(), uniqueItems: z.boolean().optional(),
});

/** A field of the first level in a section; `width` counts columns. */
const placeSchema = z.union([
  fieldName.transform((field) => ({ path: field, width: 1 })),
  z.strictObject({ path: fieldName, width: z.int().min(1).max(4).default(1) }),
]);

export const sectionSchema = z.strictObject({
  key: fieldName,
  name: text,
  hint: text.optional(),
  columns: z.int().min(1).max(4).default(1),
  /** CEL: whether the section is there at all; its fields with it. */
  show: expression.optional(),
  fields: z.array(placeSchema).max(300),
});
export type Section = z.infer<typeof sectionSchema>;

/** A form as it is written: YAML or the same as JSON. Read it with `readForm`, which checks far more than this schema can. */
export const formSchema = z.strictObject({
  /** The name of its file without `.yaml`. */
  key: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "form_key"),
  name: text,
  hint: text.optional(),
  schema: z.strictObject({
    $schema: z.literal("https://json-schema.org/draft/2020-12/schema").optional(),
    type: z.literal("object").optional(),
    properties: z.record(fieldName, fieldSchema),
    required: z.array(fieldName).default([]),
    additionalProperties: z.literal(false).optional(),
    /** Fields used in several places by `$ref: "#/$defs/name"`. */
    $defs: z.record(fieldName, fieldSchema).default({}),
  }),
  /** Fields that no section names follow in the last one, but those of `hidden`, which only rules see. */
  layout: z.strictObject({ sections: z.array(sectionSchema).max(50), hidden: z.array(fieldName).default([]) }).default({ sections: [], hidden: [] }),
  /** CEL by path: whether the field is there. What is not there is neither asked for nor kept when submitted. */
  show: z.record(path, expression).default({}),
  /** CEL by path: whether it must be filled, besides those of `required`. */
  require: z.record(path, expression).default({}),
  /** CEL by path: nobody types it. Within a table `row` is the row. */
  computed: z.record(path, expression).default({}),
  /** What must be true when all that it reads is filled; else `message` stands at `path`. */
  checks: z.array(z.strictObject({ rule: expression, message: text, path })).max(200).default([]),
});
export type FormDocument = z.infer<typeof formSchema>;

/** Values of a form by field name, as JSON. */
export type FormData = Record<string, unknown>;
