import type { WorkInput } from "@linija/routing";
import type { Ctx } from "../../platform/db.ts";
import type { LiveWriter } from "../interactions/index.ts";
import type { OperatorRow, OperatorState } from "../operators/index.ts";
import type { Standing } from "./queues.repair.rules.ts";

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

export interface RouterDeps {
  ctx: Ctx;
  writer: Pick<LiveWriter, "write">;
  queues: RoutedQueue[];
  /** Tells the call's node; false when the call no longer waits. */
  offer(nodeId: string, offer: OfferOut): Promise<boolean>;
  /** What the voice nodes hold now; not complete when one of them did not answer. */
  holdings(): Promise<{ held: HeldWork[]; isComplete: boolean }>;
  /** What the table of states says; everybody once. */
  standing(): Promise<Standing[]>;
  /** False from the moment another node routes or may: what still comes back of this one's offers then changes nothing. */
  isMine(): boolean;
  /** Does something after so many milliseconds; a timer of the process unless a test has its own. */
  later?(work: () => void, ms: number): void;
}

export const view = (operator: Operator): OperatorNow => ({
  operatorId: operator.row.id, name: operator.row.name, state: operator.state, reason: operator.reason, since: operator.since.toISOString(), interactionId: operator.interactionId, device: operator.row.device,
});

export const isHeldBy = (operator: Operator, { workId, at, offerId }: HeldWork): boolean => operator.interactionId === workId && operator.state === at && (at === "talking" || operator.offerId === offerId);
