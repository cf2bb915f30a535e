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
  const sources = ["../ivr/ivr.contract.ts", "../projects/projects.contract.ts", "../projects/texts.contract.ts", "../processes/processes.authority.contract.ts", "../processes/processes.contract.ts", "../guides/guides.declaration.contract.ts"];
  const keys = sources.flatMap((source) => [...readFileSync(new URL(source, import.meta.url), "utf8").matchAll(/"(schema_\w+)"/g)].map((match) => match[1]!));
  expect(keys.length).toBeGreaterThan(10);
  for (const language of languages) expect(keys.filter((key) => !hasMessage(language, key))).toEqual([]);
});

describe("a mistake is told in the reader's language, at its place", () => {
  const found = (file: string, change: (text: string) => string): FileProblem => {
    const before = texts.get(file)!;
    const after = change(before);
    expect(after, "the test changes nothing").not.toBe(before);
    const read = readDeclarations(new Map([...texts, [file, after]]), { kinds: textKinds, projects: [file.startsWith("energy/") ? "energy" : "internet"] });
    const problem = read.ok ? undefined : read.problems.find((each) => each.file === file);
    expect(problem, read.ok ? "taken" : describeProblems(read)).toBeDefined();
    return problem!;
  };
  const said = (problem: FileProblem, language: Language) => Object.values(wordsOf(problem.told, language)).join(" → ");
  const cyrillic = /[а-яё]{4,}/i;
  /** Names of keys and files may follow one another; three words in a row are a sentence. */
  const latin = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/i;
  const english = /\b(the|there|this|correct|remove|use)\b/i;

  test.each<[string, string, (text: string) => string, string, RegExp, RegExp]>([
    ["a process with a stage nobody declared", "internet/processes/fault.yaml", (text) => text.replace(/^start: \w+/m, "start: nowhere"), "start", /нет этапа «nowhere» → допустимы: /, /ni faze »nowhere« → uporabite eno od: /],
    ["a process that sends a notice nobody wrote", "internet/processes/fault.yaml", (text) => text.replace("notice: outage", "notice: storm"), "transitions.", /нет сообщения «storm» → /, /ni sporočila »storm« → /],
    ["a form under another name", "internet/forms/fault.yaml", (text) => text.replace(/^key: fault/m, "key: defect"), "key", /«defect».*«fault» → /, /»defect«.*»fault« → /],
    ["a form that is no form", "internet/forms/fault.yaml", (text) => text.replace(/^schema:/m, "schemas:"), "", /исправьте; конструктор форм покажет место/, /urejevalnik obrazcev/],
    ["a rule with a name nothing has", "internet/rules/regular-client.yaml", (text) => text.replace(/^when:.*$/m, "when: ticket.nubmer > 5"), "", /nubmer.* → исправьте выражение/s, /nubmer.* → popravite izraz/s],
    ["a type with a process that is not there", "internet/types.yaml", (text) => text.replace("process: fault", "process: nowhere"), "types.", /нет процесса «nowhere» → допустимы: /, /ni postopka »nowhere« → uporabite eno od: /],
    ["a missing translation", "internet/queues.yaml", (text) => text.replace(/, sl: [^,}]+\}/, " }"), "skills.", /Не указано; нужно: текст → добавьте/, /Manjka; pričakovano: besedilo → dodajte/],
    ["hours that overlap", "internet/calendar.yaml", (text) => text.replace(/\["(\d\d:\d\d)-[^\]]*\]/, '["08:00-12:00", "11:00-14:00"]'), "weekly.", /часы одного дня должны идти по порядку.* → исправьте значение/, /ure enega dne morajo biti po vrsti.* → popravite vrednost/],
    ["a word nobody knows", "internet/project.yaml", (text) => `${text}\ncolor: red\n`, "color", /color здесь не предусмотрено → уберите или исправьте color/, /color tu ni znan → odstranite ali popravite color/],
    ["a guide's step without a way on", "internet/guides/no-internet.yaml", (text) => text.replace(/^start: .*$/m, "start: nowhere"), "start", /нет шага «nowhere» → /, /ni koraka »nowhere« → /],
    ["a menu of a step that is not there", "internet/ivr.yaml", (text) => text.replace("next: known }", "next: unknown }"), "steps.welcome", /нет шага «unknown» → допустимы: .*; или опишите его/, /ni koraka »unknown« → uporabite eno od: .*; ali ga opišite/],
    ["a menu that goes round in silence", "internet/ivr.yaml", (text) => text.replace("language: ru, next: hours", "language: ru, next: russian"), "steps.russian", /возвращается к этому шагу/, /se vrne na ta korak/],
    ["a step no caller comes to", "internet/ivr.yaml", (text) => `${text}  lost: { do: hang_up, prompts: [goodbye] }\n`, "steps.lost", /к шагу «lost» не ведёт ни один/, /do koraka »lost« ne vodi nobena pot/],
    ["a menu's queue that is not there", "internet/ivr.yaml", (text) => text.replace("queue: internet-sales", "queue: sales"), "steps.sales.queue", /нет очереди «sales» → допустимы: /, /ni čakalne vrste »sales« → uporabite eno od: /],
    ["a project chosen by a project's own menu", "internet/ivr.yaml", (text) => text.replace("closed: { do: say, prompts: [closed_now], next: callback }", "closed: { do: set_project, project: shop, next: callback }"), "steps.closed", /только меню компании → переводите/, /le meni podjetja → take klicatelje/],
    ["a menu on a line that only rings", "internet/ivr.yaml", (text) => text.replace(/^start: /m, "answer: by_operator\nstart: "), "steps.", /только гудки.* → ведите звонок мимо/, /le zvoni.* → klicatelje vodite mimo/],
    ["a key no telephone has", "internet/ivr.yaml", (text) => text.replace('"2": sales', '"22": sales'), "steps.topic.keys.22", /одна клавиша телефона.* → исправьте/, /ena tipka telefona.* → popravite/],
    ["a hook of a type that is not there", "energy/webhooks_in.yaml", (text) => text.replace("type: alarm", "type: alert"), "hooks.0.type", /нет вида заявки «alert» → /, /ni vrste zahtevka »alert« → /],
    ["a hook that reads what is not sent", "energy/webhooks_in.yaml", (text) => text.replace('same: body.object + "/"', 'same: body.thing + "/"'), "hooks.0.same", /thing.*\(1:6\) → исправьте выражение/, /thing.*\(1:6\) → popravite izraz/],
    ["a hook that fills in what the form has not", "energy/webhooks_in.yaml", (text) => text.replace("      unit: body.unit", "      units: body.unit"), "hooks.0.form.units", /нет поля «units» → допустимы: /, /ni polja »units« → uporabite eno od: /],
    ["a hook that fills in a process without fields", "energy/webhooks_in.yaml", (text) => text.replace("    form:\n", "    fields: { nothing: body.unit }\n    form:\n"), "hooks.0.fields.nothing", /поля? «nothing»/, /polja »nothing«/],
    ["a hook's value of a name that expressions cannot read", "energy/webhooks_in.yaml", (text) => text.replace("      source: { type: text, max: 100 }", "      source: { type: text, max: 100 }\n      true: { type: text }"), "hooks.0.body.true", /«true» не может быть именем.* → первой/, /»true« ne more biti ime.* → najprej/],
    ["two hooks of one name", "energy/webhooks_in.yaml", (text) => `${text}${text.slice(text.indexOf("hooks:\n") + "hooks:\n".length)}`, "hooks.1.key", /«telemetry» встречается здесь дважды → дайте/, /»telemetry« je tu zapisano dvakrat → /],
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
    expect(said(problem, "ru"), "a Latin sentence").not.toMatch(latin);
  });

  test.each<[string, (text: string) => string, RegExp, RegExp]>([
    ["a tab", (text) => text.replace("\n  welcome:", "\n\twelcome:"), /отступ сделан табуляцией/, /zamik je narejen s tabulatorjem/],
    ["a line that stands out", (text) => text.replace("\n  closed:", "\n   closed:"), /отступ не совпадает|ключ должен|знак стоит/, /zamik se ne ujema|ključ mora|znak je/],
    ["an open quote", (text) => text.replace('"2": sales }', '"2: sales }'), /нет закрывающей кавычки/, /manjka zaključni narekovaj/],
    ["an open bracket", (text) => text.replace('"3": english }', '"3": english'), /нет закрывающей скобки|нет запятой|знак стоит/, /manjka zaklepaj|manjka vejica|znak je/],
    ["a key without a colon", (text) => text.replace("\n    retries: 1", "\n    retries 1"), /нет двоеточия и значения|ключ должен/, /manjkata dvopičje in vrednost|ključ mora/],
    ["a second colon", (text) => text.replace("timeout_s: 5", "timeout_s: 5: 6"), /второе двоеточие/, /drugo dvopičje/],
    ["a sign nothing begins with", (text) => text.replace("timeout_s: 5", "timeout_s: @5"), /не может начинаться с этого знака/, /ne more začeti s tem znakom/],
    ["an unknown escape", (text) => text.replace("timeout_s: 5", 'timeout_s: "\\q"'), /обратной косой черты/, /levo poševnico/],
    ["an alias of nothing", (text) => text.replace("timeout_s: 5", "timeout_s: *nowhere"), /псевдоним \(\*\) называет якорь/, /vzdevek \(\*\) navaja sidro/],
    ["a key twice", (text) => text.replace("\n    retries: 1", "\n    retries: 1\n    retries: 2"), /ключи должны быть разными/, /ključi morajo biti enolični/],
    ["two documents", (text) => `${text}---\na: 1\n`, /два документа/, /dva dokumenta/],
  ])("YAML with %s", (_title, change, russian, slovenian) => {
    const problem = found("internet/ivr.yaml", change);
    expect(problem.line).toBeGreaterThan(0);
    expect(said(problem, "ru")).toMatch(russian);
    expect(said(problem, "sl")).toMatch(slovenian);
    expect(said(problem, "ru"), "a Latin sentence").not.toMatch(latin);
    for (const language of ["ru", "sl"] as const) expect(said(problem, language)).not.toMatch(english);
  });
});

describe("a text made to exhaust the server is refused in a few lines", () => {
  const read = (text: string) => {
    const result = readDeclarations(new Map([...texts, ["internet/processes/hostile.yaml", text]]), { kinds: textKinds, projects: ["internet"] });
    return result.ok ? [] : result.problems;
  };
  const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join("\n");

  test("twenty thousand unknown words: a hundred are told, each by itself, and how many more there are", () => {
    const told = read(lines(20_000, (index) => `k${index}: 1`));
    expect(told).toHaveLength(101);
    expect(told.some(({ path, line, message }) => path === "k7" && line === 8 && message === "k7 is not known here")).toBe(true);
    expect(languages.map((language) => wordsOf(told.at(-1)!.told, language).message)).toEqual([expect.stringMatching(/^more problems .*: 199\d\d$/), expect.stringMatching(/: 199\d\d$/), expect.stringMatching(/: 199\d\d$/)]);
    expect(JSON.stringify(told).length).toBeLessThan(100_000);
  });

  test("names and values as long as the text itself are cut where they are told", () => {
    expect(JSON.stringify(read(`${"k".repeat(200_000)}: 1\nkey: ${"v".repeat(200_000)}\n`)).length).toBeLessThan(20_000);
    expect(JSON.stringify(read(`${texts.get("internet/processes/fault.yaml")}\nstages2: 1\n`.replace(/^start: .*/m, `start: ${"s".repeat(100_000)}`))).length).toBeLessThan(20_000);
  });

  test.each([
    ["question marks in a line", "? ".repeat(3_000)], ["question marks and dashes", `a:\n  ${"? - ".repeat(3_000)}`], ["tabs", "-\t".repeat(3_000)], ["questions by indentation", lines(400, (index) => `${" ".repeat(index)}?`)],
    ["keys by indentation", lines(700, (index) => `${" ".repeat(index)}k:`)], ["brackets", "[{? ".repeat(1_000)], ["a key and question marks", "a: ? ".repeat(2_000)],
  ])("%s without end are nested too deeply, told with the line before anybody parses them", (_, text) => {
    const told = read(text).filter(({ file }) => file.endsWith("hostile.yaml"));
    expect(told.map(({ told: { code }, line }) => [code, line! > 0])).toEqual([["nested", true]]);
  });
});

describe("a name that every object of the program's language has leads nowhere and is nobody's key", () => {
  const N = "{ en: A, ru: А, sl: A }";
  const own = (more: string, timers = "{}") => `key: fault\nname: ${N}\nstart: a\nstages:\n  a: { name: ${N}, client_sees: received }\n  b: { name: ${N}, client_sees: closed, final: true }\nfields: {}\ntransitions:\n  go: { name: ${N}, from: [a], to: b, who: [operator, system]${more} }\nclocks: { deadline_hours: null, timers: ${timers} }\n`;
  const task = (more: string) => `, subtasks: [{ key: s, subject: ${N}, ${more} }]`;
  test.each<[string, string, string?]>([
    ["a required field", own(", requires: [constructor]")], ["an accepted field", own(", accepts: [constructor]")], ["a checklist", own(", checklist: constructor")], ["a policy", own(", guards: [{ rule: 'false', policy: constructor }]")],
    ["a computed field", own(", set: { constructor: '1' }")], ["a notice", own(", notice: constructor")], ["the field of an answer", own(task(`department: crews, task: ${N}, answer: constructor`))], ["the type of a task", own(task(`type: constructor, department: crews, task: ${N}`))],
    ["a way back", own(", approval: { deed: refund, refused: constructor }")], ["a timer's transition", own("", "{ t: { stage: a, after_hours: 1, transition: constructor } }")], ["a stage", own("").replace("start: a", "start: constructor")],
    ["a process", own("").replace("key: fault", "key: constructor")],
  ])("%s called constructor is refused in the reader's language", (_, text, words = "ta beseda je zasedena: izberite drug ključ") => {
    const result = readDeclarations(new Map([...texts, ["internet/processes/fault.yaml", text]]), { kinds: textKinds, projects: ["internet"] });
    const told = result.ok ? [] : result.problems.filter(({ file }) => file === "internet/processes/fault.yaml").map((problem) => wordsOf(problem.told, "sl").message);
    expect(told).toContain(words);
  });
});

describe("a process that reads its form is saved before the type that joins the two", () => {
  const N = "{ en: A, ru: А, sl: A }";
  const process = (field: string, excludes = "[]") => `key: refit\nname: ${N}\nstart: a\nstages:\n  a: { name: ${N}, client_sees: received }\n  b: { name: ${N}, client_sees: closed, final: true }\ntransitions:\n  go: { name: ${N}, from: [a], to: b, who: [operator], guards: [{ rule: 'form.${field}', message: ${N} }] }\nexcludes: ${excludes}\nclocks: { deadline_hours: null }\n`;
  const form = `key: refit\nname: ${N}\nschema:\n  properties:\n    agreed: { type: boolean, x-name: ${N} }\n`;
  const typed = texts.get("internet/types.yaml")!.replace(/^ {2}- key: fault\b[\s\S]*?(?=^ {2}- key: |(?![\s\S]))/m, (fault) => `${fault.trimEnd()}\n${fault.replace("key: fault", "key: refit").replace(/process: \S+/, "process: refit").replace(/form: \S+/, "form: refit").trimEnd()}\n`);
  const read = (field: string, more: [string, string][] = []) => {
    const result = readDeclarations(new Map([...texts, ["internet/forms/refit.yaml", form], ["internet/processes/refit.yaml", process(field)], ...more]), { kinds: textKinds, projects: ["internet"] });
    return result.ok ? [] : result.problems.filter(({ file }) => file.startsWith("internet/")).map(({ file, path, message }) => `${file} ${path} ${message}`);
  };
  test("its conditions are judged by all forms until then, and by that of its type afterwards", () => {
    expect(typed).toContain("process: refit");
    expect(read("agreed")).toEqual([]);
    expect(read("agreed", [["internet/types.yaml", typed]])).toEqual([]);
    expect(read("agred")).toEqual([expect.stringMatching(/processes\/refit\.yaml transitions\.go\.guards\.0.*agred/)]);
    expect(read("agred", [["internet/types.yaml", typed]])).toEqual([expect.stringMatching(/processes\/refit\.yaml transitions\.go\.guards\.0.*agred/)]);
  });
});
