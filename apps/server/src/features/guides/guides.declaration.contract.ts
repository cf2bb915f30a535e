import { z } from "zod";
import { keySchema, textSchema } from "../projects/texts.contract.ts";

/** What is asked and written down at a step: it goes into the ticket's fields under this key. */
export const recordSchema = z.strictObject({
  field: keySchema, name: textSchema, kind: z.enum(["text", "number", "choice", "yes_no"]).default("text"),
  options: z.record(keySchema, textSchema).default({}), required: z.boolean().default(false),
});
export type GuideRecord = z.infer<typeof recordSchema>;

export const outcomes = ["solved", "not_solved", "handed_over", "stopped"] as const;
export type Outcome = (typeof outcomes)[number];
export const endSchema = z.strictObject({
  outcome: z.enum(outcomes),
  /** A transition of the ticket's process to propose, or a type of ticket to register. */
  transition: keySchema.optional(), type: keySchema.optional(),
});

/** A step goes on by its choices, to the one next step, or ends; exactly one of the three. */
export const stepSchema = z.strictObject({
  /** What is said to the client, word by word; `{{client_name}}` and the like are filled in. */
  say: textSchema,
  /** For the operator's eyes. */
  hint: textSchema.optional(),
  record: z.array(recordSchema).max(12).default([]),
  choices: z.array(z.strictObject({ key: keySchema, name: textSchema, to: keySchema })).max(9).default([]),
  next: keySchema.optional(),
  end: endSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;

export const guideSchema = z.strictObject({
  key: keySchema, name: textSchema, about: textSchema.optional(),
  /** Offered first on tickets of these types; on others it can still be chosen. */
  types: z.array(keySchema).default([]),
  /** The same for all types of an intake; for guides of all projects, whose types differ. */
  intakes: z.array(z.enum(["question", "problem", "request"])).default([]),
  start: keySchema,
  steps: z.record(keySchema, stepSchema).refine((steps) => Object.keys(steps).length <= 200, "schema_guide_steps"),
});
export type Guide = z.infer<typeof guideSchema>;

export const guideVariables = ["client_name", "operator", "company", "project", "ticket_number"] as const;
