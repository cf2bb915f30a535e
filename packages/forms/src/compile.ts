import { Validator } from "@cfworker/json-schema";
import { compileExpression, createCatalogue, suggest } from "@linija/rules";
import type { Catalogue, CatalogueInput, Expression, FieldInput } from "@linija/rules";
import { carryOver, MARK } from "./carry.ts";
import { catalogueOf, typeOf } from "./catalogue.ts";
import type { FormDocument, Section } from "./document.ts";
import { expandFields } from "./fields.ts";
import type { Field, Finding } from "./fields.ts";
import type { Check, Conditioned, Form } from "./form.ts";
import { inOrder } from "./graph.ts";
import type { Node } from "./graph.ts";
import { LIMITS } from "./limits.ts";
import { fieldAt } from "./paths.ts";
import { decided, objectOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";
import { defaultProblems } from "./values.ts";

/** What the host adds to what a form's expressions may read: its records, variables (`client`, `now`, …) and functions. */
export type HostCatalogue = Pick<CatalogueInput, "timeZone" | "records" | "functions"> & { variables?: CatalogueInput["variables"] };

/** Checks a form whose shape is right, and compiles it. */
export function compile(document: FormDocument, host: HostCatalogue): { form: Form; findings: Finding[] } {
  const { fields, findings } = expandFields(document);
  if (findings.some((finding) => finding.code === "too_many_fields")) return { form: formOf(document, fields, host), findings };
  const form = formOf(document, fields, host);
  const compiler = new Compiler(document, fields, host);
  const parts = findings.length === 0 ? compiler.all() : compiler.layoutOnly();
  const problems = [...findings, ...compiler.findings, ...(findings.length === 0 ? defaultProblems(fields) : [])];
  return { form: { ...form, ...parts, fields: carryOver(fields, compiler.marks, parts.steps ?? []) }, findings: problems.slice(0, LIMITS.problems) };
}

function formOf(document: FormDocument, fields: ReadonlyMap<string, Field>, host: HostCatalogue): Form {
  const schema: JsonSchema = { $schema: "https://json-schema.org/draft/2020-12/schema", title: document.name.en, ...objectOf(fields, document.schema.required) };
  return {
    key: document.key, document, fields, schema, sections: sectionsOf(document, fields), timeZone: host.timeZone ?? "UTC",
    steps: [], require: [], checks: [], computed: new Set([...Object.keys(document.computed), ...numbered(fields).map(({ path }) => path)]), validator: new Validator(decided(schema) as object, "2020-12", false),
  };
}

/** Fields that get their number when the form is submitted. */
export const numbered = (fields: ReadonlyMap<string, Field>): { path: string; prefix: string }[] => [...fields.values()].flatMap((field) => {
  const prefix = field.document["x-number"];
  return prefix === undefined ? (field.kind === "group" ? numbered(field.parts) : []) : [{ path: field.path, prefix }];
});

const NO_SECTION = { key: "all", columns: 1 };

function sectionsOf(document: FormDocument, fields: ReadonlyMap<string, Field>): Section[] {
  const { sections, hidden } = document.layout;
  const placed = new Set([...hidden, ...sections.flatMap((section) => section.fields.map((place) => place.path))]);
  const rest = [...fields.keys()].filter((key) => !placed.has(key)).map((path) => ({ path, width: 1 }));
  if (rest.length === 0) return sections;
  const last = sections.at(-1) ?? { ...NO_SECTION, name: document.name, fields: [] };
  return [...sections.slice(0, -1), { ...last, fields: [...last.fields, ...rest] }];
}

type Source = readonly (string | number)[];
type Step = Node & Conditioned & { does: "show" | "compute" };

class Compiler {
  readonly findings: Finding[] = [];
  /** By computed place: what its expression reads, fields by their marks (carry.ts), besides the rights that the host's names ask for. */
  readonly marks = new Map<string, Set<string>>();
  private readonly document: FormDocument;
  private readonly fields: ReadonlyMap<string, Field>;
  private readonly input: CatalogueInput & { records: NonNullable<CatalogueInput["records"]> };
  private readonly catalogues = new Map<string | null, Catalogue>();

  constructor(document: FormDocument, fields: ReadonlyMap<string, Field>, host: HostCatalogue) {
    this.document = document;
    this.fields = fields;
    const own = catalogueOf({ fields, document }, "form", ({ path }) => [`${MARK}${path}`]);
    this.input = { timeZone: host.timeZone ?? "UTC", records: { ...host.records, ...own.records }, variables: { ...host.variables, ...own.variables }, ...(host.functions && { functions: host.functions }) };
  }

  private note(code: Finding["code"], params: Finding["params"], path: Source): void {
    if (this.findings.length < LIMITS.problems) this.findings.push({ code, params, path });
  }

  layoutOnly(): Partial<Form> {
    this.layout();
    return {};
  }

  all(): Partial<Form> {
    this.layout();
    const steps = this.ordered([...this.shows(), ...this.sections(), ...this.computations()]);
    return { steps, require: this.requirements(), checks: this.checks() };
  }

  private layout(): void {
    const seen = new Set<string>();
    const place = (name: string, source: Source): void => {
      if (!this.fields.has(name)) this.note("unknown_field_path", { path: name, suggestion: this.near(name) }, source);
      else if (seen.has(name)) this.note("placed_twice", { name }, source);
      seen.add(name);
    };
    this.document.layout.sections.forEach((section, s) => section.fields.forEach((field, f) => place(field.path, ["layout", "sections", s, "fields", f])));
    this.document.layout.hidden.forEach((name, index) => place(name, ["layout", "hidden", index]));
    for (const name of this.document.schema.required) {
      if (!this.fields.has(name)) this.note("unknown_required", { name }, ["schema", "required"]);
      const isUnseen = this.document.layout.hidden.includes(name) || this.document.show[name]?.trim() === "false";
      if (isUnseen && this.document.computed[name] === undefined && this.fields.get(name)?.document.default === undefined) this.note("required_but_hidden", { name }, ["schema", "required"]);
    }
  }

  private near(name: string): string {
    const near = suggest(name, this.fields.keys());
    return near === "" ? "" : ` → ${near}`;
  }

  /** The catalogue of expressions about one place: those of a table see the row as well. */
  private catalogue(table: string | null): Catalogue {
    let catalogue = this.catalogues.get(table);
    if (!catalogue) {
      const row: Record<string, FieldInput> = table === null ? {} : { row: { type: typeOf(fieldAt(this.fields, table)!).slice("list<".length, -1), doc: this.document.name } };
      catalogue = createCatalogue({ ...this.input, variables: { ...this.input.variables, ...row } });
      this.catalogues.set(table, catalogue);
    }
    return catalogue;
  }

  /** An expression about `path`, or null after noting why not. */
  private expression(text: string, field: Field, { expects, source }: { expects: string; source: Source }): Expression | null {
    const marks = new Set<string>();
    const compiled = compileExpression(text, this.catalogue(field.table), { expects, stored: field.kind === "money", rights: (mark) => marks.add(mark).size > 0 });
    if (source[0] === "computed") this.marks.set(field.path, marks);
    if (compiled.ok) return compiled.expression;
    for (const { code, params, line, column, length } of compiled.problems) this.findings.push({ code, params, path: source, within: { line, column, length } });
    return null;
  }

  private field(path: string, source: Source): Field | null {
    const field = fieldAt(this.fields, path);
    if (!field) this.note("unknown_field_path", { path, suggestion: this.near(path) }, source);
    return field;
  }

  private conditions(of: "show" | "require"): (Conditioned & { source: Source })[] {
    return Object.entries(this.document[of]).flatMap(([path, text]) => {
      const source = [of, path];
      const field = this.field(path, source);
      const expression = field && this.expression(text, field, { expects: "boolean", source });
      return expression ? [{ path, table: field.table, expression, source }] : [];
    });
  }

  private shows = (): Step[] => this.conditions("show").map((one) => ({ ...one, does: "show", reads: readsOf(one) }));
  private requirements = (): Conditioned[] => this.conditions("require");

  /** A section's condition is that of each of its fields. */
  private sections(): Step[] {
    return this.document.layout.sections.flatMap((section, index) => {
      const source = ["layout", "sections", index, "show"];
      const first = section.fields.map(({ path }) => this.fields.get(path)).find((field) => field !== undefined);
      const expression = section.show === undefined || !first ? null : this.expression(section.show, first, { expects: "boolean", source });
      if (!expression) return [];
      return section.fields.map(({ path }): Step => ({ path, table: null, expression, source, does: "show", reads: readsOf({ table: null, expression }) }));
    });
  }

  private computations(): Step[] {
    return Object.entries(this.document.computed).flatMap(([path, text]) => {
      const source = ["computed", path];
      const field = this.field(path, source);
      if (!field) return [];
      if (!COMPUTABLE.has(field.kind)) {
        this.note("cannot_compute", { kind: field.kind }, source);
        return [];
      }
      const expression = this.expression(text, field, { expects: typeOf(field), source });
      return expression ? [{ path, table: field.table, expression, source, does: "compute" as const, reads: readsOf({ table: field.table, expression }) }] : [];
    });
  }

  private ordered(steps: Step[]): Step[] {
    const { order, rings } = inOrder(steps, (a, b) => a.does === "show" && b.does === "compute" && a.path === b.path);
    this.findings.push(...rings);
    return order;
  }

  private checks(): Check[] {
    return this.document.checks.flatMap(({ rule, message, path }, index) => {
      const source = ["checks", index, "rule"];
      const field = this.field(path, ["checks", index, "path"]);
      const expression = field && this.expression(rule, field, { expects: "boolean", source });
      return expression ? [{ path, table: field.table, text: message, expression }] : [];
    });
  }
}

const COMPUTABLE: ReadonlySet<string> = new Set(["text", "long_text", "number", "yes_no", "choice", "choices", "money", "date", "moment"]);

/** Places of the form an expression reads. */
const readsOf = ({ table, expression }: Pick<Conditioned, "table" | "expression">): string[] => expression.reads.flatMap((name) => {
  if (name === "form") return [""];
  if (name.startsWith("form.")) return [name.slice("form.".length)];
  return table !== null && (name === "row" || name.startsWith("row.")) ? [`${table}${name.slice("row".length)}`] : [];
});
