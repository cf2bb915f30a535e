import fastify from "fastify";
import { expect, test } from "vitest";
import { closeHttp } from "./http.ts";

test("closing waits for the answer under way and for no connection that a browser keeps", async () => {
  const app = fastify();
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  app.get("/", () => { asked.resolve(); return answer.promise; });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const reply = fetch(`http://127.0.0.1:${(app.server.address() as { port: number }).port}/`);
  await asked.promise;
  const began = performance.now();
  const closed = closeHttp(app as never);
  answer.resolve("the last one");
  expect(await (await reply).text()).toBe("the last one");
  await closed;
  expect(performance.now() - began).toBeLessThan(2_000);
});
