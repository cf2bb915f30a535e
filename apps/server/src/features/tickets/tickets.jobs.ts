import { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { newId } from "../../platform/ids.ts";
import { fireTimer } from "./tickets.move.service.ts";

const timerPayload = z.object({ ticketId: z.uuid(), name: z.string(), dueAt: z.iso.datetime() });

/** Jobs of this feature, for `subscriptions.ts`. */
export const ticketJobs = (base: Ctx): Record<string, JobHandler> => ({
  "ticket.timer": (payload) => fireTimer({ ...base, actor: { kind: "system", name: "timer" }, requestId: newId() }, timerPayload.parse(payload)),
});
