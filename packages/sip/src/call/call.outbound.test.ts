import { expect, test } from "vitest";
import { answer, Network, offer, type Peer } from "../../test/network.ts";
import type { OutboundCall } from "./call.outbound.ts";
import { challenge, createDigestRealm, parseAuthorization, verifyDigest } from "../digest/digest.server.ts";
import { digestHa1 } from "../digest/digest.ts";
import type { Stack } from "../stack.ts";
import type { InviteOptions } from "../stack.types.ts";

interface Scene { network: Network; stack: Stack; agent: Peer; us: Stack["addresses"][0]; call: OutboundCall; told: string[] }

function scene(options: Partial<InviteOptions> = {}): Scene {
  const network = new Network();
  const stack = network.stack("192.0.2.1", { random: () => 0 });
  const agent = network.peer("192.0.2.5");
  const told: string[] = [];
  const call = stack.invite({ uri: "sip:agent@192.0.2.5", from: '"Line" <sip:line@192.0.2.1>', sdp: offer, ...options });
  call.handle({
    onRinging: (status, sdp) => told.push(`ringing ${status}${sdp === null ? "" : " sdp"}`), onAccepted: (sdp) => told.push(`accepted ${sdp === answer}`),
    onFailed: (status, reason) => told.push(`failed ${status} ${reason}`), onBye: () => told.push("bye"), onDead: (reason) => told.push(`dead ${reason}`),
  });
  network.clock.advance(5);
  return { network, stack, agent, us: stack.addresses[0]!, call, told };
}

const contact = ["Contact: <sip:agent@192.0.2.5:5060>"];

test("a call of ours rings, is answered with early media before, and is ended by us", async () => {
  const { agent, us, call, told, stack } = scene({ headers: { "X-Call": "7", "Max-Forwards": "12" } });
  const invite = agent.request("INVITE");
  expect([invite.get("x-call"), invite.get("max-forwards"), invite.text]).toEqual(["7", "12", offer]);
  agent.answer(us, invite, "100 Trying");
  agent.answer(us, invite, "180 Ringing", { tag: "a", extra: contact });
  agent.answer(us, invite, "183 Session Progress", { tag: "a", extra: contact, body: answer });
  agent.answer(us, invite, "200 OK", { tag: "a", extra: contact, body: answer });
  expect(told).toEqual(["ringing 180", "ringing 183 sdp", "accepted true"]);
  expect([call.state, agent.log]).toEqual(["confirmed", ["INVITE", "ACK"]]);
  const done = call.bye({ Reason: "Q.850;cause=16" });
  agent.answer(us, (await Promise.resolve(), networkStep(agent)), "200 OK");
  await done;
  expect(stack.liveDialogs()).toBe(0);
});

/** The BYE the agent has heard, after letting it arrive. */
function networkStep(agent: Peer): ReturnType<Peer["request"]> {
  agent.send({ host: "192.0.2.250", port: 1, proto: "udp" }, ["OPTIONS sip:x SIP/2.0"]);
  return agent.request("BYE");
}

test("a repeated 200 is acknowledged again and told once", () => {
  const { agent, us, told } = scene();
  const invite = agent.request("INVITE");
  for (let i = 0; i < 3; i++) agent.answer(us, invite, "200 OK", { tag: "a", extra: contact, body: answer });
  expect([agent.log, told]).toEqual([["INVITE", "ACK", "ACK", "ACK"], ["accepted true"]]);
});

test("the first fork to answer wins; a later answer of another fork is acknowledged and hung up", () => {
  const { agent, us, told, call, network } = scene();
  const other = network.peer("192.0.2.6");
  const invite = agent.request("INVITE");
  agent.answer(us, invite, "180 Ringing", { tag: "a", extra: contact });
  agent.answer(us, invite, "180 Ringing", { tag: "b", extra: ["Contact: <sip:b@192.0.2.6>"] });
  agent.answer(us, invite, "200 OK", { tag: "a", extra: contact, body: answer });
  agent.answer(us, invite, "200 OK", { tag: "b", extra: ["Contact: <sip:b@192.0.2.6>"], body: answer });
  expect(told).toEqual(["ringing 180", "ringing 180", "accepted true"]);
  expect([agent.log, other.log, call.state]).toEqual([["INVITE", "ACK"], ["ACK", "BYE"], "confirmed"]);
  expect(other.request("BYE").to.tag).toBe("b");
});

