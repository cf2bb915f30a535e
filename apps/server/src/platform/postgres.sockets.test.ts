import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { hostname, tmpdir, uptime } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createLog } from "./log.ts";
import { makeSocketFolder, removeDeadSockets } from "./postgres.sockets.ts";

const within = mkdtempSync(join(tmpdir(), "linija-test-"));
afterAll(() => rmSync(within, { recursive: true, force: true }));
beforeEach(() => { for (const name of readdirSync(within)) rmSync(join(within, name), { recursive: true, force: true }); });

const host = hostname();
/** Of a process that has just ended. */
const deadPid = spawnSync("true").pid;
const hoursAgo = new Date(Date.now() - 7_200_000);
const bootedAt = Date.now() - uptime() * 1_000;
const beforeBoot = new Date(bootedAt - 60_000);
const sinceBoot = new Date(Math.max(hoursAgo.getTime(), bootedAt + 10_000));
const sweep = async (): Promise<string[]> => (await removeDeadSockets(createLog("silent", ""), within)).map((folder) => basename(folder)).sort();

interface Left { owner?: { pid: number; host: string } | string; lock?: string; other?: string; age?: Date }
function folder(name: string, { owner, lock, other, age }: Left = {}): string {
  const path = join(within, name);
  mkdirSync(path);
  if (owner) writeFileSync(join(path, "owner.json"), typeof owner === "string" ? owner : JSON.stringify(owner));
  if (lock) writeFileSync(join(path, ".s.PGSQL.5432.lock"), lock);
  if (other) writeFileSync(join(path, other), "");
  if (age) utimesSync(path, age, age);
  return path;
}
const listen = (path: string): Promise<Server> => new Promise((resolve) => { const server = createServer().listen(path, () => resolve(server)); });

test("removes the socket folders of databases that were killed", async () => {
  folder("linija-pg-owner", { owner: { pid: deadPid, host } });
  folder("linija-pg-both", { owner: { pid: deadPid, host }, lock: `${deadPid}\n/data\n` });
  folder("linija-pg-old", { age: hoursAgo });
  folder("linija-pg-lock", { lock: `${deadPid}\n/data\n`, age: beforeBoot });
  expect(await sweep()).toEqual(["linija-pg-both", "linija-pg-lock", "linija-pg-old", "linija-pg-owner"]);
  expect(readdirSync(within)).toEqual([]);
});

test("leaves whatever is not proven to be dead: a living owner or database, a start under way, a database of a server without a name that was killed alone, another machine, strange things", async () => {
  folder("linija-pg-starting", { owner: { pid: process.pid, host } });
  folder("linija-pg-orphan", { owner: { pid: deadPid, host }, lock: `${process.pid}\n/data\n` });
  folder("linija-pg-elsewhere", { owner: { pid: deadPid, host: `${host}-other` }, age: hoursAgo });
  folder("linija-pg-fresh");
  folder("linija-pg-nameless", { lock: `${deadPid}\n/data\n`, age: sinceBoot });
  folder("linija-pg-torn", { owner: "{", age: hoursAgo });
  folder("linija-pg-odd", { lock: "who knows", age: hoursAgo });
  folder("linija-pg-strange", { owner: { pid: deadPid, host }, other: "letters.txt" });
  folder("somebody-elses", { owner: { pid: deadPid, host } });
  const before = readdirSync(within).sort();
  expect(await sweep()).toEqual([]);
  expect(readdirSync(within).sort()).toEqual(before);
});

test("leaves a folder whose socket is answered, whatever its lock says, and removes it when nobody answers any more", async () => {
  const path = folder("linija-pg-live", { owner: { pid: deadPid, host }, lock: `${deadPid}\n` });
  const server = await listen(join(path, ".s.PGSQL.5432"));
  expect(await sweep()).toEqual([]);
  await new Promise((resolve) => { server.close(resolve); });
  expect(await sweep()).toEqual(["linija-pg-live"]);
});

test("a folder made now is this process's own, and a link to another's folder removes nothing there", async () => {
  const mine = makeSocketFolder(undefined, within);
  const target = mkdtempSync(join(tmpdir(), "linija-test-"));
  writeFileSync(join(target, "owner.json"), JSON.stringify({ pid: deadPid, host }));
  symlinkSync(target, join(within, "linija-pg-link"));
  await sweep();
  expect([existsSync(mine), existsSync(join(target, "owner.json"))]).toEqual([true, true]);
  rmSync(target, { recursive: true });
});
