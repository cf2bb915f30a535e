import { expect, test } from "vitest";
import { answer, insideLines, inviteLines, Network, offer, type Peer } from "../../test/network.ts";
import type { InboundCall } from "./call.inbound.ts";
import type { Stack } from "../stack.ts";
import type { StackOptions } from "../stack.types.ts";

interface Scene { network: Network; stack: Stack; caller: Peer; to: Stack["addresses"][0]; calls: InboundCall[]; told: string[] }

/** A stack at 192.0.2.1 that notes what it is told, and a caller at 192.0.2.9. */
function scene(options: Partial<StackOptions> = {}): Scene {
  const network = new Network();
  const calls: InboundCall[] = [];
  const told: string[] = [];
  const stack = network.stack("192.0.2.1", {
    random: () => 0.5,
    onInvite: (call) => {
      calls.push(call);
      call.handle({
        onCancel: () => told.push("cancel"), onAck: (sdp) => told.push(`ack ${sdp === null ? "" : "sdp"}`.trim()), onBye: (reason) => told.push(`bye ${reason}`),
        onInfo: (type, body) => told.push(`info ${type} ${body}`), onDead: (reason) => told.push(`dead ${reason}`),
      });
    },
    ...options,
  });
  return { network, stack, caller: network.peer("192.0.2.9"), to: stack.addresses[0]!, calls, told };
}

/** A call that is answered and acknowledged. */
function established(options: Partial<StackOptions> = {}): Scene & { call: InboundCall } {
  const s = scene(options);
  s.caller.send(s.to, inviteLines(s.caller, s.to), offer);
  const call = s.calls[0]!;
  call.accept(answer);
  s.network.clock.advance(5);
  s.caller.send(s.to, insideLines(s.caller, s.caller.response(200), "ACK 1"));
  expect(call.state).toBe("confirmed");
  return { ...s, call };
}

test("a call rings, is answered, and is ended by the caller", () => {
  const { caller, to, calls, told, network, stack } = scene();
  caller.send(to, inviteLines(caller, to, { extra: ["Record-Route: <sip:p1.example.org;lr>, <sip:p2.example.org;lr>"] }), offer);
  const call = calls[0]!;
  expect(call).toMatchObject({ state: "incoming", sdp: offer, from: { display: "Ana" }, source: caller.address });
  call.ring();
  call.ring(answer);
  call.accept(answer, { "X-Queue": "support" });
  network.clock.advance(5);
  expect(caller.log).toEqual(["100 INVITE", "180 INVITE", "183 INVITE", "200 INVITE"]);
  const ok = caller.response(200);
  expect(ok.list("record-route")).toEqual(["<sip:p1.example.org;lr>", "<sip:p2.example.org;lr>"]);
  expect([ok.text, ok.get("x-queue"), caller.response(183).text]).toEqual([answer, "support", answer]);
  expect(new Set([180, 183, 200].map((status) => caller.response(status).to.tag)).size).toBe(1);
  caller.send(to, insideLines(caller, ok, "ACK 1"));
  caller.send(to, insideLines(caller, ok, "BYE 2", ["Reason: Q.850;cause=16"]));
  expect(caller.last).toMatchObject({ status: 200 });
  expect(told).toEqual(["ack", "bye Q.850;cause=16"]);
  expect([call.state, stack.liveDialogs()]).toEqual(["ended", 0]);
});

test("a 200 is repeated from T1 doubling to T2 until the ACK, and a lost ACK ends in BYE", () => {
  const { caller, to, calls, told, network } = scene();
  caller.send(to, inviteLines(caller, to), offer);
  calls[0]!.accept(answer);
  const start = network.clock.nowMs;
  const at: number[] = [];
  for (let heard = 1; network.clock.nowMs - start < 31_000; network.clock.advance(10)) {
    if (caller.log.filter((line) => line === "200 INVITE").length > heard) {
      heard++;
      at.push(Math.round((network.clock.nowMs - start) / 100) / 10);
    }
  }
  expect(at).toEqual([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5]);
  network.clock.advance(1500);
  expect(caller.log.at(-1)).toBe("BYE");
  expect(told).toEqual(["dead ack_timeout"]);
});

