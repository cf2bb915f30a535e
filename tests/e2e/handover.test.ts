import { afterAll, expect, test } from "vitest";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { linija, newNumber, Session, until, type TicketView } from "./linija.ts";

const chromium = await startChromium();
const anna = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
const marko = await Desk.open("marko.zorman", "sl", await Browser.beside(chromium, "sl"));
const caller = await SipPhone.open({ server: linija.sip });
afterAll(async () => { await caller.close(); await chromium.close(); });

const dialog = anna.page.getByRole("dialog");
const offer = marko.region("handover.offerTitle");
const part = (name: "wanted" | "tried" | "expected") => dialog.getByRole("textbox", { name: anna.t(`handover.${name}`) });
const give = () => dialog.getByRole("button", { name: /^(Hand over to|Ask) / });

async function openAt(subject: string): Promise<TicketView> {
  const ticket = await anna.session.ask<TicketView>("POST", "/tickets", { projectKey: "internet", type: "question", subject, description: "The client wants the money of May back.", contactEmail: "handover@example.com" });
  await anna.page.goto(`/tickets/${ticket.id}`);
  await anna.page.getByRole("heading", { name: subject }).waitFor();
  return ticket;
}

async function handOver(to: string): Promise<void> {
  await anna.button("handover.button").click();
  await dialog.getByRole("radio", { name: to }).last().check();
  expect(await part("wanted").inputValue()).toBe("The client wants the money of May back.");
  await part("tried").fill("Asked the bank, it never arrived");
  await part("expected").fill("A decision on the refund today");
  await give().click();
}

test("R137 an operator hands a ticket to a supervisor, who sees the note on whatever screen, takes it by a key and has it", async () => {
  const ticket = await openAt("The invoice of May");
  await until("the keyboard begins at the ticket", () => anna.page.evaluate(() => document.activeElement?.textContent === "The invoice of May"));
  await anna.page.getByRole("region", { name: ticket.number }).evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await marko.page.goto("/clients");
  await handOver("Marko Žorman");
  await dialog.waitFor({ state: "detached" });
  await anna.region("handover.button").getByText(anna.t("handover.offeredTo", { name: "Marko Žorman" })).waitFor();
  await until("what was given is seen", () => anna.region("handover.button").evaluate((block) => { const { top, left } = block.getBoundingClientRect(); return block.contains(document.elementFromPoint(left + 20, top + 10)); }));
  expect((await anna.session.ticket(ticket.id)).ownerName).toBe("Анна Соколова");

  await offer.getByText("A decision on the refund today").waitFor();
  await offer.getByText(ticket.number).waitFor();
  await marko.page.keyboard.press("Alt+j");
  await marko.page.getByRole("heading", { name: "The invoice of May" }).waitFor();
  await offer.waitFor({ state: "detached" });
  expect((await anna.session.ticket(ticket.id)).ownerName).toBe("Marko Žorman");
  await anna.page.getByText(anna.t("alert.handover_taken", { number: ticket.number, name: "Marko Žorman" })).waitFor();
  await anna.region("handover.button").getByText(anna.t("handover.takenBy", { name: "Marko Žorman" })).waitFor();
});

test("R220 a refusal is told with its reason, and the giver still has the ticket", async () => {
  const ticket = await openAt("A second invoice");
  await handOver("Marko Žorman");
  await offer.getByRole("button", { name: marko.t("handover.refuse") }).click();
  await offer.getByRole("textbox", { name: marko.t("handover.refuseWhy") }).fill("Not within my limit");
  await marko.page.keyboard.press("Enter");
  await offer.waitFor({ state: "detached" });
  await anna.region("handover.button").getByText("Not within my limit").waitFor();
  expect((await anna.session.ticket(ticket.id)).ownerName).toBe("Анна Соколова");
});

