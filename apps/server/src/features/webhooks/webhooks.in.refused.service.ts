import { createHash } from "node:crypto";
import { inTx, type Ctx } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import type { HookView } from "./webhooks.in.contract.ts";
import { deleteSurplus, selectRefusals, upsertRefusal, type RefusalRow } from "./webhooks.in.refused.sql.ts";
import type { HookAt } from "./webhooks.in.sql.ts";

const MOST_KEPT = 50;
const MOST_FIELDS = 10;
/** Anybody may send what is not signed: of one hook it is written down so often at most. */
const UNSIGNED_MS = 1_000;
const unsigned = new Map<string, number>();

/** For whoever keeps the hook: its sender is told, and they may be nobody's neighbour. */
export async function keepRefusal(ctx: Ctx, at: HookAt, { reason, params, fields: all }: AppError): Promise<void> {
  const fields = all.slice(0, MOST_FIELDS);
  const what = createHash("sha256").update(JSON.stringify([reason, fields.map(({ field, code }) => [field, code])])).digest();
  await inTx({ ...ctx, actor: { kind: "system", name: "hooks" } }, async (ctx) => {
    if (!(await upsertRefusal(ctx.db, { ...at, what, reason, params, fields, at: ctx.now() }))) return;
    await deleteSurplus(ctx.db, at, MOST_KEPT);
    await emit(ctx, { type: "hook.refused", subject: { kind: "hook", id: `${at.projectKey}/${at.hookKey}` }, data: { reason } });
  });
}

/** Not waited for: how long the answer takes must not tell whether there is such a hook. */
export function keepUnsigned(ctx: Ctx, at: HookAt, error: AppError): void {
  const key = `${at.projectKey}/${at.hookKey} ${error.reason}`;
  const nowMs = performance.now();
  if (nowMs - (unsigned.get(key) ?? -UNSIGNED_MS) < UNSIGNED_MS) return;
  unsigned.set(key, nowMs);
  keepRefusal(ctx, at, error).catch((err: unknown) => ctx.log.warn({ err, hook: key }, "a refused report could not be written down"));
}

/** Of each hook, the latest first, in the reader's language. */
export async function refusalsOf(ctx: Ctx, projectKey: string): Promise<Map<string, HookView["refused"]>> {
  const language = readerLanguage(ctx);
  const byHook = new Map<string, HookView["refused"]>();
  for (const row of await selectRefusals(ctx.db, projectKey)) byHook.set(row.hookKey, [...(byHook.get(row.hookKey) ?? []), toView(row, language)]);
  return byHook;
}

const toView = ({ reason, params, fields, times, firstAt, lastAt }: RefusalRow, language: Language): HookView["refused"][number] => ({
  text: translate(language, reason, params), fields: fields.map(({ field, code, params: given }) => ({ field, text: translate(language, code, given) })), times, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString(),
});
