import { z } from "zod";
import { contract, instant, page, pageQuery } from "../api.contract.ts";

const key = z.string().min(1).max(60);
/** `from` included, `to` not; at most 366 days. A stay counts in the period in which it ended. */
const period = { project: key, from: instant, to: instant };
/** Seconds of the calendar, nights and holidays included; null when nothing was counted. */
const seconds = z.number().nullable();

export const stageTime = z.object({
  stage: z.string(), name: z.string(), final: z.boolean(),
  /** Stays that ended in the period. */ stays: z.number().int(), meanS: seconds, medianS: seconds, p90S: seconds,
  /** Tickets that are there now, and since when the oldest of them. */ here: z.number().int(), hereSince: instant.nullable(),
  /** The longest mean of all stages in which something is still to be done (R120). */ longest: z.boolean(),
});
/** One way tickets took: how often in the period, and how long they had been where it begins. */
export const stageWay = z.object({ transition: z.string(), name: z.string(), from: z.string(), to: z.string(), count: z.number().int(), meanS: z.number() });

export const stageTimesSchema = z.object({
  processes: z.array(z.object({ key: z.string(), name: z.string() })), process: z.string(), start: z.string(), registered: z.number().int(),
  stages: z.array(stageTime), ways: z.array(stageWay),
});
export type StageTimes = z.infer<typeof stageTimesSchema>;
export const getStageTimes = contract({
  method: "GET", path: "/reports/stage-times", summary: "How long tickets of a process stay in each stage, and the paths they really take (supervisor)",
  query: z.object({ ...period, /** Without it, the process with the most moves in the period. */ process: key.optional() }), reply: stageTimesSchema,
});

export const stayView = z.object({ /** Of the move that ended it: a ticket may have stayed there twice. */ id: z.uuid(), ticketId: z.uuid(), number: z.string(), subject: z.string(), seconds: z.number(), from: z.string(), to: z.string(), at: instant });
export const listStays = contract({
  method: "GET", path: "/reports/stage-times/tickets", summary: "The stays behind a number of that report, the longest first",
  query: z.object({ ...period, process: key, stage: key, /** Only those that went on by it, to `next`. */ transition: key.optional(), next: key.optional(), ...pageQuery }), reply: page(stayView),
});