test("R214 a colleague is asked by a key, accepts on whatever screen and answers; who asked is told, and the ticket stays theirs", async () => {
  const ticket = await openAt("An invoice nobody understands");
  await anna.page.keyboard.press("Alt+q");
  await dialog.getByRole("button", { name: new RegExp(`^${anna.t("handover.circle.supervisors")}`) }).click();
  await dialog.getByRole("radio", { name: "Marko Žorman" }).last().check();
  await dialog.getByRole("textbox", { name: anna.t("consult.question") }).fill("What is the fee of 3.20?");
  await anna.page.keyboard.press("Control+Enter");
  await dialog.waitFor({ state: "detached" });
  await marko.region("consult.offerTitle").getByText("What is the fee of 3.20?").waitFor();
  await marko.page.keyboard.press("Alt+j");
  await marko.page.getByRole("heading", { name: "An invoice nobody understands" }).waitFor();
  await marko.page.getByRole("textbox", { name: marko.t("consult.answer") }).fill("The fee for paper");
  await marko.page.keyboard.press("Control+Enter");
  await anna.region("consult.button").getByText("The fee for paper").waitFor();
  await anna.page.getByText(anna.t("alert.consult_answered", { number: ticket.number, name: "Marko Žorman" })).waitFor();
  expect((await anna.session.ticket(ticket.id)).ownerName).toBe("Анна Соколова");
});

test("R213 what was typed stays when the server cannot be reached, over a reload, and when somebody was quicker", async () => {
  const ticket = await openAt("A third invoice");
  await anna.page.route("**/handovers", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await handOver("Marko Žorman");
  await dialog.getByText(anna.t("problem.unreachableDetail")).waitFor();
  await anna.page.unroute("**/handovers");
  await anna.page.reload();
  await anna.button("handover.button").click();
  expect(await part("tried").inputValue()).toBe("Asked the bank, it never arrived");
  // A colleague hands the same ticket over in this moment.
  await (await Session.of("igor.petrov")).ask("POST", `/tickets/${ticket.id}/handovers`, { handoverId: crypto.randomUUID(), circle: "supervisors", wanted: "w", tried: "t", expected: "e" });
  await give().click();
  await dialog.getByRole("alert").waitFor();
  expect(await part("expected").inputValue()).toBe("A decision on the refund today");
  await until("the offer is there", async () => (await offer.count()) === 1);
  await offer.getByRole("button", { name: marko.t("handover.take") }).click();
  await marko.page.getByRole("heading", { name: "A third invoice" }).waitFor();
});

test("R137 with the client on the line the supervisor is told so, and the operator is told whom to introduce", async () => {
  const timur = await Desk.open("timur.akhmetov", "ru");
  const vera = await Desk.open("vera.orlova", "ru", await Browser.beside(chromium, "ru"));
  await timur.page.goto("/work");
  await timur.goReady();
  const from = newNumber("+79165");
  await timur.session.ask("POST", "/clients", { familyName: "Гроза", givenName: "Мария", phones: [from], emails: [`groza${from.slice(-6)}@example.com`], projects: ["taxi"] });
  const call = await caller.call("300", { from });
  await call.waitFor("answered");
  await timur.answer();
  const number = await timur.register({ type: "Вопрос", subject: "Водитель не приехал", description: "Клиент ждёт час и требует руководителя" });
  await timur.button("handover.button").click();
  const form = timur.page.getByRole("dialog");
  await form.getByText(timur.t("handover.liveTime", { minutes: "3" }).slice(0, 16)).waitFor();
  await form.getByRole("textbox", { name: timur.t("handover.tried") }).fill("Извинился, предложил другую машину");
  await form.getByRole("textbox", { name: timur.t("handover.expected") }).fill("Поговорить с клиентом");
  await timur.page.keyboard.press("Control+Enter");

  const asked = vera.region("handover.offerTitle");
  await asked.getByText(vera.t("handover.onLine", { name: "Тимур Ахметов" })).waitFor();
  await asked.getByText(number).waitFor();
  await asked.getByRole("button", { name: vera.t("handover.take") }).click();
  await vera.page.getByRole("heading", { name: "Водитель не приехал" }).waitFor();
  await timur.page.getByRole("status").filter({ hasText: timur.t("handover.introduce", { name: "Вера Орлова" }) }).waitFor();
  expect((await timur.session.line()).state).toBe("talking");
  await call.hangUp();
  await timur.leave();
});
