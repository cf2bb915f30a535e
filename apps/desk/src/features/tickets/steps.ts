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

type Passing = Pick<TicketView["transitions"][number], "key" | "to" | "allowed" | "asksOthers"> & { fields: readonly Pick<TicketView["transitions"][number]["fields"][number], "kind">[] };
type Way = Pick<TicketView, "stage" | "stages"> & { transitions: readonly Passing[] };
/** The step that is the way forward: allowed, further along the process, neither waiting nor giving up. Work under way is brought to its end rather than aside; others are asked only where nothing else leads on. */
export function forwardStep({ stage, stages, transitions }: Way): string | null {
  const placeOf = (key: string): number => stages.findIndex((each) => each.key === key);
  const statusOf = (key: string): string | undefined => stages[placeOf(key)]?.status;
  const ends = stages.some(({ status }) => status === "done") ? "done" : "closed";
  // Of the ways to be closed the first declared is the usual one.
  const isEnd = ({ to }: Passing): boolean => (ends === "done" && statusOf(stage) !== "done" ? statusOf(to) === "done" : to === stages.find(({ status }) => status === "closed")?.key);
  const isNext = ({ to }: Passing): boolean => statusOf(stage) !== "done" && statusOf(to) === "open";
  const further = transitions.filter(({ to, allowed }) => allowed && placeOf(to) > placeOf(stage));
  const own = further.filter((step) => !asks(step));
  const isBegun = placeOf(stage) > 0;
  const found = (isBegun ? own.find(isEnd) ?? own.find(isNext) : own.find(isNext) ?? own.find(isEnd)) ?? further.find(isNext);
  return found?.key ?? null;
}
const asks = ({ asksOthers, fields }: Passing): boolean => asksOthers || fields.some(({ kind }) => kind === "department");

export interface Left { name: string; step: string; typed: { field: string; text: string }[] }

/** What was typed for steps that cannot be taken from here any more, whoever moved the ticket. */
export function leftDrafts(ticketId: string, steps: readonly Pick<Step, "key">[]): Left[] {
  const open = new Set(steps.map(({ key }) => stepDraft(ticketId, key)));
  return draftsUnder<StepDraft>(under(ticketId)).filter(({ name }) => !open.has(name)).flatMap(({ name, draft: { step = "", names = {}, values = {} } }) => {
    const typed = Object.entries(values).filter(([, text]) => text.trim() !== "").map(([key, text]) => ({ field: names[key] ?? key, text }));
    return typed.length > 0 ? [{ name, step, typed }] : [];
  });
}
