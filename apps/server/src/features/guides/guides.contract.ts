import { z } from "zod";
import { contract, idParams, instant, languageSchema } from "../api.contract.ts";

const named = z.object({ key: z.string(), name: z.string() });
export const outcomeSchema = z.enum(["solved", "not_solved", "handed_over", "stopped"]);
export const guideRow = z.object({ key: z.string(), name: z.string(), about: z.string(), /** Made for tickets of this type. */ suggested: z.boolean(), steps: z.number().int() });
export const recordView = z.object({ field: z.string(), name: z.string(), kind: z.enum(["text", "number", "choice", "yes_no"]), options: z.array(named), required: z.boolean() });
const value = z.union([z.string(), z.number(), z.boolean()]);
/** The step that stands open; one with `end` is finished by taking it. */
export const stepView = z.object({ key: z.string(), say: z.string(), /** Of what is said. */ language: languageSchema, hint: z.string(), record: z.array(recordView), choices: z.array(named), end: outcomeSchema.nullable() });
export type StepView = z.infer<typeof stepView>;
export const passedView = z.object({ step: z.string(), said: z.string(), choice: z.string().nullable(), values: z.array(z.object({ field: z.string(), name: z.string(), value })), at: instant });
export const runView = z.object({
  id: z.uuid(), guide: named, state: z.enum(["running", "ended", "left"]), version: z.number().int(), path: z.array(passedView), step: stepView.nullable(), outcome: outcomeSchema.nullable(),
  by: z.string(), startedAt: instant, endedAt: instant.nullable(),
  /** What its end suggests: a transition of the ticket, a type of ticket to register. */
  proposes: z.object({ transition: named.nullable(), type: named.nullable() }),
});
export type RunView = z.infer<typeof runView>;

export const ticketGuides = contract({ method: "GET", path: "/tickets/:id/guides", summary: "Guides for this ticket, those made for its type first; the talk that is under way and those before", params: idParams, reply: z.object({ guides: z.array(guideRow), run: runView.nullable(), past: z.array(runView) }) });
export const startGuide = contract({ method: "POST", path: "/tickets/:id/guides", summary: "Begin a guide on this ticket, or go on with the one under way", params: idParams, body: z.object({ guide: z.string().max(60) }), reply: runView });
export const takeStep = contract({ method: "POST", path: "/guides/runs/:id/steps", summary: "Take the step that stands open", params: idParams, body: z.object({ version: z.number().int(), choice: z.string().max(60).nullable().default(null), values: z.record(z.string().max(60), value).default({}) }), reply: runView });
export const stepBack = contract({ method: "POST", path: "/guides/runs/:id/back", summary: "Go back one step", params: idParams, body: z.object({ version: z.number().int() }), reply: runView });
export const leaveGuide = contract({ method: "POST", path: "/guides/runs/:id/leave", summary: "Leave a guide before its end; what was recorded stays", params: idParams, body: z.object({ version: z.number().int() }), reply: runView });
