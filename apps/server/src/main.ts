import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { Config } from "./platform/config.ts";

/** The only server process. Settings, log, everything wired in `app.ts`, and a graceful end. */
const began = performance.now();
// Compiling the program is half of what a start costs, and who waits for it after a crash is on the telephone.
enableCompileCache();
const [{ startApp }, { startMedia }, { readConfig }, { createLog }, { welcome }] =
  await Promise.all([import("./app.ts"), import("./media.ts"), import("./platform/config.ts"), import("./platform/log.ts"), import("./welcome.ts")]);
const say = (text: string): void => { process.stdout.write(`${text}\n`); };

let config: Config;
try {
  config = readConfig();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
const log = createLog(config.LOG_LEVEL, config.LOG_FILE || join(config.LINIJA_DATA, "linija.log"));
process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
try {
  const stop = await start();
  let stopping = false;
  const end = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    say(`\n${signal}: letting live calls finish (again to stop at once) …`);
    stop().then(() => process.exit(0), () => process.exit(1));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(signal));
} catch (error) {
  process.stderr.write(`Linija did not start: ${error instanceof Error ? error.message : String(error)}\nThe log is ${config.LOG_FILE || join(config.LINIJA_DATA, "linija.log")}\n`);
  process.exit(1);
}

/** A node that only carries voice has no tables, no routes and no demo. */
async function start(): Promise<() => Promise<void>> {
  if (config.LINIJA_ROLES.every((role) => role === "media")) {
    const stop = startMedia(config, log);
    say(`Media listens at ${config.MEDIA_ADDRESS}`);
    return stop;
  }
  const linija = await startApp({ config: config, log, progress: say });
  say(welcome(linija, (performance.now() - began) / 1000));
  return () => linija.stop();
}
