import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { answer, offer } from "../test/network.ts";
import { challenge, createDigestRealm, createStack, digestHa1, parseAuthorization, parseMessage, StreamFramer, verifyDigest, defaultLimits } from "./index.ts";
import type { InboundCall, Proto, SipAddress, SipRequest, SipResponse, SipStack, StackOptions } from "./index.ts";

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function stackOn(protos: Proto[], options: Partial<StackOptions> = {}): Promise<SipStack> {
  const stack = await createStack({
    listen: protos.map((proto) => ({ proto, host: "127.0.0.1", port: 0 })), userAgent: "Linija test", onInvite: (call) => call.reject(480), ...options,
  });
  open.push({ close: () => stack.close(0) });
  return stack;
}

const uriOf = ({ host, port, proto }: SipAddress): string => `sip:100@${host}:${port};transport=${proto}`;

/** A raw TCP peer: what it received so far as whole messages. */
async function tcpPeer(to: SipAddress): Promise<{ socket: Socket; next(): Promise<SipResponse>; closed: Promise<unknown> }> {
  const socket = connect(to.port, to.host);
  open.push({ close: () => void socket.destroy() });
  const framer = new StreamFramer(defaultLimits);
  const queue: SipResponse[] = [];
  const waiting: ((message: SipResponse) => void)[] = [];
  socket.on("data", (chunk) => {
    for (const data of framer.push(chunk).messages) {
      const message = parseMessage(data) as SipResponse;
      const taker = waiting.shift();
      if (taker) taker(message);
      else queue.push(message);
    }
  });
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await once(socket, "connect");
  const next = (): Promise<SipResponse> => {
    const ready = queue.shift();
    return ready ? Promise.resolve(ready) : new Promise((resolve) => { waiting.push(resolve); });
  };
  return { socket, next, closed };
}

const options = (branch: string, extra = ""): string =>
  `OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK${branch};rport\r\nFrom: <sip:t@t>;tag=t\r\nTo: <sip:x@x>\r\nCall-ID: ${branch}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n`;

test.each(["udp", "tcp"] as const)("two stacks hold a call over %s: ring, answer, INFO, re-INVITE both ways, BYE", async (proto) => {
  const told: string[] = [];
  let taken: InboundCall | undefined;
  const called = await stackOn([proto], {
    onInvite: (call) => {
      taken = call;
      call.handle({
        onAck: () => told.push("ack"), onInfo: (_type, body) => told.push(body), onBye: (reason) => told.push(`bye ${reason}`),
        onReinvite: (sdp, reply) => reply.accept(sdp ?? offer),
      });
      call.ring(answer);
      call.accept(answer);
    },
  });
  const calling = await stackOn([proto]);
  const call = calling.invite({ uri: uriOf(called.addresses[0]!), from: '"Ана" <sip:ana@127.0.0.1>', sdp: offer });
  await new Promise<void>((resolve, reject) => {
    call.handle({
      onRinging: (status, sdp) => told.push(`${status} ${sdp === answer}`), onAccepted: () => resolve(), onFailed: (status) => reject(new Error(String(status))),
      onReinvite: (_sdp, reply) => reply.reject(488, "Not now"),
    });
  });
  expect(taken!.from.display).toBe("Ана");
  expect(await call.info("application/dtmf-relay", "Signal=1\r\n")).toBe(200);
  expect(await call.reinvite(answer)).toMatchObject({ isAccepted: true, sdp: answer });
  expect(await taken!.reinvite(offer)).toEqual({ isAccepted: false, status: 488, reason: "Not now", sdp: null });
  await call.bye({ Reason: "SIP;cause=200" });
  expect(told).toEqual(["183 true", "ack", "Signal=1\r\n", "ack", "bye SIP;cause=200"]);
  expect([called.liveDialogs(), calling.liveDialogs()]).toEqual([0, 0]);
});

