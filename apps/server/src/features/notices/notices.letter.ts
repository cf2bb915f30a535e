import type { TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { Language } from "../api.contract.ts";
import type { ProjectInUse } from "../tickets/index.ts";
import { composeLetter, isOneAddress } from "./notices.text.ts";
import { insertNoticeFiles, insertNotices, type NoticeFile } from "./notices.sql.ts";

export interface Letter {
  ticketId: string; key: string; language: Language; recipient: string | null; subject: string; text: string; from: ProjectInUse["project"]; files: NoticeFile[];
  /** One letter a cause, however often it is asked for. */
  cause: string;
}

/** A letter that somebody writes to the client, in the transaction of what they write; it goes the way of notices, with its files. */
export async function writeLetter(ctx: TxCtx, { ticketId, cause, key, language, recipient, subject, text, from, files }: Letter): Promise<"queued" | "no_address"> {
  const id = newId(ctx.now().getTime());
  const mail = composeLetter(language, subject, text);
  const state = isOneAddress(recipient) ? "queued" : "no_address";
  const row = { id, ticketId, cause, key, language, recipient: state === "queued" ? recipient! : "", subject: mail.subject, bodyText: mail.text, bodyHtml: mail.html, state, messageId: `<notice.${id}@${from.mail_from.split("@")[1]}>`, createdAt: ctx.now() } as const;
  const news = await insertNotices(ctx.db, [row]);
  if (!news.has(id)) return state;
  await insertNoticeFiles(ctx.db, id, files);
  await emit(ctx, { type: state === "queued" ? "notice.queued" : "notice.has_no_address", subject: { kind: "ticket", id: ticketId }, data: { noticeId: id, key } });
  return state;
}
