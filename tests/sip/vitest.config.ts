import { defineConfig } from "vitest/config";

/** Wire scenarios against the whole server, one file after another: each starts a node of its own. */
export default defineConfig({
  test: { name: "sip", root: import.meta.dirname, include: ["*.test.ts"], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
