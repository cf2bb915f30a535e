import { z } from "zod";
import { contract, instant, page, pageQuery } from "../api.contract.ts";

/** Facts about a ticket that may wake a rule. */
export const wakingEvents = ["ticket.registered", "ticket.moved", "ticket.assigned", "ticket.changed", "ticket.reopened", "ticket.note_added", "ticket.file_added", "ticket.called_again",
  "ticket.approved", "ticket.refused", "ticket.subtask_done", "ticket.form_submitted", "ticket.client_wrote"] as const;
export const wakingEventSchema = z.enum(wakingEvents);
export type WakingEvent = z.infer<typeof wakingEventSchema>;

/** What wakes a rule: facts, the clock on the wall of the project (cron with five fields), or a clock of the ticket that comes to a mark. */
export const wakingSchema = z.union([
  z.strictObject({ event: z.union([wakingEventSchema.transform((one) => [one]), z.array(wakingEventSchema).min(1).max(20)]) }),
  z.strictObject({ schedule: z.string().min(9).max(100) }),
  z.strictObject({ clock: z.string().regex(/^[a-z][\w.:-]{0,99}$/), at_percent: z.int().min(1).max(1_000) }),
]);
export type Waking = z.infer<typeof wakingSchema>;

/** The same as it is told: events always as a list. */
const wakingView = z.union([z.object({ event: z.array(wakingEventSchema) }), z.object({ schedule: z.string() }), z.object({ clock: z.string(), at_percent: z.number().int() })]);

/** The part of a rule's text that is not packages/rules' own. */
export const triggerSchema = z.strictObject({
  on: wakingSchema,
  about: z.literal("ticket").default("ticket"),
  /** Lower goes first; of equal ones the key decides. */
  order: z.int().min(0).max(10_000).default(100),
  enabled: z.boolean().default(true),
});
export type Trigger = z.infer<typeof triggerSchema>;

export const runStates = ["fired", "not_fired", "failed", "too_deep"] as const;
const plain = z.unknown();
export const problemView = z.object({ line: z.number().int(), column: z.number().int(), length: z.number().int(), code: z.string(), message: z.string(), path: z.array(z.union([z.string(), z.number()])) });
export type ProblemView = z.infer<typeof problemView>;
const changeView = z.object({ target: z.string(), from: plain, to: plain });
const actionView = z.object({ action: z.string(), params: z.record(z.string(), plain) });
const traceEntry = z.object({ path: z.array(z.union([z.string(), z.number()])), line: z.number().int(), kind: z.string(), target: z.string().optional(), inputs: z.record(z.string(), plain), result: plain, problem: z.string().optional(), atMs: z.number().nullable() });
export const traceView = z.object({ entries: z.array(traceEntry), dropped: z.number().int() });
export type TraceView = z.infer<typeof traceView>;

export const runRow = z.object({
  id: z.uuid(), at: instant, ruleKey: z.string(), ruleName: z.record(z.string(), z.string()), version: z.number().int(), ticketId: z.uuid(), ticketNumber: z.string(), wokenBy: z.string(), state: z.enum(runStates),
  changes: z.array(changeView), actions: z.array(actionView), durationUs: z.number().int(), depth: z.number().int(),
  problem: z.object({ code: z.string(), message: z.string(), line: z.number().int().nullable() }).nullable(),
});
export type RunRow = z.infer<typeof runRow>;
export const runSchema = runRow.extend({ trace: traceView, text: z.string() });
export type RunView = z.infer<typeof runSchema>;

export const ruleRow = z.object({
  projectKey: z.string(), key: z.string(), path: z.string(), name: z.record(z.string(), z.string()), version: z.number().int(), on: wakingView, order: z.number().int(), enabled: z.boolean(), nextAt: instant.nullable(),
  /** Of the last seven days. */
  fired: z.number().int(), failed: z.number().int(), lastAt: instant.nullable(), lastProblem: z.string().nullable(),
});
export type RuleRow = z.infer<typeof ruleRow>;

const projectParams = z.object({ project: z.string().max(60) });
const ruleParams = projectParams.extend({ key: z.string().max(64) });
const textBody = z.object({ text: z.string().max(64_000) });

