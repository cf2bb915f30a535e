import { join } from "node:path";
import { newId } from "../../platform/ids.ts";
import { announce } from "../../platform/events.ts";
import { promptFile, type PromptRef } from "../ivr/index.ts";
import type { OfferRow, RecordingRow } from "../interactions/index.ts";
import type { HeldWork, Work } from "../queues/index.ts";
import type { Effect } from "./calls.machine.ts";
import { dialClient, hangUpClient, hangUpPhone, ringPhone } from "./calls.legs.ts";
import type { CallRunner } from "./calls.runner.ts";

type Performer<D extends Effect["do"]> = (runner: CallRunner, effect: Extract<Effect, { do: D }>) => void | Promise<unknown>;

/** One function per effect; none decides anything. */
const performers: { [D in Effect["do"]]: Performer<D> } = {
  answer_client: (runner) => {
    if (runner.client.kind === "sip") runner.client.call.accept(runner.client.answerSdp);
  },
  play: (runner, { playId, prompts }) => runner.deps.media.play(runner.clientLeg, { playId, files: prompts.map((prompt) => file(runner, prompt)) }),
  music: (runner, { file }) => runner.deps.media.play(runner.clientLeg, { playId: "music", files: [join(runner.deps.prompts, file)], loop: true }),
  stop_play: (runner) => runner.deps.media.stopPlay(runner.clientLeg),
  timer: (runner, { name, ms }) => runner.timer(name, ms),
  stop_timer: (runner, { name }) => runner.stopTimer(name),
  find_queue: (runner, { projectKey, queueKey }) => runner.feed({ on: "queue_found", plan: runner.deps.findQueue(projectKey, queueKey) }),
  join_queue: joinQueue,
  leave_queue: (runner) => runner.tell("removeWork", () => runner.deps.router.removeWork(runner.id)),
  ask_position: (runner) => { void positionOf(runner).then((position) => runner.feed({ on: "announce", ...position })); },
  ring_operator: ringOperator,
  stop_ringing: async (runner, { device }) => {
    if (device === "phone") await hangUpPhone(runner);
    else if (runner.operatorLeg) { runner.operatorLeg = false; await runner.deps.media.hangup(runner.operatorRef); }
  },
  offer_closed: offerClosed,
  dial_client: (runner) => dialClient(runner).catch((error: unknown) => {
    runner.deps.ctx.log.warn({ callId: runner.id, error: String(error) }, "the client cannot be called");
    runner.feed({ on: "client_refused", why: "failed" });
  }),
  ringback: (runner) => runner.deps.media.play(runner.operatorRef, { playId: "ringback", files: [join(runner.deps.prompts, "tones/ringback.wav")], loop: true }),
  bridge: (runner) => runner.deps.media.connect(runner.id, "client", "operator"),
  record,
  hold: async (runner, { held, music }) => {
    if (!held) return runner.deps.media.connect(runner.id, "client", "operator");
    await runner.deps.media.disconnect(runner.clientLeg);
    return runner.deps.media.play(runner.clientLeg, { playId: "hold", files: [join(runner.deps.prompts, music)], loop: true });
  },
  mute: (runner, { muted }) => runner.deps.media.mute(runner.operatorRef, muted),
  send_digits: (runner, { digits }) => runner.deps.media.sendDigits(runner.clientLeg, digits),
  // A call may be cut off in the moment it comes, before its row is there; one whose row was refused was never taken.
  callback: (runner, { reason }) => { runner.identify(); runner.promised = runner.inserted.then(() => runner.deps.callback(runner, reason), () => undefined); },
  talking: (runner, { operatorId, offerId }) => {
    Object.assign(runner.row, { state: "talking", operator_id: operatorId, answered_at: runner.now() });
    const offers = runner.offer && offerId ? [closed(runner, runner.offer.row, "accepted")] : [];
    runner.store({ offerUpdates: offers, events: [runner.fact("call.answered", { operator_id: operatorId })] });
  },
  changed: (runner) => announce([runner.fact("call.changed")]),
  end,
};

export const perform = (runner: CallRunner, effect: Effect): void | Promise<unknown> => (performers[effect.do] as Performer<typeof effect.do>)(runner, effect as never);

const file = (runner: CallRunner, prompt: PromptRef): string => join(runner.deps.prompts, promptFile(prompt));

/** Done beside the call; a failure is logged and stops nothing. */
async function aside(runner: CallRunner, work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => runner.deps.ctx.log.error({ err: error, callId: runner.id }, "work beside a call failed"));
}

function tried(runner: CallRunner, result: "reached" | "missed"): void {
  const { ticket_id: ticketId, operator_id: operatorId } = runner.row;
  if (ticketId && operatorId) void aside(runner, runner.deps.callbackTried(ticketId, { result, operatorId }));
}

const closed = (runner: CallRunner, row: OfferRow, state: string): OfferRow => {
  const at = runner.now();
  return Object.assign(row, state === "accepted" ? { state, answered_at: at } : { state, ended_at: at });
};

/** Without a router for the moment the caller hears music, not silence. */
function positionOf({ deps, id }: CallRunner): Promise<{ position: number | null; expectedWaitMs: number | null }> {
  const soon = new Promise<typeof UNKNOWN>((resolve) => { setTimeout(() => resolve(UNKNOWN), POSITION_WITHIN_MS).unref(); });
  return Promise.race([deps.router.position(id), soon]).catch(() => UNKNOWN);
}

