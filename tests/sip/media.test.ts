import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { PCMA, PCMU, TestPhone, readWav, toneAt } from "@linija/media/testing";
import type { PhoneCall, PhoneOptions } from "../../apps/server/src/testing/phone.ts";
import { eventually } from "../tools/eventually.ts";
import type { Operator, Talk } from "../tools/house.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
beforeAll(async () => { office = await openOffice(); });
afterEach(() => office.tidy());

interface Heard extends Talk { timur: Operator }

/** A caller and an operator's phone who hear each other: 440 Hz from the caller, 700 Hz from the operator. */
async function talk(caller: Partial<PhoneOptions> = {}, phone: Partial<PhoneOptions> = {}): Promise<Heard> {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers", ...phone });
  const talking = await office.talk(timur, caller);
  const { call, theirs } = talking;
  call.sing(440);
  theirs.sing(700);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  return { ...talking, timur };
}

async function ends({ call, from }: Talk): Promise<void> {
  await call.hangUp();
  await office.call(from, { state: "wrap_up", outcome: "answered" });
}

const lawsHeard = (phone: TestPhone): Set<number> => new Set(phone.heard.slice(-10).map(({ payloadType }) => payloadType));

test("alaw-call-works: PCMA on both sides", async () => {
  const talking = await talk({ law: PCMA }, { law: PCMA });
  expect([lawsHeard(talking.call.audio), lawsHeard(talking.theirs.audio)]).toEqual([new Set([PCMA]), new Set([PCMA])]);
  await ends(talking);
});

test("mulaw-to-alaw-call-transcodes: each side hears its own law", async () => {
  const talking = await talk({ law: PCMU }, { law: PCMA });
  expect([lawsHeard(talking.call.audio), lawsHeard(talking.theirs.audio)]).toEqual([new Set([PCMU]), new Set([PCMA])]);
  await ends(talking);
});

test("tcp-call-works: signalling over TCP, sound as ever", async () => {
  await ends(await talk({ proto: "tcp" }));
});

test("operator-phone-over-tcp-works: registered and rung over TCP", async () => {
  await ends(await talk({}, { proto: "tcp" }));
});

test("caller-behind-nat: a private address in SDP, and both hear each other where the phone really is", async () => {
  const timur = await office.operator("timur.akhmetov", { behaves: "answers" });
  await timur.ready();
  const from = office.number();
  const call = await (await office.phone()).call("300", { from, sdpOver: { address: "10.9.8.7" } });
  await call.waitFor("answered");
  const { id } = await office.call(from, { state: "talking", operatorId: timur.userId });
  const theirs = timur.phone.calls.at(-1)!;
  call.sing(440);
  theirs.sing(700);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await ends({ id, from, call, theirs });
});

test("re-invite-hold-by-caller: silence while held, the same talk afterwards", async () => {
  const talking = await talk();
  const { call, theirs } = talking;
  const held = await call.hold();
  expect(held).toMatchObject({ isAccepted: true });
  expect(held.sdp).toMatch(/a=recvonly/);
  const heardUntilHold = call.audio.heard.length;
  await theirs.audio.hear(10);
  // What was under way when the hold was answered may still arrive; nothing after that.
  expect(call.audio.heard.length - heardUntilHold).toBeLessThan(5);
  const resumed = await call.resume();
  expect(resumed).toMatchObject({ isAccepted: true });
  expect(resumed.sdp).toMatch(/a=sendrecv/);
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await ends(talking);
});

test("re-invite-hold-by-operator-phone: the desk phone's own hold button works", async () => {
  const talking = await talk();
  const { call, theirs } = talking;
  expect(await theirs.hold()).toMatchObject({ isAccepted: true });
  expect(await theirs.resume()).toMatchObject({ isAccepted: true });
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await ends(talking);
});

