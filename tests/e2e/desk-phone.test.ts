import { afterAll, expect, test } from "vitest";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Desk } from "./desk.ts";
import { clock, linija, newNumber, tell, type CallView, type ClientView, type Line } from "./linija.ts";
import { hearsMusicWithout, recordedShares } from "./sound.ts";

const CLIENT_HZ = 440;
const OPERATOR_HZ = 700;

const caller = await SipPhone.open({ server: linija.sip, law: 0 });
const deskPhone = await SipPhone.open({ server: linija.sip, user: "204", password: linija.password, proto: "tcp" });
const luka = await Desk.open("luka.kranjc", "sl");
afterAll(async () => { await luka.session.raw("PUT", "/calls/line/device", { device: "browser" }); await luka.leave(); await caller.close(); await deskPhone.close(); });

test("an operator works on a SIP desk phone and the desk controls the call", async () => {
  const wrong = await SipPhone.open({ server: linija.sip, user: "204", password: "not-the-password" });
  expect(await wrong.register()).toBeGreaterThanOrEqual(401);
  await wrong.close();
  expect(await deskPhone.register()).toBe(200);

  // The device is chosen in the menu of the own state.
  await luka.page.getByRole("button", { name: luka.t("state.mine") }).click();
  await luka.page.getByRole("radiogroup", { name: luka.t("device.title") }).getByText(luka.t("device.phone"), { exact: true }).click();
  await luka.page.getByText(luka.t("device.registered")).waitFor();
  await luka.page.getByRole("menuitem", { name: luka.t("state.ready"), exact: true }).click();
  await luka.session.lineIn("ready");

  // A client we know, so nobody asks for the language.
  const number = newNumber("+38640");
  const card = await luka.session.ask<ClientView>("POST", "/clients", { familyName: "Zajc", givenName: "Miha", language: "sl", phones: [number], projects: ["shop"] });
  const call = await caller.call("200", { from: number });
  await call.waitFor("answered");
  call.sing(CLIENT_HZ);
  const rung = await deskPhone.next(20_000);
  await luka.offer.getByText(card.name).waitFor();
  await luka.offer.getByText(luka.t("offer.onPhone")).waitFor();
  const sinceAnswer = clock();
  rung.answer();
  rung.sing(OPERATOR_HZ);
  await Promise.all([call.hears(OPERATOR_HZ), rung.hears(CLIENT_HZ)]);
  tell("desk phone and client hear each other after the answer", sinceAnswer(), "ms");
  const { call: talk } = await luka.session.lineIn("talking");

  // Hold, resume, mute and the end from the desk.
  await luka.live.getByRole("button", { name: luka.t("line.hold") }).click();
  await hearsMusicWithout(call, OPERATOR_HZ);
  await luka.live.getByRole("button", { name: luka.t("line.resume") }).click();
  await Promise.all([call.hears(OPERATOR_HZ), rung.hears(CLIENT_HZ)]);
  // What is said on hold is not recorded, so there must be a second of talk for the recording to be judged by.
  await call.audio.hear(50);
  await luka.hangUp();
  await Promise.all([call.waitFor("ended"), rung.waitFor("ended")]);
  const line: Line = await luka.session.lineIn("wrap_up");
  expect(line.device).toBe("phone");
  await luka.wrapUp("Opravljeno svetovanje", "Povedano, kdaj pride paket.");
  const over = await luka.session.ask<CallView>("GET", `/calls/${talk!.id}`);
  expect(over).toMatchObject({ state: "ended", outcome: "answered", clientId: card.id });
  const recorded = await recordedShares(luka.session, over.recordingId!, { left: CLIENT_HZ, right: OPERATOR_HZ });
  tell("recording of the desk phone's call", `left ${recorded.left.toFixed(2)}, right ${recorded.right.toFixed(2)}, crossed ${recorded.crossed.toFixed(2)}`);
  expect([recorded.left > 0.8, recorded.right > 0.8, recorded.crossed < 0.1]).toEqual([true, true, true]);
  expect(luka.browser.failures).toEqual([]);
});
