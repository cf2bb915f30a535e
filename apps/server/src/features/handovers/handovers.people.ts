import type { Ctx } from "../../platform/db.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { findProject, loadTicket, type Ticket } from "../tickets/index.ts";
import type { CandidateView, Circle, Presence } from "./handovers.contract.ts";
import { inOrder, nextOf, presenceOf, type Candidate } from "./handovers.rules.ts";
import { selectCandidates, selectLiveTalk, selectState, type Asking } from "./handovers.sql.ts";

/** Given by the composition root: who has a desk open, on whatever node. */
export interface HandoversDeps { here(): Promise<ReadonlySet<string>> }
export type Here = ReadonlySet<string>;

export type Present = Candidate & { presence: Presence };
export const peopleOf = async (ctx: Ctx, asking: Asking, here: Here): Promise<Present[]> =>
  (await selectCandidates(ctx.db, asking)).map((person) => ({ ...person, presence: presenceOf(person, here.has(person.id)) }));

/** Of one person; whoever is blocked is not there. */
export async function presenceNow(ctx: Ctx, userId: string, here: Here): Promise<Presence> {
  const now = await selectState(ctx.db, userId);
  return now ? presenceOf({ ...now, asked: 0 }, here.has(userId)) : "off";
}

/** Nobody hands a ticket to themselves, or to whom it belongs already. */
export const without = (...ids: (string | null)[]): string[] => ids.filter((id) => id !== null);

export const answerMinutes = async (ctx: Ctx, projectKey: string, isLive: boolean): Promise<number> => {
  const said = (await findProject(ctx.db, projectKey))?.project.handover_answer_minutes;
  return isLive ? said?.call ?? MINUTES.call : said?.otherwise ?? MINUTES.otherwise;
};
const MINUTES = { call: 3, otherwise: 30 };

/** To whom this ticket can be handed over, circle by circle, as they are at this moment. */
export async function handoverChoices(ctx: Ctx, ticketId: string, { here }: HandoversDeps) {
  const ticket = await loadTicket(ctx, ticketId, "tickets.handover");
  const me = ctx.actor.kind === "user" ? ctx.actor.id : null;
  const project = await findProject(ctx.db, ticket.projectKey);
  const [desks, live] = [await here(), me ? await selectLiveTalk(ctx.db, me, ticket) : null];
  const language = readerLanguage(ctx);
  const circle = async (circle: Circle, department: string | null, name: string) => ({ circle, department, name, people: toViews(await peopleOf(ctx, askingFor(ticket, { circle, department, without: without(me, ticket.ownerId) }), desks), ticket) });
  const departments = await Promise.all(Object.entries(project?.departments ?? {}).map(([key, name]) => circle("department", key, name[language as keyof typeof name] ?? key)));
  const isLive = live !== null;
  return {
    circles: [await circle("operators", null, ""), ...departments.filter(({ people }) => people.length > 0), await circle("supervisors", null, "")],
    isLive, answerMinutes: await answerMinutes(ctx, ticket.projectKey, isLive),
  };
}

export const askingFor = (ticket: Ticket, { circle, department, without }: Pick<Asking, "circle" | "department" | "without">): Asking =>
  ({ projectKey: ticket.projectKey, about: ticket.aboutUserIds, circle, department, without });

function toViews(people: Present[], { language }: Ticket): CandidateView[] {
  const next = nextOf(people, language);
  return inOrder(people).map((person) => ({
    id: person.id, name: person.name, presence: person.presence, reason: person.presence === "away" ? person.reason : null, since: person.presence === "off" ? null : person.since?.toISOString() ?? null,
    languages: person.languages, skills: person.skills, isNext: person === next,
  }));
}
