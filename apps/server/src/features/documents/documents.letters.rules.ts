import type { PrintedBlock, PrintedDocument } from "./documents.rules.ts";

/** Writings that the fonts of documents lack, by what people call them; the rest is named by its code. */
const KINDS = [
  ["hebrew", /\p{Script=Hebrew}/u], ["arabic", /\p{Script=Arabic}/u], ["korean", /\p{Script=Hangul}/u], ["east_asian", /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ["thai", /\p{Script=Thai}/u], ["devanagari", /\p{Script=Devanagari}/u], ["georgian", /\p{Script=Georgian}/u], ["armenian", /\p{Script=Armenian}/u], ["picture", /\p{Extended_Pictographic}|\p{Regional_Indicator}/u],
] as const;
export type LettersKind = (typeof KINDS)[number][0];
export const lettersKinds: readonly LettersKind[] = KINDS.map(([kind]) => kind);

/** Lays out the page or joins other signs, and is nothing by itself. */
const LAYOUT = /[\t\n\r]/;
const JOINER = /[\p{Mn}\p{Cf}\p{Emoji_Modifier}]/u;

/** What could not be printed: its name as it stands on the paper, and the characters, each once. */
export interface Lacking { name: string; characters: string }

export interface Letters {
  /** Whether the fonts have this character. */
  has(code: number): boolean;
  /** In the language of the paper. */
  nameOf(kind: LettersKind): string;
}

/** The paper with `[name ×count]` in the place of what its fonts lack: an empty box would be read as a mistake, or not at all. */
export function printable(printed: PrintedDocument, letters: Letters): { printed: PrintedDocument; lacking: Lacking[] } {
  const lacking = new Map<string, Set<string>>();
  const say = (text: string): string => replace(text.normalize("NFC"), letters, (name, character) => lacking.set(name, (lacking.get(name) ?? new Set()).add(character)));
  const result = { ...printed, title: say(printed.title), footer: say(printed.footer), content: printed.content.map((block) => blockOf(block, say)) };
  return { printed: result, lacking: [...lacking].map(([name, characters]) => ({ name, characters: [...characters].slice(0, MOST_TOLD).join("") })) };
}

const MOST_TOLD = 40;

function replace(text: string, letters: Letters, told: (name: string, character: string) => void): string {
  const parts: (string | { name: string; count: number })[] = [];
  for (const character of text) {
    const before = parts.at(-1);
    if (LAYOUT.test(character) || letters.has(character.codePointAt(0)!)) {
      // What joins belongs to the sign before it, and what it would change is not there.
      if (typeof before !== "object" || !JOINER.test(character)) parts.push(character);
    } else if (!JOINER.test(character)) {
      const name = nameOf(character, letters);
      told(name, character);
      if (typeof before === "object" && before.name === name) before.count += 1;
      else parts.push({ name, count: 1 });
    }
  }
  return parts.map((part) => (typeof part === "string" ? part : `[${part.name}${part.count > 1 ? ` ×${part.count}` : ""}]`)).join("");
}

function nameOf(character: string, { nameOf: called }: Letters): string {
  const [kind] = KINDS.find(([, signs]) => signs.test(character)) ?? [];
  return kind ? called(kind) : `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

function blockOf(block: PrintedBlock, say: (text: string) => string): PrintedBlock {
  if (block.kind === "heading" || block.kind === "text") return { ...block, text: say(block.text) };
  if (block.kind === "facts") return { ...block, facts: block.facts.map(([name, value]) => [say(name), say(value)]) };
  if (block.kind === "list") return { ...block, items: block.items.map(say) };
  if (block.kind === "signatures") return { ...block, names: block.names.map(say) };
  if (block.kind === "table") return { ...block, columns: block.columns.map((column) => ({ ...column, name: say(column.name) })), rows: block.rows.map((row) => row.map(say)) };
  return block;
}
