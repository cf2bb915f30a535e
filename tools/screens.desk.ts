import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

/** A running server with the demo company, seen through a browser: what the pictures of docs/screens are taken with. */
export const base = (process.env["BASE_URL"] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const password = process.env["LINIJA_DEMO_PASSWORD"] ?? "linija-demo";
/** Where the pictures go; elsewhere for who only wants to look. */
export const folder = process.env["SCREENS"] ?? join(import.meta.dirname, "../docs/screens");

export type Language = "en" | "ru" | "sl";
export interface Look { language: Language; dark?: boolean; width?: number; height?: number }

export async function open(browser: Browser, look: Look): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 720 }, colorScheme: look.dark ? "dark" : "light", locale: look.language, timezoneId: "Europe/Ljubljana", permissions: ["microphone", "notifications"], reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await page.locator("input[name=login]").waitFor();
  return page;
}

export async function signIn(browser: Browser, login: string, look: Look): Promise<Page> {
  const page = await open(browser, look);
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
  await page.locator("header").first().waitFor();
  await write(page, "PUT", "/access/me/language", { language: look.language });
  await page.goto(`${base}/`);
  await settle(page);
  return page;
}

/** A write as the desk makes it, with the session's own token. */
export const write = (page: Page, method: string, path: string, body: unknown) => page.evaluate(async ([method, path, body]) => {
  const me = (await (await fetch("/api/access/me")).json()) as { csrf: string };
  const reply = await fetch(`/api${path as string}`, { method: method as string, headers: { "content-type": "application/json", "x-csrf": me.csrf }, body: JSON.stringify(body) });
  return { status: reply.status, body: (await reply.json().catch(() => null)) as unknown };
}, [method, path, body]);

/** Nothing grey is left that waits for data, and the last frame is drawn. */
export async function settle(page: Page): Promise<void> {
  await page.locator("main").first().waitFor();
  await page.locator("[aria-busy='true'], .skeleton").first().waitFor({ state: "detached", timeout: 10_000 }).catch(() => undefined);
  await page.waitForTimeout(250);
}

export async function go(page: Page, path: string): Promise<void> {
  await page.goto(`${base}${path}`);
  await settle(page);
}

export async function shoot(page: Page, name: string): Promise<void> {
  await settle(page);
  await keep(page, name);
}

/** Of a page that is not the desk's. */
export async function keep(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}
