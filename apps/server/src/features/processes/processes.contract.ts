import { z } from "zod";
import { keySchema, languages, textSchema } from "../projects/texts.contract.ts";

/** Who may move a ticket. `system` is a timer or an event, `client` acts through a link, the portal or a call. */
export const actorRoles = ["operator", "supervisor", "department", "client", "system"] as const;
export const actorRoleSchema = z.enum(actorRoles);
export type ActorRole = z.infer<typeof actorRoleSchema>;

/** An expression of `packages/rules`; its names are those of the catalogue (`ticket`, `client`, `form`, `actor`, `now` …). */
export const celSchema = z.string().trim().min(1).max(10_000);

/** `owner`: whose ticket it is; `creator`: who registered it; `same_department`: works where the ticket is. */
export const relations = ["owner", "creator", "same_department"] as const;
/** A role alone, or narrowed: everything named must hold. */
export const whoSchema = z.union([
  actorRoleSchema,
  z.strictObject({ role: actorRoleSchema, department: keySchema.optional(), relation: z.enum(relations).optional() }),
]);
export type Who = z.infer<typeof whoSchema>;

/** What the client is shown: several inner stages may look the same from outside. */
export const clientViews = ["received", "in_work", "waiting_for_you", "done", "closed", "refused"] as const;

/** `final`: nothing more is expected, though some final stages can be reopened. */
export const stageSchema = z.strictObject({
  name: textSchema,
  client_sees: z.enum(clientViews),
  /** `runs` towards the deadline; `paused` gives the time back on leaving; `stopped` has no deadline at all. */
  clock: z.enum(["runs", "paused", "stopped"]).default("runs"),
  final: z.boolean().default(false),
  /** Working hours a ticket may stay here; escalations of the clock `stage` follow it. */
  max_hours: z.number().positive().max(10_000).optional(),
});

export const currencySchema = z.string().regex(/^[A-Z]{3}$/, "schema_currency");
/** Exact decimal text, as forms and rules carry amounts. */
export const amountSchema = z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, "schema_amount");

/** What is written there stands on the client's page until the ticket is done (R112): the day of a visit, a parcel's number. */
const toClient = { client_sees: z.boolean().optional() };

export const fieldSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), name: textSchema, ...toClient, max_length: z.int().min(1).max(20_000).default(4_000) }),
  z.strictObject({ kind: z.literal("number"), name: textSchema, ...toClient, min: z.number(), max: z.number() }),
  z.strictObject({ kind: z.literal("choice"), name: textSchema, ...toClient, options: z.record(keySchema, textSchema) }),
  /** A moment as ISO 8601 with an offset. */
  z.strictObject({ kind: z.literal("moment"), name: textSchema, ...toClient }),
  /** One of the company's departments, or of those named here. */
  z.strictObject({ kind: z.literal("department"), name: textSchema, departments: z.array(keySchema).min(1).optional() }),
  /** A colleague of the project, by id. */
  z.strictObject({ kind: z.literal("employee"), name: textSchema }),
  z.strictObject({ kind: z.literal("boolean"), name: textSchema, ...toClient }),
  /** A day of the calendar, 2026-11-22. */
  z.strictObject({ kind: z.literal("date"), name: textSchema, ...toClient }),
  /** An exact amount as text, `12.50`, in this currency; rules read it as money. */
  z.strictObject({ kind: z.literal("money"), name: textSchema, ...toClient, currency: currencySchema, min: amountSchema.optional(), max: amountSchema.optional() }),
]);
export type ProcessField = z.infer<typeof fieldSchema>;

/** A field that must be filled; with `when`, only if those fields have those values (R119). */
export const requirementSchema = z.union([
  keySchema.transform((field) => ({ field, when: undefined as Record<string, string> | undefined })),
  z.strictObject({ field: keySchema, when: z.record(keySchema, z.string()).optional() }),
]);

