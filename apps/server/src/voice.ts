import { join, resolve } from "node:path";
import { connectMediaEngine, createMediaEngine, type MediaEngine } from "@linija/media";
import type { SipStack } from "@linija/sip";
import type { Config } from "./platform/config.ts";
import type { Ctx } from "./platform/db.ts";
import { AppError } from "./platform/errors.ts";
import type { Log } from "./platform/log.ts";
import type { Pulse } from "./platform/pulse.ts";
import type { Rpc } from "./platform/rpc.ts";
import { openSip, recover, selectCallers, startRecovery, Voice, type CallbackWanted, type RecoveryDeps, type WholePlan } from "./features/calls/index.ts";
import type { LiveWriter } from "./features/interactions/index.ts";
import { createRegistrar } from "./features/operators/index.ts";
import type { Declarations } from "./features/projects/index.ts";
import type { RouterClient } from "./features/queues/index.ts";
import { callbackDone, registerCallback } from "./features/tickets/index.ts";
import { mediaAddresses, mediaOptions } from "./media.ts";

export interface VoiceInput {
  ctx: Ctx; config: Config; rpc: Rpc; writer: LiveWriter; pulse: Pulse; router: RouterClient; plan: WholePlan; declarations: () => Declarations; root: string;
  /** Done in reverse when the node stops. */
  stops: (() => Promise<unknown> | void)[];
}
export interface VoiceParts { voice: Voice; sip: SipStack; media: MediaEngine }

/** The voice role: what an earlier run left behind is repaired before the first call is taken. */
export async function startVoice({ ctx, config, rpc, writer, router, plan, pulse, declarations, root, stops }: VoiceInput): Promise<VoiceParts> {
  const { log } = ctx;
  const media = reachMedia(config, log);
  stops.push(() => media.stop(0));
  const callback = async (wanted: CallbackWanted): Promise<void> => {
    // Who was cut off before choosing a project is called back by the first one rather than by nobody.
    const projectKey = wanted.projectKey ?? declarations().projects[0]!.project.key;
    await registerCallback(ctx, { ...wanted, projectKey, queueId: wanted.queueId ?? "", dueAt: plan.callbackDue(projectKey, wanted.queueId, ctx.now()) });
  };
  const tried: RecoveryDeps["callbackTried"] = (ticketId, result) => callbackTried(ctx, ticketId, result);
  const voice = new Voice({ ctx, config, rpc, writer, media, router, plan, prompts: resolve(root, "prompts"), isDatabaseHung: () => pulse.isHung, findClients: (number) => selectCallers(ctx.db, number), callback, callbackTried: (ticketId, result) => callbackTried(ctx, ticketId, result) });
  const repairs: RecoveryDeps = { ctx, rpc, writer, router, recordings: join(config.LINIJA_DATA, "recordings"), live: () => voice.ids, callback, callbackTried: tried };
  await recover(repairs);
  const sip = await openSip(voice, config, log, createRegistrar(ctx, config.SIP_DIGEST));
  stops.push(() => voice.stop());
  const sweep = startRecovery(repairs);
  stops.push(() => sweep.stop());
  return { voice, sip, media };
}

function reachMedia(config: Config, log: Log): MediaEngine {
  const tell = (level: "debug" | "info" | "warn" | "error", message: string, fields?: object): void => { log[level](fields ?? {}, message); };
  const addresses = mediaAddresses(config);
  return addresses.length > 0 ? connectMediaEngine({ address: addresses, log: tell }) : createMediaEngine({ ...mediaOptions(config), workers: config.MEDIA_WORKERS, log: tell });
}

/** An operator called a callback's client: the ticket moves by what came of it. Another ticket's own process is left alone. */
async function callbackTried(ctx: Ctx, ticketId: string, tried: { result: "reached" | "missed"; operatorId: string }): Promise<void> {
  await callbackDone(ctx, ticketId, tried).catch((error: unknown) => { if (!(error instanceof AppError)) throw error; });
}
