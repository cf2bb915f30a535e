import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { own } from "../../platform/own.ts";
import { maskWithin, may, type OwnContacts } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type { ProcessField } from "../processes/index.ts";
import { formInUse, hideForm, isHiddenFor } from "../forms/index.ts";
import { contactsOf, findProject, processOf, projectOf, type ContactsOf, type ProjectInUse } from "../tickets/index.ts";
import { formCell, kindOfForm, kindOfProcess, processCell, type Names } from "./views.columns.rules.ts";
import { viewColumn, type Cell, type ticketColumns as contract } from "./views.contract.ts";
import { userOf } from "./views.service.ts";
import { selectFormsOf, selectNamesOf, type FoundTicket } from "./views.sql.ts";

type Choice = z.input<typeof contract.reply>["items"][number];

/** Fields a list can show. Masked ones are left out: a column of bullets tells nothing. */
export async function ticketColumns(ctx: Ctx): Promise<z.input<typeof contract.reply>> {
  const user = userOf(ctx);
  const language = user.language as Language;
  const projects = (await Promise.all(user.projects.map((key) => findProject(ctx.db, key)))).filter((project) => project !== null);
  const found = await Promise.all(projects.map(async (project) => [...await processFields(ctx, project, language), ...(may(ctx, "forms.read", { projectKey: project.project.key, ownerId: user.id }) ? await formFields(ctx, project, language) : [])]));
  return { items: [...joined(found.flat()).values()].sort((a, b) => a.name.localeCompare(b.name, language)) };
}

/** One name in several forms is one field to a list: of all of them, with whatever can be chosen in any. */
function joined(choices: readonly Choice[]): Map<string, Choice> {
  const items = new Map<string, Choice>();
  for (const each of choices) {
    const known = items.get(each.key);
    items.set(each.key, !known ? each : {
      ...known, of: [...new Set([...known.of, ...each.of])], many: known.many || each.many, mayAsk: known.mayAsk && each.mayAsk, currency: known.currency === each.currency ? known.currency : null,
      options: known.options.length === 0 || each.options.length === 0 ? [] : [...known.options, ...each.options.filter(({ value }) => !known.options.some((option) => option.value === value))],
    });
  }
  return items;
}

async function processFields(ctx: Ctx, { types, processIds, departments }: ProjectInUse, language: Language): Promise<Choice[]> {
  const processes = await Promise.all(types.flatMap(({ process }) => processIds[process] ?? []).map((id) => processOf(ctx.db, id)));
  return types.filter(({ process }) => processIds[process] !== undefined).flatMap((type, index) => Object.entries(processes[index]!.fields).map(([name, field]): Choice => ({
    key: `fields.${name}`, name: field.name[language], kind: kindOfProcess(field), of: [type.name[language]], options: optionsOf(field, departments, language), many: false, mayAsk: true, currency: field.kind === "money" ? field.currency : null,
  }))).filter(({ key }) => viewColumn.safeParse(key).success);
}

function optionsOf(field: ProcessField, departments: ProjectInUse["departments"], language: Language): Choice["options"] {
  const named = field.kind === "choice" ? field.options : field.kind === "department" ? departments : {};
  return Object.entries(named).map(([value, name]) => ({ value, name: name[language] }));
}

async function formFields(ctx: Ctx, project: ProjectInUse, language: Language): Promise<Choice[]> {
  const ids = Object.values((project.more["forms"] ?? {}) as Record<string, { id: string }>).map(({ id }) => id);
  const forms = await Promise.all(ids.map((id) => formInUse(ctx.db, id)));
  return forms.flatMap(({ form }) => [...form.fields.values()].flatMap((field): Choice[] => {
    const kind = kindOfForm(field);
    const options = (field.document["x-options"] ?? []).map(({ value, name }) => ({ value: String(value), name: name[language] }));
    return kind && field.masks.length === 0 ? [{ key: `form.${field.key}`, name: field.name[language], kind, of: [form.document.name[language]], options, many: field.kind === "choices", mayAsk: !isHiddenFor(ctx, field, project.project.key), currency: null }] : [];
  })).filter(({ key }) => viewColumn.safeParse(key).success);
}