test("a registration is challenged and accepted, over UDP and TCP alike", async () => {
  const realm = createDigestRealm({ realm: "line" });
  const registrar = await stackOn(["udp", "tcp"], {
    onRegister: ({ request, respond }) => {
      const authorization = parseAuthorization(request.get("authorization"));
      const verdict = authorization && verifyDigest(realm, { method: "REGISTER", authorization, ha1: digestHa1(authorization.algorithm, "ana", "line", "pw") });
      if (verdict === "ok") respond(200, "OK", { Contact: `${request.get("contact")};expires=60` });
      else respond(401, "Unauthorized", { "WWW-Authenticate": challenge(realm)[0]! });
    },
  });
  const phone = await stackOn(["udp", "tcp"]);
  for (const address of registrar.addresses) {
    const ask = (password: string): Promise<SipResponse> => phone.request({
      method: "REGISTER", uri: `sip:127.0.0.1:${address.port};transport=${address.proto}`, to: "<sip:ana@line>", headers: { Expires: "60" }, credentials: { username: "ana", password },
    });
    expect(await ask("pw")).toMatchObject({ status: 200 });
    expect(await ask("no")).toMatchObject({ status: 401 });
  }
});

test("OPTIONS over UDP is answered to the port it came from, with received and rport (RFC 3581)", async () => {
  const stack = await stackOn(["udp"]);
  const socket = createSocket("udp4");
  open.push({ close: () => void socket.close() });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.send(options("u").replace("TCP 127.0.0.1:9", "UDP pbx.invalid:9"), stack.addresses[0]!.port, "127.0.0.1");
  const [data] = (await once(socket, "message")) as [Buffer];
  const response = parseMessage(data) as SipResponse;
  expect(response.status).toBe(200);
  expect(response.get("server")).toBe("Linija test");
  expect(response.via.params.get("received")).toBe("127.0.0.1");
  expect(response.via.params.get("rport")).toBe(String(socket.address().port));
});

test("a stream that arrives in single bytes, with keep-alives between, is understood", async () => {
  const stack = await stackOn(["tcp"]);
  const peer = await tcpPeer(stack.addresses[0]!);
  peer.socket.setNoDelay(true);
  for (const byte of Buffer.from(`\r\n\r\n${options("s1")}`)) peer.socket.write(Buffer.of(byte));
  expect((await peer.next()).status).toBe(200);
  peer.socket.write(options("s2") + options("s3"));
  expect([(await peer.next()).callId, (await peer.next()).callId]).toEqual(["s2", "s3"]);
  expect(stack.counters["keepalives"]).toBe(1);
});

test("a stream that has lost its frame is told 400 and closed; one that is not SIP is closed", async () => {
  const stack = await stackOn(["tcp"]);
  const broken = await tcpPeer(stack.addresses[0]!);
  broken.socket.write(options("b", "Content-Length: -1\r\n"));
  expect((await broken.next()).status).toBe(400);
  await broken.closed;
  const web = await tcpPeer(stack.addresses[0]!);
  web.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await web.closed;
  const huge = await tcpPeer(stack.addresses[0]!);
  huge.socket.write(options("h").replace("Content-Length: 0", "Content-Length: 99999999"));
  expect((await huge.next()).status).toBe(413);
  const endless = await tcpPeer(stack.addresses[0]!);
  endless.socket.write(`OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKe\r\nX: ${"x".repeat(20_000)}`);
  expect((await endless.next()).status).toBe(513);
});

test("slow senders, too many connections and idle ones are shed", async () => {
  const stack = await stackOn(["tcp"], { tcp: { messageMs: 30, idleMs: 120, connections: 3, perHost: 2 } });
  const slow = await tcpPeer(stack.addresses[0]!);
  slow.socket.write("OPTIONS sip:x");
  await slow.closed;
  expect(stack.counters["slow_peers"]).toBe(1);
  const idle = await tcpPeer(stack.addresses[0]!);
  const second = await tcpPeer(stack.addresses[0]!);
  for (const peer of [idle, second]) {
    peer.socket.write(options("i"));
    await peer.next();
  }
  const third = await tcpPeer(stack.addresses[0]!);
  await third.closed;
  expect(stack.counters["connections_refused"]).toBe(1);
  await Promise.all([idle.closed, second.closed]);
});

