import type { Ctx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalid, invalidField, type FieldProblem } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import type { ProcessProblem } from "../processes/index.ts";

const PROBLEMS: Partial<Record<ProcessProblem["code"], string>> = { required: "required", invalid: "field_wrong", unknown_field: "field_unknown", too_long: "field_too_long", out_of_range: "field_out_of_range", money_exact: "field_money_exact", rule_failed: "rule_failed" };
const RULES = ["policy", "refused"] as const;
const REASON = "transition_against_rules";

/** What the engine holds against a transition, in the reader's language; a policy is quoted word for word (R126). */
export function refused(ctx: Ctx, problems: ProcessProblem[]): AppError {
  const first = problems[0]!.code;
  if (first === "wrong_stage") return conflict("transition_wrong_stage");
  if (first === "not_your_role") return forbidden("transition_not_yours");
  if (first === "unknown_transition") return invalidField("transition", "transition_unknown");
  const language = readerLanguage(ctx);
  const fields = problems.map((problem) => fieldOf(problem, language));
  return invalid(fields, problems.some(({ code }) => (RULES as readonly string[]).includes(code)) ? REASON : "invalid_input");
}

function fieldOf({ field, code, title, text, params }: ProcessProblem, language: Language): FieldProblem {
  const words = text?.[language] ?? "";
  if (code === "policy") return { field, code: "policy_stops", params: { title: title?.[language] ?? "", paragraph: words } };
  if (code === "refused") return { field, code: "rule_stops", params: { message: words } };
  if (code === "unchecked") return { field, code: "item_unchecked", params: { item: words } };
  return { field: field === "transition" ? field : `input.${field}`, code: PROBLEMS[code] ?? "field_wrong", ...(params && { params }) };
}

/** A refusal by a policy or a rule, which is kept in the history. */
export const isRefusal = (error: unknown): error is AppError => error instanceof AppError && error.reason === REASON;

