import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps.ts";
import { freeUdp, load } from "./child.ts";
import { openFloor } from "./floor.ts";

/**
 * Calls from SIP phones through the queue to SIP phones, relayed and recorded, and calls between a phone and a browser.
 * A size counts when not one packet was lost and at most one in a hundred was delayed by more than 20 ms.
 */
const STEP = 100;
const MOST = 800;
const BROWSER_STEP = 40;
const BROWSER_MOST = 240;
const HOLD_S = 6;
const RAMP_PER_S = 100;
const P99_MS = 20;

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const loader = compile();
  const sip = await phones(say, loader);
  const web = await climb(BROWSER_STEP, BROWSER_MOST, async (calls) => {
    const done = await browserCalls(calls);
    say(`${calls} calls between phone and browser: ${done.lost} of ${done.sent} packets lost, p99 ${done.p99} ms (${load()})`);
    return done;
  });
  return { sip_calls: sip.calls, added_p99_ms: sip.p99, webrtc_calls: web.calls, webrtc_added_p99_ms: web.p99 };
}

async function phones(say: (line: string) => void, loader: string): Promise<Best> {
  // The operators' SIP, the callers' SIP, and for their sound a port and the second one after it.
  const ports = { phones: await freeUdp([0]), callers: await freeUdp([0]), sound: await freeUdp([0, 2]) };
  const floor = await openFloor({ operators: MOST, phonePort: ports.phones, recording: true });
  try {
    return await climb(STEP, MOST, async (calls) => {
      const done = await sipCalls([loader, "-h", floor.port, "-s", 300, "-c", ports.callers, "-a", ports.phones, "-R", ports.sound], calls);
      say(`${calls} SIP calls: ${done.lost} of ${done.sent} packets lost, ${done.failed} calls failed, p99 ${done.p99} ms (${load()})`);
      return done;
    });
  } finally {
    await floor.close();
  }
}

interface Best { calls: number; p99: number }
/** The largest size that was carried as it should, and its delay; stops at the first that was not. */
async function climb(step: number, most: number, carry: (calls: number) => Promise<Carried>): Promise<Best> {
  let best: Best = { calls: 0, p99: Number.NaN };
  for (let calls = step; calls <= most; calls += step) {
    const done = await carry(calls);
    if (!isClean(done)) break;
    best = { calls, p99: done.p99 };
  }
  return best;
}

interface Carried { sent: number; lost: number; failed: number; p99: number }
const isClean = ({ sent, lost, failed, p99 }: Carried): boolean => sent > 0 && lost === 0 && failed === 0 && p99 >= 0 && p99 <= P99_MS;

/** The phones are in C: a loader in JavaScript would measure itself. */
function compile(): string {
  const source = join(import.meta.dirname, "voice/rtpload.c");
  const program = join(root, ".cache", `rtpload-${createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(join(root, ".cache"), { recursive: true });
  const done = spawnSync("cc", ["-O2", "-w", "-o", program, source], { encoding: "utf8" });
  if (done.error) throw new Error("This bench needs a C compiler: there is no `cc` here. On Debian: apt-get install gcc libc6-dev");
  if (done.status !== 0) throw new Error(`rtpload.c does not compile:\n${done.stderr}`);
  return program;
}

async function sipCalls([loader, ...ports]: [string, ...(string | number)[]], calls: number): Promise<Carried> {
  const said = await output(loader, ["-n", calls, "-r", RAMP_PER_S, "-d", HOLD_S, ...ports].map(String), 60_000);
  if (!said.startsWith("calls=")) throw new Error(`the loader did not run to its end: ${said}`);
  const read = (pattern: RegExp): number[] => (pattern.exec(said)?.slice(1) ?? []).map(Number);
  const [up = 0, failed = calls] = read(/up_in_window=(\d+) failed=(\d+)/);
  const [sentA = 0, sentB = 0, gotA = 0, gotB = 0] = read(/rtp sent=(\d+)\/(\d+) got=(\d+)\/(\d+)/);
  const [p99 = -1] = read(/lat_ms .*? p99=([\d.-]+)/);
  // A call that is up but heard on one side only would not show as a loss.
  const expected = calls * HOLD_S * 50;
  const unsent = [sentA, sentB].reduce((sum, sent) => sum + (sent < expected * 0.98 ? expected - sent : 0), 0);
  return { sent: sentA + sentB, lost: sentA + sentB - gotA - gotB + unsent, failed: failed + (calls - up), p99 };
}

async function browserCalls(calls: number): Promise<Carried> {
  const said = await output(process.execPath, [join(root, "packages/media/bench/webrtc.ts"), "--calls", String(calls), "--seconds", String(HOLD_S), "--port", "50000"], 60_000);
  const last = said.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) return { sent: 0, lost: 0, failed: calls, p99: -1 };
  const { figures } = JSON.parse(last) as { figures: { sent: number; lost: number; added_p99_ms: number } };
  return { sent: figures.sent, lost: figures.lost, failed: 0, p99: figures.added_p99_ms };
}

function output(command: string, args: string[], withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const limit = setTimeout(() => child.kill("SIGKILL"), withinMs);
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => { said += chunk.toString(); });
    child.once("error", (error) => { clearTimeout(limit); reject(error); });
    child.once("exit", () => { clearTimeout(limit); resolve(said); });
  });
}
