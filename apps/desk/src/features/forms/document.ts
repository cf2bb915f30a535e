import { isMap, isSeq, parseDocument, type Document } from "yaml";
import type { FieldDocument, Kind, Section, Text } from "@linija/forms";
import { freeKey, keepLines } from "../processes/document.ts";

/** A form as it is written, before any default; parts may be missing while somebody is typing. */
export interface Written {
  name?: Partial<Text>;
  fields: Record<string, FieldDocument>;
  required: string[];
  sections: WrittenSection[];
  show: Record<string, string>; require: Record<string, string>; computed: Record<string, string>;
  checks: { rule?: string; message?: Partial<Text>; path?: string }[];
}
export interface WrittenSection extends Partial<Omit<Section, "fields">> { key: string; fields: string[] }

type Path = readonly (string | number)[];
export type Change =
  | { do: "set"; path: Path; value: unknown }
  | { do: "add"; kind: Kind; section: number; at: number; key: string }
  | { do: "move"; key: string; section: number; at: number }
  | { do: "remove"; key: string }
  | { do: "rename"; key: string; to: string }
  | { do: "require"; key: string; isOn: boolean }
  | { do: "section"; key: string };

const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const textOr = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const pathOf = (place: unknown): string => textOr(place, textOr(record(place)["path"], ""));
const texts = (value: unknown): Record<string, string> => Object.fromEntries(Object.entries(record(value)).map(([key, text]) => [key, String(text)]));

/** What a builder can show: whatever is well-formed. Fields no section names stand in the last one, as they are drawn. */
export function readWritten(text: string): Written | null {
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length > 0 ? null : written(document);
}

function written(document: Document): Written {
  const given = record(document.toJS({ maxAliasCount: 50 }));
  const schema = record(given["schema"]);
  const fields = record(schema["properties"]) as Record<string, FieldDocument>;
  const layout = record(given["layout"]);
  const sections = list(layout["sections"]).map((section, index): WrittenSection => ({ ...record(section), key: textOr(record(section)["key"], `s${index}`), fields: list(record(section)["fields"]).map(pathOf) }));
  const placed = new Set([...sections.flatMap((section) => section.fields), ...list(layout["hidden"]).map(String)]);
  const rest = Object.keys(fields).filter((key) => !placed.has(key));
  if (sections.length === 0) sections.push({ key: "main", fields: rest });
  else sections.at(-1)!.fields.push(...rest);
  return {
    name: record(given["name"]) as Partial<Text>, fields, sections, required: list(schema["required"]).map(String),
    show: texts(given["show"]), require: texts(given["require"]), computed: texts(given["computed"]), checks: list(given["checks"]) as Written["checks"],
  };
}

