import { Decimal, minorDigits } from "@linija/rules";
import { type Process, type ProcessField, type Transition } from "./processes.contract.ts";
import { type FieldValue, type FieldValues, type ProcessProblem } from "./processes.ticket.contract.ts";

/** Everything wrong with what was filled in for a transition, all at once. */
export function checkFields(process: Process, transition: Transition, given: FieldValues): ProcessProblem[] {
  const problems: ProcessProblem[] = [];
  const known = new Set([...transition.requires.map((requirement) => requirement.field), ...transition.accepts]);
  for (const [field, value] of Object.entries(given)) {
    const declared = process.fields[field];
    if (!declared || !known.has(field)) problems.push({ field, code: "unknown_field" });
    else if (!isEmpty(value)) problems.push(...checkValue(field, declared, value));
  }
  for (const { field, when } of transition.requires) {
    if (when && !Object.entries(when).every(([other, value]) => given[other] === value)) continue;
    if (isEmpty(given[field])) problems.push({ field, code: "required" });
  }
  return problems;
}

const isEmpty = (value: FieldValue | undefined) => value === undefined || (typeof value === "string" && value.trim() === "");

/** What is wrong with one value of a field. */
export function checkValue(field: string, declared: ProcessField, value: FieldValue): ProcessProblem[] {
  const code = problemOf(declared, value);
  return code ? [{ field, code, ...(code === "money_exact" && declared.kind === "money" && { params: { currency: declared.currency, limit: minorDigits(declared.currency) } }) }] : [];
}

type Code = ProcessProblem["code"] | null;

function problemOf(declared: ProcessField, value: FieldValue): Code {
  if (declared.kind === "number") return numberProblem(declared, value);
  if (declared.kind === "boolean") return typeof value === "boolean" ? null : "invalid";
  return typeof value === "string" ? textProblem(declared, value) : "invalid";
}

const unless = (isRight: boolean): Code => (isRight ? null : "invalid");

function textProblem(declared: Exclude<ProcessField, { kind: "number" | "boolean" }>, value: string): Code {
  switch (declared.kind) {
    case "text": return value.length > declared.max_length ? "too_long" : null;
    case "choice": return unless(Object.hasOwn(declared.options, value));
    case "moment": return unless(isMoment(value));
    case "date": return unless(isDate(value));
    case "employee": return unless(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value));
    case "money": return moneyProblem(declared, value);
    case "department": return value.length > 100 ? "too_long" : null;
  }
}

function numberProblem(declared: { min: number; max: number }, value: FieldValue): Code {
  if (typeof value !== "number" || !Number.isFinite(value)) return "invalid";
  return value < declared.min || value > declared.max ? "out_of_range" : null;
}

function moneyProblem({ currency, min, max }: Extract<ProcessField, { kind: "money" }>, value: string): Code {
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) return "invalid";
  // Shown rounded, a tenth of a cent would pass for less than it is.
  if ((value.split(".")[1]?.length ?? 0) > minorDigits(currency)) return "money_exact";
  const compared = (limit: string | undefined) => (limit === undefined ? 0 : (Decimal.parse(value) as Decimal).compare(Decimal.parse(limit) as Decimal));
  return compared(min) < 0 || compared(max) > 0 ? "out_of_range" : null;
}

const isMoment = (value: string) =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value));
const isDate = (value: string) => /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
