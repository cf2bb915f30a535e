import type { Ctx } from "../../platform/db.ts";
import { readerLanguage } from "../../platform/messages.ts";
import type { Ticket, TicketTexts } from "./tickets.sql.ts";

/** What a ticket is called: as its declaration says it in the reader's language, or as somebody wrote it. */
export const subjectFor = (ctx: Pick<Ctx, "actor">, { subject, texts }: { subject: string; texts?: TicketTexts | null }): string => texts?.subject?.[readerLanguage(ctx)] ?? subject;
export const descriptionFor = (ctx: Pick<Ctx, "actor">, { description, texts }: { description: string; texts?: TicketTexts | null }): string => texts?.description?.[readerLanguage(ctx)] ?? description;

type Words = { subject?: string | undefined; description?: string | undefined };
/** What somebody has written is theirs, in every language; what is sent back as it was read is no change. */
export function rewritten(ctx: Pick<Ctx, "actor">, before: Ticket, given: Words): Words & { texts?: TicketTexts | null } {
  if (before.texts === null) return given;
  const written = {
    ...(given.subject !== undefined && given.subject !== subjectFor(ctx, before) && { subject: given.subject }),
    ...(given.description !== undefined && given.description !== descriptionFor(ctx, before) && { description: given.description }),
  };
  const left = Object.fromEntries(Object.entries(before.texts).filter(([part]) => !(part in written)));
  return Object.keys(written).length === 0 ? {} : { ...written, texts: Object.keys(left).length > 0 ? left : null };
}
