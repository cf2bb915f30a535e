import { isSame, languages, valueAt, withValue, type Field, type FieldProblem, type FormData, type Language } from "@linija/forms";
import type { Ctx } from "../../platform/db.ts";
import { may } from "../access/index.ts";
import type { FormInUse } from "./forms.definitions.ts";
import { selectTalk } from "./forms.sql.ts";

interface Said { given?: unknown; language?: unknown; at?: unknown; interactionId?: unknown }
interface Spoken { interactionId: string; recordingId?: string; offsetMs?: number }

/**
 * Consents that were given anew, as a dispute will need them (R163): the words of this version of the form in the language
 * they were read in, never what a browser says they were; no later than now; and where in the recording of the talk.
 */
export async function settleConsents(ctx: Ctx, { form, project }: FormInUse, { before, after }: { before: FormData; after: FormData }): Promise<{ data: FormData; faults: FieldProblem[] }> {
  let data = after;
  const faults: FieldProblem[] = [];
  for (const { path, document } of consentsOf(form.fields)) {
    const said = valueAt(after, path) as Said | null | undefined;
    if (!said || typeof said !== "object" || isSame(valueAt(before, path) ?? null, said)) continue;
    const at = momentOf(said.at, ctx.now());
    const spoken = await spokenIn(ctx, said, { at, projectKey: project.project.key });
    if (!spoken) faults.push({ path, code: "not_an_option", params: {} });
    const language = (languages as readonly unknown[]).includes(said.language) ? (said.language as Language) : project.project.default_language;
    data = withValue(data, path, { given: said.given, text: document["x-text"]![language], language, at: at.toISOString(), ...spoken });
  }
  return { data, faults };
}

/** In no row of a table: nobody is asked for the same consent twice. */
const consentsOf = (parts: ReadonlyMap<string, Field>): Field[] =>
  [...parts.values()].flatMap((field) => (field.kind === "consent" ? [field] : field.kind === "table" ? [] : consentsOf(field.parts)));

/** What was written down without a network is told later; nothing is told before it happens. */
function momentOf(said: unknown, now: Date): Date {
  const at = new Date(typeof said === "string" ? said : NaN);
  return at.getTime() <= now.getTime() ? at : now;
}

/** Nothing when it was not given in a talk; null when that talk is not there for this person. */
async function spokenIn(ctx: Ctx, { interactionId }: Said, { at, projectKey }: { at: Date; projectKey: string }): Promise<Spoken | Record<string, never> | null> {
  if (typeof interactionId !== "string" || ctx.actor.kind === "client") return {};
  const talk = UUID.test(interactionId) ? await selectTalk(ctx.db, interactionId) : undefined;
  if (!talk || talk.projectKey !== projectKey || !may(ctx, "interactions.read", { projectKey })) return null;
  if (!talk.recordingId || !talk.recordedFrom) return { interactionId };
  return { interactionId, recordingId: talk.recordingId, offsetMs: Math.max(0, at.getTime() - talk.recordedFrom.getTime()) };
}
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
