import { defineConfig } from "vitest/config";

/** Stories a client would tell, against the whole program and real peers; one server for all, one story after another. */
export default defineConfig({
  test: {
    name: "e2e", root: import.meta.dirname, include: ["*.test.ts"], globalSetup: ["linija.setup.ts"],
    fileParallelism: false, testTimeout: 120_000, hookTimeout: 60_000, disableConsoleIntercept: true,
  },
});
