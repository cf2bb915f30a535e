import { type DeclarationProblem } from "../projects/texts.contract.ts";
import { checkAutomatic, checkParts } from "./processes.parts.check.rules.ts";
import { isFor, type Process, type Transition } from "./processes.contract.ts";

/** What the schema cannot see: names that point nowhere, stages nobody can reach or leave, automatic transitions that chase each other. */
export function checkProcess(process: Process): DeclarationProblem[] {
  const stages = Object.keys(process.stages);
  const problems: DeclarationProblem[] = [];
  const needStage = (stage: string, path: (string | number)[]) => {
    if (!process.stages[stage]) problems.push({ path, message: `there is no stage "${stage}"`, remedy: `use one of ${stages.join(", ")}, or declare it under stages` });
  };
  needStage(process.start, ["start"]);
  for (const [key, transition] of Object.entries(process.transitions)) {
    transition.from.forEach((stage, index) => needStage(stage, ["transitions", key, "from", index]));
    needStage(transition.to, ["transitions", key, "to"]);
    problems.push(...checkTransitionFields(process, key, transition), ...checkParts(process, key, transition));
  }
  process.excludes.forEach((field, index) => {
    if (process.fields[field]?.kind !== "employee") problems.push({ path: ["excludes", index], message: `"${field}" is not a field of the kind employee`, remedy: "name a field that holds a colleague" });
  });
  for (const [name, timer] of Object.entries(process.clocks.timers)) {
    needStage(timer.stage, ["clocks", "timers", name, "stage"]);
    problems.push(...checkTimer(process, name));
  }
  // With a broken link everything behind it would seem lost, too.
  return problems.length > 0 ? problems : [...checkWays(process), ...checkAutomatic(process)];
}

function checkTransitionFields(process: Process, key: string, transition: Transition): DeclarationProblem[] {
  const named = [...transition.requires.flatMap((each) => [each.field, ...Object.keys(each.when ?? {})]), ...transition.accepts];
  return named.filter((field) => !process.fields[field]).map((field) => ({
    path: ["transitions", key], message: `there is no field "${field}"`, remedy: "declare it under fields or correct its name",
  }));
}

function checkTimer(process: Process, name: string): DeclarationProblem[] {
  const timer = process.clocks.timers[name];
  const transition = timer && process.transitions[timer.transition];
  const path = ["clocks", "timers", name, "transition"];
  if (!timer) return [];
  if (!transition) return [{ path, message: `there is no transition "${timer.transition}"`, remedy: "name one of this process's transitions" }];
  if (!transition.from.includes(timer.stage)) return [{ path, message: `"${timer.transition}" does not leave stage "${timer.stage}"`, remedy: "add the stage to the transition's from" }];
  if (!isFor(transition, "system")) return [{ path, message: `the system may not make "${timer.transition}"`, remedy: "add system to the transition's who" }];
  if (transition.requires.some((each) => !each.when)) return [{ path, message: `"${timer.transition}" requires fields a timer cannot fill`, remedy: "let the timer make a transition without required fields" }];
  return [];
}

function checkWays(process: Process): DeclarationProblem[] {
  const transitions = Object.values(process.transitions);
  const reached = new Set([process.start]);
  // A set grows while it is walked, so this visits every stage that can be reached.
  for (const stage of reached) for (const each of transitions) if (each.from.includes(stage)) reached.add(each.to);
  return Object.entries(process.stages).flatMap(([key, stage]) => {
    const path = ["stages", key];
    if (!reached.has(key)) return [{ path, message: `no way leads to stage "${key}"`, remedy: "add a transition to it or remove it" }];
    const stuck = !stage.final && !transitions.some((each) => each.from.includes(key));
    return stuck ? [{ path, message: `no way leads out of stage "${key}"`, remedy: "add a transition from it or mark it final" }] : [];
  });
}
