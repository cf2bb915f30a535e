import { z } from "zod";
import { keySchema, languageSchema, type Language } from "../projects/texts.contract.ts";

/** A recorded phrase; with a language when it must be heard in that one whatever the caller speaks. */
export const promptSchema = z.union([
  keySchema.transform((key) => ({ key, language: undefined as Language | undefined })),
  z.strictObject({ key: keySchema, language: languageSchema.optional() }),
]);
const promptsSchema = z.array(promptSchema).min(1);
const digitSchema = z.string().regex(/^[0-9*#]$/, "schema_digit");
const keysSchema = z.record(digitSchema, keySchema);

export const ivrStepSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("say"), prompts: promptsSchema, next: keySchema }),
  z.strictObject({
    do: z.literal("menu"), prompts: promptsSchema, keys: keysSchema,
    /** Silence allowed after the prompts have ended. */
    timeout_s: z.number().min(1).max(60).default(6),
    /** How often the prompts are repeated after silence or a wrong key, before `default` is taken. */
    retries: z.int().min(0).max(5).default(1),
    wrong_key: promptsSchema.optional(),
    default: keySchema,
  }),
  z.strictObject({ do: z.literal("when_language_known"), yes: keySchema, no: keySchema }),
  z.strictObject({ do: z.literal("set_language"), language: languageSchema, next: keySchema }),
  /** Without `next` the caller goes on at the start of that project's own flow. */
  z.strictObject({ do: z.literal("set_project"), project: keySchema, next: keySchema.optional() }),
  z.strictObject({ do: z.literal("hours"), open: keySchema, closed: keySchema }),
  z.strictObject({
    do: z.literal("callback"), offer: promptsSchema, key: digitSchema.default("1"), timeout_s: z.number().min(1).max(60).default(8),
    thanks: promptsSchema, declined: keySchema,
    /** Where a caller without a number goes; nothing can be promised to them. */
    no_number: keySchema,
  }),
  z.strictObject({
    do: z.literal("queue"), queue: keySchema,
    /** Heard before the music. */
    prompts: z.array(promptSchema).default([]),
    /** Keys that work while waiting. */
    keys: keysSchema.default({}),
    /** Where the caller goes when the queue's longest wait has passed; without it the wait goes on. */
    waited_too_long: keySchema.optional(),
  }),
  z.strictObject({ do: z.literal("hang_up"), prompts: z.array(promptSchema).default([]) }),
]);
export type IvrStep = z.infer<typeof ivrStepSchema>;

export const ivrFlowSchema = z.strictObject({
  /** `by_operator`: a telephone only rings until an operator answers; for flows that go straight to a queue. `checkFlow` refuses steps it would not hear. */
  answer: z.enum(["at_once", "by_operator"]).default("at_once"),
  start: keySchema,
  steps: z.record(keySchema, ivrStepSchema),
});
export type IvrFlow = z.infer<typeof ivrFlowSchema>;

/** All flows a call can pass through, by key; a project's flow has the project's key, the company's is `company`. */
export interface IvrBook {
  flows: Record<string, IvrFlow>;
  /** Language of a caller of whom nothing is known, by flow key. */
  defaultLanguage: Record<string, Language>;
}

export interface IvrFacts {
  dialledNumber: string;
  /** null when the caller hides it. */
  callerNumber: string | null;
  /** The client's language if the number belongs to one. */
  language: Language | null;
  /** Which projects are open now, by project key. */
  open: Record<string, boolean>;
}

/** Plain data: it can be stored and carried to another process. */
export interface IvrState {
  flow: string;
  step: string;
  at: "playing" | "collecting" | "queued" | "ended";
  /** What follows the phrases being played: a step, the wait for a key, or the end. */
  after: { go: string } | "collect" | "hang_up" | null;
  /** Names the play or wait going on; an answer that names another is late and ignored. */
  attempt: number;
  tries: number;
  /** Keys pressed while something was said that asks nothing; the next menu takes them, as callers who know the way expect. */
  typed: string;
  language: Language;
  languageKnown: boolean;
  projectKey: string | null;
  facts: IvrFacts;
}

export interface PromptRef { key: string; language: Language }

export type IvrInput =
  | { on: "played"; attempt: number }
  | { on: "digit"; digit: string }
  | { on: "timeout"; attempt: number }
  | { on: "waited_too_long" };

export type IvrAction =
  | { do: "play"; attempt: number; prompts: PromptRef[]; language: Language }
  | { do: "stop_play" }
  | { do: "collect"; attempt: number; timeoutMs: number }
  | { do: "set_language"; language: Language }
  | { do: "set_project"; projectKey: string }
  | { do: "queue"; queueKey: string; projectKey: string; prompts: PromptRef[] }
  | { do: "leave_queue" }
  | { do: "callback"; projectKey: string; number: string; language: Language }
  | { do: "hang_up" };

export interface IvrStepResult { state: IvrState; actions: IvrAction[] }
