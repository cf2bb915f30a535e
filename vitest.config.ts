import { defineConfig } from "vitest/config";

/** Unit and service tests beside the code. Whole-program tests in `tests/` are run by `tools/test.ts`. */
export default defineConfig({
  test: {
    // Half of the time is spent waiting for real sound, so more files than cores run at once; the default leaves one core idle.
    maxWorkers: 4,
    projects: [
      { test: { name: "packages", include: ["packages/*/{src,test}/**/*.test.ts", "tools/**/*.test.ts"], exclude: ["**/*.whole.test.ts", "**/node_modules/**"], testTimeout: 60_000 } },
      // Files of one worker share what they import, which was half of their time: a test may not leave anything running or changed in a module.
      { test: { name: "server", isolate: false, include: ["apps/server/src/**/*.test.ts"], exclude: ["**/*.whole.test.ts"], globalSetup: ["apps/server/src/testing/postgres.setup.ts"], testTimeout: 20_000, hookTimeout: 30_000 } },
      { test: { name: "desk", include: ["apps/{desk,widget}/src/**/*.test.{ts,tsx}"] } },
    ],
  },
});
