import type { Ctx } from "../../platform/db.ts";
import { inForm } from "../processes/index.ts";
import { processOf } from "./tickets.definitions.ts";
import { loadTicket } from "./tickets.load.ts";
import { hasTakenOver } from "./tickets.process.sql.ts";
import { selectTicket, type Ticket } from "./tickets.sql.ts";

/** What goes along with a task from the ticket that asked for it: whoever may read the task is shown it, as they would be there. */
export interface Along {
  parentId: string;
  /** Fields of the parent's process, by key. */
  fields: readonly string[];
  /** Whether a place of the parent's forms does; `address` is its whole, `address.street` a part. */
  isFormPlace: (path: string) => boolean;
  description: boolean; files: boolean;
}

const DEFAULT = ["form", "ticket.files"];

/** Null: nobody asked for it as a task, or what asked for it is about the reader (R129). With one that has ended nothing goes along any more: what is written afterwards was not asked of anybody. */
export async function alongFor(ctx: Ctx, { parentId, parentTask, status }: Pick<Ticket, "parentId" | "parentTask" | "status">): Promise<Along | null> {
  const parent = parentId ? await selectTicket(ctx.db, parentId) : undefined;
  if (!parent || (ctx.actor.kind === "user" && parent.aboutUserIds?.includes(ctx.actor.id))) return null;
  const { transitions } = await processOf(ctx.db, parent.processId);
  const wish = Object.values(transitions).flatMap(({ subtasks }) => subtasks).find(({ key }) => key === parentTask);
  if (status === "closed") return along(parent.id, []);
  // One that came with a merge was asked for by another process; what that let go along is not known of this one.
  return along(parent.id, wish?.carries ?? (await hasTakenOver(ctx.db, parent.id) ? [] : DEFAULT));
}

/** By the places a process names: a key of a field, `form`, `form.FIELD`, `ticket.description`, `ticket.files`. */
export function along(parentId: string, places: readonly string[]): Along {
  const inForms = places.flatMap((place) => inForm(place)?.join(".") ?? []);
  const isWhole = places.includes("form");
  return {
    parentId, description: places.includes("ticket.description"), files: places.includes("ticket.files"), fields: places.filter((place) => !place.includes(".") && place !== "form"),
    isFormPlace: (path) => isWhole || inForms.some((given) => path === given || path.startsWith(`${given}.`)),
  };
}

/** For who asks by the task's id. */
export const alongOf = async (ctx: Ctx, taskId: string): Promise<Along | null> => alongFor(ctx, await loadTicket(ctx, taskId, "tickets.read"));
