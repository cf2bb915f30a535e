import { z } from "zod";
import { contract, instant, sentId } from "../api.contract.ts";
import { getBreakdown } from "./reports.contract.ts";

/** The report is the one these choices show; what it says at this moment is kept with the decision. */
export const writeDecision = contract({
  method: "POST", path: "/reports/decisions", summary: "Write down what was decided from a report: a ticket with the report of this moment as its file (management)",
  body: getBreakdown.query.extend({ id: sentId, what: z.string().trim().min(1).max(200), why: z.string().trim().min(1).max(4000), ownerId: z.uuid(), dueAt: instant }),
  reply: z.object({ ticketId: z.uuid(), number: z.string(), file: z.string(), /** Of the file, in hexadecimal. */ sha256: z.string() }),
});