test("reinvite-codec-change: from A-law to µ-law on another port in the middle of the talk", async () => {
  const talking = await talk({ law: PCMA });
  const { call, theirs } = talking;
  const other = await TestPhone.open(PCMU);
  call.audio.quiet();
  const result = await call.line.reinvite(other.sdp());
  expect(result).toMatchObject({ isAccepted: true });
  other.follow(result.sdp!);
  other.sing(500);
  await theirs.hears(500);
  await eventually(() => expect(lawsHeard(other)).toEqual(new Set([PCMU])));
  await office.call(talking.from, { state: "talking" });
  await ends(talking);
  other.close();
});

test("re-invite-without-common-codec-488: refused, and the talk goes on as it was", async () => {
  const talking = await talk();
  const refused = await talking.call.line.reinvite(talking.call.audio.sdp().replace(/RTP\/AVP 8/, "RTP/AVP 97").replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:97 iLBC/8000"));
  expect(refused).toMatchObject({ isAccepted: false, status: 488 });
  await Promise.all([talking.call.hears(700), talking.theirs.hears(440)]);
  await ends(talking);
});

test("re-invite-crossing-hang-up: one end, whatever the re-INVITE is told", async () => {
  const talking = await talk();
  const { call, theirs, from, id } = talking;
  const [result] = await Promise.all([call.line.reinvite(call.audio.sdp({ direction: "sendonly" })), theirs.hangUp()]);
  expect([200, 481, 487, 408, 500]).toContain(result.status);
  await call.waitFor("ended");
  await office.call(from, { state: "wrap_up", outcome: "answered" });
  expect((await office.offers(id)).map(({ state }) => state)).toEqual(["done"]);
});

test("both-hang-up-at-once: crossing BYEs make one end", async () => {
  const { call, theirs, from, id } = await talk();
  await Promise.all([call.hangUp(), theirs.hangUp()]);
  await office.call(from, { state: "wrap_up", outcome: "answered" });
  expect(await office.rows("select 1 from events where subject_id = $1 and type = 'call.ended'", [id])).toHaveLength(1);
});

test("desk-hold-plays-music: the caller hears music, then the operator again", async () => {
  const talking = await talk();
  const { call, theirs, id, timur } = talking;
  await timur.send("POST", `/api/calls/${id}/hold`, { held: true });
  await eventually(async () => { await expect(call.hears(700, 400)).rejects.toThrow(/heard|not heard/); });
  expect(Math.max(...(await call.audio.hear(50)))).toBeGreaterThan(200);
  await timur.send("POST", `/api/calls/${id}/hold`, { held: false });
  await Promise.all([call.hears(700), theirs.hears(440)]);
  await ends(talking);
});

test("desk-hold-is-not-recorded: what the operator says aside is in no file, what the client says is", async () => {
  const talking = await talk();
  const { call, theirs, id, from, timur } = talking;
  await timur.send("POST", `/api/calls/${id}/hold`, { held: true });
  theirs.sing(1_900);
  call.sing(1_300);
  await call.audio.hear(75);
  theirs.sing(700);
  await timur.send("POST", `/api/calls/${id}/hold`, { held: false });
  await Promise.all([call.hears(700), theirs.hears(1_300)]);
  await ends(talking);
  const { recordingId } = await office.call(from, { state: "wrap_up" });
  const [file] = await office.rows<{ path: string }>("select path from recordings where id = $1", [recordingId]);
  const { channels: [client, operator] } = await readWav(join(office.folder, "data/recordings", file!.path));
  const most = (samples: Int16Array, hz: number): number => {
    const parts = Array.from({ length: Math.floor(samples.length / 800) }, (_, index) => samples.slice(index * 800, index * 800 + 800));
    return Math.max(...parts.map((part) => (Math.max(...part.map(Math.abs)) > 200 ? toneAt(part, hz) : 0)));
  };
  expect(most(operator!, 700)).toBeGreaterThan(0.9);
  expect(most(operator!, 1_900)).toBeLessThan(0.1);
  expect(most(client!, 1_300)).toBeGreaterThan(0.9);
});

test("desk-mute-silences-the-operator: the caller is still heard", async () => {
  const talking = await talk();
  const { call, theirs, id, timur } = talking;
  await timur.send("POST", `/api/calls/${id}/mute`, { muted: true });
  await eventually(async () => { await expect(call.hears(700, 400)).rejects.toThrow(/heard|not heard/); });
  await theirs.hears(440);
  await timur.send("POST", `/api/calls/${id}/mute`, { muted: false });
  await call.hears(700);
  await ends(talking);
});

test("desk-sends-digits-by-rfc4733: the caller's side receives each once", async () => {
  const talking = await talk();
  await talking.timur.send("POST", `/api/calls/${talking.id}/digits`, { digits: "4#" });
  await eventually(() => {
    const events = talking.call.audio.heard.filter(({ payloadType }) => payloadType === 101);
    expect([...new Set(events.map(({ timestamp, payload }) => `${timestamp}:${payload[0]}`))].map((each) => each.split(":")[1])).toEqual(["4", "11"]);
  });
  await ends(talking);
});

async function inMenu(): Promise<{ call: PhoneCall; from: string }> {
  const { from, call } = await office.caller("100");
  await call.waitFor("answered");
  // The menu is being read.
  await call.audio.hear(10);
  return { call, from };
}

test("dtmf-rfc4733-chooses-menu: 2 is connections and tariffs", async () => {
  const { call, from } = await inMenu();
  call.press("2");
  await office.call(from, { state: "waiting", queueId: "internet.internet-sales" });
  await call.hangUp();
});

test("dtmf-without-end-chooses-menu-once: a lossy network loses the end packets", async () => {
  const { call, from } = await inMenu();
  call.audio.press("1", true);
  await office.call(from, { state: "waiting", queueId: "internet.internet-support" });
  await call.hangUp();
  await office.call(from, { state: "ended", outcome: "abandoned" });
});

test("dtmf-by-info-chooses-menu: phones that send INFO are understood", async () => {
  const { call, from } = await inMenu();
  expect(await call.pressByInfo("2")).toBe(200);
  await office.call(from, { state: "waiting", queueId: "internet.internet-sales" });
  await call.hangUp();
});

test("company-number-leads-through-language-and-project: Russian, internet, sales", async () => {
  const { from, call } = await office.caller("1000");
  await call.waitFor("answered");
  await call.audio.hear(10);
  call.press("212");
  await office.call(from, { state: "waiting", queueId: "internet.internet-sales" });
  const [row] = await office.rows<{ language: string }>("select language from interactions where from_number = $1", [from]);
  expect(row!.language).toBe("ru");
  await call.hangUp();
});

test("outside-hours-takes-callback: due when the doors open, and the line says goodbye", async () => {
  const { from, call } = await office.caller("900");
  await call.waitFor("answered");
  await call.audio.hear(10);
  call.press("1");
  await call.waitFor("ended", 20_000);
  const { id } = await office.call(from, { state: "ended", outcome: "callback_taken", projectKey: "night" });
  const ticket = await office.callback(id);
  expect(ticket).toMatchObject({ projectKey: "night", contactPhone: from, cause: "asked" });
  expect(ticket.dueAt!.getTime() - Date.now()).toBeGreaterThan(24 * 3_600_000);
});

test("outside-hours-hangs-up-is-closed-hours-or-left: no ticket for who did not ask", async () => {
  const { from, call } = await office.caller("900");
  await call.waitFor("answered");
  await call.audio.hear(10);
  await call.hangUp();
  const { id } = await office.call(from, { state: "ended" });
  expect(await office.tickets(id)).toEqual([]);
});

test("callback-key-while-waiting-takes-callback: 1 in the queue, and its place is kept as a ticket", async () => {
  const { from, call } = await office.caller("200");
  await call.waitFor("answered");
  await office.call(from, { state: "waiting" });
  await call.audio.hear(5);
  call.press("1");
  // First the key that leaves the queue, then the one that says yes to the offer.
  await call.audio.hear(20);
  call.press("1");
  await call.waitFor("ended", 20_000);
  const { id } = await office.call(from, { state: "ended", outcome: "callback_taken" });
  expect(await office.callback(id)).toMatchObject({ contactPhone: from, cause: "asked" });
});
