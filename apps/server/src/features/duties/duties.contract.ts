import { z } from "zod";
import { contract, idSchema, instant } from "../api.contract.ts";

/** `mine`: forms of my tickets and of my department's; `all`: what was given by declaration and is not filled yet, by whom it is owed. */
export const listDue = contract({
  method: "GET", path: "/duties", summary: "Forms that are still to be filled, by when and by whom; the next first, at most 200", query: z.object({ view: z.enum(["mine", "all"]).default("mine") }),
  reply: z.object({ items: z.array(z.object({ ticketId: idSchema, number: z.string(), subject: z.string(), projectKey: z.string(), formName: z.string(), dueAt: instant.nullable(), owner: z.string(), department: z.string().nullable(), /** Somebody has begun it. */ begun: z.boolean() })) }),
});