test("the answer to a delayed offer comes in the ACK", () => {
  const { caller, to, calls, told, network } = scene();
  caller.send(to, inviteLines(caller, to));
  expect(calls[0]!.sdp).toBeNull();
  calls[0]!.accept(offer);
  network.clock.advance(5);
  caller.send(to, insideLines(caller, caller.response(200), "ACK 1"), answer);
  expect(told).toEqual(["ack sdp"]);
});

test("CANCEL before the answer is 487, and the ACK to it ends the repeats", () => {
  const { caller, to, calls, told, network, stack } = scene();
  const invite = inviteLines(caller, to);
  caller.send(to, invite, offer);
  calls[0]!.ring();
  caller.send(to, ["CANCEL" + invite[0]!.slice(6), ...invite.slice(1, 6), "CSeq: 1 CANCEL"]);
  expect(caller.log).toEqual(["100 INVITE", "180 INVITE", "200 CANCEL", "487 INVITE"]);
  expect(caller.response(200, "CANCEL").to.tag).toBe(caller.response(487).to.tag);
  expect(told).toEqual(["cancel"]);
  caller.send(to, ["ACK" + invite[0]!.slice(6), invite[1]!, ...invite.slice(2, 4), `To: ${caller.response(487).get("to")}`, invite[5]!, "CSeq: 1 ACK"]);
  network.clock.advance(60_000);
  expect(caller.log.filter((line) => line === "487 INVITE")).toHaveLength(1);
  expect([stack.liveDialogs(), stack.endpoint.size]).toEqual([0, 0]);
});

test("a CANCEL that crosses the 200 changes nothing; the call stands until BYE", () => {
  const { caller, to, calls, told, network } = scene();
  const invite = inviteLines(caller, to);
  caller.send(to, invite, offer);
  calls[0]!.accept(answer);
  caller.send(to, ["CANCEL" + invite[0]!.slice(6), ...invite.slice(1, 6), "CSeq: 1 CANCEL"]);
  expect(caller.log).toEqual(["100 INVITE", "200 INVITE", "200 CANCEL"]);
  expect([calls[0]!.state, told]).toEqual(["accepted", []]);
  caller.send(to, insideLines(caller, caller.response(200), "ACK 1"));
  expect(calls[0]!.state).toBe("confirmed");
  network.clock.advance(60_000);
});

test("a CANCEL of nothing is 481", () => {
  const { caller, to } = scene();
  const invite = inviteLines(caller, to);
  caller.send(to, ["CANCEL" + invite[0]!.slice(6), ...invite.slice(1, 6), "CSeq: 1 CANCEL"]);
  expect(caller.log).toEqual(["481 CANCEL"]);
});

test("our BYE waits for the ACK of our 200", async () => {
  const { caller, to, calls, network } = scene();
  caller.send(to, inviteLines(caller, to), offer);
  calls[0]!.accept(answer);
  const done = calls[0]!.bye();
  network.clock.advance(5);
  expect(caller.log).not.toContain("BYE");
  caller.send(to, insideLines(caller, caller.response(200), "ACK 1"));
  expect(caller.log.at(-1)).toBe("BYE");
  caller.answer(to, caller.request("BYE"), "200 OK");
  await done;
});

test("crossing BYEs both get their 200", async () => {
  const { caller, to, call, stack } = established();
  const done = call.bye();
  caller.send(to, insideLines(caller, caller.response(200), "BYE 2"));
  expect(caller.response(200, "BYE")).toBeDefined();
  caller.answer(to, caller.request("BYE"), "200 OK");
  await done;
  expect(stack.liveDialogs()).toBe(0);
});

test("a repeated INVITE is no second call and gets the last answer again", () => {
  const { caller, to, calls } = scene();
  caller.send(to, inviteLines(caller, to), offer);
  calls[0]!.ring();
  caller.send(to, inviteLines(caller, to), offer);
  expect(calls).toHaveLength(1);
  expect(caller.log).toEqual(["100 INVITE", "180 INVITE", "180 INVITE"]);
});

