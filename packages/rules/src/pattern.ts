import { PatternError, isWord, parsePattern } from "./pattern.parse.ts";
import type { CharTest, PatternNode } from "./pattern.parse.ts";

const MAX_STATES = 500;

type State =
  | { kind: "char"; test: CharTest; next: number }
  | { kind: "fork"; next: number; other: number }
  | { kind: "edge"; edge: "start" | "end" | "word" | "inside"; next: number }
  | { kind: "found" };

/** A checked pattern. `cost` is its number of states: a search visits each at most once for every character. */
export interface Pattern {
  readonly cost: number;
  /** Whether the text holds a match anywhere. */
  test(text: string): boolean;
}

/**
 * Compiles a pattern of RE2's syntax into states that are walked side by side (Thompson 1968), so that time grows with
 * length of text × size of pattern and nothing can backtrack. Throws `PatternError` with the offset in the pattern.
 */
export function compilePattern(pattern: string): Pattern {
  const states: State[] = [{ kind: "found" }];
  const start = emit(parsePattern(pattern), 0, states);
  const mayBegin = beginning(states, start);
  return { cost: states.length, test: (text) => search(states, { start, mayBegin }, text) };
}

/** So many characters a company writes with. */
const REMEMBERED = 2_000;

/**
 * Whether a match may begin with this character. Most characters of a text begin none, and asking that once for each
 * character of an alphabet spares walking every state at every place. Null when a match may begin anywhere.
 */
function beginning(states: readonly State[], start: number): CharTest | null {
  const tests: CharTest[] = [];
  const [pending, seen] = [[start], new Set<number>()];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const state = states[index]!;
    if (state.kind === "char") tests.push(state.test);
    else if (state.kind === "fork") pending.push(state.next, state.other);
    else return null;
  }
  const known = new Map<number, boolean>();
  return (c) => {
    const found = known.get(c);
    if (found !== undefined) return found;
    const answer = tests.some((test) => test(c));
    if (known.size < REMEMBERED) known.set(c, answer);
    return answer;
  };
}

function add(states: State[], state: State): number {
  if (states.length >= MAX_STATES) throw new PatternError("pattern_too_long", 0);
  return states.push(state) - 1;
}

/** Adds the states of a node that go on to `next`; gives the first of them. */
function emit(node: PatternNode, next: number, states: State[]): number {
  if (node.kind === "char") return add(states, { kind: "char", test: node.test, next });
  if (node.kind === "edge") return add(states, { kind: "edge", edge: node.edge, next });
  if (node.kind === "all") return node.parts.reduceRight((after, part) => emit(part, after, states), next);
  if (node.kind === "repeat") return emitRepeat(node, next, states);
  const starts = node.parts.map((part) => emit(part, next, states));
  return starts.reduceRight((other, first) => add(states, { kind: "fork", next: first, other }));
}

function emitRepeat(node: Extract<PatternNode, { kind: "repeat" }>, next: number, states: State[]): number {
  let start = next;
  if (node.max === Infinity) {
    const fork = { kind: "fork" as const, next, other: next };
    start = add(states, fork);
    fork.next = emit(node.part, start, states);
  } else {
    for (let i = node.min; i < node.max; i++) start = add(states, { kind: "fork", next: emit(node.part, start, states), other: next });
  }
  for (let i = 0; i < node.min; i++) start = emit(node.part, start, states);
  return start;
}

function holds(edge: "start" | "end" | "word" | "inside", before: number, after: number): boolean {
  if (edge === "start") return before < 0;
  if (edge === "end") return after < 0;
  return (isWord(before) !== isWord(after)) === (edge === "word");
}

/** Where a state leads without or with the character `after`; what needs it goes to `next`. True when it is the end. */
function walk(state: State, [before, after]: readonly [number, number], pending: number[], next: number[]): boolean {
  if (state.kind === "found") return true;
  if (state.kind === "fork") pending.push(state.other, state.next);
  else if (state.kind === "char" && after >= 0 && state.test(after)) next.push(state.next);
  else if (state.kind === "edge" && holds(state.edge, before, after)) pending.push(state.next);
  return false;
}

function search(states: readonly State[], { start, mayBegin }: { start: number; mayBegin: CharTest | null }, text: string): boolean {
  const seen = new Int32Array(states.length).fill(-1);
  let now: number[] = [];
  let before = -1;
  for (let at = 0; at <= text.length; ) {
    const after = at < text.length ? text.codePointAt(at)! : -1;
    const isStart = mayBegin === null || (after >= 0 && mayBegin(after));
    const pending = isStart ? [...now, start] : now;
    now = [];
    while (pending.length > 0) {
      const index = pending.pop()!;
      if (seen[index] === at) continue;
      seen[index] = at;
      if (walk(states[index]!, [before, after], pending, now)) return true;
    }
    before = after;
    at += after > 0xffff ? 2 : 1;
  }
  return false;
}
