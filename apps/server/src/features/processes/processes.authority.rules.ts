import { Decimal } from "@linija/rules";
import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { type Authority, type AuthorityRole, authorityRoles, type Limit } from "./processes.authority.contract.ts";
import { type Amount } from "./processes.ticket.contract.ts";

/** What may be decided alone: everything, up to an amount or number, or nothing (null). */
export type Allowance = "any" | Amount | null;

const ROLES: Readonly<Record<string, AuthorityRole>> = { department_worker: "department", ...Object.fromEntries(authorityRoles.map((role) => [role, role])) };

/** The widest of what these roles (as sign-in or as processes name them) may decide. */
export function allowanceOf(authority: Authority | null, deed: string, roles: readonly string[]): Allowance {
  const limits = authority?.deeds[deed]?.limits;
  if (!limits) return null;
  return roles.map((role) => (ROLES[role] ? allowance(limits[ROLES[role]]) : null)).reduce<Allowance>((most, one) => (isWider(one, most) ? one : most), null);
}

/** Whether an amount (null: the deed as such) stays within what is allowed. Of two currencies none is within the other. */
export function isWithin(allowed: Allowance, amount: Amount | null): boolean {
  if (allowed === null || allowed === "any") return allowed === "any";
  if (amount === null) return false;
  if (typeof allowed === "number" || typeof amount === "number") return typeof allowed === "number" && typeof amount === "number" && amount <= allowed;
  return allowed.currency === amount.currency && compare(amount.amount, allowed.amount) <= 0;
}

export function isSameAmount(one: Amount | null, other: Amount | null): boolean {
  if (one === null || other === null || typeof one === "number" || typeof other === "number") return one === other;
  return one.currency === other.currency && compare(one.amount, other.amount) === 0;
}

type Limits = Authority["deeds"][string]["limits"];
const unitsOf = (limits: Limits): Set<string> => new Set(Object.values(limits).map(allowance).flatMap((limit) => (limit === null || limit === "any" ? [] : typeof limit === "number" ? ["number"] : [limit.currency])));
/** What the limits of each deed are in: a currency, `number`, or null: nothing is measured there. */
export const unitsOfDeeds = ({ deeds }: Authority): Record<string, string | null> => Object.fromEntries(Object.entries(deeds).map(([key, { limits }]) => [key, [...unitsOf(limits)][0] ?? null]));

export function checkAuthority(authority: Authority): PlacedProblem[] {
  return Object.entries(authority.deeds).flatMap(([key, { limits }]) => {
    const units = unitsOf(limits);
    return units.size > 1 ? [problem(["deeds", key, "limits"], "limits_differ", { names: [...units] })] : [];
  });
}

const compare = (one: string, other: string): number => (Decimal.parse(one) as Decimal).compare(Decimal.parse(other) as Decimal);

function allowance(limit: Limit | undefined): Allowance {
  if (limit === undefined || limit === "none") return null;
  if (limit === "any" || typeof limit === "number") return limit;
  const [amount = "", currency = ""] = limit.split(" ");
  return { amount, currency };
}

function isWider(one: Allowance, than: Allowance): boolean {
  if (one === null || than === "any") return false;
  return than === null || one === "any" || !isWithin(than, one);
}
