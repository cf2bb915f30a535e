import { z } from "zod";
import { deadlineHoursSchema, type Process } from "../processes/processes.contract.ts";
import { ivrFlowSchema, type IvrFlow } from "../ivr/ivr.contract.ts";
import type { ToldProblem } from "./problems.contract.ts";
import { keySchema, languageSchema, prioritySchema, textSchema } from "./texts.contract.ts";

export { languages, priorities } from "./texts.contract.ts";
export type { Language, Priority, Text } from "./texts.contract.ts";

const phoneSchema = z.string().regex(/^\+[1-9]\d{6,14}$/, "schema_phone");
const dialledSchema = z.string().regex(/^(\+[1-9]\d{6,14}|\d{2,6})$/, "schema_dialled");
const timeZoneSchema = z.string().refine(isTimeZone, "schema_time_zone");

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

export const projectSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  /** One line for the operator who just took a call of this project. */
  about: textSchema,
  languages: z.array(languageSchema).min(1),
  default_language: languageSchema,
  time_zone: timeZoneSchema,
  numbers: z.array(dialledSchema).min(1),
  /** The number shown to clients whom we call, and told in mails. */
  caller_id: phoneSchema,
  /** Three capital letters at the front of ticket numbers: INT-…. */
  ticket_prefix: z.string().regex(/^[A-Z]{3}$/, "schema_prefix"),
  colour: z.string().regex(/^#[0-9a-f]{6}$/i, "schema_colour"),
  mail_from: z.email(),
  greeting: textSchema,
  recording: z.boolean().default(true),
  /** Open tickets nobody has touched for so long: their owners are reminded, once in as long. */
  forgotten_after_hours: z.int().min(1).max(2_400).default(24),
  /** How long a hand-over waits for one person's answer before the next is asked: with the client on the line, and else. */
  handover_answer_minutes: z.strictObject({ call: z.int().min(1).max(60).default(3), otherwise: z.int().min(1).max(1_440).default(30) }).optional(),
});

export const companySchema = projectSchema
  .pick({ name: true, languages: true, default_language: true, time_zone: true, numbers: true, caller_id: true, colour: true, mail_from: true })
  .extend({
    ivr: ivrFlowSchema, departments: z.record(keySchema, textSchema),
    /** Folders that are in use from the first start on; the others are templates. Absent: all of them. */
    projects: z.array(keySchema).min(1).optional(),
  });

/** "06:00-23:59" or "00:00-24:00"; a shift over midnight is written as two. */
const spanSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "schema_hours")
  .refine((span) => span.slice(0, 5) < span.slice(6), "schema_hours_end");
const spansSchema = z.array(spanSchema).refine(inOrder, "schema_hours_order");
function inOrder(spans: string[]): boolean {
  return spans.every((span, index) => index === 0 || (spans[index - 1] ?? "").slice(6) <= span.slice(0, 5));
}

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const weeklySchema = z.strictObject({ mon: spansSchema, tue: spansSchema, wed: spansSchema, thu: spansSchema, fri: spansSchema, sat: spansSchema, sun: spansSchema });
export const calendarSchema = z.strictObject({
  weekly: weeklySchema.refine((week) => Object.values(week).some((day) => day.length > 0), "schema_week"),
  holidays: z.array(z.strictObject({
    /** 2026-04-06, or 12-25 for every year. */
    date: z.string().regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "schema_day"),
    name: textSchema,
    /** Shorter hours on that day; without them it is closed. */
    hours: spansSchema.default([]),
  })).default([]),
});
export type Calendar = z.infer<typeof calendarSchema>;

export const skillsSchema = z.record(keySchema, z.int().min(1).max(5));
export const queueSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  languages: z.array(languageSchema).min(1),
  /** Skill → lowest level that may answer. */
  skills: skillsSchema,
  /** Higher is served first. */
  priority: z.int().min(0).max(100),
  service_level: z.strictObject({ answered_within_s: z.int().min(1), percent: z.int().min(1).max(100) }),
  ring_s: z.int().min(5).max(120),
  music: z.string().regex(/^music\/[a-z0-9-]+\.wav$/, "schema_music"),
  announce_every_s: z.int().min(10),
  max_wait_s: z.int().min(10),
  callback_due_min: z.int().min(1),
  wrap_up_s: z.int().min(0),
});
export type QueueDeclaration = z.infer<typeof queueSchema>;

export const ticketTypeSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  /** R127: what the client came with. */
  intake: z.enum(["question", "problem", "request"]),
  process: keySchema,
  /** Replaces the process's hours; null: no deadline. */
  deadline_hours: deadlineHoursSchema.nullable().optional(),
  priority: prioritySchema.default("normal"),
  /** The form that is filled for it, one of `forms/`. */
  form: keySchema.optional(),
  /** False: a person may register it and finish that form on the ticket; else it is registered with the form filled in. */
  form_required: z.boolean().optional(),
  requires: z.array(z.enum(["client", "subject", "description", "phone", "address", "required_by"])).default([]),
  /** What whoever is given it by itself must be able to do; without it, what the queue of its call asks for (R218). */
  skills: skillsSchema.optional(),
  /** False: only a process or a rule makes it, and nobody is offered it where tickets are registered. */
  registrable: z.boolean().optional(),
});
export const dispositionSchema = z.strictObject({
  key: keySchema,
  name: textSchema,
  /** What wrap-up refuses to finish without. */
  requires: z.array(z.enum(["notes", "ticket", "client"])).default([]),
  /** On which calls it can be chosen. */
  directions: z.array(z.enum(["inbound", "outbound"])).min(1).default(["inbound", "outbound"]),
  /** What it makes of the callback that was called for: spoken with, still to be called, or no longer needed. */
  callback: z.enum(["reached", "missed", "cancelled"]).default("reached"),
});
export const reasonSchema = z.strictObject({ key: keySchema, name: textSchema });

