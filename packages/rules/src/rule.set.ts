import { maySet } from "./catalogue.types.ts";
import type { Field } from "./catalogue.types.ts";
import { problemAt } from "./document.ts";
import type { RuleBuilder, Scope } from "./rule.build.ts";
import { RuleHalt, computeTraced, restricted, stored } from "./rule.state.ts";
import type { RuleExpression, RunState, Statement } from "./rule.state.ts";
import type { Entry } from "./rule.tree.ts";
import { toPlain, readerOf } from "./values.ts";
import type { Plain } from "./values.ts";

/** A name of `let`, or a settable variable or field of the catalogue; null, with a problem noted, for anything else. */
export function buildSet(builder: RuleBuilder, entry: Entry, scope: Scope): Statement | null {
  const { name, at, value } = entry;
  const local = scope.get(name);
  if (local?.settable) {
    const expression = builder.expression(value, scope, local.type);
    if (!expression) return null;
    builder.among(expression, { values: local.values ?? null });
    builder.ordered(expression, { name, values: local.values });
    return (state) => {
      state.locals[local.slot] = computeTraced(state, expression, "set", name);
      return false;
    };
  }
  const field = targetOf(builder, name, scope);
  if (!field) {
    builder.expression(value, scope, null);
    return builder.note("not_settable", { target: name.slice(0, 64) }, [at, value.path]);
  }
  builder.writes.add(name);
  const expression = builder.expression(value, scope, field.type);
  if (!expression) return null;
  if (field.required && expression.built.literal === null) return builder.note("null_value", { what: name }, [value, value.path]);
  builder.among(expression, field);
  return setting(name, field, restricted(stored(expression), field, name));
}

/** The field a path ends at, when every step of it may be read and the last one set. */
function targetOf({ catalogue, may }: RuleBuilder, target: string, scope: Scope): Field | null {
  const [root, ...keys] = target.split(".");
  if (scope.has(root!)) return null;
  let field = catalogue.variables.get(root!);
  for (const key of keys) {
    if (!field || !may(field.read) || field.type.kind !== "record") return null;
    field = catalogue.records.get(field.type.key)!.fields.get(key);
  }
  return field && may(field.read) && maySet(field, may) ? field : null;
}

function setting(target: string, field: Field, expression: RuleExpression): Statement {
  const keys = target.split(".");
  const read = readerOf(field.type);
  return (state) => {
    const value = computeTraced(state, expression, "set", target);
    const before = valueAt(state.vars, keys);
    const to = toPlain(value, field.type);
    const change = state.changes.get(target);
    if (change) change.to = to;
    else state.changes.set(target, { target, from: plainOf(before, field, read), to });
    state.vars = written(state, expression, { keys, value });
    return false;
  };
}

function valueAt(vars: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value === null || typeof value !== "object" ? null : (value as Record<string, unknown>)[key]), vars);
}

/** What the record held before; what it should not hold counts as nothing, since it is about to be replaced. */
function plainOf(value: unknown, field: Field, read: (value: unknown) => unknown): Plain {
  if (value === null || value === undefined) return null;
  return toPlain(read(value) ?? null, field.type);
}

/** Copies the records on the way and changes the copies: the host's own stay as they are. */
function written(state: RunState, { source }: RuleExpression, { keys, value }: { keys: readonly string[]; value: unknown }): RunState["vars"] {
  const copy = { ...state.vars };
  let record: Record<string, unknown> = copy;
  for (const [i, key] of keys.slice(0, -1).entries()) {
    const inner = record[key];
    if (inner === null || typeof inner !== "object") {
      throw new RuleHalt(problemAt(state.text, source, ["null_value", { what: keys.slice(0, i + 1).join(".") }, source.path]));
    }
    record = record[key] = { ...inner } as Record<string, unknown>;
  }
  record[keys.at(-1)!] = value;
  return copy;
}
