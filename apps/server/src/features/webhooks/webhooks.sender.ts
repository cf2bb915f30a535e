import { lookup } from "node:dns/promises";
import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { inTx, type Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { emit, onCommitted } from "../../platform/events.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { isPublic, MAX_ATTEMPTS, refusalOf, signatureOf, waitMs } from "./webhooks.guard.ts";
import type { WebhookSettings } from "./webhooks.service.ts";
import { tellHeld } from "./webhooks.in.repeat.service.ts";
import { deleteOldCalls } from "./webhooks.in.sql.ts";
import { claimDeliveries, deleteOldDeliveries, updateDelivery, type DueDelivery } from "./webhooks.sql.ts";

/** So many are sent at once on this node, and so many of them to one hook: a receiver that does not answer holds back its own alone. */
const PLACES = 32;
const SHARE = 4;
const TIMEOUT_MS = 10_000;
/** Longer than any sending takes. */
const CLAIM_MS = 60_000;
/** Of an answer nobody reads more than this. */
const MAX_ANSWER = 64 * 1024;
const TIDY_MS = 3_600_000;
const HELD_MS = 5_000;

interface Answer { status: number | null; error: string | null }

/** Sends what is due on this node. At least once: the receiver knows a second time by the delivery's id. */
export function startWebhooks(ctx: Ctx, settings: WebhookSettings): Loop {
  let [tidiedMs, lookedMs] = [0, 0];
  const sender = createSender(ctx, settings, () => loop.wake());
  const loop = startLoop(async () => {
    if (performance.now() - tidiedMs > TIDY_MS) { tidiedMs = performance.now(); await deleteOldCalls(ctx.db, ctx.now()); while ((await deleteOldDeliveries(ctx.db, ctx.now())) > 0) { /* some at a time */ } }
    if (performance.now() - lookedMs > HELD_MS) { lookedMs = performance.now(); await tellHeld(ctx); }
    return (await sender.take()) > 0;
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "webhooks could not be sent"); });
  const unsubscribe = onCommitted((events) => { if (events.some((event) => event.type === "webhook.queued")) loop.wake(); });
  return { ...loop, stop: async () => { unsubscribe(); await loop.stop(); await sender.settled(); } };
}

/** Sends what is due now and waits for its end. */
export async function sendDue(ctx: Ctx, settings: WebhookSettings): Promise<void> {
  const sender = createSender(ctx, settings, () => undefined);
  await sender.take();
  await sender.settled();
}

interface Sender {
  /** Begins to send what is due and has a place; says how many that were. */
  take(): Promise<number>;
  /** When all that were begun have ended. */
  settled(): Promise<void>;
}

function createSender(ctx: Ctx, settings: WebhookSettings, freed: () => void): Sender {
  const sending = new Map<string, number>();
  const all = new Set<Promise<void>>();
  const count = (hook: string, by: number): void => { sending.set(hook, (sending.get(hook) ?? 0) + by); if (sending.get(hook) === 0) sending.delete(hook); };
  const begin = (delivery: DueDelivery): void => {
    count(delivery.webhookId, 1);
    const one = send(ctx, delivery, settings).then((answer) => note(ctx, delivery, answer))
      // It is tried again when what was claimed is free.
      .catch((error: unknown) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error, delivery: delivery.id }, "what a webhook was answered could not be noted"); })
      .finally(() => { all.delete(one); count(delivery.webhookId, -1); freed(); });
    all.add(one);
  };
  return {
    take: async () => {
      if (all.size >= PLACES) return 0;
      const now = ctx.now();
      const due = await claimDeliveries(ctx.db, { now, until: new Date(now.getTime() + CLAIM_MS) }, { most: PLACES - all.size, share: SHARE, sending });
      for (const delivery of due) begin(delivery);
      return due.length;
    },
    settled: async () => { while (all.size > 0) await Promise.all(all); },
  };
}

async function note(ctx: Ctx, delivery: DueDelivery, { status, error }: Answer): Promise<void> {
  const at = ctx.now();
  const isSent = status !== null && status >= 200 && status < 300;
  const state = isSent ? "sent" : delivery.attempts >= MAX_ATTEMPTS ? "dead" : "queued";
  const nextAt = new Date(at.getTime() + (state === "queued" ? waitMs(delivery.attempts) : 0));
  if (state !== "dead") return void (await updateDelivery(ctx.db, delivery.id, { state, status, error, nextAt, at }));
  await inTx(ctx, async (ctx) => {
    await updateDelivery(ctx.db, delivery.id, { state, status, error, nextAt, at });
    await emit(ctx, { type: "alert.raised", subject: { kind: "webhook", id: delivery.webhookId }, data: { key: "alert_webhook_dead", params: { webhook: delivery.key }, projectKey: delivery.projectKey }, touches: [{ kind: "floor", id: delivery.projectKey }] });
  });
}

async function send(ctx: Ctx, delivery: DueDelivery, { secrets, allowPrivate }: WebhookSettings): Promise<Answer> {
  try {
    if (refusalOf(delivery.url, allowPrivate)) return { status: null, error: "this address may not be called" };
    const url = new URL(delivery.url);
    const address = await resolve(url.hostname, allowPrivate);
    if (!address) return { status: null, error: `${url.hostname} has no address that may be called` };
    const body = JSON.stringify(delivery.body);
    const headers = {
      "content-type": "application/json", "content-length": Buffer.byteLength(body), "user-agent": "Linija", "linija-delivery": delivery.id, "linija-attempt": String(delivery.attempts),
      "linija-signature": signatureOf(secrets.open(delivery.secret), body, ctx.now().getTime()),
    };
    return { status: await post(url, address, { headers, body }), error: null };
  } catch (error) {
    return { status: null, error: (error instanceof Error ? error.message : String(error)).slice(0, 300) };
  }
}

interface Address { address: string; family: number }

/** The very address that was looked at is called: a name that points elsewhere a moment later gets nothing. */
async function resolve(hostname: string, allowPrivate: boolean): Promise<Address | null> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
  const allowed = found.every(({ address }) => allowPrivate || isPublic(address));
  return allowed ? found[0] ?? null : null;
}

/** Redirects are not followed: they would lead past the look at the address. */
function post(url: URL, { address, family }: Address, { headers, body }: { headers: Record<string, string | number>; body: string }): Promise<number> {
  const options: RequestOptions = {
    method: "POST", headers, signal: AbortSignal.timeout(TIMEOUT_MS), agent: false,
    lookup: (_name, asked, done) => { if (asked.all) (done as unknown as (error: null, all: Address[]) => void)(null, [{ address, family }]); else done(null, address, family); },
  };
  return new Promise((fulfil, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, (response) => {
      let length = 0;
      response.on("data", (chunk: Buffer) => { length += chunk.length; if (length > MAX_ANSWER) response.destroy(); });
      response.on("error", () => undefined);
      response.on("close", () => fulfil(response.statusCode ?? 0));
    });
    request.on("error", (error) => reject(error.name === "AbortError" || error.name === "TimeoutError" ? new Error(`no answer within ${TIMEOUT_MS / 1_000} seconds`) : error));
    request.end(body);
  });
}
