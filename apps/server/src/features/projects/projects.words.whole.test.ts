import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Document, isMap, isSeq, parseDocument } from "yaml";
import type { z } from "zod";
import { textKinds } from "../../kinds.ts";
import { ivrFlowSchema } from "../ivr/index.ts";
import { processSchema } from "../processes/index.ts";
import { problem, readFolder, wordsOf, type KindProblem, type Language } from "./index.ts";
import { calendarSchema, companySchema, dispositionsFileSchema, namesFileSchema, noticesFileSchema, peopleFileSchema, projectSchema, queuesFileSchema, scenesFileSchema, typesFileSchema } from "./projects.contract.ts";
import { makeReader, readDeclaration } from "./projects.read.ts";

const { texts } = await readFolder(fileURLToPath(new URL("../../../../../projects", import.meta.url)));

const schemas: Record<string, z.ZodType> = {
  "company.yaml": companySchema, "demo/people.yaml": peopleFileSchema, "demo/names.yaml": namesFileSchema, "demo/scenes.yaml": scenesFileSchema, "project.yaml": projectSchema, "calendar.yaml": calendarSchema,
  "queues.yaml": queuesFileSchema, "ivr.yaml": ivrFlowSchema, "types.yaml": typesFileSchema, "dispositions.yaml": dispositionsFileSchema, "notices.yaml": noticesFileSchema,
};

/** What a text says that is read by itself: of its schema, or of the feature it belongs to. */
function read(file: string, text: string): readonly KindProblem[] {
  const [folder = "", ...rest] = file.split("/");
  const path = rest.join("/");
  const kind = textKinds.find(({ at }) => at === path || path.startsWith(`${at}/`));
  if (kind) return kind.read(text, { key: path.slice(path.lastIndexOf("/") + 1, -".yaml".length), projectKey: folder }).problems;
  const schema = path.startsWith("processes/") ? processSchema : schemas[file] ?? schemas[path];
  const reader = makeReader(new Map([[file, text]]));
  readDeclaration(reader, file, schema!);
  return reader.problems.map(({ told, path: at, line }) => ({ ...told, path: at.split("."), line }));
}

type Path = (string | number)[];
/** Every kind of place of a document once or twice: however many steps there are, they are of one shape. */
function placesOf(document: Document): Path[] {
  const places = new Map<string, Path>();
  const walk = (node: unknown, path: Path): void => {
    if (path.length > 0) places.set(path.map((part) => (typeof part === "number" ? "#" : part)).join("."), path);
    if (isMap(node)) {
      const isRecord = node.items.length > 3 && node.items.every(({ value }) => isMap(value));
      for (const { key, value } of node.items.slice(0, isRecord ? 2 : undefined)) walk(value, [...path, String((key as { value: unknown }).value)]);
    }
    if (isSeq(node)) node.items.slice(0, 2).forEach((item, index) => walk(item, [...path, index]));
  };
  walk(document.contents, []);
  return [...places.values()];
}

const WRONG: readonly (readonly [string, unknown])[] = [
  ["words", "Каша zz"], ["a number", 7], ["a fraction", -7.5], ["a huge number", 1e300], ["nothing", null], ["an empty text", ""], ["yes", true], ["an empty list", []], ["a list", ["Zz z"]], ["a list of lists", [[1]]],
  ["no keys", {}], ["an unknown key", { "Zz z": 1 }], ["a very long text", "z".repeat(20_000)],
];

const PER_PLACE = 3;

function* breakages(text: string): Generator<[string, string]> {
  const document = parseDocument(text);
  const made = (change: (copy: Document) => void): string => {
    const copy = document.clone() as Document;
    change(copy);
    return copy.toString();
  };
  let turn = 0;
  for (const path of placesOf(document)) {
    const at = path.join(".");
    yield [`${at} removed`, made((copy) => { copy.deleteIn(path); })];
    // Each place has some of them, each of them many places.
    for (const [name, value] of Array.from({ length: PER_PLACE }, () => WRONG[(turn += 1) % WRONG.length]!)) yield [`${at} is ${name}`, made((copy) => { copy.setIn(path, copy.createNode(value)); })];
    if (isMap(document.getIn(path, true))) yield [`${at} has a key more`, made((copy) => { copy.setIn([...path, "zzz"], 1); })];
  }
}

/** What schema libraries say to programmers. Words that are names in declarations (`number`, `boolean`) are theirs only beside others. */
const LIBRARY = /\b(undefined|received|Invalid|Unrecognized|expected (string|number|object|array|record|boolean|int)|Too (small|big):|\[object|NaN)|\bobject\b(?!,|\.)/;
const CYRILLIC = /[а-яё]{3,}/i;
const LATIN_SENTENCE = /\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/i;

/** Without what is quoted of the text itself, and without lists of names. */
const own = (words: string): string => words.replaceAll(/«[^»]*»|»[^«]*«|“[^”]*”|\([^)]*\)|(?:допустимы|uporabite eno od|use one of):? .*$/gi, "");

const files = [
  "company.yaml", "demo/people.yaml", "demo/names.yaml", "internet/demo/scenes.yaml", "internet/project.yaml", "internet/calendar.yaml", "internet/queues.yaml", "internet/ivr.yaml", "internet/types.yaml", "internet/dispositions.yaml",
  "internet/notices.yaml", "common/authority.yaml", "internet/places.yaml", "energy/webhooks_in.yaml", "support/duties.yaml", "internet/processes/fault.yaml", "common/processes/claim.yaml", "internet/forms/connection.yaml", "bank/forms/loan.yaml",
  "internet/guides/no-internet.yaml", "internet/documents/connection-order.yaml", "common/rules/angry-again.yaml", "common/rules/forgotten-waiting.yaml", "internet/articles/crew-is-late.yaml",
];

/** What of a problem no author should have to read. */
function faultsIn(found: KindProblem): string[] {
  const say = (language: Language) => wordsOf(problem(found.path, found.code, found.params as never), language);
  return (["en", "ru", "sl"] as const).flatMap((language) => {
    const { message, remedy } = say(language);
    const whole = own(`${message} → ${remedy}`);
    const isForeign = language === "ru" ? !CYRILLIC.test(message) || LATIN_SENTENCE.test(whole) : language === "sl" && (CYRILLIC.test(whole) || say("en").message === message);
    return message === "" || remedy === "" || isForeign || /[{}]{2}|schema_\w/.test(whole) || LIBRARY.test(whole) ? [`[${found.code}] ${language}: ${message} → ${remedy}`.slice(0, 300)] : [];
  });
}

test.each(files)("%s: every breakage of its shape is told in the reader's words, at its place", (file) => {
  const text = texts.get(file)!;
  expect(read(file, text)).toEqual([]);
  const found = [...breakages(text)].flatMap(([name, broken]) => read(file, broken).map((each) => ({ name, each })));
  expect(found.length).toBeGreaterThan(10);
  expect(found.flatMap(({ name, each }) => faultsIn(each).map((fault) => `${name} ${fault}`)).slice(0, 20)).toEqual([]);
});
