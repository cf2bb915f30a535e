import { isCollection, isMap, isNode, isPair, isScalar, isSeq, stringify } from "yaml";
import type { Document, Node, Pair, Scalar, ToStringOptions, YAMLMap, YAMLSeq } from "yaml";
import { parseRuleText, problemAt } from "./document.ts";
import type { Path } from "./document.ts";
import type { Problem } from "./problems.ts";
import type { RuleDocument } from "./rule.tree.ts";
import type { Plain } from "./values.ts";

/** A change of a rule's document as a visual builder makes it. Paths are those of problems and traces. */
export type RuleChange =
  /** Puts a value in place of what is at the path; a key that is not there yet is added at the end of its map. */
  | { op: "set"; path: Path; value: Plain }
  /** Adds to the list at the path, before `index`; at the end without one. */
  | { op: "insert"; path: Path; index?: number; value: Plain }
  | { op: "remove"; path: Path }
  /** Takes an element of a list to the list at `to`, before `index` as counted after it was taken out. */
  | { op: "move"; path: Path; to: Path; index?: number }
  /** Gives a key another name, in its place among the others. */
  | { op: "rename"; path: Path; key: string };

export type Edited = { ok: true; text: string } | { ok: false; problems: Problem[] };

/**
 * Changes one place of a rule's text and leaves the rest as people wrote it: order, comments, the kind of quotes. A text
 * that is JSON stays JSON. Only the form is looked at; `checkRule` says whether the result makes sense.
 */
export function editRule(text: string, change: RuleChange): Edited {
  const parsed = parseRuleText(text);
  if (!parsed.ok) return parsed;
  const { document } = parsed;
  if (!apply(document, change)) {
    const path = ("to" in change ? change.to : change.path).join(".");
    return { ok: false, problems: [problemAt(text, { from: 0, to: 0 }, ["bad_path", { path: path.slice(0, 100) }, change.path])] };
  }
  const edited = isJson(text) ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString(styleOf(text));
  return { ok: true, text: text.includes("\r\n") ? edited.replace(/\r?\n/g, "\r\n") : edited };
}

/** The document of a rule's text as JSON, for a visual builder. */
export function ruleToJson(text: string): { ok: true; document: RuleDocument } | { ok: false; problems: Problem[] } {
  const parsed = parseRuleText(text);
  if (!parsed.ok) return parsed;
  return { ok: true, document: parsed.document.toJS() as RuleDocument };
}

/** A rule's document as YAML text. */
export function ruleToYaml(document: RuleDocument): string {
  return stringify(document, { lineWidth: 0, schema: "core" });
}

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The author's own habits: how deep lists are indented, and whether braces are padded. */
function styleOf(text: string): ToStringOptions {
  const isFlush = /^( *)\w+:[ \t]*\r?\n\1- /m.test(text);
  const isTight = /\{[^ \n}]/.test(text) && !/\{ /.test(text);
  return { lineWidth: 0, indentSeq: !isFlush, flowCollectionPadding: !isTight };
}

function apply(document: Document, change: RuleChange): boolean {
  switch (change.op) {
    case "set": return setAt(document, change.path, change.value);
    case "insert": return insertAt(document, change, document.createNode(change.value));
    case "remove": return removeAt(document, change.path);
    case "move": return moveTo(document, change);
    case "rename": return renameAt(document, change.path, change.key);
  }
}

function nodeAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

function setAt(document: Document, path: Path, value: Plain): boolean {
  const node = nodeAt(document, path);
  const isWord = value === null || typeof value !== "object";
  if (isScalar(node) && isWord) {
    rewrite(node, value);
    return true;
  }
  const parent = nodeAt(document, path.slice(0, -1));
  const key = path.at(-1);
  if (path.length === 0 || !isCollection(parent) || (isSeq(parent) && !document.hasIn(path))) return false;
  const fresh = document.createNode(value);
  keepComments(node, fresh);
  parent.set(key, fresh);
  return true;
}

/** The scalar's comments and quotes stay; how its old number was spelt does not. */
function rewrite(node: Scalar, value: string | number | boolean | null): void {
  node.value = value;
  delete node.source;
  delete node.format;
  delete node.minFractionDigits;
}

function keepComments(from: unknown, to: Node): void {
  const { comment, commentBefore, spaceBefore } = (from ?? {}) as Partial<Node>;
  Object.assign(to, { comment, commentBefore, spaceBefore });
}

function insertAt(document: Document, { path, index }: { path: Path; index?: number }, node: unknown): boolean {
  const list = nodeAt(document, path);
  return isSeq(list) && insertInto(list, index, node);
}

function removeAt(document: Document, path: Path): boolean {
  if (path.length === 0 || !document.hasIn(path)) return false;
  const parent = nodeAt(document, path.slice(0, -1));
  ownFirstComment(parent);
  const isRemoved = document.deleteIn(path);
  // The blank line before what is now first separated it from what is gone.
  if (isSeq(parent) && path.at(-1) === 0 && isNode(parent.items[0])) parent.items[0].spaceBefore = false;
  return isRemoved;
}

/** The parser gives a comment above the first element to the whole list; people mean the element. */
function ownFirstComment(list: unknown): void {
  if (!isSeq(list) || !list.commentBefore) return;
  const first = list.items[0];
  if (!isNode(first)) return;
  first.commentBefore = first.commentBefore ? `${list.commentBefore}\n${first.commentBefore}` : list.commentBefore;
  list.commentBefore = null;
}

function moveTo(document: Document, change: Extract<RuleChange, { op: "move" }>): boolean {
  const { path, to } = change;
  const from = nodeAt(document, path.slice(0, -1));
  const index = path.at(-1);
  const target = nodeAt(document, to);
  const isInside = to.length >= path.length && path.every((part, i) => part === to[i]);
  if (!isSeq(from) || !isSeq(target) || typeof index !== "number" || !(index in from.items) || isInside) return false;
  ownFirstComment(from);
  const [node] = from.items.splice(index, 1);
  // The target is taken before the removal: its path may count from places that have moved.
  if (insertInto(target, change.index, node)) return true;
  from.items.splice(index, 0, node);
  return false;
}

function insertInto(list: YAMLSeq, index: number | undefined, node: unknown): boolean {
  const at = index ?? list.items.length;
  if (!Number.isInteger(at) || at < 0 || at > list.items.length) return false;
  ownFirstComment(list);
  list.items.splice(at, 0, node);
  return true;
}

function renameAt(document: Document, path: Path, key: string): boolean {
  const map = nodeAt(document, path.slice(0, -1));
  const old = path.at(-1);
  if (!isMap(map) || (key !== old && map.has(key))) return false;
  const pair = ((map as YAMLMap).items as unknown[]).find((item) => isPair(item) && keyOf(item) === old) as Pair | undefined;
  if (!pair) return false;
  if (isScalar(pair.key)) rewrite(pair.key, key);
  else pair.key = document.createNode(key);
  return true;
}

function keyOf({ key }: Pair): unknown {
  return isScalar(key) ? key.value : key;
}
