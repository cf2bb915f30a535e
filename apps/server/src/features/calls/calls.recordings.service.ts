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
  const row = await selectRecording(ctx.db, id);
  if (!row) throw notFound("recording", id);
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

export interface Sound { stream: NodeJS.ReadableStream; size: number; start: number; end: number; partial: boolean }

/** The file or the range of it a player asked for. Each playing from the beginning is written to the audit log. */
export async function openRecording(ctx: Ctx, folder: string, id: string, range: string | undefined): Promise<Sound> {
  const row = await allowed(ctx, id);
  const path = join(folder, row.path);
  const { size } = await stat(path).catch(() => { throw notFound("recording", id); });
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  const start = match ? (match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1])) : 0;
  const end = match && match[1] !== "" && match[2] !== "" ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (start > end) throw notFound("recording", id);
  if (start === 0) await inTx(ctx, (ctx) => audit(ctx, { action: "recording.played", object: { kind: "recording", id } }));
  return { stream: createReadStream(path, { start, end }), size, start, end, partial: match !== null };
}
