import type { Catalogue } from "@linija/rules";
import type { Text } from "../projects/texts.contract.ts";

/** What the values of a field are called, by value. */
export type Names = ReadonlyMap<string, Text>;

const PATH = /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i;

/** The names of a choice, when an expression is nothing but that field; of anything computed nobody could say them. */
export function namesOf(text: string, catalogue: Catalogue): Names | null {
  if (!PATH.test(text)) return null;
  const [variable, ...keys] = text.split(".");
  let field = catalogue.variables.get(variable!);
  for (const key of keys) field = field?.type.kind === "record" ? catalogue.records.get(field.type.key)?.fields.get(key) : undefined;
  const named = field?.values?.flatMap(({ value, doc }): [string, Text][] => (doc ? [[String(value), doc]] : []));
  return named && named.length > 0 ? new Map(named) : null;
}