export const listRules = contract({ method: "GET", path: "/automation/:project/rules", summary: "The rules of a project in the order they run", params: projectParams, reply: z.object({ items: z.array(ruleRow), mayEdit: z.boolean() }) });
export const getRule = contract({
  method: "GET", path: "/automation/:project/rules/:key", contacts: "own", summary: "One rule as it is in use, or a version of it, to be read", params: ruleParams, query: z.object({ version: z.number().int().min(1).optional() }),
  reply: z.object({ key: z.string(), version: z.number().int(), madeAt: instant, text: z.string(), /** All there were, the newest first; at most a hundred. */ versions: z.array(z.object({ version: z.number().int(), madeAt: instant })) }),
});
export const getVocabulary = contract({ method: "GET", path: "/automation/:project/vocabulary", summary: "What rules of the project may see and do, for completion; what the reader may not read is not in it", params: projectParams, reply: z.object({ vocabulary: z.unknown(), events: z.array(wakingEventSchema), mayEdit: z.boolean(), examples: z.array(z.object({ kind: z.enum(["expression", "rule"]), name: z.record(z.string(), z.string()), text: z.string() })) }) });
export const checkRule = contract({ method: "POST", path: "/automation/:project/check", summary: "Everything wrong with a rule's text, by line and column", params: projectParams, body: textBody, reply: z.object({ problems: z.array(problemView) }) });
export const tryRule = contract({
  method: "POST", path: "/automation/:project/try", summary: "Run a rule's text on a real ticket without any effect", params: projectParams, body: textBody.extend({ /** Its id or number; without it, the newest ticket. */ ticket: z.string().max(60).optional() }),
  reply: z.object({ ticketId: z.uuid(), ticketNumber: z.string(), problems: z.array(problemView), fired: z.boolean(), changes: z.array(changeView), actions: z.array(actionView), trace: traceView.nullable(), durationUs: z.number().int() }),
});
const outcomeView = z.object({ changes: z.record(z.string(), plain), actions: z.array(actionView), problem: z.string().nullable() });
export const dryRunRow = z.object({ ticketId: z.uuid(), number: z.string(), subject: z.string(), before: outcomeView, after: outcomeView });
export type DryRunRow = z.infer<typeof dryRunRow>;
export const dryRun = contract({
  method: "POST", path: "/automation/:project/dry-run", summary: "What a changed text would do differently on the last tickets; call again with `next` until it is null", params: projectParams,
  body: textBody.extend({ /** The text to compare with; null: no rule. */ before: z.string().max(64_000).nullable().default(null), after: z.string().max(200).optional(), limit: z.number().int().min(1).max(200).default(100) }),
  reply: z.object({ problems: z.array(problemView), /** Tickets of this page; when fewer were looked at the time was over, and `next` goes on with the rest. */ of: z.number().int(), lookedAt: z.number().int(), failed: z.number().int(), rows: z.array(dryRunRow), next: z.string().nullable() }),
});
export const listRuleRuns = contract({ method: "GET", path: "/automation/:project/rules/:key/runs", summary: "What a rule did, newest first", params: ruleParams, query: z.object({ all: z.boolean().optional(), ...pageQuery }), reply: page(runRow) });
export const listTicketRuns = contract({ method: "GET", path: "/tickets/:id/automation", summary: "Which rules touched a ticket, what they set and why; newest first", params: z.object({ id: z.uuid() }), query: z.object({ all: z.boolean().optional(), ...pageQuery }), reply: page(runRow) });
export const getRun = contract({ method: "GET", path: "/automation/runs/:id", summary: "One run with its trace and the text it ran", params: z.object({ id: z.uuid() }), reply: runSchema });
export const certify = contract({ method: "PUT", path: "/automation/editors/:id", summary: "Let a person write rules, or no longer (administrator)", params: z.object({ id: z.uuid() }), body: z.object({ certified: z.boolean() }), reply: z.object({ id: z.uuid(), certified: z.boolean() }) });
export const listEditors = contract({ method: "GET", path: "/automation/editors", summary: "Who may write rules (administrator)", reply: z.object({ items: z.array(z.object({ id: z.uuid(), name: z.string(), certifiedAt: instant.nullable() })) }) });
