import { parseRuleText, placeOf, rangeOf, shapeProblems, sourceOf } from "@linija/rules";
import type { ShapeIssue, Source } from "@linija/rules";
import { isMap, isScalar } from "yaml";
import type { Document, Pair } from "yaml";
import { compile } from "./compile.ts";
import type { HostCatalogue } from "./compile.ts";
import { formSchema } from "./document.ts";
import type { Finding } from "./fields.ts";
import type { Form } from "./form.ts";
import { LIMITS } from "./limits.ts";
import type { FormProblem, FormProblemCode } from "./problems.ts";

export type ReadForm = { ok: true; form: Form } | { ok: false; problems: FormProblem[] };

type Path = readonly (string | number)[];

/**
 * Reads and checks the text of a form, YAML or JSON: everything wrong is given with its line and column. `host` is what
 * its expressions may read besides the form itself. Never throws for anything in the text.
 */
export function readForm(text: string, host: HostCatalogue = {}): ReadForm {
  const parsed = parseRuleText(text, LIMITS.text);
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map((problem) => ({ ...problem, path: problem.path ?? [] })) };
  const places = new Places(text, parsed.document);
  const twice = doubleKeys(parsed.document);
  if (twice.length > 0) return { ok: false, problems: twice.map((finding) => places.problem(finding)) };
  const root: unknown = parsed.document.toJS();
  const shaped = formSchema.safeParse(root);
  if (!shaped.success) return { ok: false, problems: shaped.error.issues.slice(0, LIMITS.problems).flatMap((issue) => findingsOf(issue, root)).slice(0, LIMITS.problems).map((finding) => places.problem(finding)) };
  const { form, findings } = compile(shaped.data, host);
  return findings.length > 0 ? { ok: false, problems: findings.map((finding) => places.problem(finding)) } : { ok: true, form };
}

/** YAML would keep the last of two equal keys and lose the first without a word. */
function doubleKeys(document: Document): Finding[] {
  const findings: Finding[] = [];
  const pending: { node: unknown; path: Path }[] = [{ node: document.contents, path: [] }];
  while (pending.length > 0 && findings.length < LIMITS.problems) {
    const { node, path } = pending.pop()!;
    const items = (node as { items?: unknown[] } | null)?.items;
    if (!items) continue;
    if (!isMap(node)) {
      items.forEach((item, index) => pending.push({ node: item, path: [...path, index] }));
      continue;
    }
    const seen = new Set<string>();
    for (const pair of items as Pair[]) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      // Zod leaves this one out of records without a word.
      if (name === "__proto__") findings.push({ code: "reserved_name", params: { name }, path: [...path, name] });
      if (seen.has(name)) findings.push({ code: "key_twice", params: { name: name.slice(0, 64) }, path: [...path, name] });
      seen.add(name);
      pending.push({ node: pair.value, path: [...path, name] });
    }
  }
  return findings;
}

/** The schema's issues in our words: its own by their key, the rest as `shapeProblems` reads them. */
function findingsOf(issue: ShapeIssue, root: unknown): Finding[] {
  return shapeProblems(issue, root).map(({ code, params, path, own }): Finding => {
    if (code === "unknown_key") return { code: "unknown_keyword", params: { name: params["key"]! }, path };
    return { code: code === "own" ? (own as FormProblemCode) : code, params, path };
  });
}

class Places {
  private readonly text: string;
  private readonly document: Document;

  constructor(text: string, document: Document) {
    this.text = text;
    this.document = document;
  }

  problem({ code, params, path, within }: Finding): FormProblem {
    const node = this.nodeAt(path);
    if (within && isScalar(node)) return { code, params, path, ...this.inExpression(sourceOf(node, this.text, path), within) };
    const range = rangeOf(node, this.text);
    // A whole map is marked by its first line only.
    const end = this.text.indexOf("\n", range.from);
    return { code, params, path, ...placeOf(this.text, range.from, end < 0 ? range.to : Math.min(range.to, Math.max(end, range.from + 1))) };
  }

  /** The innermost part of the path that is there; of an unknown key, the key. */
  private nodeAt(path: Path): unknown {
    for (let length = path.length; length > 0; length--) {
      const above = length === 1 ? this.document.contents : this.document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1]!;
      if (isMap(above)) {
        const pair = above.items.findLast((one) => isScalar(one.key) && String(one.key.value) === String(key));
        if (pair) return isScalar(pair.value) ? pair.value : pair.key;
      }
      const node = this.document.getIn(path.slice(0, length), true);
      if (node !== undefined && node !== null) return node;
    }
    return this.document.contents;
  }

  private inExpression(source: Source, within: { line: number; column: number; length: number }) {
    const lines = source.text.split("\n");
    const from = lines.slice(0, within.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + within.column - 1;
    return placeOf(this.text, source.offset(from), source.offset(from + within.length));
  }
}
