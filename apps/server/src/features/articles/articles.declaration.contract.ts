import { z } from "zod";
import { keySchema, textSchema } from "../projects/texts.contract.ts";

export const articleKinds = ["product", "service", "procedure", "policy", "troubleshooting", "faq"] as const;

const longText = z.strictObject({ en: z.string().trim().min(1).max(40_000), ru: z.string().trim().min(1).max(40_000), sl: z.string().trim().min(1).max(40_000) });

/** One text of a project that answers something (`articles/*.yaml`). */
export const articleSchema = z.strictObject({
  key: keySchema,
  kind: z.enum(articleKinds),
  title: textSchema,
  body: longText,
  /** What is written into the ticket when this has helped; without it, the body. */
  solution: longText.optional(),
  /** Other words people use for it, in any language. */
  words: z.array(z.string().trim().min(1).max(60)).max(60).default([]),
  /** Proposed first on tickets of these types. */
  types: z.array(keySchema).default([]),
});
export type Article = z.infer<typeof articleSchema>;
