import type { FieldDocument, FormData } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Form } from "./form.ts";
import { isPlainObject } from "./paths.ts";

export type Lookup = NonNullable<FieldDocument["x-lookup"]> & { value?: Record<string, unknown> };

/**
 * The lookups of a form: without data by the place of their field (`equipment.what`), with data those that are chosen, by
 * their place in it (`equipment.0.what`).
 */
export function lookupsOf(form: Form, data?: FormData): Map<string, Lookup> {
  const found = new Map<string, Lookup>();
  const visit = (parts: ReadonlyMap<string, Field>, values: unknown, prefix: string): void => {
    for (const [key, field] of parts) {
      const value = isPlainObject(values) && Object.hasOwn(values, key) ? values[key] : undefined;
      const path = `${prefix}${key}`;
      const lookup = field.document["x-lookup"];
      if (lookup && data === undefined) found.set(path, lookup);
      else if (lookup && isPlainObject(value)) found.set(path, { ...lookup, value });
      if (field.kind === "table" && Array.isArray(value)) value.forEach((row, index) => visit(field.parts, row, `${path}.${index}.`));
      else visit(field.parts, value, `${path}.`);
    }
  };
  visit(form.fields, data, "");
  return found;
}
