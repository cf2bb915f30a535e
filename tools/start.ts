import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBrowserParts } from "./build.ts";

/** `npm start`: builds the browser parts when their sources changed, then runs the server in this very process. */
const root = fileURLToPath(new URL("..", import.meta.url));
// Stripping types and compiling is half of a start; what did not change is kept. The variable tells the media processes.
process.env.NODE_COMPILE_CACHE ??= join(root, ".cache/node");
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await buildBrowserParts(root, (text) => console.log(text));
await import("../apps/server/src/main.ts");
