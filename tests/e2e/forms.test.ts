import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { SipPhone } from "../../apps/server/src/testing/phone.ts";
import { Browser } from "./browser.ts";
import { Desk } from "./desk.ts";
import { hearsOut, hearsSound } from "./sound.ts";
import { linija, newNumber, Session, until, type ClientView } from "./linija.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FORM = `key: story
name: { en: Order of a line, ru: Заказ линии, sl: Naročilo linije }
schema:
  properties:
    orderer: { x-kind: person, x-client: fill, x-name: { en: Full name, ru: ФИО, sl: Ime in priimek } }
    email: { x-kind: email, x-client: fill, x-name: { en: E-mail, ru: Почта, sl: E-pošta } }
    count: { x-kind: number, type: integer, minimum: 1, x-name: { en: Sockets, ru: Розетки, sl: Vtičnice } }
    # Exact to the cent.
    price: { x-kind: money, x-currency: EUR, x-name: { en: Price of one, ru: Цена одной, sl: Cena ene } }
    total: { x-kind: money, x-currency: EUR, x-name: { en: To pay, ru: К оплате, sl: Za plačilo } }
    papers: { x-kind: file, x-client: fill, x-name: { en: Papers, ru: Бумаги, sl: Papirji } }
    consent: { x-kind: consent, x-name: { en: Consent, ru: Согласие, sl: Soglasje }, x-text: { en: Do you agree that we use your data?, ru: Согласны ли вы на обработку данных?, sl: Ali soglašate z obdelavo podatkov? } }
    note: { x-kind: long_text, x-name: { en: Note, ru: Примечание, sl: Opomba } }
  required: [orderer, email, count]
