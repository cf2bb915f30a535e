import { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalidField, isDuplicate, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { addJob, type JobHandler } from "../../platform/jobs.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { own } from "../../platform/own.ts";
import type { Process } from "../processes/index.ts";
import { priorities } from "../projects/index.ts";
import { adoptVersion, processOf, projectOf, resumeApprovals, statusOf } from "../tickets/index.ts";
import type * as contracts from "./declarations.migrate.contract.ts";
import { mayManage } from "./declarations.service.ts";
import * as db from "./declarations.migrate.sql.ts";

type Reply<C extends { reply: z.ZodType }> = z.input<C["reply"]>;
type View = Reply<typeof contracts.startMigration>;

async function newest(ctx: Ctx, key: string, process: string): Promise<string> {
  const id = own((await projectOf(ctx.db, key)).processIds, process);
  if (!id) throw notFound("process", process);
  return id;
}

/** What a change of a process leaves behind: open tickets by version and stage, and where each stage would lead. */
export async function previewMigration(ctx: Ctx, key: string, process: string): Promise<Reply<typeof contracts.previewMigration>> {
  mayManage(ctx);
  const toId = await newest(ctx, key, process);
  const to = await processOf(ctx.db, toId);
  const language = readerLanguage(ctx);
  const counts = await db.selectOldVersions(ctx.db, key, process, toId);
  const versions = await Promise.all([...new Set(counts.map(({ id }) => id))].map(async (id) => {
    const old = await processOf(ctx.db, id);
    const own = counts.filter((count) => count.id === id);
    return {
      id, loadedAt: own[0]!.loadedAt.toISOString(), tickets: own.reduce((sum, { tickets }) => sum + tickets, 0), approvals: own.reduce((sum, { approvals }) => sum + approvals, 0), done: own.reduce((sum, { done }) => sum + done, 0), deadlines: deadlinesChanged(old, to),
      stages: own.map(({ stage, tickets }) => ({ key: stage!, name: old.stages[stage!]?.name[language] ?? stage!, tickets, to: to.stages[stage!] ? stage! : null })),
    };
  }));
  const recent = await Promise.all((await db.selectMigrations(ctx.db, key, process)).map((row) => view(ctx, row)));
  return { toId, stages: Object.entries(to.stages).map(([stage, { name }]) => ({ key: stage, name: name[language] })), versions, recent };
}

/** A deadline was told to the client and stays as it was told: what the new version would have allowed is said, not done. */
function deadlinesChanged(old: Process, to: Process) {
  const clocks = [["solution", "deadline_hours"], ["first_answer", "first_answer_hours"]] as const;
  return clocks.flatMap(([clock, part]) => priorities.flatMap((priority) => {
    const [before, after] = [old.clocks[part]?.[priority] ?? null, to.clocks[part]?.[priority] ?? null];
    return before === after ? [] : [{ clock, priority, from: before, to: after }];
  }));
}

async function view(ctx: Ctx, row: db.MigrationRow): Promise<View> {
  const left = row.state === "running" ? await db.countLeft(ctx.db, row) : 0;
  return { id: row.id, state: row.state, moved: row.moved, skipped: row.skipped, left, at: row.at.toISOString(), by: row.authorName, finishedAt: row.finishedAt?.toISOString() ?? null, kept: row.state === "undone" ? await db.countKept(ctx.db, row) : null };
}

/** The version previewed is the one tickets come to, so what was agreed to is what happens. */
export async function startMigration(ctx: Ctx, key: string, process: string, input: z.output<typeof contracts.startMigration.body>): Promise<View> {
  mayManage(ctx);
  if (await newest(ctx, key, process) !== input.toId) throw conflict("declaration_changed", { name: "–", number: 0 });
  const to = await processOf(ctx.db, input.toId);
  for (const [from, stage] of Object.entries(input.stages)) if (!Object.hasOwn(to.stages, stage)) throw invalidField(`stages.${from}`, "wrong_choice");
  const id = newId(ctx.now().getTime());
  return inTx(ctx, async (ctx) => {
    // Somebody else may start one at this moment: the index is asked, which knows what has not been committed yet.
    const began = await db.insertMigration(ctx.db, { id, projectKey: key, processKey: process, toId: input.toId, stages: input.stages, authorId: ctx.actor.kind === "user" ? ctx.actor.id : null, at: ctx.now() });
    if (!began) throw conflict("migration_running");
    await audit(ctx, { action: "process.migration_started", object: { kind: "process", id: input.toId }, after: { id, stages: input.stages } });
    await nextBatch(ctx, id);
    return view(ctx, (await db.selectMigration(ctx.db, id))!);
  });
}

const nextBatch = (ctx: TxCtx, id: string): Promise<void> => addJob(ctx, "process.migrate", { id }, { queue: "process.migrate" });

async function load(ctx: TxCtx, key: string, id: string): Promise<db.MigrationRow> {
  const row = await db.selectMigration(ctx.db, id, true);
  if (!row || row.projectKey !== key) throw notFound("migration", id);
  return row;
}

export async function stopMigration(ctx: Ctx, key: string, id: string): Promise<View> {
  mayManage(ctx);
  return inTx(ctx, async (ctx) => {
    const row = await load(ctx, key, id);
    if (row.state !== "running") throw conflict("migration_over");
    return view(ctx, await end(ctx, row, "stopped"));
  });
}

export async function undoMigration(ctx: Ctx, key: string, id: string): Promise<View> {
  mayManage(ctx);
  return inTx(ctx, async (ctx) => {
    const row = await load(ctx, key, id);
    if (row.state !== "done" && row.state !== "stopped") throw conflict("migration_over");
    const undoing = { ...row, state: "undoing" as const, finishedAt: null };
    await db.updateMigration(ctx.db, id, undoing).catch((error: unknown) => { throw isDuplicate(error) ? conflict("migration_running") : error; });
    await audit(ctx, { action: "process.migration_undone", object: { kind: "process", id: row.toId }, before: { moved: row.moved, skipped: row.skipped } });
    await nextBatch(ctx, id);
    return view(ctx, undoing);
  });
}

async function end(ctx: TxCtx, row: db.MigrationRow, state: "done" | "stopped" | "undone"): Promise<db.MigrationRow> {
  const after = { ...row, state, finishedAt: ctx.now() };
  await db.updateMigration(ctx.db, row.id, after);
  await audit(ctx, { action: `process.migration_${state}`, object: { kind: "process", id: row.toId }, after: { id: row.id, moved: row.moved, skipped: row.skipped } });
  await emit(ctx, { type: "process.migrated", subject: { kind: "declarations", id: row.projectKey }, data: { process: row.processKey, state, moved: row.moved, skipped: row.skipped } });
  return after;
}

const BATCH = 200;
const payloadSchema = z.object({ id: z.uuid() });

/** Jobs of this feature, for `subscriptions.ts`. One batch a job: a crash repeats nothing, for each batch is one transaction. */
export const declarationJobs = (base: Ctx): Record<string, JobHandler> => ({
  "process.migrate": (payload) => runBatch({ ...base, actor: { kind: "system", name: "migration" }, requestId: newId() }, payloadSchema.parse(payload).id),
});

export async function runBatch(ctx: Ctx, id: string): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const row = await db.selectMigration(ctx.db, id, true);
    if (row?.state === "running") await moveBatch(ctx, row);
    if (row?.state === "undoing") await undoBatch(ctx, row);
  });
}

