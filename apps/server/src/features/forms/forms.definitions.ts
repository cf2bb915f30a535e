import { createHash } from "node:crypto";
import { catalogueOf, formHost, formProblemText, formSchema, lookupsOf, openForm, readForm, rightsBy, type Field, type Form, type FormDocument } from "@linija/forms";
import type { Ctx, Db, TxCtx } from "../../platform/db.ts";
import { AppError, invalidField, notFound } from "../../platform/errors.ts";
import { own } from "../../platform/own.ts";
import { CONTACT_KINDS, may, rights } from "../access/index.ts";
import { countryOf, normalizePhone } from "../clients/index.ts";
import { inAll, problem, type KindProblem, type TextKind } from "../projects/index.ts";
import { findProject, projectOf, type ProjectInUse } from "../tickets/index.ts";
import { insertFormVersion, selectFormNames, selectFormVersion } from "./forms.sql.ts";

/** What stands in a project's definition for each form: its version, and what conditions see of it (features/rules). */
export interface UsedForm { id: string; vocabulary: ReturnType<typeof catalogueOf> }

/** Forms as texts of a project: checked when saved, and kept as versions by their hash. */
export const formsKind: TextKind = {
  at: "forms",
  read(text, { key }) {
    const read = readForm(text, formHost("UTC"));
    if (!read.ok) {
      const problems = read.problems.map((found): KindProblem => ({ ...problem([...found.path], "form", { text: inAll((language) => formProblemText(found, language)) }), line: found.line, column: found.column }));
      return { value: null, problems };
    }
    const { document, fields } = read.form;
    if (document.key !== key) return { value: null, problems: [problem(["key"], "other_key", { name: document.key, file: key })] };
    const problems = [...unknownRights(fields), ...unknownEntities(read.form)];
    return { value: problems.length > 0 ? null : document, problems };
  },
  use: async (ctx: TxCtx, projectKey, values) => Object.fromEntries(await Promise.all(Object.entries(values as Record<string, FormDocument>).map(async ([key, definition]) => {
    const id = `${projectKey}/${key}/${createHash("sha256").update(JSON.stringify(definition)).digest("hex").slice(0, 24)}`;
    await insertFormVersion(ctx.db, { id, projectKey, key, definition });
    return [key, { id, vocabulary: catalogueOf(openForm(definition, formHost("UTC")), "form", rightsBy(CONTACT_KINDS)) } satisfies UsedForm] as const;
  }))),
};

/** What fields of the kind `lookup` may look up. */
export const entities = ["client", "ticket", "colleague", "department", "article"] as const;

const unknownEntities = (form: Form): KindProblem[] => [...lookupsOf(form)].flatMap(([path, { entity }]) => ((entities as readonly string[]).includes(entity) ? []
  : [problem(["schema", "properties", ...path.split("."), "x-lookup", "entity"], "no_lookup", { name: entity, names: entities })]));

/** A mask with a right nobody can have would hide a field for ever. */
const unknownRights = (fields: ReadonlyMap<string, Field>): KindProblem[] => [...fields.values()].flatMap((field) => [
  ...unknownRight(field),
  ...unknownRights(field.parts),
]);

function unknownRight({ path, document }: Field): KindProblem[] {
  const name = document["x-mask"]?.read;
  return name === undefined || (rights as string[]).includes(name) ? [] : [problem(["schema", "properties", ...path.split("."), "x-mask"], "no_right", { name, names: rights })];
}

/** A version of a form with what its data is judged by. */
export interface FormInUse { id: string; key: string; since: Date; form: Form; project: ProjectInUse; country: string; phone(text: string, country: string | null): string | null }

const forms = new Map<string, { form: Form; since: Date }>();

/** The version a record lives by; its id carries its hash. An old one gets today's defaults for what it could not know. */
export async function formInUse(db: Db, id: string): Promise<FormInUse> {
  const projectKey = id.split("/")[0]!;
  const project = await projectOf(db, projectKey);
  const timeZone = project.project.time_zone;
  const cached = `${id} ${timeZone}`;
  let known = forms.get(cached);
  if (!known) {
    const stored = await selectFormVersion(db, id);
    if (!stored) throw notFound("form", id);
    known = { form: openForm(formSchema.parse(stored.definition), formHost(timeZone)), since: stored.loadedAt };
    if (forms.size > 500) forms.clear();
    forms.set(cached, known);
  }
  const country = countryOf(project.project.caller_id) ?? "SI";
  const { form, since } = known;
  return { id, key: form.key, since, form, project, country, phone: (text, own) => normalizePhone(text, own ? [own as typeof country, country] : [country]) };
}

const idsOf = (project: ProjectInUse): Record<string, string> => Object.fromEntries(Object.entries((project.more["forms"] ?? {}) as Record<string, UsedForm>).map(([key, { id }]) => [key, id]));

async function projectFor(ctx: Ctx, key: string): Promise<ProjectInUse> {
  // The form itself is nobody's: who reads only forms of their own has to see what they fill.
  const project = may(ctx, "forms.read", { projectKey: key, ownerId: ctx.actor.kind === "user" ? ctx.actor.id : null }) ? await findProject(ctx.db, key) : null;
  if (!project) throw notFound("project", key);
  return project;
}

export async function listForms(ctx: Ctx, projectKey: string) {
  const project = await projectFor(ctx, projectKey);
  return { items: (await selectFormNames(ctx.db, Object.values(idsOf(project)))).toSorted((a, b) => a.key.localeCompare(b.key)) };
}

/** The version of a form in use now, or the one it was filled with, when that is one of this project and form. */
export async function versionFor(ctx: Ctx, wanted: { projectKey: string; formKey: string; formId?: string | undefined }): Promise<FormInUse> {
  const project = await projectFor(ctx, wanted.projectKey);
  const id = wanted.formId ?? own(idsOf(project), wanted.formKey);
  if (!id?.startsWith(`${wanted.projectKey}/${wanted.formKey}/`)) throw invalidField("formKey", "form_unknown");
  try {
    return await formInUse(ctx.db, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") throw invalidField("formId", "form_unknown");
    throw error;
  }
}

export async function getForm(ctx: Ctx, id: string) {
  const projectKey = id.split("/")[0]!;
  await projectFor(ctx, projectKey);
  const { form, key, since, country } = await formInUse(ctx.db, id);
  return { id, projectKey, key, since: since.toISOString(), timeZone: form.timeZone, country, definition: form.document };
}
