import type { Validator } from "@cfworker/json-schema";
import type { Expression } from "@linija/rules";
import type { FormDocument, Section, Text } from "./document.ts";
import type { Field } from "./fields.ts";
import type { JsonSchema } from "./schema.ts";

/** A condition or computation of one field; `row` tells that it speaks of the row of its table. */
export interface Conditioned { path: string; table: string | null; expression: Expression }

export interface Check { path: string; table: string | null; text: Text; expression: Expression }

/** A form that has been checked: everything compiled, nothing changes it. Made by `readForm` or `openForm`. */
export interface Form {
  readonly key: string;
  readonly document: FormDocument;
  readonly fields: ReadonlyMap<string, Field>;
  /** JSON Schema 2020-12 of the data, with all references and kinds written out. */
  readonly schema: JsonSchema;
  /** In the order they are shown; fields no section names are in the last one. */
  readonly sections: readonly Section[];
  readonly timeZone: string;
  /** Conditions and computations in the order in which each finds what it reads decided. */
  readonly steps: readonly (Conditioned & { does: "show" | "compute" })[];
  readonly require: readonly Conditioned[];
  readonly checks: readonly Check[];
  /** Places nobody types: computed ones, and numbers given when the form is submitted. */
  readonly computed: ReadonlySet<string>;
  readonly validator: Validator;
}

/** What a form's expressions may read besides the form: values of the host's variables, by name. */
export interface Context {
  values?: Readonly<Record<string, unknown>>;
  /** E.164 of a phone number as people write it, or null when there is none such. Without it only E.164 itself is taken. */
  phone?: (text: string, country: string | null) => string | null;
}
