import type { WakingEvent } from "./automation.contract.ts";
import { wakingEvents } from "./automation.contract.ts";

/** A stored fact, as far as it says what it is and about which ticket. */
interface Fact { type: string; subject: { kind: string; id: string }; data: unknown }
/** The ticket, and the word by which rules wait for this. */
export interface Woken { ticketId: string; event: WakingEvent; /** It came with the registration of its ticket: who waits for that too has been woken by it. */ withTicket?: boolean }

const PLAIN: ReadonlySet<string> = new Set(wakingEvents);
const word = (data: unknown, name: string): unknown => (data as Record<string, unknown> | null)?.[name];

/** Facts that rules know by another word, or that are told of something which belongs to a ticket. */
const OTHERS: Readonly<Record<string, (fact: Fact) => Woken | null>> = {
  "ticket.approval_decided": ({ subject, data }) => ({ ticketId: subject.id, event: word(data, "decision") === "approve" ? "ticket.approved" : "ticket.refused" }),
  "ticket.subtask_ended": ({ subject }) => ({ ticketId: subject.id, event: "ticket.subtask_done" }),
  "form.submitted": ({ data }) => submitted(data),
  // Filled in before it was said what it is about: for the ticket it is submitted now.
  "form.attached": ({ data }) => (word(data, "state") === "submitted" ? submitted(data) : null),
};

function submitted(data: unknown): Woken | null {
  const about = word(data, "subject") as Fact["subject"] | null | undefined;
  return about?.kind === "ticket" ? { ticketId: about.id, event: "ticket.form_submitted", withTicket: word(data, "withTicket") === true } : null;
}

/** Whether facts of this type may wake a rule. */
export const mayWake = (type: string): boolean => PLAIN.has(type) || Object.hasOwn(OTHERS, type);

/** Which ticket's rules a fact wakes, by which word; null: none. */
export function wokenBy(fact: Fact): Woken | null {
  if (Object.hasOwn(OTHERS, fact.type)) return OTHERS[fact.type]!(fact);
  return fact.subject.kind === "ticket" && PLAIN.has(fact.type) ? { ticketId: fact.subject.id, event: fact.type as WakingEvent } : null;
}
