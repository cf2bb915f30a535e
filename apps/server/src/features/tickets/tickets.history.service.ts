import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";
import { contactsOf } from "./tickets.contacts.service.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import type { ticketHistory as contract } from "./tickets.history.contract.ts";
import { selectChanges, type AuditedChange } from "./tickets.history.sql.ts";
import { loadTicket } from "./tickets.load.ts";
import { selectNames } from "./tickets.process.sql.ts";
import { writeField, writeInput, type Writing } from "./tickets.why.rules.ts";

type Page = z.input<typeof contract.reply>;
type Changed = Page["items"][number]["changes"];
/** What a ticket's page shows, and so its history may. */
const COLUMNS = ["stage", "subject", "description", "priority", "ownerId", "department", "dueAt", "contactPhone", "contactEmail"];

/** Who changed what of a ticket, when, and what stood there before (R002): from the audit trail, which is written with the change. */
export async function ticketHistory(ctx: Ctx, id: string, query: z.output<typeof contract.query>): Promise<Page> {
  const ticket = await loadTicket(ctx, id, "tickets.read");
  const limit = query.limit ?? PAGE_SIZE;
  const rows = await selectChanges(ctx.db, { kind: "ticket", id, cursor: decodeCursor(query.after, "number"), limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(row.id, row.id));
  const [project, process] = [await projectOf(ctx.db, ticket.projectKey), await processOf(ctx.db, ticket.processId)];
  const contacts = (await contactsOf(ctx, [id]))(id);
  const told: Told = { process, project, language: readerLanguage(ctx), people: await selectNames(ctx.db, page.items.flatMap((row) => idsIn(row, process))) };
  const items = page.items.map((row) => ({ id: Number(row.id), at: row.at.toISOString(), by: row.by, step: process.transitions[row.action.slice("ticket.".length)]?.name[told.language] ?? null, changes: changesOf(row, told) }));
  return { items: items.filter(({ changes }) => changes.length > 0).map((item) => toldTo(ctx, item, contacts)), next: page.next };
}

interface Told { process: Process; project: ProjectInUse; language: Language; people: ReadonlyMap<string, string> }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const fieldsOf = (picture: Record<string, unknown>) => (picture["fields"] ?? {}) as Record<string, unknown>;

const idsIn = ({ before, after }: AuditedChange, { fields }: Process): string[] => [before, after].flatMap((picture) => [
  picture["ownerId"], ...Object.entries(fieldsOf(picture)).flatMap(([key, value]) => (fields[key]?.kind === "employee" ? [value] : [])),
]).flatMap((one) => (typeof one === "string" && UUID.test(one) ? [one] : []));

function changesOf({ before, after }: AuditedChange, told: Told): Changed {
  const columns = COLUMNS.filter((key) => key in after && isOther(before[key], after[key])).map((field) => ({ field, name: null, before: written(field, before[field], told), after: written(field, after[field], told) }));
  if (!("fields" in after)) return columns;
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => isOther(was[key], is[key]));
  return [...columns, ...keys.map((key) => ({ field: `fields.${key}`, name: told.process.fields[key]?.name[told.language] ?? key, before: fieldWritten(key, was[key], told), after: fieldWritten(key, is[key], told) }))];
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === "";
const isOther = (one: unknown, other: unknown): boolean => JSON.stringify(isNothing(one) ? null : one) !== JSON.stringify(isNothing(other) ? null : other);

function written(key: string, value: unknown, { process, project, language, people }: Told): string | null {
  if (isNothing(value)) return null;
  const text = String(value as string | number);
  if (key === "ownerId") return people.get(text) ?? text;
  if (key === "department") return project.departments[text]?.[language] ?? text;
  return key === "stage" ? process.stages[text]?.name[language] ?? text : text;
}

function fieldWritten(key: string, value: unknown, { process, project, language, people }: Told): string | null {
  if (isNothing(value)) return null;
  const writing: Writing = { language, timeZone: project.project.time_zone, people, vocabulary: { variables: {} } };
  const field = process.fields[key];
  return (field && writeField(field, value, writing)) ?? project.departments[String(value)]?.[language] ?? writeInput(value, undefined, writing);
}
