import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor } from "../../platform/page.ts";
import { may, toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";
import { contactsOf, findProject, processOf, subjectFor, type ProjectInUse } from "../tickets/index.ts";
import type { getStageTimes as timesContract, listStays as staysContract, stageTimesSchema, stayView } from "./reports.contract.ts";
import * as db from "./reports.sql.ts";

const LONGEST_MS = 366 * 86_400_000;
const PAGE = 50;
type Asked = z.output<(typeof timesContract)["query"]>;

/** Time in each stage and the paths really taken, of one process in a period; from the moves themselves, so nothing can disagree with the history. */
export async function getStageTimes(ctx: Ctx, asked: Asked): Promise<z.input<typeof stageTimesSchema>> {
  const { project, period, language } = await openReport(ctx, asked);
  const key = asked.process ?? (await db.selectBusiest(ctx.db, period)) ?? Object.keys(project.processIds)[0] ?? "";
  const process = await inUse(ctx, project, key);
  const [stages, ways, here, registered] = await Promise.all([db.selectStages(ctx.db, period, key), db.selectWays(ctx.db, period, key), db.selectHere(ctx.db, period, key), db.countRegistered(ctx.db, period, key)]);
  const processes = await Promise.all(Object.keys(project.processIds).map(async (each) => ({ key: each, name: (await inUse(ctx, project, each)).name[language] })));
  return { processes, process: key, start: process.start, registered, stages: stagesOf(process, { stages, here, language }), ways: ways.map((way) => wayView(process, way, language)) };
}

/** The tickets behind one number, so that whoever doubts it can look. */
export async function listStays(ctx: Ctx, asked: z.output<(typeof staysContract)["query"]>): Promise<{ items: z.input<typeof stayView>[]; next: string | null }> {
  const { project, period, language } = await openReport(ctx, asked);
  const process = await inUse(ctx, project, asked.process);
  const limit = asked.limit ?? PAGE;
  const rows = await db.selectStays(ctx.db, period, {
    process: asked.process, stage: asked.stage, transition: asked.transition ?? null, next: asked.next ?? null,
    after: decodeCursor(asked.after, "number_uuid"), limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const contacts = await contactsOf(ctx, shown.map(({ ticketId }) => ticketId));
  const nameOf = (stage: string): string => process.stages[stage]?.name[language] ?? stage;
  return { items: shown.map(({ id, ticketId, number, seconds, stage, next, at, ...said }) => ({ id, ticketId, number, subject: toldTo(ctx, subjectFor(ctx, said), contacts(ticketId)), seconds, from: nameOf(stage), to: nameOf(next), at: at.toISOString() })), next: last ? encodeCursor(last.ms, last.id) : null };
}

/** Another's project is not there (404); a period must be one. */
export async function openReport(ctx: Ctx, { project: key, from, to }: { project: string; from: string; to: string }): Promise<{ project: ProjectInUse; period: db.Period; language: Language }> {
  if (!may(ctx, "floor.read") || ctx.actor.kind !== "user") throw forbidden();
  const isOurs = ctx.actor.roles.includes("administrator") || ctx.actor.projects.includes(key);
  const project = isOurs ? await findProject(ctx.db, key) : null;
  if (!project) throw notFound("project", key);
  const period = { project: key, from: new Date(from), to: new Date(to), readerId: ctx.actor.id };
  const length = period.to.getTime() - period.from.getTime();
  if (length <= 0 || length > LONGEST_MS) throw invalidField("to", "period_wrong");
  return { project, period, language: ctx.actor.language as Language };
}

async function inUse(ctx: Ctx, project: ProjectInUse, key: string): Promise<Process> {
  const id = Object.hasOwn(project.processIds, key) ? project.processIds[key] : undefined;
  if (id === undefined) throw notFound("process", key);
  return processOf(ctx.db, id);
}

/** In the order they are declared; stages of older versions that are gone from today's come last, by their keys. */
function stagesOf(process: Process, { stages, here, language }: { stages: db.StageRow[]; here: db.HereRow[]; language: Language }): z.input<typeof stageTimesSchema>["stages"] {
  const keys = new Set([...Object.keys(process.stages), ...stages.map(({ stage }) => stage), ...here.map(({ stage }) => stage)]);
  const isFinal = (stage: string): boolean => process.stages[stage]?.final === true;
  // Where the clock is stopped nothing is to be done any more but by the client: no bottleneck of ours.
  const longest = stages.filter(({ stage }) => !isFinal(stage) && process.stages[stage]?.clock !== "stopped").toSorted((a, b) => b.meanS - a.meanS)[0]?.stage;
  return [...keys].map((stage) => {
    const { stays = 0, meanS = null, medianS = null, p90S = null } = stages.find((each) => each.stage === stage) ?? {};
    const now = here.find((each) => each.stage === stage);
    return { stage, name: process.stages[stage]?.name[language] ?? stage, final: isFinal(stage), stays, meanS, medianS, p90S, here: now?.here ?? 0, hereSince: now?.since.toISOString() ?? null, longest: stage === longest };
  });
}

const wayView = (process: Process, { transition, stage, next, count, meanS }: db.WayRow, language: Language): z.input<typeof stageTimesSchema>["ways"][number] =>
  ({ transition, name: process.transitions[transition]?.name[language] ?? transition, from: stage, to: next, count, meanS });
