import { expect, test } from "vitest";
import { createHttp } from "../../platform/http.ts";
import { createLog } from "../../platform/log.ts";
import { openPublicCalls } from "./calls.web.page.ts";

test("a path that is no address is not found like any other, and harms nobody", async () => {
  const app = await createHttp({ log: createLog("silent", ""), trustProxy: false, contextOf: () => Promise.resolve({ actor: { kind: "client" } } as never) });
  openPublicCalls(app);
  for (const url of ["//", "///", "//[", "/api/public/calls?x=//"]) expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 404]);
});
