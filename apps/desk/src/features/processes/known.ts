import type { Language } from "@linija/server/contract/api";
import { useMemo } from "react";
import { parse } from "yaml";
import { useApi } from "../../shared/query.ts";

interface Named { value: string; label: string }
/** What a process may name of its project: read from the texts in use, so that it can be chosen instead of typed. */
export interface Known { notices: Named[]; deeds: Named[]; types: Named[]; departments: Named[] }

type Words = { name?: Partial<Record<Language, string>>; subject?: Partial<Record<Language, string>>; key?: string } & Partial<Record<Language, string>>;

/** A text that is broken or missing offers nothing; what is written stays as it is. */
function read(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
const recordOf = (value: unknown): Record<string, Words> => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Words>) : {});

function useOne(key: string, path: string): string | undefined {
  const list = useApi("listTexts", { params: { key } }, { staleTime: 60_000 });
  const isThere = list.data?.texts.some((text) => text.path === path) ?? false;
  return useApi("readText", { params: { key }, query: { path } }, { staleTime: 60_000, enabled: isThere }).data?.text;
}

export function useKnown(projectKey: string, language: Language): Known {
  const [ownNotices, notices] = [useOne(projectKey, "notices.yaml"), useOne("common", "notices.yaml")];
  const [ownDeeds, deeds] = [useOne(projectKey, "authority.yaml"), useOne("common", "authority.yaml")];
  const types = useOne(projectKey, "types.yaml");
  const company = useOne("company", "company.yaml");
  return useMemo(() => {
    const named = (records: Record<string, Words>): Named[] => Object.entries(records).map(([value, words]) => ({ value, label: labelOf(words, language) ?? value }));
    const kinds = read(types).types;
    return {
      notices: named({ ...recordOf(read(notices)), ...recordOf(read(ownNotices)) }).map(({ value }) => ({ value, label: value })),
      deeds: named(recordOf(read(ownDeeds ?? deeds).deeds)),
      types: (Array.isArray(kinds) ? (kinds as Words[]) : []).flatMap((type) => (type?.key ? [{ value: type.key, label: type.name?.[language] ?? type.key }] : [])),
      departments: named(recordOf(read(company).departments)),
    };
  }, [ownNotices, notices, ownDeeds, deeds, types, company, language]);
}

const labelOf = (words: Words, language: Language): string | undefined => words?.name?.[language] ?? words?.[language];
/** What is written already can be chosen too, even if the project does not know it. */
export const withWritten = (known: readonly Named[], ...written: (string | undefined)[]): Named[] => [...known, ...written.filter((one): one is string => one !== undefined && one !== "" && !known.some(({ value }) => value === one)).map((value) => ({ value, label: value }))];
