import type { Field } from "@linija/forms";
import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, invalidField } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE } from "../../platform/page.ts";
import { may } from "../access/index.ts";
import { formInUse, isHiddenFor } from "../forms/index.ts";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";
import { processOf, projectOf, statusOf, toRows, type ProjectInUse } from "../tickets/index.ts";
import type * as contracts from "./views.contract.ts";
import type { TicketFilter, ViewSort } from "./views.contract.ts";
import { cellsOf } from "./views.columns.service.ts";
import { looksForContact, nextLook, planOf, readFilter, weekOf, type Seen } from "./views.rules.ts";
import { userOf } from "./views.service.ts";
import { findInstead } from "./views.typos.service.ts";
import { placeOfWeek, selectBegun, selectNewest, selectWalk, selectWords, sortColumn, type ByIndex, type Newest, type Words, type FoundTicket, type Piece, type Reader, type Reading } from "./views.sql.ts";

/** How much of an index the steps of one page read: a page that fits at once costs little, one that is hard to fill ends early. */
const STEPS = [200, 1_000, 4_000, 8_000];
/** By words: so many are looked through one by one before the index is asked; so often it is gone on for one page. */
const FIRST = 1_500;
const LOOKS = 5;
const AHEAD_MS = 3_600_000;

interface Found { rows: FoundTicket[]; /** Where to go on; null: there is no more. */ next: [string, string] | null; /** It ended because enough was read, not because the page is full. */ isShort: boolean }
type User = ReturnType<typeof userOf>;

/** One page of a filter. It never reads more than a bounded piece of an index: it may be short, and then says how far it has seen. */
export async function findTickets(ctx: Ctx, query: z.output<typeof contracts.findTickets.query>): Promise<z.input<typeof contracts.findTickets.reply>> {
  const user = userOf(ctx);
  const asked = readFilter(query.filter);
  const limit = query.limit ?? PAGE_SIZE;
  const { text, after } = placeOf(query.after);
  const search = (filter: TicketFilter) => find(ctx, user, { filter, sort: query.sort, after: decodeCursor(after), limit });
  const { found: { rows, next, isShort }, instead } = await orInstead(ctx, { asked, text, isFirst: !query.after }, search);
  const [items, cells] = await Promise.all([toRows(ctx, rows), cellsOf(ctx, rows, query.columns)]);
  return { items: items.map((item, index) => ({ ...item, channel: rows[index]!.channel, cells: cells[index]! })), next: next && cursorOf(next, instead?.shown ?? text), seenTo: isShort && next ? next[0] : null, instead };
}

/** By the words that were typed; where nothing has them, by those that were likely meant. */
async function orInstead(ctx: Ctx, { asked, text, isFirst }: { asked: TicketFilter; text: string | null; isFirst: boolean }, search: (filter: TicketFilter) => Promise<Found>): Promise<{ found: Found; instead: { asked: string; shown: string } | null }> {
  const found = await search(text === null ? asked : { ...asked, text });
  if (!isFirst || !asked.text || found.rows.length > 0 || found.next) return { found, instead: null };
  const other = await findInstead(ctx, asked.text, (text) => search({ ...asked, text }));
  return other ? { found: other.found, instead: { asked: asked.text, shown: other.text } } : { found, instead: null };
}

/** The next page of tickets found by other words than were typed goes on by those: they stand before the place. */
const cursorOf = (place: [string, string], text: string | null): string => `${text === null ? "" : `${Buffer.from(text).toString("base64url")}.`}${encodeCursor(...place)}`;
function placeOf(after: string | undefined): { text: string | null; after: string | undefined } {
  const [text, place] = after?.split(".", 2) ?? [];
  return place === undefined ? { text: null, after } : { text: Buffer.from(text!, "base64url").toString("utf8").slice(0, 200), after: place };
}

export interface Finding { filter: TicketFilter; sort: ViewSort; after: [string, string] | null; limit: number }

