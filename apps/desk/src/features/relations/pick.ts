import type { TicketRow } from "@linija/server/contract/tickets/tickets";

export type Offered = Pick<TicketRow, "id" | "number" | "subject" | "status" | "stageName" | "clientName" | "createdAt" | "type" | "projectKey" | "isTask">;

/** Tickets another one can be related to: not itself, and no callback, which is work and not a matter of its own. Merged are only those of one project: requests with requests, tasks with tasks. */
export const offered = (items: readonly Offered[] | undefined, ticket: { id: string; projectKey: string; isTask: boolean }, isSameProject: boolean): Offered[] =>
  (items ?? []).filter(({ id, type, projectKey, isTask }) => id !== ticket.id && type !== "callback" && (!isSameProject || (projectKey === ticket.projectKey && isTask === ticket.isTask)));

/** A number as it is read aloud or copied, when it is whole; the server knows whether it is mistyped. */
export function wholeNumber(text: string): string | null {
  const typed = text.trim();
  return /^([a-z]{3}[\s-]*)?\d[\d\s-]*$/i.test(typed) && typed.replace(/\D/g, "").length === 10 ? typed : null;
}
