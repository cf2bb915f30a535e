import type { Ctx } from "../../platform/db.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/page.ts";
import { processOf, projectOf, type ProjectInUse } from "../tickets/index.ts";
import type { Session } from "./portal.access.sql.ts";
import { seesOf, type Sees } from "./portal.rules.ts";
import { answerTicket, shownOf, type Answer, type Answered, type Shown } from "./portal.service.ts";
import { selectOwn, selectOwnTickets, type OwnTicket } from "./portal.sql.ts";

const PAGE = 20;

export interface OwnList { items: (OwnTicket & { sees: Sees; project: ProjectInUse })[]; next: string | null }

/** The requests of who is signed in; a bent cursor begins again. */
export async function listOwn(ctx: Ctx, { address }: Session, after: string | undefined): Promise<OwnList> {
  const page = pageOf(await selectOwnTickets(ctx.db, address, { after: cursorOf(after), most: PAGE + 1 }), PAGE, (row) => encodeCursor(row.createdAt, row.id));
  const items = [];
  for (const row of page.items) items.push({ ...row, sees: seesOf(await processOf(ctx.db, row.processId), row.stage), project: await projectOf(ctx.db, row.projectKey) });
  return { items, next: page.next };
}

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
