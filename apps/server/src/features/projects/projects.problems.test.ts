import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasMessage, translate } from "../../platform/messages.ts";
import { textKinds } from "../../kinds.ts";
import { problems, type ProblemCode } from "./problems.contract.ts";
import { describeProblems, readDeclarations, readFolder, wordsOf, type FileProblem, type Language } from "./index.ts";
import { languages } from "./texts.contract.ts";

const root = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const { texts } = await readFolder(root);

test.each(Object.keys(problems) as ProblemCode[])("%s and its remedy have words in every language, filled with the same", (code) => {
  const [remedy, ...params] = problems[code] as readonly [string, ...string[]];
  for (const language of languages) {
    expect([hasMessage(language, `problem_${code}`), hasMessage(language, `remedy_${remedy}`)], language).toEqual([true, true]);
    const filled = translate(language, `problem_${code}`, Object.fromEntries(params.map((name) => [name, `<${name}>`]))) + translate(language, `remedy_${remedy}`, Object.fromEntries(params.map((name) => [name, `<${name}>`])));
    expect(params.filter((name) => !filled.includes(`<${name}>`)), language).toEqual([]);
  }
});

test("no text of a problem is left that no problem has", () => {
  const known = new Set([...Object.keys(problems).map((code) => `problem_${code}`), ...Object.values(problems).map(([remedy]) => `remedy_${remedy}`)]);
  const written = [...readFileSync(new URL("../../messages/en.yaml", import.meta.url), "utf8").matchAll(/^((?:problem|remedy)_\w+):/gm)].map((match) => match[1]!);
  expect(written.filter((key) => !known.has(key))).toEqual([]);
});

test("a schema's own words are keys with a text in every language", () => {
  const sources = ["../projects/projects.contract.ts", "../projects/texts.contract.ts", "../processes/processes.authority.contract.ts", "../processes/processes.contract.ts", "../guides/guides.declaration.contract.ts"];
  const keys = sources.flatMap((source) => [...readFileSync(new URL(source, import.meta.url), "utf8").matchAll(/"(schema_\w+)"/g)].map((match) => match[1]!));
  expect(keys.length).toBeGreaterThan(10);
  for (const language of languages) expect(keys.filter((key) => !hasMessage(language, key))).toEqual([]);
});

describe("a mistake is told in the reader's language, at its place", () => {
  const found = (file: string, change: (text: string) => string): FileProblem => {
    const before = texts.get(file)!;
    const after = change(before);
    expect(after, "the test changes nothing").not.toBe(before);
    const read = readDeclarations(new Map([...texts, [file, after]]), { kinds: textKinds, projects: ["internet"] });
    const problem = read.ok ? undefined : read.problems.find((each) => each.file === file);
    expect(problem, read.ok ? "taken" : describeProblems(read)).toBeDefined();
    return problem!;
  };
  const said = (problem: FileProblem, language: Language) => Object.values(wordsOf(problem.told ?? problem, language)).join(" → ");
  const cyrillic = /[а-яё]{4,}/i;
  const english = /\b(the|there|this|correct|remove|use)\b/i;

  test.each<[string, string, (text: string) => string, string, RegExp, RegExp]>([
    ["a process with a stage nobody declared", "internet/processes/fault.yaml", (text) => text.replace(/^start: \w+/m, "start: nowhere"), "start", /нет этапа «nowhere» → допустимы: /, /ni faze »nowhere« → uporabite eno od: /],
    ["a process that sends a notice nobody wrote", "internet/processes/fault.yaml", (text) => text.replace("notice: outage", "notice: storm"), "transitions.", /нет сообщения «storm» → /, /ni sporočila »storm« → /],
    ["a form under another name", "internet/forms/fault.yaml", (text) => text.replace(/^key: fault/m, "key: defect"), "key", /«defect».*«fault» → /, /»defect«.*»fault« → /],
    ["a form that is no form", "internet/forms/fault.yaml", (text) => text.replace(/^schema:/m, "schemas:"), "", /исправьте; конструктор форм покажет место/, /urejevalnik obrazcev/],
    ["a rule with a name nothing has", "internet/rules/regular-client.yaml", (text) => text.replace(/^when:.*$/m, "when: ticket.nubmer > 5"), "", /nubmer.* → исправьте выражение/s, /nubmer.* → popravite izraz/s],
    ["a type with a process that is not there", "internet/types.yaml", (text) => text.replace("process: fault", "process: nowhere"), "types.", /нет процесса «nowhere» → допустимы: /, /ni postopka »nowhere« → uporabite eno od: /],
    ["a missing translation", "internet/queues.yaml", (text) => text.replace(/, sl: [^,}]+\}/, " }"), "queues.", /Заполните это поле → добавьте/, /Izpolnite to polje → dodajte/],
    ["hours that overlap", "internet/calendar.yaml", (text) => text.replace(/\["(\d\d:\d\d)-[^\]]*\]/, '["08:00-12:00", "11:00-14:00"]'), "weekly.", /часы одного дня должны идти по порядку.* → исправьте значение/, /ure enega dne morajo biti po vrsti.* → popravite vrednost/],
    ["a word nobody knows", "internet/project.yaml", (text) => `${text}\ncolor: red\n`, "color", /Здесь неизвестно: color → уберите или исправьте color/, /Tu ni znano: color → odstranite ali popravite color/],
    ["a guide's step without a way on", "internet/guides/no-internet.yaml", (text) => text.replace(/^start: .*$/m, "start: nowhere"), "start", /нет шага «nowhere» → /, /ni koraka »nowhere« → /],
    ["a document of a type that is not there", "internet/documents/connection-order.yaml", (text) => text.replace(/^types: .*$/m, "types: [nowhere]"), "types.0", /нет вида заявки «nowhere» → /, /ni vrste zahtevka »nowhere« → /],
  ])("%s", (_title, file, change, ...[path, russian, slovenian]) => {
    const problem = found(file, change);
    expect(problem.path).toContain(path);
    expect(problem.line).toBeGreaterThan(0);
    expect(said(problem, "en")).toBe(`${problem.message} → ${problem.remedy}`);
    expect(said(problem, "ru")).toMatch(russian);
    expect(said(problem, "sl")).toMatch(slovenian);
    expect(said(problem, "sl")).not.toMatch(cyrillic);
    for (const language of ["ru", "sl"] as const) expect(said(problem, language)).not.toMatch(english);
  });
});