test("the same INVITE by another path is 482", () => {
  const { caller, to, calls } = scene();
  caller.send(to, inviteLines(caller, to), offer);
  caller.send(to, inviteLines(caller, to, { branch: "z9hG4bKtwo" }), offer);
  expect([calls.length, caller.log.at(-1)]).toEqual([1, "482 INVITE"]);
});

test("requests inside a dialog that is not ours are 481, an old CSeq is 500", () => {
  const { caller, to, call } = established();
  const ok = caller.response(200);
  caller.send(to, insideLines(caller, ok, "INFO 1"));
  expect(caller.last).toMatchObject({ status: 500 });
  caller.send(to, insideLines(caller, ok, "BYE 2").map((line) => (line.startsWith("Call-ID") ? "Call-ID: other" : line)));
  expect(caller.last).toMatchObject({ status: 481 });
  expect(call.state).toBe("confirmed");
});

test("INFO brings its body to the application and OPTIONS in a dialog is answered", () => {
  const { caller, to, told } = established();
  const ok = caller.response(200);
  const body = "Signal=5\r\nDuration=160\r\n";
  caller.send(to, insideLines(caller, ok, "INFO 2", ["Content-Type: application/dtmf-relay"]), body);
  caller.send(to, insideLines(caller, ok, "OPTIONS 3"));
  caller.send(to, insideLines(caller, ok, "REFER 4"));
  expect(caller.log.slice(-3)).toEqual(["200 INFO", "200 OPTIONS", "405 REFER"]);
  expect(told.at(-1)).toBe(`info application/dtmf-relay ${body}`);
});

test("a re-INVITE is answered by the application, repeated until ACK, and moves the target", async () => {
  const { caller, to, call, told, network } = established();
  const ok = caller.response(200);
  call.handle({ ...call.handlers, onReinvite: (sdp, reply) => { told.push(`reinvite ${sdp === offer}`); reply.accept(answer); } });
  const moved = insideLines(caller, ok, "INVITE 2").map((line) => (line.startsWith("Contact") ? "Contact: <sip:ana@192.0.2.10:5070>" : line));
  caller.send(to, moved, offer);
  network.clock.advance(600);
  expect(caller.log.slice(-3)).toEqual(["100 INVITE", "200 INVITE", "200 INVITE"]);
  caller.send(to, insideLines(caller, ok, "ACK 2"));
  expect(told).toEqual(["ack", "reinvite true", "ack"]);
  const elsewhere = network.peer("192.0.2.10", 5070);
  const done = call.bye();
  network.clock.advance(5);
  expect(elsewhere.log).toEqual(["BYE"]);
  elsewhere.answer(to, elsewhere.request("BYE"), "200 OK");
  await done;
});

test("a re-INVITE nobody handles is 488 and the call goes on", () => {
  const { caller, to, call } = established();
  caller.send(to, insideLines(caller, caller.response(200), "INVITE 2"), offer);
  expect([caller.log.at(-1), call.state]).toEqual(["488 INVITE", "confirmed"]);
});

test("glare: their re-INVITE during ours is 491, and ours is tried again within two seconds after their 491", async () => {
  const { caller, to, call, network } = established();
  const result = call.reinvite(offer);
  network.clock.advance(5);
  const ours = caller.request("INVITE");
  caller.send(to, insideLines(caller, caller.response(200), "INVITE 2"), offer);
  expect(caller.log.at(-1)).toBe("491 INVITE");
  caller.answer(to, ours, "491 Request Pending");
  const before = network.clock.nowMs;
  while (caller.request("INVITE") === ours && network.clock.nowMs - before < 5000) network.clock.advance(10);
  // The caller owns the Call-ID, so we wait 0 to 2 s (§14.1); the random number here is 0.5.
  expect(network.clock.nowMs - before).toBeGreaterThanOrEqual(1000);
  expect(network.clock.nowMs - before).toBeLessThanOrEqual(1030);
  caller.answer(to, caller.request("INVITE"), "200 OK", { body: answer, extra: [`Contact: <sip:ana@192.0.2.9>`] });
  expect(await result).toEqual({ isAccepted: true, status: 200, reason: "OK", sdp: answer });
  expect(caller.log.at(-1)).toBe("ACK");
});

