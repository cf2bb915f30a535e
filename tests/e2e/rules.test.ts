import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/steps.ts";
import { Desk } from "./desk.ts";
import { newNumber, Session, until, type TicketView } from "./linija.ts";

const words = JSON.parse(readFileSync(join(root, "apps/desk/src/i18n/editors.en.json"), "utf8")) as Record<string, string>;
const PATH = "rules/crossed-lines.yaml";
const HEAD = "key: crossed_lines\nname: { en: Crossed lines, ru: Перепутанные линии, sl: Zamenjane linije }\non: { event: ticket.registered }\nwhen: ticket.subject.matches(\"(?i)crossed line\")\nsteps:\n";
const RIGHT = `${HEAD}  - if: ticket.priority != "urgent"\n    then:\n      - set: { ticket.priority: '"urgent"' }\n  - do: add_note\n    with: { text: '"Two lines are crossed"' }\n`;

const [anna, peter] = [await Session.of("anna.sokolova"), await Desk.open("peter.admin", "en")];
afterAll(() => peter.browser.close());
const { page } = peter;
const stored = (): Promise<{ text: string; current: number }> => peter.session.ask("GET", `/projects/internet/text?path=${encodeURIComponent(PATH)}`);
const register = (subject: string) => anna.ask<TicketView>("POST", "/tickets", { projectKey: "internet", type: "question", subject, contactPhone: newNumber("+79165") });
const view = (name: string): Locator => page.getByRole("radiogroup", { name: words["projects.view"]! }).getByText(words[`projects.view.${name}`]!, { exact: true });
const editor = (): Locator => page.getByRole("textbox", { name: words["projects.editorOf"]!.replace("{path}", PATH) });
/** Pasted over all there is: what a browser types in by itself brings styles along, which the page refuses. */
const write = async (text: string): Promise<void> => {
  await editor().focus();
  await page.keyboard.press("Control+a");
  await editor().evaluate((box, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
};
const tab = (name: string): Locator => page.getByRole("tab", { name: words[`rules.${name}`]!, exact: true });
const save = async (than: number): Promise<number> => {
  await page.getByRole("button", { name: words["projects.save"]! }).click();
  return until(`a version after ${than}`, async () => { const { current } = await stored(); return current > than && current; });
};

test("an author writes a rule with completion, is shown a wrong type at its place, tries it on a real ticket and over the last ones, and puts it in use", async () => {
  await peter.session.ask("PUT", `/automation/editors/${peter.session.userId}`, { certified: true });
  const ticket = await register("Crossed line with a neighbour");
  await page.goto("/projects/internet");
  await page.getByRole("button", { name: words["projects.newText"]! }).click();
  const box = page.getByRole("dialog");
  await peter.choose(box, words["projects.kindOf"]!, words["projects.kind.rules"]!);
  await box.getByRole("textbox", { name: words["projects.key"]! }).fill("crossed-lines");
  await box.getByRole("button", { name: words["projects.begin"]! }).click();
  await page.getByRole("region", { name: PATH }).waitFor();
  await view("text").click();
  await write(`${HEAD}  - if: `);
  await page.keyboard.press("Control+End");
  await page.keyboard.type("ticket.prio");
  // Asked for and chosen as people do who type before the names have come: the list is drawn anew when they come, and a press on the old one is lost.
  const offered = page.getByRole("option", { name: /^priority/ });
  await until("the name is completed", async () => {
    if ((await editor().innerText()).includes("if: ticket.priority")) return true;
    if (await offered.isVisible()) await offered.dispatchEvent("mousedown").catch(() => undefined);
    else await page.keyboard.press("Control+Space");
    return false;
  });

  // A text is not more than a number: told with its line, which a press goes to.
  await write(RIGHT.replace('ticket.priority != "urgent"', "ticket.priority > 3"));
  const mistakes = page.getByRole("list", { name: words["projects.problemsList"]! });
  await mistakes.getByRole("button", { name: "Line 6", exact: true }).click();
  expect(await mistakes.innerText()).toMatch(/“>” cannot be used between text and .*number/);
  expect(await page.getByRole("button", { name: words["projects.save"]! }).isDisabled()).toBe(true);
  await write(RIGHT);
  await mistakes.waitFor({ state: "detached" });

  await view("steps").click();
  await tab("try").click();
  await page.getByRole("textbox", { name: words["rules.ticket"]! }).fill(ticket.number);
  await page.getByRole("tabpanel").getByRole("button", { name: words["rules.run"]! }).click();
  await page.getByRole("tabpanel").getByText("ticket.priority normal → urgent").waitFor();
  await tab("dryRun").click();
  await page.getByRole("tabpanel").getByRole("button", { name: words["rules.run"]! }).click();
  await page.getByRole("tabpanel").getByText(/^1 ticket of \d+ would be decided differently/).waitFor();
  await page.getByRole("tabpanel").getByRole("row", { name: ticket.number }).waitFor();
  expect((await peter.session.ticket(ticket.id)).priority).toBe(ticket.priority);
  expect(await save(0)).toBe(1);
});

test("it fires on a ticket; its author and the supervisor read which, why and in which version, and the supervisor changes nothing", async () => {
  const ticket = await register("A crossed line again");
  await until("the rule has raised it", async () => (await anna.ticket(ticket.id)).priority === 3);
  await page.reload();
  await tab("history").click();
  const line = page.getByRole("tabpanel").getByRole("group").filter({ hasText: ticket.number });
  await line.getByText(words["rules.fired"]!, { exact: true }).click();
  await line.getByRole("row").filter({ hasText: "ticket.subject" }).first().waitFor();

  const vera = await Desk.open("vera.orlova", "en");
  await vera.page.getByRole("link", { name: vera.t("nav.rules") }).click();
  await vera.page.getByRole("navigation", { name: /^Rules of/ }).getByRole("button", { name: /^Crossed lines worked once this week/ }).click();
  await vera.page.getByRole("heading", { name: "Crossed lines" }).waitFor();
  await vera.page.getByText(words["rules.page.history"]!, { exact: true }).click();
  const run = vera.page.getByRole("group").filter({ hasText: ticket.number });
  await run.getByText(words["rules.fired"]!, { exact: true }).click();
  await run.getByText("A crossed line again").first().waitFor();
  expect(await vera.page.getByRole("link", { name: words["rules.page.edit"]! }).count()).toBe(0);
  expect((await vera.session.raw("POST", "/automation/internet/check", { text: RIGHT })).status).toBe(403);
  expect(vera.browser.failures).toEqual([]);
  await vera.browser.close();
});

test("a change of it is rolled back from its versions, and works as it did before", async () => {
  await page.goto(`/projects/internet?text=${encodeURIComponent(PATH)}`);
  await view("text").click();
  await write(RIGHT.replace(`'"urgent"'`, `'"high"'`));
  expect(await save(1)).toBe(2);
  const changed = await register("The third crossed line");
  await until("the changed rule has raised it", async () => (await anna.ticket(changed.id)).priority === 2);
  await view("versions").click();
  await page.getByRole("list", { name: words["projects.view.versions"]! }).getByRole("button").last().click();
  await page.getByRole("button", { name: words["projects.takeBack"]!.replace("{number}", "1") }).click();
  expect((await until("the first is in use again", async () => { const now = await stored(); return now.current === 3 && now; })).text).toBe(RIGHT);
  const after = await register("The fourth crossed line");
  await until("the rule is the first again", async () => (await anna.ticket(after.id)).priority === 3);
  expect(peter.browser.failures).toEqual([]);
});
