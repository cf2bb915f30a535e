import { MESSAGES as RULE_MESSAGES, problemText as ruleProblemText } from "@linija/rules";
import type { Params, Place, ProblemCode as RuleProblemCode } from "@linija/rules";
import type { Language, Text } from "./document.ts";
import { FIELD_MESSAGES, FORM_MESSAGES } from "./messages.ts";

export type FormProblemCode = keyof typeof FORM_MESSAGES;

/** Why a form is refused when it is saved. Codes of expressions and of YAML are those of the language of rules. */
export interface FormProblem extends Place {
  code: FormProblemCode | RuleProblemCode;
  params: Params;
  /** The place in the document: `["schema", "properties", "phone", "pattern"]`. */
  path: readonly (string | number)[];
}

export type FieldProblemCode = keyof typeof FIELD_MESSAGES;

/** What is wrong with a value. */
export interface FieldProblem {
  /** The place in the data: `equipment.0.price`; empty for the whole. */
  path: string;
  code: FieldProblemCode;
  params: Params;
  /** Of `check`: the form's own words. */
  text?: Text;
}

const fill = (text: string, params: Params): string => text.replace(/\{(\w+)\}/g, (_, key: string) => String(params[key] ?? ""));

/** Why a form is refused, as a sentence. */
export function formProblemText(problem: Pick<FormProblem, "code" | "params">, language: Language): string {
  const { code, params } = problem;
  if (Object.hasOwn(FORM_MESSAGES, code)) return fill(FORM_MESSAGES[code as FormProblemCode][language], params);
  return Object.hasOwn(RULE_MESSAGES, code) ? ruleProblemText({ code: code as RuleProblemCode, params }, language) : code;
}

/** What is wrong with a value, as a sentence that says what to do. */
export function fieldProblemText(problem: Pick<FieldProblem, "code" | "params" | "text">, language: Language): string {
  return problem.text ? problem.text[language] : fill(FIELD_MESSAGES[problem.code][language], problem.params);
}
