import { yamlSlip, type YamlSlip } from "@linija/rules";
import type { Process } from "@linija/server/contract/processes/processes";
import { isMap, isSeq, parseDocument, type Document } from "yaml";
import { referencesIn, type Kind, type Path } from "./references.ts";

/** A process as it is written, before any default; parts may be missing while somebody is typing. */
export type Written = { key?: string; start?: string; stages: Record<string, WrittenStage>; transitions: Record<string, WrittenTransition>; clocks: WrittenClocks } & Partial<Pick<Process, "name" | "fields" | "policies" | "checklists" | "excludes" | "start_notice">>;
export type WrittenClocks = Partial<Pick<Process["clocks"], "deadline_hours" | "first_answer_hours">> & { timers: Record<string, WrittenTimer>; escalations: WrittenEscalation[] };
export type WrittenEscalation = Partial<Process["clocks"]["escalations"][number]>;
export type WrittenStage = Partial<Process["stages"][string]>;
export type WrittenTransition = Partial<Omit<Process["transitions"][string], "from">> & { from: string[]; to: string };
export interface WrittenTimer { stage: string; after_hours: number; transition: string; counts?: "always" | "working" }

export type Read = { ok: true; process: Written } | { ok: false; line: number; slip: YamlSlip };

const record = (value: unknown): Record<string, never> => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, never>) : {});
const list = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : []);

/** What a picture can be drawn from: whatever is well-formed, even if the server would still refuse it. */
export function readProcess(text: string): Read {
  const document = documentOf(text);
  const [error] = document.errors;
  if (error) return { ok: false, line: error.linePos?.[0].line ?? 1, slip: yamlSlip(error) };
  return { ok: true, process: writtenIn(document) };
}

/** The text read last: reading a large one takes longer than drawing what changed of it. What was changed is known as a document already. */
let last: { text: string; document: Document } | null = null;
function documentOf(text: string): Document {
  if (last?.text !== text) last = { text, document: parseDocument(text, { prettyErrors: true }) };
  return last.document;
}

function writtenIn(document: Document): Written {
  const given = record(document.toJS({ maxAliasCount: 50 }));
  const stages = Object.fromEntries(Object.entries(record(given.stages)).map(([key, stage]) => [key, record(stage) as WrittenStage]));
  const transitions = Object.fromEntries(Object.entries(record(given.transitions)).map(([key, value]) => {
    const transition = record(value);
    return [key, { ...transition, from: list(transition.from), to: typeof transition.to === "string" ? transition.to : "" } as WrittenTransition];
  }));
  const clocks = record(given.clocks);
  const timers = Object.fromEntries(Object.entries(record(clocks.timers)).map(([key, timer]) => [key, record(timer) as unknown as WrittenTimer]));
  return { ...given, stages, transitions, clocks: { ...clocks, timers, escalations: Array.isArray(clocks.escalations) ? (clocks.escalations as WrittenEscalation[]) : [] } };
}

export type Texts = Record<"en" | "ru" | "sl", string>;

/** One change of the text, with everything that must change along; comments and order stay. */
export type Change =
  | { do: "set"; path: Path; value: unknown }
  | { do: "remove"; path: Path }
  | { do: "add_stage"; key: string; name: Texts }
  | { do: "add_transition"; key: string; name: Texts; from: string; to: string }
  | { do: "rename"; kind: Kind; key: string; to: string }
  | { do: "remove_stage"; key: string }
  | { do: "remove_transition"; key: string };

