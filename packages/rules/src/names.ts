/** CEL's reserved words and its literals. */
const RESERVED: ReadonlySet<string> = new Set([
  "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace", "null",
  "package", "return", "true", "var", "void", "while",
]);
const NAME = /^[a-z][A-Za-z0-9_]{0,63}$/;

/**
 * Whether a variable, field, function or parameter may be called so. Names every JavaScript object inherits are not
 * among them: reading one from a record must never find what nobody put there.
 */
export function isName(name: string): boolean {
  return NAME.test(name) && !RESERVED.has(name) && !(name in Object.prototype) && name !== "prototype";
}

/** The nearest of the candidates, one or two slips away; empty when none is. */
export function suggest(name: string, candidates: Iterable<string>): string {
  if (name.length > 64) return "";
  let best = "";
  let bestDistance = 1 + Math.min(2, Math.ceil(name.length / 3));
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const away = distance(name.toLowerCase(), candidate.toLowerCase());
    if (away >= bestDistance) continue;
    best = candidate;
    bestDistance = away;
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
