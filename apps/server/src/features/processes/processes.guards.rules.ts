import { checkFields, checkValue } from "./processes.fields.rules.ts";
import { type Process, type Transition } from "./processes.contract.ts";
import { type Authority } from "./processes.authority.contract.ts";
import { allowanceOf, isSameAmount, isWithin } from "./processes.authority.rules.ts";
import { ask, asField, holds, type Answer, type Asked, type CompiledProcess, type ProcessContext } from "./processes.expressions.rules.ts";
import { type Amount, type FieldValues, type Held, type ProcessProblem, type ProcessTicket, type Reason } from "./processes.ticket.contract.ts";

/** What the engine is told of the world around a ticket; a process without the new parts needs none of it. */
export interface World {
  compiled: CompiledProcess;
  context: ProcessContext;
  /** Checklist → items ticked. */
  checks: Readonly<Record<string, readonly string[]>>;
  authority: Authority | null;
  /** Whose limits count: roles of the mover as the matrix or the sign-in names them. */
  authorityRoles: readonly string[];
  /** What somebody with enough authority said yes to: this deed with this amount, and nothing else. */
  approved?: Approved;
}
export interface Approved { deed: string; amount: Amount | null; askedBy: string | null; decidedBy: string | null }

export interface Way { process: Process; key: string; transition: Transition; before: ProcessTicket; given: FieldValues; world: World | undefined; now: Date }
export type Passed = { ok: true; fields: FieldValues; reasons: Reason[]; held?: Held } | { ok: false; problems: ProcessProblem[] };

/**
 * Everything that may stand against a transition once its mover and stage are right: fields, checklist, policies,
 * authority. Fields are taken in and computed first, because the rest looks at them.
 */
export function pass(way: Way): Passed {
  const { process, transition, before, given } = way;
  const problems = checkFields(process, transition, given);
  if (problems.length > 0) return { ok: false, problems };
  const reasons: Reason[] = [];
  const set = compute(way, { ...before.fields, ...given }, reasons);
  if (!set.ok) return set;
  const asked = askedOf(way, set.fields);
  const against = [...unticked(way), ...stopped(way, asked, reasons)];
  if (against.length > 0) return { ok: false, problems: against };
  return decide(way, { ok: true, fields: set.fields, reasons }, asked);
}

const NOTHING: Pick<World, "compiled" | "context"> = { compiled: { expressions: new Map(), reads: [], timeZone: "UTC" }, context: {} };

export function askedOf({ process, before, world, now }: Pick<Way, "process" | "before" | "world" | "now">, fields: FieldValues = before.fields): Asked {
  const { compiled, context } = world ?? NOTHING;
  return { process, compiled, context, now, ticket: { ...before, fields } };
}

function compute(way: Way, taken: FieldValues, reasons: Reason[]): { ok: true; fields: FieldValues } | { ok: false; problems: ProcessProblem[] } {
  let fields = taken;
  for (const name of Object.keys(way.transition.set)) {
    const path = `transitions.${way.key}.set.${name}`;
    const field = way.process.fields[name];
    const answer = ask(askedOf(way, fields), path);
    const value = answer.ok && field ? asField(field, answer.value, way.world?.compiled.timeZone ?? "UTC") : undefined;
    if (!answer.ok || value === undefined || !field || (value !== "" && checkValue(name, field, value).length > 0)) return { ok: false, problems: [{ field: name, code: "rule_failed", path }] };
    fields = { ...fields, [name]: value };
    reasons.push({ what: `fields.${name}`, value, because: { kind: "rule", path, text: answer.text }, inputs: answer.inputs });
  }
  return { ok: true, fields };
}

function unticked({ process, transition, world }: Way): ProcessProblem[] {
  const { checklist } = transition;
  if (checklist === undefined) return [];
  const ticked = world?.checks[checklist] ?? [];
  return Object.entries(process.checklists[checklist]?.items ?? {}).filter(([item]) => !ticked.includes(item))
    .map(([item, text]) => ({ field: `checks.${checklist}.${item}`, code: "unchecked", text }));
}

/** A guard that cannot be computed (something it reads is empty) is not met. */
function stopped({ process, key, transition }: Way, asked: Asked, reasons: Reason[]): ProcessProblem[] {
  return transition.guards.flatMap((guard, index): ProcessProblem[] => {
    const path = `transitions.${key}.guards.${index}.rule`;
    const answer = ask(asked, path);
    if (holds(answer)) {
      reasons.push({ what: "guard", value: true, because: { kind: "policy" in guard ? "policy" : "rule", path, text: guard.rule }, inputs: answer.inputs });
      return [];
    }
    if ("message" in guard) return [{ field: "transition", code: "refused", text: guard.message, path }];
    const policy = process.policies[guard.policy];
    return [{ field: "transition", code: "policy", ...(policy && { title: policy.title, text: policy.paragraph }), path }];
  });
}

/** Within the mover's own authority it goes on, above it somebody else has to say yes. An unclear condition asks. */
function decide(way: Way, passed: Extract<Passed, { ok: true }>, asked: Asked): Passed {
  const { approval } = way.transition;
  const path = `transitions.${way.key}.approval`;
  if (!approval) return passed;
  const when = approval.when === undefined ? null : ask(asked, `${path}.when`);
  if (when?.ok && when.value !== true) return passed;
  const asks = approval.amount === undefined ? null : ask(asked, `${path}.amount`);
  const amount = asks && amountOf(asks);
  if (asks && amount === null) return { ok: false, problems: [{ field: "transition", code: "rule_failed", path: `${path}.amount` }] };
  return judged(way, passed, { deed: approval.deed, amount, path }, Object.assign({}, asks?.inputs, when?.inputs));
}

function judged({ world }: Way, passed: Extract<Passed, { ok: true }>, held: Held, read: Record<string, unknown>): Passed {
  const { value, inputs } = weigh(world, held.deed, held.amount);
  passed.reasons.push({ what: "approval", value, because: { kind: "authority", path: held.path, text: held.deed }, inputs: { ...inputs, ...read } });
  return value === "held" ? { ...passed, held } : passed;
}

function weigh(world: World | undefined, deed: string, amount: Amount | null) {
  const { authority, authorityRoles: roles, approved } = world ?? { authority: null, authorityRoles: [] };
  const limit = allowanceOf(authority, deed, roles);
  if (approved?.deed === deed && isSameAmount(approved.amount, amount)) return { value: "approved", inputs: { amount, limit, roles, asked_by: approved.askedBy, decided_by: approved.decidedBy } };
  return { value: isWithin(limit, amount) ? "within_authority" : "held", inputs: { amount, limit, roles } };
}

function amountOf(answer: Answer): Amount | null {
  const value: unknown = answer.ok ? answer.value : null;
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  const { amount, currency } = (value ?? {}) as { amount?: unknown; currency?: unknown };
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : null;
}
