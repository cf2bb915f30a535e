import type { z } from "zod";
import { lastDue } from "../../platform/cron.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, forbidden } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { createTicket, findProject, subjectFor, updateTicket, type ProjectInUse } from "../tickets/index.ts";
import type * as contracts from "./duties.contract.ts";
import type { Duties, Duty } from "./duties.kind.ts";
import { insertGiven, selectAll, selectGiven, selectMine, selectPeople, selectProjects, updateGiven, type Asked, type DueRow } from "./duties.sql.ts";

const HOUR_MS = 3_600_000;
const MOST = 200;

const dutiesOf = (project: ProjectInUse): [key: string, duty: Duty][] => Object.values((project.more["duties"] ?? {}) as Record<string, Duties>).flatMap(({ duties }) => Object.entries(duties));

/** Gives every duty that has come up to whom it is declared for, once: a ticket of its own with its form, deadline, clocks and reminders. */
export async function giveDuties(ctx: Ctx): Promise<number> {
  let given = 0;
  for (const key of await selectProjects(ctx.db)) {
    const project = await findProject(ctx.db, key);
    for (const [dutyKey, duty] of project ? dutiesOf(project) : []) given += await orNone(ctx, () => giveOne(ctx, project!, { dutyKey, duty }));
  }
  return given;
}

/** One that cannot be given (its type has changed since) is told, and stops no other. */
async function orNone(ctx: Ctx, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.error({ err: error }, "a duty could not be given");
    return 0;
  }
}

interface Recipient { givenTo: string; language: Language; ownerId: string | null; department: string | null }

async function giveOne(ctx: Ctx, project: ProjectInUse, { dutyKey, duty }: { dutyKey: string; duty: Duty }): Promise<number> {
  const { key: projectKey, time_zone: timeZone } = project.project;
  const at = lastDue(duty.every, timeZone, ctx.now());
  const dueAt = new Date(at.getTime() + duty.within_hours * HOUR_MS);
  // Of a night in which nothing ran only what can still be done in time is given.
  if (dueAt <= ctx.now() || !project.types.some(({ key }) => key === duty.type)) return 0;
  const known = await selectGiven(ctx.db, { projectKey, dutyKey, at });
  const recipients = (await recipientsOf(ctx, project, duty)).filter(({ givenTo }) => !known.has(givenTo));
  let given = 0;
  for (const recipient of recipients) given += await inTx(ctx, (ctx) => give(ctx, { row: { projectKey, dutyKey, at, givenTo: recipient.givenTo }, duty, dueAt, recipient }));
  return given;
}

async function recipientsOf(ctx: Ctx, { project, departments }: ProjectInUse, { who }: Duty): Promise<Recipient[]> {
  if ("role" in who) return (await selectPeople(ctx.db, project.key, who.role)).map(({ id, language }) => ({ givenTo: id, language: language as Language, ownerId: id, department: null }));
  return Object.hasOwn(departments, who.department) ? [{ givenTo: who.department, language: project.default_language, ownerId: null, department: who.department }] : [];
}

interface Giving { row: Parameters<typeof insertGiven>[1]; duty: Duty; dueAt: Date; recipient: Recipient }

async function give(ctx: TxCtx, { row, duty, dueAt, recipient: { language, ownerId, department } }: Giving): Promise<number> {
  if (!(await insertGiven(ctx.db, row))) return 0;
  const { id, version } = await createTicket(ctx, { projectKey: row.projectKey, type: duty.type, subject: duty.subject[language], description: "", clientId: null, interactionId: null, dueAt: dueAt.toISOString(), language, fields: {} }, { texts: { subject: duty.subject } });
  await updateTicket(ctx, id, { version, ...(ownerId ? { ownerId } : { department }) });
  await updateGiven(ctx.db, row, id);
  return 1;
}

export async function listDue(ctx: Ctx, { view }: { view: "mine" | "all" }): Promise<z.input<typeof contracts.listDue.reply>> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "tickets.read")) throw forbidden();
  const language = actor.language as Language;
  const projects = (await Promise.all(actor.projects.map((key) => findProject(ctx.db, key)))).filter((project) => project !== null);
  const reads = view === "all" ? projects.filter(({ project }) => may(ctx, "floor.read", { projectKey: project.key })) : projects;
  const types = reads.flatMap(({ project, types }) => types.flatMap((type): Asked[] => (type.form === undefined ? [] : [{ projectKey: project.key, type: type.key, formKey: type.form }])));
  if (types.length === 0) return { items: [] };
  const rows = await (view === "all" ? selectAll : selectMine)(ctx.db, types, { id: actor.id, department: actor.department ?? null }, MOST);
  return { items: rows.map((row) => toItem(ctx, row, projects.find(({ project }) => project.key === row.projectKey)!, language)) };
}

const toItem = (ctx: Ctx, row: DueRow, { types, departments }: ProjectInUse, language: Language) => ({
  ticketId: row.id, number: row.number, subject: subjectFor(ctx, row), projectKey: row.projectKey, formName: types.find(({ key }) => key === row.type)?.name[language] ?? row.type, dueAt: row.dueAt?.toISOString() ?? null,
  owner: row.ownerName, department: row.department && (departments[row.department]?.[language] ?? row.department), begun: row.isBegun,
});