export async function find(ctx: Ctx, user: User, { filter, sort, after, limit }: Finding): Promise<Found> {
  const reader = await readerOf(ctx, user, filter);
  const plan = planOf(filter, sort, user.id);
  if (reader.projects.length === 0) return { rows: [], next: null, isShort: false };
  const reading: Omit<Reading, "after" | "most"> = { filter, sort: plan.by === "words" ? "newest" : sort, reader, now: ctx.now(), limit: limit + 1 };
  if (plan.by === "walk") return gather(reading.sort, limit, after, walkSteps((place, most) => selectWalk(ctx.db, plan.anchors, { ...reading, after: place, most })));
  if ((plan.words.length === 0 && !plan.number) || (!may(ctx, "clients.see_contacts") && looksForContact(filter.text ?? ""))) return { rows: [], next: null, isShort: false };
  return gatherWords(ctx, plan, { ...reading, after, words: plan });
}

/** Reads on from a place; the place is null at the end. */
type Step = (place: [string, string] | null) => Promise<{ rows: FoundTicket[]; place: [string, string] | null }>;

async function gather(sort: ViewSort, limit: number, after: [string, string] | null, steps: Step[]): Promise<Found> {
  const rows: FoundTicket[] = [];
  let place = after;
  for (const step of steps) {
    const part = await step(place);
    rows.push(...part.rows);
    ({ place } = part);
    if (place === null || rows.length > limit) break;
  }
  return pageOf(rows, sort, limit, place);
}

function pageOf(rows: FoundTicket[], sort: ViewSort, limit: number, place: [string, string] | null): Found {
  if (rows.length <= limit) return { rows, next: place, isShort: place !== null };
  const page = rows.slice(0, limit);
  const last = page.at(-1)!;
  return { rows: page, next: [last[sortColumn(sort)]!.toISOString(), last.id], isShort: false };
}

const walkSteps = (read: (place: [string, string] | null, most: number) => Promise<Piece>): Step[] => STEPS.map((most) => async (place) => {
  const { rows, read: count, end } = await read(place, most);
  return { rows, place: count < most ? null : end };
});

/** Newest first, some one by one; then, by how often the words were said, more of the same or by the index, some weeks back or all. */
async function gatherWords(ctx: Ctx, words: Words, reading: Omit<Reading, "most">): Promise<Found> {
  // Clocks of nodes differ a little: what was registered a moment ahead belongs to the newest week too.
  const fromMs = reading.after ? Date.parse(reading.after[0]) : ctx.now().getTime() + AHEAD_MS;
  const first = await selectNewest(ctx.db, words, { ...reading, most: FIRST });
  const rows = first.rows;
  let place = first.read < FIRST ? null : first.end;
  let seen = seenOf(first, fromMs);
  const begun = place && rows.length < reading.limit ? await begunBy(ctx, words) : [];
  // Nobody has written any word that begins so.
  if (begun.some((lexemes) => lexemes?.length === 0)) place = null;
  for (let looks = 1; looks < LOOKS && place && rows.length < reading.limit; looks += 1) {
    const part = await lookOn(ctx, words, { ...seen, begun }, { ...reading, after: place, limit: reading.limit - rows.length });
    rows.push(...part.rows);
    ({ place } = part);
    seen = { ...seen, hits: seen.hits + part.hits, fits: seen.fits + part.rows.length, toMs: place ? Date.parse(place[0]) : fromMs };
  }
  return pageOf(rows, "newest", reading.limit - 1, place);
}

function seenOf({ rows, read, hits, end, said, oldestAt, total }: Newest, fromMs: number): Seen {
  const toMs = end ? Date.parse(end[0]) : fromMs;
  return { hits, fits: rows.length, fromMs, toMs, ticketsPerMs: read / Math.max(1, fromMs - toMs), oldestMs: oldestAt?.getTime() ?? toMs, total, shares: said.map((count) => count / Math.max(1, read)) };
}

/** A number is asked as a beginning. */
const begunBy = async (ctx: Ctx, { words, number }: Words): Promise<(string[] | null)[]> => (number ? [null] : selectBegun(ctx.db, words));

