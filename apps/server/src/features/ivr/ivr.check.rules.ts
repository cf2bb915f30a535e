import { type DeclarationProblem } from "../projects/texts.contract.ts";
import { type IvrFlow, type IvrStep } from "./ivr.contract.ts";

/** A project's own flow is checked with no projects: it may not pass callers on, so flows cannot go in circles. */
export interface IvrNames { queues: string[]; projects: string[] }

/** What the schema cannot see: steps that point nowhere, are never reached, go round without a sound, or speak to a line that only rings. */
export function checkFlow(flow: IvrFlow, names: IvrNames): DeclarationProblem[] {
  const problems: DeclarationProblem[] = [];
  const known = Object.keys(flow.steps);
  const reached = new Set([flow.start]);
  if (!flow.steps[flow.start]) problems.push(noStep(["start"], flow.start, known));
  for (const [key, step] of Object.entries(flow.steps)) {
    for (const target of targets(step)) if (!flow.steps[target]) problems.push(noStep(["steps", key], target, known));
    problems.push(...checkNames(key, step, names));
    if (loopsSilently(flow, key)) problems.push({ path: ["steps", key], message: "the flow comes back to this step without a sound or a question", remedy: "say something or end the call within the loop" });
  }
  // With a broken link everything behind it would seem lost, too.
  if (problems.length > 0) return problems;
  for (const key of reached) for (const target of targets(flow.steps[key])) reached.add(target);
  if (flow.answer === "by_operator") problems.push(...unheard(flow));
  for (const key of known) if (!reached.has(key)) problems.push({ path: ["steps", key], message: `no way leads to step "${key}"`, remedy: "point a step to it or remove it" });
  return problems;
}

/**
 * A flow that answers with the operator has no voice before: what a telephone reaches there is said to nobody, its keys
 * do not work, and whoever waits too long would be sent away without a word. A queue's own phrases and keys may stand:
 * the machine leaves them out on a ringing line, and callers from a web page, who are answered at once, have them.
 */
function unheard(flow: IvrFlow): DeclarationProblem[] {
  const rings = new Set([flow.start]);
  for (const key of rings) for (const target of targetsWhileRinging(flow.steps[key])) rings.add(target);
  return [...rings].flatMap((key) => {
    const what = speaks(flow.steps[key]);
    return what ? [{ path: ["steps", key], message: `the line only rings until an operator answers (answer: by_operator), and ${what}`, remedy: "lead callers past it straight to a queue, or answer at_once" }] : [];
  });
}

const targetsWhileRinging = (step: IvrStep | undefined): string[] => (step?.do === "queue" ? targets({ ...step, keys: {} }) : targets(step));

function speaks(step: IvrStep | undefined): string | null {
  switch (step?.do) {
    case "say": return "nobody hears what is said here";
    case "menu": return "nobody hears this menu or can press a key";
    case "callback": return "nobody hears this offer or can press a key";
    case "hang_up": return step.prompts.length > 0 ? "nobody hears what is said here" : null;
    case "set_project": return step.next ? null : "the project's own flow may speak";
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

const noStep = (path: (string | number)[], target: string, known: string[]): DeclarationProblem =>
  ({ path, message: `there is no step "${target}"`, remedy: `use one of ${known.join(", ")}, or declare it` });

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

function checkNames(key: string, step: IvrStep, names: IvrNames): DeclarationProblem[] {
  if (step.do === "queue" && !names.queues.includes(step.queue)) return [{ path: ["steps", key, "queue"], message: `there is no queue "${step.queue}"`, remedy: `use one of ${names.queues.join(", ")}` }];
  if (step.do === "set_project" && names.projects.length === 0) return [{ path: ["steps", key], message: "only the company's flow may choose a project", remedy: "transfer such callers by a queue, or move the menu to company.yaml" }];
  if (step.do === "set_project" && !names.projects.includes(step.project)) return [{ path: ["steps", key, "project"], message: `there is no project "${step.project}"`, remedy: `use one of ${names.projects.join(", ")}` }];
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
