import { afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
beforeAll(async () => { office = await openOffice({ SIP_DIGEST: "SHA-256,MD5" }); });
afterEach(async () => { await office.tidy(); await office.rows("delete from sip_registrations"); });

const password = "a-password-of-the-test";
const registered = () => office.rows<{ sipUser: string; contact: string; expiresAt: Date }>("select * from sip_registrations order by contact");

test("register-and-unregister: the address is kept for the time agreed, then forgotten", async () => {
  const phone = await office.phone({ user: "205", password });
  expect(await phone.register(120)).toBe(200);
  const [row] = await registered();
  expect(row).toMatchObject({ sipUser: "205", contact: phone.contact });
  const seconds = (row!.expiresAt.getTime() - Date.now()) / 1_000;
  expect(seconds).toBeGreaterThan(110);
  expect(seconds).toBeLessThanOrEqual(120);
  expect(await phone.unregister()).toBe(200);
  expect(await registered()).toEqual([]);
});

test("register-again-refreshes: one row, a later end", async () => {
  const phone = await office.phone({ user: "205", password });
  await phone.register(100);
  await phone.register(1_000);
  const rows = await registered();
  expect(rows).toHaveLength(1);
  expect(rows[0]!.expiresAt.getTime() - Date.now()).toBeGreaterThan(900_000);
});

test("register-wrong-password-401: and nothing is kept", async () => {
  const phone = await office.phone({ user: "205", password: "not-the-password" });
  expect(await phone.register()).toBe(401);
  expect(await registered()).toEqual([]);
});

test("register-without-credentials-401: challenged by SHA-256 first, then by MD5, as the setting says (RFC 8760)", async () => {
  const wire = await office.wire();
  wire.send(wire.request({ method: "REGISTER", callId: "who-am-i", to: "205", from: "205" }));
  const answer = await wire.answer("who-am-i");
  expect(answer.status).toBe(401);
  expect(answer.rows("www-authenticate").map((row) => /^Digest .*nonce=".*algorithm=([\w-]+)/.exec(row)?.[1])).toEqual(["SHA-256", "MD5"]);
  wire.close();
});

test("register-unknown-user-401: told apart from a wrong password by nothing", async () => {
  const phone = await office.phone({ user: "777", password });
  expect(await phone.register()).toBe(401);
});

test("register-with-nul-400: refused before anything is looked up, in the user's name as in the address", async () => {
  const wire = await office.wire();
  const digest = (user: string): string => `Digest username="${user}", realm="linija", nonce="n", uri="sip:127.0.0.1", response="0", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c"`;
  for (const [callId, rows] of [["nul-user", { Authorization: digest("20\u00005") }], ["nul-contact", { Contact: "<sip:205\u0000@127.0.0.1>" }]] as const) {
    wire.send(wire.request({ method: "REGISTER", callId, to: "205", from: "205", rows }));
    expect((await wire.answer(callId)).status).toBe(400);
  }
  wire.close();
});

test("register-for-another-403: a phone speaks for itself only", async () => {
  const phone = await office.phone();
  const response = await phone.stack.request({
    method: "REGISTER", uri: `sip:${office.sip.host}:${office.sip.port}`, from: "<sip:206@x.example>", to: "<sip:206@x.example>", destination: phone.server,
    headers: { Contact: `<${phone.contact}>` }, credentials: { username: "205", password },
  });
  expect(response.status).toBe(403);
  expect(await registered()).toEqual([]);
});

test("register-too-short-423: with the least time we take", async () => {
  const phone = await office.phone({ user: "205", password });
  const response = await phone.stack.request({
    method: "REGISTER", uri: `sip:${office.sip.host}:${office.sip.port}`, from: "<sip:205@x.example>", to: "<sip:205@x.example>", destination: phone.server,
    headers: { Contact: `<${phone.contact}>`, Expires: "5" }, credentials: { username: "205", password },
  });
  expect(response.status).toBe(423);
  expect(response.get("min-expires")).toBe("60");
});

test("register-star-forgets-all: every address of the user", async () => {
  const first = await office.phone({ user: "205", password });
  const second = await office.phone({ user: "205", password });
  await first.register();
  await second.register();
  expect(await registered()).toHaveLength(2);
  await second.stack.request({
    method: "REGISTER", uri: `sip:${office.sip.host}:${office.sip.port}`, from: "<sip:205@x.example>", to: "<sip:205@x.example>", destination: second.server,
    headers: { Contact: "*", Expires: "0" }, credentials: { username: "205", password },
  });
  expect(await registered()).toEqual([]);
});

const asks = async (headers: Record<string, string>) => {
  const phone = await office.phone({ user: "205", password });
  return phone.stack.request({ method: "REGISTER", uri: `sip:${office.sip.host}:${office.sip.port}`, from: "<sip:205@x.example>", to: "<sip:205@x.example>", destination: phone.server, headers, credentials: { username: "205", password } });
};

test("register-star-with-a-time-400: forgetting all is asked for alone and with Expires 0 (RFC 3261 §10.3)", async () => {
  const phone = await office.phone({ user: "205", password });
  await phone.register();
  const broken: Record<string, string>[] = [{ Contact: "*", Expires: "3600" }, { Contact: "*" }, { Contact: "*, <sip:205@127.0.0.1:5099>", Expires: "0" }];
  for (const headers of broken) expect((await asks(headers)).status).toBe(400);
  expect(await registered()).toHaveLength(1);
});

test("register-unreadable-time-3600: an hour, as RFC 3261 §10.2.1.1 says", async () => {
  expect((await asks({ Contact: "<sip:205@127.0.0.1:5099>;expires=abc", Expires: "soon" })).status).toBe(200);
  const seconds = ((await registered())[0]!.expiresAt.getTime() - Date.now()) / 1_000;
  expect(seconds).toBeGreaterThan(3_500);
  expect(seconds).toBeLessThanOrEqual(3_600);
});

test("register-what-cannot-be-called-400: only SIP addresses are kept", async () => {
  expect((await asks({ Contact: "<http://127.0.0.1/>" })).status).toBe(400);
  expect((await asks({ Contact: "<tel:+38640111222>, <sip:205@127.0.0.1:5099>" })).status).toBe(200);
  expect((await registered()).map(({ contact }) => contact)).toEqual(["sip:205@127.0.0.1:5099"]);
});

test("register-many-keeps-five: the last ones; more at once are refused", async () => {
  const contact = (n: number): string => `<sip:205@127.0.0.1:${5_100 + n}>`;
  expect((await asks({ Contact: [0, 1, 2, 3, 4, 5].map(contact).join(", ") })).status).toBe(400);
  for (let n = 0; n < 7; n += 1) expect((await asks({ Contact: contact(n), Expires: String(600 + n) })).status).toBe(200);
  expect((await registered()).map((row) => row.contact)).toEqual([2, 3, 4, 5, 6].map((n) => `sip:205@127.0.0.1:${5_100 + n}`));
});

test("phone-moved-rings-at-its-new-address: the last registration is called", async () => {
  const old = await office.operator("timur.akhmetov");
  const moved = await office.phone({ user: "207", password, behaves: "answers" });
  await moved.register(600);
  await old.ready();
  const { from, call } = await office.caller("300");
  await moved.next();
  await call.waitFor("answered");
  expect(old.phone.calls).toEqual([]);
  await call.hangUp();
  await eventually(() => office.call(from, { state: "wrap_up" }));
});
