import { afterAll, expect, test } from "vitest";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { until, type TicketView } from "./linija.ts";

const chromium = await startChromium();
const anna = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
const igor = await Desk.open("igor.petrov", "en", await Browser.beside(chromium));
afterAll(() => chromium.close());

const QUESTION = "Which of the two routers do you have?";

async function bothAt(subject: string): Promise<TicketView> {
  const ticket = await anna.session.ask<TicketView>("POST", "/tickets", { projectKey: "internet", type: "question", subject, description: "", contactEmail: "two.people@example.com" });
  for (const { page } of [anna, igor]) {
    await page.goto(`/tickets/${ticket.id}`);
    await page.getByRole("heading", { name: subject }).waitFor();
  }
  return ticket;
}
const steps = (desk: Desk) => desk.region("ticket.steps");
const press = (desk: Desk, name: string) => steps(desk).getByRole("button", { name }).click();
const form = (desk: Desk, name: string) => steps(desk).getByRole("form", { name });
const send = (desk: Desk, name: string) => form(desk, name).getByRole("button", { name: desk.t("ticket.confirmAndTell") }).click();
const left = (desk: Desk, step: string) => desk.page.getByRole("alert", { name: desk.t("ticket.left", { step }) });
const words = (desk: Desk, step: string) => desk.page.getByRole("alert", { name: desk.t("ticket.leftWords", { step }) });

test("a step sent while the server cannot be reached keeps what was typed for it, also over a reload", async () => {
  await bothAt("No network");
  await press(anna, "Ask the client");
  const box = form(anna, "Ask the client").getByRole("textbox");
  await box.fill(QUESTION);
  await anna.page.route("**/transitions", (route) => route.abort());
  await send(anna, "Ask the client");
  await form(anna, "Ask the client").getByText(anna.t("problem.unreachableDetail")).waitFor();
  expect(await box.inputValue()).toBe(QUESTION);
  await anna.page.unroute("**/transitions");
  await anna.page.reload();
  await press(anna, "Ask the client");
  expect(await box.inputValue()).toBe(QUESTION);
  await send(anna, "Ask the client");
  await form(anna, "Ask the client").waitFor({ state: "detached" });
  expect(await left(anna, "Ask the client").count()).toBe(0);
});

test("two people at one ticket: whoever is second is told so while still typing, and has what was typed until it is discarded", async () => {
  await bothAt("Two at once");
  await press(anna, "Ask the client");
  const box = form(anna, "Ask the client").getByRole("textbox");
  await box.fill(QUESTION);

  // The step is still open from where the other has moved the ticket: the form stays, and says so.
  await press(igor, "Take into work");
  await send(igor, "Take into work");
  await form(anna, "Ask the client").getByRole("status").waitFor();
  expect(await box.inputValue()).toBe(QUESTION);

  // Now it is not: the words stay to be read and copied.
  await press(igor, "The client withdraws it");
  await send(igor, "The client withdraws it");
  await left(anna, "Ask the client").getByText(QUESTION).waitFor();
  await anna.page.reload();
  await words(anna, "Ask the client").getByText(QUESTION).waitFor();
  await words(anna, "Ask the client").getByRole("button", { name: anna.t("do.discard") }).click();
  await words(anna, "Ask the client").waitFor({ state: "detached" });
});

test("words left in one step while one takes another step oneself are not said to be somebody else's doing", async () => {
  await bothAt("Thought better of it");
  await press(anna, "Ask the client");
  await form(anna, "Ask the client").getByRole("textbox").fill(QUESTION);
  await anna.page.keyboard.press("Escape");
  await press(anna, "The client withdraws it");
  await send(anna, "The client withdraws it");
  await words(anna, "Ask the client").getByText(QUESTION).waitFor();
  expect(await left(anna, "Ask the client").count()).toBe(0);
});

test("two people send at the same moment: one wins, the other is told and loses nothing typed", async () => {
  const ticket = await bothAt("The same moment");
  await press(anna, "Ask the client");
  await form(anna, "Ask the client").getByRole("textbox").fill(QUESTION);
  // The other's step arrives while this one is on its way.
  await anna.page.route("**/transitions", async (route) => {
    await igor.session.ask("POST", `/tickets/${ticket.id}/transitions`, { version: ticket.version, transition: "cancel", input: { reason: "It works again" } });
    await route.continue();
  });
  const [refused] = await Promise.all([anna.page.waitForResponse((reply) => reply.url().endsWith("/transitions")), send(anna, "Ask the client")]);
  expect(refused.status()).toBe(409);
  await left(anna, "Ask the client").getByText(QUESTION).waitFor();
  const now = await until("the other's step", async () => { const seen = await anna.session.ticket(ticket.id); return seen.status === "closed" && seen; });
  expect(now.fields["question"]).toBeUndefined();
  expect([...anna.browser.failures, ...igor.browser.failures]).toEqual([]);
});

test("R160 a request registered while the server cannot be reached is registered by itself, once, when it answers again", async () => {
  const { page, t, session } = anna;
  const family = `Vezaj${Date.now() % 100_000}`;
  const client = await session.ask<{ id: string }>("POST", "/clients", { kind: "person", familyName: family, givenName: "Rok", phones: ["+38640998877"], emails: [], language: "en", projects: ["internet"], force: true });
  await page.goto(`/clients?client=${client.id}`);
  await page.getByRole("tab", { name: t("client.tab.register") }).click();
  const form = page.getByRole("form", { name: t("register.title") });
  await anna.choose(form, t("register.type"), "Question");
  await form.getByRole("textbox", { name: t("register.subject") }).fill("No network at all");
  await form.getByRole("textbox", { name: t("register.description") }).fill("The line is down");
  await page.context().setOffline(true);
  await form.getByRole("button", { name: t("register.send") }).click();
  await form.getByText(t("register.waits")).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("status").filter({ hasText: t("register.done") }).waitFor();
  const { items } = await session.ask<{ items: { subject: string }[] }>("GET", `/tickets?view=all&clientId=${client.id}`);
  expect(items.map(({ subject }) => subject)).toEqual(["No network at all"]);
});
