import { z } from "zod";
import { keySchema, textSchema } from "../projects/texts.contract.ts";

/** Whose limits the matrix has. A person with several roles has the widest of them. */
export const authorityRoles = ["operator", "supervisor", "department", "administrator", "management"] as const;
export type AuthorityRole = (typeof authorityRoles)[number];

/** `20 EUR`, a plain number (per cent, days, pieces), `any` without limit or `none`. */
export const limitSchema = z.union([
  z.literal(["any", "none"]),
  z.number().min(0),
  z.string().regex(/^\d{1,15}(\.\d{1,6})? [A-Z]{3}$/, "schema_limit"),
]);
export type Limit = z.infer<typeof limitSchema>;

/** `authority.yaml`: what each role may decide alone (R216). A role that is not named may not at all. */
export const authoritySchema = z.strictObject({
  deeds: z.record(keySchema, z.strictObject({ name: textSchema, limits: z.partialRecord(z.enum(authorityRoles), limitSchema) })),
});
export type Authority = z.infer<typeof authoritySchema>;
