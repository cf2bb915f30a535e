import type { Document, Pair, Scalar, YAMLMap } from "yaml";
import { isMap, isScalar, isSeq, problemAt, rangeOf, sourceOf } from "./document.ts";
import type { Path, Range, Source } from "./document.ts";
import { LIMITS } from "./limits.ts";
import { isName, suggest } from "./names.ts";
import type { Language, Params, Problem, ProblemCode } from "./problems.ts";
import type { Branch, Entry, RuleTree, Step } from "./rule.tree.ts";

const LANGUAGES: readonly Language[] = ["en", "ru", "sl"];
/** What each kind of step is told by, and the keys it may and must have. */
const SHAPES: Readonly<Record<string, { may: readonly string[]; must: readonly string[] }>> = {
  let: { may: ["let"], must: [] },
  set: { may: ["set"], must: [] },
  if: { may: ["if", "then", "else_if", "else"], must: ["then"] },
  for: { may: ["for", "in", "do"], must: ["in", "do"] },
  while: { may: ["while", "do"], must: ["do"] },
  do: { may: ["do", "with"], must: [] },
  stop: { may: ["stop"], must: [] },
};

/** Reads the structure of a rule and notes everything that is not where it should be. */
export function readRule(document: Document, text: string): { tree: RuleTree; problems: Problem[] } {
  const reader = new RuleReader(text);
  return { tree: reader.rule(document.contents), problems: reader.problems };
}

type Keys = Map<string, { key: Scalar; value: unknown }>;

class RuleReader {
  readonly problems: Problem[] = [];
  private readonly text: string;
  private steps = 0;

  constructor(text: string) {
    this.text = text;
  }

  private note(code: ProblemCode, params: Params, [range, path]: readonly [Range, Path]): void {
    this.problems.push(problemAt(this.text, range, [code, params, path]));
  }

  rule(node: unknown): RuleTree {
    const keys = this.map(node, []);
    this.known(keys, ["key", "name", "when", "steps"], []);
    for (const key of ["key", "name", "steps"]) this.need(keys, key, [rangeOf(node, this.text), []]);
    const when = keys.get("when");
    return {
      key: this.key(keys.get("key")?.value),
      name: this.names(keys.get("name")?.value),
      when: when ? this.source(when.value, ["when"], when.key) : null,
      steps: keys.has("steps") ? this.list(keys.get("steps")!.value, ["steps"], 1) : [],
    };
  }

  private key(node: unknown): string {
    if (node === undefined) return "";
    const key = this.string(node, ["key"]);
    if (key !== null && !isName(key)) this.note("bad_name", { name: key.slice(0, 64) }, [rangeOf(node, this.text), ["key"]]);
    return key ?? "";
  }

  private names(node: unknown): RuleTree["name"] {
    if (node === undefined) return {};
    const keys = this.map(node, ["name"]);
    this.known(keys, LANGUAGES, ["name"]);
    const names = LANGUAGES.flatMap((language) => {
      const found = keys.get(language);
      const name = found && this.string(found.value, ["name", language]);
      return name ? [[language, name] as const] : [];
    });
    if (names.length === 0) this.note("missing_key", { key: "en" }, [rangeOf(node, this.text), ["name"]]);
    return Object.fromEntries(names);
  }

  /** The pairs of a map by key; anything else is noted and gives none. */
  private map(node: unknown, path: Path): Keys {
    const keys: Keys = new Map();
    if (!isMap(node)) {
      this.note("expected_map", {}, [rangeOf(node, this.text), path]);
      return keys;
    }
    for (const { key, value } of (node as YAMLMap<unknown, unknown>).items as Pair<unknown, unknown>[]) {
      const name = isScalar(key) ? String(key.value) : "";
      if (!isScalar(key) || name === "") this.note("expected_text", {}, [rangeOf(key, this.text), path]);
      else if (keys.has(name)) this.note("duplicate_key", { key: name.slice(0, 64) }, [rangeOf(key, this.text), [...path, name]]);
      else keys.set(name, { key, value });
    }
    return keys;
  }

  private known(keys: Keys, allowed: readonly string[], path: Path): void {
    for (const [name, { key }] of keys) {
      if (!allowed.includes(name)) this.note("unknown_key", { key: name.slice(0, 64), suggestion: suggest(name, allowed) }, [rangeOf(key, this.text), path]);
    }
  }

  private need(keys: Keys, key: string, place: readonly [Range, Path]): void {
    if (!keys.has(key)) this.note("missing_key", { key }, place);
  }

