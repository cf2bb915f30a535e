import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Desk } from "./desk.ts";
import { linija, newNumber, tell, until } from "./linija.ts";

const caller = await SipPhone.open({ server: linija.sip });
const timur = await Desk.open("timur.akhmetov", "ru");
afterAll(async () => { await timur.leave(); await caller.close(); });

const TICKETS = 130;
const rowPx = 52;
const register = (subject: string) => timur.session.ask("POST", "/tickets", { projectKey: "taxi", type: "question", subject, contactPhone: newNumber("+79163") });

/** The subject under the first line of the list. */
const read = (list: Locator): Promise<string> => list.evaluate((box) => {
  const { left, top } = box.getBoundingClientRect();
  return box.ownerDocument.elementFromPoint(left + 300, top + 60)?.closest("[role=listitem]")?.textContent ?? "";
});

test("a list scrolled through for pages asks for one of them when a ticket comes, and stays where it is read", async () => {
  const { page, t } = timur;
  for (let n = 0; n < TICKETS; n++) await register(`Вопрос ${n}`);
  await page.goto("/tickets?view=mine");
  const list = page.getByRole("region", { name: t("tickets.view.mine") });
  await until("all pages are there", async () => (await list.evaluate((box) => { box.scrollTop = box.scrollHeight; return box.scrollHeight; })) > TICKETS * rowPx);
  await list.evaluate((box, top) => { box.scrollTop = top; }, 80 * rowPx + 10);
  const reading = await until("a row is read", () => read(list));

  const asked: string[] = [];
  page.on("request", (request) => { if (request.url().includes("/api/tickets?")) asked.push(request.url()); });
  const height = await list.evaluate((box) => box.scrollHeight);
  await register("Ещё один вопрос");
  await until("the new one is in the list", async () => (await list.evaluate((box) => box.scrollHeight)) > height);
  expect(await read(list)).toBe(reading);
  expect(asked.length).toBe(1);
  tell("pages asked for after a new ticket, of", `1, ${Math.ceil(TICKETS / 50)}`);
});

test("what an operator is writing when the client hangs up goes on in the wrap-up and starts no shortcut", async () => {
  const { page, t } = timur;
  await page.goto("/work");
  await timur.goReady();
  const call = await caller.call("300", { from: newNumber("+79164") });
  await call.waitFor("answered");
  await timur.answer();
  const notes = page.getByRole("textbox", { name: t("call.notes") });
  await notes.click();
  await page.keyboard.type("Клиент просит ");
  const address = page.url();
  await call.hangUp();
  const wrapNotes = timur.wrap.getByRole("textbox", { name: t("wrap.notes") });
  // Letters that walk lists and open pages when nobody writes.
  await until("the wrap-up is there", async () => { await page.keyboard.type("j"); return wrapNotes.isVisible(); });
  await page.keyboard.type("gt");
  expect(await wrapNotes.inputValue()).toMatch(/^Клиент просит j+gt$/);
  expect(page.url()).toBe(address);
});
