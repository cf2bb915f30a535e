import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

/** A shell that runs a script as npm does, and does not pass on what it is told; `exec` would leave no parent to end. */
function start(script: string) {
  const shell = spawn("sh", ["-c", '"$0" --input-type=module -e "$1"; true', process.execPath, script], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  return { shell, line: async (): Promise<string> => String((await lines.next()).value) };
}

test.each(["SIGTERM", "SIGKILL"] as const)("a server whose npm start was ended by %s stops as if it had been told itself", async (signal) => {
  const { shell, line } = start(`
    import { watchParent } from "./parent.ts";
    process.on("SIGTERM", () => { console.log("letting live calls finish"); process.exit(0); });
    watchParent(process.ppid, () => process.kill(process.pid, "SIGTERM"), 20);
    setInterval(() => undefined, 1_000);
    console.log("up");
  `);
  expect(await line()).toBe("up");
  shell.kill(signal);
  expect(await line()).toBe("letting live calls finish");
});
