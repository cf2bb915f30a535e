export interface Mention { file: string; line: number; text: string }

const MOST_LETTERS = 120;
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
const WORDS_OF: Readonly<Record<string, string>> = { processes: "process", forms: "form" };

/** A value by itself: `process: loan`, `[loan]`, or `"loan"` within an expression; not a word of a sentence, nor the key of what is so called. */
const valueOf = (key: string): RegExp => new RegExp(`(?:[[,]\\s*|-\\s+|["']|(?<!\\bkey):\\s+)${escaped(key)}(?=\\s*(?:$|[\\],}"'#]))`);

export interface Named { kind: string; key: string; /** Kinds of tickets made with it: rules that speak of those speak of it. */ types: readonly string[] }

/** Where other texts name one: a process and a form by their own words, and rules by the kinds of tickets that have them. */
export function mentionsOf(texts: ReadonlyMap<string, string>, { kind, key, types }: Named): Mention[] {
  const word = WORDS_OF[kind];
  const own = word === undefined ? valueOf(key) : new RegExp(`\\b${word}:\\s*${escaped(key)}(?=\\s*(?:$|[,}#]))`);
  const spoken = types.map((type) => new RegExp(`["']${escaped(type)}["']`));
  // Duties, hooks and guides name a kind of tickets as the value of `type`.
  const asked = types.map((type) => new RegExp(`\\btype:\\s*${escaped(type)}(?=\\s*(?:$|[,}#]))`));
  return [...texts].flatMap(([file, text]) => {
    const isRule = file.includes("/rules/");
    return text.split("\n").flatMap((line, index): Mention[] => {
      const said = line.trim();
      if (said.startsWith("#") || !(own.test(line) || (isRule ? spoken : asked).some((each) => each.test(line)))) return [];
      return [{ file, line: index + 1, text: said.length > MOST_LETTERS ? `${said.slice(0, MOST_LETTERS)}…` : said }];
    });
  });
}
