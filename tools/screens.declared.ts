import type { Browser, Page } from "playwright-core";
import { base, go, keep, shoot, signIn, write, type Language } from "./screens.desk.ts";

/** Screens of what is declared instead of coded, and of the work that follows from it. */
export async function declaredScreens(browser: Browser): Promise<void> {
  await projectScreens(browser);
  await editorScreens(browser);
  const claim = await askForApproval(browser);
  await supervisorScreens(browser, claim.number);
  await whyScreen(browser, claim.id);
  await clientScreens(browser);
}

async function projectScreens(browser: Browser): Promise<void> {
  const page = await signIn(browser, "peter.admin", { language: "en" });
  await go(page, "/projects");
  await shoot(page, "projects");
  await page.context().close();
}

/** Process, form and rule, each in another language and light. */
async function editorScreens(browser: Browser): Promise<void> {
  const chief = await signIn(browser, "peter.admin", { language: "en" });
  const { id } = (await chief.evaluate(async () => (await fetch("/api/access/me")).json())) as { id: string };
  await sent(chief, "PUT", `/automation/editors/${id}`, { certified: true });
  await chief.context().close();
  for (const [language, dark, name, path] of [["en", false, "process-editor", "processes/fault.yaml"], ["ru", true, "process-editor-dark-ru", "processes/fault.yaml"], ["sl", false, "process-editor-sl", "processes/fault.yaml"],
    ["en", false, "form-builder", "forms/connection.yaml"], ["sl", true, "form-builder-dark-sl", "forms/connection.yaml"], ["ru", false, "rule-editor-ru", "rules/regular-client.yaml"]] as const) {
    const page = await signIn(browser, "peter.admin", { language, dark });
    await go(page, `/projects/internet?text=${path}`);
    if (path.startsWith("processes")) {
      const picture = page.getByRole("application").first();
      await picture.waitFor();
      await picture.focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
    }
    await page.waitForTimeout(1500);
    await shoot(page, name);
    await page.context().close();
  }
}

interface Made { id: string; number: string; version: number }
const sent = async <T>(page: Page, method: string, path: string, body: unknown): Promise<T> => {
  const answer = await write(page, method, path, body);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
};

/** A claim above what its operator may decide alone: the step waits for somebody with more authority. */
async function askForApproval(browser: Browser): Promise<Pick<Made, "id" | "number">> {
  const page = await signIn(browser, "anna.sokolova", { language: "en" });
  const form = await sent<{ id: string }>(page, "POST", "/forms/records", { id: crypto.randomUUID(), projectKey: "internet", formKey: "claim", data: { claimant: { surname: "Иванов", given: "Павел" }, about: "service", circumstances: "Ten days without a connection", demand: "refund", amount: { amount: "150.00", currency: "EUR" } } });
  const { items: [client] } = (await page.evaluate(async () => (await fetch("/api/clients?project=internet&limit=1")).json())) as { items: { id: string }[] };
  let ticket = await sent<Made>(page, "POST", "/tickets", { projectKey: "internet", type: "claim", subject: "Ten days without a connection", description: "Wants the money of those days back", clientId: client?.id, contactPhone: "+74955551020", formRecordId: form.id });
  for (const [transition, input] of [["take", {}], ["decide", { verdict: "granted", amount: "150.00", resolution: "Ten days are given back", contacted: true }]] as const) {
    ticket = await sent<Made>(page, "POST", `/tickets/${ticket.id}/transitions`, { version: ticket.version, transition, input });
  }
  await page.context().close();
  return ticket;
}

/** Which text has decided what on that claim. */
async function whyScreen(browser: Browser, id: string): Promise<void> {
  const page = await signIn(browser, "anna.sokolova", { language: "sl" });
  await go(page, `/tickets/${id}`);
  const why = page.getByRole("button", { name: "Zakaj je tako?" });
  await why.click();
  await page.getByRole("listitem").filter({ hasText: "Reklamacija" }).first().waitFor();
  await page.getByRole("list").filter({ has: page.locator("details") }).first().evaluate((list) => (list as unknown as { scrollIntoView(how: { block: "center" }): void }).scrollIntoView({ block: "center" }));
  await shoot(page, "why-sl");
  await page.context().close();
}

/** What waits for a decision, the board, and a change of many tried before it is done. */
async function supervisorScreens(browser: Browser, number: string): Promise<void> {
  const page = await signIn(browser, "vera.orlova", { language: "ru" });
  await go(page, "/approvals");
  await page.getByText(number).first().waitFor();
  await shoot(page, "approvals-ru");
  await go(page, "/tickets?view=open&board=true");
  await shoot(page, "board-ru");
  await go(page, "/reports");
  await page.getByRole("region", { name: "Пути заявок" }).evaluate((map) => (map as unknown as { scrollIntoView(how: { block: "center" }): void }).scrollIntoView({ block: "center" }));
  await shoot(page, "report-map-ru");
  await page.context().close();
  const dark = await signIn(browser, "marko.zorman", { language: "sl", dark: true });
  await go(dark, "/tickets?view=open");
  for (let at = 0; at < 4; at++) await dark.locator("main input[type=checkbox]").nth(at).check();
  await dark.getByRole("region", { name: "Množična sprememba" }).getByRole("button", { name: "Predaj" }).click();
  const dialog = dark.getByRole("dialog");
  await dialog.getByRole("combobox").or(dialog.locator("input")).first().click();
  await dark.getByRole("option").first().click();
  await dialog.getByRole("button", { name: "Pokaži, kaj se bo zgodilo" }).click();
  await dark.waitForTimeout(1500);
  await shoot(dark, "bulk-preview-dark-sl");
  await dark.context().close();
}

/** The client's own pages: the code that came by mail, the requests, one of them. */
async function clientScreens(browser: Browser): Promise<void> {
  const desk = await signIn(browser, "marko.zorman", { language: "en" });
  const language: Language = "sl";
  const { items } = (await desk.evaluate(async () => (await fetch("/api/clients?text=&limit=50")).json())) as { items: { emails: string[]; openTickets: number }[] };
  const address = items.find(({ emails, openTickets }) => emails.length > 0 && openTickets > 0)?.emails[0];
  if (!address) throw new Error("the demo has no client with a mail and an open request");
  const context = await browser.newContext({ viewport: { width: 420, height: 800 }, locale: language });
  const page = await context.newPage();
  await page.goto(`${base}/my?lang=${language}`);
  await page.fill("input[name=address]", address);
  await keep(page, "portal-sign-in-sl");
  await page.locator("form[action*='sign-in'] button").click();
  await page.fill("input[name=code]", await codeFor(desk, address));
  await page.locator("form[action*='code'] button").first().click();
  await page.locator("a[href^='/my/tickets/']").first().waitFor();
  await keep(page, "portal-sl");
  await page.locator("a[href^='/my/tickets/']").first().click();
  await page.locator("#write").waitFor();
  await keep(page, "portal-request-sl");
  await context.close();
  await desk.context().close();
}

/** The demo keeps its mails; the newest to this address has the code. */
async function codeFor(desk: Page, address: string): Promise<string> {
  for (let look = 0; look < 30; look++) {
    await desk.goto(`${base}/demo/mail`);
    const mail = desk.locator("a.mail").filter({ hasText: address }).first();
    if (await mail.count() > 0) {
      await mail.click();
      const code = /(?<![\d+])\d{3}\s?\d{3}(?!\d)/.exec(await desk.locator("main, body").first().innerText())?.[0];
      if (code) return code.replaceAll(/\D/g, "");
    }
    await desk.waitForTimeout(500);
  }
  throw new Error(`no code has come to ${address}`);
}
