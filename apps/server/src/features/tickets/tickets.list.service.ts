import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, invalidField } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { may } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type * as contracts from "./tickets.contract.ts";
import { findProject, processOf, type ProjectInUse } from "./tickets.definitions.ts";
import { parseTicketNumber } from "./tickets.number.rules.ts";
import { needsForm } from "./tickets.rules.ts";
import { toRows } from "./tickets.view.ts";
import { callbackRanks, notAbout, ofDepartment, selectTickets, selectTicketsAcross, views, type Condition, type ListedTicket, type ListFilter } from "./tickets.view.sql.ts";

export type ListQuery = z.output<typeof contracts.listTickets.query>;
type User = Extract<Ctx["actor"], { kind: "user" }>;
type Page = z.input<typeof contracts.listTickets.reply>;

/** Tickets of a view in the reader's projects; by number or client, whatever their state. */
export async function listTickets(ctx: Ctx, query: ListQuery): Promise<Page> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "tickets.read")) throw forbidden();
  if (query.project && !actor.projects.includes(query.project)) throw forbidden();
  // Who sees numbers in part cannot look for them either.
  if (query.phone !== undefined && !may(ctx, "clients.see_contacts")) return { items: [], next: null };
  const limit = query.limit ?? PAGE_SIZE;
  if (isCallbacks(query)) return listCallbacks(ctx, actor, query, limit);
  const shown = pickView(ctx, actor, query);
  const filter: ListFilter = {
    where: readable(ctx, actor, shown.where), sort: shown.sort,
    projects: query.project ? [query.project] : actor.projects, after: decodeCursor(query.after), limit: limit + 1,
  };
  const rows = await (shown.across ? selectTicketsAcross : selectTickets)(ctx.db, filter);
  const page = pageOf(rows, limit, (row) => encodeCursor((shown.sort === "due_at" ? row.dueAt : row.updatedAt) ?? row.updatedAt, row.id));
  return { items: await toRows(ctx, page.items), next: page.next };
}

const readsAll = (ctx: Ctx, actor: User): boolean => may(ctx, "tickets.read", { projectKey: actor.projects[0] ?? null });
const readable = (ctx: Ctx, actor: User, where: Condition): Condition =>
  notAbout(readsAll(ctx, actor) ? where : ofDepartment(where, actor.id, actor.department ?? null), actor.id);

const isCallbacks = ({ view, number, clientId, phone }: ListQuery): boolean => view === "callbacks" && !clientId && phone === undefined && (number === undefined || number.trim() === "");

/** The cursor names its rank, so that a page goes on where the one before ended although the clock has gone on. */
async function listCallbacks(ctx: Ctx, actor: User, query: ListQuery, limit: number): Promise<Page> {
  const cursor = decodeCursor(query.after, "ranked");
  const from = cursor ? Number(cursor[0].slice(0, 1)) : 0;
  const found: { rank: number; row: ListedTicket }[] = [];
  for (const [rank, where] of callbackRanks(ctx.now()).entries()) {
    if (rank < from || found.length > limit) continue;
    const after: ListFilter["after"] = cursor && rank === from ? [cursor[0].slice(2), cursor[1]] : null;
    const rows = await selectTickets(ctx.db, { where: readable(ctx, actor, where), sort: "due_at", projects: query.project ? [query.project] : actor.projects, after, limit: limit + 1 - found.length });
    found.push(...rows.map((row) => ({ rank, row })));
  }
  const page = pageOf(found, limit, ({ rank, row }) => encodeCursor(`${rank}:${(row.dueAt ?? row.updatedAt).toISOString()}`, row.id));
  return { items: await toRows(ctx, page.items.map(({ row }) => row)), next: page.next };
}

interface Shown { where: Condition; sort: ListFilter["sort"]; across: boolean }

function pickView(ctx: Ctx, actor: User, query: ListQuery): Shown {
  if (query.number !== undefined && query.number.trim() !== "") return { where: views.digits(digitsOf(query.number)), sort: "updated_at", across: true };
  if (query.phone !== undefined) return { where: views.callbacksTo(query.phone), sort: "updated_at", across: true };
  // A department has nothing of a client but its tasks.
  if (query.clientId) return { where: (readsAll(ctx, actor) ? views.requests : views.client)(query.clientId), sort: "updated_at", across: true };
  const { view } = query;
  if (view === "mine") return { where: views.mine(actor.id), sort: "updated_at", across: true };
  if (view === "breaching") return { where: views.breaching(ctx.now()), sort: "due_at", across: false };
  if (view === "department") return { where: views.department(actor.department ?? null), sort: "updated_at", across: false };
  return { where: views[view](), sort: "updated_at", across: false };
}

/** A mistyped number is said to be mistyped, not searched for. */
export function digitsOf(text: string, field = "number"): string {
  const parsed = parseTicketNumber(text);
  if (parsed.kind === "wrong_check") throw invalidField(field, "ticket_number_mistyped");
  if (parsed.kind === "not_a_number") throw invalidField(field, "ticket_number_form");
  return parsed.digits;
}

/** What can be registered and how calls can end, in the projects one works in. */
export async function ticketTypes(ctx: Ctx): Promise<z.input<typeof contracts.ticketTypes.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user") throw forbidden();
  const language = actor.language as Language;
  const projects = await Promise.all(actor.projects.map((key) => findProject(ctx.db, key)));
  return { projects: await Promise.all(projects.filter((project) => project !== null).map((project) => typesOf(ctx, project, language))) };
}

async function typesOf(ctx: Ctx, { project, types, dispositions, processIds, retired, departments }: ProjectInUse, language: Language) {
  return {
    key: project.key, name: project.name[language], color: project.colour, languages: project.languages,
    types: await Promise.all(types.map(async (type) => ({
      key: type.key, name: type.name[language], intake: type.intake, requires: type.requires, registrable: type.key !== "callback" && type.registrable !== false && !retired, form: type.form ?? null, formRequired: needsForm(type),
      deadlineHours: (type.deadline_hours === undefined ? (await processOf(ctx.db, processIds[type.process]!)).clocks.deadline_hours : type.deadline_hours)?.[type.priority] ?? null,
    }))),
    dispositions: dispositions.map((each) => ({ key: each.key, name: each.name[language], requiresNotes: each.requires.includes("notes"), requiresTicket: each.requires.includes("ticket"), requiresClient: each.requires.includes("client"),
      directions: each.directions.map((direction) => (direction === "inbound" ? "in" as const : "out" as const)) })),
    departments: Object.entries(departments).map(([key, name]) => ({ key, name: name[language] })),
  };
}
