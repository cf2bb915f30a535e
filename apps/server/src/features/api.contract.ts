import { z } from "zod";

/** One route, known to both sides: the server parses with it, the browser gets its types from it. */
export interface Contract {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with `:params`, under `/api`. */
  path: string;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  reply: z.ZodType;
  /**
   * Numbers and mails in a reply are hidden from who sees those of clients in part (decision 0059), unless it says why not:
   * they are our `own` (settings, people, declared texts), or are what was `asked` for, with a reason that is kept.
   */
  contacts?: "own" | "asked";
}

export const contract = <const C extends Contract>(declared: C): C => declared;

export const languages = ["en", "ru", "sl"] as const;
export const languageSchema = z.enum(languages);
export type Language = z.infer<typeof languageSchema>;

export const idSchema = z.uuid();
export const idParams = z.object({ id: idSchema });
/** Of what is being written, drawn when the writing begins: sent again after a lost answer it is the same, and is answered with what is there (decision 0070). */
export const sentId = z.uuid().toLowerCase().optional();

/** Keyset pages: `after` is the opaque end of the page before; null when there is no more. Never a count. */
export const pageQuery = { after: z.string().max(200).optional(), limit: z.number().int().min(1).max(100).optional() };
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** RFC 9457 problem document; `errors` name the fields, texts are in the reader's language. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  retryAfterS: z.number().optional(),
  /** Facts of the refusal by name: with `possible_duplicate`, `ids` are the clients' ids with commas between. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const okReply = z.object({ ok: z.literal(true) });
/** Instants travel as ISO 8601 text in UTC. */
export const instant = z.iso.datetime();
