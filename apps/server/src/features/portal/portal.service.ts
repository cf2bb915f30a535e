import { cutText } from "@linija/rules";
import { timingSafeEqual } from "node:crypto";
import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError, tooMany } from "../../platform/errors.ts";
import { keepLate, keepSaid } from "../messages/index.ts";
import type { Process } from "../processes/index.ts";
import { hashSecret, linkSecret, moveByClient, parseTicketNumber, processOf, projectOf, type ProjectInUse } from "../tickets/index.ts";
import { networkOf } from "./portal.access.rules.ts";
import { askedOf, historyOf, lastFour, seesOf, silenceEnds, stepsOf, type Asked, type Passed, type Sees, type Step } from "./portal.rules.ts";
import { countTry, deleteOldTries, forgiveTry, selectPassages, selectPhones, selectShown, selectShownById, type ShownTicket, type TryLimit } from "./portal.sql.ts";

const WINDOW_S = 15 * 60;
/** Ten wrong tries, then a quarter of an hour, the next time half an hour: four digits are soon guessed otherwise. */
const BY_TICKET: TryLimit = { max: 10, windowS: WINDOW_S, doubles: true };
/** Of IPv6 the /64: a household or a server has all of it. Neighbours share one. */
const BY_ADDRESS: TryLimit = { max: 10, windowS: WINDOW_S, doubles: false };
/** How long a look by digits lasts. */
const LOOK_S = 30 * 60;

export type Lookup = { kind: "found"; secret: string } | { kind: "mistyped" } | { kind: "wrong" };

/**
 * A ticket by its number and the last digits of a phone. An unknown number and wrong digits get one answer after the
 * same statements; tries are counted by number and by address before anything is looked up.
 */
export async function findStatus(ctx: Ctx, input: { number: string; digits: string; address: string }): Promise<Lookup> {
  const address = `a:${networkOf(input.address)}`;
  if ((await spend(ctx, address, BY_ADDRESS)) === 1) await deleteOldTries(ctx.db, ctx.now(), WINDOW_S);
  const parsed = parseTicketNumber(input.number);
  // The check digit is public arithmetic: that it is wrong says nothing about which numbers exist.
  if (parsed.kind !== "number") return { kind: "mistyped" };
  const ticket = `n:${parsed.digits}`;
  await spend(ctx, ticket, BY_TICKET);
  const found = await selectPhones(ctx.db, parsed.digits);
  const isRight = isOneOf(lastFour(input.digits) ?? "----", found?.phones.map((phone) => lastFour(phone) ?? "????") ?? []);
  const id = found?.id ?? "00000000-0000-0000-0000-000000000000";
  // Who has our mail answers by its link; digits, which others know or guess, are enough to look. Without a mail they are all there is.
  const secret = found?.hasMail === false ? await linkSecret(ctx.db, id) : await lookSecret(ctx, id, Math.floor(ctx.now().getTime() / 1_000) + LOOK_S);
  if (!isRight || !found) return { kind: "wrong" };
  await forgiveTry(ctx.db, { ticket, address });
  return { kind: "found", secret };
}

async function spend(ctx: Ctx, key: string, limit: TryLimit): Promise<number> {
  const { tries, lockedUntil } = await countTry(ctx.db, key, ctx.now(), limit);
  if (lockedUntil) throw tooMany(Math.max(1, Math.ceil((lockedUntil.getTime() - ctx.now().getTime()) / 1_000)));
  return tries;
}

/** Opens the page for a while and for looking only. */
const lookSecret = async (ctx: Ctx, id: string, untilS: number): Promise<string> => `look.${id}.${untilS}.${await linkSecret(ctx.db, `look ${id} ${untilS}`)}`;

/** The ticket that such a secret opens now. */
async function byLook(ctx: Ctx, secret: string): Promise<ShownTicket | undefined> {
  const [, id, untilS] = /^look\.([0-9a-f-]{36})\.(\d{10})\./.exec(secret) ?? [];
  if (!id || !untilS || Number(untilS) * 1_000 < ctx.now().getTime()) return undefined;
  const right = await lookSecret(ctx, id, Number(untilS));
  return hashSecret(right).equals(hashSecret(secret)) ? selectShownById(ctx.db, id) : undefined;
}

/** Compares with at least one phone whether there are any or not, and never stops early. */
function isOneOf(given: string, known: string[]): boolean {
  let isRight = false;
  for (const each of known.length > 0 ? known : ["????"]) if (timingSafeEqual(Buffer.from(given), Buffer.from(each))) isRight = true;
  return isRight && known.length > 0;
}

/** What the client's page shows; nothing internal is in it. */
export interface Shown {
  ticket: ShownTicket; project: ProjectInUse; process: Process; sees: Sees; steps: Step[]; history: Passed[]; asked: Asked;
  /** When silence closes it; only while a yes is awaited. */
  silenceAt: Date | null;
  question: string | null; refusedBecause: string | null;
  /** Its project is out of use: nothing is asked any more, and it cannot be opened again. */
  isEnded: boolean;
  /** Opened by digits: the answer that is awaited is given by the link of the mail. */
  answersByLink: boolean;
}

