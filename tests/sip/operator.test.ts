import { afterEach, beforeAll, expect, test } from "vitest";
import type { PhoneCall } from "../../apps/server/src/testing/phone.ts";
import { eventually } from "../tools/eventually.ts";
import type { Operator } from "../tools/house.ts";
import { audioSdp, type Wire } from "../tools/wire.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
beforeAll(async () => { office = await openOffice(); });
afterEach(() => office.tidy());

test("caller-cancels-while-ringing: the phone stops, the operator is ready again, a callback stays", async () => {
  const timur = await office.operator("timur.akhmetov");
  await timur.ready();
  const { from, call } = await office.caller("300");
  const ringing = await timur.phone.next();
  await call.waitFor("ringing");
  await timur.state("offered");
  call.cancel();
  expect(await call.waitFor("failed")).toMatchObject({ status: 487 });
  await ringing.waitFor("cancelled");
  const { id } = await office.call(from, { state: "ended", outcome: "abandoned" });
  await timur.state("ready");
  expect(await office.offers(id)).toMatchObject([{ state: "withdrawn", operatorId: timur.userId }]);
  expect((await office.callback(id)).contactPhone).toBe(from);
});

test("operator-phone-answers-and-talks: both hear each other, it is recorded, and wrapped up", async () => {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers" });
  const { id, from, call, theirs } = await office.talk(timur);
  call.sing(440);
  theirs.sing(700);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await timur.state("talking");
  expect(await office.offers(id)).toMatchObject([{ state: "accepted" }]);
  await eventually(async () => expect(await office.rows("select 1 from recordings where interaction_id = $1 and ended_at is null", [id])).toHaveLength(1));
  await call.audio.hear(40);
  await call.hangUp();
  await theirs.waitFor("ended");
  const ended = await office.call(from, { state: "wrap_up", outcome: "answered" });
  expect(await office.offers(ended.id)).toMatchObject([{ state: "done" }]);
  expect(await office.tickets(ended.id)).toEqual([]);
  const [recording] = await office.rows<{ durationMs: number; endedAt: Date | null; bytes: number }>("select * from recordings where id = $1", [ended.recordingId]);
  expect(recording).toMatchObject({ endedAt: expect.any(Date) });
  expect(recording!.durationMs).toBeGreaterThan(600);
  expect(recording!.bytes).toBeGreaterThan(5_000);
  await timur.state("wrap_up");
  await timur.wrapUp();
  await office.call(from, { state: "ended", disposition: "wrong-number" });
  await timur.state("not_ready");
});

test("operator-phone-hangs-up: the caller is told at once", async () => {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers" });
  const { from, call, theirs } = await office.talk(timur);
  await theirs.hangUp();
  expect(await call.waitFor("ended")).toMatchObject({ why: "bye" });
  await office.call(from, { state: "wrap_up", outcome: "answered" });
});

test("desk-hangs-up-ends-both-sides: the button ends phone and caller", async () => {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers" });
  const { id, from, call, theirs } = await office.talk(timur);
  await timur.send("POST", `/api/calls/${id}/hang-up`);
  await Promise.all([call.waitFor("ended"), theirs.waitFor("ended")]);
  await office.call(from, { state: "wrap_up", outcome: "answered" });
});

test("operator-phone-busy-offers-next: the first is not ready, the second talks", async () => {
  const maja = await office.operator("maja.novak", { behaves: "busy" });
  const luka = await office.operator("luka.kranjc", { behaves: "answers" });
  await maja.ready();
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  await maja.phone.next();
  await maja.state("not_ready", { reason: "declined" });
  const { id } = await office.call(from, { state: "waiting" });
  await luka.ready();
  await luka.phone.next();
  await office.call(from, { state: "talking", operatorId: luka.userId });
  expect(await office.offers(id)).toEqual([{ state: "declined", operatorId: maja.userId }, { state: "accepted", operatorId: luka.userId }]);
  await call.hangUp();
});