test("a late 200 after our CANCEL is acknowledged, hung up and told as 487", () => {
  const { agent, us, told, call, stack, network } = scene();
  const invite = agent.request("INVITE");
  agent.answer(us, invite, "180 Ringing", { tag: "a", extra: contact });
  call.cancel('SIP;cause=200;text="Call completed elsewhere"');
  network.clock.advance(5);
  expect(agent.request("CANCEL").via.branch).toBe(invite.via.branch);
  expect(agent.request("CANCEL").get("reason")).toContain("elsewhere");
  agent.answer(us, invite, "200 OK", { tag: "a", extra: contact, body: answer });
  agent.answer(us, agent.request("CANCEL"), "200 OK");
  expect(agent.log).toEqual(["INVITE", "CANCEL", "ACK", "BYE"]);
  expect([told, stack.liveDialogs()]).toEqual([["ringing 180", "failed 487 Request Terminated"], 0]);
});

test("CANCEL waits for a sign of life, then the 487 ends the call", () => {
  const { agent, us, told, call, network } = scene();
  call.cancel();
  network.clock.advance(5);
  expect(agent.log).toEqual(["INVITE"]);
  agent.answer(us, agent.request("INVITE"), "100 Trying");
  expect(agent.log).toEqual(["INVITE", "CANCEL"]);
  agent.answer(us, agent.request("CANCEL"), "200 OK");
  agent.answer(us, agent.request("INVITE"), "487 Request Terminated", { tag: "a" });
  expect([agent.log.at(-1), told]).toEqual(["ACK", ["failed 487 Request Terminated"]]);
});

test("a CANCEL that is never followed by a final answer ends the call after 64·T1", () => {
  const { agent, us, told, call, network } = scene();
  agent.answer(us, agent.request("INVITE"), "180 Ringing", { tag: "a", extra: contact });
  call.cancel();
  network.clock.advance(33_000);
  expect(told.at(-1)).toBe("failed 487 Request Terminated");
});

test("silence: the INVITE is repeated at T1, doubling, and fails with 408 after 64·T1", () => {
  const { agent, told, network, stack } = scene();
  network.clock.advance(32_100);
  expect(agent.log).toHaveLength(7);
  expect([told, stack.liveDialogs(), stack.endpoint.size]).toEqual([["failed 408 Request Timeout"], 0, 0]);
});

test("ringing for too long is cancelled and told as 408", () => {
  const { agent, us, told, network } = scene({ ringTimeoutMs: 15_000 });
  agent.answer(us, agent.request("INVITE"), "180 Ringing", { tag: "a", extra: contact });
  network.clock.advance(15_010);
  expect(agent.log.at(-1)).toBe("CANCEL");
  agent.answer(us, agent.request("INVITE"), "487 Request Terminated", { tag: "a" });
  expect(told.at(-1)).toBe("failed 408 Request Timeout");
});

test("a refusal is acknowledged with the same branch and told with its own words", () => {
  const { agent, us, told } = scene();
  const invite = agent.request("INVITE");
  agent.answer(us, invite, "486 Dinner", { tag: "a" });
  agent.answer(us, invite, "486 Dinner", { tag: "a" });
  expect(agent.log).toEqual(["INVITE", "ACK", "ACK"]);
  expect(agent.request("ACK").via.branch).toBe(invite.via.branch);
  expect(agent.request("ACK").to.tag).toBe("a");
  expect(told).toEqual(["failed 486 Dinner"]);
});

test("one challenge is answered with the same Call-ID and the next CSeq, and ACK and BYE carry on", () => {
  const realm = createDigestRealm({ realm: "example.org" });
  const { agent, us, told, call, network } = scene({ credentials: { username: "line", password: "secret" } });
  const first = agent.request("INVITE");
  agent.answer(us, first, "407 Proxy Authentication Required", { tag: "x", extra: challenge(realm).map((value) => `Proxy-Authenticate: ${value}`) });
  const second = agent.request("INVITE");
  expect([second.callId, second.cseq.number, second.from.tag]).toEqual([first.callId, 2, first.from.tag]);
  const authorization = parseAuthorization(second.get("proxy-authorization"))!;
  expect(authorization.algorithm).toBe("SHA-256");
  const ha1 = digestHa1("SHA-256", "line", "example.org", "secret");
  expect(verifyDigest(realm, { method: "INVITE", authorization, ha1 })).toBe("ok");
  agent.answer(us, second, "200 OK", { tag: "a", extra: contact, body: answer });
  expect(agent.request("ACK").cseq.number).toBe(2);
  expect(agent.request("ACK").get("proxy-authorization")).toBeDefined();
  void call.bye();
  network.clock.advance(5);
  expect(agent.request("BYE").cseq.number).toBe(3);
  expect(told).toEqual(["accepted true"]);
});

