import { afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import { audioSdp, overTcp, type Wire } from "../tools/wire.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
let patient: Wire;
let sentAt: number;
const forgetful = "a-call-without-ack";
let forgetfulNumber: string;

beforeAll(async () => {
  office = await openOffice();
  // The caller who never acknowledges is given up after half a minute (64·T1): begun first, looked at last.
  patient = await office.wire();
  forgetfulNumber = office.number();
  sentAt = performance.now();
  patient.send(patient.request({ to: "200", callId: forgetful, from: forgetfulNumber, sdp: audioSdp() }));
});

const settled = (): Promise<void> => eventually(async () => {
  const live = await office.rows<{ fromNumber: string }>("select from_number from interactions where state not in ('ended', 'wrap_up')");
  expect(live.filter(({ fromNumber }) => fromNumber !== forgetfulNumber)).toEqual([]);
});
afterEach(settled);

test("caller-hangs-up-in-queue-becomes-callback: the ticket has the number and a time", async () => {
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  const { id } = await office.call(from, { state: "waiting", queueId: "shop.shop-orders" });
  await call.hangUp();
  await office.call(from, { state: "ended", outcome: "abandoned" });
  const ticket = await office.callback(id);
  expect(ticket).toMatchObject({ status: "open", contactPhone: from, cause: "abandoned", queueId: "shop.shop-orders" });
  expect(ticket.number).toMatch(/^SHP-\d{3}-\d{3}-\d{3}-\d$/);
  const minutes = (ticket.dueAt!.getTime() - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(13);
  expect(minutes).toBeLessThanOrEqual(15);
  expect(await office.offers(id)).toEqual([]);
});

test("caller-cancels-before-anyone-is-ready-487: a ringing line is left, a callback stays", async () => {
  const { from, call } = await office.caller("300");
  await call.waitFor("ringing");
  const { id } = await office.call(from, { state: "waiting" });
  call.cancel();
  expect(await call.waitFor("failed")).toMatchObject({ status: 487 });
  await office.call(from, { state: "ended", outcome: "abandoned" });
  expect((await office.callback(id)).contactPhone).toBe(from);
});

test("anonymous-caller-leaves-no-callback: nobody could be called back", async () => {
  const before = await office.rows("select 1 from tickets");
  const call = await (await office.phone()).call("200", { from: "anonymous" });
  await call.waitFor("answered");
  await office.call("anonymous", { state: "waiting" });
  await call.hangUp();
  await office.call("anonymous", { state: "ended", outcome: "abandoned" });
  expect(await office.rows("select 1 from tickets")).toHaveLength(before.length);
});

test("number-known-to-another-project-opens-no-card: whoever says to be calling from it", async () => {
  const [client] = await office.rows<{ id: string; e164: string; projects: string[] }>("select c.id, c.projects, p.e164 from clients c join client_phones p on p.client_id = c.id where c.projects = '{taxi}' and c.archived_at is null and not exists (select 1 from interactions i where i.from_number = p.e164) order by p.e164 limit 1");
  const call = await (await office.phone()).call("200", { from: client!.e164 });
  await call.waitFor("answered");
  await office.call(client!.e164, { state: "waiting", clientId: null });
  await call.hangUp();
  await office.call(client!.e164, { state: "ended", clientId: null });
  expect(await office.rows("select projects from clients where id = $1", [client!.id])).toEqual([{ projects: client!.projects }]);
});

test("unknown-number-404: a number nobody has", async () => {
  const { from, call } = await office.caller("999999");
  expect(await call.waitFor("failed")).toMatchObject({ status: 404 });
  expect(await office.callsFrom(from)).toEqual([]);
});

test("no-sdp-488: an INVITE that offers nothing", async () => {
  const wire = await office.wire();
  const from = office.number();
  wire.send(wire.request({ callId: "no-sdp", from }));
  expect((await wire.answer("no-sdp")).status).toBe(488);
  expect(await office.callsFrom(from)).toEqual([]);
  wire.close();
});

test("video-only-sdp-488: nothing we could hear", async () => {
  const from = office.number();
  const call = await (await office.phone()).call("200", { from, sdp: audioSdp().replace("m=audio 40000 RTP/AVP 8 101", "m=video 40000 RTP/AVP 96").replace(/a=rtpmap.*\r\n/g, "") });
  expect(await call.waitFor("failed")).toMatchObject({ status: 488 });
  expect(await office.callsFrom(from)).toEqual([]);
});

test("unknown-codec-488: an audio we cannot carry", async () => {
  const from = office.number();
  const call = await (await office.phone()).call("200", { from, sdp: audioSdp().replace("RTP/AVP 8 101", "RTP/AVP 97").replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:97 iLBC/8000") });
  expect(await call.waitFor("failed")).toMatchObject({ status: 488 });
  expect(await office.callsFrom(from)).toEqual([]);
});

test("retransmitted-invite-makes-one-call: five times the same INVITE", async () => {
  const wire = await office.wire();
  const from = office.number();
  const ids = { callId: "five-times", fromTag: "me", branch: "z9hG4bKfive" };
  const invite = wire.request({ to: "200", from, ...ids, sdp: audioSdp() });
  for (let i = 0; i < 5; i += 1) wire.send(invite);
  const answer = await wire.answer("five-times", 200);
  wire.send(wire.request({ method: "ACK", from, ...ids, branch: "z9hG4bKack", toTag: answer.to.tag!, cseq: "1 ACK" }));
  await office.call(from, { state: "waiting" });
  expect(new Set(wire.answers("five-times").filter(({ status }) => status === 200).map((each) => each.to.tag)).size).toBe(1);
  wire.send(wire.request({ method: "BYE", from, ...ids, branch: "z9hG4bKbye", toTag: answer.to.tag!, cseq: "2 BYE" }));
  await wire.until((message): message is typeof answer => message.kind === "response" && message.get("cseq") === "2 BYE", "answer to BYE");
  const call = await office.call(from, { state: "ended", outcome: "abandoned" });
  expect(await office.tickets(call.id)).toHaveLength(1);
  wire.close();
});

test("same-call-by-two-paths-482: a merged request makes one call", async () => {
  const wire = await office.wire();
  const from = office.number();
  const same = { to: "300", from, callId: "two-paths", fromTag: "me", sdp: audioSdp() };
  wire.send(wire.request({ ...same, branch: "z9hG4bKfirst" }));
  await wire.answer("two-paths", 180);
  wire.send(wire.request({ ...same, branch: "z9hG4bKsecond" }));
  expect((await wire.answer("two-paths")).status).toBe(482);
  wire.send(wire.request({ method: "CANCEL", to: "300", from, callId: "two-paths", fromTag: "me", branch: "z9hG4bKfirst", cseq: "1 CANCEL" }));
  await wire.answer("two-paths", 487);
  await office.call(from, { state: "ended", outcome: "abandoned" });
  wire.close();
});

test("tcp-caller-hangs-up-in-queue-becomes-callback: the same over a stream", async () => {
  const from = office.number();
  const phone = await office.phone({ proto: "tcp" });
  const call = await phone.call("200", { from });
  await call.waitFor("answered");
  const { id } = await office.call(from, { state: "waiting" });
  await call.hangUp();
  await office.call(from, { state: "ended", outcome: "abandoned" });
  await office.callback(id);
});

test("bye-with-wrong-tag-481: and the call lives on", async () => {
  const wire = await office.wire();
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  await office.call(from, { state: "waiting" });
  const callId = call.line.id.split(";")[0]!;
  wire.send(wire.request({ method: "BYE", callId, from, fromTag: "a-stranger", toTag: "nobody", cseq: "9 BYE" }));
  expect((await wire.answer(callId)).status).toBe(481);
  await wire.echoed();
  await office.call(from, { state: "waiting" });
  await call.hangUp();
  wire.close();
});

test("options-answers-200: with what we can do", async () => {
  const wire = await office.wire();
  wire.send(wire.request({ method: "OPTIONS", callId: "what-can-you" }));
  const answer = await wire.answer("what-can-you");
  expect(answer.status).toBe(200);
  expect(answer.get("allow")).toContain("INVITE");
  expect(answer.get("accept")).toBe("application/sdp");
  wire.close();
});

test("options-over-tcp-in-pieces-200: two requests in odd pieces are two answers", async () => {
  const wire = await office.wire();
  const one = (id: string) => wire.request({ method: "OPTIONS", callId: id, rows: { Via: `SIP/2.0/TCP 127.0.0.1:${wire.port};branch=z9hG4bK${id}` } });
  const text = await overTcp(office.sip, `\r\n\r\n${one("pieceone")}${one("piecetwo")}`, (text) => text.split("SIP/2.0 200").length === 3);
  expect(text).toContain("pieceone");
  expect(text).toContain("piecetwo");
  wire.close();
});

test("extension-required-420: what nobody understands is named", async () => {
  const wire = await office.wire();
  const from = office.number();
  wire.send(wire.request({ callId: "needs-magic", from, sdp: audioSdp(), rows: { Require: "magic" } }));
  const answer = await wire.answer("needs-magic");
  expect(answer.status).toBe(420);
  expect(answer.get("unsupported")).toBe("magic");
  expect(await office.callsFrom(from)).toEqual([]);
  wire.close();
});

test("lost-ack-retransmits-200-then-bye: nobody was rung for it, and nothing is promised to its number", async () => {
  const ok = await patient.answer(forgetful, 200);
  const bye = await patient.asked("BYE", 45_000);
  expect((performance.now() - sentAt) / 1_000).toBeGreaterThan(28);
  expect(bye.get("call-id")).toBe(forgetful);
  expect(patient.answers(forgetful).filter((answer) => answer.status === 200).length).toBeGreaterThan(8);
  patient.respond(bye, 200);
  expect(ok.to.tag).toBe(bye.from.tag);
  const call = await office.call(forgetfulNumber, { state: "ended", outcome: "left", queueId: null, callbackId: null });
  expect(await office.tickets(call.id)).toEqual([]);
  patient.close();
  await office.tidy();
});