test("operator-phone-silent-goes-missed: CANCEL to the phone, the caller waits on", async () => {
  const maja = await office.operator("maja.novak", { behaves: "silent" });
  await maja.ready();
  const { from, call } = await office.caller("200");
  const theirs = await maja.phone.next();
  await call.waitFor("answered");
  await theirs.waitFor("cancelled", 9_000);
  await maja.state("not_ready", { reason: "missed" });
  const { id } = await office.call(from, { state: "waiting" });
  expect(await office.offers(id)).toMatchObject([{ state: "missed" }]);
  await call.hangUp();
  await office.call(from, { state: "ended", outcome: "abandoned" });
  await office.callback(id);
});

test("operator-phone-unreachable-is-failed: a port where nobody listens", async () => {
  const maja = await office.operator("maja.novak");
  await maja.phone.close();
  await maja.ready();
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  await maja.state("not_ready");
  const { id } = await office.call(from, { state: "waiting" });
  expect((await office.offers(id)).map(({ state }) => state)).toEqual([expect.stringMatching(/failed|missed/)]);
  await call.hangUp();
});

test("operator-phone-answers-nonsense-488: an answer that is no sound is hung up and the caller waits on", async () => {
  const { wire, invite, from, desk } = await rungByWire("maja.novak", "200");
  wire.respond(invite, 200, { tag: "odd", sdp: audioSdp().replace("m=audio 40000", "m=audio 0") });
  await wire.asked("ACK");
  const bye = await wire.asked("BYE");
  wire.respond(bye, 200);
  await desk.state("not_ready", { reason: "failed" });
  const { id } = await office.call(from, { state: "waiting" });
  expect((await office.offers(id)).map(({ state }) => state)).toEqual(["failed"]);
  wire.close();
});

test("late-200-after-cancel-is-acked-and-byed: nobody talks to a caller who has gone", async () => {
  const { wire, invite, call, from } = await rungByWire("timur.akhmetov", "300");
  call.cancel();
  const cancel = await wire.asked("CANCEL");
  wire.respond(invite, 200, { tag: "late", sdp: audioSdp() });
  wire.respond(cancel, 200, { tag: "late" });
  const ack = await wire.asked("ACK");
  expect(ack.to.tag).toBe("late");
  const bye = await wire.asked("BYE");
  expect(bye.to.tag).toBe("late");
  wire.respond(bye, 200);
  expect(await call.waitFor("failed")).toMatchObject({ status: 487 });
  const { id } = await office.call(from, { state: "ended", outcome: "abandoned", answeredAt: null });
  expect(await office.offers(id)).toMatchObject([{ state: "withdrawn" }]);
  wire.close();
});

test("late-200-after-missed-is-acked-and-byed: the second operator keeps the call", async () => {
  const { wire, invite, call, from, desk } = await rungByWire("maja.novak", "200");
  const cancel = await wire.asked("CANCEL", 9_000);
  await desk.state("not_ready", { reason: "missed" });
  const luka = await office.operator("luka.kranjc", { behaves: "answers" });
  await luka.ready();
  await office.call(from, { state: "talking", operatorId: luka.userId });
  wire.respond(invite, 200, { tag: "too-late", sdp: audioSdp() });
  wire.respond(cancel, 200, { tag: "too-late" });
  expect((await wire.asked("ACK")).to.tag).toBe("too-late");
  wire.respond(await wire.asked("BYE"), 200);
  await office.call(from, { state: "talking", operatorId: luka.userId });
  expect(call.events.filter(({ kind }) => kind === "ended")).toEqual([]);
  await call.hangUp();
  await office.call(from, { state: "wrap_up", outcome: "answered" });
  wire.close();
});

