import { createCatalogue, type Catalogue, type CatalogueInput } from "@linija/rules";
import type { Language } from "@linija/server/contract/api";
import { useMemo } from "react";
import { useIntl } from "react-intl";
import { useApi } from "../../shared/query.ts";

/** The language rules are shown in; documentation of the catalogue and words of operators come in it. */
export const useLanguage = (): Language => useIntl().locale.slice(0, 2) as Language;

/** What rules of a project may see and do, made here from the server's vocabulary; nothing is ever computed with it. */
export function useCatalogue(projectKey: string) {
  const asked = useApi("getVocabulary", { params: { project: projectKey } }, { staleTime: 5 * 60_000 });
  const catalogue = useMemo(() => (asked.data ? catalogueFrom(asked.data.vocabulary as CatalogueInput) : null), [asked.data]);
  return { ...asked, catalogue };
}

function catalogueFrom(vocabulary: CatalogueInput): Catalogue {
  const { edit: _edit, ...rest } = vocabulary;
  const functions = Object.fromEntries(Object.entries(rest.functions ?? {}).map(([key, one]) => [key, { ...one, call: () => null }]));
  return createCatalogue({ ...rest, functions });
}

export interface Settable { target: string; doc: string; values: { value: string; label: string }[] }

/** Fields a rule may set: `ticket.priority`. */
export function settableOf(catalogue: Catalogue, language: Language): Settable[] {
  const found: Settable[] = [];
  const walk = (path: string, record: string): void => {
    for (const field of catalogue.records.get(record)?.fields.values() ?? []) {
      const target = `${path}.${field.key}`;
      if (field.type.kind === "record") { if (path.split(".").length < 2) walk(target, field.type.key); } else if (field.set) found.push({ target, doc: field.doc[language], values: (field.values ?? []).map(({ value, doc }) => ({ value: JSON.stringify(value), label: doc?.[language] ?? String(value) })) });
    }
  };
  for (const variable of catalogue.variables.values()) if (variable.type.kind === "record") walk(variable.key, variable.type.key);
  return found;
}
