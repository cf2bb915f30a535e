import { fileURLToPath } from "node:url";
import { buildBrowserParts } from "./build.ts";

/** `npm start`: builds the browser parts when their sources changed, then runs the server in this very process. */
await buildBrowserParts(fileURLToPath(new URL("..", import.meta.url)), (text) => console.log(text));
await import("../apps/server/src/main.ts");
