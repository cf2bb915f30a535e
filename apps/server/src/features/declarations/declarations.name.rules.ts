import { parse } from "yaml";
import type { Language } from "../api.contract.ts";

/** Of a text read in full thousands of lines were read for one; a name is one entry at its margin. */
const NAME = { name: /^name:.*(?:\n[ \t]+.*)*/mu, title: /^title:.*(?:\n[ \t]+.*)*/mu };

/** What a text is called by its author; null where it has no name, or none that can be read yet. */
export function nameIn(text: string, language: Language): string | null {
  const [entry] = NAME.name.exec(text) ?? NAME.title.exec(text) ?? [];
  if (entry === undefined) return null;
  try {
    const [named] = Object.values(parse(entry) as Record<string, unknown>);
    const name = typeof named === "object" && named !== null ? (named as Record<string, unknown>)[language] : named;
    return typeof name === "string" && name.trim() !== "" ? name.trim() : null;
  } catch {
    return null;
  }
}
