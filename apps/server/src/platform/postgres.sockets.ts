import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { hostname, tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "./log.ts";

/** Of our folders alone; PostgreSQL puts its socket and its lock beside it. */
const PREFIX = "linija-pg-";
const OWNER = "owner.json";
const SOCKET = ".s.PGSQL.5432";
const LOCK = `${SOCKET}.lock`;
/** No start takes so long: an empty folder that tells nothing of its owner is a leftover by then. */
const NAMELESS_MS = 3_600_000;

const ownerSchema = z.object({ pid: z.int().positive(), host: z.string() });

/** A new folder for the socket of a cluster, with a note of whose it is. The path of a socket may have 108 letters, so it is not in the data folder. */
export function makeSocketFolder(user: { uid: number; gid: number } | undefined, within = tmpdir()): string {
  const folder = mkdtempSync(join(within, PREFIX));
  keepSocketFolder(folder, user);
  return folder;
}

/** Before each start: whoever tidies up temporary folders may have taken it away while no database was in it. */
export function keepSocketFolder(folder: string, user: { uid: number; gid: number } | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, OWNER), JSON.stringify({ pid: process.pid, host: hostname() }));
  if (user) chownSync(folder, user.uid, user.gid);
}

/** Takes away the folders of starts that were killed; what is not proven to be dead stays. Returns what is gone. */
export async function removeDeadSockets(log: Log, within = tmpdir()): Promise<string[]> {
  const folders = (await readdir(within)).filter((name) => name.startsWith(PREFIX)).map((name) => join(within, name));
  const dead: string[] = [];
  for (const folder of folders) {
    // Another's folder that we may not look into or remove is not ours to judge; one that is gone needs nobody.
    const gone = await isDead(folder).then((is) => is && rm(folder, { recursive: true }).then(() => true)).catch(() => false);
    if (gone) dead.push(folder);
  }
  if (dead.length > 0) log.info({ folders: dead.length }, "removed socket folders of databases that were killed");
  return dead;
}

/** Neither its owner lives nor its PostgreSQL, nobody answers at its socket, and nothing else lies in it. Servers of before wrote no owner. */
async function isDead(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  if (names.some((name) => name !== OWNER && name !== SOCKET && name !== LOCK)) return false;
  const [owner, postmaster] = [await ownerOf(folder, names), await postmasterOf(folder, names)];
  if (owner === "lives" || postmaster === "lives") return false;
  if (names.includes(SOCKET) && (await answers(join(folder, SOCKET)))) return false;
  if (owner === "dead") return true;
  // A killed PostgreSQL alone proves nothing: its server may be about to start it again.
  const since = (await stat(folder)).mtimeMs;
  return since < bootedAt() || (postmaster === "unknown" && Date.now() - since > NAMELESS_MS);
}

/** What has not changed since before is nobody's. */
const bootedAt = (): number => Date.now() - uptime() * 1_000;

type Sign = "lives" | "dead" | "unknown";

/** Processes of another machine or container that shares the folder cannot be seen from here. */
async function ownerOf(folder: string, names: string[]): Promise<Sign> {
  if (!names.includes(OWNER)) return "unknown";
  const { pid, host } = ownerSchema.parse(JSON.parse(await readFile(join(folder, OWNER), "utf8")));
  return host !== hostname() || lives(pid) ? "lives" : "dead";
}

async function postmasterOf(folder: string, names: string[]): Promise<Sign> {
  if (!names.includes(LOCK)) return "unknown";
  const pid = Math.abs(Number((await readFile(join(folder, LOCK), "utf8")).split("\n")[0]));
  return !Number.isInteger(pid) || lives(pid) ? "lives" : "dead";
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}

const answers = (socket: string): Promise<boolean> => new Promise((resolve) => {
  const client = connect(socket);
  client.once("connect", () => { client.destroy(); resolve(true); });
  client.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"));
});
