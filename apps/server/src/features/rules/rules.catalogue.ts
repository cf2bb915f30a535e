import { createCatalogue, isName, type Catalogue, type CatalogueInput, type FieldInput, type ValueInput } from "@linija/rules";
import type { Language, Text } from "../projects/texts.contract.ts";
import { actionsOf } from "./rules.actions.ts";
import { formVocabulary, type FormedProject } from "./rules.form.ts";
import { functionsOf, type FunctionSources } from "./rules.functions.ts";
import { field, PRIORITIES, RECORDS, textField, TICKET, words } from "./rules.words.ts";

/** The part of a process that conditions see. */
export interface CatalogueProcess {
  key?: string;
  stages: Readonly<Record<string, { name: Text }>>;
  fields: Readonly<Record<string, CatalogueField>>;
  transitions?: Readonly<Record<string, { name: Text }>>;
}
export interface CatalogueField { kind: string; name: Text; options?: Readonly<Record<string, Text>> | undefined; /** Of money: compared with plain amounts then. */ currency?: string | undefined }

/** The part of a project that conditions see; a `ProjectDeclaration` and a `ProjectInUse` both have it. */
export interface CatalogueProject {
  project: { key: string; time_zone: string; languages: readonly Language[]; default_language?: Language };
  types: readonly { key: string; name: Text; process?: string; form?: string | undefined }[];
  more?: FormedProject["more"];
  notices?: Readonly<Record<string, { subject: Text }>>;
  departments?: Readonly<Record<string, Text>>;
}

export interface CatalogueOptions extends FunctionSources {
  /** One process (its guards), or all that tickets of the project may live by (automation). */
  processes: readonly CatalogueProcess[];
  /** Records and the variable `form`; the form of the types that live by these processes when absent. */
  form?: Pick<CatalogueInput, "records" | "variables"> | undefined;
  /** `guard`: conditions and computations only. `automation`: also the event, what may be set, and what may be done. */
  purpose: "guard" | "automation";
  /** Keys of the project's webhooks; absent where they are not known. */
  webhooks?: readonly string[] | undefined;
  /** Sign-in names of who works in the project; absent where they are not known. */
  logins?: readonly string[] | undefined;
}

/** The right to write rules, given with the certificate of the course (R355). */
export const EDIT_RIGHT = "rules.edit";

/**
 * What expressions and rules of a project may see and do, documented in three languages. Whose rights count is said
 * where a text is compiled. Make it once for each version of a project: making it costs about a millisecond.
 */
export const catalogueFor = (project: CatalogueProject, options: CatalogueOptions): Catalogue => createCatalogue(vocabularyFor(project, options));

/** The same as data, all but the bodies of functions: what an editor in a browser makes its own catalogue from. */
export function vocabularyFor(project: CatalogueProject, options: CatalogueOptions): CatalogueInput {
  const isAutomation = options.purpose === "automation";
  const form = options.form ?? formVocabulary(project, options.processes.flatMap(({ key }) => key ?? []));
  return {
    timeZone: project.project.time_zone,
    ...(isAutomation && { edit: EDIT_RIGHT }),
    records: { ...RECORDS, ...form?.records, ticket_fields: processFields(project, options), ticket_data: { doc: words("A ticket", "Заявка", "Zahtevek"), fields: ticketFields(project, options) } },
    variables: variablesOf(isAutomation, form?.variables ?? {}),
    functions: functionsOf({ language: project.project.default_language ?? project.project.languages[0] ?? "en", ...options }),
    ...(isAutomation && { actions: actionsOf({ ...sourcesOf(project, options), webhooks: options.webhooks?.map((value) => ({ value })), logins: options.logins?.map((value) => ({ value })) }) }),
  };
}

function variablesOf(isAutomation: boolean, form: CatalogueInput["variables"]): CatalogueInput["variables"] {
  return {
    ticket: field("ticket_data", words("The ticket", "Заявка", "Zahtevek")),
    client: field("client_card", words("Whose ticket it is; empty when unknown", "Чья заявка; пусто, если неизвестно", "Čigav je zahtevek; prazno, če ni znano")),
    ...form,
    call: field("conversation", words("The conversation it came from", "Разговор, с которого она началась", "Pogovor, iz katerega je nastala")),
    actor: field("who", words("Who acts", "Кто действует", "Kdo ukrepa")),
    project: field("project_in_use", words("The project", "Проект", "Projekt")),
    now: field("datetime", words("This moment", "Этот момент", "Ta trenutek")),
    ...(isAutomation && { event: field("what_happened", words("What the rule was woken by", "Что разбудило правило", "Kaj je sprožilo pravilo")) }),
  };
}