/** One change of the text, with everything that must change along; comments and untouched lines stay. */
export function changeForm(text: string, change: Change): string {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return text;
  apply(document, change);
  return keepLines(text, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}

function apply(document: Document, change: Change): void {
  if (change.do === "set") set(document, change.path, change.value);
  else if (change.do === "add") add(document, change);
  else if (change.do === "move") move(document, change);
  else if (change.do === "remove") remove(document, change.key);
  else if (change.do === "rename") rename(document, change.key, change.to);
  else if (change.do === "require") requireField(document, change.key, change.isOn);
  else addSection(document, change.key);
}

const isShort = (value: unknown): boolean => (Array.isArray(value) ? value.every((one) => typeof one !== "object") : Object.keys(record(value)).length > 0 && Object.values(record(value)).every((one) => typeof one !== "object"));

/** Names and short lists stand on one line, as people write them. */
function nodeOf(document: Document, value: unknown): unknown {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  if ((isMap(node) || isSeq(node)) && isShort(value)) node.flow = true;
  if (isMap(node) || isSeq(node)) for (const item of node.items) { const inner = "value" in (item as object) ? (item as { value: unknown }).value : item; if (isMap(inner) && isShort(inner.toJSON())) inner.flow = true; }
  return node;
}

/** Undefined takes it away, and what held nothing else with it. */
function set(document: Document, path: Path, value: unknown): void {
  if (value === undefined) return unset(document, path);
  for (let depth = 1; depth < path.length; depth++) {
    const parent = document.getIn(path.slice(0, depth), true);
    if (!isMap(parent) && !isSeq(parent)) document.setIn(path.slice(0, depth), document.createNode(typeof path[depth] === "number" ? [] : {}));
  }
  document.setIn(path, nodeOf(document, value));
}

function unset(document: Document, path: Path): void {
  document.deleteIn(path);
  const holder = document.getIn(path.slice(0, -1), true);
  const isNothing = (isMap(holder) || isSeq(holder)) && holder.items.length === 0;
  if (isNothing && path.length > 1 && path[0] !== "schema" && path[0] !== "layout") document.deleteIn(path.slice(0, -1));
}

/** The layout as it is drawn is written out before it is changed: fields nobody placed have a place then. */
function layOut(document: Document): void {
  const { sections, name } = written(document);
  const known = list(record(record(document.toJS())["layout"])["sections"]);
  if (known.length === 0) { set(document, ["layout", "sections"], [{ key: sections[0]!.key, name: { en: "Main", ru: "Основное", sl: "Osnovno", ...name }, fields: sections[0]!.fields }]); return; }
  const last = sections.length - 1;
  const written1 = list(record(known[last])["fields"]).map(pathOf);
  for (const key of sections[last]!.fields) if (!written1.includes(key)) append(document, ["layout", "sections", last, "fields"], key);
}

function append(document: Document, path: Path, value: unknown): void {
  const items = document.getIn(path, true);
  if (isSeq(items)) items.add(document.createNode(value));
  else set(document, path, [value]);
}

function add(document: Document, { kind, section, at, key }: Extract<Change, { do: "add" }>): void {
  layOut(document);
  set(document, ["schema", "properties", key], beginning(kind));
  place(document, document.createNode(key), { section, at });
}

function place(document: Document, node: unknown, { section, at }: { section: number; at: number }): void {
  const items = document.getIn(["layout", "sections", section, "fields"], true);
  if (isSeq(items)) items.items.splice(Math.max(0, Math.min(at, items.items.length)), 0, node);
  else document.setIn(["layout", "sections", section, "fields"], document.createNode([(node as { toJSON?: () => unknown }).toJSON?.() ?? node]));
}

/** Takes a field out of the layout and gives what stood there, with its width. */
function take(document: Document, key: string): unknown {
  for (const [index, section] of list(record(record(document.toJS())["layout"])["sections"]).entries()) {
    const at = list(record(section)["fields"]).map(pathOf).indexOf(key);
    const items = document.getIn(["layout", "sections", index, "fields"], true);
    if (at >= 0 && isSeq(items)) return items.items.splice(at, 1)[0];
  }
  return undefined;
}

function move(document: Document, { key, section, at }: Extract<Change, { do: "move" }>): void {
  layOut(document);
  const node = take(document, key);
  if (node !== undefined) place(document, node, { section, at });
}

const RULES = ["show", "require", "computed"] as const;
const belongs = (path: string, key: string): boolean => path === key || path.startsWith(`${key}.`);

function remove(document: Document, key: string): void {
  take(document, key);
  document.deleteIn(["schema", "properties", key]);
  requireField(document, key, false);
  for (const rules of RULES) for (const path of Object.keys(written(document)[rules])) if (belongs(path, key)) set(document, [rules, path], undefined);
  const { checks } = written(document);
  for (let index = checks.length - 1; index >= 0; index--) if (belongs(checks[index]!.path ?? "", key)) set(document, ["checks", index], undefined);
}

/** The name everywhere it is written: the layout, what must be filled, conditions, and `form.name` in expressions. */
function rename(document: Document, key: string, to: string): void {
  if (document.hasIn(["schema", "properties", to])) return;
  renameKey(document.getIn(["schema", "properties"], true), key, to);
  const { required } = written(document);
  if (required.includes(key)) set(document, ["schema", "required"], required.map((one) => (one === key ? to : one)));
  for (const [index, section] of list(record(record(document.toJS())["layout"])["sections"]).entries()) {
    for (const [at, one] of list(record(section)["fields"]).entries()) if (pathOf(one) === key) document.setIn(["layout", "sections", index, "fields", at, ...(typeof one === "string" ? [] : ["path"])], to);
  }
  for (const rules of RULES) for (const path of Object.keys(written(document)[rules])) if (belongs(path, key)) renameKey(document.getIn([rules], true), path, to + path.slice(key.length));
  renameInRules(document, key, to);
}

function renameKey(map: unknown, key: string, to: string): void {
  const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
  if (pair) pair.key = to;
}

function renameInRules(document: Document, key: string, to: string): void {
  const used = new RegExp(`\\bform\\.${key}\\b`, "g");
  const swap = (path: Path): void => { const text = document.getIn(path); if (typeof text === "string" && text.search(used) >= 0) document.setIn(path, text.replace(used, `form.${to}`)); };
  const { checks, show, require, computed, sections } = written(document);
  for (const [name, rules] of Object.entries({ show, require, computed })) for (const path of Object.keys(rules)) swap([name, path]);
  for (const [index, check] of checks.entries()) { swap(["checks", index, "rule"]); if (belongs(check.path ?? "", key)) document.setIn(["checks", index, "path"], to + check.path!.slice(key.length)); }
  for (const [index, section] of sections.entries()) if (section.show !== undefined) swap(["layout", "sections", index, "show"]);
}

function requireField(document: Document, key: string, isOn: boolean): void {
  const items = document.getIn(["schema", "required"], true);
  const at = written(document).required.indexOf(key);
  if (isOn && at < 0) { if (isSeq(items)) items.add(key); else set(document, ["schema", "required"], [key]); }
  if (!isOn && at >= 0) document.deleteIn(["schema", "required", at]);
}

function addSection(document: Document, key: string): void {
  layOut(document);
  append(document, ["layout", "sections"], { key, name: { en: "New section", ru: "Новый раздел", sl: "Nov razdelek" }, fields: [] });
}

const name = (en: string, ru: string, sl: string): Text => ({ en, ru, sl });
const NEW = name("New field", "Новое поле", "Novo polje");
const OPTION = (value: string, n: number) => ({ value, name: name(`Option ${n}`, `Вариант ${n}`, `Možnost ${n}`) });

/** A field of a kind as it begins: complete enough to be saved at once. */
const MORE: Partial<Record<Kind, FieldDocument>> = {
  choice: { "x-options": [OPTION("first", 1), OPTION("second", 2)] }, choices: { "x-options": [OPTION("first", 1), OPTION("second", 2)] },
  document: { "x-mask": { read: "clients.documents" } }, lookup: { "x-lookup": { entity: "client" } },
  table: { items: { properties: { what: { "x-kind": "text", "x-name": name("What", "Что", "Kaj") } } } },
  consent: { "x-text": name("Do you agree that we use your data?", "Согласны ли вы на обработку ваших данных?", "Ali soglašate z obdelavo vaših podatkov?") },
  group: { properties: { first: { "x-kind": "text", "x-name": NEW } } },
};
const beginning = (kind: Kind): FieldDocument => ({ "x-kind": kind, "x-name": NEW, ...MORE[kind] });

export const freeName = (kind: string, fields: Readonly<Record<string, unknown>>): string => freeKey(kind, Object.keys(fields));
