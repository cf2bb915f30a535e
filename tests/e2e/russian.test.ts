import { afterAll, expect, test } from "vitest";
import { translate } from "../../apps/server/src/platform/messages.ts";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { ClientPage, pageHears } from "./browser.ts";
import { Desk } from "./desk.ts";
import { clock, linija, mailbox, newNumber, tell, type CallView, type ClientView } from "./linija.ts";
import { hearsMusicWithout, hearsOut, hearsSound, recordedShares } from "./sound.ts";

const CLIENT_HZ = 440;
const OPERATOR_HZ = 800;
const say = (key: string) => translate("ru", key);

const phone = await SipPhone.open({ server: linija.sip });
const anna = await Desk.open("anna.sokolova", "ru", OPERATOR_HZ);
const client = await ClientPage.open("ru");
afterAll(async () => { await client.close(); await anna.leave(); await phone.close(); });

test("in Russian: a client calls, an operator answers, the request is registered and followed to the client's yes", async () => {
  const number = newNumber("+79161");
  const card = await anna.session.ask<ClientView>("POST", "/clients", { familyName: "Ларина", givenName: "Татьяна", phones: [number], emails: [`larina${number.slice(-6)}@example.com`], projects: ["internet"], address: { city: "Ljubljana", street: "Prešernova", house: "1" } });
  await anna.goReady();

  // The call: greeting, language by key, topic by key, queue.
  const sinceInvite = clock();
  const call = await phone.call("100", { from: number });
  await call.waitFor("answered");
  tell("INVITE answered", sinceInvite(), "ms");
  call.sing(CLIENT_HZ);
  await hearsSound(call);
  tell("greeting heard", sinceInvite(), "ms");
  await hearsOut(call, "ru", ["welcome_internet", "may_be_recorded"]);
  call.press("1");
  const sinceLanguage = clock();
  await call.audio.hear(40);
  call.press("1");

  // The offer, with the client's card before the answer.
  await anna.offer.waitFor();
  tell("offer on screen after the language key", sinceLanguage(), "ms");
  await anna.offer.getByText(card.name).waitFor();
  await anna.client.getByRole("heading", { name: card.name }).waitFor();
  expect((await anna.session.line()).state).toBe("offered");
  const sinceAccept = clock();
  await anna.answer();
  await Promise.all([pageHears(anna.page, CLIENT_HZ), call.hears(OPERATOR_HZ)]);
  tell("both hear each other after the press", sinceAccept(), "ms");
  const { call: talk } = await anna.session.line();
  const callId = talk!.id;
  expect(talk).toMatchObject({ projectKey: "internet", queueId: "internet.internet-support", language: "ru", clientId: card.id, fromNumber: number });

  // Hold is music for the client, then both again.
  await anna.live.getByRole("button", { name: anna.t("line.hold") }).click();
  await hearsMusicWithout(call, OPERATOR_HZ);
  await anna.live.getByRole("button", { name: anna.t("line.resume") }).click();
  await Promise.all([call.hears(OPERATOR_HZ), pageHears(anna.page, CLIENT_HZ)]);

  // A reload in mid-call.
  const sinceReload = clock();
  await anna.page.reload();
  await Promise.all([pageHears(anna.page, CLIENT_HZ), call.hears(OPERATOR_HZ)]);
  const returnMs = sinceReload();
  tell("both hear each other after a reload", returnMs, "ms");
  expect(returnMs).toBeLessThan(5_000);
  expect(call.events.some((event) => event.kind === "ended")).toBe(false);

  // The request, while they talk.
  const ticketNumber = await anna.register({ type: "Счёт или платёж", subject: "Двойное списание за ноябрь", description: "Списали дважды, просит вернуть." });
  tell("number said to the client", ticketNumber);
  await mailbox.about(ticketNumber, "Ваша заявка принята");

  // The client hangs up; wrap-up asks for what is missing and lets nothing be skipped.
  await call.hangUp();
  await anna.session.lineIn("wrap_up");
  await anna.wrap.getByRole("radio", { name: "Зарегистрирована заявка" }).click();
  await anna.wrap.getByText(anna.t("wrap.needsNotes")).waitFor();
  expect(await anna.wrap.getByRole("button", { name: anna.t("wrap.finish") }).isDisabled()).toBe(true);
  const refused = await anna.session.raw("POST", `/calls/${callId}/wrap-up`, { disposition: "ticket", notes: "" });
  expect([refused.status, ((await refused.json()) as { errors: { field: string }[] }).errors.map((each) => each.field)]).toEqual([422, ["notes"]]);
  await anna.wrapUp("Зарегистрирована заявка", "Двойное списание, заявка передана.");

  // The recording: the client at the left, the operator at the right.
  const over = await anna.session.ask<CallView>("GET", `/calls/${callId}`);
  expect(over).toMatchObject({ state: "ended", outcome: "answered", disposition: "ticket" });
  const recorded = await recordedShares(anna.session, over.recordingId!, { left: CLIENT_HZ, right: OPERATOR_HZ });
  tell("recording", `${recorded.seconds.toFixed(1)} s, left ${CLIENT_HZ} Hz ${recorded.left.toFixed(2)}, right ${OPERATOR_HZ} Hz ${recorded.right.toFixed(2)}, crossed ${recorded.crossed.toFixed(2)}`);
  expect(recorded.left).toBeGreaterThan(0.8);
  expect(recorded.right).toBeGreaterThan(0.8);
  expect(recorded.crossed).toBeLessThan(0.1);

  // The status page by number and last digits, on a browser without script.
  await client.page.goto("/status?lang=ru");
  await client.page.getByLabel(say("portal_number")).fill(ticketNumber);
  await client.page.getByLabel(say("portal_digits")).fill(number.slice(-4));
  await client.page.getByRole("button", { name: say("portal_show") }).click();
  await client.page.getByRole("heading", { name: "Двойное списание за ноябрь" }).waitFor();
  const now = () => client.page.locator("[aria-current=step]").innerText();
  expect(await now()).toBe(say("portal_step_received"));

  // Into work and done, each told to the client.
  const ticketId = over.tickets[0]!.id;
  await anna.openTicket(ticketId);
  await anna.step("Взять в работу");
  await mailbox.about(ticketNumber, "в работе");
  await client.page.reload();
  expect(await now()).toBe(say("portal_step_in_work"));
  await anna.step("Выполнено", { "Что сделано": "Деньги возвращены на счёт." }, { "Итог": "Решено" });
  const done = await mailbox.about(ticketNumber, "выполнено");
  expect(done.text).toContain("Деньги возвращены на счёт.");

  // The client opens the link of the mail and says yes with a score.
  const yes = /https?:\/\/\S+answer=yes\S*/.exec(done.text)?.[0];
  expect(yes, done.text).toBeDefined();
  await client.page.goto(yes!);
  await client.page.getByText("5", { exact: true }).click();
  await client.page.getByRole("button", { name: say("portal_yes_button") }).click();
  await client.page.getByText(say("portal_said_yes")).waitFor();
  expect(await anna.session.ticket(ticketId)).toMatchObject({ status: "closed", closedAs: "confirmed", score: 5 });
  await mailbox.about(ticketNumber, "заявка закрыта");
  expect(anna.browser.failures).toEqual([]);
});
