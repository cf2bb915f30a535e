import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/steps.ts";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { linija, newNumber, Session, type ClientView, type TicketView } from "./linija.ts";

const words = JSON.parse(readFileSync(join(root, "apps/desk/src/i18n/editors.en.json"), "utf8")) as Record<string, string>;
const say = (key: string, params: Record<string, string> = {}): string => words[key]!.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
const NAME = "Winter help";
const LOGIN = "winter.help";
const FIRST_PASSWORD = "given out on the first morning";

const chromium = await startChromium();
const peter = await Desk.open("peter.admin", "en", await Browser.beside(chromium));
afterAll(() => chromium.close());

/** A project of its own, with one person, one client and one ticket. */
async function begin(): Promise<{ worker: Desk; client: ClientView; ticket: TicketView }> {
  const number = newNumber("+38615");
  await peter.session.ask("POST", "/projects", {
    template: "shop", key: "winter", name: { en: NAME, ru: NAME, sl: NAME }, languages: ["en", "ru", "sl"], defaultLanguage: "en", numbers: [number], callerId: number, ticketPrefix: "WNT", mailFrom: "winter@example.com",
  });
  await peter.session.ask("POST", "/access/users", { login: LOGIN, name: "Zala Mraz", roles: ["operator"], projects: ["winter", "internet"], language: "en", password: FIRST_PASSWORD });
  await (await Session.of(LOGIN, FIRST_PASSWORD)).ask("PUT", "/access/me/password", { current: FIRST_PASSWORD, next: linija.password });
  const worker = await Desk.open(LOGIN, "en", await Browser.beside(chromium));
  const client = await worker.session.ask<ClientView>("POST", "/clients", { familyName: "Snow", givenName: "John", phones: [newNumber("+38640")], projects: ["winter", "internet"], force: true });
  const ticket = await worker.session.ask<TicketView>("POST", "/tickets", { projectKey: "winter", type: "question", subject: "Is there ice?", description: "On the road", clientId: client.id });
  return { worker, client, ticket };
}

/** Projects that the form beside the client offers for something new. */
async function offered({ page, t }: Desk, client: ClientView): Promise<string[]> {
  await page.goto(`/clients?client=${client.id}`);
  await page.getByRole("tab", { name: t("client.tab.register"), exact: true }).click();
  const form = page.getByRole("form", { name: t("register.title") });
  await form.getByRole("combobox", { name: t("register.project") }).or(form.getByRole("textbox", { name: t("register.project") })).first().click();
  await page.getByRole("option").first().waitFor();
  const names = await page.getByRole("option").allInnerTexts();
  await page.keyboard.press("Escape");
  return names;
}

test("R004 a project is taken out of use once nothing is in hand, its people read what it has done and register nothing new, and it is brought back as it was", async () => {
  const { worker, client, ticket } = await begin();
  expect(await offered(worker, client)).toContain(NAME);

  const { page } = peter;
  const askToRetire = async () => {
    await page.goto("/projects/winter");
    await page.getByRole("button", { name: say("projects.retire"), exact: true }).click();
    return page.getByRole("dialog", { name: say("projects.retire.title", { name: NAME }) });
  };
  // What it still has in hand is told, and there is nothing to press.
  const refused = await askToRetire();
  expect(await refused.getByRole("alert").innerText()).toContain("1 open ticket");
  expect(await refused.getByRole("button", { name: say("projects.retire.do"), exact: true }).count()).toBe(0);
  await worker.session.ask("POST", `/tickets/${ticket.id}/transitions`, { version: ticket.version, transition: "cancel", input: {} });

  const free = await askToRetire();
  await free.getByRole("textbox", { name: say("projects.retire.why") }).fill("The winter is over");
  await free.getByRole("button", { name: say("projects.retire.do"), exact: true }).click();
  await page.waitForURL(/\/projects$/);
  const gone = page.getByRole("region", { name: say("projects.retired") });
  await gone.getByText("The winter is over").waitFor();

  // Its people: the ticket is there to be read, and nothing new begins there.
  await worker.openTicket(ticket.id);
  await worker.page.getByRole("heading", { name: "Is there ice?" }).waitFor();
  const left = await offered(worker, client);
  expect(left).not.toContain(NAME);
  expect(left.length).toBeGreaterThan(0);
  const late = await worker.session.raw("POST", "/tickets", { projectKey: "winter", type: "question", subject: "And now?", description: "", clientId: client.id });
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("out of use")]);

  await gone.getByRole("button", { name: new RegExp(`^${say("projects.retire.bringBack")}`) }).filter({ hasText: NAME }).click();
  await page.getByText(say("projects.retire.back", { name: NAME })).waitFor();
  expect(await offered(worker, client)).toContain(NAME);
  const again = await worker.session.ask<TicketView>("POST", "/tickets", { projectKey: "winter", type: "question", subject: "Is it cold?", description: "", clientId: client.id });
  expect(again.number).toMatch(/^WNT-/);
});
