import { afterAll, expect, test } from "vitest";
import { toneAt } from "@linija/media/testing";
import { SipPhone, type PhoneCall } from "../../apps/server/src/testing/phone.ts";
import { pageHears } from "./browser.ts";
import { Desk } from "./desk.ts";
import { clock, linija, newNumber, tell, type ClientView } from "./linija.ts";

const [CLIENT_HZ, HERE_HZ, THERE_HZ] = [440, 800, 1_200];

const phone = await SipPhone.open({ server: linija.sip });
const here = await Desk.open("timur.akhmetov", "ru", HERE_HZ);
const there = await Desk.open("timur.akhmetov", "ru", THERE_HZ);
afterAll(async () => { await here.leave(); await there.leave(); await phone.close(); });

/** Two seconds in tenths: the fake microphone plays a file again and again and is silent for a moment between. */
async function hearsOnly(call: PhoneCall, hz: number, not: number): Promise<void> {
  const heard: { own: number; other: number }[] = [];
  for (let n = 0; n < 20; n++) {
    const samples = await call.audio.hear(5);
    heard.push({ own: toneAt(samples, hz), other: toneAt(samples, not) });
  }
  expect(heard.filter(({ own }) => own > 0.8).length).toBeGreaterThanOrEqual(16);
  expect(Math.max(...heard.map(({ other }) => other))).toBeLessThan(0.3);
}

const standsAside = (desk: Desk) => desk.region("line.elsewhere").waitFor();

test("one operator at two computers: the desk that answered keeps the sound, also after a reload; the other takes it at a press", async () => {
  const number = newNumber("+79162");
  const card = await here.session.ask<ClientView>("POST", "/clients", { familyName: "Гремин", givenName: "Пётр", phones: [number], projects: ["taxi"] });
  for (const subject of ["Зонт в машине", "Счёт за поездку"]) await here.session.ask("POST", "/tickets", { projectKey: "taxi", type: "question", subject, description: "", clientId: card.id });
  await here.goReady();
  const call = await phone.call("300", { from: number });
  await call.waitFor("answered");
  call.sing(CLIENT_HZ);

  // What they have asked of us is there before the answer, and stays.
  await here.offer.waitFor();
  const tickets = here.client.getByRole("tab", { name: `${here.t("client.tab.tickets")} 2`, selected: true });
  await tickets.waitFor();
  await here.answer();
  await Promise.all([call.hears(HERE_HZ), pageHears(here.page, CLIENT_HZ)]);
  await tickets.waitFor();

  // The other desk knows of the talk and leaves it alone, also when it is opened anew.
  await standsAside(there);
  await there.page.reload();
  await standsAside(there);
  await hearsOnly(call, HERE_HZ, THERE_HZ);

  const sinceReload = clock();
  await here.page.reload();
  await Promise.all([call.hears(HERE_HZ), pageHears(here.page, CLIENT_HZ)]);
  tell("the sound is back after a reload", sinceReload(), "ms");
  expect(sinceReload()).toBeLessThan(5_000);

  const sincePress = clock();
  await there.button("line.takeSound").click();
  await Promise.all([call.hears(THERE_HZ), pageHears(there.page, CLIENT_HZ), standsAside(here)]);
  tell("the sound is at the other desk after the press", sincePress(), "ms");
  await hearsOnly(call, THERE_HZ, HERE_HZ);

  // The computer with the sound is gone.
  await there.page.close();
  await here.page.getByText(here.t("line.elsewhereLost")).waitFor();
  await here.button("line.takeSound").click();
  await Promise.all([call.hears(HERE_HZ), pageHears(here.page, CLIENT_HZ)]);
  await here.hangUp();
  await call.waitFor("ended");
  expect([...here.browser.failures, ...there.browser.failures]).toEqual([]);
});