interface Wanted { process: string[]; form: string[] }
function wantedOf(columns: string): Wanted {
  const names = columns.split(",").filter((name) => viewColumn.safeParse(name).success).slice(0, 14);
  const of = (kind: string) => names.flatMap((name) => (name.startsWith(`${kind}.`) ? [name.slice(kind.length + 1)] : []));
  return { process: of("fields"), form: of("form") };
}

/** What stands in the columns of fields, for each row of a page; asks nothing when no such column is shown. */
export async function cellsOf(ctx: Ctx, rows: readonly FoundTicket[], columns = ""): Promise<Record<string, Cell>[]> {
  const wanted = wantedOf(columns);
  if (rows.length === 0 || (wanted.process.length === 0 && wanted.form.length === 0)) return rows.map(() => ({}));
  const language = userOf(ctx).language as Language;
  const contacts = await contactsOf(ctx, rows.map(({ id }) => id));
  const [processCells, formCells] = await Promise.all([cellsOfProcesses(ctx, rows, wanted.process, language), cellsOfForms(ctx, rows, wanted.form, { language, contacts })]);
  return rows.map((row, index) => withoutOwnNumbers(ctx, contacts(row.id), { ...processCells[index], ...formCells.get(row.id) }));
}

/** Who sees contacts in part does not read the numbers of the ticket and its card in a column either, however they are spaced; all others are hidden in every reply. */
function withoutOwnNumbers(ctx: Ctx, contacts: OwnContacts, cells: Record<string, Cell>): Record<string, Cell> {
  if (may(ctx, "clients.see_contacts")) return cells;
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.kind === "text" ? { kind: "text", text: maskWithin(cell.text, contacts) } : cell]));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
async function cellsOfProcesses(ctx: Ctx, rows: readonly FoundTicket[], names: string[], language: Language): Promise<Record<string, Cell>[]> {
  if (names.length === 0) return rows.map(() => ({}));
  const ids = rows.flatMap(({ fields }) => names.map((name) => fields[name])).filter((value): value is string => typeof value === "string" && UUID.test(value));
  const people = ids.length > 0 ? await selectNamesOf(ctx.db, [...new Set(ids)]) : new Map<string, string>();
  return Promise.all(rows.map(async (row) => {
    const { departments } = await projectOf(ctx.db, row.projectKey);
    const { fields } = await processOf(ctx.db, row.processId);
    const named: Names = { people, departments };
    return Object.fromEntries(names.flatMap((name) => {
      const field = own(fields, name);
      const cell = field && processCell(field, own(row.fields, name), named, language);
      return cell ? [[`fields.${name}`, cell] as const] : [];
    }));
  }));
}

/** By the version each form was filled by; what is masked stays so, for everybody. */
async function cellsOfForms(ctx: Ctx, rows: readonly FoundTicket[], names: string[], { language, contacts }: { language: Language; contacts: ContactsOf }): Promise<Map<string, Record<string, Cell>>> {
  const user = userOf(ctx);
  const readable = rows.filter(({ projectKey }) => may(ctx, "forms.read", { projectKey, ownerId: user.id }));
  if (names.length === 0 || readable.length === 0) return new Map();
  const records = await selectFormsOf(ctx.db, readable.map(({ id }) => id));
  return new Map(await Promise.all(records.map(async ({ ticketId, formId, data }) => {
    const { form } = await formInUse(ctx.db, formId);
    const shown = hideForm(ctx, form, data, contacts(ticketId));
    const cells = names.flatMap((name) => {
      const field = form.fields.get(name);
      const cell = !field || !kindOfForm(field) ? null : shown.masked.some((path) => path === name || path.startsWith(`${name}.`)) ? { kind: "text" as const, text: "••••" } : formCell(field, shown.data[name], language);
      return cell ? [[`form.${name}`, cell] as const] : [];
    });
    return [ticketId, Object.fromEntries(cells)] as const;
  })));
}
