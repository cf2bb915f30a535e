import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { envExample } from "../apps/server/src/platform/config.ts";
import { root } from "./steps.ts";

writeFileSync(join(root, ".env.example"), envExample());
