import { PatternError, compilePattern, isName } from "@linija/rules";
import type { Params, Pattern } from "@linija/rules";
import type { FieldDocument, FormDocument, Kind, Text } from "./document.ts";
import { IMPLIED, KEYWORDS, NEEDS, OTHER_TYPES, kindOf } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import type { FormProblem } from "./problems.ts";

/** A problem before its place in the text is known. `within` are offsets of an expression's text. */
export interface Finding {
  code: FormProblem["code"];
  params: Params;
  path: readonly (string | number)[];
  within?: { line: number; column: number; length: number };
}

/** A field with all that its kind says written out. */
export interface Field {
  readonly key: string;
  /** `address.street`; a column of a table stands behind its table. */
  readonly path: string;
  readonly kind: Kind;
  readonly name: Text;
  readonly document: FieldDocument;
  /** Parts of a group, person, address or document; columns of a table. */
  readonly parts: ReadonlyMap<string, Field>;
  /** Keys of parts or columns that must be filled. */
  readonly required: ReadonlySet<string>;
  /** The rights to see it, all of them: its own, those of its whole, and of a computed one those of all it is computed from. */
  readonly masks: readonly string[];
  /** Kinds of what it tells: its own, and of a computed one those of all it is computed from. */
  readonly tells: ReadonlySet<Kind>;
  readonly client: "fill" | "see" | null;
  /** The table it is a column of, at any depth. */
  readonly table: string | null;
  readonly pattern: Pattern | null;
}

const NO_TEXT: Text = { en: "?", ru: "?", sl: "?" };
type Source = readonly (string | number)[];
interface Above { path: string; source: Source; depth: number; masks: readonly string[]; client: Field["client"]; table: string | null }

/** Writes out references and kinds of all fields of a form, and notes what cannot be. */
export function expandFields(form: FormDocument): { fields: Map<string, Field>; findings: Finding[] } {
  const expander = new Expander(form.schema.$defs);
  const top: Above = { path: "", source: ["schema"], depth: 0, masks: [], client: null, table: null };
  const fields = expander.parts(form.schema.properties, top);
  return { fields, findings: expander.findings };
}

class Expander {
  readonly findings: Finding[] = [];
  private readonly defs: Readonly<Record<string, FieldDocument>>;
  private count = 0;

  constructor(defs: Readonly<Record<string, FieldDocument>>) {
    this.defs = defs;
  }

  private note(code: Finding["code"], params: Params, path: Source): void {
    if (this.findings.length < LIMITS.problems) this.findings.push({ code, params, path });
  }

  parts(documents: Readonly<Record<string, FieldDocument>>, above: Above): Map<string, Field> {
    const fields = new Map<string, Field>();
    for (const [key, document] of Object.entries(documents)) {
      const source = [...above.source, "properties", key];
      if (this.count++ >= LIMITS.fields) {
        if (this.count === LIMITS.fields + 1) this.findings.unshift({ code: "too_many_fields", params: { limit: LIMITS.fields }, path: source });
        break;
      }
      // Kinds name their parts themselves; people's names of fields must not be words of CEL.
      if (!isName(key) || key === "row") this.note("reserved_name", { name: key }, source);
      fields.set(key, this.field(key, document, { ...above, source }));
    }
    return fields;
  }

  private field(key: string, written: FieldDocument, above: Above): Field {
    const own = this.resolve(written, above.source);
    const kind = kindOf(own);
    const document = withImplied(kind, own);
    this.checkKeywords(kind, own, above.source);
    if (!own["x-name"]) this.note("name_missing", {}, above.source);
    const path = above.path === "" ? key : `${above.path}.${key}`;
    const { masks, client } = inherited(own, above);
    const parts = this.partsOf(kind, document, { path, source: above.source, depth: above.depth + 1, masks, client, table: above.table });
    const required = this.required(requiredOf(kind, document), parts, above.source);
    this.checkLimits(document, above.source);
    if (own["x-number"] !== undefined && above.table !== null) this.note("keyword_of_other_kind", { name: "x-number", kind: "table" }, [...above.source, "x-number"]);
    return { key, path, kind, name: own["x-name"] ?? NO_TEXT, document, parts, required, masks, tells: new Set([kind]), client, table: above.table, pattern: this.pattern(document, above.source) };
  }

  private required(names: readonly string[], parts: ReadonlyMap<string, Field>, source: Source): Set<string> {
    for (const name of names) if (!parts.has(name) && parts.size > 0) this.note("unknown_required", { name }, [...source, "required"]);
    return new Set(names);
  }

