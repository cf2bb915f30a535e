import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { emit, onCommitted } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { counter } from "../../platform/metrics.ts";
import { projectOf, type ProjectInUse } from "../tickets/index.ts";
import { isPermanent, type Mailer } from "./notices.mail.ts";
import { isAnyDue, lockDue, markNotices, selectNoticeFiles, type Due, type NoticeFile, type Outcome } from "./notices.sql.ts";

const sendings = counter("notices_total", "Mails to clients by what came of them", ["outcome"]);

type Project = ProjectInUse["project"];

/** So many mails share one transaction: its beginning and its flush to disk cost more than handing over a mail. */
const TOGETHER = 16;
/** Later each time up to six hours, so that the last try comes after more than four days (RFC 5321 §4.5.4.1). */
export const MAX_ATTEMPTS = 26;
const LONGEST_S = 21_600;
const pauseS = (attempts: number): number => Math.min(LONGEST_S, Math.round(Math.exp(attempts + 1)));

/** Sends what is due, woken by each commit that queues a notice here and by a look every second. Files that go along lie under `folder`. */
export function startSender(base: Ctx, mailer: Mailer, folder = ""): Loop {
  const loop = startLoop(async () => { const sent = await sendDue(base, mailer, folder); return sent === TOGETHER || (sent > 0 && "some"); }, (error) => { if (!isDatabaseAway(error)) base.log.error({ err: error }, "notices could not be sent"); });
  const unsubscribe = onCommitted((events) => { if (events.some(({ type }) => type === "notice.queued")) loop.wake(); });
  return { ...loop, stop: () => { unsubscribe(); return loop.stop(); } };
}

/**
 * Sends the notices that are due and writes down what came of each, holding their rows meanwhile: another sender passes
 * them by. What was sent is not sent again; only a crash between the server's "accepted" and our commit repeats a mail,
 * with the same Message-ID. Returns how many were tried.
 */
export async function sendDue(base: Ctx, mailer: Mailer, folder = ""): Promise<number> {
  // Idle, no transaction is begun.
  if (!(await isAnyDue(base.db, base.now()))) return 0;
  return inTx({ ...base, actor: { kind: "system", name: "notices" }, requestId: newId() }, async (ctx) => {
    const due = await lockDue(ctx.db, { now: ctx.now(), most: TOGETHER });
    if (due.length === 0) return 0;
    const senders: Project[] = [];
    for (const { projectKey } of due) senders.push((await projectOf(ctx.db, projectKey)).project);
    const files = await selectNoticeFiles(ctx.db, due.map(({ id }) => id));
    const outcomes = await Promise.all(due.map((notice, index) => send(ctx, senders[index]!, { ...notice, files: files.filter(({ noticeId }) => noticeId === notice.id) }, { mailer, folder })));
    await markNotices(ctx.db, outcomes);
    for (const [index, notice] of due.entries()) await tell(ctx, notice, outcomes[index]!);
    return due.length;
  });
}

async function send(ctx: Ctx, from: Project, notice: Due & { files: NoticeFile[] }, { mailer, folder }: { mailer: Mailer; folder: string }): Promise<Outcome> {
  const { id, attempts } = notice;
  try {
    // A file that is not on this node yet is a failure like any other: the letter is put off.
    const files = await Promise.all(notice.files.map(async ({ name, mediaType, path }) => ({ name, mediaType, content: await readFile(join(folder, path)) })));
    await mailer.send({ from: { name: from.name[notice.language], address: from.mail_from }, to: notice.recipient, subject: notice.subject, text: notice.bodyText, html: notice.bodyHtml, messageId: notice.messageId, language: notice.language, ...(files.length > 0 && { files }) });
    return { id, state: "sent", error: null, sentAt: ctx.now(), nextAt: ctx.now() };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const isGivenUp = isPermanent(error) || attempts + 1 >= MAX_ATTEMPTS;
    return { id, state: isGivenUp ? "failed" : "queued", error: reason, sentAt: null, nextAt: new Date(ctx.now().getTime() + pauseS(attempts) * 1_000) };
  }
}

/** What is given up supervisors are told. */
async function tell(ctx: TxCtx, notice: Due, { state, error: reason }: Outcome): Promise<void> {
  const subject = { kind: "ticket", id: notice.ticketId };
  const outcome = state === "queued" ? "put_off" : state;
  ctx.afterCommit.push(() => sendings.inc({ outcome }));
  if (state === "sent") await emit(ctx, { type: "notice.sent", subject, data: { noticeId: notice.id, key: notice.key } });
  if (state !== "failed") return;
  ctx.log.warn({ notice: notice.id, ticket: notice.ticketId, reason }, "a notice could not be sent and was given up");
  await emit(ctx, { type: "notice.failed", subject, data: { noticeId: notice.id, key: notice.key, reason } });
  await emit(ctx, { type: "alert.raised", subject, data: { key: "alert_notice_failed", params: { number: notice.number }, projectKey: notice.projectKey, ticketId: notice.ticketId }, touches: [{ kind: "floor", id: notice.projectKey }] });
}