/** An operator whose phone is a bare wire: it has been rung and says 180, no more. */
async function rungByWire(login: string, to: string): Promise<{ wire: Wire; invite: Awaited<ReturnType<Wire["asked"]>>; call: PhoneCall; from: string; desk: Operator }> {
  const wire = await office.wire();
  const desk = await office.operator(login);
  await desk.phone.unregister();
  await office.rows("insert into sip_registrations (sip_user, contact, expires_at) values ($1, $2, now() + interval '5 minutes')", [desk.extension, `sip:wire@127.0.0.1:${wire.port}`]);
  await desk.ready();
  const { from, call } = await office.caller(to);
  const invite = await wire.asked("INVITE");
  wire.respond(invite, 180, { tag: "rings" });
  await desk.state("offered");
  const cleanUp = wire.close.bind(wire);
  wire.close = () => { void office.rows("delete from sip_registrations where sip_user = $1", [desk.extension]).then(cleanUp); };
  return { wire, invite, call, from, desk };
}

test.each([["300", "timur.akhmetov", "CANCEL"], ["200", "maja.novak", "BYE"]])("client-hangs-up-in-the-same-millisecond-as-answer: one outcome, whichever was first (%s, %s, %s)", async (to, login) => {
  const desk = await office.operator(login);
  for (let round = 0; round < 8; round += 1) {
    await desk.ready();
    const { from, call } = await office.caller(to);
    const theirs = await desk.phone.next();
    await call.waitFor(to === "300" ? "ringing" : "answered");
    const inOrder = [() => void call.hangUp(), () => theirs.answer()];
    for (const act of round % 2 ? inOrder : inOrder.toReversed()) act();
    // A cancel that lost against the answer is followed by a BYE, as every phone does.
    void call.waitFor("answered", 2_000).then(() => call.hangUp(), () => undefined);
    await oneOutcome(from, desk);
    await eventually(() => expect(theirs.line.state).toBe("ended"));
  }
});

/** The call has ended in one way, and everything that hangs on it agrees. */
async function oneOutcome(from: string, desk: Operator): Promise<void> {
  const ended = await eventually(async () => {
    const [row] = await office.callsFrom(from);
    expect(["ended", "wrap_up"]).toContain(row?.state);
    return row!;
  });
  expect(["abandoned", "answered"]).toContain(ended.outcome);
  const isAnswered = ended.outcome === "answered";
  expect((await office.offers(ended.id)).map(({ state }) => state)).toEqual([isAnswered ? "done" : "withdrawn"]);
  expect((await office.tickets(ended.id)).length).toBe(isAnswered ? 0 : 1);
  await desk.state(isAnswered ? "wrap_up" : "ready");
  if (isAnswered) await desk.wrapUp();
}

test("two-operators-accept-one-offer: the second is told that it is gone", async () => {
  const maja = await office.desk("maja.novak");
  const luka = await office.desk("luka.kranjc");
  await maja.send("PUT", "/api/calls/line/device", { device: "browser" });
  await maja.ready();
  const { from, call } = await office.caller("200");
  await maja.state("offered");
  const { id } = await office.call(from, { state: "offered" });
  const line = await maja.send("GET", "/api/calls/line");
  const path = `/api/calls/offers/${(line.offer as { id: string }).id}/accept`;
  const replies = await Promise.all([luka.ask("POST", path, { sdp: browserSdp }), maja.ask("POST", path, { sdp: browserSdp }), maja.ask("POST", path, { sdp: browserSdp })]);
  expect(replies[0]!.status).toBeGreaterThanOrEqual(403);
  expect(replies.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
  expect(replies.slice(1).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  await office.call(from, { state: "talking", operatorId: maja.userId });
  expect(await office.offers(id)).toEqual([{ state: "accepted", operatorId: maja.userId }]);
  await call.hangUp();
  await office.call(from, { state: "wrap_up", outcome: "answered" });
});

/** What a browser offers, without the browser: it never connects. */
const browserSdp = [
  "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0 126", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => (i + 16).toString(16).toUpperCase()).join(":")}`, "a=setup:actpass", "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:0 PCMU/8000", "a=rtpmap:126 telephone-event/8000", "",
].join("\r\n");
