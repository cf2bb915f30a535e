import type { z } from "zod";
import { hasMessage, translate } from "../../platform/messages.ts";
import { fieldProblem } from "../../platform/validation.ts";
import { inAll, problem, problems, type PlacedProblem, type ProblemParams, type ToldProblem } from "./problems.contract.ts";
import { type Language } from "./texts.contract.ts";

export interface Words { message: string; remedy: string }

/** A problem in the reader's language. */
export function wordsOf(told: ToldProblem, language: Language): Words {
  const params = Object.fromEntries(Object.entries(told.params).map(([name, value]) => [name, plain(value, language)]));
  return { message: translate(language, `problem_${told.code}`, params), remedy: translate(language, `remedy_${problems[told.code][0]}`, params) };
}

/** Keys and values stand in a problem as somebody has written them: a text of hundreds of kilobytes must not come back in each of its problems. */
const MOST_CHARACTERS = 300;
const MOST_NAMES = 30;

function plain(value: ProblemParams[string], language: Language): string | number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return short(value);
  if ("en" in value) return short(value[language]);
  return value.slice(0, MOST_NAMES).map(short).join(", ") + (value.length > MOST_NAMES ? ", …" : "");
}

export const short = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS).toWellFormed()}…` : text);

/** Words nobody knows are told where they stand, not where the thing around them begins. */
export function schemaProblems(issue: z.core.$ZodIssue): PlacedProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => {
    const alone = { ...issue, keys: [key], message: `Unrecognized key: "${short(key)}"` };
    return problem([...path, key], "schema_unknown", { text: inAll((language) => inWords(alone, language)), names: [key] });
  });
  const text = inAll((language) => inWords(issue, language));
  // Zod hands over no input; that there was none stands only in its message.
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return [problem(path, "schema_missing", { text })];
  if (issue.code === "invalid_value") return [problem(path, "schema_choice", { text, names: issue.values.map(String) })];
  return [problem(path, "schema_value", { text })];
}

/**
 * A schema's own message is a key of `messages/*.yaml`. Without one zod speaks for itself in English, and what the edge says of a
 * field of a request stands in the other languages, without its full stop: a remedy follows.
 */
function inWords(issue: z.core.$ZodIssue, language: Language): string {
  if (issue.code === "invalid_key" && issue.issues[0]) return inWords(issue.issues[0], language);
  if (hasMessage(language, issue.message)) return translate(language, issue.message);
  if (language === "en") return issue.message;
  const { code, params } = fieldProblem("")({ instancePath: "", keyword: issue.code, message: issue.message, params: issue as unknown as Record<string, unknown> });
  return translate(language, code, params).replace(/\.$/, "");
}