export const deeds = ["raise_priority", "assign_same_operator", "assign_to_actor", "assign_least_loaded", "unassign", "tell_supervisor",
  "remind_assignee", "restart_deadline", "count_reopening", "first_answer",
  /** Offered with its history to the supervisors of the project, or to the specialists of the department that has it. */
  "hand_over", "hand_over_department"] as const;
export const deedSchema = z.enum(deeds);
export type Deed = z.infer<typeof deedSchema>;

/** One of the company's rules, shown word for word to whoever it stops (R126). */
export const policySchema = z.strictObject({ title: textSchema, paragraph: textSchema });

/** Must be true for the transition; refused with the policy's paragraph or with the message. */
export const guardSchema = z.union([
  z.strictObject({ rule: celSchema, policy: keySchema }),
  z.strictObject({ rule: celSchema, message: textSchema }),
]);
export type Guard = z.infer<typeof guardSchema>;

export const checklistSchema = z.strictObject({ name: textSchema.optional(), items: z.record(keySchema, textSchema) });

/** Needs authority: within the mover's own limit it is taken at once, above it is held until someone with enough approves. */
export const approvalSchema = z.strictObject({
  /** Key of `authority.yaml`. */
  deed: keySchema,
  /** Money or a number; without it the deed itself needs authority. */
  amount: celSchema.optional(),
  /** Only if this is true; otherwise no authority is needed. */
  when: celSchema.optional(),
  /** Taken by the system when the approval is refused; without it the ticket stays where it is. */
  refused: keySchema.optional(),
});

/** A value written in the declaration, or taken from a field of the ticket. */
const fromField = z.strictObject({ field: keySchema });
export const subtaskSchema = z.strictObject({
  key: keySchema,
  /** A type of the project. */
  type: keySchema.default("task"),
  /** Without it the task is for the supervisors of the project. */
  department: z.union([keySchema, fromField]).optional(),
  /** Not a task but a matter of its own, in the client's sight: about the same client, related to this ticket as caused by it, and nothing waits for it. */
  apart: z.boolean().optional(),
  subject: textSchema,
  task: z.union([textSchema, fromField]),
  /** Working hours; without them the type's own deadline. */
  due_hours: z.number().positive().max(10_000).optional(),
  when: celSchema.optional(),
  /** Counted in `ticket.open_subtasks`, so that the parent can wait for it. */
  waits: z.boolean().default(true),
  /** Field of the parent that takes the answer. */
  answer: keySchema.optional(),
  /**
   * What of the parent goes along with the task, for its reader's eyes: fields of this process, the form (`form`) or fields of it
   * (`form.building`), `ticket.description`, `ticket.files`. Without it: the form and the files.
   */
  carries: z.array(z.union([keySchema, z.lazy(() => formPlaceSchema), z.enum(["ticket.description", "ticket.files"])])).optional(),
});
export type Subtask = z.infer<typeof subtaskSchema>;

export const noticeWishSchema = z.strictObject({
  notice: keySchema,
  language: z.enum(["client", "project", ...languages]).default("client"),
  channels: z.array(z.enum(["mail"])).min(1).default(["mail"]),
});
export type NoticeWish = z.infer<typeof noticeWishSchema>;
/** One notice in the client's language by mail, or a list that says more. */
const noticesSchema = z.union([keySchema, z.array(noticeWishSchema).min(1)]);

/** Somebody has to go there; announced as `ticket.visit_wanted`. */
export const visitSchema = z.strictObject({ when: celSchema.optional(), skill: keySchema.optional(), minutes: z.int().min(5).max(10_000) });

