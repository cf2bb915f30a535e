import { defineConfig } from "vitest/config";

/** Processes killed under load. One file after another: each runs an installation of its own. */
export default defineConfig({
  test: { name: "chaos", root: import.meta.dirname, include: ["*.test.ts"], fileParallelism: false, testTimeout: 300_000, hookTimeout: 60_000 },
});
