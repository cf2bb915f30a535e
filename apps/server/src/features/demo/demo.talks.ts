import { newId } from "../../platform/ids.ts";
import type { DemoClient, DemoInteraction, ProjectDeclaration } from "../projects/index.ts";
import type { UserIds } from "./demo.people.ts";

const CHANNELS = { call: "voice", mail: "mail", chat: "chat" } as const;

export interface Talks { interactions: InteractionRow[]; offers: object[]; /** Demo id → row. */ byId: ReadonlyMap<string, InteractionRow> }
export interface InteractionRow {
  id: string; channel: "voice" | "mail" | "chat"; direction: "in" | "out"; project_key: string; queue_id: string; client_id: string; operator_id: string | null; ticket_id: string | null; callback_id: string | null;
  language: string; state: "ended"; outcome: string; from_number: string; to_number: string; priority: number;
  started_at: string; queued_at: string | null; answered_at: string | null; ended_at: string; wrapped_at: string | null; disposition: string | null; notes: string;
}
interface Given { declared: ProjectDeclaration; made: readonly DemoInteraction[]; clients: ReadonlyMap<string, DemoClient>; clientIds: ReadonlyMap<string, string>; users: UserIds }

/** Conversations as rows, with the offer by which each inbound call reached its operator. */
export function talkRows(given: Given): Talks {
  const byId = new Map(given.made.map((talk) => [talk.id, rowOf(talk, given)]));
  const interactions = [...byId.values()];
  return { byId, interactions, offers: interactions.flatMap((row) => offerOf(row) ?? []) };
}

function rowOf(talk: DemoInteraction, given: Given): InteractionRow {
  const { project } = given.declared;
  return {
    id: newId(Date.parse(talk.startedAt)), channel: CHANNELS[talk.channel], direction: talk.direction === "inbound" ? "in" : "out", project_key: project.key, queue_id: `${project.key}.${talk.queue}`,
    client_id: given.clientIds.get(talk.clientId)!, operator_id: given.users.get(talk.operatorLogin ?? "") ?? null, ticket_id: null, callback_id: null, language: talk.language, state: "ended",
    ...addresses(talk, given), priority: 0, ...times(talk), disposition: talk.disposition, notes: talk.notes ?? "",
  };
}

function addresses(talk: DemoInteraction, { declared: { project }, clients }: Given): Pick<InteractionRow, "from_number" | "to_number"> {
  const client = clients.get(talk.clientId)!;
  const isIn = talk.direction === "inbound";
  const phones = [client.phones[0] ?? "", isIn ? project.numbers[0]! : project.caller_id] as const;
  const [theirs, ours] = talk.channel === "mail" ? [client.email ?? "", project.mail_from] as const : phones;
  return isIn ? { from_number: theirs, to_number: ours } : { from_number: ours, to_number: theirs };
}

function times(talk: DemoInteraction): Pick<InteractionRow, "outcome" | "started_at" | "queued_at" | "answered_at" | "ended_at" | "wrapped_at"> {
  const started = Date.parse(talk.startedAt);
  const reached = Date.parse(talk.answeredAt ?? talk.endedAt);
  const waits = talk.direction === "inbound" && talk.channel === "call";
  return {
    outcome: talk.answeredAt ? "answered" : "abandoned", started_at: talk.startedAt, answered_at: talk.answeredAt, ended_at: talk.endedAt,
    // A third of the way to the operator is the greeting.
    queued_at: waits ? new Date(started + (reached - started) / 3).toISOString() : null,
    wrapped_at: talk.answeredAt ? new Date(Date.parse(talk.endedAt) + 25_000).toISOString() : null,
  };
}

function offerOf(row: InteractionRow): object | null {
  if (!row.operator_id || !row.answered_at || !row.queued_at) return null;
  const offered = Math.max(Date.parse(row.queued_at), Date.parse(row.answered_at) - 4_000);
  return { id: newId(offered), interaction_id: row.id, operator_id: row.operator_id, state: "done", offered_at: new Date(offered).toISOString(), answered_at: row.answered_at, ended_at: row.ended_at };
}
