import { z } from "zod";
import { contract, idParams, instant, page, pageQuery } from "../api.contract.ts";
import { ticketSchema } from "./tickets.contract.ts";
import { approvalView } from "./tickets.parts.contract.ts";

export const openApproval = approvalView.extend({
  ticketId: z.uuid(), number: z.string(), subject: z.string(), projectKey: z.string(),
  /** What the held transition was filled in with, under the names of its fields. */
  input: z.array(z.object({ name: z.string(), value: z.string() })),
});
export const listApprovals = contract({ method: "GET", path: "/approvals", summary: "Held transitions the reader has the authority to decide, oldest first, keyset-paged", query: z.object(pageQuery), reply: page(openApproval) });
export const decideApproval = contract({
  method: "POST", path: "/tickets/:id/approvals/:approvalId", summary: "Approve (the held transition is taken with its input) or refuse; nobody decides their own",
  params: z.object({ id: z.uuid(), approvalId: z.uuid() }), body: z.object({ decision: z.enum(["approve", "refuse"]), note: z.string().trim().max(2_000).default("") }), reply: ticketSchema,
});
export const tickItem = contract({
  method: "PUT", path: "/tickets/:id/checks", summary: "Tick or untick an item of a checklist",
  params: idParams, body: z.object({ checklist: z.string().max(60), item: z.string().max(60), done: z.boolean() }), reply: ticketSchema,
});
/** The sentence that is told, whose words the desk has. */
export const reasonSentences = ["moved_by", "moved_by_client", "moved_by_itself", "moved_by_condition", "moved_by_rule", "deadline_of_process", "deadline_of_type", "deadline_anew", "deadline_asked", "deadline_by_hand", "deadline_taken_away",
  "escalation", "computed", "policy_met", "guard_met", "guard_met_by", "approval_above", "approval_asked", "approval_within", "approval_given", "approval_given_by", "subtask", "subtask_by", "handed_over", "handed_over_by_itself", "other"] as const;
/** What fills the sentence, in the reader's language, by the version of the process that decided; empty where it has no place. */
export const saidView = z.object({
  sentence: z.enum(reasonSentences), step: z.string(), from: z.string(), to: z.string(), who: z.string(),
  /** What was computed, decided or given: a field, a deed, a policy, a task, a clock; of a deadline its hours. */
  name: z.string(),
  /** Of a deadline the instant, else as people write it. */
  value: z.string(), limit: z.string(),
  /** The condition with its values in place; empty where it cannot be said in words. */
  condition: z.string(), deeds: z.array(z.string()), priority: z.string(),
  process: z.string(), /** Which version of the process, counted from 1. */ number: z.int(), facts: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type Said = z.infer<typeof saidView>;
export const reasonView = z.object({
  id: z.uuid(), at: instant, what: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  because: z.object({ kind: z.enum(["process", "type", "rule", "person", "policy", "authority"]), path: z.string(), text: z.string() }),
  /** Version of the process that decided. */
  version: z.string(),
  /** Title and paragraph of the policy, or the name of the transition, in the reader's language. */
  words: z.string(), inputs: z.record(z.string(), z.unknown()), said: saidView,
});
export const listReasons = contract({ method: "GET", path: "/tickets/:id/reasons", summary: "Why: each decision with the text that made it and its inputs, newest first", params: idParams, query: z.object(pageQuery), reply: page(reasonView) });