test("a re-INVITE told 481 ends the call, because the far end has forgotten it", async () => {
  const { caller, to, call, network, told } = established();
  const result = call.reinvite(offer);
  network.clock.advance(5);
  caller.answer(to, caller.request("INVITE"), "481 Call/Transaction Does Not Exist");
  expect((await result).status).toBe(481);
  expect([call.state, told.at(-1)]).toEqual(["ended", "dead timeout"]);
});

test("a re-INVITE the application never answers is 500, and one open at BYE is 487", () => {
  const { caller, to, call, network } = established();
  const ok = caller.response(200);
  call.handle({ onReinvite: () => undefined });
  caller.send(to, insideLines(caller, ok, "INVITE 2"), offer);
  network.clock.advance(32_100);
  expect(caller.log).toContain("500 INVITE");
  caller.send(to, insideLines(caller, ok, "INVITE 3"), offer);
  caller.send(to, insideLines(caller, ok, "BYE 4"));
  expect(caller.log).toContain("487 INVITE");
});

test("ringing is said again each minute, so that proxies do not give up", () => {
  const { caller, to, calls, network } = scene();
  caller.send(to, inviteLines(caller, to), offer);
  calls[0]!.ring();
  network.clock.advance(130_000);
  expect(caller.log.filter((line) => line === "180 INVITE")).toHaveLength(3);
  calls[0]!.reject(486, "Busy here", { "Retry-After": "60" });
  network.clock.advance(5);
  expect(caller.response(486)).toMatchObject({ reason: "Busy here" });
  expect(caller.response(486).get("retry-after")).toBe("60");
});

test("an INVITE that expires is 487 and told as given up", () => {
  const { caller, to, network, told } = scene();
  caller.send(to, inviteLines(caller, to, { extra: ["Expires: 20"] }), offer);
  network.clock.advance(20_100);
  expect([caller.log.at(-1), told]).toEqual(["487 INVITE", ["cancel"]]);
});

test("an application that throws costs the caller a 500 and nobody else anything", () => {
  const { caller, to, stack, calls } = scene({ onInvite: () => { throw new Error("bug"); } });
  caller.send(to, inviteLines(caller, to), offer);
  expect([caller.log.at(-1), stack.counters["handler_errors"], calls.length]).toEqual(["500 INVITE", 1, 0]);
});

test("an overloaded application refuses with 503 and Retry-After before anything is kept", () => {
  const { caller, to, stack, calls } = scene({ admit: () => ({ status: 503, reason: "Draining", retryAfterS: 7 }) });
  caller.send(to, inviteLines(caller, to), offer);
  expect(caller.response(503).get("retry-after")).toBe("7");
  caller.send(to, inviteLines(caller, to), offer);
  expect(new Set(caller.heard.map((message) => message.to.tag)).size).toBe(1);
  expect([calls.length, stack.endpoint.size, stack.counters["refused_503"]]).toEqual([0, 0, 2]);
});

test("a repeat of an INVITE that was refused is refused alike, though it would be admitted now; a new attempt is taken", () => {
  let busy = true;
  const { caller, to, calls, network } = scene({ floodPerS: 2, admit: () => (busy ? { status: 503, reason: "Busy", retryAfterS: 7 } : null) });
  caller.send(to, inviteLines(caller, to), offer);
  busy = false;
  caller.send(to, inviteLines(caller, to), offer);
  expect(caller.log).toEqual(["503 INVITE", "503 INVITE"]);
  expect(caller.last.get("retry-after")).toBe("7");
  caller.send(to, inviteLines(caller, to, { branch: "z9hG4bKtwo", cseq: 2 }), offer);
  expect([caller.log.at(-1), calls.length]).toEqual(["100 INVITE", 1]);
  // One too many in this second, and again in the next.
  const third = inviteLines(caller, to, { branch: "z9hG4bKthree", callId: "call-3" });
  caller.send(to, third, offer);
  network.clock.advance(5_000);
  caller.send(to, third, offer);
  expect([caller.log.slice(-2), calls.length]).toEqual([["503 INVITE", "503 INVITE"], 1]);
  network.clock.advance(32_000);
  caller.send(to, third, offer);
  expect([caller.log.at(-1), calls.length]).toEqual(["100 INVITE", 2]);
});

