import type { Action, Catalogue, CatalogueInput, Field, FieldInput, Fields, HostFunction, ValueInput } from "./catalogue.types.ts";
import { complete } from "./complete.ts";
import { BUILTINS } from "./functions.ts";
import { isName } from "./names.ts";
import { isZone } from "./time.ts";
import { T, parseType } from "./types.ts";
import type { Type } from "./types.ts";

/** Thrown by `createCatalogue` with everything that is wrong; a mistake of the host's programmer, not of an author of rules. */
export class CatalogueError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.name = "CatalogueError";
    this.problems = problems;
  }
}

/**
 * Makes the catalogue of what rules may see and do: checks every name and type, and copies everything, so that later
 * changes to the input have no effect. Throws `CatalogueError` listing all mistakes at once.
 */
export function createCatalogue(input: CatalogueInput): Catalogue {
  const reader = new CatalogueReader(input);
  const records = new Map(Object.entries(input.records ?? {}).map(([key, record]) => {
    reader.name(key, `record ${key}`);
    if (parseType(key, () => false)) reader.problems.push(`record ${key}: the language has a type of this name`);
    return [key, { key, doc: record.doc, fields: reader.fields(record.fields, `record ${key}`) }];
  }));
  const catalogue: Omit<Catalogue, "complete"> = {
    timeZone: input.timeZone ?? "UTC",
    edit: input.edit ?? null,
    records,
    variables: reader.fields(input.variables, "variables"),
    functions: reader.functions(),
    actions: reader.actions(),
  };
  if (!isZone(catalogue.timeZone)) reader.problems.push(`timeZone: ${catalogue.timeZone} is not a time zone`);
  if (reader.problems.length > 0) throw new CatalogueError(reader.problems);
  return finish(catalogue);
}

/** The same catalogue in which a field of a record has only these values, as where an author's text says which of them there can be. */
export function narrowed(catalogue: Catalogue, { record: key, field: name, values }: { record: string; field: string; values: readonly ValueInput[] }): Catalogue {
  const record = catalogue.records.get(key);
  const field = record?.fields.get(name);
  if (!record || !field) throw new CatalogueError([`record ${key}: there is no field "${name}"`]);
  const fields = new Map(record.fields).set(name, { ...field, values: values.map((value) => ({ ...value })) });
  return finish({ ...catalogue, records: new Map(catalogue.records).set(key, { ...record, fields }) });
}

function finish(catalogue: Omit<Catalogue, "complete">): Catalogue {
  const finished: Catalogue = Object.freeze({ ...catalogue, complete: (text: string, offset: number, options = {}) => complete(finished, text, { ...options, offset }) });
  return finished;
}

class CatalogueReader {
  readonly input: CatalogueInput;
  readonly problems: string[] = [];

  constructor(input: CatalogueInput) {
    this.input = input;
  }

  name(name: string, place: string): void {
    if (!isName(name)) this.problems.push(`${place}: "${name}" cannot be a name`);
  }

  type(text: string, place: string): Type {
    const type = parseType(text, (key) => Object.hasOwn(this.input.records ?? {}, key));
    if (!type) this.problems.push(`${place}: there is no type "${text}"`);
    return type ?? T.unknown;
  }

  fields(input: Readonly<Record<string, FieldInput>>, place: string): Fields {
    return new Map(Object.entries(input).map(([key, field]) => [key, this.field(key, field, `${place}, ${key}`)]));
  }

  field(key: string, input: FieldInput, place: string): Field {
    this.name(key, place);
    const type = this.type(input.type, place);
    if (type.kind === "any" && !place.startsWith("action")) this.problems.push(`${place}: "any" is only for parameters of actions`);
    const { doc, read = null, set = false, required = false, anyCase = false } = input;
    if (set !== false && type.kind === "record") this.problems.push(`${place}: a whole record cannot be set`);
    return { key, type, doc, read, set, required, anyCase, values: this.values(input, type, place) };
  }

  values({ values }: FieldInput, type: Type, place: string): Field["values"] {
    if (!values) return null;
    const wanted = { int: "number", text: "string" }[(type.kind === "list" ? type.of : type).kind as string];
    if (values.some(({ value }) => typeof value !== wanted)) this.problems.push(`${place}: allowed values must be of the field's type, text or int, or of its list's`);
    return values.map((value) => ({ ...value }));
  }

  functions(): Map<string, HostFunction> {
    return new Map(Object.entries(this.input.functions ?? {}).map(([key, { doc, params, result, call }]) => {
      const place = `function ${key}`;
      this.name(key, place);
      if (BUILTINS.has(key)) this.problems.push(`${place}: the language has a function of this name`);
      const typed = params.map((param) => ({ key: param.key, type: this.type(param.type, place), doc: param.doc ?? null }));
      return [key, { key, doc, params: typed, result: this.type(result, place), call: call as HostFunction["call"] }];
    }));
  }

  actions(): Map<string, Action> {
    return new Map(Object.entries(this.input.actions ?? {}).map(([key, action]) => {
      this.name(key, `action ${key}`);
      return [key, { key, doc: action.doc, use: action.use ?? null, params: this.fields(action.params, `action ${key}`) }];
    }));
  }
}
