import type { WorkInput } from "@linija/routing";
import type { OperatorRow, OperatorState } from "../operators/index.ts";

/** A queue as routing needs it. */
export interface RoutedQueue { queueId: string; projectKey: string; priority: number }
/** Work a voice node asks to be routed; `nodeId` is told of the offer. */
export interface Work extends WorkInput { nodeId: string; projectKey: string }
/** A live call as its voice node knows it. `work` is null for calls that never waited in a queue (outgoing ones). */
export interface HeldWork { workId: string; at: "waiting" | "offered" | "talking"; work: Work | null; operatorId: string | null; offerId: string | null }
/** How an offer ended. `no_line`: there was no media leg for the operator's phone. */
export type OfferEnd = "accepted" | "declined" | "missed" | "failed" | "withdrawn" | "no_line";
export interface OfferOut { callId: string; offerId: string; operatorId: string; device: "browser" | "phone"; contact: string | null; sipUser: string | null }
export interface OperatorNow { operatorId: string; name: string; state: OperatorState; reason: string | null; since: string; interactionId: string | null; device: "browser" | "phone" }

/** Somebody as the router knows them. */
export interface Operator {
  row: OperatorRow; state: OperatorState; reason: string | null; since: Date; idleSince: Date; interactionId: string | null; offerId: string | null;
  /** What they were before they called out, and are again when nothing came of it. */
  before: { state: OperatorState; reason: string | null } | null;
  /** Ready, and offered nothing for a moment: no line reached their phone just now. */
  isPaused: boolean;
}
/** Work as the router knows it. */
export interface Entry { work: Work; /** Who is offered it or has it. */ operatorId: string | null; /** Told of by its node after a restart: the engine knows no offer of it. */ isAdopted: boolean }

export const view = (operator: Operator): OperatorNow => ({
  operatorId: operator.row.id, name: operator.row.name, state: operator.state, reason: operator.reason, since: operator.since.toISOString(), interactionId: operator.interactionId, device: operator.row.device,
});

export const isHeldBy = (operator: Operator, { workId, at, offerId }: HeldWork): boolean => operator.interactionId === workId && operator.state === at && (at === "talking" || operator.offerId === offerId);
