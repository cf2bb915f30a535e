import { defineConfig } from "vitest/config";

/** One installation as several processes on one database. */
export default defineConfig({
  test: { name: "roles", root: import.meta.dirname, include: ["*.test.ts"], fileParallelism: false, testTimeout: 300_000, hookTimeout: 120_000 },
});
