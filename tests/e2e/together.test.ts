import { randomUUID } from "node:crypto";
import type { Browser as Chromium, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { deskWords, newNumber, Session, until } from "./linija.ts";

/** Two people and one form while the network, the texts and the pages of it come late and in any order: what was typed is there. */
const FORM = `key: together
name: { en: Order of a line, ru: Заказ линии, sl: Naročilo linije }
schema:
  properties:
    email: { x-kind: email, x-client: fill, x-name: { en: E-mail, ru: Почта, sl: E-pošta } }
    street: { x-kind: text, x-client: fill, x-name: { en: Street, ru: Улица, sl: Ulica } }
    papers: { x-kind: file, x-client: fill, x-name: { en: Papers, ru: Бумаги, sl: Papirji } }
    note: { x-kind: text, x-name: { en: Note, ru: Примечание, sl: Opomba } }
`;
interface RecordView { data: Record<string, unknown>; version: number; files: { id: string; name: string }[] }

const admin = await Session.of("peter.admin");
await admin.ask("PUT", "/projects/internet/text", { path: "forms/together.yaml", text: FORM, number: 0, note: "" });
const anna = await Session.of("anna.sokolova");
const chromium: Chromium = await startChromium();
afterAll(() => chromium.close());

const field = (page: Page, path: string) => page.locator(`[data-path="${path}"]`).getByRole("textbox");
const record = (id: string) => anna.ask<RecordView>("GET", `/forms/records/${id}`);
const stands = (id: string, path: string, value: unknown) => until(`${path} is ${JSON.stringify(value)}`, async () => (await record(id)).data[path] === value);

/** A form on a ticket, with its link. */
async function shared(data: Record<string, unknown> = {}): Promise<{ id: string; ticketId: string; link: string }> {
  const ticket = await anna.ask<{ id: string }>("POST", "/tickets", { projectKey: "internet", type: "question", subject: "A line for a flat", contactPhone: newNumber("+38640") });
  const { id } = await anna.ask<{ id: string }>("POST", "/forms/records", { id: randomUUID(), projectKey: "internet", formKey: "together", subject: { kind: "ticket", id: ticket.id }, data });
  const { path } = await anna.ask<{ path: string }>("POST", `/forms/records/${id}/link`, { hours: 1 });
  return { id, ticketId: ticket.id, link: path };
}
/** Does something on a page of the client, on which nothing may fail. */
async function withClient(work: (client: Page) => Promise<void>): Promise<void> {
  const phone = await Browser.beside(chromium);
  try {
    await work(await phone.page());
    expect(phone.failures).toEqual([]);
  } finally {
    await phone.close();
  }
}
/** Answers to these requests wait until they are let go. */
async function held(page: Page, address: RegExp, method = "GET"): Promise<{ asked: Promise<unknown>; go: () => void }> {
  const { promise: gone, resolve: go } = Promise.withResolvers<void>();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    if (route.request().method() === method) { resolve(); await gone; }
    // Whoever asked may be gone with their page.
    await route.continue().catch(() => undefined);
  });
  return { asked, go };
}

test("R090: the client's language comes while they type: the cursor stays in the field, and not a letter of it is lost", async () => {
  const { id, link } = await shared();
  await withClient(async (client) => {
    const texts = await held(client, /\/assets\/editors\.sl-/);
    await client.goto(link);
    await field(client, "email").waitFor();
    await client.getByRole("button", { name: "Slovenščina" }).click();
    await texts.asked;
    await field(client, "email").pressSequentially("client@");
    texts.go();
    await client.getByText("E-pošta").waitFor();
    await client.keyboard.type("example.org");
    expect(await field(client, "email").inputValue()).toBe("client@example.org");
    await stands(id, "email", "client@example.org");
  });
});

