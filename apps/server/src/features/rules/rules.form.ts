import { catalogueOf, formHost, openForm, rightsBy, type FormDocument } from "@linija/forms";
import type { CatalogueInput, FieldInput } from "@linija/rules";
import { CONTACT_KINDS } from "../access/index.ts";

/** What conditions see of a form: its records and the variable `form`. */
export interface FormVocabulary { records: NonNullable<CatalogueInput["records"]>; variables: CatalogueInput["variables"] }

/** The part of a project that says which form a type of ticket has. */
export interface FormedProject {
  types: readonly { key: string; process?: string; form?: string | undefined }[];
  /** `forms` by key: documents while a project is read, versions with their vocabulary once it is in use. */
  more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What `form` is in conditions about tickets of these processes: the form of their types, or what all their forms have in common. */
export function formVocabulary({ types, more }: FormedProject, processKeys: readonly string[]): FormVocabulary | undefined {
  const forms = more?.["forms"] ?? {};
  const keys = new Set(types.filter(({ process }) => process === undefined || processKeys.includes(process)).flatMap(({ form }) => (form !== undefined && Object.hasOwn(forms, form) ? [form] : [])));
  const [first, ...others] = [...keys].map((key) => vocabularyOf(forms[key]));
  return first && others.reduce(joined, first);
}

function vocabularyOf(value: unknown): FormVocabulary {
  const used = value as { vocabulary?: FormVocabulary };
  return used.vocabulary ?? catalogueOf(openForm(value as FormDocument, formHost("UTC")), "form", rightsBy(CONTACT_KINDS));
}

/** Fields of either form; one that is two different things is left out, since nobody could say what it is. */
function joined(one: FormVocabulary, other: FormVocabulary): FormVocabulary {
  const records = { ...one.records, ...other.records };
  const isTwo = (key: string): boolean => key !== "form" && one.records[key] !== undefined && other.records[key] !== undefined && JSON.stringify(one.records[key]) !== JSON.stringify(other.records[key]);
  const speaksOfTwo = ({ type }: FieldInput): boolean => Object.keys(records).some((key) => isTwo(key) && (type === key || type === `list<${key}>` || type.replace(/^list<|>$/g, "") === key));
  const [mine, theirs] = [one.records["form"]!.fields, other.records["form"]!.fields];
  const fields = Object.entries({ ...mine, ...theirs }).flatMap(([key, field]): [string, FieldInput][] => {
    const [a, b] = [mine[key], theirs[key]];
    if (speaksOfTwo(field) || (a && b && (a.type !== b.type || String(a.read) !== String(b.read)))) return [];
    if (!a || !b || JSON.stringify(a.values) === JSON.stringify(b.values)) return [[key, field]];
    const { values: _, ...open } = field;
    return [[key, open]];
  });
  return { records: { ...records, form: { ...one.records["form"]!, fields: Object.fromEntries(fields) } }, variables: one.variables };
}
