import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { startRealtime } from "./realtime.ts";

const database = await testDatabase();
const server = createServer((_request, response) => { response.end("here"); });
const realtime = startRealtime(server, { db: database.db, log: database.ctx().log, rpc: { nodeId: "n", expose: () => undefined, broadcast: () => Promise.resolve() } as never, deskGone: () => undefined, operators: () => Promise.resolve([]) });
await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const { port } = server.address() as AddressInfo;
afterAll(() => { realtime.stop(); server.closeAllConnections(); server.close(); });

const UPGRADE = "GET /api/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: linija_session=abcdefabcdef\r\n\r\n";

test("a desk whose connection is reset while the server asks who it is harms nobody", async () => {
  const closed: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    closed.push(once(socket, "close"));
    await once(socket, "connect");
    socket.write(UPGRADE, () => { socket.resetAndDestroy(); });
  }
  await Promise.all(closed);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
});

test("who has no session is told so and gets no socket", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write(UPGRADE);
  const [answer] = await once(socket, "data") as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
});
