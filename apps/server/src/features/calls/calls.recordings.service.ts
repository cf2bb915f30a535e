import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { peaks } from "@linija/media";
import type { Ctx } from "../../platform/db.ts";
import { inTx } from "../../platform/db.ts";
import { audit } from "../../platform/audit.ts";
import { forbidden, notFound, unauthenticated } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { selectRecording, updatePeaks, type RecordingFile } from "./calls.sql.ts";

/** Points of a waveform; two a pixel on the widest screens. */
const BUCKETS = 600;

async function allowed(ctx: Ctx, id: string): Promise<RecordingFile> {
  if (ctx.actor.kind !== "user") throw unauthenticated();
  if (!may(ctx, "recordings.play")) throw forbidden();
  const row = await selectRecording(ctx.db, id);
  if (!row || !may(ctx, "interactions.read", { projectKey: row.projectKey })) throw notFound("recording", id);
  if (!may(ctx, "recordings.play", { projectKey: row.projectKey, ownerId: row.operatorId })) throw forbidden();
  return row;
}

/** The waveform, computed at the first look and kept. */
export async function getRecording(ctx: Ctx, folder: string, id: string) {
  const row = await allowed(ctx, id);
  let waveform = row.peaks;
  if (!waveform) {
    const [left = [], right = []] = await peaks(join(folder, row.path), BUCKETS);
    waveform = { left, right };
    if (row.endedAt) await updatePeaks(ctx.db, id, waveform);
  }
  return { id, interactionId: row.interactionId, durationMs: row.durationMs ?? 0, startedAt: row.startedAt.toISOString(), peaks: waveform };
}

export interface Sound { size: number; start: number; end: number; partial: boolean; open(): NodeJS.ReadableStream }

/**
 * The file or the range of it a player asked for; null when it has no such bytes (RFC 9110 §14.4). Whoever is given sound
 * stands in the audit log: each playing from the beginning anew, other ranges unless the same person was given some of
 * it a moment ago, as a player that seeks is. A look at the size or the header (`isLook`) is no listening.
 */
export async function openRecording(ctx: Ctx, folder: string, id: string, asked: { range: string | undefined; isLook: boolean }): Promise<Sound | { size: number; start: null }> {
  const row = await allowed(ctx, id);
  const path = join(folder, row.path);
  const { size } = await stat(path).catch(() => { throw notFound("recording", id); });
  const range = rangeOf(asked.range, size);
  if (range === "outside") return { size, start: null };
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (!asked.isLook && end >= WAV_HEADER && isListening(ctx, id, start)) await inTx(ctx, (ctx) => audit(ctx, { action: "recording.played", object: { kind: "recording", id } }));
  return { size, start, end, partial: range !== null, open: () => createReadStream(path, { start, end }) };
}

const WAV_HEADER = 44;

/** Null when all is asked for: there is no range, or one that is written wrong and is not looked at (RFC 9110 §14.2). */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | "outside" | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return null;
  if (first === "") return within({ start: Math.max(0, size - Number(last)), end: size - 1 }, size);
  const [start, end] = [Number(first), last === "" ? size - 1 : Number(last)];
  return last !== "" && end < start ? null : within({ start, end }, size);
}

const within = ({ start, end }: { start: number; end: number }, size: number) => (start >= size ? "outside" : { start, end: Math.min(end, size - 1) });

/** Who was given sound of what, and when last; of this node. */
const given = new Map<string, number>();
const SAME_LISTENING_MS = 3_600_000;
const MOST_GIVEN = 10_000;

function isListening(ctx: Ctx, id: string, start: number): boolean {
  const key = `${ctx.actor.kind === "user" ? ctx.actor.id : ""} ${id}`;
  const now = ctx.now().getTime();
  const last = given.get(key) ?? Number.NEGATIVE_INFINITY;
  given.delete(key);
  given.set(key, now);
  if (given.size > MOST_GIVEN) given.delete(given.keys().next().value!);
  return start === 0 || now - last > SAME_LISTENING_MS;
}
