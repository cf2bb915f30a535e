import type { Process } from "@linija/server/contract/processes/processes";
import type { Written } from "./document.ts";

export type Path = readonly (string | number)[];
/** What has a key of its own and is named by it elsewhere. */
export type Kind = "stages" | "transitions" | "fields" | "policies" | "checklists";

/** Every place of the declaration that names this; expressions are left alone, the check at the server tells of those. */
export function referencesIn(process: Written, kind: Kind, key: string): Path[] {
  return finders[kind](process, key);
}

const finders: Record<Kind, (process: Written, key: string) => Path[]> = {
  stages: (process, key) => [
    ...(process.start === key ? [["start"]] : []),
    ...Object.entries(process.clocks.timers).filter(([, timer]) => timer.stage === key).map(([name]) => ["clocks", "timers", name, "stage"]),
    ...inTransitions(process, (transition) => [...transition.from.flatMap((stage, index) => (stage === key ? [["from", index]] : [])), ...(transition.to === key ? [["to"]] : [])]),
  ],
  transitions: (process, key) => [
    ...Object.entries(process.clocks.timers).filter(([, timer]) => timer.transition === key).map(([name]) => ["clocks", "timers", name, "transition"]),
    ...inTransitions(process, ({ approval }) => (approval?.refused === key ? [["approval", "refused"]] : [])),
  ],
  policies: (process, key) => inTransitions(process, ({ guards }) => listOf(guards).flatMap((guard, index) => ("policy" in guard && guard.policy === key ? [["guards", index, "policy"]] : []))),
  checklists: (process, key) => inTransitions(process, ({ checklist }) => (checklist === key ? [["checklist"]] : [])),
  fields: (process, key) => [
    ...listOf(process.excludes).flatMap((name, index) => (name === key ? [["excludes", index]] : [])),
    ...inTransitions(process, (transition) => [
      ...listOf(transition.requires as readonly (string | { field: string })[] | undefined).flatMap((one, index) => (one === key ? [["requires", index]] : typeof one === "object" && one.field === key ? [["requires", index, "field"]] : [])),
      ...listOf(transition.accepts).flatMap((name, index) => (name === key ? [["accepts", index]] : [])),
      ...listOf(transition.subtasks).flatMap((subtask, index) => inSubtask(subtask, key).map((path) => ["subtasks", index, ...path])),
    ]),
  ],
};

const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

function inTransitions(process: Written, find: (transition: Written["transitions"][string]) => Path[]): Path[] {
  return Object.entries(process.transitions).flatMap(([name, transition]) => find(transition).map((path) => ["transitions", name, ...path]));
}

function inSubtask(subtask: Partial<Process["transitions"][string]["subtasks"][number]>, key: string): Path[] {
  const isField = (value: unknown): boolean => typeof value === "object" && value !== null && "field" in value && value.field === key;
  return [...(subtask.answer === key ? [["answer"]] : []), ...listOf(subtask.carries).flatMap((place, index) => (place === key ? [["carries", index]] : [])), ...(isField(subtask.department) ? [["department", "field"]] : []), ...(isField(subtask.task) ? [["task", "field"]] : [])];
}