export const transitionSchema = z.strictObject({
  name: textSchema,
  from: z.array(keySchema).min(1),
  to: keySchema,
  who: z.array(whoSchema).min(1),
  requires: z.array(requirementSchema).default([]),
  /** Fields that may be given but need not be. */
  accepts: z.array(keySchema).default([]),
  /** What the client gets, exactly once a transition (R112). */
  notice: noticesSchema.optional(),
  does: z.array(deedSchema).default([]),
  guards: z.array(guardSchema).default([]),
  /** Every item must be ticked before. */
  checklist: keySchema.optional(),
  approval: approvalSchema.optional(),
  /** Field → expression computed after what was given has been taken in, before the guards look. */
  set: z.record(keySchema, celSchema).default({}),
  subtasks: z.array(subtaskSchema).default([]),
  /** Taken by the system as soon as this holds; asked after every change of the ticket, its sub-tasks and approvals. */
  automatic: z.strictObject({ when: celSchema }).optional(),
  visit: visitSchema.optional(),
  /** Of what was caused by this ticket, or doubles it: each takes the step of this name in its own process by itself, where it can. */
  brings_along: keySchema.optional(),
});
export type Transition = z.infer<typeof transitionSchema>;

/** Hours on the working calendar, by priority; null: this kind of ticket has no deadline. */
export const deadlineHoursSchema = z.strictObject({
  low: z.number().positive(), normal: z.number().positive(), high: z.number().positive(), urgent: z.number().positive(),
});
export type DeadlineHours = z.infer<typeof deadlineHoursSchema>;

/** A field of the form that the ticket's type names. */
export const formPlaceSchema = z.string().regex(/^form(\.[a-z][A-Za-z0-9_]*)+$/, "schema_form_place");
/** The way to it in the form's data; null when the place is a field of the process. */
export const inForm = (place: string): string[] | null => (place.startsWith("form.") ? place.split(".").slice(1) : null);
/** Whether who is kept away stands in forms, too. */
export const excludesByForm = ({ excludes }: { excludes: readonly string[] }): boolean => excludes.some((place) => inForm(place) !== null);

export const clockNames = ["solution", "first_answer", "stage"] as const;

export const processSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  start: keySchema,
  /** Told to the client when the ticket is registered. */
  start_notice: noticesSchema.optional(),
  stages: z.record(keySchema, stageSchema),
  fields: z.record(keySchema, fieldSchema).default({}),
  transitions: z.record(keySchema, transitionSchema),
  policies: z.record(keySchema, policySchema).default({}),
  checklists: z.record(keySchema, checklistSchema).default({}),
  /** Fields of the kind `employee`, or fields of the ticket's forms that look up a colleague (`form.employee`): who is named there may neither see nor move the ticket (R129). */
  excludes: z.array(z.union([keySchema, formPlaceSchema])).default([]),
  clocks: z.strictObject({
    /** Until it is solved. */
    deadline_hours: deadlineHoursSchema.nullable(),
    /** Until the client hears from us: the first transition by one of us that tells the client something, or the deed `first_answer`. */
    first_answer_hours: deadlineHoursSchema.nullable().default(null),
    /** What happens at a share of the time allowed (R115). */
    escalations: z.array(z.strictObject({ clock: z.enum(clockNames).default("solution"), at_percent: z.int().min(1).max(500), does: z.array(deedSchema).min(1) })).default([]),
    /** A transition the system makes when a stage has lasted too long; `always` counts nights and holidays. */
    timers: z.record(keySchema, z.strictObject({
      stage: keySchema, after_hours: z.number().positive(), counts: z.enum(["always", "working"]).default("always"),
      transition: keySchema,
    })).default({}),
  }),
});
export type Process = z.infer<typeof processSchema>;

export const roleOf = (who: Who): ActorRole => (typeof who === "string" ? who : who.role);
/** Whether people (or the system, or the client) of this role may at all make it; relations narrow it on a ticket. */
export const isFor = (transition: Pick<Transition, "who">, role: ActorRole): boolean => transition.who.some((who) => roleOf(who) === role);
export const noticesOf = (notice: z.infer<typeof noticesSchema> | undefined): (Pick<NoticeWish, "notice"> & Partial<NoticeWish>)[] =>
  notice === undefined ? [] : typeof notice === "string" ? [{ notice }] : notice;
/** Whether the ticket may go on by itself. */
export const goesOnBySelf = (process: Process, stage: string): boolean => Object.values(process.transitions).some(({ automatic, from }) => automatic !== undefined && from.includes(stage));
