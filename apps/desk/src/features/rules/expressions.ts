import { parseRuleText, sourceOf, type Source } from "@linija/rules";
import { isScalar, visit, type Document, type Node, type Pair, type Scalar } from "yaml";

const LONE: ReadonlySet<unknown> = new Set(["when", "if", "in", "while"]);
const MAPS: ReadonlySet<unknown> = new Set(["set", "let", "with"]);

/** The expressions of a rule's text with their places; none while the text cannot be read. */
export function expressionsOf(text: string): Source[] {
  const parsed = parseRuleText(text);
  if (!parsed.ok) return [];
  const found: Source[] = [];
  visit(parsed.document as Document, { Pair: (_key, pair, ancestors) => {
    const value = pair.value as Node | null;
    if (!isScalar(value) || !isScalar(pair.key) || !isExpression(pair.key.value, ancestors)) return;
    if (value.range) found.push(sourceOf(value as Scalar, text, []));
  } });
  return found;
}

function isExpression(key: unknown, ancestors: readonly unknown[]): boolean {
  if (LONE.has(key)) return true;
  const owner = ancestors.at(-2) as Pair | undefined;
  return isScalar(owner?.key) && MAPS.has(owner.key.value);
}

/** The expression the cursor is in, and where in it; from the line alone where there is none yet (`when: `). */
export function expressionAt(text: string, at: number): { text: string; offset: number; placeOf(offset: number): number } | null {
  const source = expressionsOf(text).find(({ from, to }) => from <= at && at <= to);
  if (source) {
    for (let offset = 0; offset <= source.text.length; offset += 1) if (source.offset(offset) === at) return { text: source.text, offset, placeOf: source.offset };
  }
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  const begun = /^\s*(?:- )?(?:when|if|in|while): +(.*)$/.exec(line) ?? /^\s*(?:- )?(?:set|let|with): \{.*?[\w.]+: +([^,}]*)$/.exec(line) ?? /^\s{4,}[\w.]+: +(.*)$/.exec(line);
  if (!begun) return null;
  const written = begun[1]!.replace(/^['"]/, "");
  const from = at - written.length;
  return { text: written, offset: written.length, placeOf: (offset) => from + offset };
}
