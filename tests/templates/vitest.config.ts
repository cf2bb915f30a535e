import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "../..");

/** Tests beside the code that read or work with every template and kind of text there is, or take as many random events as the quick ones cannot (`*.whole.test.ts`): too long for `npm run check`. */
export default defineConfig({
  test: { name: "templates", root, include: ["{apps/server,packages/*}/src/**/*.whole.test.ts"], globalSetup: ["apps/server/src/testing/postgres.setup.ts"], maxWorkers: 2, isolate: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
