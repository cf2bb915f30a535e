import { createSocket } from "node:dgram";
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openFloor, type BenchFloor } from "./floor.ts";

/** Callers through the queue to SIP phones, answered and hung up at once, every event durable. SIPp plays both sides. */
const scenarios = join(import.meta.dirname, "voice");
const PHONES = 16_000;
const SECONDS = 15;

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const floor = await openFloor({ operators: 600, phonePort: PHONES, recording: false, env: { SIP_FLOOD_PER_S: "100000" } });
  try {
    // The first seconds of a process are its compiler's; the delay is that of a server that has run for a while.
    await withPhones(floor, [], () => call(floor, 100, 1_000, false));
    const at100 = await withPhones(floor, ["-trace_msg", "-message_file", join(floor.folder, "uas.log")], () => call(floor, 100, 1_500));
    say(`at 100/s: ${at100.failed} of ${at100.made} failed`);
    const { p50, p95 } = delays(floor.folder);
    let best = at100.failed === 0 ? 100 : 0;
    for (const rate of [200, 300, 400, 500, 600]) {
      const done = await withPhones(floor, [], () => call(floor, rate, rate * SECONDS, false));
      say(`at ${rate}/s: ${done.failed} of ${done.made} failed, ${done.achieved.toFixed(0)}/s achieved`);
      if (done.failed > 0 || done.achieved < rate * 0.95) break;
      best = rate;
    }
    const written = await floor.linija.database.pool.query<{ calls: string; events: string; open: string }>("select count(*) calls, (select count(*) from events where subject_kind = 'call') events, count(*) filter (where state <> 'ended') open from interactions");
    say(`${written.rows[0]!.calls} calls, ${written.rows[0]!.events} events in the tables, ${written.rows[0]!.open} left open`);
    return { calls_per_s: best, invite_p50_ms: p50, invite_p95_ms: p95, left_open: Number(written.rows[0]!.open) };
  } finally {
    await floor.close();
  }
}

/** Operators' phones for as long as `work` takes. */
async function withPhones<T>(floor: BenchFloor, more: string[], work: () => Promise<T>): Promise<T> {
  const phones = sipp(floor, ["-sf", join(scenarios, "uas.xml"), "-i", "127.0.0.1", "-p", String(PHONES), ...more]);
  await answering();
  try {
    return await work();
  } finally {
    await ended(phones);
  }
}

/** A bound port: the phones are there. */
async function answering(): Promise<void> {
  for (;;) {
    const taken = await new Promise<boolean>((resolve) => {
      const probe = createSocket("udp4").once("error", () => resolve(true));
      probe.bind(PHONES, "127.0.0.1", () => probe.close(() => resolve(false)));
    });
    if (taken) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

function sipp(floor: BenchFloor, args: string[]): ChildProcess {
  return spawn("sipp", [...args, "-nostdin"], { cwd: floor.folder, stdio: "ignore" });
}

/** Waits for SIPp's end; its statistics file tells what became of the calls. */
async function call(floor: BenchFloor, rate: number, count: number, trace = true): Promise<{ made: number; failed: number; achieved: number }> {
  const stats = join(floor.folder, `stat-${rate}.csv`);
  const began = performance.now();
  // SIPp's own time-out waits for calls that never end, so there is one from outside as well.
  const child = sipp(floor, [`${floor.host}:${floor.port}`, "-sf", join(scenarios, "uac.xml"), "-s", "300", "-i", "127.0.0.1", "-p", "15070", "-r", String(rate), "-m", String(count), "-d", "0", "-l", "3000",
    "-trace_stat", "-stf", stats, "-timeout", `${Math.ceil(count / rate) + 40}s`, ...(trace ? ["-trace_msg", "-message_file", join(floor.folder, "uac.log")] : [])]);
  const limit = setTimeout(() => child.kill("SIGKILL"), (count / rate + 45) * 1000);
  await new Promise((resolve) => child.once("exit", resolve));
  clearTimeout(limit);
  const seconds = (performance.now() - began) / 1000;
  const [head = "", ...rows] = readFileSync(stats, "utf8").trim().split("\n");
  const names = head.split(";");
  const last = rows.at(-1)!.split(";");
  const value = (name: string): number => Number(last[names.indexOf(name)]);
  return { made: count, failed: count - value("SuccessfulCall(C)"), achieved: count / Math.max(seconds - 0.3, 0.1) };
}

/** From the caller's INVITE to the operator's with the same caller, by the clocks of both traces. */
function delays(folder: string): { p50: number; p95: number } {
  const find = (prefix: string): string => join(folder, readdirSync(folder).find((name) => name.startsWith(prefix))!);
  const sent = stamps(find("uac.log"), "sent");
  const rung = stamps(find("uas.log"), "received");
  const values = [...sent].flatMap(([user, at]) => (rung.has(user) ? [rung.get(user)! - at] : [])).sort((a, b) => a - b);
  const at = (share: number): number => Math.round((values[Math.floor(values.length * share)] ?? Number.NaN) * 1000) / 1000;
  return { p50: at(0.5), p95: at(0.95) };
}

function stamps(path: string, direction: "sent" | "received"): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of readFileSync(path, "utf8").split(/-{20,} /).slice(1)) {
    const time = /^(\d{4}-\d\d-\d\d)[T\s]+(\d\d:\d\d:\d\d\.\d+)/.exec(part);
    const user = /^INVITE [^\n]*[\s\S]*?^From:[^<\n]*<sip:(c\d+)@/m.exec(part.slice(part.indexOf("INVITE sip:")))?.[1];
    if (!time || !user || !part.includes(`message ${direction}`) || !part.includes("INVITE sip:")) continue;
    const ms = Date.parse(`${time[1]}T${time[2]!.slice(0, 12)}Z`) + Number(`0.${time[2]!.slice(12)}`);
    if (!found.has(user)) found.set(user, ms);
  }
  return found;
}
