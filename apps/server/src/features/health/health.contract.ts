import { z } from "zod";
import { contract, instant } from "../api.contract.ts";

export const partState = z.enum(["ok", "degraded", "down"]);
export const partSchema = z.object({
  name: z.string(), state: partState, /** What was seen, for people. */ detail: z.string(), /** What to do about it; empty when nothing. */ remedy: z.string(), ms: z.number(),
});
export const readySchema = z.object({ state: partState, at: instant, parts: z.array(partSchema) });
export type Ready = z.infer<typeof readySchema>;

export const alive = contract({ method: "GET", path: "/health", summary: "This process answers", reply: z.object({ state: z.literal("ok") }) });
/** 200 when calls and requests can be taken (also with something degraded), 503 when not. */
export const ready = contract({ method: "GET", path: "/health/ready", summary: "Can it work? Each part with its state and what to do", reply: readySchema });
