import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { type IvrFlow, type IvrStep } from "./ivr.contract.ts";

/** A project's own flow is checked with no projects: it may not pass callers on, so flows cannot go in circles. */
export interface IvrNames { queues: string[]; projects: string[] }

/** What the schema cannot see: steps that point nowhere, are never reached, go round without a sound, or speak to a line that only rings. */
export function checkFlow(flow: IvrFlow, names: IvrNames): PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  const known = Object.keys(flow.steps);
  const reached = new Set([flow.start]);
  if (!flow.steps[flow.start]) problems.push(noStep(["start"], flow.start, known));
  for (const [key, step] of Object.entries(flow.steps)) {
    for (const target of targets(step)) if (!flow.steps[target]) problems.push(noStep(["steps", key], target, known));
    problems.push(...checkNames(key, step, names));
    if (loopsSilently(flow, key)) problems.push(problem(["steps", key], "flow_circle"));
  }
  // With a broken link everything behind it would seem lost, too.
  if (problems.length > 0) return problems;
  for (const key of reached) for (const target of targets(flow.steps[key])) reached.add(target);
  if (flow.answer === "by_operator") problems.push(...unheard(flow));
  for (const key of known) if (!reached.has(key)) problems.push(problem(["steps", key], "flow_step_unreached", { name: key }));
  return problems;
}

/**
 * A flow that answers with the operator has no voice before: what a telephone reaches there is said to nobody, its keys
 * do not work, and whoever waits too long would be sent away without a word. A queue's own phrases and keys may stand:
 * the machine leaves them out on a ringing line, and callers from a web page, who are answered at once, have them.
 */
function unheard(flow: IvrFlow): PlacedProblem[] {
  const rings = new Set([flow.start]);
  for (const key of rings) for (const target of targetsWhileRinging(flow.steps[key])) rings.add(target);
  return [...rings].flatMap((key) => {
    const what = speaks(flow.steps[key]);
    return what ? [problem(["steps", key], what)] : [];
  });
}

const targetsWhileRinging = (step: IvrStep | undefined): string[] => (step?.do === "queue" ? targets({ ...step, keys: {} }) : targets(step));

type Unheard = "flow_unheard" | "flow_unheard_menu" | "flow_unheard_offer" | "flow_unheard_project";

function speaks(step: IvrStep | undefined): Unheard | null {
  switch (step?.do) {
    case "say": return "flow_unheard";
    case "menu": return "flow_unheard_menu";
    case "callback": return "flow_unheard_offer";
    case "hang_up": return step.prompts.length > 0 ? "flow_unheard" : null;
    case "set_project": return step.next ? null : "flow_unheard_project";
    default: return null;
  }
}

/** Every phrase the flow can play, with the language when it is fixed. */
export function flowPrompts(flow: IvrFlow): { key: string; language?: "en" | "ru" | "sl" | undefined }[] {
  return Object.values(flow.steps).flatMap((step) => {
    if (step.do === "callback") return [...step.offer, ...step.thanks];
    if (step.do === "menu") return [...step.prompts, ...(step.wrong_key ?? [])];
    return "prompts" in step ? step.prompts : [];
  });
}

const noStep = (path: (string | number)[], target: string, known: string[]): PlacedProblem =>
  problem(path, "no_step", { name: target, names: known });

function targets(step: IvrStep | undefined): string[] {
  switch (step?.do) {
    case "say": case "set_language": return [step.next];
    case "set_project": return step.next ? [step.next] : [];
    case "menu": return [...Object.values(step.keys), step.default];
    case "when_language_known": return [step.yes, step.no];
    case "hours": return [step.open, step.closed];
    case "callback": return [step.declined, step.no_number];
    case "queue": return [...Object.values(step.keys), ...(step.waited_too_long ? [step.waited_too_long] : [])];
    default: return [];
  }
}

function checkNames(key: string, step: IvrStep, names: IvrNames): PlacedProblem[] {
  if (step.do === "queue" && !names.queues.includes(step.queue)) return [problem(["steps", key, "queue"], "no_queue", { name: step.queue, names: names.queues })];
  if (step.do === "set_project" && names.projects.length === 0) return [problem(["steps", key], "flow_chooses_project")];
  if (step.do === "set_project" && !names.projects.includes(step.project)) return [problem(["steps", key, "project"], "no_project", { name: step.project, names: names.projects })];
  return [];
}

/** Steps that pass on at once; a callback does so for a caller without a number. */
function silentTargets(step: IvrStep | undefined): string[] {
  if (step?.do === "callback") return [step.no_number];
  const silent = step?.do === "when_language_known" || step?.do === "set_language" || step?.do === "set_project" || step?.do === "hours";
  return silent ? targets(step) : [];
}

function loopsSilently(flow: IvrFlow, from: string): boolean {
  const seen = new Set(silentTargets(flow.steps[from]));
  for (const key of seen) for (const target of silentTargets(flow.steps[key])) seen.add(target);
  return seen.has(from);
}
