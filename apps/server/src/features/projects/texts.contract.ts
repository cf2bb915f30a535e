import { z } from "zod";

/** The languages the product speaks. Order matters only in lists shown to people. */
export const languages = ["en", "ru", "sl"] as const;
export const languageSchema = z.enum(languages);
export type Language = z.infer<typeof languageSchema>;

/** The same words in every language; a missing translation is an error, never a fallback. */
export const textSchema = z.strictObject({
  en: z.string().trim().min(1),
  ru: z.string().trim().min(1),
  sl: z.string().trim().min(1),
});
export type Text = z.infer<typeof textSchema>;

/** Messages of schemas of declarations are keys of `messages/*.yaml`. Names of stages, queues, prompts and the like: how one declaration refers to another. */
export const keySchema = z.string().regex(/^[a-z][a-z0-9_-]*$/, "schema_key").refine((key) => !(key in Object.prototype), "schema_key_reserved");

export const priorities = ["low", "normal", "high", "urgent"] as const;
export const prioritySchema = z.enum(priorities);
export type Priority = z.infer<typeof prioritySchema>;
