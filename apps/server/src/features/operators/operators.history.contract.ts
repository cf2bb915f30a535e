import { z } from "zod";
import { contract, idParams, instant, page, pageQuery } from "../api.contract.ts";

export const operatorChange = z.object({
  id: z.number().int(), at: instant, by: z.string(),
  /** `skills.modem` is one skill, its level as text. A password is told only to have been given or taken. */
  changes: z.array(z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type OperatorChange = z.infer<typeof operatorChange>;
export const operatorHistory = contract({ method: "GET", path: "/operators/:id/history", summary: "Who changed what of an operator's languages, skills and phone, with what stood there before; newest first", params: idParams, query: z.object(pageQuery), reply: page(operatorChange) });
