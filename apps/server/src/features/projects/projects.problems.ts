import { problemText, shapeProblems, type ShapeIssue, type ShapeProblem, shortText } from "@linija/rules";
import { translate } from "../../platform/messages.ts";
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

export const short = (text: string): string => shortText(text, MOST_CHARACTERS);

/** What a schema says of a declaration: what stands there, and what is expected. Words nobody knows are told where they stand, not where the thing around them begins. */
export const schemaProblems = (issues: readonly ShapeIssue[], content: unknown): PlacedProblem[] => issues.flatMap((issue) => shapeProblems(issue, content)).map(placed);

function placed(found: ShapeProblem): PlacedProblem {
  const { code, path, values } = found;
  if (code === "unknown_key") return problem(path, "schema_unknown", { names: [String(path.at(-1))] });
  if (!values) {
    const text = inAll((language) => inWords(found, language));
    return code === "shape_missing" ? problem(path, "schema_missing", { text }) : problem(path, "schema_value", { text });
  }
  // What may stand there is the remedy's to say.
  const alone: ShapeProblem = { ...found, ...(code === "shape_choice" && { code: "shape_unfit" }), params: { ...found.params, expected: "text" } };
  return problem(path, "schema_choice", { text: inAll((language) => inWords(alone, language)), names: values });
}

/** A schema's own message is a key of `messages/*.yaml`. Without a full stop: a remedy follows. */
const inWords = ({ code, own, params }: ShapeProblem, language: Language): string =>
  (code === "own" ? translate(language, own!, { ...params }) : problemText({ code, params }, language)).replace(/\.$/, "");