  /** Follows `$ref`; what stands beside it wins. */
  private resolve(field: FieldDocument, source: Source): FieldDocument {
    let merged = field;
    const seen = new Set<string>();
    while (merged.$ref !== undefined) {
      const { $ref: ref, ...rest } = merged;
      const name = /^#\/\$defs\/([A-Za-z0-9_]+)$/.exec(ref)?.[1];
      if (name === undefined || !Object.hasOwn(this.defs, name)) {
        this.note("bad_ref", { ref: ref.slice(0, 100) }, [...source, "$ref"]);
        return { ...rest, type: rest.type ?? "string", "x-name": rest["x-name"] ?? NO_TEXT };
      }
      if (seen.has(name)) {
        this.note("ref_loop", { ref }, [...source, "$ref"]);
        return { ...rest, type: "string", "x-name": rest["x-name"] ?? NO_TEXT };
      }
      seen.add(name);
      merged = { ...this.defs[name]!, ...rest };
    }
    return merged;
  }

  private partsOf(kind: Kind, document: FieldDocument, above: Above): Map<string, Field> {
    const isTable = kind === "table";
    const row = isTable ? this.rowOf(document, above) : document;
    if (row.properties === undefined) return new Map();
    const isTooDeep = above.depth > LIMITS.depth || (isTable && above.table !== null);
    if (isTooDeep) this.note("fields_too_deep", { limit: LIMITS.depth }, above.source);
    if (isTooDeep) return new Map();
    return this.parts(row.properties, isTable ? { ...above, table: above.path, source: [...above.source, "items"] } : above);
  }

  private rowOf(document: FieldDocument, above: Above): FieldDocument {
    if (document.items === undefined) return {};
    const row = this.resolve(document.items, [...above.source, "items"]);
    if (!row.properties) this.note("kind_needs", { kind: "table", name: "items.properties" }, above.source);
    return row;
  }

  private checkKeywords(kind: Kind, own: FieldDocument, source: Source): void {
    for (const name of Object.keys(own)) {
      if (!KEYWORDS[kind].has(name)) this.note("keyword_of_other_kind", { name, kind }, [...source, name]);
    }
    for (const name of NEEDS[kind] ?? []) {
      if (own[name] === undefined) this.note("kind_needs", { kind, name }, source);
    }
    const { type } = own;
    if (type && type !== IMPLIED[kind].type && type !== OTHER_TYPES[kind]) this.note("keyword_of_other_kind", { name: `type: ${type}`, kind }, [...source, "type"]);
    const values = own["x-options"]?.map((option) => option.value) ?? [];
    const double = values.find((value, index) => values.indexOf(value) !== index);
    if (double !== undefined) this.note("double_option", { value: double }, [...source, "x-options"]);
  }

  private checkLimits(document: FieldDocument, source: Source): void {
    const pairs = [["minLength", "maxLength"], ["minimum", "maximum"], ["exclusiveMinimum", "exclusiveMaximum"], ["minItems", "maxItems"]] as const;
    for (const [low, high] of pairs) {
      if ((document[low] ?? -Infinity) > (document[high] ?? Infinity)) this.note("bad_limits", {}, [...source, low]);
    }
    for (const column of document["x-sum"] ?? []) {
      const kind = document.items?.properties?.[column];
      if (!kind) this.note("unknown_field_path", { path: column, suggestion: "" }, [...source, "x-sum"]);
    }
  }

  private pattern({ pattern, maxLength = 0 }: FieldDocument, source: Source): Pattern | null {
    if (pattern === undefined) return null;
    try {
      const compiled = compilePattern(pattern);
      if (compiled.cost * maxLength <= LIMITS.patternWork) return compiled;
      this.note("pattern_refused", { reason: `${compiled.cost} × maxLength ${maxLength} > ${LIMITS.patternWork}` }, [...source, "pattern"]);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      // As far as it can be read; which of the three it was, the advice says in any language.
      this.note("pattern_refused", { reason: `${pattern.slice(Math.max(0, error.at - 20), error.at + 1)}…` }, [...source, "pattern"]);
    }
    return null;
  }
}

const inherited = (own: FieldDocument, above: Above): Pick<Field, "masks" | "client"> => ({ masks: [...new Set([...above.masks, ...(own["x-mask"] ? [own["x-mask"].read] : [])])], client: own["x-client"] ?? above.client });

/** A short text unless the form says how long: patterns cost time with every character. */
const PATTERN_LENGTH = 200;

function withImplied(kind: Kind, own: FieldDocument): FieldDocument {
  const implied = IMPLIED[kind];
  const merged: FieldDocument = { ...implied, ...own };
  if (own.pattern !== undefined && own.maxLength === undefined) merged.maxLength = PATTERN_LENGTH;
  if (!implied.properties) return merged;
  const names = new Set([...Object.keys(implied.properties), ...Object.keys(own.properties ?? {})]);
  merged.properties = Object.fromEntries([...names].map((name) => [name, { ...implied.properties?.[name], ...own.properties?.[name] }]));
  return merged;
}

const requiredOf = (kind: Kind, document: FieldDocument): string[] => (kind === "table" ? (document.items?.required ?? []) : (document.required ?? []));
