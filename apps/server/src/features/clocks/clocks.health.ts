import type { Ctx } from "../../platform/db.ts";
import { measured } from "../../platform/metrics.ts";
import type { Probe, Seen } from "../health/index.ts";
import { selectState, type ClocksState } from "./clocks.sql.ts";

const LATE_S = 30;
/** Tries after which a failure is no longer a passing one. */
const FAILING = 5;

/** Deadlines are met in time, and none fails again and again. */
export function clocksProbe(ctx: Ctx): Probe {
  const look = (): Promise<ClocksState> => selectState(ctx.db, ctx.now(), FAILING);
  measured("clocks_waiting_seconds", "How long the oldest due clock has waited to be dealt with", async () => (await look()).lateS);
  return { name: "clocks", optional: true, look: async () => judgeClocks(await look()) };
}

const judgeClocks = ({ lateS, failing }: ClocksState): Seen =>
  ({ state: lateS > LATE_S || failing > 0 ? "degraded" : "ok", detail: `late ${lateS} s, failing ${failing}` });