async function lookOn(ctx: Ctx, words: Words, seen: Seen & Pick<ByIndex, "begun">, reading: Omit<Reading, "most"> & { after: [string, string] }): Promise<Pick<Piece, "rows" | "hits"> & { place: [string, string] | null }> {
  const look = nextLook(seen, reading.limit);
  if (look.by === "newest") {
    const { rows, hits, read, end } = await selectNewest(ctx.db, words, { ...reading, most: look.most });
    return { rows, hits, place: read < look.most ? null : end };
  }
  const newest = weekOf(Date.parse(reading.after[0]));
  const weeks = look.weeks === null ? null : Array.from({ length: look.weeks }, (_, index) => newest - index);
  const { rows, hits, read, end } = await selectWords(ctx.db, words, { rare: look.rare, begun: seen.begun, weeks }, { ...reading, most: look.most });
  if (read === look.most) return { rows, hits, place: end };
  return { rows, hits, place: weeks ? placeOfWeek(weeks.at(-1)!) : null };
}

/** In which projects, and how much of each ticket's existence the reader may know. */
async function readerOf(ctx: Ctx, user: User, filter: TicketFilter): Promise<Reader> {
  if (filter.projects?.some((key) => !user.projects.includes(key))) throw forbidden();
  const projects = filter.projects ?? user.projects;
  await refuseHidden(ctx, projects, filter);
  return { id: user.id, projects, only: may(ctx, "tickets.read", { projectKey: user.projects[0] ?? null }) ? null : { department: user.department ?? null }, inPart: !may(ctx, "clients.see_contacts") };
}

const formFields = async (ctx: Ctx, { more }: ProjectInUse, name: string): Promise<Field[]> =>
  (await Promise.all(Object.values((more["forms"] ?? {}) as Record<string, { id: string }>).map(({ id }) => formInUse(ctx.db, id)))).flatMap(({ form }) => form.fields.get(name) ?? []);

/** A filter by what one may not read (a group or a table is looked through as a whole) would tell it, one question at a time. */
async function refuseHidden(ctx: Ctx, projects: string[], { fields = [] }: TicketFilter): Promise<void> {
  const asked = fields.flatMap(({ field }, index) => (field.startsWith("form.") ? [{ index, name: field.slice("form.".length) }] : []));
  if (asked.length === 0) return;
  const known = await Promise.all(projects.map((key) => projectOf(ctx.db, key)));
  for (const { index, name } of asked) {
    const all = (await Promise.all(known.map(async (project) => (await formFields(ctx, project, name)).map((field) => ({ field, projectKey: project.project.key }))))).flat();
    if (all.length === 0) throw invalidField(`filter.fields.${index}.field`, "view_field_unknown");
    if (all.some(({ field, projectKey }) => isHiddenFor(ctx, field, projectKey))) throw invalidField(`filter.fields.${index}.field`, "view_field_hidden");
  }
}

const COUNTED = 100;
const AT_ONCE = 4;
/** Of all stages together, where they are found by words. */
const MOST_FOUND = 500;
/** Enough to see that a stage is full; more is not read for a number nobody needs. */
const COUNT_READS = 1_000;

/** The stages of the types a filter can have, in the order of their processes, with how many stand there. */
export async function ticketBoard(ctx: Ctx, query: z.output<typeof contracts.ticketBoard.query>): Promise<z.input<typeof contracts.ticketBoard.reply>> {
  const user = userOf(ctx);
  const filter = readFilter(query.filter);
  const reader = await readerOf(ctx, user, filter);
  const stages = await stagesOf(ctx, reader.projects, filter, user.language);
  const counts = await countsOf(ctx, { user, reader, filter: { ...filter, statuses: filter.statuses ?? ["open", "waiting", "done"] } }, stages);
  return { columns: stages.map((column) => ({ ...column, ...counts.get(column.stage)! })), departments: await departmentsOf(ctx, reader.projects, user.language as Language) };
}

