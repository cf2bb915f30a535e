import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { translate } from "../../apps/server/src/platform/messages.ts";
import { ClientPage, startChromium } from "./browser.ts";
import { employ, makeByRoute, makeInDesk, projectOf, Seats, type MadeDay } from "./company.ts";
import { DAYS, OPERATOR, SUPERVISOR, type Answer, type Day, type Deed } from "./days.ts";
import type { Desk } from "./desk.ts";
import { clock, mailbox, newNumber, tell, until, type ClientView } from "./linija.ts";

/** One request while it is worked: whose it is, and the operator's desk with its page open. */
interface Case { day: Day; operator: Desk; client: ClientView; id: string; number: string }
interface Moved { type: string; data: { ticketId?: string; to?: string } }

const WAY = "ticket.way";
const chromium = await startChromium();
const seats = new Seats(chromium);
afterAll(() => chromium.close());

async function fill(desk: Desk, form: Locator, [path, value, how = "write"]: Answer): Promise<void> {
  const [top = "", name = ""] = path.split(".");
  const cell = form.locator(`[data-path="${top}"]`);
  const input = how === "named" ? cell.getByRole("textbox", { name }) : cell.locator(`[id$="-${path.replaceAll(".", "-")}"]`);
  if (how === "press") await cell.getByText(value, { exact: true }).click();
  else if (how === "type") await input.fill(value);
  else if (how === "choose") {
    await input.click();
    await desk.page.getByRole("option", { name: value, exact: true }).click();
  } else {
    await input.fill(value);
    await input.blur();
  }
}

async function register(day: Day): Promise<Case> {
  const operator = await seats.of(OPERATOR);
  const { page, t, session } = operator;
  const phone = newNumber("+38640");
  const client = await session.ask<ClientView>("POST", "/clients", {
    ...day.client, phones: [phone], emails: [`${day.template}${phone.slice(-6)}@example.com`], projects: [projectOf(day)], address: { city: "Ljubljana", street: "Dunajska cesta", house: "5" }, force: true,
  });
  await page.goto(`/clients?client=${client.id}`);
  await page.getByRole("tab", { name: t("client.tab.register"), exact: true }).click();
  const form = page.getByRole("form", { name: t("register.title") });
  await operator.choose(form, t("register.type"), day.type);
  await form.getByRole("textbox", { name: t("register.subject") }).fill(day.subject);
  await form.getByRole("textbox", { name: t("register.description") }).fill("As told on the telephone");
  for (const answer of day.form) await fill(operator, form, answer);
  await form.getByRole("button", { name: t("register.send") }).click();
  const said = page.getByRole("status").filter({ hasText: t("register.done") });
  const number = /[A-Z]{3}-\d{3}-\d{3}-\d{3,4}-\d/.exec(await said.innerText())![0];
  await said.getByRole("link", { name: t("register.open") }).click();
  await page.waitForURL(/\/tickets\/[\da-f-]{36}/);
  return { day, operator, client, number, id: /tickets\/([\da-f-]{36})/.exec(page.url())![1]! };
}

/** The operator sees where it stands without asking again. */
const stands = ({ operator: { page, t } }: Case, stage: string): Promise<void> => page.getByRole("list", { name: t(WAY) }).locator("[aria-current=step]").getByText(stage, { exact: true }).waitFor();

/** A department worker finds the number among their own, and opens it. */
async function openOf(login: string, number: string): Promise<Desk> {
  const desk = await seats.of(login);
  await desk.page.goto("/department");
  await desk.page.getByRole("link").filter({ hasText: number }).click();
  await desk.page.getByRole("region", { name: number }).waitFor();
  return desk;
}

async function tick({ page }: Desk, list: string): Promise<void> {
  const boxes = page.getByRole("region", { name: list }).getByRole("checkbox");
  await boxes.first().waitFor();
  for (const box of await boxes.all()) {
    await box.click();
    await until(`${list} is ticked`, () => box.isChecked());
  }
}

async function approve(deed: string, number: string): Promise<void> {
  const { page, t } = await seats.of(SUPERVISOR);
  await page.goto("/approvals");
  const asked = page.getByRole("article", { name: `${deed} ${number}` });
  await asked.getByRole("button", { name: t("process.approve"), exact: true }).click();
  await asked.waitFor({ state: "detached" });
}

