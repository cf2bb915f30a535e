import type { FieldDocument, FormData, FormDocument, Kind } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Form } from "./form.ts";
import { isEmpty, isPlainObject } from "./paths.ts";

export interface Masked {
  /** A copy in which what may not be read is bullets: enough to see that it is filled, the last two signs of a number to compare. */
  data: FormData;
  /** Places that are masked. */
  masked: string[];
}

/** Hides what the reader lacks the right to see. `has` tells whether they have a right; fields of these `kinds`, and what is computed from them, are hidden whatever the form says. */
export function mask(form: Form, data: FormData, has: (right: string) => boolean, kinds: ReadonlySet<Kind> = NO_KINDS): Masked {
  const masked: string[] = [];
  return { data: maskParts(form.fields, data, { prefix: "", has, kinds, masked }), masked };
}
const NO_KINDS: ReadonlySet<Kind> = new Set();

interface Masking { prefix: string; has: (right: string) => boolean; kinds: ReadonlySet<Kind>; masked: string[] }

function maskParts(parts: ReadonlyMap<string, Field>, data: unknown, to: Masking): FormData {
  if (!isPlainObject(data)) return {};
  const result: FormData = {};
  for (const [key, field] of parts) {
    if (Object.hasOwn(data, key)) result[key] = maskValue(field, data[key], { ...to, prefix: `${to.prefix}${key}` });
  }
  return result;
}

function maskValue(field: Field, value: unknown, to: Masking): unknown {
  if (!field.masks.every(to.has) || [...field.tells].some((kind) => to.kinds.has(kind))) {
    if (isEmpty(value)) return value;
    to.masked.push(to.prefix);
    return bullets(value, field.key);
  }
  if (field.kind === "table" && Array.isArray(value)) return value.map((row, index) => maskParts(field.parts, row, { ...to, prefix: `${to.prefix}.${index}.` }));
  return field.parts.size > 0 && isPlainObject(value) ? maskParts(field.parts, value, { ...to, prefix: `${to.prefix}.` }) : value;
}

/** The last two signs are shown of numbers long enough that they tell nothing alone. */
function bullets(value: unknown, key: string): unknown {
  if (typeof value === "string") return key === "number" && value.length > 5 ? `••••${value.slice(-2)}` : "••••";
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).filter(([, part]) => !isEmpty(part)).map(([name, part]) => [name, bullets(part, name)]));
  return Array.isArray(value) ? [] : null;
}

/** What a client sees by a link, and what of it they may fill. */
export function clientPart(form: Form): { see: ReadonlySet<string>; fill: ReadonlySet<string> } {
  const see = new Set<string>();
  const fill = new Set<string>();
  const visit = (parts: ReadonlyMap<string, Field>): void => {
    for (const field of parts.values()) {
      if (field.client !== null) see.add(field.path);
      if (field.client === "fill" && !form.computed.has(field.path) && !field.document.readOnly) fill.add(field.path);
      visit(field.parts);
    }
  };
  visit(form.fields);
  return { see, fill };
}

/** Only what a client may see of the data; a group is there for its parts. */
export function forClient(form: Form, data: FormData): FormData {
  const pick = (parts: ReadonlyMap<string, Field>, values: unknown): FormData => {
    if (!isPlainObject(values)) return {};
    return Object.fromEntries([...parts].flatMap(([key, field]) => {
      if (!Object.hasOwn(values, key)) return [];
      if (field.client !== null) return [[key, values[key]]];
      const inner = field.kind === "group" ? pick(field.parts, values[key]) : {};
      return isEmpty(inner) ? [] : [[key, inner]];
    }));
  };
  return pick(form.fields, data);
}

/**
 * The form as a client may know it: only the fields they see, written out, without conditions, computations and checks,
 * which speak of fields they do not; what is hidden now is told beside it. Opens as a form of its own.
 */
export function clientDocument(form: Form): FormDocument {
  const properties = clientFields(form.fields);
  const sections = form.sections.map((section) => ({ key: section.key, name: section.name, columns: section.columns, ...(section.hint && { hint: section.hint }), fields: section.fields.filter(({ path }) => Object.hasOwn(properties, path)) }));
  return {
    key: form.key, name: form.document.name, ...(form.document.hint && { hint: form.document.hint }),
    schema: { properties, required: form.document.schema.required.filter((key) => Object.hasOwn(properties, key)), $defs: {} },
    layout: { sections: sections.filter((section) => section.fields.length > 0), hidden: [] }, show: {}, require: {}, computed: {}, checks: [],
  };
}

function clientFields(parts: ReadonlyMap<string, Field>): Record<string, FieldDocument> {
  return Object.fromEntries([...parts].flatMap(([key, field]): [string, FieldDocument][] => {
    const document: FieldDocument = { ...field.document, "x-kind": field.kind, "x-name": field.name };
    if (field.client !== null) return [[key, field.client === "see" ? { ...document, readOnly: true } : document]];
    const inner = field.kind === "group" ? clientFields(field.parts) : {};
    return Object.keys(inner).length > 0 ? [[key, { ...document, properties: inner, required: (document.required ?? []).filter((name) => Object.hasOwn(inner, name)) }]] : [];
  }));
}
