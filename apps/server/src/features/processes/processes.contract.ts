import { z } from "zod";
import { keySchema, prioritySchema, textSchema } from "../projects/texts.contract.ts";

/** Who may move a ticket. `system` is a timer or an event, `client` acts through a link, the portal or a call. */
export const actorRoles = ["operator", "supervisor", "department", "client", "system"] as const;
export const actorRoleSchema = z.enum(actorRoles);
export type ActorRole = z.infer<typeof actorRoleSchema>;

/** What the client is shown: several inner stages may look the same from outside. */
export const clientViews = ["received", "in_work", "waiting_for_you", "done", "closed", "refused"] as const;

/** `final`: nothing more is expected, though some final stages can be reopened. */
export const stageSchema = z.strictObject({
  name: textSchema,
  client_sees: z.enum(clientViews),
  /** `runs` towards the deadline; `paused` gives the time back on leaving; `stopped` has no deadline at all. */
  clock: z.enum(["runs", "paused", "stopped"]).default("runs"),
  final: z.boolean().default(false),
});

export const fieldSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), name: textSchema, max_length: z.int().min(1).max(20_000).default(4_000) }),
  z.strictObject({ kind: z.literal("number"), name: textSchema, min: z.number(), max: z.number() }),
  z.strictObject({ kind: z.literal("choice"), name: textSchema, options: z.record(keySchema, textSchema) }),
  /** A moment as ISO 8601 with an offset. */
  z.strictObject({ kind: z.literal("moment"), name: textSchema }),
  z.strictObject({ kind: z.literal("department"), name: textSchema }),
]);
export type ProcessField = z.infer<typeof fieldSchema>;

/** A field that must be filled; with `when`, only if those fields have those values (R119). */
export const requirementSchema = z.union([
  keySchema.transform((field) => ({ field, when: undefined as Record<string, string> | undefined })),
  z.strictObject({ field: keySchema, when: z.record(keySchema, z.string()).optional() }),
]);

export const deeds = ["raise_priority", "assign_same_operator", "assign_to_actor", "unassign", "tell_supervisor",
  "remind_assignee", "restart_deadline", "count_reopening"] as const;
export const deedSchema = z.enum(deeds);
export type Deed = z.infer<typeof deedSchema>;

export const transitionSchema = z.strictObject({
  name: textSchema,
  from: z.array(keySchema).min(1),
  to: keySchema,
  who: z.array(actorRoleSchema).min(1),
  requires: z.array(requirementSchema).default([]),
  /** Fields that may be given but need not be. */
  accepts: z.array(keySchema).default([]),
  /** Key of the notice the client gets, exactly once a transition (R112). */
  notice: keySchema.optional(),
  does: z.array(deedSchema).default([]),
});
export type Transition = z.infer<typeof transitionSchema>;

/** Hours on the working calendar, by priority; null: this kind of ticket has no deadline. */
export const deadlineHoursSchema = z.strictObject({
  low: z.number().positive(), normal: z.number().positive(), high: z.number().positive(), urgent: z.number().positive(),
});
export type DeadlineHours = z.infer<typeof deadlineHoursSchema>;

export const processSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  start: keySchema,
  /** Told to the client when the ticket is registered. */
  start_notice: keySchema.optional(),
  stages: z.record(keySchema, stageSchema),
  fields: z.record(keySchema, fieldSchema).default({}),
  transitions: z.record(keySchema, transitionSchema),
  clocks: z.strictObject({
    deadline_hours: deadlineHoursSchema.nullable(),
    /** What happens at a share of the time allowed (R115). */
    escalations: z.array(z.strictObject({ at_percent: z.int().min(1).max(500), does: z.array(deedSchema).min(1) })).default([]),
    /** A transition the system makes when a stage has lasted too long; `always` counts nights and holidays. */
    timers: z.record(keySchema, z.strictObject({
      stage: keySchema, after_hours: z.number().positive(), counts: z.enum(["always", "working"]).default("always"),
      transition: keySchema,
    })).default({}),
  }),
});
export type Process = z.infer<typeof processSchema>;

/** What the engine knows of a ticket. Instants are ISO 8601 in UTC. The service stores it as it comes. */
export const processTicketSchema = z.strictObject({
  stage: keySchema,
  stageSince: z.iso.datetime(),
  priority: prioritySchema,
  /** Where the time allowed began to run; with `dueAt` it gives the escalation moments. */
  clockFrom: z.iso.datetime().nullable(),
  dueAt: z.iso.datetime().nullable(),
  /** Set while the clock stands still because others are awaited. */
  pausedAt: z.iso.datetime().nullable(),
  deadlineHours: deadlineHoursSchema.nullable(),
  reopenCount: z.int().min(0),
  assigneeId: z.string().nullable(),
  fields: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type ProcessTicket = z.infer<typeof processTicketSchema>;
export type FieldValues = ProcessTicket["fields"];

export interface ProcessActor { id: string | null; roles: readonly ActorRole[] }

/** What the service must make true, in order, inside the transaction that stores the ticket. */
export type ProcessEffect =
  | { kind: "notify"; notice: string }
  | { kind: "set_deadline"; dueAt: string | null }
  | { kind: "timer"; name: string; dueAt: string }
  | { kind: "cancel_timer"; name: string }
  | { kind: "raise_priority"; from: ProcessTicket["priority"]; to: ProcessTicket["priority"] }
  /** `same_operator` keeps `assigneeId` and offers the ticket to that person first. */
  | { kind: "assign"; to: "same_operator" | "actor" | "nobody"; operatorId: string | null }
  | { kind: "tell_supervisor"; about: string }
  | { kind: "remind_assignee"; operatorId: string | null };

export const problemCodes = ["unknown_transition", "wrong_stage", "not_your_role", "required", "invalid", "unknown_field",
  "too_long", "out_of_range"] as const;
export interface ProcessProblem { field: string; code: (typeof problemCodes)[number] }

export type ProcessOutcome =
  | { ok: true; ticket: ProcessTicket; effects: ProcessEffect[] }
  | { ok: false; problems: ProcessProblem[] };

/** A button on the ticket: allowed, or greyed with the reason. */
export type TransitionOffer = { key: string; to: string; requires: string[]; accepts: string[] }
  & ({ allowed: true } | { allowed: false; reason: "wrong_stage" | "not_your_role" });
