import { type Language, type Priority } from "./texts.contract.ts";

/** Made people and history of one project. Instants are ISO 8601 in UTC; ids are stable names within the project. */
export interface DemoClient {
  id: string;
  name: string;
  language: Language;
  phones: string[];
  email: string | null;
  address: string;
  pinned: string | null;
}
export interface DemoStep { transition: string; at: string; by: DemoActor; fields: Record<string, string | number> }
export type DemoActor = { role: "operator" | "department"; login: string } | { role: "client" } | { role: "system" };
export interface DemoTicket {
  id: string;
  clientId: string;
  type: string;
  language: Language;
  subject: string;
  description: string;
  priority: Priority;
  registeredAt: string;
  registeredBy: string;
  /** What was done to it since, in order; the process engine accepts every step. */
  steps: DemoStep[];
}
export interface DemoInteraction {
  id: string;
  clientId: string;
  ticketId: string | null;
  channel: "call" | "mail" | "chat";
  direction: "inbound" | "outbound";
  queue: string;
  language: Language;
  startedAt: string;
  /** null: the client gave up waiting; nobody was reached. */
  answeredAt: string | null;
  endedAt: string;
  operatorLogin: string | null;
  disposition: string | null;
  reason: string | null;
  notes: string | null;
}
export interface DemoProject { clients: DemoClient[]; tickets: DemoTicket[]; interactions: DemoInteraction[] }