test("a connection refused is told at once as 503", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  const stack = await stackOn(["tcp"]);
  expect(await stack.request({ method: "OPTIONS", uri: `sip:127.0.0.1:${port};transport=tcp` })).toMatchObject({ status: 503 });
  const failed = await new Promise((resolve) => {
    stack.invite({ uri: `sip:x@127.0.0.1:${port};transport=tcp`, from: "<sip:a@b>", sdp: offer }).handle({ onFailed: (status) => resolve(status) });
  });
  expect(failed).toBe(503);
});

test("a caller behind TCP that listens nowhere gets BYE over its own connection", async () => {
  let taken: InboundCall | undefined;
  const stack = await stackOn(["tcp"], { onInvite: (call) => { taken = call; call.accept(answer); } });
  const peer = await tcpPeer(stack.addresses[0]!);
  const headers = "Via: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKn\r\nFrom: <sip:n@10.0.0.1>;tag=n\r\nCall-ID: n\r\n";
  peer.socket.write(`INVITE sip:1@x SIP/2.0\r\n${headers}To: <sip:1@x>\r\nCSeq: 1 INVITE\r\nContact: <sip:n@10.0.0.1;transport=tcp>\r\nContent-Length: 0\r\n\r\n`);
  expect((await peer.next()).status).toBe(100);
  const ok = await peer.next();
  peer.socket.write(`ACK sip:1@x SIP/2.0\r\n${headers.replace("bKn", "bKa")}To: ${ok.get("to")}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n${options("after")}`);
  expect((await peer.next()).callId).toBe("after");
  void taken!.bye();
  expect(((await peer.next()) as unknown as SipRequest).method).toBe("BYE");
});

test("an answer whose connection has closed goes to the address in Via over a new one (§18.2.2)", async () => {
  let answerLater: (() => void) | undefined;
  const stack = await stackOn(["tcp"], { onOptions: ({ respond }) => { answerLater = () => respond(200); } });
  const listener = createServer().listen(0, "127.0.0.1");
  open.push({ close: () => void listener.close() });
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const peer = await tcpPeer(stack.addresses[0]!);
  peer.socket.write(options("gone").replace("127.0.0.1:9", `127.0.0.1:${port}`));
  const asked = once(listener, "connection");
  while (!answerLater) await new Promise(setImmediate);
  const answerGone = answerLater;
  peer.socket.destroy();
  await peer.closed;
  while (stack.counters["connections_closed"] !== 1) await new Promise(setImmediate);
  answerGone();
  const [socket] = (await asked) as [Socket];
  const [data] = (await once(socket, "data")) as [Buffer];
  expect(parseMessage(data)).toMatchObject({ kind: "response", status: 200 });
  socket.destroy();
});

test("close refuses new calls, hangs live ones up and frees the port", async () => {
  const called = await stackOn(["udp"], { onInvite: (call) => call.accept(answer) });
  const calling = await stackOn(["udp"]);
  const address = called.addresses[0]!;
  const ended = new Promise<void>((resolve, reject) => {
    const call = calling.invite({ uri: uriOf(address), from: "<sip:a@b>", sdp: offer });
    call.handle({ onAccepted: () => void called.close(2000), onBye: () => resolve(), onFailed: reject });
  });
  await ended;
  open.splice(0);
  await called.close();
  await calling.close(0);
  const again = await createStack({ listen: [{ ...address }], onInvite: () => undefined });
  await again.close(0);
});

test("an address in use is told by name, and nothing stays open", async () => {
  const stack = await stackOn(["udp"]);
  await expect(stackOn(["tcp", "udp"], { listen: [{ proto: "tcp", host: "127.0.0.1", port: 0 }, stack.addresses[0]!] })).rejects.toThrow("EADDRINUSE");
});

const hasSipp = await new Promise<boolean>((resolve) => { execFile("sipp", ["-v"], (_error, stdout) => resolve(stdout.includes("SIPp"))); });

