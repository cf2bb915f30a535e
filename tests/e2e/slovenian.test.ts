import { afterAll, expect, test } from "vitest";
import type { Floor } from "../../apps/server/src/features/floor/floor.contract.ts";
import { translate } from "../../apps/server/src/platform/messages.ts";
import { Browser, ClientPage, pageHears, pageHearsNo } from "./browser.ts";
import { Desk } from "./desk.ts";
import { clock, mailbox, newNumber, Session, tell, until, type CallView } from "./linija.ts";
import { recordedShares } from "./sound.ts";

const CLIENT_HZ = 600;
const OPERATOR_HZ = 800;
const say = (key: string) => translate("sl", key);

const maja = await Desk.open("maja.novak", "sl", OPERATOR_HZ);
const visitor = await Browser.open({ hz: CLIENT_HZ, language: "sl" });
const client = await ClientPage.open("sl");
const marko = await Session.of("marko.zorman");
afterAll(async () => { await client.close(); await visitor.close(); await maja.leave(); });

test("in Slovenian: a visitor calls from a web page, the client says no and then yes", async () => {
  await maja.goReady();
  const number = newNumber("+38641");

  // The button on the page of the shop, by keyboard alone.
  const page = await visitor.page();
  await page.goto("/call?project=shop&lang=sl");
  await page.getByRole("button", { name: "Pokličite nas" }).press("Enter");
  await page.getByLabel("Vaše ime (neobvezno)").fill("Ana Kranjc");
  await page.getByLabel(/^Vaš telefon/).fill(number);
  const sincePress = clock();
  await page.getByRole("button", { name: "Pokliči", exact: true }).press("Enter");

  // An unknown number: a new card with the number in it, before the answer.
  await maja.offer.waitFor();
  tell("web call: offer on screen after the press", sincePress(), "ms");
  await maja.client.getByRole("heading", { name: maja.t("client.unknownCaller") }).waitFor();
  await maja.client.getByText(number).first().waitFor();
  const sinceAccept = clock();
  await maja.answer();
  await Promise.all([pageHears(maja.page, CLIENT_HZ), pageHears(page, OPERATOR_HZ)]);
  tell("two browsers hear each other after the press", sinceAccept(), "ms");
  await page.getByText("Pogovor poteka").waitFor();
  await page.getByRole("timer").filter({ hasText: /^0:0\d$/ }).waitFor();
  const { call } = await maja.session.line();
  expect(call).toMatchObject({ projectKey: "shop", language: "sl", fromNumber: number });

  // Muted is silence for the operator.
  await page.getByRole("button", { name: "Izklopi moj mikrofon" }).click();
  await pageHearsNo(maja.page, CLIENT_HZ);
  await page.getByRole("button", { name: "Vklopi moj mikrofon" }).click();
  await pageHears(maja.page, CLIENT_HZ);

  await maja.newClient({ familyName: "Kranjc", givenName: "Ana", email: `ana${number.slice(-6)}@example.com` });
  const ticketNumber = await maja.register({ type: "Vprašanje", subject: "Počena skodelica", description: "Skodelica je prispela počena, kaj zdaj." });
  tell("number said to the client", ticketNumber);
  await mailbox.about(ticketNumber, "prejeli smo vaš zahtevek");

  // The visitor hangs up; the operator finishes.
  await page.getByRole("button", { name: "Prekini" }).click();
  await page.getByText("Klic je končan").waitFor();
  await maja.session.lineIn("wrap_up");
  await maja.wrapUp("Zahtevek registriran", "Zamenjava skodelice.");
  const over = await maja.session.ask<CallView>("GET", `/calls/${call!.id}`);
  expect(over).toMatchObject({ state: "ended", outcome: "answered" });
  const recorded = await recordedShares(maja.session, over.recordingId!, { left: CLIENT_HZ, right: OPERATOR_HZ });
  tell("recording of the web call", `left ${recorded.left.toFixed(2)}, right ${recorded.right.toFixed(2)}, crossed ${recorded.crossed.toFixed(2)}`);
  expect([recorded.left > 0.8, recorded.right > 0.8, recorded.crossed < 0.1]).toEqual([true, true, true]);

  // Done; the client says no.
  const ticketId = over.tickets[0]!.id;
  const before = await maja.session.ticket(ticketId);
  await maja.openTicket(ticketId);
  await maja.step("Prevzemi");
  await maja.step("Izvedeno", { "Kaj je bilo narejeno": "Poslali smo novo skodelico." }, { Izid: "Rešeno" });
  const done = await mailbox.about(ticketNumber, "izvedeno");
  const no = /https?:\/\/\S+answer=no\S*/.exec(done.text)![0];
  await client.page.goto(no);
  await client.page.getByLabel(say("portal_reason")).fill("Tudi nova je počena.");
  await client.page.getByRole("button", { name: say("portal_no_button") }).click();
  await client.page.getByText(say("portal_said_no")).waitFor();

  // The same number, sooner, to the same operator; the supervisor is told.
  const again = await maja.session.ticket(ticketId);
  expect(again).toMatchObject({ number: ticketNumber, status: "open", stage: "reopened", reopened: 1, ownerId: maja.session.userId });
  expect(again.priority).toBe(Math.min(3, before.priority + 1));
  await mailbox.about(ticketNumber, "ponovno odprli");
  const alert = await until("the supervisor is told", async () => (await marko.ask<Floor>("GET", "/floor")).alerts.find((each) => each.ticketId === ticketId));
  expect(alert.text).toBe(`${ticketNumber}: stranka sporoča, da zadeva ni rešena`);

  // Done again; now yes.
  await maja.page.reload();
  await maja.step("Prevzemi");
  await maja.step("Izvedeno", { "Kaj je bilo narejeno": "Vrnili smo kupnino." }, { Izid: "Rešeno" });
  const secondDone = await until("the second mail that it is done", () => mailbox.find(({ subject }) => subject.includes(ticketNumber) && subject.includes("izvedeno")).then((mail) => mail?.text.includes("Vrnili smo kupnino") && mail));
  await client.page.goto(/https?:\/\/\S+answer=yes\S*/.exec(secondDone.text)![0]);
  await client.page.getByText("4", { exact: true }).click();
  await client.page.getByRole("button", { name: say("portal_yes_button") }).click();
  await client.page.getByText(say("portal_said_yes")).waitFor();
  expect(await maja.session.ticket(ticketId)).toMatchObject({ status: "closed", closedAs: "confirmed", score: 4, reopened: 1 });
  expect([...maja.browser.failures, ...visitor.failures]).toEqual([]);
});
