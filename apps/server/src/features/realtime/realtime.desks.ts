import type { Rpc } from "../../platform/rpc.ts";

/** Who has a desk open at this moment, on whatever node; a node that does not answer is left out. */
export const desksHere = (rpc: Rpc) => async (): Promise<ReadonlySet<string>> => new Set((await rpc.gather<string[]>("web", "realtime.desks", null)).replies.flat());