test.skipIf(!hasSipp).each(["u1", "t1"])("fifty calls of SIPp's own caller are answered and ended (%s)", async (transport) => {
  const proto = transport === "u1" ? "udp" : "tcp";
  const stack = await stackOn([proto], { onInvite: (call) => { call.ring(); call.accept(answer); } });
  const cwd = mkdtempSync(join(tmpdir(), "sip-wire-"));
  writeFileSync(join(cwd, "note"), "");
  const failure = await new Promise((resolve) => {
    execFile("sipp", ["-sn", "uac", "-t", transport, `127.0.0.1:${stack.addresses[0]!.port}`, "-i", "127.0.0.1", "-m", "50", "-r", "500", "-d", "0", "-nostdin", "-timeout", "20s"], { cwd }, (error) => resolve(error?.message ?? null));
  });
  rmSync(cwd, { recursive: true });
  expect(failure).toBeNull();
  expect(stack.liveDialogs()).toBe(0);
}, 30_000);

const big = { "X-Note": "n".repeat(1_400) };

test("a request too large for a datagram goes over TCP where the other side listens there, and the call is the same (RFC 3261 §18.1.1)", async () => {
  const port = await portForBoth();
  const sources: string[] = [];
  const ended = Promise.withResolvers<unknown>();
  const called = await createStack({
    listen: [{ proto: "udp", host: "127.0.0.1", port }, { proto: "tcp", host: "127.0.0.1", port }],
    onInvite: (call) => {
      sources.push(call.request.via.transport);
      call.handle({ onBye: (reason) => ended.resolve(reason) });
      call.accept(answer);
    },
  });
  open.push({ close: () => called.close(0) });
  const calling = await stackOn(["udp", "tcp"]);
  for (const headers of [{}, big]) {
    const call = calling.invite({ uri: `sip:100@127.0.0.1:${port}`, from: "<sip:200@127.0.0.1>", sdp: offer, headers });
    await new Promise<void>((resolve) => { call.handle({ onAccepted: () => resolve() }); });
    await call.bye();
  }
  await ended.promise;
  expect(sources).toEqual(["UDP", "TCP"]);
  expect(calling.counters.sent_by_stream).toBe(1);
});

test("where no stream can be had the large request comes as a datagram after all", async () => {
  const heard: string[] = [];
  const called = await stackOn(["udp"], { onRequest: ({ request, respond }) => { heard.push(request.via.transport); respond(200); } });
  const calling = await stackOn(["udp", "tcp"]);
  const { host, port } = called.addresses[0]!;
  const reply = await calling.request({ method: "MESSAGE", uri: `sip:100@${host}:${port}`, headers: big });
  expect([reply.status, heard]).toEqual([200, ["UDP"]]);
});

/** A TCP listener beside a phone that speaks UDP only; what comes in over TCP is treated as told. */
async function oddPhone(meet: (socket: Socket, data: Buffer) => void): Promise<{ port: number; heard: string[]; connections: () => number }> {
  const heard: string[] = [];
  const phone = await stackOn(["udp"], { onRequest: ({ request, respond }) => { heard.push(request.via.transport); respond(200); }, onInvite: (call) => { heard.push("INVITE"); call.handle({ onCancel: () => heard.push("CANCEL") }); call.ring(); } });
  const { port } = phone.addresses[0]!;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined).on("data", (data) => meet(socket, data));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  open.push({ close: () => void server.close() });
  return { port, heard, connections: () => connections };
}

test("a far end that takes the stream and resets it in the middle gets the large request as a datagram, and for a while nothing else", async () => {
  const { port, heard, connections } = await oddPhone((socket) => socket.resetAndDestroy());
  const calling = await stackOn(["udp", "tcp"]);
  const ask = (): Promise<SipResponse> => calling.request({ method: "MESSAGE", uri: `sip:100@127.0.0.1:${port}`, body: "n".repeat(40_000), contentType: "text/plain" });
  expect([(await ask()).status, (await ask()).status, heard, connections()]).toEqual([200, 200, ["UDP", "UDP"], 1]);
  expect(calling.counters).toMatchObject({ sent_by_stream: 1, stream_refused: 1 });
});

