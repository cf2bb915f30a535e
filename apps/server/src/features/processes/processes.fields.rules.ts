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

function checkValue(field: string, declared: ProcessField, value: FieldValue): ProcessProblem[] {
  if (declared.kind === "number") return checkNumber(field, declared, value);
  if (declared.kind === "boolean") return typeof value === "boolean" ? [] : [{ field, code: "invalid" }];
  if (typeof value !== "string") return [{ field, code: "invalid" }];
  if (declared.kind === "text") return value.length > declared.max_length ? [{ field, code: "too_long" }] : [];
  if (declared.kind === "choice") return Object.hasOwn(declared.options, value) ? [] : [{ field, code: "invalid" }];
  if (declared.kind === "moment") return isMoment(value) ? [] : [{ field, code: "invalid" }];
  return value.length > 100 ? [{ field, code: "too_long" }] : [];
}

function checkNumber(field: string, declared: { min: number; max: number }, value: FieldValue): ProcessProblem[] {
  if (typeof value !== "number" || !Number.isFinite(value)) return [{ field, code: "invalid" }];
  return value < declared.min || value > declared.max ? [{ field, code: "out_of_range" }] : [];
}

const isMoment = (value: string) =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value));
