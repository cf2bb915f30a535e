import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";
import type { FactView } from "./tickets.parts.contract.ts";

type Field = Process["fields"][string];
type Departments = Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** Those that may be chosen in this field. */
export const departmentsFor = ({ departments: named }: Extract<Field, { kind: "department" }>, departments: Departments): Departments =>
  (named ? Object.fromEntries(Object.entries(departments).filter(([key]) => named.includes(key))) : departments);

/** What was written into the fields of a process, as people call it. Colleagues are left out: their ids say nothing to anybody. */
export const factsOf = (process: Process, departments: Departments, { fields, language }: { fields: Readonly<Record<string, unknown>>; language: Language }): FactView[] =>
  Object.entries(process.fields).flatMap(([key, field]) => {
    const value = Object.hasOwn(fields, key) ? fields[key] : null;
    if (field.kind === "employee" || value === "" || (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")) return [];
    return [{ key, name: field.name[language], kind: field.kind, value: called(field, departments, { value, language }), currency: field.kind === "money" ? field.currency : null }];
  });

function called(field: Field, departments: Departments, { value, language }: { value: string | number | boolean; language: Language }): string | number | boolean {
  const names = field.kind === "choice" ? field.options : field.kind === "department" ? departments : {};
  const key = String(value);
  return Object.hasOwn(names, key) ? names[key]![language] : value;
}
