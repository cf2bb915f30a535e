import type { Catalogue } from "@linija/rules";

/** In the place of what the reader may not read. */
export const HIDDEN = "•••";

type Field = Catalogue["variables"] extends ReadonlyMap<string, infer F> ? F : never;

/** Names of a catalogue that the reader may not see the values of: a record or a list of them also where a part of it is hidden. */
export function hiddenIn(catalogue: Catalogue, sees: (right: string) => boolean): (path: string) => boolean {
  const isHidden = ({ read }: Field): boolean => ![read ?? []].flat().every(sees);
  const hides = (field: Field, above: readonly string[] = []): boolean => {
    if (isHidden(field)) return true;
    const record = recordOf(field.type);
    return record !== null && !above.includes(record) && [...catalogue.records.get(record)?.fields.values() ?? []].some((part) => hides(part, [...above, record]));
  };
  return (path) => {
    const [root = "", ...keys] = path.split(".");
    let field = catalogue.variables.get(root);
    for (const key of keys) {
      if (field && isHidden(field)) return true;
      field = field?.type.kind === "record" ? catalogue.records.get(field.type.key)?.fields.get(key) : undefined;
    }
    return field !== undefined && hides(field);
  };
}

const recordOf = (type: Field["type"]): string | null => (type.kind === "list" ? recordOf(type.of) : type.kind === "record" ? type.key : null);
