import { unavailable } from "../../platform/errors.ts";
import type { Rpc } from "../../platform/rpc.ts";
import type { HeldWork, OfferEnd, OfferOut, OperatorNow, Router, Work } from "./queues.router.ts";

/** The router as other roles see it, wherever it runs. */
export interface RouterClient {
  addWork(work: Work): Promise<void>;
  removeWork(workId: string): Promise<void>;
  offerClosed(offerId: string, operatorId: string, why: OfferEnd): Promise<void>;
  claim(operatorId: string, interactionId: string): Promise<void>;
  callEnded(operatorId: string, interactionId: string, wrapUp: boolean): Promise<void>;
  wrapUpDone(operatorId: string, interactionId: string, ready: boolean): Promise<OperatorNow>;
  setState(operatorId: string, state: "ready" | "not_ready" | "offline", reason: string | null): Promise<OperatorNow>;
  deskGone(operatorId: string): Promise<void>;
  reload(operatorId: string): Promise<void>;
  repair(): Promise<number>;
  position(workId: string): Promise<{ position: number | null; expectedWaitMs: number | null }>;
}

const methods = ["addWork", "removeWork", "offerClosed", "claim", "callEnded", "wrapUpDone", "setState", "deskGone", "reload", "repair", "position"] as const;

/** Opens the router of this node to the others, as long as it is the one that routes. */
export function exposeRouter(rpc: Rpc, router: () => Router | null): void {
  for (const method of methods) rpc.expose(`router.${method}`, (args: never[]) => {
    const owner = router();
    if (!owner) throw unavailable("unavailable");
    return (owner[method] as (...args: never[]) => unknown).apply(owner, args);
  });
}

export function routerClient(rpc: Rpc): RouterClient {
  return Object.fromEntries(methods.map((method) => [method, (...args: unknown[]) => rpc.call({ role: "router" }, `router.${method}`, args)])) as unknown as RouterClient;
}

/** What every voice node holds now. */
export const holdingsOfNodes = (rpc: Rpc) => async (): Promise<{ held: HeldWork[]; isComplete: boolean }> => {
  const { replies, isComplete } = await rpc.gather<HeldWork[]>("voice", "calls.held", null);
  return { held: replies.flat(), isComplete };
};

/** How the router reaches the call's node. */
export const offerToNode = (rpc: Rpc) => (nodeId: string, offer: OfferOut): Promise<boolean> => rpc.call<boolean>({ node: nodeId }, "calls.offer", offer);
