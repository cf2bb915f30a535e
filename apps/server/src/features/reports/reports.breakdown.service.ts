import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { invalidField, notFound } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import { translate } from "../../platform/messages.ts";
import { toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { contactsOf, processOf, subjectFor, type ProjectInUse } from "../tickets/index.ts";
import type { breakdownSchema, counted, getBreakdown as breakdownContract, listCounted as countedContract } from "./reports.contract.ts";
import * as db from "./reports.breakdown.sql.ts";
import { csvOf, sheetMoment } from "./reports.csv.rules.ts";
import { openReport } from "./reports.service.ts";
import type { Period } from "./reports.sql.ts";

/** A choice of the project's processes that can be counted by, with the names of its values. */
interface Choice { key: string; name: string; isOwn: boolean; names: Map<string, string>; processes: string[] | null }
type Asked = z.output<(typeof breakdownContract)["query"]>;
interface Opened { project: ProjectInUse; period: Period; language: Language; choices: Choice[]; choice: Choice; scope: db.Scope }

/** What tickets were about and how they ended (R117): of each value how many ended in the period, how many of them late, and how many are open. */
export async function getBreakdown(ctx: Ctx, asked: Asked): Promise<z.input<typeof breakdownSchema>> {
  const { project, period, language, choices, choice, scope } = await open(ctx, asked);
  const rows = (await db.selectBreakdown(ctx.db, period, scope)).map(({ value, isTotal, ...figures }) => ({ value, isTotal, name: value === null ? null : choice.names.get(value) ?? null, ...figures }));
  const { value: _, name: __, isTotal: ___, ...total } = rows.find(({ isTotal }) => isTotal)!;
  return {
    types: project.types.map(({ key, name }) => ({ key, name: name[language] })), by: choice.key, choices: choices.map(({ key, name, isOwn }) => ({ key, name: isOwn ? name : null })),
    rows: rows.filter(({ isTotal }) => !isTotal).map(({ isTotal: _total, ...row }) => row), total,
  };
}

/** The tickets behind one number, so that whoever doubts it can look. */
export async function listCounted(ctx: Ctx, asked: z.output<(typeof countedContract)["query"]>): Promise<{ items: z.input<typeof counted>[]; next: string | null }> {
  const { period, scope } = await open(ctx, asked);
  const limit = asked.limit ?? PAGE_SIZE;
  const rows = await db.selectCounted(ctx.db, period, scope, { number: asked.number, value: asked.all ? undefined : asked.value ?? null, after: decodeCursor(asked.after), limit: limit + 1 });
  const page = pageOf(rows, limit, ({ at, id }) => encodeCursor(at, id));
  const contacts = await contactsOf(ctx, page.items.map(({ id }) => id));
  return { items: page.items.map(({ id, number, resolution, at, late, ...said }) => ({ id, number, subject: toldTo(ctx, subjectFor(ctx, said), contacts(id)), resolution: toldTo(ctx, resolution ?? "", contacts(id)), at: at.toISOString(), late })), next: page.next };
}

/** A sheet has room for as many; who needs more asks for a shorter period. */
export const EXPORTED = 20_000;

/** What ended, a line a ticket, for a sheet (R117): whoever adds the lines up has the report's numbers. */
export async function exportBreakdown(ctx: Ctx, asked: Asked): Promise<string> {
  const { project, period, language, choice, scope } = await open(ctx, asked);
  const rows = await db.selectCounted(ctx.db, period, scope, { number: "closed", value: undefined, after: null, limit: EXPORTED + 1 });
  if (rows.length > EXPORTED) throw invalidField("from", "report_too_long", { most: EXPORTED });
  const contacts = await contactsOf(ctx, rows.map(({ id }) => id));
  const say = (key: string): string => translate(language, `report_${key}`);
  const moment = (at: Date | null): string => (at ? sheetMoment(at, project.project.time_zone) : "");
  const head = [say("number"), say("subject"), choice.name, say("resolution"), say("registered"), say("solved"), say("ended"), say("was_late")];
  const lines = rows.map(({ id, number, value, resolution, createdAt, solvedAt, at, late, ...said }) => [number, toldTo(ctx, subjectFor(ctx, said), contacts(id)), value === null ? "" : choice.names.get(value) ?? value, toldTo(ctx, resolution ?? "", contacts(id)), moment(createdAt), moment(solvedAt), moment(at), say(late ? "yes" : "no")]);
  return csvOf([head, ...lines], language);
}

/** The figures themselves, a line a value and the total: what a decision is made from (R219). No ticket is named in it. */
export async function exportFigures(ctx: Ctx, asked: Asked): Promise<string> {
  const { language, choice } = await open(ctx, asked);
  const { rows, total } = await getBreakdown(ctx, asked);
  const say = (key: string): string => translate(language, `report_${key}`);
  const minutes = (seconds: number | null): string => (seconds === null ? "" : String(Math.round(seconds / 60)));
  const line = (name: string, { closed, late, reopened, meanS, medianS, open, overdue }: typeof total): string[] => [name, String(closed), String(late), String(reopened), minutes(meanS), minutes(medianS), String(open), String(overdue)];
  const head = [choice.name, ...["closed", "late", "reopened", "mean", "median", "open", "overdue"].map(say)];
  return csvOf([head, ...rows.map((row) => line(row.value === null ? say("none") : row.name ?? row.value, row)), line(say("total"), total)], language);
}

async function open(ctx: Ctx, asked: Asked): Promise<Opened> {
  const opened = await openReport(ctx, asked);
  const { project, language } = opened;
  const type = asked.type === undefined ? undefined : project.types.find(({ key }) => key === asked.type);
  if (asked.type !== undefined && !type) throw notFound("type", asked.type);
  const choices = await choicesOf(ctx, project, { types: type ? [type] : project.types, language });
  const choice = asked.by === undefined ? choices.find(({ key }) => key === "fields.cause") ?? choices[0]! : choices.find(({ key }) => key === asked.by);
  if (!choice) throw invalidField("by", "wrong_value");
  return { ...opened, choices, choice, scope: { by: choice.key, type: asked.type ?? null, processes: choice.processes } };
}

interface Of { types: ProjectInUse["types"]; language: Language }
/** What every ticket has, then each field of a process that is a choice: one name in several processes is one, with whatever can be chosen in any. */
async function choicesOf(ctx: Ctx, project: ProjectInUse, { types, language }: Of): Promise<Choice[]> {
  const keys = [...new Set(types.map(({ process }) => process))].filter((key) => project.processIds[key] !== undefined);
  const processes = await Promise.all(keys.map(async (key) => ({ key, process: await processOf(ctx.db, project.processIds[key]!) })));
  const fixed = (key: string, names: Record<string, Record<Language, string>> = {}): Choice => ({ key, name: translate(language, `report_by_${key}`), isOwn: false, names: namesOf(names, language), processes: null });
  const told = (key: string, values: string[]): Choice => ({ ...fixed(key), names: new Map(values.map((value) => [value, translate(language, `report_value_${value}`)])) });
  const fields = new Map<string, Choice>();
  for (const { key, process } of processes) {
    for (const [name, field] of Object.entries(process.fields)) {
      if (field.kind !== "choice") continue;
      const known = fields.get(name);
      fields.set(name, { key: `fields.${name}`, name: known?.name ?? field.name[language], isOwn: true, names: new Map([...known?.names ?? [], ...namesOf(field.options, language)]), processes: [...known?.processes ?? [], key] });
    }
  }
  const stages = types.length === 1 && processes.length === 1 ? [fixed("stage", Object.fromEntries(Object.entries(processes[0]!.process.stages).map(([key, { name }]) => [key, name])))] : [];
  const typeNames = Object.fromEntries(project.types.map(({ key, name }) => [key, name]));
  return [fixed("type", typeNames), told("outcome", ["confirmed", "unconfirmed", "rejected", "cancelled"]), ...stages, fixed("department", project.departments), told("priority", ["0", "1", "2", "3"]), ...[...fields.values()].sort((a, b) => a.name.localeCompare(b.name, language))];
}

const namesOf = (names: Record<string, Record<Language, string>>, language: Language): Map<string, string> => new Map(Object.entries(names).map(([key, name]) => [key, name[language]]));
