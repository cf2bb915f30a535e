import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));
export type Settings = Record<string, string>;

/** A server process as a machine runs it: started with settings, killed without warning. */
export class ServerProcess {
  readonly #settings: Settings;
  #child: ChildProcess | null = null;
  #said = "";

  constructor(settings: Settings) { this.#settings = settings; }

  get pid(): number { return this.#child!.pid!; }
  /** Where it said it can be reached; a server that was started again may be elsewhere. */
  get url(): string { return /Desk\s+(http:\/\/\S+?)\/\s/.exec(this.#said)![1]!; }
  get sip(): { host: string; port: number } {
    const [, host, port] = /trunks: ([\d.]+):(\d+)/.exec(this.#said)!;
    return { host: host!, port: Number(port) };
  }

  /** Resolves once it has said that it is ready. */
  start(ready: RegExp = /is ready after/): Promise<void> {
    const env = { PATH: process.env.PATH, ...this.#settings };
    const child = spawn(process.execPath, [main], { env, cwd: this.#settings.LINIJA_DATA && dirname(this.#settings.LINIJA_DATA), stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    // A test that was itself cut short leaves no server behind.
    const reap = (): void => { child.kill("SIGKILL"); };
    process.once("exit", reap);
    child.once("exit", () => process.off("exit", reap));
    this.#said = "";
    return new Promise((resolve, reject) => {
      const hear = (chunk: Buffer): void => { this.#said += chunk.toString(); if (ready.test(this.#said)) resolve(); };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code, signal) => reject(new Error(`the server ended with ${code ?? signal}: ${this.#said}`)));
    });
  }

  /** Sends a signal and resolves when the process is gone. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    child.kill(signal);
    // One that is paused would never hear of it.
    child.kill("SIGCONT");
    return gone;
  }

  kill(): Promise<number | null> { return this.end("SIGKILL"); }

  /** Neither dead nor answering, until it is let go on. */
  pause(): void { this.#child!.kill("SIGSTOP"); }
  resume(): void { this.#child!.kill("SIGCONT"); }
}

/** Processes that a process has started and that still live, with their command lines. */
export function childrenOf(pid: number): { pid: number; command: string }[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return ids.map((id) => ({ pid: id, command: readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ") }));
}