show: { note: form.count > 2 }
computed: { total: form.price * form.count }
`;

interface Text { text: string; current: number }
interface RecordView { id: string; state: string; data: Record<string, unknown>; version: number; files: { id: string; name: string; by: string }[] }

const admin = await Session.of("peter.admin");
await admin.ask("PUT", "/projects/internet/text", { path: "forms/story.yaml", text: FORM, number: 0, note: "" });
const types = await admin.ask<Text>("GET", "/projects/internet/text?path=types.yaml");
await admin.ask("PUT", "/projects/internet/text", { path: "types.yaml", text: types.text.replace(/( *)- key: question\n/, "$1- key: line-check\n$1  name: { en: Check of a line, ru: Проверка линии, sl: Pregled linije }\n$1  intake: request\n$1  process: task\n$1  form: story\n$1  form_required: false\n$1  requires: [subject]\n$1- key: line-order\n$1  name: { en: Order of a line, ru: Заказ линии, sl: Naročilo linije }\n$1  intake: request\n$1  process: request\n$1  form: story\n$1  requires: [client, subject]\n$&$1  form: story\n$1  form_required: false\n"), number: types.current, note: "" });
const anna = await Desk.open("anna.sokolova", "en");
const caller = await SipPhone.open({ server: linija.sip });
afterAll(async () => { await anna.leave(); await caller.close(); });

const field = (page: Page, path: string) => page.locator(`[data-path="${path}"]`).getByRole("textbox");
async function ticket(): Promise<string> {
  const { id } = await anna.session.ask<{ id: string }>("POST", "/tickets", { projectKey: "internet", type: "question", subject: "A line for a flat", contactPhone: newNumber("+38640") });
  await anna.page.goto(`/tickets/${id}`);
  await anna.page.getByRole("button", { name: "Fill in the form" }).click();
  await field(anna.page, "email").waitFor();
  return id;
}
/** A client's card with the registration of an order of a line begun on it. */
async function registration(): Promise<{ form: Locator; clientId: string }> {
  const { page, t, session } = anna;
  const { id } = await session.ask<ClientView>("POST", "/clients", { familyName: "Žnidaršič", givenName: "Čedomir", language: "sl", phones: [newNumber("+38640")], projects: ["internet"], force: true });
  await page.goto(`/clients?client=${id}`);
  await page.getByRole("tab", { name: t("client.tab.register"), exact: true }).click();
  const form = page.getByRole("form", { name: t("register.title") });
  await anna.choose(form, t("register.type"), "Order of a line");
  await form.getByRole("textbox", { name: t("register.subject") }).fill("A line for a flat");
  await field(page, "orderer").nth(0).fill("Žnidaršič");
  await field(page, "orderer").nth(1).fill("Čedomir");
  await field(page, "count").fill("1");
  return { form, clientId: id };
}
const attach = (page: Page, name: string): Promise<void> => page.locator('[data-path="papers"] input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(`This is ${name}`) });
async function registered(form: Locator): Promise<string> {
  const { page, t } = anna;
  await form.getByRole("button", { name: t("register.send") }).click();
  const done = page.getByRole("status").filter({ hasText: t("register.done") });
  await done.getByRole("link", { name: t("register.open") }).click();
  await page.waitForURL(/\/tickets\/[\da-f-]{36}/);
  return /tickets\/([\da-f-]{36})/.exec(page.url())![1]!;
}
const ticketsOf = async (clientId: string) => (await anna.session.ask<{ items: { id: string }[] }>("GET", `/tickets?view=all&clientId=${clientId}`)).items;

const recordsOf = async (id: string) => (await anna.session.ask<{ items: { id: string }[] }>("GET", `/forms/records?subjectKind=ticket&subjectId=${id}`)).items;
const only = async (id: string) => { const [first] = await recordsOf(id); return first && anna.session.ask<RecordView>("GET", `/forms/records/${first.id}`); };
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe.run();
    return violations.map((each) => `${each.id} ${JSON.stringify(each.nodes.map((node) => node.target))}`);
  });
}

test("R154: a wrong field is explained when it is left, what depends on it is computed and shown at once, and the bar leads to what is missing", async () => {
  const { page } = anna;
  await ticket();
  await field(page, "email").fill("nobody");
  await page.keyboard.press("Tab");
  await page.getByText("An address looks like name@example.org.").waitFor();
  expect(await page.locator('[data-path="note"]').count()).toBe(0);
  await field(page, "count").fill("3");
  await field(page, "price").fill("9,90");
  await until("the sum is there", async () => (await field(page, "total").inputValue()) === "29.70");
  await field(page, "note").waitFor();
  await page.getByRole("button", { name: "Missing: Surname" }).click();
  expect(await page.evaluate(() => document.activeElement?.id.endsWith("orderer-surname"))).toBe(true);
  expect(await barriers(page)).toEqual([]);
});

test("R160: what is filled without a network survives a reload and is submitted once when the server answers again", async () => {
  const { page } = anna;
  const id = await ticket();
  await page.route("**/api/forms/records**", (route) => (route.request().method() === "GET" ? route.continue() : route.abort()));
  await field(page, "orderer").nth(0).fill("Žnidaršič");
  await field(page, "orderer").nth(1).fill("Čedomir");
  await field(page, "email").fill("cedomir@example.org");
  await field(page, "count").fill("1");
  await page.getByText("Kept here, will be sent").waitFor();
  await page.reload();
  await until("the draft is back", async () => (await field(page, "orderer").nth(0).inputValue()) === "Žnidaršič");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.getByText("Kept here, will be submitted").waitFor();
  expect(await recordsOf(id)).toEqual([]);
  await page.unroute("**/api/forms/records**");
  await until("it is submitted", async () => (await only(id))?.state === "submitted");
  expect(await recordsOf(id)).toHaveLength(1);
  expect((await only(id))?.data["orderer"]).toEqual({ surname: "Žnidaršič", given: "Čedomir" });
  await page.getByText(/^Submitted by/).waitFor();
});

/** The client's telephone at the link that the operator makes; nothing may fail on it. */
async function withClient(page: Page, form: Page | Locator, work: (client: Page) => Promise<void>): Promise<void> {
  await form.getByRole("button", { name: "Fill together with the client" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await until("the link is there", () => page.getByRole("textbox", { name: "Fill together with the client" }).inputValue());
  await page.keyboard.press("Escape");
  const phone = await Browser.open({ size: { width: 390, height: 780 } });
  try {
    const client = await phone.page();
    await client.goto(link);
    await work(client);
    expect(phone.failures).toEqual([]);
  } finally {
    await phone.close();
  }
}

test("R090, R164: the client opens the link, both fill, and each sees what the other writes and where they are", async () => {
  const { page } = anna;
  await ticket();
  await field(page, "count").fill("2");
  await withClient(page, page, async (client) => {
    await field(client, "email").fill("client@example.org");
    await page.getByText("client is here").waitFor();
    await until("the operator sees it", async () => (await field(page, "email").inputValue()) === "client@example.org");
    await field(page, "orderer").nth(0).fill("Kovač");
    await until("the client sees it", async () => (await field(client, "orderer").nth(0).inputValue()) === "Kovač");
    expect(await client.locator('[data-path="count"]').count()).toBe(0);
    expect(await barriers(client)).toEqual([]);
  });
});

test("R090, R160: the client reads the form in their language, is told what is kept while there is no network, loses neither words nor files by a reload, says that their part is filled, and sees when it is submitted", async () => {
  const { page } = anna;
  const id = await ticket();
  await field(page, "count").fill("1");
  await withClient(page, page, async (client) => {
    await client.getByRole("button", { name: "Slovenščina" }).click();
    await client.getByRole("heading", { name: "Naročilo linije" }).waitFor();
    await client.getByRole("button", { name: "English" }).click();
    const writes = /\/api\/public\/forms\/[^/]+(\/files|\/ready|$|\?)/;
    await client.route(writes, (route) => (route.request().method() === "GET" ? route.continue() : route.abort()));
    await field(client, "email").fill("kept@example.org");
    await client.getByText("kept on this device and will be sent by itself").waitFor();
    await attach(client, "lease.txt");
    await client.getByText("not sent yet, kept on this device until the server answers").waitFor();
    expect(await barriers(client)).toEqual([]);
    await client.reload();
    await until("what was filled is back", async () => (await field(client, "email").inputValue()) === "kept@example.org");
    await client.getByText("lease.txt").waitFor();
    await client.getByText("not sent yet, kept on this device until the server answers").waitFor();
    await field(client, "orderer").nth(0).fill("Kovač");
    await client.getByRole("button", { name: "My part is filled" }).click();
    await until("the missing place is shown", () => client.evaluate(() => document.activeElement?.id.endsWith("orderer-given")));
    await field(client, "orderer").nth(1).fill("Ana");
    await client.getByRole("button", { name: "My part is filled" }).click();
    await client.getByText("It will be told when the connection is back.").waitFor();
    await client.unroute(writes);
    await client.getByRole("heading", { name: "Thank you, your part is filled" }).waitFor();
    await page.getByText("The client says their part is filled").waitFor();
    const record = (await only(id))!;
    expect([record.data["email"], record.data["orderer"], record.files.map(({ name }) => name), (record.data["papers"] as string[]).length]).toEqual(["kept@example.org", { surname: "Kovač", given: "Ana" }, ["lease.txt"], 1]);
    expect(await barriers(client)).toEqual([]);
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await client.getByRole("heading", { name: "Thank you. The form has been submitted" }).waitFor();
    expect(await client.getByRole("button", { name: "My part is filled" }).count()).toBe(0);
    expect(await barriers(client)).toEqual([]);
  });
});

test("R160: files of a form before its request is registered: a lost answer and a lost network are told, nothing is lost, and each file is on the ticket once", async () => {
  const { page, t } = anna;
  const { form, clientId } = await registration();
  // The server takes the first file, and its answer is lost.
  await page.route("**/api/forms/records/*/files?*", async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
  await attach(page, "contract.txt");
  await form.getByText("not sent yet, kept on this device until the server answers").waitFor();
  await form.getByRole("link", { name: "contract.txt" }).waitFor();
  await page.context().setOffline(true);
  await field(page, "email").fill("cedomir@example.org");
  await form.getByRole("button", { name: t("register.send") }).click();
  await form.getByRole("alert").filter({ hasText: t("handed.away") }).getByText(t("handed.kept")).waitFor();
  await attach(page, "plan.txt");
  await form.getByText("not sent yet, kept on this device until the server answers").waitFor();
  await form.getByRole("button", { name: t("register.send") }).click();
  await form.getByRole("alert").filter({ hasText: t("handed.files") }).waitFor();
  expect(await barriers(page)).toEqual([]);
  expect(await ticketsOf(clientId)).toEqual([]);
  expect(await field(page, "email").inputValue()).toBe("cedomir@example.org");
  await page.context().setOffline(false);
  await form.getByRole("link", { name: "plan.txt" }).waitFor();
  await form.getByRole("alert").waitFor({ state: "detached" });
  const id = await registered(form);
  expect(await ticketsOf(clientId)).toHaveLength(1);
  expect(await recordsOf(id)).toHaveLength(1);
  const record = (await only(id))!;
  expect(record).toMatchObject({ state: "submitted", data: { email: "cedomir@example.org", papers: record.files.map((file) => file.id) } });
  expect(record.files.map(({ name }) => name)).toEqual(["contract.txt", "plan.txt"]);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  for (const name of ["contract.txt", "plan.txt"]) expect(await page.locator('[data-path="papers"]').getByRole("link", { name }).count()).toBe(1);
});

test("R090, R160: while a request is registered the client fills their part and adds a file by a link; a reload keeps it all, and it goes with the request", async () => {
  const { page, t } = anna;
  const { form } = await registration();
  await withClient(page, form, async (client) => {
    await field(client, "email").fill("client@example.org");
    await attach(client, "passport.txt");
    await client.locator('[data-path="papers"]').getByText("passport.txt").waitFor();
    await form.getByRole("link", { name: "passport.txt" }).waitFor();
    await until("the operator sees it", async () => (await field(page, "email").inputValue()) === "client@example.org");
    await page.reload();
    await page.getByRole("tab", { name: t("client.tab.register"), exact: true }).click();
    await form.getByRole("link", { name: "passport.txt" }).waitFor();
    expect(await field(page, "orderer").nth(0).inputValue()).toBe("Žnidaršič");
    const id = await registered(form);
    const record = (await only(id))!;
    expect(record).toMatchObject({ state: "submitted", data: { email: "client@example.org", papers: [record.files[0]!.id] }, files: [{ name: "passport.txt", by: "client" }] });
    await client.getByText("Спасибо", { exact: false }).waitFor();
    expect(await barriers(client)).toEqual([]);
  });
});

test("R163: a consent said in a call is written down with its words, version, person and moment, and in a dispute the recording is played from just before that second", async () => {
  const { page, t, session } = anna;
  const number = newNumber("+79161");
  await session.ask("POST", "/clients", { familyName: "Zajc", givenName: "Marija", phones: [number], projects: ["internet"], force: true });
  await page.goto("/");
  await anna.goReady();
  const call = await caller.call("100", { from: number });
  await call.waitFor("answered");
  call.sing(440);
  await hearsSound(call);
  await hearsOut(call, "ru", ["welcome_internet", "may_be_recorded"]);
  call.press("1");
  await call.audio.hear(40);
  call.press("1");
  await anna.offer.waitFor();
  await anna.answer();
  const answered = performance.now();
  const form = anna.client.getByRole("form", { name: t("register.title") });
  await form.waitFor();
  await anna.choose(form, t("register.type"), "Order of a line");
  await form.getByRole("textbox", { name: t("register.subject") }).fill("A line for a house");
  await field(page, "orderer").nth(0).fill("Zajc");
  await field(page, "orderer").nth(1).fill("Marija");
  await field(page, "email").fill("marija@example.org");
  await field(page, "count").fill("1");
  const consent = page.locator('[data-path="consent"]');
  await consent.getByText("Do you agree that we use your data?").waitFor();
  await until("the talk has lasted a while", () => Promise.resolve(performance.now() - answered > 13_000), 20_000);
  await consent.getByRole("button", { name: "Agrees" }).click();
  await consent.getByText(/form of .*20\d\d$/).waitFor();
  await form.getByRole("button", { name: t("register.send") }).click();
  const done = anna.client.getByRole("status").filter({ hasText: t("register.done") });
  const id = /tickets\/([\da-f-]{36})/.exec((await done.getByRole("link", { name: t("register.open") }).getAttribute("href"))!)![1]!;
  await call.hangUp();
  await page.goto(`/tickets/${id}`);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const record = (await only(id))!;
  const given = record.data["consent"] as { text: string; offsetMs: number; recordingId: string };
  expect(given.text).toBe("Do you agree that we use your data?");
  expect(given.offsetMs).toBeGreaterThan(11_000);
  await consent.getByText(/^Said in a call, written down by \S+ \S+, .+ · form of .*20\d\d$/).waitFor();
  await consent.getByRole("button", { name: /^Play from / }).click();
  const sound = page.locator("audio");
  await until("it plays from there", () => sound.evaluate((audio: HTMLAudioElement) => !audio.paused && audio.currentTime > 0.8));
  const from = given.offsetMs / 1_000 - 10;
  expect(await sound.evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThan(from);
  expect(await barriers(page)).toEqual([]);
});

test("R161: a form that comes again and again is listed with its deadline for whom it is declared, and is gone from the list when it has been filled", async () => {
  const duties = `duties: { yearly: { type: line-check, subject: { en: Yearly check, ru: Годовая проверка, sl: Letni pregled }, every: 0 0 1 1 *, within_hours: 9500, who: { department: technicians } } }\n`;
  await admin.ask("PUT", "/projects/internet/text", { path: "duties.yaml", text: duties, number: 0, note: "" });
  const worker = await Desk.open("denis.lebedev", "en");
  try {
    const { page } = worker;
    await page.getByRole("link", { name: worker.t("nav.duties") }).click();
    const row = page.getByRole("listitem").filter({ hasText: "Yearly check" });
    await until("it is given and listed", async () => { if (await row.isVisible()) return true; await page.reload(); await page.getByRole("heading", { name: worker.t("duties.title") }).waitFor(); return false; }, 40_000);
    await row.getByText(/^until/).waitFor();
    expect(await barriers(page)).toEqual([]);
    await row.getByRole("link").click();
    await page.getByRole("button", { name: "Fill in the form" }).click();
    await field(page, "orderer").nth(0).fill("Žagar");
    await field(page, "orderer").nth(1).fill("Špela");
    await field(page, "email").fill("spela@example.org");
    await field(page, "count").fill("1");
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.getByText(/^Submitted by/).waitFor();
    await page.getByRole("link", { name: worker.t("nav.duties") }).click();
    await page.getByText(worker.t("duties.nothing")).waitFor();
  } finally {
    await worker.browser.close();
  }
});

test("an address of a text that is not there says so and offers those of its kind, and opens none by itself", async () => {
  const peter = await Desk.open("peter.admin", "en");
  try {
    const { page } = peter;
    await page.goto("/projects/internet?text=forms/storey.yaml");
    await page.getByText("There is no text “forms/storey.yaml” in this project.").waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "forms/story.yaml" }).click();
    await page.getByRole("button", { name: "Add a field" }).waitFor();
  } finally {
    await peter.browser.close();
  }
});

test("an administrator adds a field by keyboard, moves it, makes it depend on another and puts it in use; comments stay", async () => {
  const peter = await Desk.open("peter.admin", "en");
  const { page } = peter;
  await page.goto("/projects/internet?text=forms/story.yaml");
  await page.getByRole("button", { name: "Add a field" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Day", exact: true }).click();
  const outline = page.getByRole("navigation", { name: "Fields of the form" });
  await outline.getByRole("button", { name: "New field" }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  const shown = page.getByRole("textbox", { name: "Shown when" });
  await shown.fill("form.count > 1");
  await page.keyboard.press("Escape");
  await shown.blur();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Save and use" }).click();
  const saved = await until("it is in use", async () => { const now = await admin.ask<Text>("GET", "/projects/internet/text?path=forms/story.yaml"); return now.current > 1 && now.text; });
  expect(saved).toContain("# Exact to the cent.");
  expect(saved).toMatch(/show: \{ note: form.count > 2, date: form.count > 1 \}/);
  expect(peter.browser.failures).toEqual([]);
  await peter.browser.close();
});

test("no page of a form asked for what the policy forbids", () => {
  expect(anna.browser.failures).toEqual([]);
});
