import { afterAll, expect, test } from "vitest";
import type { Floor } from "../../apps/server/src/features/floor/floor.contract.ts";
import type { TicketRow } from "../../apps/server/src/features/tickets/tickets.contract.ts";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { pageHears } from "./browser.ts";
import { Desk } from "./desk.ts";
import { clock, linija, newNumber, Session, tell, until, type CallView } from "./linija.ts";

const CLIENT_HZ = 500;
const OPERATOR_HZ = 800;

const caller = await SipPhone.open({ server: linija.sip });
/** Where the trunk leads: the client's own phone. */
const home = await SipPhone.open({ server: linija.sip, port: linija.trunkPort });
const igor = await Desk.open("igor.petrov", "ru", OPERATOR_HZ);
const vera = await Session.of("vera.orlova");
afterAll(async () => { await igor.leave(); await caller.close(); await home.close(); });

test("a client who hangs up in the queue is called back with one press, through the trunk", async () => {
  const number = newNumber("+79162");
  const call = await caller.call("300", { from: number });
  await call.waitFor("answered");
  await until("the call waits", async () => (await vera.ask<Floor>("GET", "/floor")).waiting.find((each) => each.fromNumber === number));
  const sinceHangUp = clock();
  await call.hangUp();
  const ticket = await until("the callback ticket", async () => (await igor.session.ask<{ items: TicketRow[] }>("GET", "/tickets?view=callbacks&limit=100")).items.find((each) => each.contactPhone === number));
  tell("callback ticket after the hang-up", sinceHangUp(), "ms");
  expect(ticket).toMatchObject({ projectKey: "taxi", type: "callback", status: "open" });
  const dueInMin = (Date.parse(ticket.dueAt!) - Date.now()) / 60_000;
  tell("due in", dueInMin, "min");
  expect(dueInMin).toBeGreaterThan(0);
  expect(dueInMin).toBeLessThan(60);

  await igor.goReady();

  // The list shows the five that are due first; this one is due last. One press rings the client.
  const all = igor.page.getByRole("button", { name: igor.t("work.showAll").split(":")[0]! });
  const ring = igor.page.getByRole("button", { name: `${igor.t("call.callNow")} ${number}` });
  await all.or(ring).first().waitFor();
  if (!(await ring.isVisible())) await all.click();
  const sincePress = clock();
  await ring.click();
  const rung = await home.next();
  tell("the client's phone rings after the press", sincePress(), "ms");
  expect("uri" in rung.line && rung.line.uri.user).toBe(number);
  rung.answer();
  rung.sing(CLIENT_HZ);
  await Promise.all([rung.hears(OPERATOR_HZ), pageHears(igor.page, CLIENT_HZ)]);
  tell("both hear each other after the press", sincePress(), "ms");
  const { call: talk } = await igor.session.lineIn("talking");
  expect(talk).toMatchObject({ direction: "out", toNumber: number, ticketId: ticket.id, projectKey: "taxi" });

  // The operator ends it; the client's phone hears of it; wrap-up and the ticket are finished.
  await igor.hangUp();
  await rung.waitFor("ended");
  await igor.session.lineIn("wrap_up");
  await igor.wrapUp("Решено сразу", "Машина отправлена.");
  expect(await igor.session.ask<CallView>("GET", `/calls/${talk!.id}`)).toMatchObject({ state: "ended", outcome: "answered", disposition: "solved" });
  const before = await igor.session.ticket(ticket.id);
  if (before.status !== "closed") {
    await igor.openTicket(ticket.id);
    await igor.step("Поговорили");
  }
  expect((await igor.session.ticket(ticket.id)).status).toBe("closed");
  const left = await igor.session.ask<{ items: TicketRow[] }>("GET", "/tickets?view=callbacks&limit=100");
  expect(left.items.filter((each) => each.contactPhone === number)).toEqual([]);
  expect(igor.browser.failures).toEqual([]);
});

test("a client nobody knows who rings again instead of waiting for the call back is known to wait for it, and is not called back once served", async () => {
  const number = newNumber("+79165");
  const { page, t } = igor;
  const first = await caller.call("300", { from: number });
  await first.waitFor("answered");
  await page.goto("/work");
  await igor.session.raw("PUT", "/calls/line/state", { state: "not_ready", reason: "break" });
  await until("the call waits", async () => (await vera.ask<Floor>("GET", "/floor")).waiting.find((each) => each.fromNumber === number));
  await first.hangUp();
  const owed = () => igor.session.ask<{ items: TicketRow[] }>("GET", `/tickets?view=callbacks&phone=${encodeURIComponent(number)}`);
  const ticket = await until("the callback ticket", async () => (await owed()).items[0]);

  await igor.goReady();
  const second = await caller.call("300", { from: number });
  await igor.offer.getByText(t("callback.owed")).waitFor();
  await igor.answer();
  await page.getByRole("region", { name: t("client.tab.story") }).getByText(t("callback.owed")).waitFor();
  await second.hangUp();
  await igor.session.lineIn("wrap_up");
  await igor.wrapUp("Решено сразу", "Вопрос решён.");
  expect((await igor.session.ticket(ticket.id)).stage).toBe("cancelled");
  expect((await owed()).items).toEqual([]);
});