test("a wrong password is told as 401, not tried for ever", () => {
  const realm = createDigestRealm({ realm: "example.org", algorithms: ["MD5"] });
  const { agent, us, told } = scene({ credentials: { username: "line", password: "wrong" } });
  const refuse = (): void => agent.answer(us, agent.request("INVITE"), "401 Unauthorized", { tag: "x", extra: challenge(realm).map((value) => `WWW-Authenticate: ${value}`) });
  refuse();
  refuse();
  expect(agent.log.filter((line) => line === "INVITE")).toHaveLength(2);
  expect(told).toEqual(["failed 401 Unauthorized"]);
});

test("Record-Route is followed backwards with loose routers", () => {
  const { agent, us, network, call } = scene();
  const proxy = network.peer("192.0.2.7");
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: [...contact, "Record-Route: <sip:192.0.2.8;lr>", "Record-Route: <sip:192.0.2.7;lr>"], body: answer });
  void call.bye();
  network.clock.advance(5);
  expect(proxy.log).toEqual(["ACK", "BYE"]);
  expect(proxy.request("BYE").list("route")).toEqual(["<sip:192.0.2.7;lr>", "<sip:192.0.2.8;lr>"]);
  expect(proxy.request("BYE").uriText).toBe("sip:agent@192.0.2.5:5060");
});

test("a strict router gets its own address as Request-URI, and the target goes to the end of Route", () => {
  const { agent, us, network } = scene();
  const proxy = network.peer("192.0.2.7");
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: [...contact, "Record-Route: <sip:192.0.2.8;lr>", "Record-Route: <sip:192.0.2.7>"], body: answer });
  expect(proxy.request("ACK").uriText).toBe("sip:192.0.2.7");
  expect(proxy.request("ACK").list("route")).toEqual(["<sip:192.0.2.8;lr>", "<sip:agent@192.0.2.5:5060>"]);
});

test("a sticky destination carries the whole call, whatever Contact says", () => {
  const { agent, us, network, call } = scene({ uri: "sip:agent@10.0.0.5", destination: { host: "192.0.2.5", port: 5060, proto: "udp" }, isDestinationSticky: true });
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: ["Contact: <sip:agent@10.0.0.5>"], body: answer });
  void call.bye();
  network.clock.advance(5);
  expect(agent.log).toEqual(["INVITE", "ACK", "BYE"]);
});

test("glare on our side of the Call-ID waits 2.1 to 4 seconds", () => {
  const { agent, us, network, call } = scene();
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: contact, body: answer });
  void call.reinvite(offer);
  network.clock.advance(5);
  agent.answer(us, agent.request("INVITE"), "491 Request Pending");
  network.clock.advance(2050);
  expect(agent.log.filter((line) => line === "INVITE")).toHaveLength(2);
  network.clock.advance(100);
  expect(agent.log.filter((line) => line === "INVITE")).toHaveLength(3);
});

test("what cannot be sent fails with a reason, after the handlers are set", async () => {
  for (const [options, status] of [[{ uri: "tel:+38612345" }, 416], [{ uri: "sip:a@192.0.2.5;transport=tcp" }, 503], [{ uri: "not a uri" }, 400], [{ from: "" }, 400]] as const) {
    const { told, stack } = scene(options);
    await Promise.resolve();
    expect(told[0]).toContain(`failed ${status}`);
    expect(stack.liveDialogs()).toBe(0);
  }
});

test("an answer without SDP is acknowledged, hung up and told as 488", () => {
  const { agent, us, told } = scene();
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: contact });
  expect([agent.log, told]).toEqual([["INVITE", "ACK", "BYE"], ["failed 488 Answer without SDP"]]);
});

test("header values cannot smuggle a header or a second message", () => {
  const { agent } = scene({ headers: { "X-Name": "a\r\nX-Evil: 1\r\n\r\nBYE" }, to: "<sip:agent@192.0.2.5>\r\nX-Worse: 1" });
  const invite = agent.request("INVITE");
  expect([invite.get("x-evil"), invite.get("x-worse")]).toEqual([undefined, undefined]);
});

test("when Contact leads nowhere, requests go where the far end was heard", () => {
  const { agent, us, network, call } = scene();
  agent.answer(us, agent.request("INVITE"), "200 OK", { tag: "a", extra: ["Contact: <tel:+38612345>"], body: answer });
  void call.bye();
  network.clock.advance(5);
  expect(agent.log).toEqual(["INVITE", "ACK", "BYE"]);
});

test("a tag that the application took over from another call is left out", () => {
  const { agent } = scene({ from: '"Ana" <sip:ana@x>;tag=old', to: "<sip:agent@192.0.2.5>;tag=older" });
  const invite = agent.request("INVITE");
  expect([invite.from.tag === "old", invite.from.display, invite.to.tag, invite.get("from")!.split("tag=").length]).toEqual([false, "Ana", null, 2]);
});
