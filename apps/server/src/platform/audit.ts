import { sql } from "kysely";
import type { TxCtx } from "./db.ts";

/** One change by a person or the system, with what was and what is. Secrets are never passed here. */
export interface Change { action: string; object: { kind: string; id: string }; before?: unknown; after?: unknown; reason?: string }

/**
 * Writes the change in the caller's transaction. The hash chain is closed a moment later by the audit sealer
 * (one writer, in order), because a chain head locked by every write would make all writes wait for each other.
 */
export async function audit(ctx: TxCtx, change: Change): Promise<void> {
  const { actor } = ctx;
  await sql`insert into audit_log (at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after, reason, request_id)
    values (${ctx.now()}, ${actor.kind}, ${actor.kind === "system" ? null : actor.id}, ${actor.name}, ${change.action}, ${change.object.kind},
      ${change.object.id}, ${json(change.before)}::jsonb, ${json(change.after)}::jsonb, ${change.reason ?? null}, ${ctx.requestId})`.execute(ctx.db);
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
