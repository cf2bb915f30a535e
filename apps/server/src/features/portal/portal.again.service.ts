import { cutText } from "@linija/rules";
import { createHash } from "node:crypto";
import { inTx, type Ctx } from "../../platform/db.ts";
import { tooMany } from "../../platform/errors.ts";
import { translate } from "../../platform/messages.ts";
import { languages, type Language } from "../api.contract.ts";
import { CLIENT_TEXT, clientWrites } from "../messages/index.ts";
import { addRelation } from "../relations/index.ts";
import { createTicket, loadTicket, type ProjectInUse } from "../tickets/index.ts";
import type { Session } from "./portal.access.sql.ts";
import { shownOf, type Shown } from "./portal.service.ts";
import { countTry, selectOwn } from "./portal.sql.ts";

export type Again = { kind: "written"; id: string } | { kind: "unknown" | "incomplete" | "moved_on" };

const AGAIN = { max: 5, windowS: 15 * 60, doubles: false };
/** What a ticket has when its client writes it themselves. */
const THERE: ReadonlySet<string> = new Set(["client", "subject", "description"]);

const isPlain = ({ requires, form, form_required: isRequired }: ProjectInUse["types"][number]): boolean => requires.every((each) => THERE.has(each)) && (form === undefined || isRequired === false);

/** Of the same type; where that asks for more than words, a question, or whatever asks for no more. Null: this project takes no such thing. */
function typeFor({ types }: ProjectInUse, before: string): string | null {
  const plain = types.filter(isPlain);
  return (plain.find(({ key }) => key === before) ?? plain.find(({ intake }) => intake === "question") ?? plain[0])?.key ?? null;
}

/** A closed request that cannot be opened any more: its client may begin a new one from it. */
export const mayWriteAgain = ({ ticket, project, asked, isEnded }: Pick<Shown, "ticket" | "project" | "asked" | "isEnded">): boolean =>
  ticket.status === "closed" && !isEnded && asked.no === null && typeFor(project, ticket.type) !== null;

interface Wanted { session: Session; id: string; /** Chosen by the form: pressed twice it is one request. */ draftId: string; text: string }

/** A new request of the client, tied to the one that is closed; what they wrote is their first message on it. */
export async function writeAgain(ctx: Ctx, { session: { address }, id, draftId, text }: Wanted, store: { folder: string }): Promise<Again> {
  const before = await selectOwn(ctx.db, address, id);
  if (!before) return { kind: "unknown" };
  const words = cutText(text.trim(), CLIENT_TEXT);
  if (words === "") return { kind: "incomplete" };
  const shown = await shownOf(ctx, before);
  if (!mayWriteAgain(shown)) return { kind: "moved_on" };
  const { lockedUntil } = await countTry(ctx.db, `pa:${before.id}`, ctx.now(), AGAIN);
  if (lockedUntil) throw tooMany(Math.max(1, Math.ceil((lockedUntil.getTime() - ctx.now().getTime()) / 1_000)), "my_messages_too_many");
  return { kind: "written", id: await register(ctx, shown, { address, draftId, words }, store) };
}

/** The form's own id says nothing to anybody else, and another ticket's id given in its place is none. */
const idOf = (ticketId: string, draftId: string): string => createHash("sha256").update(`again ${ticketId} ${draftId}`).digest("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");

/** The client's own right was looked at before; the system writes it down, as a colleague would. */
function register(ctx: Ctx, { ticket, project }: Shown, { address, draftId, words }: { address: string; draftId: string; words: string }, store: { folder: string }): Promise<string> {
  const client = ctx;
  return inTx({ ...ctx, actor: { kind: "system", name: "portal" } }, async (ctx) => {
    const { clientId, contactPhone, contactEmail, aboutUserIds } = await loadTicket(ctx, ticket.id, "tickets.read", { lock: true });
    const id = idOf(ticket.id, draftId);
    const write = (to: string): Promise<void> => clientWrites({ ...ctx, actor: client.actor }, to, { id: draftId, text: words, upload: null }, store);
    // Pressed twice: the first press has done it; other words are one more message there.
    if (await selectOwn(ctx.db, address, id)) {
      await write(id);
      return id;
    }
    const language = languages.find((each) => each === ticket.language) ?? (project.project.default_language as Language);
    const made = await createTicket(ctx, {
      projectKey: ticket.projectKey, type: typeFor(project, ticket.type)!, subject: cutText(translate(language, "my_again_subject", { subject: ticket.subject }), 200), description: translate(language, "my_again_description", { number: ticket.number }),
      clientId, interactionId: null, dueAt: null, language, contactPhone, contactEmail, fields: {}, draftId: id,
    }, { about: aboutUserIds ?? null });
    await addRelation(ctx, made.id, { side: "related", number: ticket.number });
    await write(made.id);
    return made.id;
  });
}