export function changeText(text: string, change: Change): string {
  const document = documentOf(text);
  if (document.errors.length > 0) return text;
  // From here on the document is no longer what that text says, whatever becomes of the change.
  last = null;
  apply(document, change);
  const changed = keepLines(text, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
  last = { text: changed, document };
  return changed;
}

/** Spaces are how somebody likes to write; two lines that differ in nothing else are the same line. */
const plain = (line: string): string => line.replace(/(?<=\S)\s+|\s+$/g, "");
/** Lists as people write them, `[a, b]`; strings with brackets in them are left alone. */
const tidy = (line: string): string => (/["']/.test(line) ? line : line.replaceAll("[ ", "[").replaceAll(" ]", "]"));

/** The new text in which every line that means the same as before is written as before: a change touches only its own lines. */
export function keepLines(before: string, after: string): string {
  const old = before.split("\n");
  const made = after.split("\n");
  let head = 0;
  while (head < old.length && head < made.length && plain(old[head]!) === plain(made[head]!)) head++;
  let tail = 0;
  while (tail < old.length - head && tail < made.length - head && plain(old.at(-1 - tail)!) === plain(made.at(-1 - tail)!)) tail++;
  const middle = merge(old.slice(head, old.length - tail), made.slice(head, made.length - tail));
  return [...old.slice(0, head), ...middle, ...(tail > 0 ? old.slice(-tail) : [])].join("\n");
}

/** The longest common lines are the old ones, the rest is new. */
function merge(old: string[], made: string[]): string[] {
  const same = (i: number, j: number): boolean => plain(old[i]!) === plain(made[j]!);
  const best = Array.from({ length: old.length + 1 }, () => new Uint16Array(made.length + 1));
  for (let i = old.length - 1; i >= 0; i--) for (let j = made.length - 1; j >= 0; j--) best[i]![j] = same(i, j) ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!);
  const lines: string[] = [];
  for (let i = 0, j = 0; j < made.length;) {
    if (i < old.length && same(i, j)) { lines.push(old[i]!); i++; j++; }
    else if (i < old.length && best[i + 1]![j]! >= best[i]![j + 1]!) i++;
    else lines.push(tidy(made[j++]!));
  }
  return lines;
}

function apply(document: Document, change: Change): void {
  if (change.do === "set") setIn(document, change.path, change.value);
  else if (change.do === "remove") removeIn(document, change.path);
  else if (change.do === "add_stage") document.setIn(["stages", change.key], document.createNode({ name: flow(document, change.name), client_sees: "in_work" }));
  else if (change.do === "add_transition") document.setIn(["transitions", change.key], document.createNode({ name: flow(document, change.name), from: flow(document, [change.from]), to: change.to, who: flow(document, ["operator", "supervisor"]) }));
  else if (change.do === "rename") rename(document, change);
  else if (change.do === "remove_transition") removeTransition(document, change.key);
  else removeStage(document, change.key);
}

/** Names and short lists stand on one line, as people write them. */
function flow(document: Document, value: unknown): unknown {
  const node = document.createNode(value);
  if (isMap(node) || isSeq(node)) node.flow = true;
  return node;
}

const isShort = (value: unknown): boolean => {
  const isTexts = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).every((key) => ["en", "ru", "sl"].includes(key));
  return isTexts || (Array.isArray(value) && value.every((each) => typeof each !== "object"));
};

function setIn(document: Document, path: Path, value: unknown): void {
  // Parents that are missing or empty would make `setIn` fail.
  for (let depth = 1; depth < path.length; depth++) {
    const parent = document.getIn(path.slice(0, depth), true);
    if (!isMap(parent) && !isSeq(parent)) document.setIn(path.slice(0, depth), document.createNode(typeof path[depth] === "number" ? [] : {}));
  }
  document.setIn(path, isShort(value) ? flow(document, value) : document.createNode(value));
}

/** Removing the last of a list or map removes what held it, where the declaration does not need it. */
const NEEDED = new Set(["stages", "transitions", "clocks", "from", "who"]);
function removeIn(document: Document, path: Path): void {
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const holder = document.getIn(parent, true);
  if (parent.length > 0 && (isMap(holder) || isSeq(holder)) && holder.items.length === 0 && !NEEDED.has(String(parent.at(-1)))) document.deleteIn(parent);
}

function rename(document: Document, { kind, key, to }: Extract<Change, { do: "rename" }>): void {
  if (document.hasIn([kind, to])) return;
  renameKey(document, [kind], key, to);
  for (const path of referencesTo(document, kind, key)) document.setIn(path, to);
  if (kind === "fields") for (const [name, { set = {} }] of transitionsOf(document)) if (key in set) renameKey(document, ["transitions", name, "set"], key, to);
}

const transitionsOf = (document: Document): [string, WrittenTransition][] => Object.entries(writtenIn(document).transitions);

function renameKey(document: Document, path: Path, key: string, to: string): void {
  const map = document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
  if (pair) pair.key = document.createNode(to);
}

/** Every place that names it. */
const referencesTo = (document: Document, kind: Kind, key: string): Path[] => referencesIn(writtenIn(document), kind, key);

function removeTransition(document: Document, key: string): void {
  for (const path of referencesTo(document, "transitions", key)) document.deleteIn(path.includes("timers") ? path.slice(0, 3) : path);
  document.deleteIn(["transitions", key]);
}

/** Ways that only led here go with it; others lose this one of their beginnings. */
function removeStage(document: Document, key: string): void {
  const process = writtenIn(document);
  for (const [name, { from, to }] of Object.entries(process.transitions)) {
    const rest = from.filter((stage) => stage !== key);
    if (to === key || (from.length > 0 && rest.length === 0)) removeTransition(document, name);
    else if (rest.length < from.length) document.setIn(["transitions", name, "from"], flow(document, rest));
  }
  for (const [name, timer] of Object.entries(process.clocks.timers)) if (timer.stage === key) document.deleteIn(["clocks", "timers", name]);
  document.deleteIn(["stages", key]);
}

/** A key that is free, made of an English name. */
export function freeKey(name: string, taken: Iterable<string>): string {
  const plain = name.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^[^a-z]+|_+$/g, "").slice(0, 40) || "stage";
  const known = new Set(taken);
  for (let n = 1; ; n++) {
    const key = n === 1 ? plain : `${plain}_${n}`;
    if (!known.has(key)) return key;
  }
}

/** The line where something stands, counted from 1; for going from the picture to the text. */
export function lineOf(text: string, path: Path): number | null {
  const document = parseDocument(text, { prettyErrors: false, keepSourceTokens: true });
  const key = path.at(-1);
  const holder = document.getIn(path.slice(0, -1), true);
  const pair = isMap(holder) ? holder.items.find((item) => String(item.key) === String(key)) : undefined;
  const at = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0];
  return at === undefined ? null : text.slice(0, at).split("\n").length;
}