test("a far end that takes the stream and says nothing is a timeout after 64·T1, and its late answer over a connection of its own is nobody's", async () => {
  const taken = Promise.withResolvers<Buffer>();
  const { port, heard } = await oddPhone((_socket, data) => taken.resolve(data));
  const calling = await stackOn(["udp", "tcp"], { timers: { t1: 5 } });
  const reply = calling.request({ method: "MESSAGE", uri: `sip:100@127.0.0.1:${port}`, headers: big });
  const asked = parseMessage(await taken.promise) as SipRequest;
  expect([(await reply).status, heard]).toEqual([408, []]);
  const late = await tcpPeer(calling.addresses[1]!);
  late.socket.write(`SIP/2.0 200 OK\r\n${["via", "from", "to", "call-id", "cseq"].map((name) => `${name}: ${asked.get(name)}\r\n`).join("")}Content-Length: 0\r\n\r\n`);
  late.socket.write(options("after"));
  expect((await late.next()).status).toBe(200);
  expect(calling.counters.stray_responses).toBe(1);
});

test("CANCEL follows the INVITE over the stream it went, and goes by datagram where that had to", async () => {
  const port = await portForBoth();
  const heard: string[] = [];
  const called = await createStack({
    listen: [{ proto: "udp", host: "127.0.0.1", port }, { proto: "tcp", host: "127.0.0.1", port }],
    onInvite: (call) => { call.handle({ onCancel: () => heard.push(`cancelled ${call.request.via.transport}`) }); call.ring(); },
  });
  open.push({ close: () => called.close(0) });
  const calling = await stackOn(["udp", "tcp"]);
  const odd = await oddPhone((socket) => socket.destroy());
  const giveUp = async (to: number): Promise<number> => {
    const call = calling.invite({ uri: `sip:100@127.0.0.1:${to}`, from: "<sip:200@127.0.0.1>", sdp: offer, headers: big });
    return new Promise((resolve) => { call.handle({ onRinging: () => call.cancel(), onFailed: resolve }); });
  };
  expect([await giveUp(port), heard]).toEqual([487, ["cancelled TCP"]]);
  expect([await giveUp(odd.port), odd.heard]).toEqual([487, ["INVITE", "CANCEL"]]);
});

test("a call given up while its stream is being refused ends at once and is not tried as a datagram", async () => {
  const heard: string[] = [];
  const phone = await stackOn(["udp"], { onInvite: () => heard.push("INVITE") });
  const calling = await stackOn(["udp", "tcp"]);
  const call = calling.invite({ uri: `sip:100@127.0.0.1:${phone.addresses[0]!.port}`, from: "<sip:200@127.0.0.1>", sdp: offer, headers: big });
  const failed = new Promise((resolve) => { call.handle({ onFailed: resolve }); });
  call.cancel();
  expect([await failed, (await calling.request({ method: "OPTIONS", uri: `sip:x@127.0.0.1:${phone.addresses[0]!.port}` })).status, heard]).toEqual([487, 200, []]);
});

test("a request over a connection that breaks before any answer fails at once, not after half a minute", async () => {
  const { port } = await oddPhone((socket) => socket.resetAndDestroy());
  const calling = await stackOn(["tcp"]);
  const reply = await calling.request({ method: "OPTIONS", uri: `sip:x@127.0.0.1:${port};transport=tcp` });
  expect(reply.status).toBe(503);
});

test("an answer may have several rows of one name, in the order given", async () => {
  const called = await stackOn(["udp"], { onRequest: ({ respond }) => respond(401, undefined, { "WWW-Authenticate": ["Digest realm=\"a\"", "Digest realm=\"b\""] }) });
  const calling = await stackOn(["udp"]);
  const reply = await calling.request({ method: "MESSAGE", uri: uriOf(called.addresses[0]!) });
  expect(reply.list("www-authenticate")).toEqual(["Digest realm=\"a\"", "Digest realm=\"b\""]);
});

/** A port that is free for UDP and TCP alike, as RFC 3261 §18.2.1 wants both on one. */
async function portForBoth(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const socket = createSocket("udp4");
    const isFree = await new Promise<boolean>((resolve) => { socket.once("error", () => resolve(false)); socket.bind(port, "127.0.0.1", () => resolve(true)); });
    if (isFree) await new Promise<void>((resolve) => { socket.close(() => resolve()); });
    await new Promise((resolve) => { server.close(resolve); });
    if (isFree) return port;
  }
}
