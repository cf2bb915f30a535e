import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { draftsUnder, useDraft } from "../../shared/draft.ts";

type Step = Pick<TicketView["transitions"][number], "key" | "name" | "fields">;
/** With the words of its form: what was typed for a step that is not there any more must still be readable. */
interface StepDraft { step: string; names: Record<string, string>; values: Record<string, string> }

const under = (ticketId: string): string => `step:${ticketId}:`;
export const stepDraft = (ticketId: string, step: string): string => `${under(ticketId)}${step}`;

export function useStepDraft(name: string, step: Step): { values: Record<string, string>; write: (key: string, value: string) => void } {
  const { draft, set } = useDraft<StepDraft>(name, () => ({ step: step.name, names: {}, values: {} }));
  const write = (key: string, value: string) => set({ step: step.name, names: Object.fromEntries(step.fields.map((field) => [field.key, field.name])), values: { ...draft.values, [key]: value } });
  return { values: draft.values, write };
}

type Way = Pick<TicketView, "stage" | "stages"> & { transitions: readonly Pick<TicketView["transitions"][number], "key" | "to" | "allowed" | "asksOthers">[] };
/** The step that is the way forward: the first that is allowed and goes further along the process without leaving the work to wait or giving it up. */
export function forwardStep({ stage, stages, transitions }: Way): string | null {
  const placeOf = (key: string): number => stages.findIndex((each) => each.key === key);
  const statusOf = (key: string): string | undefined => stages[placeOf(key)]?.status;
  const isFurther = ({ to, allowed, asksOthers }: Way["transitions"][number]): boolean => allowed && !asksOthers && placeOf(to) > placeOf(stage);
  const wanted = statusOf(stage) === "done" ? ["closed"] : ["open", "done"];
  return transitions.find((step) => isFurther(step) && wanted.includes(statusOf(step.to) ?? ""))?.key ?? null;
}

export interface Left { name: string; step: string; typed: { field: string; text: string }[] }

/** What was typed for steps that cannot be taken from here any more, whoever moved the ticket. */
export function leftDrafts(ticketId: string, steps: readonly Pick<Step, "key">[]): Left[] {
  const open = new Set(steps.map(({ key }) => stepDraft(ticketId, key)));
  return draftsUnder<StepDraft>(under(ticketId)).filter(({ name }) => !open.has(name)).flatMap(({ name, draft: { step = "", names = {}, values = {} } }) => {
    const typed = Object.entries(values).filter(([, text]) => text.trim() !== "").map(([key, text]) => ({ field: names[key] ?? key, text }));
    return typed.length > 0 ? [{ name, step, typed }] : [];
  });
}
