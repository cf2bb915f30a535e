import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { checkAutomatic, checkParts } from "./processes.parts.check.rules.ts";
import { checkTimers } from "./processes.timers.check.rules.ts";
import { inForm, isFor, type Process, type Transition } from "./processes.contract.ts";

/** What the schema cannot see: names that point nowhere, stages nobody can reach or leave, automatic transitions that chase each other. */
export function checkProcess(process: Process): PlacedProblem[] {
  const stages = Object.keys(process.stages);
  const problems: PlacedProblem[] = [];
  const needStage = (stage: string, path: (string | number)[]) => {
    if (!process.stages[stage]) problems.push(problem(path, "no_stage", { name: stage, names: stages, where: "stages" }));
  };
  needStage(process.start, ["start"]);
  for (const [key, transition] of Object.entries(process.transitions)) {
    transition.from.forEach((stage, index) => needStage(stage, ["transitions", key, "from", index]));
    needStage(transition.to, ["transitions", key, "to"]);
    problems.push(...checkTransitionFields(process, key, transition), ...checkParts(process, key, transition));
  }
  process.excludes.forEach((field, index) => {
    // Fields of forms are looked at with the whole project (`checkInProject`).
    if (inForm(field) === null && process.fields[field]?.kind !== "employee") problems.push(problem(["excludes", index], "not_employee", { name: field }));
  });
  for (const [name, timer] of Object.entries(process.clocks.timers)) {
    needStage(timer.stage, ["clocks", "timers", name, "stage"]);
    problems.push(...checkTimer(process, name));
  }
  // With a broken link everything behind it would seem lost, too.
  return problems.length > 0 ? problems : [...checkWays(process), ...checkAutomatic(process), ...checkTimers(process)];
}

function checkTransitionFields(process: Process, key: string, transition: Transition): PlacedProblem[] {
  const named = [...transition.requires.flatMap((each) => [each.field, ...Object.keys(each.when ?? {})]), ...transition.accepts];
  return named.filter((field) => !process.fields[field]).map((field) => problem(["transitions", key], "no_field", { name: field, where: "fields" }));
}

function checkTimer(process: Process, name: string): PlacedProblem[] {
  const timer = process.clocks.timers[name];
  const transition = timer && process.transitions[timer.transition];
  const path = ["clocks", "timers", name, "transition"];
  if (!timer) return [];
  if (!transition) return [problem(path, "no_transition", { name: timer.transition, where: "transitions" })];
  if (!transition.from.includes(timer.stage)) return [problem(path, "not_leaving", { name: timer.transition, stage: timer.stage })];
  if (!isFor(transition, "system")) return [problem(path, "not_system", { name: timer.transition })];
  if (transition.requires.some((each) => !each.when)) return [problem(path, "timer_requires", { name: timer.transition })];
  return [];
}

function checkWays(process: Process): PlacedProblem[] {
  const transitions = Object.values(process.transitions);
  const reached = new Set([process.start]);
  // A set grows while it is walked, so this visits every stage that can be reached.
  for (const stage of reached) for (const each of transitions) if (each.from.includes(stage)) reached.add(each.to);
  return Object.entries(process.stages).flatMap(([key, stage]) => {
    const path = ["stages", key];
    if (!reached.has(key)) return [problem(path, "stage_unreached", { name: key })];
    const stuck = !stage.final && !transitions.some((each) => each.from.includes(key));
    return stuck ? [problem(path, "stage_stuck", { name: key })] : [];
  });
}
