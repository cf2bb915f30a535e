import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { conflict, invalid, notFound } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { readDeclarations } from "../projects/index.ts";
import type * as contracts from "./declarations.contract.ts";
import type * as removing from "./declarations.remove.contract.ts";
import { mentionsOf } from "./declarations.remove.rules.ts";
import { countByForm, countByProcess } from "./declarations.remove.sql.ts";
import { kindAt, mayManage, placeFor, problemView, readingOf, saveOne, type DeclarationsDeps } from "./declarations.service.ts";
import { selectCurrent, type CurrentText } from "./declarations.sql.ts";
import { changed } from "./declarations.store.ts";
import { asTexts, COMMON, fileOf, type Change, type Place } from "./declarations.texts.rules.ts";

type Uses = z.input<typeof removing.textUses.reply>;
const MOST_PLACES = 30;

interface Found { rows: CurrentText[]; row: CurrentText; kind: string; key: string; common: boolean; /** Projects that go by this very text. */ projects: string[] }

const isThere = (rows: readonly CurrentText[], place: Place): boolean => rows.some((row) => row.projectKey === place.projectKey && row.path === place.path && row.text !== null);

async function find(ctx: Ctx, deps: DeclarationsDeps, key: string, path: string): Promise<Found> {
  const place = placeFor(ctx, deps, key, path);
  const rows = await selectCurrent(ctx.db);
  const row = rows.find((each) => each.projectKey === key && each.path === path);
  if (!row || row.text === null) throw notFound("text", path);
  const live = deps.live.current().projects.map(({ project }) => project.key);
  const projects = key === COMMON ? live.filter((projectKey) => !isThere(rows, { projectKey, path })) : live.filter((projectKey) => projectKey === key);
  return { rows, row, kind: kindAt(deps, place)!, key: keyIn(path), common: key !== COMMON && isThere(rows, { projectKey: COMMON, path }), projects };
}

async function countOpen(ctx: Ctx, { kind, projects, key }: Found): Promise<number> {
  if (kind === "processes") return countByProcess(ctx.db, projects, key);
  return kind === "forms" ? countByForm(ctx.db, projects, key) : 0;
}

/** Open tickets of a process that nobody has any more could be neither moved nor brought to another version. */
const isHeld = ({ kind, common }: Found, open: number): boolean => kind === "processes" && !common && open > 0;

/** What a person should know before a text goes: who uses it, and what would refuse it. */
export async function textUses(ctx: Ctx, deps: DeclarationsDeps, key: string, path: string): Promise<Uses> {
  mayManage(ctx);
  const found = await find(ctx, deps, key, path);
  const { rows, row, projects, kind } = found;
  const language = readerLanguage(ctx);
  const declared = deps.live.current().projects.filter(({ project }) => projects.includes(project.key));
  const types = declared.flatMap(({ project, types: all }) => all.filter((type) => (kind === "processes" ? type.process === found.key : kind === "forms" && type.form === found.key)).map((type) => ({ project: project.name[language], key: type.key, name: type.name[language] })));
  const others = new Map([...asTexts(rows)].filter(([file]) => file !== fileOf(row) && (file.startsWith(`${COMMON}/`) || projects.some((project) => file.startsWith(`${project}/`)))));
  const places = mentionsOf(others, { kind, key: found.key, types: [...new Set(types.map((type) => type.key))] });
  const read = readDeclarations(changed(rows, [{ projectKey: key, path, text: null }]), readingOf(deps));
  const openTickets = await countOpen(ctx, found);
  return {
    number: row.number, common: found.common, types, openTickets, isHeld: isHeld(found, openTickets), places: places.slice(0, MOST_PLACES), placesCount: places.length,
    problems: read.ok ? [] : read.problems.slice(0, MOST_PLACES).map((problem) => problemView(problem, language)),
  };
}

/** A version without a text, which an older one can be taken back over; refused where something would break. */
export async function removeText(ctx: Ctx, deps: DeclarationsDeps, key: string, body: z.output<typeof contracts.removeText.body>): Promise<{ number: number }> {
  mayManage(ctx);
  const found = await find(ctx, deps, key, body.path);
  const open = await countOpen(ctx, found);
  if (isHeld(found, open)) throw conflict("declaration_in_tickets", { count: open });
  return saveOne(ctx, deps, key, { ...body, text: null });
}

/** An archive without a process takes it away as a person would, and is refused as they are. */
export async function refuseHeld(ctx: Ctx, deps: DeclarationsDeps, rows: readonly CurrentText[], removed: readonly Change[]): Promise<void> {
  const faults = [];
  for (const place of removed.filter((each) => kindAt(deps, each) === "processes" && !isThere(rows, { projectKey: COMMON, path: each.path }))) {
    const count = await countByProcess(ctx.db, [place.projectKey], keyIn(place.path));
    if (count > 0) faults.push({ field: fileOf(place), code: "declaration_in_tickets", params: { count } });
  }
  if (faults.length > 0) throw invalid(faults, "declaration_refused");
}

const keyIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
