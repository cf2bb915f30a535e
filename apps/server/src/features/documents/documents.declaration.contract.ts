import { z } from "zod";
import { keySchema, languageSchema, textSchema } from "../projects/texts.contract.ts";

/** CEL, as `packages/rules` reads it; YAML's own true and numbers are expressions as well. */
const expressionSchema = z.union([z.string().min(1).max(2_000), z.boolean().transform(String), z.number().transform(String)]);

/** Within a text, `{{expression}}` stands for its value as the language writes it. */
const writtenSchema = textSchema;

const alignSchema = z.enum(["left", "right", "center"]).default("left");
const columnSchema = z.strictObject({ name: writtenSchema, value: expressionSchema, align: alignSchema, /** Share of the page's width. */ width: z.int().min(1).max(100).optional() });

const whenShape = { /** The block is there only when this is true. */ when: expressionSchema.optional() };
export const blockSchema = z.union([
  z.strictObject({ heading: writtenSchema, ...whenShape }),
  z.strictObject({ text: writtenSchema, align: alignSchema, bold: z.boolean().default(false), ...whenShape }),
  /** Names and values, one a line. */
  z.strictObject({ facts: z.array(z.strictObject({ name: writtenSchema, value: expressionSchema })).min(1).max(60), ...whenShape }),
  /** A row for each element of a list; within `columns` it is called by `as`. */
  z.strictObject({ table: z.strictObject({ rows: expressionSchema, as: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, "schema_name").default("row"), columns: z.array(columnSchema).min(1).max(12) }), ...whenShape }),
  z.strictObject({ list: z.array(writtenSchema).min(1).max(60), ...whenShape }),
  z.strictObject({ signatures: z.array(writtenSchema).min(1).max(4), ...whenShape }),
  z.strictObject({ space: z.int().min(1).max(200), ...whenShape }),
  z.strictObject({ page_break: z.literal(true), ...whenShape }),
]);
export type Block = z.infer<typeof blockSchema>;

/** What is made into a PDF for a ticket: an application, an act, the answer to a claim (R118). */
export const documentSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  /** Kinds of tickets it is offered on; none: all of the project's. */
  types: z.array(keySchema).default([]),
  languages: z.array(languageSchema).min(1).default(["en", "ru", "sl"]),
  page: z.enum(["A4", "A5"]).default("A4"),
  /** Stands at the top, and names the file. */
  title: writtenSchema,
  content: z.array(blockSchema).min(1).max(200),
  /** At the foot of each page, left of the page number. */
  footer: writtenSchema.optional(),
});
export type DocumentDeclaration = z.infer<typeof documentSchema>;