async function departmentsOf(ctx: Ctx, projectKeys: string[], language: Language): Promise<{ key: string; name: string }[]> {
  const projects = await Promise.all(projectKeys.map((key) => projectOf(ctx.db, key)));
  return [...new Map(projects.flatMap(({ departments }) => Object.entries(departments).map(([key, name]) => [key, { key, name: name[language] }] as const))).values()];
}

interface Count { count: number; more: boolean }
interface Counting { user: User; reader: Reader; filter: TicketFilter }
/** Of each stage. What is found by words is looked for once for all of them, and stages are counted a few at a time: a board is one reader among many. */
async function countsOf(ctx: Ctx, asked: Counting, stages: readonly Column[]): Promise<Map<string, Count>> {
  if (planOf(asked.filter, "changed", asked.user.id).by === "words") return countFound(ctx, asked, stages);
  const counts = new Map<string, Count>();
  for (let from = 0; from < stages.length; from += AT_ONCE) {
    await Promise.all(stages.slice(from, from + AT_ONCE).map(async ({ stage }) => counts.set(stage, await count(ctx, { ...asked, filter: { ...asked.filter, stages: [stage] } }))));
  }
  return counts;
}

async function countFound(ctx: Ctx, { user, filter }: Counting, stages: readonly Column[]): Promise<Map<string, Count>> {
  const found = await find(ctx, user, { filter, sort: "changed", after: null, limit: MOST_FOUND });
  return new Map(stages.map(({ stage }) => {
    const own = found.rows.filter((row) => row.stage === stage).length;
    return [stage, { count: Math.min(own, COUNTED), more: own > COUNTED || found.next !== null }];
  }));
}

async function count(ctx: Ctx, { user, reader, filter }: Counting): Promise<Count> {
  const plan = planOf(filter, "changed", user.id);
  if (plan.by === "words") throw new Error("words are counted together");
  const { rows, read } = await selectWalk(ctx.db, plan.anchors, { filter, sort: "changed", reader, now: ctx.now(), after: null, most: COUNT_READS, limit: COUNTED + 1 });
  return { count: Math.min(rows.length, COUNTED), more: rows.length > COUNTED || read === COUNT_READS };
}

interface Column { stage: string; name: string; status: ReturnType<typeof statusOf> }
/** Two stages that are called the same stand apart by the process of each. */
const toldApart = (columns: (Column & { process: string })[]): Column[] =>
  columns.map(({ process, ...column }) => (column.name !== "" && columns.some(({ stage, name }) => stage !== column.stage && name === column.name) ? { ...column, name: `${column.name} · ${process}` } : column));

async function stagesOf(ctx: Ctx, projectKeys: string[], filter: TicketFilter, language: string): Promise<Column[]> {
  const columns = new Map<string, Column & { process: string }>();
  for (const process of await processesOf(ctx, projectKeys, filter)) {
    for (const [stage, { name }] of Object.entries(process.stages)) {
      const known = columns.get(stage);
      const own = name[language as Language] ?? stage;
      if (!known) columns.set(stage, { stage, name: own, status: statusOf(process, stage), process: process.name[language as Language] ?? process.key });
      else if (known.name !== own) known.name = "";
    }
  }
  const wanted = filter.statuses ?? ["open", "waiting", "done"];
  return toldApart([...columns.values()].filter(({ stage, status }) => status !== "closed" && wanted.includes(status) && (!filter.stages || filter.stages.includes(stage))));
}

async function processesOf(ctx: Ctx, projectKeys: string[], filter: TicketFilter): Promise<Process[]> {
  const projects = await Promise.all(projectKeys.map((key) => projectOf(ctx.db, key)));
  const ids = projects.flatMap(({ types, processIds }) => types.filter(({ key }) => !filter.types || filter.types.includes(key)).map(({ process }) => processIds[process]!));
  return Promise.all([...new Set(ids)].map((id) => processOf(ctx.db, id)));
}