function ticketFields(project: CatalogueProject, options: CatalogueOptions): Record<string, FieldInput> {
  const { types, stages, departments } = sourcesOf(project, options);
  const set = options.purpose === "automation";
  return {
    ...TICKET,
    type: textField(words("Type of ticket", "Вид заявки", "Vrsta zahtevka"), { values: types }),
    stage: textField(words("Stage of its process", "Этап процесса", "Faza postopka"), stages.length > 0 ? { values: stages } : {}),
    department: textField(words("Department it was given to", "Отдел, которому передана", "Oddelek, ki mu je predan"), { set, ...(departments.length > 0 && { values: departments }) }),
    priority: textField(words("Priority", "Приоритет", "Prednost"), { values: PRIORITIES, required: true, set }),
    due: { ...TICKET.due!, set },
    fields: field("ticket_fields", words("Fields filled in on the way", "Поля, заполненные по ходу", "Polja, izpolnjena spotoma")),
  };
}

/** How a process field is called in expressions, where `-` would be a minus. */
export const fieldName = (key: string): string => key.replaceAll("-", "_");

/** A field that two processes keep as different things is left out: nobody could say what it is. */
function processFields(project: CatalogueProject, options: CatalogueOptions): NonNullable<CatalogueInput["records"]>[string] {
  const fields = new Map<string, FieldInput | null>();
  for (const [key, declared] of options.processes.flatMap((process) => Object.entries(process.fields))) {
    const name = fieldName(key);
    const made = isName(name) ? fieldOf(project, declared, options.purpose === "automation") : null;
    const known = fields.get(name);
    fields.set(name, known === undefined || made === null ? made : joined(known, made));
  }
  return { doc: words("Fields of the process", "Поля процесса", "Polja procesa"), fields: Object.fromEntries([...fields].filter((each): each is [string, FieldInput] => each[1] !== null)) };
}

function joined(known: FieldInput | null, made: FieldInput): FieldInput | null {
  if (known?.type !== made.type) return null;
  const { values: _, ...open } = made;
  return known.values && made.values ? { ...made, values: [...new Map([...known.values, ...made.values].map((one) => [one.value, one])).values()] } : open;
}

const TYPES: Readonly<Record<string, string>> = { text: "text", number: "double", choice: "text", moment: "datetime", date: "datetime", department: "text", employee: "text", boolean: "boolean", money: "money" };

function fieldOf(project: CatalogueProject, { kind, name, options, currency }: CatalogueField, set: boolean): FieldInput | null {
  const type = kind === "money" && currency ? `money<${currency}>` : TYPES[kind];
  if (!type) return null;
  const choices = kind === "choice" ? valuesOf(options ?? {}) : kind === "department" ? valuesOf(project.departments ?? {}) : [];
  return { type, doc: name, set, ...(choices.length > 0 && { values: choices }) };
}

const valuesOf = (names: Readonly<Record<string, Text>>): ValueInput[] => Object.entries(names).map(([value, doc]) => ({ value, doc }));

function sourcesOf(project: CatalogueProject, { processes }: CatalogueOptions) {
  const merged = (pick: (process: CatalogueProcess) => Readonly<Record<string, { name: Text }>>): ValueInput[] =>
    [...new Map(processes.flatMap((process) => Object.entries(pick(process)).map(([value, { name }]) => [value, { value, doc: name }] as const))).values()];
  return {
    types: project.types.map(({ key, name }) => ({ value: key, doc: name })), departments: valuesOf(project.departments ?? {}),
    notices: Object.entries(project.notices ?? {}).map(([value, { subject }]) => ({ value, doc: subject })),
    stages: merged((process) => process.stages), transitions: merged((process) => process.transitions ?? {}),
  };
}
