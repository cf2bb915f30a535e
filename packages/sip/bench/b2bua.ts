/**
 * A bare back-to-back user agent, and SIPp on both sides of it: how many calls a second the stack carries on one core.
 *
 *   node packages/sip/bench/b2bua.ts serve PORT AGENT_PORT     only the B2BUA; point SIPp at it yourself
 *   node packages/sip/bench/b2bua.ts SCENARIO_DIR [RATE [SECONDS]]   with uac.xml and uas.xml from that folder
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStack, type InboundCall, type SipStack } from "../src/index.ts";

async function serve(port: number, agentPort: number): Promise<SipStack> {
  const stack = await createStack({
    listen: [{ proto: "udp", host: "127.0.0.1", port }],
    onInvite: (caller) => bridge(stack, caller, agentPort),
    log: (level, message, fields) => { if (level !== "debug") console.log(level, message, fields); },
  });
  return stack;
}

function bridge(stack: SipStack, caller: InboundCall, agentPort: number): void {
  const agent = stack.invite({ uri: `sip:agent@127.0.0.1:${agentPort}`, from: `<sip:${caller.from.uri.user ?? "x"}@127.0.0.1>`, sdp: caller.sdp ?? "" });
  agent.handle({
    onRinging: () => caller.ring(),
    onAccepted: (sdp) => caller.accept(sdp),
    onFailed: (status, reason) => caller.reject(status, reason),
    onBye: () => void caller.bye(),
  });
  caller.handle({ onCancel: () => agent.cancel(), onBye: () => void agent.bye(), onDead: () => void agent.bye() });
}

/** A UDP port nobody has. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

const firstCpu = 0;
const pin = (cpu: number, command: string, args: string[]): [string, string[]] => ["taskset", ["-c", String(cpu), command, ...args]];

function sipp(cwd: string, args: string[]): ChildProcess {
  const [command, all] = pin(1 - firstCpu, "sipp", ["-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304", ...args]);
  return spawn(command, all, { cwd, stdio: "ignore" });
}

async function bench(scenarios: string, rate: number, seconds: number): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "sip-bench-"));
  const [own, agentPort, callerPort] = [await freePort(), await freePort(), await freePort()];
  const [command, all] = pin(firstCpu, process.execPath, [import.meta.filename, "serve", String(own), String(agentPort)]);
  const server = spawn(command, all, { stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  server.stdout.on("data", (chunk) => { told += String(chunk); });
  await Promise.race([once(server.stdout, "data"), once(server, "exit").then(() => { throw new Error("the B2BUA did not start"); })]);
  const uas = sipp(cwd, ["-sf", join(scenarios, "uas.xml"), "-p", String(agentPort)]);
  const calls = rate * seconds;
  const uac = sipp(cwd, [
    "-sf", join(scenarios, "uac.xml"), "-s", "100", `127.0.0.1:${own}`, "-p", String(callerPort), "-r", String(rate), "-m", String(calls),
    "-l", String(rate * 10), "-d", "0", "-trace_stat", "-fd", "1", "-stf", "uac.csv", "-timeout", `${seconds + 30}s`,
  ]);
  const startMs = performance.now();
  const [code] = (await once(uac, "exit")) as [number | null];
  const elapsedS = (performance.now() - startMs) / 1000;
  uas.kill("SIGKILL");
  server.kill("SIGINT");
  await once(server, "exit");
  console.log(told.trim());
  console.log({ asked: calls, ratePerS: rate, elapsedS, exit: code, ...summary(readFileSync(join(cwd, "uac.csv"), "latin1")) });
  rmSync(cwd, { recursive: true });
}

/** The columns of SIPp's last line that matter. */
function summary(csv: string): Record<string, string> {
  const lines = csv.trim().split("\n");
  const names = lines[0]!.split(";");
  const values = lines.at(-1)!.split(";");
  const pick = (name: string): string => values[names.indexOf(name)] ?? "";
  return { successful: pick("SuccessfulCall(C)"), failed: pick("FailedCall(C)"), callsPerS: pick("CallRate(C)"), retransmissions: pick("Retransmissions(C)"), setUp: pick("ResponseTime1(C)") };
}

const [first = "", second, third] = process.argv.slice(2);
if (first === "serve") {
  const stack = await serve(Number(second), Number(third));
  console.log("ready");
  process.on("SIGINT", () => {
    const { user, system } = process.cpuUsage();
    const rss = Math.round(process.memoryUsage().rss / 1e6);
    console.log({ cpuS: (user + system) / 1e6, rssMb: rss, live: stack.liveDialogs(), counters: stack.counters });
    process.exit(0);
  });
} else await bench(first, Number(second ?? 1000), Number(third ?? 10));
