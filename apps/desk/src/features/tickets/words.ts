import type { TicketRow, TicketView } from "@linija/server/contract/tickets/tickets";
import type { MessageKey } from "../../i18n/intl.tsx";

export const priorityKeys = ["priority.0", "priority.1", "priority.2", "priority.3"] as const satisfies readonly MessageKey[];
export const priorityKey = (priority: number) => priorityKeys[Math.max(0, Math.min(3, priority))] ?? "priority.1";

type Tone = "" | "warn" | "danger" | "live" | "accent";
export const statusTone: Record<TicketRow["status"], Tone> = { open: "accent", waiting: "warn", done: "live", closed: "" };

/** Late is past its time; soon is within an hour of it. Done and closed work has no clock, and a clock that stands still makes nothing late. */
export function urgency(ticket: Pick<TicketRow, "dueAt" | "status" | "waitsFor">, now: number): "late" | "soon" | "calm" {
  if (!ticket.dueAt || ticket.status === "done" || ticket.status === "closed" || ticket.waitsFor) return "calm";
  const left = Date.parse(ticket.dueAt) - now;
  if (left < 0) return "late";
  return left < 3_600_000 ? "soon" : "calm";
}

export const isOpen = ({ status }: { status: string }): boolean => status === "open" || status === "waiting";
type Whose = Pick<TicketView, "clientId" | "contactPhone" | "contactEmail">;
/** Work of our own, like a decision of management: nobody registers it for a client, and it has none. */
export const isAmongUs = ({ clientId, contactPhone, contactEmail }: Whose, type: { registrable: boolean } | undefined): boolean => type?.registrable === false && clientId === null && !contactPhone && !contactEmail;
const turns = ["open", "waiting", "done", "closed"];
const turnOf = ({ status }: { status: string }): number => Math.max(1, turns.indexOf(status));
/** Those still open, those done, then the closed; within these as they came. */
export const openFirst = <T extends { status: string }>(tickets: T[]): T[] => [...tickets].sort((a, b) => turnOf(a) - turnOf(b));