export async function showStatus(ctx: Ctx, secret: string): Promise<Shown | null> {
  const isLook = secret.startsWith("look.");
  const ticket = isLook ? await byLook(ctx, secret) : await bySecret(ctx, secret);
  return ticket ? shownOf(ctx, ticket, isLook) : null;
}

export async function shownOf(ctx: Ctx, ticket: ShownTicket, isLook = false): Promise<Shown> {
  const process = await processOf(ctx.db, ticket.processId);
  const project = await projectOf(ctx.db, ticket.projectKey);
  const asked = askedOf(process, ticket.stage);
  const sees = seesOf(process, ticket.stage);
  return {
    ticket, project, process, sees, steps: stepsOf(process, ticket.stage), history: historyOf(process, await selectPassages(ctx.db, ticket.id)), asked: isLook || project.retired ? NOTHING_ASKED : asked, answersByLink: isLook && !project.retired && Object.values(asked).some(Boolean), isEnded: project.retired === true,
    silenceAt: sees === "done" ? silenceEnds(process, ticket.stage, ticket.stageSince) : null,
    question: sees === "waiting_for_you" ? words(ticket.fields.question) : null, refusedBecause: sees === "refused" ? words(ticket.fields.reason) : null,
  };
}

const NOTHING_ASKED: Asked = { yes: null, no: null, answer: null };
const words = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);
const bySecret = (ctx: Ctx, secret: string): Promise<ShownTicket | undefined> => selectShown(ctx.db, hashSecret(secret.slice(0, 100)));

export interface Answer { said: "yes" | "no" | "answer"; seen: string; score: number | null; text: string; /** It stands among the messages already. */ isMessage?: boolean }
/** `moved_on`: the ticket had gone on before this answer came; the client is shown how it is now. `late`: so it had, and their words were kept as a message. `ended`: its project is out of use, which the page says. */
export type Answered = "yes" | "no" | "answer" | "moved_on" | "late" | "ended" | "incomplete" | "unknown";

/** The answer of who holds the link of a mail. */
export const answerStatus = (ctx: Ctx, secret: string, answer: Answer): Promise<Answered> => answerTicket({ ...ctx, actor: { kind: "client", id: null, name: "client" } }, () => bySecret(ctx, secret), answer);

/** The client's yes, no or answer. Pressing twice is one answer: the second press finds what the first has done. */
export async function answerTicket(ctx: Ctx, load: () => Promise<ShownTicket | undefined>, answer: Answer): Promise<Answered> {
  const ticket = await load();
  if (!ticket) return "unknown";
  const process = await processOf(ctx.db, ticket.processId);
  const isOver = await isEnded(ctx, ticket);
  const transition = isOver ? null : askedOf(process, ticket.stage)[answer.said];
  if (isOver) return isSaidAlready(process, ticket, answer) ? answer.said : "ended";
  if (!transition) return tooLate(ctx, { process, ticket, answer });
  const input = inputOf(answer);
  if (!input) return "incomplete";
  try {
    const outcome = await inTx(ctx, async (ctx) => {
      const moved = await moveByClient(ctx, ticket.id, { stageSince: answer.seen }, { transition, input });
      if (moved === "moved" && answer.text.trim() !== "" && !answer.isMessage) await keepSaid(ctx, ticket.id, answer.text);
      return moved;
    });
    if (outcome === "moved") return answer.said;
  } catch (error) {
    return toldInstead(error);
  }
  const now = await load();
  return now ? tooLate(ctx, { process, ticket: now, answer }) : "moved_on";
}

/** The same answer sent twice is one, told by its words where it has any; other words are kept all the same: nobody types them again. */
async function tooLate(ctx: Ctx, { process, ticket, answer }: { process: Process; ticket: ShownTicket; answer: Answer }): Promise<Answered> {
  const isNew = answer.text.trim() !== "" && !answer.isMessage && await inTx(ctx, (ctx) => keepLate(ctx, ticket.id, answer.text));
  if (isNew) return "late";
  return isSaidAlready(process, ticket, answer) ? answer.said : "moved_on";
}

function toldInstead(error: unknown): Answered {
  if (error instanceof AppError && error.code === "invalid") return "incomplete";
  if (error instanceof AppError && error.reason === "ticket_of_retired_project") return "ended";
  throw error;
}

const isEnded = async (ctx: Ctx, { projectKey }: ShownTicket): Promise<boolean> => (await projectOf(ctx.db, projectKey)).retired === true;

function inputOf({ said, score, text }: Answer): Record<string, unknown> | null {
  const words = cutText(text.trim(), 1_000);
  if (said === "yes") return score !== null && score >= 1 && score <= 5 ? { score, ...(words && { answer: words }) } : null;
  if (words === "") return null;
  return said === "no" ? { reason: words } : { answer: words };
}

/** Whether the ticket stands where this same answer has brought it. */
function isSaidAlready(process: Process, ticket: ShownTicket, { said, score }: Answer): boolean {
  if (said === "yes") return ticket.closedAs === "confirmed" && ticket.score === score;
  const sees = seesOf(process, ticket.stage);
  return said === "no" ? ticket.reopened > 0 && sees === "in_work" : sees === "in_work";
}