async function moveBatch(ctx: TxCtx, row: db.MigrationRow): Promise<void> {
  const to = await processOf(ctx.db, row.toId);
  const tickets = await db.selectToMove(ctx.db, row, BATCH);
  const moves = tickets.map(({ id, processId, stage }): db.Moved => {
    const wanted = row.stages[stage] ?? stage;
    const toStage = Object.hasOwn(to.stages, wanted) ? wanted : null;
    return { id, fromProcessId: processId, fromStage: stage, toStage, status: toStage ? statusOf(to, toStage) : "" };
  });
  await db.moveTickets(ctx.db, row, moves, ctx.now());
  for (const { id, fromProcessId, fromStage, toStage } of moves) {
    const { lapsed } = toStage ? await adoptVersion(ctx, id, fromStage) : { lapsed: [] };
    if (lapsed.length > 0) await db.noteLapsed(ctx.db, row, id, lapsed);
    if (toStage) await emit(ctx, { type: "ticket.process_changed", subject: { kind: "ticket", id }, data: { from: fromProcessId, to: row.toId, stage: { from: fromStage, to: toStage } } });
  }
  const moved = moves.filter(({ toStage }) => toStage !== null).length;
  const after = { ...row, moved: row.moved + moved, skipped: row.skipped + moves.length - moved };
  if (tickets.length < BATCH) await end(ctx, after, "done");
  else { await db.updateMigration(ctx.db, row.id, after); await nextBatch(ctx, row.id); }
}

async function undoBatch(ctx: TxCtx, row: db.MigrationRow): Promise<void> {
  const tickets = await db.selectToUndo(ctx.db, row, BATCH);
  const back = await Promise.all(tickets.map(async (ticket) => ({ ...ticket, status: statusOf(await processOf(ctx.db, ticket.fromProcessId), ticket.fromStage) })));
  await db.undoTickets(ctx.db, row, back, ctx.now());
  for (const { id, toStage, approvals } of back) {
    await adoptVersion(ctx, id, toStage);
    if (approvals) await resumeApprovals(ctx.db, approvals);
  }
  for (const { id, fromProcessId } of back) await emit(ctx, { type: "ticket.process_changed", subject: { kind: "ticket", id }, data: { from: row.toId, to: fromProcessId, undone: true } });
  const after = { ...row, moved: Math.max(0, row.moved - tickets.length) };
  if (tickets.length < BATCH) await end(ctx, after, "undone");
  else { await db.updateMigration(ctx.db, row.id, after); await nextBatch(ctx, row.id); }
}
