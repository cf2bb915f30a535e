import { statfs } from "node:fs/promises";
import { measured } from "../../platform/metrics.ts";
import type { Probe, Seen } from "./health.service.ts";

export interface Room { freeBytes: number; totalBytes: number }

const GB = 1_000_000_000;
const DOWN_BYTES = 200_000_000;
const LOW_BYTES = 2 * GB;
const LOW_SHARE = 0.1;

/** There is room for recordings, files and the database. Below 200 MB nothing can be promised any more. */
export function diskProbe(folders: () => string[], look: (folder: string) => Promise<Room> = roomOf): Probe {
  const least = async (): Promise<Room> => (await Promise.all(folders().map(look))).reduce((tightest, each) => (each.freeBytes < tightest.freeBytes ? each : tightest));
  measured("disk_free_bytes", "Room left on the disk of LINIJA_DATA", async () => (await least()).freeBytes);
  return { name: "disk", look: async () => judgeDisk(await least()) };
}

/** What those without rights of their own may still write; the reserve of root does not count. */
async function roomOf(folder: string): Promise<Room> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

export function judgeDisk({ freeBytes, totalBytes }: Room): Seen {
  const detail = `${spell(freeBytes)} free of ${spell(totalBytes)}`;
  if (freeBytes < DOWN_BYTES) return { state: "down", detail };
  return { state: freeBytes < LOW_BYTES || freeBytes < totalBytes * LOW_SHARE ? "degraded" : "ok", detail };
}

const spell = (bytes: number): string => (bytes >= GB ? `${(bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0)} GB` : `${Math.floor(bytes / 1_000_000)} MB`);