test("R090: the client's page is shown in their language from its first moment, whatever their device speaks", async () => {
  const { link } = await shared();
  await withClient(async (client) => {
    const texts = await held(client, /\/assets\/(editors\.)?ru-/);
    await client.goto(link);
    await texts.asked;
    const shown = field(client, "email").waitFor();
    const early = await client.locator("[data-path]").count();
    texts.go();
    await shown;
    expect([early, await client.locator("label").first().innerText()]).toEqual([0, "Почта"]);
  });
});

test("R160: the client's page is loaded anew while what they typed is on its way: it is there, and it arrives", async () => {
  const { id, link } = await shared();
  await withClient(async (client) => {
    await client.goto(link);
    const save = await held(client, /\/api\/public\/forms\/[^/]+$/, "PATCH");
    await field(client, "email").fill("client@example.org");
    await save.asked;
    await field(client, "street").fill("Glavni trg 1");
    await client.reload();
    await field(client, "street").waitFor();
    expect([await field(client, "email").inputValue(), await field(client, "street").inputValue()]).toEqual(["client@example.org", "Glavni trg 1"]);
    save.go();
    await stands(id, "email", "client@example.org");
    await stands(id, "street", "Glavni trg 1");
  });
});

test("R090: both write into one field at the same moment: what came first stays, what the other went on typing is whole, and is offered to them beside it", async () => {
  const { id, link } = await shared();
  await withClient(async (client) => {
    await client.goto(link);
    const save = await held(client, /\/api\/public\/forms\/[^/]+$/, "PATCH");
    await field(client, "street").pressSequentially("Glavni");
    await save.asked;
    await anna.ask("PATCH", `/forms/records/${id}`, { version: 1, changes: [{ path: "street", value: "Cesta 5" }] });
    save.go();
    const note = client.locator('[data-path="street"]').getByRole("group");
    await note.waitFor();
    await client.keyboard.type(" trg 1");
    await field(client, "email").fill("client@example.org");
    await stands(id, "email", "client@example.org");
    expect([(await record(id)).data["street"], await field(client, "street").inputValue(), (await note.innerText()).includes("Glavni trg 1")]).toEqual(["Cesta 5", "Cesta 5", true]);
    await note.getByRole("button").first().click();
    await stands(id, "street", "Glavni trg 1");
    await note.waitFor({ state: "detached" });
  });
});

test("R090: what the client typed last arrives though they close the page at once", async () => {
  const { id, link } = await shared();
  await withClient(async (client) => {
    await client.goto(link);
    await field(client, "street").fill("Glavni trg 1");
    await client.close({ runBeforeUnload: true });
    await stands(id, "street", "Glavni trg 1");
  });
});

test("R090: the desk's language is changed while a form is being filled, and its texts come late: what is typed and the place of it stay", async () => {
  const { id, ticketId } = await shared();
  const desk = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
  const { page, t } = desk;
  try {
    await page.goto(`/tickets/${ticketId}`);
    const texts = await held(page, /\/assets\/editors\.sl-/);
    await field(page, "note").fill("By the window");
    const input = await field(page, "note").elementHandle();
    await page.getByRole("button", { name: t("me.menu", { name: "" }) }).click();
    await page.getByRole("menuitem", { name: "Slovenščina" }).click();
    await texts.asked;
    await page.getByRole("link", { name: deskWords("sl")("nav.tickets") }).first().waitFor();
    expect(await field(page, "note").inputValue()).toBe("By the window");
    texts.go();
    await page.getByText("Opomba").waitFor();
    expect([await input!.inputValue(), await input!.isVisible()]).toEqual(["By the window", true]);
    await stands(id, "note", "By the window");
  } finally {
    await desk.browser.close();
  }
});

