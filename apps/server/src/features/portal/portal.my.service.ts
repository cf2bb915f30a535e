import type { Ctx } from "../../platform/db.ts";
import { tooMany } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/page.ts";
import { clientFile, clientMessages, clientWrites, type ClientWriting } from "../messages/index.ts";
import { processOf, projectOf, type ProjectInUse } from "../tickets/index.ts";
import type { Session } from "./portal.access.sql.ts";
import { askedOf, seesOf, type Sees } from "./portal.rules.ts";
import { answerTicket, shownOf, type Answer, type Answered, type Shown } from "./portal.service.ts";
import { countTry, selectOwn, selectOwnIds, selectOwnOpen, selectOwnTickets, type OwnTicket } from "./portal.sql.ts";

const PAGE = 20;

type OwnLine = OwnTicket & { sees: Sees; project: ProjectInUse };
/** `waiting`: for the reader, on the first page, wherever they would stand; they are on no other. */
export interface OwnList { waiting: OwnLine[]; items: OwnLine[]; next: string | null }

/** The requests of who is signed in; a bent cursor begins again. */
export async function listOwn(ctx: Ctx, { address }: Session, after: string | undefined): Promise<OwnList> {
  const page = pageOf(await selectOwnTickets(ctx.db, address, { after: cursorOf(after), most: PAGE + 1 }), PAGE, (row) => encodeCursor(row.createdAt, row.id));
  const waiting: OwnLine[] = [];
  for (const row of await selectOwnOpen(ctx.db, address, MOST_WAITING)) {
    const { yes, answer } = askedOf(await processOf(ctx.db, row.processId), row.stage);
    const line = await lineOf(ctx, row);
    if ((yes ?? answer) !== null && line.project.retired !== true) waiting.push(line);
  }
  const items: OwnLine[] = [];
  for (const row of page.items) if (!waiting.some(({ id }) => id === row.id)) items.push(await lineOf(ctx, row));
  return { waiting: after === undefined ? waiting : [], items, next: page.next };
}

/** Nobody has more open requests than can be looked through. */
const MOST_WAITING = 100;
const lineOf = async (ctx: Ctx, row: OwnTicket): Promise<OwnLine> => ({ ...row, sees: seesOf(await processOf(ctx.db, row.processId), row.stage), project: await projectOf(ctx.db, row.projectKey) });

function cursorOf(after: string | undefined) {
  try {
    return decodeCursor(after);
  } catch {
    return null;
  }
}

/** Null for somebody else's as for one that is not there. */
export async function showOwn(ctx: Ctx, { address }: Session, id: string): Promise<Shown | null> {
  const ticket = await selectOwn(ctx.db, address, id);
  return ticket ? shownOf(ctx, ticket) : null;
}

export const answerOwn = (ctx: Ctx, { address }: Session, id: string, answer: Answer): Promise<Answered> => answerTicket(ctx, () => selectOwn(ctx.db, address, id), answer);

export type Talk = Awaited<ReturnType<typeof clientMessages>>;
export interface Folders { attachments: string; documents: string }

/** What was written about one's own ticket, both ways. */
export const talkOf = async (ctx: Ctx, { address }: Session, id: string): Promise<Talk> => clientMessages(ctx, await selectOwnIds(ctx.db, address, id));

/** Who asks, and for which ticket. */
export interface Asked { session: Session; id: string }

const WRITING = { max: 30, windowS: 15 * 60, doubles: false };

/** False when there is no such ticket for this reader. */
export async function writeOwn(ctx: Ctx, { session: { address }, id }: Asked, writing: ClientWriting, { attachments }: Folders): Promise<boolean> {
  const ticket = await selectOwn(ctx.db, address, id);
  if (!ticket) return false;
  const { lockedUntil } = await countTry(ctx.db, `pw:${ticket.id}`, ctx.now(), WRITING);
  if (lockedUntil) throw tooMany(Math.max(1, Math.ceil((lockedUntil.getTime() - ctx.now().getTime()) / 1_000)), "my_messages_too_many");
  await clientWrites(ctx, ticket.id, writing, { folder: attachments });
  return true;
}

/** Null for what was not sent to this reader or by them. */
export const openOwn = async (ctx: Ctx, { session: { address }, id }: Asked, wanted: { kind: "file" | "document"; id: string }, folders: Folders) =>
  clientFile(ctx, await selectOwnIds(ctx.db, address, id), wanted, folders);
