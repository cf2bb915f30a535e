import { spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../steps.ts";

/** A whole Linija as a process of its own, as people run it. */
export interface ServerProcess {
  url: string;
  pid: number;
  sip: { host: string; port: number };
  /** Milliseconds from the spawn to the first page and to the first SIP 200, whichever came later. */
  ready(): Promise<number>;
  said(): string;
  stop(): Promise<void>;
}

/** A bench that is interrupted takes with it what it started. */
const running = new Set<ChildProcess>();
process.once("exit", () => { for (const child of running) signal(child, "SIGTERM"); });
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => process.exit(1));

export interface ServerOptions { folder: string; command?: [string, ...string[]]; cwd?: string; env?: Record<string, string>; /** What must answer 200; by default the desk, which must have been built. */ page?: string }

const READY_WITHIN_MS = 100_000;
const LOOK_EVERY_MS = 10;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const [http, sip, mail] = await freePorts(3) as [number, number, number];
  const env = {
    ...outsideNpm(), LINIJA_DATA: options.folder, HTTP_PORT: String(http), SIP_PORT: String(sip), SMTP_DEMO_PORT: String(mail), MEDIA_PORTS: "42000-43998", LOG_LEVEL: "warn", STOP_GRACE_MS: "0", ...options.env,
  };
  const [command, ...args] = options.command ?? [process.execPath, "apps/server/src/main.ts"];
  const began = performance.now();
  // A group of its own: npm does not hand every signal on to what it runs.
  const child = spawn(command, args, { cwd: options.cwd ?? root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => { said = (said + chunk.toString()).slice(-20_000); });
  const url = `http://127.0.0.1:${http}`;
  const alive = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended before it was ready:\n${said}`);
    if (performance.now() - began > READY_WITHIN_MS) throw new Error(`the server was not ready after ${READY_WITHIN_MS / 1000} s:\n${said}`);
  };
  const stop = (): Promise<void> => end(child);
  const ready = async (): Promise<number> => {
    try {
      await Promise.all([firstPage(`${url}${options.page ?? "/"}`, alive), firstOptions(sip, alive)]);
      return performance.now() - began;
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return { url, pid: child.pid!, sip: { host: "127.0.0.1", port: sip }, ready, said: () => said, stop };
}

const STOP_WITHIN_MS = 15_000;

/** npm ends at once and leaves what it ran to end by itself, so the whole group is waited for. */
async function end(child: ChildProcess): Promise<void> {
  const until = performance.now() + STOP_WITHIN_MS;
  let isRunning = signal(child, "SIGTERM");
  while (isRunning) {
    await pause(LOOK_EVERY_MS);
    isRunning = signal(child, performance.now() < until ? 0 : "SIGKILL");
  }
  running.delete(child);
}

/** False when nobody is left to hear it. */
function signal(child: ChildProcess, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-child.pid!, name);
  } catch {
    return false;
  }
}

/** npm's own settings of the bench's run would become settings of the run that is measured. */
const outsideNpm = (): Record<string, string | undefined> => Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key)));

async function firstPage(url: string, alive: () => void): Promise<void> {
  for (;;) {
    alive();
    const status = await fetch(url, { headers: { connection: "close" } }).then(async (response) => { await response.arrayBuffer(); return response.status; }, () => 0);
    if (status === 200) return;
    await pause(LOOK_EVERY_MS);
  }
}

/** Asks until the first `SIP/2.0 200`; each question is a transaction of its own, for nobody answers a port that is not open yet. */
async function firstOptions(port: number, alive: () => void): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const own = socket.address().port;
  let answered = false;
  socket.on("message", (message) => { answered ||= message.toString("latin1").startsWith("SIP/2.0 200"); });
  socket.on("error", () => undefined);
  try {
    for (let n = 0; !answered; n++) {
      alive();
      socket.send(`OPTIONS sip:127.0.0.1:${port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bKready${own}-${n}\r\nMax-Forwards: 70\r\nFrom: <sip:bench@127.0.0.1>;tag=b${n}\r\nTo: <sip:127.0.0.1:${port}>\r\nCall-ID: ready-${own}-${n}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`, port, "127.0.0.1");
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    socket.close();
  }
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => { const server = createServer().listen(0, "127.0.0.1", () => resolve(server)); })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A port that is free on loopback together with those so many after it; below what the system lends. */
export async function freeUdp(after: number[]): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 3_000);
    const free = await Promise.all(after.map((more) => new Promise<boolean>((resolve) => {
      const socket = createSocket("udp4").once("error", () => resolve(false)).bind(port + more, "127.0.0.1", () => { socket.close(() => resolve(true)); });
    })));
    if (free.every(Boolean)) return port;
  }
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
export const percentile = (values: number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
/** Figures mean little without it: other work on the machine makes all of them worse. */
export const load = (): string => `load average ${loadavg().map((value) => value.toFixed(1)).join(" ")}`;

/** Milliseconds of processor used by this process and everything it started; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  const used = new Map<number, { parent: number; ticks: number }>();
  try {
    for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
      const stat = readStat(name);
      if (stat) used.set(Number(name), stat);
    }
  } catch {
    return Number.NaN;
  }
  const below = (id: number): number => [...used].reduce((sum, [child, { parent }]) => (parent === id ? sum + below(child) : sum), used.get(id)?.ticks ?? 0);
  return below(pid) * 10;
}

function readStat(pid: string): { parent: number; ticks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    // Its own and that of children that have ended: without them a sum over time could fall.
    return { parent: fields[1]!, ticks: fields[11]! + fields[12]! + fields[13]! + fields[14]! };
  } catch {
    return null; // ended meanwhile
  }
}
