import { cutText } from "@linija/rules";
import type { Language } from "../api.contract.ts";
import type { RunView, StepView } from "./guides.contract.ts";
import type { Guide, Step } from "./guides.declaration.contract.ts";
import { fill, standing, type Passed, type Value } from "./guides.rules.ts";
import type { Run } from "./guides.sql.ts";

/** What the words of a guide are filled with, and what its ends may propose, in the reader's language. */
export interface Around { /** The language of the client. */ spoken: Language; said: Partial<Record<string, string>>; transitions: { key: string; name: string }[]; types: { key: string; name: string }[] }

/** What is to be said now is shown in the client's language, everything else in the reader's. */
export function toRunView(run: Run, guide: Guide, language: Language, around: Around): RunView {
  return {
    id: run.id, guide: { key: guide.key, name: guide.name[language] }, state: run.state, version: run.version, outcome: run.outcome, by: run.by, startedAt: run.startedAt.toISOString(), endedAt: run.endedAt?.toISOString() ?? null,
    path: run.path.map((passed) => toPassed(guide, passed, language, around)), step: openStep(run, guide, language, around), proposes: proposalsOf(run, guide, around),
  };
}

function openStep(run: Run, guide: Guide, language: Language, around: Around): StepView | null {
  const at = run.state === "running" ? standing(guide, run.path) : null;
  const step = at === null ? undefined : guide.steps[at];
  return step && at !== null ? toStep(at, step, language, around) : null;
}

function proposalsOf(run: Run, guide: Guide, { transitions, types }: Around): RunView["proposes"] {
  const end = run.state === "ended" ? guide.steps[run.path.at(-1)?.step ?? ""]?.end : undefined;
  return { transition: transitions.find(({ key }) => key === end?.transition) ?? null, type: types.find(({ key }) => key === end?.type) ?? null };
}

const toStep = (key: string, step: Step, language: Language, { said, spoken }: Around): StepView => ({
  key, say: fill(step.say[spoken], said), language: spoken, hint: step.hint ? fill(step.hint[language], said) : "", end: step.end?.outcome ?? null, choices: step.choices.map((choice) => ({ key: choice.key, name: choice.name[language] })),
  record: step.record.map(({ field, name, kind, options, required }) => ({ field, name: name[language], kind, required, options: Object.entries(options).map(([option, text]) => ({ key: option, name: text[language] })) })),
});

function toPassed(guide: Guide, passed: Passed, language: Language, { said }: Around): RunView["path"][number] {
  const step = guide.steps[passed.step];
  return {
    step: passed.step, said: step ? fill(step.say[language], said) : passed.step, at: passed.at, choice: step?.choices.find(({ key }) => key === passed.choice)?.name[language] ?? passed.choice,
    values: Object.entries(passed.values).map(([field, value]) => ({ field, name: step?.record.find((record) => record.field === field)?.name[language] ?? field, value: shown(step, field, value, language) })),
  };
}

const shown = (step: Step | undefined, field: string, value: Value, language: Language): Value => step?.record.find((record) => record.field === field)?.options[String(value)]?.[language] ?? value;

/** The way of a talk as a note that anybody can read later. */
export function asNote(view: RunView, words: { title: string; yes: string; no: string }): string {
  const spoken = (value: Value): string => (typeof value === "boolean" ? (value ? words.yes : words.no) : String(value));
  const lines = view.path.map(({ said, choice, values }, index) => [`${index + 1}. ${cutText(said.split("\n")[0]!, 160)}`, choice ? `→ ${choice}` : "", ...values.map(({ name, value }) => `${name}: ${spoken(value)}`)].filter(Boolean).join(" "));
  return cutText([words.title, ...lines].join("\n"), 10_000);
}
