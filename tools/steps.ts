import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name: string): string => join(root, "node_modules/.bin", name);

export interface Outcome { name: string; ok: boolean; output: string; seconds: number; passed: number; failed: number; skipped: number }

/** Runs one command to its end, keeping what it says. */
export function run(name: string, command: string, args: string[], options: { env?: NodeJS.ProcessEnv; live?: boolean } = {}): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(existsSync(bin(command)) ? bin(command) : command, args, { cwd: root, env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const hear = (chunk: Buffer): void => { output += chunk.toString(); if (options.live) process.stdout.write(chunk); };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => resolve(outcome(name, false, `${output}\n${error.message}`, began)));
    child.once("exit", (code) => resolve(outcome(name, code === 0, output, began)));
  });
}

const outcome = (name: string, ok: boolean, output: string, began: number): Outcome => ({ name, ok, output, seconds: (performance.now() - began) / 1000, passed: 0, failed: 0, skipped: 0 });

/** A vitest run with its counts; a run in which no test ran is a failure. */
export async function vitest(name: string, args: string[], options: { live?: boolean } = {}): Promise<Outcome> {
  const file = join(root, `.cache/vitest-${name.replaceAll(/\W+/g, "-")}.json`);
  rmSync(file, { force: true });
  const done = await run(name, "vitest", ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`], options);
  if (!existsSync(file)) return { ...done, ok: false, failed: 1 };
  const report = JSON.parse(readFileSync(file, "utf8")) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numFailedTestSuites: number; success: boolean };
  const failed = report.numFailedTests + (report.numFailedTests === 0 && !report.success ? 1 : 0);
  return { ...done, ok: done.ok && report.success && report.numPassedTests > 0, passed: report.numPassedTests, failed, skipped: report.numPendingTests };
}

export function tell(done: Outcome): void {
  const counts = done.passed + done.failed > 0 ? ` ${done.passed} passed, ${done.failed} failed` : "";
  console.log(`${done.ok ? "ok  " : "FAIL"} ${done.name.padEnd(18)} ${done.seconds.toFixed(1).padStart(6)} s${counts}`);
  if (!done.ok) console.log(done.output.trimEnd());
}
