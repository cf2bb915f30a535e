import { compileExpression, problemText, type Catalogue, type Expression, type Plain, type Rights, shortText } from "@linija/rules";
import { Temporal } from "temporal-polyfill";
import { inAll, problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { type Process, type ProcessField, type Transition } from "./processes.contract.ts";
import { type FieldValue, type FieldValues, type ProcessTicket } from "./processes.ticket.contract.ts";

type Path = (string | number)[];
interface Site { path: Path; text: string; expects?: string }

/** A process with its expressions as functions. Made once for each version; one without expressions costs nothing. */
export interface CompiledProcess {
  /** By place: `transitions.pay.guards.0.rule`. */
  expressions: ReadonlyMap<string, Expression>;
  /** Every name any of them reads, so that a context is loaded only if something asks for it. */
  reads: readonly string[];
  timeZone: string;
}
export const withoutExpressions: CompiledProcess = { expressions: new Map(), reads: [], timeZone: "UTC" };

const TYPES: Readonly<Record<ProcessField["kind"], string>> = { text: "text", number: "double", choice: "text", moment: "datetime", date: "datetime", department: "text", employee: "text", boolean: "boolean", money: "money" };

const typeOf = (field: ProcessField): string => (field.kind === "money" ? `money<${field.currency}>` : TYPES[field.kind]);

/** Compiles every expression; problems name their place in the process, as a check at save shows them. */
export function compileProcess(process: Process, catalogue: Catalogue): { compiled: CompiledProcess; problems: PlacedProblem[] } {
  const expressions = new Map<string, Expression>();
  const problems: PlacedProblem[] = [];
  for (const { path, text, expects } of sitesOf(process)) {
    // An amount that is held against a limit is held against it exactly; only what a field keeps is rounded.
    const result = compileExpression(text, catalogue, { ...(expects && { expects }), stored: path[2] === "set" });
    if (result.ok) expressions.set(path.join("."), result.expression);
    else for (const found of result.problems) problems.push(problem(path, "expression_at", { text: inAll((language) => problemText(found, language)), line: found.line, column: found.column }));
  }
  const reads = [...new Set([...expressions.values()].flatMap((expression) => expression.reads))];
  return { compiled: { expressions, reads, timeZone: catalogue.timeZone }, problems };
}

export interface Author { /** Asked for only when something is new. */ catalogue: () => Catalogue; rights: Rights; /** The version in use; null: there is none. */ before: Process | null }
/** What the author may not read, among what they have written: an expression that stands in the version in use for the same purpose was not. */
export function beyondAuthor(process: Process, { catalogue, rights, before }: Author): PlacedProblem[] {
  const stood = new Set(before ? sitesOf(before).map(purposeOf) : []);
  const written = sitesOf(process).filter((site) => !stood.has(purposeOf(site)));
  if (written.length === 0) return [];
  const known = catalogue();
  return written.flatMap(({ path, text }) => {
    const result = compileExpression(text, known, { rights });
    return result.ok ? [] : result.problems.map((found) => problem(path, "expression_at", { text: inAll((language) => problemText(found, language)), line: found.line, column: found.column }));
  });
}
/** Wherever it stands: a transition may have another name, or another place. */
const purposeOf = ({ path, text }: Site): string => `${path.slice(2).filter((part) => typeof part === "string").join(".")} ${text}`;

const sitesOf = (process: Process): Site[] => Object.entries(process.transitions).flatMap(([key, transition]) =>
  sitesOfTransition(process, transition).map((site) => ({ ...site, path: ["transitions", key, ...site.path] })));

function sitesOfTransition({ fields }: Process, transition: Transition): Site[] {
  const { guards, approval, set, subtasks, automatic, visit } = transition;
  const boolean = (path: Path, text: string | undefined): Site[] => (text === undefined ? [] : [{ path, text, expects: "boolean" }]);
  return [
    ...guards.flatMap(({ rule }, index) => boolean(["guards", index, "rule"], rule)),
    ...boolean(["approval", "when"], approval?.when),
    ...(approval?.amount === undefined ? [] : [{ path: ["approval", "amount"], text: approval.amount }]),
    ...Object.entries(set).map(([field, text]): Site => ({ path: ["set", field], text, ...(fields[field] && { expects: typeOf(fields[field]) }) })),
    ...subtasks.flatMap(({ when }, index) => boolean(["subtasks", index, "when"], when)),
    ...boolean(["automatic", "when"], automatic?.when), ...boolean(["visit", "when"], visit?.when),
  ];
}

/** What expressions may read beside the ticket the engine moves; `ticket` here holds what the engine does not know (subject, owner, sub-tasks …). */
export type ProcessContext = Readonly<Record<string, unknown>> & { readonly ticket?: Readonly<Record<string, unknown>> };

export interface Asked { process: Process; compiled: CompiledProcess; context: ProcessContext; ticket: ProcessTicket; now: Date }
export type Answer = { ok: true; value: Plain; text: string; inputs: Record<string, unknown> } | { ok: false; problem: string; text: string; inputs: Record<string, unknown> };

/** Evaluates the expression at a place against the ticket as it would be. What was not compiled is a problem, never a yes. */
export function ask(asked: Asked, path: string): Answer {
  const expression = asked.compiled.expressions.get(path);
  if (!expression) return { ok: false, problem: "not_compiled", text: "", inputs: {} };
  const context = contextOf(asked);
  const inputs = Object.fromEntries(expression.reads.map((name) => [name, shown(at(context, name.split(".")))]));
  const { text } = expression;
  const result = expression.evaluate(context, { steps: 20_000 });
  return result.ok ? { ok: true, value: expression.plain(result.value), text, inputs } : { ok: false, problem: result.problem.code, text, inputs };
}

export const holds = (answer: Answer): boolean => answer.ok && answer.value === true;

/** As a rule reads it: the names of the catalogue, the values of this very moment. */
function contextOf({ process, compiled, context, ticket, now }: Asked): Record<string, unknown> {
  return {
    ...context, now,
    ticket: {
      ...context.ticket, stage: ticket.stage, stage_since: ticket.stageSince, priority: ticket.priority, due: ticket.dueAt, paused: ticket.pausedAt !== null,
      reopened: ticket.reopenCount, ...(ticket.department !== undefined && { department: ticket.department }), fields: fieldRecord(process, ticket.fields, compiled.timeZone),
    },
  };
}

/** Fields as expressions hold them, under names without `-`. */
function fieldRecord({ fields }: Pick<Process, "fields">, values: FieldValues, timeZone: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => {
    const field = fields[key];
    return field && value !== "" ? [[key.replaceAll("-", "_"), asRecord(field, value, timeZone)]] : [];
  }));
}

function asRecord(field: ProcessField, value: FieldValue, timeZone: string): unknown {
  if (field.kind === "money") return { amount: String(value), currency: field.currency };
  if (field.kind === "date") return Temporal.PlainDate.from(String(value)).toZonedDateTime(timeZone).toInstant().toString();
  return value;
}

/** A computed value as its field keeps it; undefined when it does not fit. */
export function asField(field: ProcessField, value: Plain, timeZone: string): FieldValue | undefined {
  if (value === null) return "";
  if (field.kind === "money") {
    const money = value as { amount?: unknown; currency?: unknown };
    return money.currency === field.currency ? String(money.amount) : undefined;
  }
  if (field.kind === "date") return typeof value === "string" ? Temporal.Instant.from(value).toZonedDateTimeISO(timeZone).toPlainDate().toString() : undefined;
  return typeof value === "object" ? undefined : value;
}

const at = (value: unknown, path: string[]): unknown => path.reduce<unknown>((inner, name) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value);

/** Kept with the decision: short, and without whole records. */
function shown(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return shortText(value, 200);
  return typeof value === "object" && JSON.stringify(value).length > 300 ? "…" : value;
}
