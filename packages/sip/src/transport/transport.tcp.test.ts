import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createStack, type SipStack, type StackOptions, type TcpLimits } from "../index.ts";

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function stackWith(tcp: Partial<TcpLimits>, clock: Partial<StackOptions> = {}): Promise<SipStack> {
  const stack = await createStack({ listen: [{ proto: "tcp", host: "127.0.0.1", port: 0 }], onInvite: (call) => call.reject(480), tcp, ...clock });
  open.push({ close: () => stack.close(0) });
  return stack;
}

/** A raw connection from this address of the machine. */
async function peer(stack: SipStack, localAddress = "127.0.0.1"): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect({ port: stack.addresses[0]!.port, host: "127.0.0.1", localAddress });
  socket.on("error", () => undefined);
  open.push({ close: () => void socket.destroy() });
  const closed = new Promise<void>((resolve) => { socket.once("close", () => resolve()); });
  await once(socket, "connect");
  return { socket, closed };
}

/** What comes back for one OPTIONS, or "closed". */
async function asks({ socket, closed }: { socket: Socket; closed: Promise<unknown> }): Promise<string> {
  socket.write("OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo;rport\r\nFrom: <sip:t@t>;tag=t\r\nTo: <sip:x@x>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
  const heard = once(socket, "data").then(([data]) => String(data).slice(0, 11));
  return Promise.race([heard, closed.then(() => "closed")]);
}

test("who has sent no whole message ten seconds after connecting is closed, keep-alives and half a message or not; who has sent one stays", async () => {
  let nowMs = 0;
  let wakes: (() => void)[] = [];
  const setTimer = (wake: () => void): (() => void) => {
    wakes.push(wake);
    return () => { wakes = wakes.filter((each) => each !== wake); };
  };
  const goTo = (ms: number): void => {
    nowMs = ms;
    for (const wake of wakes.splice(0)) wake();
  };
  const stack = await stackWith({}, { now: () => nowMs, setTimer });
  const speaking = await peer(stack);
  expect(await asks(speaking)).toBe("SIP/2.0 200");
  const silent = await peer(stack);
  const pinging = await peer(stack);
  pinging.socket.write("\r\n\r\n");
  await once(pinging.socket, "data");
  const dripping = await peer(stack);
  dripping.socket.write("OPTIONS sip:x");
  await expect.poll(() => stack.counters["connections_accepted"]).toBe(4);
  goTo(9_900);
  expect(stack.counters["silent_peers"]).toBeUndefined();
  goTo(10_020);
  await Promise.all([silent.closed, pinging.closed, dripping.closed]);
  expect(stack.counters["silent_peers"]).toBe(3);
  expect(await asks(speaking)).toBe("SIP/2.0 200");
});

test("200 silent connections do not shut an address out: the oldest of them gives way, who has spoken does not", async () => {
  const stack = await stackWith({});
  const speaking = await peer(stack);
  expect(await asks(speaking)).toBe("SIP/2.0 200");
  const silent = await Promise.all(Array.from({ length: 199 }, () => peer(stack)));
  const gone: unknown[] = [];
  for (const each of silent) void each.closed.then(() => gone.push(each));
  const first = await peer(stack);
  expect(await asks(first)).toBe("SIP/2.0 200");
  expect(await asks(await peer(stack))).toBe("SIP/2.0 200");
  await expect.poll(() => gone).toHaveLength(2);
  expect([await asks(speaking), await asks(first)]).toEqual(["SIP/2.0 200", "SIP/2.0 200"]);
});

test("at an address's limit only its own silent connections give way, at the limit of all anybody's", async () => {
  const stack = await stackWith({ perHost: 2, connections: 3 });
  const other = await peer(stack, "127.0.0.2");
  const spoken = [await peer(stack), await peer(stack)];
  for (const each of spoken) expect(await asks(each)).toBe("SIP/2.0 200");
  await (await peer(stack)).closed;
  expect(stack.counters["connections_refused"]).toBe(1);
  expect(await asks(await peer(stack, "127.0.0.3"))).toBe("SIP/2.0 200");
  await other.closed;
  await (await peer(stack, "127.0.0.4")).closed;
  expect(stack.counters["connections_refused"]).toBe(2);
});
