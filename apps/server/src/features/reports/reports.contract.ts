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

/** What a breakdown may be by; `fields.cause` is a choice of a process. `outcome`: how it was closed. `stage`: of one type only. */
const breakdownBy = z.union([z.enum(["type", "outcome", "stage", "department", "priority"]), z.string().regex(/^fields\.[a-z][a-z0-9_]{0,59}$/)]);
const figures = {
  /** Ended in the period; of them after their deadline, and reopened before. */ closed: z.number().int(), late: z.number().int(), reopened: z.number().int(),
  /** Of these: from registration to the solution, in seconds of the calendar. */ meanS: seconds, medianS: seconds,
  /** Not ended, whenever they were registered; of them past their deadline. */ open: z.number().int(), overdue: z.number().int(),
};
export const breakdownFigures = z.object(figures);
export const breakdownRow = z.object({ /** Null: nothing is said. */ value: z.string().nullable(), /** In the reader's language; null where the value says it all. */ name: z.string().nullable(), ...figures });
export const breakdownSchema = z.object({
  types: z.array(z.object({ key: z.string(), name: z.string() })), by: z.string(), /** What else it may be by; `name` is null for what every ticket has. */ choices: z.array(z.object({ key: z.string(), name: z.string().nullable() })),
  /** The most that ended first. */ rows: z.array(breakdownRow), total: breakdownFigures,
});
export type Breakdown = z.infer<typeof breakdownSchema>;
const breakdownAsked = { ...period, by: breakdownBy.optional(), /** One type of ticket; without it all of the project, by `department` whatever was given to one. */ type: key.optional() };
export const getBreakdown = contract({
  method: "GET", path: "/reports/breakdown", summary: "What tickets were about and how they ended: counted by cause, type, outcome or department (supervisor)",
  query: z.object(breakdownAsked), reply: breakdownSchema,
});

export const breakdownNumbers = ["closed", "late", "open", "overdue"] as const;
export const counted = z.object({ id: z.uuid(), number: z.string(), subject: z.string(), at: instant, late: z.boolean(), resolution: z.string() });
export const listCounted = contract({
  method: "GET", path: "/reports/breakdown/tickets", summary: "The tickets behind a number of that report, the newest first",
  query: z.object({ ...breakdownAsked, by: breakdownBy, number: z.enum(breakdownNumbers), /** Absent: those of which nothing is said; all of them with `all`. */ value: z.string().max(120).optional(), all: z.boolean().optional(), ...pageQuery }), reply: page(counted),
});
