import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const read = (settings: Record<string, string>) => () => readConfig(settings, "/nowhere");

test("does not offer the demo's known password to the network", () => {
  expect(read({ HTTP_HOST: "0.0.0.0" })).toThrow(/LINIJA_DEMO=0/);
  expect(read({ HTTP_HOST: "0.0.0.0", LINIJA_DEMO_PASSWORD: "one of our own" })).not.toThrow();
  expect(read({ HTTP_HOST: "0.0.0.0", LINIJA_DEMO: "0" })).not.toThrow();
  for (const host of ["127.0.0.1", "localhost", "::1"]) expect(read({ HTTP_HOST: host })).not.toThrow();
});

test("names every setting that cannot be used", () => {
  expect(read({ HTTP_PORT: "many", LOG_LEVEL: "loud" })).toThrow(/HTTP_PORT[\s\S]*LOG_LEVEL|LOG_LEVEL[\s\S]*HTTP_PORT/);
});
