import { cutText } from "@linija/rules";
import { isSame, lookupsOf, withValue, type FieldProblem, type FormData } from "@linija/forms";
import type { Ctx } from "../../platform/db.ts";
import { AppError, forbidden, invalidField } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { listColleagues, may } from "../access/index.ts";
import { searchArticles } from "../articles/index.ts";
import { fold, getClient, searchClients } from "../clients/index.ts";
import { loadTicket, parseTicketNumber, projectOf } from "../tickets/index.ts";
import { formInUse, type entities, type FormInUse } from "./forms.definitions.ts";
import { selectArticleTitle, selectTicketByDigits } from "./forms.sql.ts";

export interface Looked { id: string; name: string }
interface Asked { projectKey: string; filter: Readonly<Record<string, unknown>> }
interface Entity {
  /** Those like what was typed, that this person may see. */
  find(ctx: Ctx, asked: Asked & { q: string }): Promise<Looked[]>;
  /** The one of this id, as it is called now; null when it is not there for this person. */
  get(ctx: Ctx, asked: Asked & { id: string }): Promise<Looked | null>;
}

const MOST = 12;

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && ["not_found", "forbidden", "invalid"].includes(error.code)) return null;
    throw error;
  }
}

const client: Entity = {
  find: async (ctx, { q, projectKey }) => (await searchClients(ctx, { text: q, project: projectKey, limit: MOST })).items.map(({ id, name }) => ({ id, name })),
  get: async (ctx, { id }) => { const found = await orNull(getClient(ctx, id)); return found && { id, name: found.name }; },
};

const named = ({ id, number, subject }: { id: string; number: string; subject: string }): Looked => ({ id, name: cutText(`${number} ${subject}`, 300) });
const ticket: Entity = {
  find: async (ctx, { q, projectKey }) => {
    const parsed = parseTicketNumber(q);
    const id = parsed.kind === "number" ? await selectTicketByDigits(ctx.db, parsed.digits, projectKey) : undefined;
    const found = id && await orNull(loadTicket(ctx, id, "tickets.read"));
    return found ? [named(found)] : [];
  },
  get: async (ctx, { id, projectKey }) => { const found = await orNull(loadTicket(ctx, id, "tickets.read")); return found?.projectKey === projectKey ? named(found) : null; },
};

const colleagues = async (ctx: Ctx, { projectKey, filter }: Asked): Promise<Looked[]> =>
  (await listColleagues(ctx)).filter((one) => one.projects.includes(projectKey) && (filter["role"] === undefined || (one.roles as unknown[]).includes(filter["role"]))).map(({ id, name }) => ({ id, name }));
const departments = async (ctx: Ctx, { projectKey }: Asked): Promise<Looked[]> =>
  Object.entries((await projectOf(ctx.db, projectKey)).departments).map(([id, name]) => ({ id, name: name[readerLanguage(ctx)] }));
/** Few enough to look through. */
const listed = (all: (ctx: Ctx, asked: Asked) => Promise<Looked[]>): Entity => ({
  find: async (ctx, { q, ...asked }) => (await all(ctx, asked)).filter(({ name }) => ` ${fold(name)}`.includes(` ${fold(q)}`)).slice(0, MOST),
  get: async (ctx, { id, ...asked }) => (await all(ctx, asked)).find((one) => one.id === id) ?? null,
});

const article: Entity = {
  find: async (ctx, { q, projectKey, filter }) => (await searchArticles(ctx, { words: q, project: projectKey })).items.filter(({ kind }) => filter["kind"] === undefined || kind === filter["kind"]).slice(0, MOST).map(({ key, title }) => ({ id: key, name: title })),
  get: async (ctx, { id, projectKey, filter }) => {
    const found = await selectArticleTitle(ctx.db, projectKey, id);
    return found && (filter["kind"] === undefined || found.kind === filter["kind"]) ? { id, name: found.title[readerLanguage(ctx)] } : null;
  },
};

const ENTITIES: ReadonlyMap<string, Entity> = new Map(Object.entries({ client, ticket, colleague: listed(colleagues), department: listed(departments), article } satisfies Record<(typeof entities)[number], Entity>));

/** Candidates for a lookup field of a form. */
export async function findLookups(ctx: Ctx, { formId, path, q }: { formId: string; path: string; q: string }): Promise<{ items: Looked[] }> {
  const projectKey = formId.split("/")[0]!;
  if (!may(ctx, "forms.fill", { projectKey, ownerId: ctx.actor.kind === "user" ? ctx.actor.id : null })) throw may(ctx, "forms.read", { projectKey }) ? forbidden() : invalidField("formId", "form_unknown");
  const { form } = await formInUse(ctx.db, formId);
  const lookup = lookupsOf(form).get(path);
  const entity = lookup && ENTITIES.get(lookup.entity);
  if (!entity) throw invalidField("path", "form_unknown_field");
  return { items: await entity.find(ctx, { q, projectKey, filter: lookup.filter ?? {} }) };
}

/** Lookups that were chosen anew, with the name each has now: what a browser says of another record is not believed. */
export async function settleLookups(ctx: Ctx, { form, project }: FormInUse, { before, after }: { before: FormData; after: FormData }): Promise<{ data: FormData; faults: FieldProblem[] }> {
  let data = after;
  const faults: FieldProblem[] = [];
  const known = lookupsOf(form, before);
  for (const [path, { value, entity, filter }] of lookupsOf(form, after)) {
    if (!value || isSame(known.get(path)?.value, value)) continue;
    const found = await ENTITIES.get(entity)?.get(ctx, { id: String(value["id"]), projectKey: project.project.key, filter: filter ?? {} });
    if (found) data = withValue(data, path, { ...value, name: found.name });
    else faults.push({ path, code: "not_an_option", params: {} });
  }
  return { data, faults };
}
