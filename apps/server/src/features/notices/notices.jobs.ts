import { z } from "zod";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { counter } from "../../platform/metrics.ts";
import { projectOf } from "../tickets/index.ts";
import { MAX_ATTEMPTS, queueSending } from "./notices.listener.ts";
import { isPermanent, type Mailer } from "./notices.mail.ts";
import { lockQueued, markNotice, selectNoticeState, selectQueued, type NoticeRow } from "./notices.sql.ts";

const sendings = counter("notices_total", "Mails to clients by what came of them", ["outcome"]);
const payloadSchema = z.object({ noticeId: z.uuid() });

/** Jobs of this feature, for `main.ts`. */
export const noticeJobs = (base: Ctx, deps: { mailer: Mailer }): Record<string, JobHandler> => ({
  "notice.send": (payload) => sendNotice({ ...base, actor: { kind: "system", name: "notices" }, requestId: newId() }, payloadSchema.parse(payload).noticeId, deps.mailer),
});

/**
 * Sends a queued notice and writes down what came of it, holding its row meanwhile. What was sent is not sent again;
 * only a crash between the server's "accepted" and our commit repeats a mail, with the same Message-ID.
 */
export async function sendNotice(ctx: Ctx, id: string, mailer: Mailer): Promise<void> {
  const failure = await inTx(ctx, async (ctx) => {
    const notice = await lockQueued(ctx.db, id);
    // Another job holds it at this moment, and may yet fail; or it was done before.
    if (!notice) return (await selectNoticeState(ctx.db, id)) === "queued" ? "busy" : null;
    try {
      const { project } = await projectOf(ctx.db, notice.projectKey);
      await mailer.send({ from: { name: project.name[notice.language], address: project.mail_from }, to: notice.recipient, subject: notice.subject, text: notice.bodyText, html: notice.bodyHtml, messageId: notice.messageId, language: notice.language });
    } catch (error) {
      return failed(ctx, notice, error);
    }
    await markNotice(ctx.db, id, { state: "sent", error: null, sentAt: ctx.now() });
    await emit(ctx, { type: "notice.sent", subject: { kind: "ticket", id: notice.ticketId }, data: { noticeId: id, key: notice.key } });
    ctx.afterCommit.push(() => sendings.inc({ outcome: "sent" }));
    return null;
  });
  // The job fails so that it is tried again, later each time. "busy": sent by another job at this moment, looked at again.
  if (failure !== null) throw new Error(`notice ${id}: ${failure}`);
}

/** The reason when it is worth another try; null when it is given up, which supervisors are told. */
async function failed(ctx: TxCtx, notice: NoticeRow & { number: string; projectKey: string }, error: unknown): Promise<string | null> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  const isGivenUp = isPermanent(error) || notice.attempts + 1 >= MAX_ATTEMPTS;
  await markNotice(ctx.db, notice.id, { state: isGivenUp ? "failed" : "queued", error: reason, sentAt: null });
  ctx.afterCommit.push(() => sendings.inc({ outcome: isGivenUp ? "failed" : "put_off" }));
  if (!isGivenUp) return reason;
  ctx.log.warn({ notice: notice.id, ticket: notice.ticketId, reason }, "a notice could not be sent and was given up");
  await emit(ctx, { type: "notice.failed", subject: { kind: "ticket", id: notice.ticketId }, data: { noticeId: notice.id, key: notice.key, reason } });
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: notice.ticketId }, data: { key: "alert_notice_failed", params: { number: notice.number }, projectKey: notice.projectKey, ticketId: notice.ticketId }, touches: [{ kind: "floor", id: notice.projectKey }] });
  return null;
}

/** After a crash: every notice not yet sent gets a job of its own again, whatever became of the old one. */
export async function resumeNotices(ctx: Ctx): Promise<number> {
  return inTx(ctx, async (ctx) => {
    const ids = await selectQueued(ctx.db);
    for (const id of ids) await queueSending(ctx, id);
    return ids.length;
  });
}
