import { z } from "zod";
import { keySchema, prioritySchema, type Text } from "../projects/texts.contract.ts";
import { clockSchema, type Clock } from "../clocks/clocks.contract.ts";
import { deadlineHoursSchema, type ActorRole, type NoticeWish } from "./processes.contract.ts";

/** What the engine knows of a ticket. Instants are ISO 8601 in UTC. The service stores it as it comes. */
export const processTicketSchema = z.strictObject({
  stage: keySchema,
  stageSince: z.iso.datetime(),
  priority: prioritySchema,
  /** Where the time allowed began; told by the clock `solution`, as are the next two. */
  clockFrom: z.iso.datetime().nullable(),
  /** By when it is to be solved; while the clock stands, as it would be had it gone on at once. */
  dueAt: z.iso.datetime().nullable(),
  /** Set while the clock stands still because others are awaited. */
  pausedAt: z.iso.datetime().nullable(),
  deadlineHours: deadlineHoursSchema.nullable(),
  reopenCount: z.int().min(0),
  assigneeId: z.string().nullable(),
  creatorId: z.string().nullable().default(null),
  department: z.string().nullable().default(null),
  /** `solution`, `first_answer`, `stage` and `timer.NAME`; left out: as the three moments above tell. */
  clocks: z.array(clockSchema).optional(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
/** Who registered it and where it lies may be left out where no process asks. */
export type ProcessTicket = z.input<typeof processTicketSchema>;
export type FieldValue = string | number | boolean;
export type FieldValues = Record<string, FieldValue>;

export interface ProcessActor { id: string | null; roles: readonly ActorRole[]; department?: string | null }

/** A child ticket to be registered, or one of its own (`apart`). Without a department it is for the supervisors. */
export interface SubtaskWish { key: string; type: string; department: string | null; apart?: boolean; subject: Text; task: Text | string; dueHours: number | null; waits: boolean; answer: string | null }

/** Why something is as it is; kept with the ticket and shown by "why?". */
export interface Reason {
  /** What was decided: `deadline`, `stage`, `fields.amount`, `approval` … */
  what: string;
  value: string | number | boolean | null;
  because: { kind: "process" | "type" | "rule" | "person" | "policy" | "authority"; /** Place in the declaration. */ path: string; /** The expression or what a person did. */ text: string };
  /** What the decision was made from. */
  inputs: Record<string, unknown>;
}

/** What the service must make true, in order, inside the transaction that stores the ticket. */
export type ProcessEffect =
  /** By mail in the client's language, unless it says otherwise. */
  | ({ kind: "notify" } & Pick<NoticeWish, "notice"> & Partial<NoticeWish>)
  | { kind: "set_deadline"; dueAt: string | null }
  /** Begun or changed: to be kept as it is now. */
  | { kind: "clock"; clock: Clock }
  | { kind: "drop_clock"; name: string }
  | { kind: "raise_priority"; from: ProcessTicket["priority"]; to: ProcessTicket["priority"] }
  /** `same_operator` keeps `assigneeId` and offers the ticket to that person first. */
  | { kind: "assign"; to: "same_operator" | "actor" | "nobody"; operatorId: string | null }
  | { kind: "tell_supervisor"; about: string }
  /** To a person of that circle; until somebody takes it, it stays whose it is. */
  /** To whoever has the least to do; found by the feature of the load. */
  | { kind: "want_assignment"; about: string }
  | { kind: "hand_over"; to: "supervisors" | "department"; about: string }
  | { kind: "remind_assignee"; operatorId: string | null }
  | { kind: "subtask"; subtask: SubtaskWish }
  /** The parent has ended: what it waited for is not needed any more. */
  | { kind: "cancel_subtasks" }
  | { kind: "want_visit"; skill: string | null; minutes: number };

export const problemCodes = ["unknown_transition", "wrong_stage", "not_your_role", "required", "invalid", "unknown_field",
  "too_long", "out_of_range", "money_exact", "policy", "refused", "unchecked", "rule_failed"] as const;
export interface ProcessProblem {
  field: string;
  code: (typeof problemCodes)[number];
  /** Of `policy`: its title and paragraph; of `refused`: the message; of `unchecked`: the item. */
  title?: Text;
  text?: Text;
  /** Of `money_exact`: the currency, and how many digits it has after the point. */
  params?: Record<string, string | number>;
  /** Of a guard: where it stands, for the history. */
  path?: string;
}

/** A transition above its mover's authority: nothing has moved, somebody with more has to approve. */
export interface Held { deed: string; /** As JSON carries money or a number; null: the deed itself. */ amount: Amount | null; path: string }
export type Amount = { amount: string; currency: string } | number;

export type ProcessOutcome =
  | { ok: true; ticket: ProcessTicket; effects: ProcessEffect[]; reasons: Reason[]; held?: Held }
  | { ok: false; problems: ProcessProblem[] };

/** A button on the ticket: allowed, or greyed with the reason. */
export type TransitionOffer = { key: string; to: string; requires: string[]; accepts: string[] }
  & ({ allowed: true } | { allowed: false; reason: "wrong_stage" | "not_your_role" });
