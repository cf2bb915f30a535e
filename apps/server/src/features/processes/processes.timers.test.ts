import { expect, test } from "vitest";
import { wordsOf } from "../projects/index.ts";
import { checkProcess, processSchema } from "./index.ts";

const words = (text: string) => ({ en: text, ru: `${text} (ru)`, sl: `${text} (sl)` });
type Timers = Record<string, [stage: string, hours: number, transition: string]>;

/** Three stages in a ring, each left by the system, and a way out for people. */
function ring(timers: Timers, automatic: string[] = []) {
  const stage = (text: string) => ({ name: words(text), client_sees: "in_work" });
  const go = (key: string, from: string, to: string) => ({ [key]: { name: words(key), from: [from], to, who: ["system", "operator"], ...(automatic.includes(key) && { automatic: { when: "true" } }) } });
  return processSchema.parse({
    key: "ring", name: words("Ring"), start: "one", stages: { one: stage("One"), two: stage("Two"), three: stage("Three"), end: { ...stage("End"), client_sees: "closed", clock: "stopped", final: true } },
    transitions: { ...go("first", "one", "two"), ...go("second", "two", "three"), ...go("third", "three", "one"), ...go("back", "two", "one"), ...go("same", "one", "one"), ...go("finish", "two", "end") },
    clocks: { deadline_hours: null, timers: Object.fromEntries(Object.entries(timers).map(([name, [at, after_hours, transition]]) => [name, { stage: at, after_hours, transition }])) },
  });
}
const told = (process: ReturnType<typeof ring>) => checkProcess(process).map(({ path, ...problem }) => [path.join("."), wordsOf(problem, "en").message]);
const at = (name: string, way: string) => [`clocks.timers.${name}.after_hours`, `timer "${name}" brings the ticket back to where it began by itself (${way}), again and again`];

test.each<[string, Timers, string[], string[][]]>([
  ["two timers chase each other", { x: ["one", 0.00001, "first"], y: ["two", 0.5, "back"] }, [], [at("x", "one → two → one"), at("y", "two → one → two")]],
  ["a timer and an automatic transition do", { x: ["one", 0.9, "first"] }, ["back"], [at("x", "one → two → one")]],
  ["a timer leads to its own stage", { x: ["one", 0.1, "same"] }, [], [at("x", "one → one")]],
  ["the round has several stages, some of them passed at once", { x: ["one", 0.3, "first"], z: ["three", 0.3, "third"] }, ["second"], [at("x", "one → two → three → one"), at("z", "three → one → two → three")]],
  ["a slower way is there beside a quicker one", { x: ["one", 0.3, "first"], y: ["two", 5, "back"], z: ["three", 0.3, "third"] }, ["second"], [at("x", "one → two → three → one"), at("z", "three → one → two → three")]],
])("R114 a process is refused, at the timer's place, when %s in less than an hour", (_title, timers, automatic, problems) => {
  expect(told(ring(timers, automatic))).toEqual(problems);
});

test.each<[string, Timers, string[]]>([
  ["a round that takes an hour altogether", { x: ["one", 0.5, "first"], y: ["two", 0.5, "back"] }, []],
  ["a quick timer after which somebody has to act", { x: ["one", 0.001, "first"] }, []],
  ["a quick timer that ends the work", { x: ["two", 0.001, "finish"] }, []],
  ["a reminder every hour", { x: ["one", 1, "same"] }, []],
])("R114 %s is taken", (_title, timers, automatic) => {
  expect(told(ring(timers, automatic))).toEqual([]);
});
