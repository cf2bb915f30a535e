import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBrowserParts } from "./build.ts";
import { watchParent } from "./parent.ts";

/** `npm start`: builds the browser parts when their sources changed, then runs the server in this very process. */
const parent = process.ppid;
const root = fileURLToPath(new URL("..", import.meta.url));
// Stripping types and compiling is half of a start; what did not change is kept. The variable tells the media processes.
process.env.NODE_COMPILE_CACHE ??= join(root, ".cache/node");
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await buildBrowserParts(root, (text) => console.log(text));
await import("../apps/server/src/main.ts");
if (process.env.npm_lifecycle_event) {
  // Under npm the end of `npm start` reaches only the shell between us. Whoever starts this file themselves ends it themselves.
  let isTold = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => { isTold = true; });
  // Ctrl+C ends npm too; a second signal would not let live calls finish.
  watchParent(parent, () => { if (!isTold) process.kill(process.pid, "SIGTERM"); });
}
