import type { TxCtx } from "./db.ts";

/** One change by a person or the system, with what was and what is. Secrets are never passed here. */
export interface Change { action: string; object: { kind: string; id: string }; before?: unknown; after?: unknown; reason?: string }

/**
 * Writes the change at the end of the caller's transaction. The hash chain is closed a moment later by the audit sealer
 * (one writer, in order), because a chain head locked by every write would make all writes wait for each other.
 */
export function audit(ctx: TxCtx, change: Change): Promise<void> {
  const { actor } = ctx;
  ctx.facts.audits.push({
    at: ctx.now().toISOString(), actor_kind: actor.kind, actor_id: actor.kind === "system" ? null : actor.id, actor_name: actor.name, action: change.action,
    object_kind: change.object.kind, object_id: change.object.id, before: change.before ?? null, after: change.after ?? null, reason: change.reason ?? null, request_id: ctx.requestId,
  });
  return Promise.resolve();
}