function joinQueue(runner: CallRunner, { plan, language }: Extract<Effect, { do: "join_queue" }>): void {
  const { row, deps } = runner;
  runner.identify();
  Object.assign(row, { state: "waiting", queue_id: plan.queueId, project_key: plan.projectKey, language, queued_at: row.queued_at ?? runner.now() });
  runner.store({ events: [runner.fact("call.queued", { queue_id: plan.queueId })] });
  const work = workOf(runner)!;
  runner.tell("addWork", () => deps.router.addWork(work));
}

/** The call as work for the router; null while it has not waited in a queue. */
function workOf({ row, deps, id, call }: CallRunner): Work | null {
  if (!call.queue || !row.queued_at) return null;
  const { queueId, projectKey } = call.queue;
  const { skills } = deps.findQueue(projectKey, queueId.split(".")[1]!);
  return { workId: id, queueId, projectKey, language: call.language, skills, priority: row.priority, enqueuedAtMs: Date.parse(row.queued_at), channel: "voice", nodeId: deps.nodeId };
}

/** What the router must know of this call; null before the queue and after the end. */
export function heldBy(runner: CallRunner): HeldWork | null {
  const { state } = runner.call;
  const work = workOf(runner);
  const held = { workId: runner.id, work, operatorId: null, offerId: null };
  if (state.at === "waiting") return { ...held, at: "waiting" };
  if (state.at === "offered") return { ...held, at: "offered", operatorId: state.operatorId, offerId: state.offerId };
  return "operatorId" in state ? { ...held, at: "talking", operatorId: state.operatorId } : null;
}

/** The offer's row comes first: its unique indexes are the last word on double offers. */
async function ringOperator(runner: CallRunner, { offerId, operatorId, device }: Extract<Effect, { do: "ring_operator" }>): Promise<void> {
  const out = runner.takeOffer(offerId);
  const offer: OfferRow = { id: offerId, interaction_id: runner.id, operator_id: operatorId, state: "ringing", offered_at: runner.now(), answered_at: null, ended_at: null };
  runner.offer = { out, row: offer };
  runner.row.state = "offered";
  const written = runner.save({ offers: [offer], events: [runner.fact("call.offered", { operator_id: operatorId })] });
  await (device === "phone" ? ringPhone(runner, out, written) : written).catch((error: unknown) => {
    runner.deps.ctx.log.warn({ callId: runner.id, operatorId, error: String(error) }, "the offer was refused by the database, or the phone cannot be rung");
    runner.feed({ on: "offer_refused", offerId, why: "failed" });
  });
}

function offerClosed(runner: CallRunner, { offerId, operatorId, why }: Extract<Effect, { do: "offer_closed" }>): void {
  if (why !== "accepted" && runner.offer?.row.id === offerId) {
    const facts = [runner.fact("call.offer_closed", { operator_id: operatorId, why })];
    // No line, no offer: it says nothing about the operator.
    const row = closed(runner, runner.offer.row, why === "no_line" ? "withdrawn" : why);
    runner.offer = null;
    runner.row.state = "waiting";
    // The row must be closed before the router makes the next offer of this call or to this operator: the writer keeps the order.
    runner.store({ offerUpdates: [row], events: facts });
  }
  runner.tell("offerClosed", () => runner.deps.router.offerClosed(offerId, operatorId, why));
}

async function record(runner: CallRunner): Promise<void> {
  const startedAt = runner.now();
  const id = newId();
  const path = join(startedAt.slice(0, 10).replaceAll("-", "/"), `${id}.wav`);
  await runner.deps.media.record(runner.id, join(runner.deps.recordings, path), { left: "client", right: "operator" });
  runner.recording = { id, path, startedAt };
  runner.row.recording_id = id;
  runner.store({ recordings: [{ id, interaction_id: runner.id, path, started_at: startedAt, ended_at: null, duration_ms: null, bytes: null }] });
}

async function end(runner: CallRunner, { outcome, operatorId, offerId, wrapUp }: Extract<Effect, { do: "end" }>): Promise<void> {
  const { row, deps } = runner;
  runner.identify();
  runner.stopTimers();
  const [media] = await Promise.all([deps.media.close(runner.id).catch(() => NO_MEDIA), aside(runner, hangUpClient(runner)), aside(runner, hangUpPhone(runner))]);
  const wraps = wrapUp && runner.call.queue?.wrapUpS !== 0;
  Object.assign(row, { state: wraps ? "wrap_up" : "ended", outcome, ended_at: runner.now(), media_stats: media.legs, operator_id: operatorId ?? row.operator_id });
  const offerUpdates = runner.offer && offerId ? [closed(runner, runner.offer.row, "done")] : [];
  await aside(runner, runner.promised);
  const written = runner.save({ recordings: recorded(runner, media.recording), offerUpdates, events: [runner.fact("call.ended", { outcome })] });
  // What came of a call that was answered its operator says in the wrap-up.
  if (row.direction === "out" && !(row.answered_at && wraps)) tried(runner, row.answered_at ? "reached" : "missed");
  if (operatorId) runner.tell("callEnded", () => deps.router.callEnded(operatorId, runner.id, wraps));
  deps.ended(runner);
  await written;
}

const UNKNOWN = { position: null, expectedWaitMs: null };
const POSITION_WITHIN_MS = 1_000;
const NO_MEDIA = { legs: null, recording: null };

function recorded({ recording, row, id }: CallRunner, file: { durationMs: number; bytes: number } | null): RecordingRow[] {
  if (!recording) return [];
  return [{ id: recording.id, interaction_id: id, path: recording.path, started_at: recording.startedAt, /* Of a media process that died: the sweep mends the file and ends the row. */ ended_at: file && row.ended_at, duration_ms: file && Math.round(file.durationMs), bytes: file && file.bytes }];
}