test("a flood from one address is 503 beyond its rate, and counted", () => {
  const { caller, to, stack, network } = scene({ floodPerS: 3 });
  for (let i = 0; i < 10; i++) caller.send(to, inviteLines(caller, to, { branch: `z9hG4bKf${i}`, callId: `f${i}` }), offer);
  expect(stack.counters["flooded"]).toBe(7);
  network.clock.advance(1000);
  caller.send(to, inviteLines(caller, to, { branch: "z9hG4bKlater", callId: "later" }), offer);
  expect(caller.log.at(-1)).toBe("100 INVITE");
});

test("no hops left is 483, an unknown method 501, a known one 405 with Allow", () => {
  const { caller, to } = scene();
  caller.send(to, inviteLines(caller, to).map((line) => (line.startsWith("Max") ? "Max-Forwards: 0" : line)), offer);
  expect(caller.log.at(-1)).toBe("483 INVITE");
  for (const [method, status] of [["JUMP", 501], ["SUBSCRIBE", 405], ["BYE", 481]] as const) {
    caller.send(to, inviteLines(caller, to, { branch: `z9hG4bK${method}` }).map((line) => line.replace("INVITE", method)));
    expect(caller.last).toMatchObject({ status });
    if (status !== 481) expect(caller.last.get("allow")).toContain("INVITE");
  }
});

test("a re-INVITE of ours waits for theirs to be settled and acknowledged, then goes at once", async () => {
  const { caller, to, call, network } = established();
  const ok = caller.response(200);
  call.handle({ onReinvite: (sdp, reply) => { if (sdp) reply.accept(answer); } });
  caller.send(to, insideLines(caller, ok, "INVITE 2"), offer);
  const result = call.reinvite(offer);
  network.clock.advance(5);
  expect(caller.log).not.toContain("INVITE");
  caller.send(to, insideLines(caller, ok, "ACK 2"));
  caller.answer(to, caller.request("INVITE"), "488 Not Acceptable Here");
  expect(await result).toMatchObject({ isAccepted: false, status: 488 });
});

test("ping ends a call the far end has forgotten, or that has no far end any more", async () => {
  for (const isGone of [true, false]) {
    const { caller, to, call, network, told } = established();
    const asked = call.ping();
    network.clock.advance(5);
    if (isGone) network.clock.advance(32_100);
    else caller.answer(to, caller.request("OPTIONS"), "481 Call/Transaction Does Not Exist");
    expect([await asked, call.state, told.at(-1)]).toEqual([isGone ? 408 : 481, "ended", "dead timeout"]);
  }
});

test("a re-INVITE that requires the unknown is 420, one with another body 415, and the call goes on", () => {
  const { caller, to, call } = established();
  const ok = caller.response(200);
  caller.send(to, insideLines(caller, ok, "INVITE 2", ["Require: 100rel, timer"]), offer);
  expect(caller.response(420).get("unsupported")).toBe("100rel, timer");
  caller.send(to, insideLines(caller, ok, "INVITE 3", ["Content-Type: text/plain"]), "hello");
  expect([caller.log.at(-1), call.state]).toEqual(["415 INVITE", "confirmed"]);
});

test("a flood of OPTIONS is answered and leaves nothing in memory", () => {
  const { caller, to, stack } = scene();
  for (let i = 0; i < 100; i++) caller.send(to, inviteLines(caller, to, { branch: `z9hG4bKo${i}` }).map((line) => line.replace("INVITE", "OPTIONS")));
  expect([caller.log.filter((line) => line === "200 OPTIONS").length, stack.endpoint.size]).toEqual([100, 0]);
});