/** `{{name}}` stands for a variable; a line whose only variable is empty is left out. */
export const noticeSchema = z.strictObject({ subject: textSchema, body: textSchema });
export type Notice = z.infer<typeof noticeSchema>;
export const noticeVariables = ["client_name", "company", "project", "phone", "ticket_number", "ticket_type", "subject", "stage", "deadline",
  "operator", "text", "resolution", "status_link", "yes_link", "no_link", "confirm_until", "callback_number", "callback_by"] as const;
export type NoticeVariable = (typeof noticeVariables)[number];

export const typesFileSchema = z.strictObject({ types: z.array(ticketTypeSchema).min(1) });
export const dispositionsFileSchema = z.strictObject({
  dispositions: z.array(dispositionSchema).min(1), reasons: z.array(reasonSchema).min(1),
});
/** `skills`: what each that the queues ask for is called; texts of before name none. */
export const queuesFileSchema = z.strictObject({ skills: z.record(keySchema, textSchema).default({}), queues: z.array(queueSchema).min(1) });
export const noticesFileSchema = z.record(keySchema, noticeSchema);

export const personSchema = z.strictObject({
  login: z.string().regex(/^[a-z][a-z.]{2,30}$/, "schema_login"),
  name: z.string().min(3),
  role: z.enum(["operator", "supervisor", "administrator", "department", "management"]),
  /** Of the screens; what the person speaks with clients is in `speaks`. */
  language: languageSchema,
  speaks: z.partialRecord(languageSchema, z.int().min(1).max(5)).default({}),
  skills: skillsSchema.default({}),
  projects: z.array(keySchema).default([]),
  department: keySchema.optional(),
  /** The person's own number: SIP phone and internal calls. */
  extension: z.string().regex(/^\d{3,4}$/, "schema_extension").optional(),
});
export type Person = z.infer<typeof personSchema>;
export const peopleFileSchema = z.strictObject({ people: z.array(personSchema).min(1) });

const namesOfLanguage = z.strictObject({
  women: z.array(z.string()).min(5), men: z.array(z.string()).min(5),
  /** Woman's form | man's form where they differ (Иванова | Иванов). */
  surnames: z.array(z.string()).min(10),
  streets: z.array(z.string()).min(5), towns: z.array(z.string()).min(3),
});
export const namesFileSchema = z.strictObject({ en: namesOfLanguage, ru: namesOfLanguage, sl: namesOfLanguage });
export const scenesFileSchema = z.strictObject({
  clients: z.int().min(1).max(1_000), tickets: z.int().min(0), calls: z.int().min(0),
  /** How many of a hundred clients speak each language. */
  share: z.strictObject({ en: z.int(), ru: z.int(), sl: z.int() }),
  pinned: z.array(textSchema).min(3),
  scenes: z.array(z.strictObject({
    type: keySchema, queue: keySchema, disposition: keySchema, reason: keySchema,
    subject: textSchema, description: textSchema, notes: textSchema, resolution: textSchema,
  })).min(5),
  /** What is said of the project in public; `known`: it is clear which client wrote it. */
  reviews: z.array(z.strictObject({
    source: keySchema, rating: z.int().min(1).max(5), topic: keySchema, author: z.string().max(120), known: z.boolean().default(false), days_ago: z.number().min(0).max(20),
    subject: textSchema, text: textSchema, reply: textSchema.optional(),
  })).default([]),
});

export interface ProjectDeclaration {
  project: z.infer<typeof projectSchema>;
  calendar: Calendar;
  queues: QueueDeclaration[];
  /** Names of the skills its queues ask for. */
  skills: z.infer<typeof queuesFileSchema>["skills"];
  ivr: IvrFlow;
  processes: Record<string, Process>;
  types: z.infer<typeof ticketTypeSchema>[];
  dispositions: z.infer<typeof dispositionSchema>[];
  reasons: z.infer<typeof reasonSchema>[];
  notices: Record<string, Notice>;
  scenes: z.infer<typeof scenesFileSchema>;
  /** What other features have read: kind (`forms`, `rules`, `authority`) → key → value. */
  more: Record<string, Record<string, unknown>>;
}
export interface Declarations {
  company: z.infer<typeof companySchema>;
  people: Person[];
  names: z.infer<typeof namesFileSchema>;
  projects: ProjectDeclaration[];
}
/** A problem with its place; worded in English for logs and terminals, and by `told` in any language (`wordsOf`). */
export interface FileProblem { file: string; line: number | null; column: number | null; path: string; message: string; remedy: string; told: ToldProblem }
export type LoadResult = { ok: true; declarations: Declarations } | { ok: false; problems: FileProblem[]; /** What can be gone on with all the same: every project has all its parts, but for texts that cannot be read. Not for what is to be stored. */ usable: Declarations | null };
