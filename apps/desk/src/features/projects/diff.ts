export interface DiffLine { kind: "same" | "gone" | "new"; text: string; before: number | null; after: number | null }

/** Beyond this many steps two texts are shown as wholly replaced: nobody reads such a comparison line by line. */
const MAX_CELLS = 4_000_000;

/** Line by line, by the longest common subsequence; equal heads and tails are not even looked at. */
export function diff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const middle = between(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const lines = [...a.slice(0, head).map((text) => ({ kind: "same" as const, text })), ...middle, ...a.slice(a.length - tail).map((text) => ({ kind: "same" as const, text }))];
  let [left, right] = [0, 0];
  return lines.map(({ kind, text }) => ({ kind, text, before: kind === "new" ? null : (left += 1), after: kind === "gone" ? null : (right += 1) }));
}

type Pair = Pick<DiffLine, "kind" | "text">;
const gone = (text: string): Pair => ({ kind: "gone", text });
const added = (text: string): Pair => ({ kind: "new", text });

function between(a: string[], b: string[]): Pair[] {
  if (a.length * b.length > MAX_CELLS) return [...a.map(gone), ...b.map(added)];
  const width = b.length + 1;
  const longest = lengths(a, b);
  const lines: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { lines.push({ kind: "same", text: a[i]! }); i += 1; j += 1; }
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) { lines.push(gone(a[i]!)); i += 1; }
    else { lines.push(added(b[j]!)); j += 1; }
  }
  return [...lines, ...a.slice(i).map(gone), ...b.slice(j).map(added)];
}

/** At `i`, `j`: how many lines the rests of both texts have in common, in order. */
function lengths(a: string[], b: string[]): Uint32Array {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) {
    longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  }
  return longest;
}

/** Only what changed, with a few lines around it; `null` stands for what is left out. */
export function shorten(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"));
  return lines.flatMap((line, index): (DiffLine | null)[] => (near[index] ? [line] : index === 0 || near[index - 1] ? [null] : []));
}
