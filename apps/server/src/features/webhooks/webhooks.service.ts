import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId, newSecret } from "../../platform/ids.ts";
import { decodeCursor, encodeCursor, pageOf, PAGE_SIZE } from "../../platform/page.ts";
import type { Secrets } from "../../platform/secret.ts";
import { may, toldTo } from "../access/index.ts";
import { contactsOf, projectOf } from "../tickets/index.ts";
import type { DeliveryView, WebhookView } from "./webhooks.contract.ts";
import { refusalOf } from "./webhooks.guard.ts";
import { deleteWebhook, insertDelivery, insertWebhook, requeueDelivery, selectByKey, selectDeliveries, selectListed, selectWebhooks, updateWebhookRow, type ListedWebhook } from "./webhooks.sql.ts";

export interface WebhookSettings { secrets: Secrets; allowPrivate: boolean }
interface WebhookInput { name: string; url: string; enabled: boolean }

/** Writes what is to be sent in the caller's transaction; a cause that was told before is told no second time. */
export async function callWebhook(ctx: TxCtx, call: { projectKey: string; key: string; ticketId: string; cause: string; data: unknown }): Promise<void> {
  const webhook = await selectByKey(ctx.db, call.projectKey, call.key);
  if (!webhook) throw invalidField("webhook", "unknown_webhook");
  const id = newId(ctx.now().getTime());
  const body = { id, at: ctx.now().toISOString(), project: call.projectKey, ticket: call.ticketId, data: call.data };
  const isNew = await insertDelivery(ctx.db, { id, webhookId: webhook.id, ticketId: call.ticketId, cause: call.cause, body, at: ctx.now() });
  if (isNew) await emit(ctx, { type: "webhook.queued", subject: { kind: "webhook", id: webhook.id }, data: { deliveryId: id, ticketId: call.ticketId } });
}

/** Outside systems are the administrator's. */
function allow(ctx: Ctx, projectKey: string): void {
  if (!may(ctx, "webhooks.manage", { projectKey })) throw forbidden();
}

export async function listWebhooks(ctx: Ctx, projectKey: string): Promise<{ items: WebhookView[] }> {
  allow(ctx, projectKey);
  return { items: await selectWebhooks(ctx.db, projectKey) };
}

export async function createWebhook(ctx: Ctx, projectKey: string, input: WebhookInput & { key: string }, settings: WebhookSettings): Promise<WebhookView & { secret: string }> {
  allow(ctx, projectKey);
  refuseAddress(input.url, settings);
  await projectOf(ctx.db, projectKey);
  return inTx(ctx, async (ctx) => {
    const [id, secret] = [newId(ctx.now().getTime()), newSecret()];
    const made = await insertWebhook(ctx.db, { ...input, id, projectKey, secret: settings.secrets.seal(secret), at: ctx.now() });
    if (!made) throw invalidField("key", "webhook_key_taken");
    await told(ctx, "created", id, { after: { ...input, projectKey } });
    return { ...(await load(ctx, projectKey, id)), secret };
  });
}

export async function updateWebhook(ctx: Ctx, at: { project: string; id: string }, input: WebhookInput & { version: number; newSecret: boolean }, settings: WebhookSettings): Promise<WebhookView & { secret: string | null }> {
  allow(ctx, at.project);
  refuseAddress(input.url, settings);
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, at.project, at.id);
    const secret = input.newSecret ? newSecret() : null;
    const done = await updateWebhookRow(ctx.db, { ...input, id: at.id, secret: secret === null ? null : settings.secrets.seal(secret), at: ctx.now() });
    if (!done) throw conflict("changed_meanwhile");
    const { name, url, enabled } = input;
    await told(ctx, "changed", at.id, { before: { name: before.name, url: before.url, enabled: before.enabled }, after: { name, url, enabled, newSecret: input.newSecret } });
    return { ...(await load(ctx, at.project, at.id)), secret };
  });
}

export async function removeWebhook(ctx: Ctx, at: { project: string; id: string }): Promise<{ ok: true }> {
  allow(ctx, at.project);
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, at.project, at.id);
    await deleteWebhook(ctx.db, at.id);
    await told(ctx, "removed", at.id, { before });
    return { ok: true };
  });
}

export async function listDeliveries(ctx: Ctx, projectKey: string, query: { state?: string | undefined; after?: string | undefined; limit?: number | undefined }): Promise<{ items: DeliveryView[]; next: string | null }> {
  allow(ctx, projectKey);
  const limit = query.limit ?? PAGE_SIZE;
  const after = decodeCursor(query.after)?.[1] ?? null;
  const rows = await selectDeliveries(ctx.db, { projectKey, state: query.state ?? null, after, limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(row.createdAt, row.id));
  const contacts = await contactsOf(ctx, items.map(({ ticketId }) => ticketId));
  return { items: items.map((row) => ({ ...toldTo(ctx, row, contacts(row.ticketId)), nextAt: row.nextAt.toISOString(), createdAt: row.createdAt.toISOString(), finishedAt: row.finishedAt?.toISOString() ?? null })), next };
}

export async function replayDelivery(ctx: Ctx, at: { project: string; id: string }): Promise<{ ok: true }> {
  allow(ctx, at.project);
  return inTx(ctx, async (ctx) => {
    if (!(await requeueDelivery(ctx.db, at.project, at.id, ctx.now()))) throw notFound("delivery", at.id);
    await audit(ctx, { action: "webhook.replay", object: { kind: "webhook_delivery", id: at.id } });
    return { ok: true };
  });
}

function refuseAddress(url: string, { allowPrivate }: WebhookSettings): void {
  const refusal = refusalOf(url, allowPrivate);
  if (refusal) throw invalidField("url", refusal);
}

async function load(ctx: Ctx, projectKey: string, id: string): Promise<ListedWebhook> {
  const found = await selectListed(ctx.db, projectKey, id);
  if (!found) throw notFound("webhook", id);
  return found;
}

async function told(ctx: TxCtx, what: "created" | "changed" | "removed", id: string, change: { before?: unknown; after?: unknown }): Promise<void> {
  await emit(ctx, { type: `webhook.${what}`, subject: { kind: "webhook", id }, data: {} });
  await audit(ctx, { action: `webhook.${what}`, object: { kind: "webhook", id }, ...change });
}
