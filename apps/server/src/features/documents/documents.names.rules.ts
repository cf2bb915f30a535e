import type { Catalogue } from "@linija/rules";
import type { Text } from "../projects/texts.contract.ts";

/** What the values of a field are called, by value. */
export type Names = ReadonlyMap<string, Text>;

const PATH = /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i;

/** The names of a choice, or of several, when an expression is nothing but that field; of anything computed nobody could say them. */
export function namesOf(text: string, catalogue: Catalogue): Names | null {
  const [variable, ...keys] = PATH.test(text) ? text.split(".") : [];
  return valuesOf(variable === undefined ? undefined : within(catalogue, catalogue.variables.get(variable), keys));
}

/** The same for the cells of a column: `value` names the row by `as`, and `rows` is a table of the form. */
export function namesInRows({ rows, as, value }: { rows: string; as: string; value: string }, catalogue: Catalogue): Names | null {
  const [row, ...keys] = PATH.test(value) ? value.split(".") : [];
  const [variable, ...table] = PATH.test(rows) ? rows.split(".") : [];
  const type = variable === undefined || row !== as ? undefined : within(catalogue, catalogue.variables.get(variable), table)?.type;
  return type?.kind === "list" ? valuesOf(inRecord(catalogue, type.of, keys)) : null;
}

type Field = Catalogue["variables"] extends ReadonlyMap<string, infer F> ? F : never;

function within(catalogue: Catalogue, field: Field | undefined, keys: readonly string[]): Field | undefined {
  return keys.length === 0 ? field : field && inRecord(catalogue, field.type, keys);
}

function inRecord(catalogue: Catalogue, type: Field["type"], [key, ...rest]: readonly string[]): Field | undefined {
  return type.kind === "record" && key !== undefined ? within(catalogue, catalogue.records.get(type.key)?.fields.get(key), rest) : undefined;
}

function valuesOf(field: Field | undefined): Names | null {
  const named = field?.values?.flatMap(({ value, doc }): [string, Text][] => (doc ? [[String(value), doc]] : []));
  return named && named.length > 0 ? new Map(named) : null;
}
