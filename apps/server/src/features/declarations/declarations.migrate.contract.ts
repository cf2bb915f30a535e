import { z } from "zod";
import { contract, idSchema, instant } from "../api.contract.ts";

const params = z.object({ key: z.string().min(1).max(60), process: z.string().min(1).max(60) });
const stages = z.record(z.string().max(60), z.string().max(60));

/** Hours allowed by the old version and the new one, where they differ; null: none. What a ticket was promised stays. */
const deadline = z.object({ clock: z.enum(["solution", "first_answer"]), priority: z.enum(["low", "normal", "high", "urgent"]), from: z.number().nullable(), to: z.number().nullable() });
const oldVersion = z.object({
  id: z.string(), loadedAt: instant, tickets: z.number().int(), /** Of them: done, and waited with for the client's yes. */ done: z.number().int(), deadlines: z.array(deadline), /** Decisions that are waited for on them; one about a step that is not there any more lapses. */ approvals: z.number().int(),
  /** `to`: the stage of the new version by that name; null: there is none, so it has to be chosen, or these tickets stay. */
  stages: z.array(z.object({ key: z.string(), name: z.string(), tickets: z.number().int(), to: z.string().nullable() })),
});
const migrationView = z.object({
  id: idSchema, state: z.enum(["running", "done", "stopped", "undoing", "undone"]), moved: z.number().int(), skipped: z.number().int(), left: z.number().int(), at: instant, by: z.string().nullable(), finishedAt: instant.nullable(),
  /** Once undone: what stays with the new version, because it went on since or was merged into another ticket. */ kept: z.object({ moved: z.number().int(), merged: z.number().int() }).nullable(),
});
export type MigrationView = z.infer<typeof migrationView>;
export type OldVersion = z.infer<typeof oldVersion>;

export const previewMigration = contract({
  method: "GET", path: "/projects/:key/processes/:process/migration", summary: "Open tickets that live by older versions of a process, and which stages they would come to", params,
  reply: z.object({ toId: z.string(), stages: z.array(z.object({ key: z.string(), name: z.string() })), versions: z.array(oldVersion), recent: z.array(migrationView) }),
});
export const startMigration = contract({
  method: "POST", path: "/projects/:key/processes/:process/migration", summary: "Bring open tickets to the version previewed; stages without a counterpart stay where they are", params,
  body: z.strictObject({ toId: z.string().max(200), stages: stages.default({}) }), reply: migrationView,
});
export const stopMigration = contract({ method: "POST", path: "/projects/:key/migrations/:id/stop", summary: "Stop it; what was moved stays moved", params: z.object({ key: z.string(), id: idSchema }), reply: migrationView });
export const undoMigration = contract({ method: "POST", path: "/projects/:key/migrations/:id/undo", summary: "Bring the tickets back that nobody has moved since", params: z.object({ key: z.string(), id: idSchema }), reply: migrationView });
