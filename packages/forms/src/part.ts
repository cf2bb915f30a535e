import type { FieldDocument, FormData, FormDocument } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Form } from "./form.ts";
import { isEmpty, isPlainObject } from "./paths.ts";

/** A part of a filled form, to be read: opens as a form of its own. */
export interface Part { document: FormDocument; data: FormData }

/**
 * What stands in these places, and the form cut to it, without conditions, computations and checks, which speak of fields
 * that are left out. `isGiven` is asked for each place (`address`, `address.street`); a table is given whole or not at all.
 * What is empty is left out.
 */
export function partOf(form: Form, data: FormData, isGiven: (path: string) => boolean): Part {
  const given = pick(form.fields, data, isGiven);
  const properties = cut(form.fields, given);
  const sections = form.sections.map((section) => ({ key: section.key, name: section.name, columns: section.columns, fields: section.fields.filter(({ path }) => Object.hasOwn(properties, path)) }));
  return {
    data: given,
    document: {
      key: form.key, name: form.document.name, schema: { properties, required: [], $defs: {} },
      layout: { sections: sections.filter((section) => section.fields.length > 0), hidden: [] }, show: {}, require: {}, computed: {}, checks: [],
    },
  };
}

function pick(parts: ReadonlyMap<string, Field>, data: unknown, isGiven: (path: string) => boolean): FormData {
  if (!isPlainObject(data)) return {};
  return Object.fromEntries([...parts].flatMap(([key, field]): [string, unknown][] => {
    if (!Object.hasOwn(data, key)) return [];
    const given = field.kind === "group" ? pick(field.parts, data[key], isGiven) : isGiven(field.path) ? data[key] : null;
    return isEmpty(given) ? [] : [[key, given]];
  }));
}

function cut(parts: ReadonlyMap<string, Field>, given: FormData): Record<string, FieldDocument> {
  return Object.fromEntries([...parts].filter(([key]) => Object.hasOwn(given, key)).map(([key, field]): [string, FieldDocument] => {
    const document: FieldDocument = { ...field.document, "x-kind": field.kind, "x-name": field.name, readOnly: true };
    return [key, field.kind === "group" ? { ...document, properties: cut(field.parts, given[key] as FormData), required: [] } : document];
  }));
}
