import { startApp } from "./app.ts";
import { readConfig } from "./platform/config.ts";
import { createLog } from "./platform/log.ts";
import { join } from "node:path";
import { welcome } from "./welcome.ts";

/** The only server process. Settings, log, everything wired in `app.ts`, and a graceful end. */
const began = performance.now();
const say = (text: string): void => { process.stdout.write(`${text}\n`); };

let config;
try {
  config = readConfig();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
const log = createLog(config.LOG_LEVEL, config.LOG_FILE || join(config.LINIJA_DATA, "linija.log"));
try {
  const linija = await startApp({ config, log, progress: say });
  say(welcome(linija, (performance.now() - began) / 1000));
  let stopping = false;
  const end = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    say(`\n${signal}: letting live calls finish (again to stop at once) …`);
    linija.stop().then(() => process.exit(0), () => process.exit(1));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(signal));
} catch (error) {
  process.stderr.write(`Linija did not start: ${error instanceof Error ? error.message : String(error)}\nThe log is ${config.LOG_FILE || join(config.LINIJA_DATA, "linija.log")}\n`);
  process.exit(1);
}
process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