  private string(node: unknown, path: Path): string | null {
    if (isScalar(node) && typeof node.value === "string") return node.value;
    this.note("expected_text", {}, [rangeOf(node, this.text), path]);
    return null;
  }

  /** `key` gives the place where a value is missing altogether. */
  private source(node: unknown, path: Path, key: Scalar): Source {
    if (isScalar(node)) return sourceOf(node, this.text, path);
    const range = rangeOf(node ?? key, this.text);
    this.note(node === null || node === undefined ? "empty_expression" : "expected_text", {}, [range, path]);
    return { ...range, text: "", path, missing: true, offset: () => range.from };
  }

  private list(node: unknown, path: Path, depth: number): Step[] {
    if (!isSeq(node)) {
      this.note("expected_list", {}, [rangeOf(node, this.text), path]);
      return [];
    }
    if (depth > LIMITS.ruleDepth) {
      this.note("too_deep", { limit: LIMITS.ruleDepth }, [rangeOf(node, this.text), path]);
      return [];
    }
    return node.items.flatMap((item, i) => this.step(item, [...path, i], depth) ?? []);
  }

  private step(node: unknown, path: Path, depth: number): Step | null {
    const at = rangeOf(node, this.text);
    if (++this.steps > LIMITS.ruleSteps) {
      if (this.steps === LIMITS.ruleSteps + 1) this.note("too_many_parts", { limit: LIMITS.ruleSteps }, [at, path]);
      return null;
    }
    const keys = this.map(node, path);
    const kind = ["let", "set", "if", "for", "while", "do", "stop"].find((one) => keys.has(one));
    if (!kind) {
      if (keys.size > 0 || isMap(node)) this.note("unknown_step", {}, [at, path]);
      return null;
    }
    const { may, must } = SHAPES[kind]!;
    this.known(keys, may, path);
    for (const key of must) this.need(keys, key, [at, path]);
    return must.every((key) => keys.has(key)) ? this.stepOf(kind, keys, { at, path, depth }) : null;
  }

  private stepOf(kind: string, keys: Keys, { at, path, depth }: { at: Range; path: Path; depth: number }): Step {
    const value = (key: string): unknown => keys.get(key)!.value;
    const source = (key: string): Source => this.source(value(key), [...path, key], keys.get(key)!.key);
    const inner = (key: string): Step[] => (keys.has(key) ? this.list(value(key), [...path, key], depth + 1) : []);
    const word = (key: string): string => this.string(value(key), [...path, key]) ?? "";
    switch (kind) {
      case "if": {
        const first: Branch = { at, path, test: source("if"), steps: inner("then") };
        return { kind, at, path, branches: [first, ...this.branches(keys.get("else_if")?.value, [...path, "else_if"], depth)], otherwise: inner("else") };
      }
      case "for": return { kind, at, path, name: word("for"), nameAt: rangeOf(value("for"), this.text), list: source("in"), steps: inner("do") };
      case "while": return { kind, at, path, test: source("while"), steps: inner("do") };
      case "do": return { kind, at, path, action: word("do"), actionAt: rangeOf(value("do"), this.text), entries: keys.has("with") ? this.entries(value("with"), [...path, "with"]) : [] };
      case "stop": return { kind, at, path, reason: reasonOf(value("stop")) };
      default: return { kind: kind as "let" | "set", at, path, entries: this.entries(value(kind), [...path, kind]) };
    }
  }

  private branches(node: unknown, path: Path, depth: number): Branch[] {
    if (node === undefined) return [];
    if (!isSeq(node)) {
      this.note("expected_list", {}, [rangeOf(node, this.text), path]);
      return [];
    }
    return node.items.flatMap((item, i) => {
      const at = rangeOf(item, this.text);
      const keys = this.map(item, [...path, i]);
      this.known(keys, ["if", "then"], [...path, i]);
      for (const key of ["if", "then"]) this.need(keys, key, [at, [...path, i]]);
      const [test, then] = [keys.get("if"), keys.get("then")];
      if (!test || !then) return [];
      return [{ at, path: [...path, i], test: this.source(test.value, [...path, i, "if"], test.key), steps: this.list(then.value, [...path, i, "then"], depth + 1) }];
    });
  }

  private entries(node: unknown, path: Path): Entry[] {
    return Array.from(this.map(node, path), ([name, { key, value }]) => ({ name, at: rangeOf(key, this.text), value: this.source(value, [...path, name], key) }));
  }
}

/** Why a rule stops is for people: any word will do, or `true`. */
function reasonOf(node: unknown): string {
  return isScalar(node) && typeof node.value === "string" ? node.value : "";
}
