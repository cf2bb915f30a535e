import type { FieldProblem } from "../../platform/errors.ts";
import type { Right } from "../access/index.ts";
import { checkValue, type FieldValue, type Process } from "../processes/index.ts";

/** As the form of a new ticket leaves it; of no process. */
const ADDRESS = "address";
const LONGEST_ADDRESS = 2_000;
const CODES: Record<string, string> = { too_long: "field_too_long", out_of_range: "field_out_of_range", money_exact: "field_money_exact" };

/**
 * What of these fields may not be changed by hand. A field that a transition asks for, accepts or sets is changed by that
 * transition alone: some of them the client is shown, and the transition is what tells the client.
 */
export const fieldsNotByHand = (process: Process, given: Record<string, unknown>): FieldProblem[] =>
  refused(process, given, new Set(Object.values(process.transitions).flatMap(({ requires, accepts, set }) => [...requires.map(({ field }) => field), ...accepts, ...Object.keys(set)])));

/** What of these fields a new ticket does not come with: what its process does not declare, and what only a transition computes. */
export const fieldsNotAtFirst = (process: Process, given: Record<string, unknown>): FieldProblem[] =>
  refused(process, given, new Set(Object.values(process.transitions).flatMap(({ set }) => Object.keys(set)))).map((one) => (one.code === "field_unknown" ? { ...one, code: "field_undeclared" } : one));

function refused(process: Process, given: Record<string, unknown>, closed: ReadonlySet<string>): FieldProblem[] {
  return Object.entries(given).flatMap(([key, value]): FieldProblem[] => {
    if (key === ADDRESS) return JSON.stringify(value).length > LONGEST_ADDRESS ? [{ field: `fields.${key}`, code: "field_too_long" }] : [];
    const declared = Object.hasOwn(process.fields, key) ? process.fields[key] : undefined;
    if (!declared || closed.has(key)) return [{ field: `fields.${key}`, code: "field_unknown" }];
    return value === null || value === "" ? [] : checkValue(key, declared, value as FieldValue).map(({ code, params }) => ({ field: `fields.${key}`, code: CODES[code] ?? "field_wrong", ...(params && { params }) }));
  });
}

/** Fields that the right to write on a ticket is not enough for. */
export const FIELD_RIGHTS = {
  ownerId: "tickets.assign", department: "tickets.assign", priority: "tickets.plan", dueAt: "tickets.plan",
  // Who sees them in part does not write over them: whose they are decides whom the client's letters reach.
  contactPhone: "clients.see_contacts", contactEmail: "clients.see_contacts", clientId: "tickets.assign",
} as const satisfies Record<string, Right>;

/** Who was shown a number in part and sends the text back would write the bullets over the number. */
export const maskedTexts = (input: { subject?: string | undefined; description?: string | undefined }): FieldProblem[] =>
  (["subject", "description"] as const).filter((field) => input[field]?.includes("•••")).map((field) => ({ field, code: "text_masked" }));

const FURTHEST_YEARS = 10;

/** Nobody means a deadline in the past, nor one whose working hours nobody could count. */
export function deadlineProblem(at: Date, now: Date): "deadline_passed" | "deadline_too_far" | null {
  if (at <= now) return "deadline_passed";
  return at.getTime() - now.getTime() > FURTHEST_YEARS * 366 * 86_400_000 ? "deadline_too_far" : null;
}
