import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { tellOverdue } from "./promises.service.ts";

/** Finds promises whose time has passed; what passed while nothing ran is found at the first look. */
export const startPromises = (ctx: Ctx): Loop =>
  startLoop(() => tellOverdue(ctx), (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "late promises could not be told"); });