async function answer(of: Case, login: string, words: string): Promise<void> {
  const task = await until("the department has its task", async () => (await of.operator.session.ticket(of.id)).subtasks.find(({ status }) => status === "open"));
  const worker = await openOf(login, task.number);
  await worker.step("Answer", { Answer: words });
  await of.operator.page.getByText(words, { exact: true }).first().waitFor();
}

/** On the page behind the letter's link, with an old browser and without a script. */
async function sayYes({ day: { client: { language } }, number }: Case, letter: string): Promise<void> {
  const mail = await mailbox.about(number, letter);
  const visitor = await ClientPage.beside(chromium, language);
  await visitor.page.goto((/https?:\/\/\S+answer=yes\S*/.exec(mail.text) ?? /https?:\/\/\S+\/s\/\S+/.exec(mail.text))![0]);
  await visitor.page.getByText("4", { exact: true }).click();
  await visitor.page.getByRole("button", { name: translate(language, "portal_yes_button") }).click();
  await visitor.page.getByText(translate(language, "portal_said_yes")).waitFor();
  await visitor.close();
}

async function does(of: Case, deed: Deed): Promise<void> {
  const { operator, number } = of;
  if ("tick" in deed) return tick(operator, deed.tick);
  if ("approve" in deed) await approve(deed.approve, number);
  else if ("answer" in deed) await answer(of, deed.by, deed.answer);
  else if ("yes" in deed) await sayYes(of, deed.yes);
  else {
    const desk = deed.by === undefined ? operator : await openOf(deed.by, number);
    if ("press" in deed) await desk.region("ticket.steps").getByRole("button", { name: deed.press, exact: true }).click();
    else await desk.step(deed.step, deed.fill, deed.choose);
    if ("held" in deed) await operator.page.getByText(operator.t("process.state.pending")).first().waitFor();
  }
  await stands(of, deed.to);
}

/** Stages by name in the order they were entered, as the client's history in the desk has them. */
async function pathOf({ operator: { session }, id, client }: Case): Promise<string[]> {
  const [{ stages }, { items }] = await Promise.all([session.ticket(id), session.ask<{ items: Moved[] }>("GET", `/clients/${client.id}/timeline?limit=100`)]);
  return items.filter(({ type, data }) => type === "ticket.moved" && data.ticketId === id).map(({ data }) => stages.find(({ key }) => key === data.to)!.name).toReversed();
}

/** The letters as they stand on the ticket's page, the first one first. */
async function lettersOn({ operator: { page, t } }: Case): Promise<string[]> {
  const letters = await page.getByRole("button", { name: `${t("story.told")}:` }).filter({ hasText: t("notice.sent") }).allInnerTexts();
  return letters.map((text) => text.split("\n")[0]!.replace(`${t("story.told")}: `, "")).toReversed();
}

const made = DAYS.filter((day): day is MadeDay => day.made !== undefined);

test("R358: an administrator makes a project from a template in the desk; four more are made by the same route, and people are employed", async () => {
  const peter = await seats.of("peter.admin");
  const [bank, ...others] = made;
  const since = clock();
  await makeInDesk(peter, bank!, "Jadro Bank");
  tell("a project from a template, by hand", since(), "ms");
  for (const day of others) expect((await makeByRoute(peter.session, day)).texts).toBeGreaterThan(12);
  await employ(peter.session);
});

test.each(DAYS)("$template: $title", async (day) => {
  const since = clock();
  const one = await register(day);
  for (const deed of day.deeds) await does(one, deed);
  const { operator, number, id } = one;
  expect(await operator.session.ticket(id)).toMatchObject({ status: "closed", closedAs: "confirmed" });

  const entered = day.deeds.flatMap((deed) => ("to" in deed && !("held" in deed) ? [deed.to] : []));
  expect(await pathOf(one)).toEqual(entered);
  const told = day.told.map((words) => `${number}: ${words}`);
  for (const words of new Set(day.told)) await mailbox.about(number, words);
  await until("every letter is sent", async () => (await operator.session.ticket(id)).notices.every(({ state }) => state === "sent"));
  await operator.page.reload();
  await expect.poll(() => lettersOn(one), { timeout: 15_000 }).toEqual(told);
  const story = operator.client.getByRole("listitem").filter({ hasText: `${operator.t("event.ticket.moved")}:` }).filter({ hasText: number });
  await expect.poll(() => story.count(), { timeout: 15_000 }).toBe(entered.length);
  tell(`a request of ${day.template}, ${day.deeds.length + 1} deeds`, since(), "ms");
});

test("no page went wrong or asked for what the policy forbids", async () => {
  expect(await seats.failures()).toEqual([]);
});