test("R090: what the client writes after the desk has read the form, and before the desk can be told of it, is seen at the desk", async () => {
  const { id, ticketId } = await shared();
  const desk = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
  const { page } = desk;
  try {
    const { promise: late, resolve: go } = Promise.withResolvers<void>();
    await page.routeWebSocket(/\/api\/live/, async (socket) => { await late; socket.connectToServer(); });
    await page.goto(`/tickets/${ticketId}`);
    await field(page, "street").waitFor();
    await anna.ask("PATCH", `/forms/records/${id}`, { version: 1, changes: [{ path: "street", value: "Glavni trg 1" }] });
    go();
    await until("it is seen", async () => (await field(page, "street").inputValue()) === "Glavni trg 1");
  } finally {
    await desk.browser.close();
  }
});

/** One of these is done by the server, and whoever asked for it never hears of it. */
async function answerLost(page: Page, address: RegExp): Promise<{ lost: Promise<unknown> }> {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    await route.fetch();
    await route.abort();
    resolve();
  }, { times: 1 });
  return { lost };
}

test("what is pressed again after its answer was lost, also after a reload, is saved once: a note, a promise, a file; changed words are kept and saved by the next press", async () => {
  const ticket = await anna.ask<{ id: string }>("POST", "/tickets", { projectKey: "internet", type: "question", subject: "Lost answers" });
  const desk = await Desk.open("anna.sokolova", "en", await Browser.beside(chromium));
  const { page } = desk;
  const now = () => anna.ask<{ notes: { text: string }[]; attachments: { name: string }[] }>("GET", `/tickets/${ticket.id}`);
  const notes = async () => (await now()).notes.map(({ text }) => text);
  const promises = async () => (await anna.ask<{ items: { text: string }[] }>("GET", `/tickets/${ticket.id}/promises`)).items.map(({ text }) => text);
  try {
    await page.goto(`/tickets/${ticket.id}`);
    const note = page.getByRole("textbox", { name: desk.t("ticket.note") });
    const [addNote, saved] = [desk.button("ticket.addNote"), async () => (await note.inputValue()) === ""];
    const first = await answerLost(page, /\/notes$/);
    await note.fill("The router was changed");
    await addNote.click();
    await first.lost;
    await page.reload();
    expect(await note.inputValue()).toBe("The router was changed");
    await addNote.click();
    await until("the note is saved", saved);
    expect(await notes()).toEqual(["The router was changed"]);

    const second = await answerLost(page, /\/notes$/);
    await note.fill("And the cable");
    await addNote.click();
    await second.lost;
    await note.fill("And the cable, too");
    await addNote.click();
    await page.getByText("This was saved already").waitFor();
    expect(await note.inputValue()).toBe("And the cable, too");
    await addNote.click();
    await until("the changed note is saved", saved);
    expect(await notes()).toEqual(["The router was changed", "And the cable", "And the cable, too"]);

    const third = await answerLost(page, /\/promises$/);
    const promise = page.getByRole("form", { name: desk.t("promises.make") });
    const [what, tab] = [promise.getByRole("textbox", { name: desk.t("promises.what") }), page.getByRole("tab", { name: desk.t("panel.promises") })];
    await tab.click();
    await what.fill("A call tomorrow");
    await promise.getByRole("group").getByRole("button").last().click();
    await promise.getByRole("button", { name: desk.t("promises.make"), exact: true }).click();
    await third.lost;
    await page.reload();
    await tab.click();
    await promise.getByRole("button", { name: desk.t("promises.make"), exact: true }).click();
    await until("the promise is saved", async () => (await what.inputValue()) === "");
    expect(await promises()).toEqual(["A call tomorrow"]);

    const fourth = await answerLost(page, /\/attachments\?id=/);
    const choose = page.getByLabel(desk.t("files.add"));
    await choose.setInputFiles(import.meta.filename);
    await fourth.lost;
    await page.getByText(/^Not attached: together/).waitFor();
    await choose.setInputFiles(import.meta.filename);
    await page.getByText(/^Not attached: together/).waitFor({ state: "detached" });
    expect((await now()).attachments).toHaveLength(1);
  } finally {
    await desk.browser.close();
  }
});
