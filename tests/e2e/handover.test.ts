import { afterAll, expect, test } from "vitest";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { Session, until, type TicketView } from "./linija.ts";

const chromium = await startChromium();
const anna = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
const marko = await Desk.open("marko.zorman", "sl", await Browser.beside(chromium, "sl"));
afterAll(() => chromium.close());

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
  await marko.page.goto("/clients");
  await handOver("Marko Žorman");
  await dialog.waitFor({ state: "detached" });
  await anna.region("handover.button").getByText(anna.t("handover.offeredTo", { name: "Marko Žorman" })).waitFor();
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
