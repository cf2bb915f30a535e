import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import type { Floor } from "../../apps/server/src/features/floor/floor.contract.ts";
import { Browser } from "./browser.ts";
import { linija, Session, until } from "./linija.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A company's own site, on another origin, with a policy that allows nothing but our server. */
const site = createServer((request, response) => {
  const language = request.url?.slice(1) || "en";
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": `default-src 'none'; script-src ${linija.url}; connect-src ${linija.url}` });
  response.end(`<!doctype html><html lang="${language}"><head><title>A company</title></head><body><main><h1>A company</h1></main><script src="${linija.url}/widget/call.js" data-project="internet" async></script></body></html>`);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
const visitor = await Browser.open({ hz: 600, language: "en" });
const vera = await Session.of("vera.orlova");
afterAll(async () => { await visitor.close(); site.close(); });

const waiting = (name: string) => async (): Promise<boolean> => (await vera.ask<Floor>("GET", "/floor")).waiting.some((each) => each.clientName === name);
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe.run();
    return violations.map((each) => `${each.id} ${JSON.stringify(each.nodes.map((node) => node.target))}`);
  });
}

test("on a company's own site with a strict policy a visitor chooses by key, sees the place in the queue, and closing the page ends the call", async () => {
  const page = await visitor.page();
  await page.goto(`${home}/ru`);
  await page.getByRole("button", { name: "Позвонить нам" }).click();
  expect(await barriers(page)).toEqual([]);
  await page.getByLabel("Ваше имя (необязательно)").fill("Семён Сайтов");
  await page.keyboard.press("Enter");
  await page.getByText("Слушайте и выбирайте клавишами").waitFor();
  await page.getByRole("button", { name: "Клавиша 1", exact: true }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await until("the key is understood", async () => {
    if (await page.getByText("Ваше место в очереди: 1").isVisible()) return true;
    if (await page.getByText("Слушайте и выбирайте клавишами").isVisible() && (await vera.ask<Floor>("GET", "/floor")).waiting.length === 0) await page.keyboard.press("2");
    await page.waitForResponse((reply) => reply.url().includes("/api/public/calls/"));
    return false;
  }, 30_000);
  expect(await barriers(page)).toEqual([]);
  expect(await waiting("Семён Сайтов")()).toBe(true);
  await page.close({ runBeforeUnload: false });
  await until("the call is over", async () => !(await waiting("Семён Сайтов")()), 5_000);
});

test.each([
  ["the microphone is refused", "NotAllowedError", "The microphone is not allowed."],
  ["there is no microphone", "NotFoundError", "No microphone was found."],
])("says what to do when %s", async (_what, name, text) => {
  const page = await visitor.page();
  await page.addInitScript(`navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "${name}"));`);
  await page.goto(home);
  await page.getByRole("button", { name: "Call us" }).click();
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: text }).waitFor();
  expect(await page.evaluate('document.querySelector("linija-call").shadowRoot.activeElement.textContent')).toBe("Call again");
  await page.close();
});

test("offers another try when all lines are in use, and says that a number cannot be one at its field", async () => {
  const page = await visitor.page();
  let answers = 0;
  await page.route("**/api/public/calls", async (route) => {
    if (route.request().method() !== "POST" || answers++ > 0) return route.continue();
    return route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*", "retry-after": "5" }, contentType: "application/problem+json", body: JSON.stringify({ code: "line_full", retryAfterS: 5 }) });
  });
  await page.goto(home);
  await page.getByRole("button", { name: "Call us" }).click();
  await page.getByLabel(/^Your phone/).fill("12");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "All our lines are in use." }).waitFor();
  await page.getByRole("button", { name: "Call again" }).click();
  await page.getByRole("alert").filter({ hasText: "+386 41 123 456" }).waitFor();
  expect(await page.getByLabel(/^Your phone/).getAttribute("aria-invalid")).toBe("true");
  await page.close();
  expect(visitor.failures).toEqual([]);
});

test("refuses a web call of nonsense with a word about the field", async () => {
  const ask = async (body: object) => {
    const reply = await fetch(`${linija.url}/api/public/calls`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return [reply.status, ((await reply.json()) as { errors?: { field: string }[] }).errors?.map((each) => each.field)];
  };
  expect(await ask({ project: "shop", sdp: "this is no session description at all" })).toEqual([422, ["sdp"]]);
  expect(await ask({ project: "nobody", sdp: "this is no session description at all" })).toEqual([422, ["project"]]);
});
