import { z } from "zod";
import { instant } from "../api.contract.ts";
import { roles } from "../access/access.contract.ts";
import { clockViewSchema } from "../clocks/clocks.contract.ts";

const status = z.enum(["open", "waiting", "done", "closed"]);

export const amountView = z.union([z.number(), z.object({ amount: z.string(), currency: z.string() })]);
export const approvalView = z.object({
  id: z.uuid(), transition: z.string(), transitionName: z.string(), deed: z.string(), deedName: z.string(), amount: amountView.nullable(), state: z.enum(["pending", "approved", "refused", "lapsed"]),
  requestedBy: z.string(), requestedAt: instant, decidedBy: z.string(), decidedAt: instant.nullable(), note: z.string().nullable(),
  /** Whether the reader has the authority, and did not ask themselves. */
  mayDecide: z.boolean(),
  /** It waits, and nobody of the project has the authority: until somebody of management is given the project, nobody can say yes. */
  noDecider: z.boolean(),
  /** While it waits: the roles whose authority is enough, and who of them is in the project, by name; the first few. */
  deciders: z.array(z.object({ role: z.enum(roles), names: z.array(z.string()), more: z.number().int() })),
  /** While it waits: the widest authority that is not enough. */
  short: z.object({ role: z.enum(roles), limit: amountView }).nullable(),
});
export const subtaskView = z.object({
  id: z.uuid(), number: z.string(), key: z.string(), subject: z.string(), department: z.string().nullable(), stage: z.string(), stageName: z.string(), status, dueAt: instant.nullable(), waits: z.boolean(), answer: z.string().nullable(), ownerName: z.string(),
});
export const checklistView = z.object({ key: z.string(), name: z.string(), items: z.array(z.object({ key: z.string(), name: z.string(), done: z.boolean(), by: z.string(), at: instant.nullable() })) });

/** A clock on its ticket's page. */
export const ticketClockView = clockViewSchema.extend({
  /** Of the process's own timer: what is done by itself when its time is over, in the reader's language. */
  does: z.string().nullable(),
  /** Since when it stands still. */
  pausedAt: instant.nullable(),
  /** When three quarters of the time are over, or were; null while it stands still before that. */
  warnAt: instant.nullable(),
});
export type TicketClockView = z.infer<typeof ticketClockView>;

/** A filled field of the process, called in the reader's language; `value` of a choice and a department by its name. */
export const factView = z.object({ key: z.string(), name: z.string(), kind: z.enum(["text", "number", "choice", "moment", "department", "boolean", "date", "money"]), value: z.union([z.string(), z.number(), z.boolean()]), /** Of money. */ currency: z.string().nullable() });
export type FactView = z.infer<typeof factView>;

export const attachmentView = z.object({ id: z.uuid(), name: z.string(), mediaType: z.string(), bytes: z.number().int(), at: instant, by: z.string() });

/** What a process adds to a ticket; all of it empty for a process without these parts. */
export const processParts = {
  /** What asked for this task. */
  parent: z.object({
    id: z.uuid(), number: z.string(), subject: z.string(), /** Whether the reader may open it; a department may read its task only. */ mayOpen: z.boolean(),
    /** What goes along with the task; files are opened by the task's address. What of the forms does: `taskForms`. */
    facts: z.array(factView), description: z.string(), files: z.array(attachmentView),
  }).nullable(),
  subtasks: z.array(subtaskView), approvals: z.array(approvalView), checklists: z.array(checklistView), clocks: z.array(ticketClockView),
};
