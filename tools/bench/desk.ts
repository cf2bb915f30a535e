import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { buildBrowserParts } from "../build.ts";
import { root } from "../steps.ts";
import { load, median, percentile, round, startServer } from "./child.ts";
import { send, signIn, type Desk } from "./http.desk.ts";

/** The operator's workspace in a real browser: what it loads, when one can begin to work, how it answers to keys with a long list. */
const OPERATOR = "anna.sokolova";
const OPENINGS = 5;
const ITEMS = 500;
const TEXT = "The client called again about the same thing and asks for a call before six, ";

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  await buildBrowserParts(root, say);
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
  if (!executablePath) throw new Error("This bench needs Chromium: on Debian apt-get install chromium, or set CHROMIUM to a browser");
  const folder = mkdtempSync(join(tmpdir(), "linija-bench-desk-"));
  // As root PostgreSQL runs as another user, who must be able to come here.
  chmodSync(folder, 0o755);
  const server = await startServer({ folder });
  const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  try {
    await server.ready();
    const desk = await signIn(server.url, OPERATOR);
    const openings: Opening[] = [];
    for (let n = 0; n < OPENINGS; n++) openings.push(await opened(browser, desk));
    const interactive = openings.map(({ interactiveMs }) => interactiveMs);
    say(`ready to work after ${interactive.map((ms) => round(ms, 0)).join(", ")} ms, ${openings[0]!.scripts} scripts (${load()})`);
    await register(desk, ITEMS);
    const delays = await typed(browser, desk);
    say(`${delays.length} keys with ${ITEMS} items: p50 ${round(percentile(delays, 0.5))} ms, p95 ${round(percentile(delays, 0.95))} ms, worst ${round(Math.max(...delays))} ms (${load()})`);
    return { js_kb: round(openings[0]!.bytes / 1024), interactive_ms: round(median(interactive), 0), input_delay_ms: round(percentile(delays, 0.95)) };
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Opening { interactiveMs: number; scripts: number; /** Gzipped. */ bytes: number }

/** A new browser profile each time: nothing is cached, which is the worst morning. */
async function opened(browser: Browser, desk: Desk): Promise<Opening> {
  const context = await signedIn(browser, desk);
  try {
    const page = await context.newPage();
    const bodies: Promise<Buffer>[] = [];
    page.on("response", (response) => { if (/\.js(\?|$)/.test(response.url())) bodies.push(response.body()); });
    await page.goto(`${desk.url}/`);
    const interactiveMs = await interactive(page);
    const scripts = await Promise.all(bodies);
    return { interactiveMs, scripts: scripts.length, bytes: scripts.reduce((sum, body) => sum + gzipSync(body).length, 0) };
  } finally {
    await context.close();
  }
}

async function signedIn(browser: Browser, desk: Desk): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const [name = "", value = ""] = desk.cookie.split("=");
  await context.addCookies([{ name, value, url: desk.url }]);
  return context;
}

async function interactive(page: Page): Promise<number> {
  const mark = await page.waitForFunction(() => performance.getEntriesByName("desk:interactive")[0]?.startTime, null, { timeout: 30_000 });
  return (await mark.jsonValue())!;
}

/** Own tickets, so that all of them stand in the work list. */
async function register(desk: Desk, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await send(desk, { method: "POST", path: "/tickets", body: { projectKey: desk.projects[0], type: "question", subject: `Question ${n} of the day`, contactPhone: `+3864${String(n).padStart(7, "0")}` } });
  }
}

/** From each key to the frame that shows it, in a note and in the command bar, with the whole list loaded beside them. */
async function typed(browser: Browser, desk: Desk): Promise<number[]> {
  const words = JSON.parse(readFileSync(join(root, `apps/desk/src/i18n/${desk.language}.json`), "utf8")) as Record<string, string>;
  const context = await signedIn(browser, desk);
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`${desk.url}/work`);
  await interactive(page);
  await wholeList(page, words["work.list"]!);
  await page.getByRole("listitem").getByRole("button").first().click();
  await page.getByRole("textbox", { name: words["ticket.note"]!, exact: true }).click();
  await page.keyboard.type(TEXT, { delay: 30 });
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(words["bar.hint"]!).waitFor();
  await page.keyboard.type(TEXT.slice(0, 30), { delay: 30 });
  const delays = await page.evaluate(() => (globalThis as unknown as { keyDelays: number[] }).keyDelays);
  await context.close();
  return delays;
}

/** In the page: the time from a key to the task after the next frame was drawn. */
const WATCH = `
  globalThis.keyDelays = [];
  addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey) return;
    requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => keyDelays.push(performance.now() - event.timeStamp); channel.port2.postMessage(0); });
  }, { capture: true });
`;

/** The list asks for its next page when its end is seen. */
async function wholeList(page: Page, name: string): Promise<void> {
  const list = page.getByRole("region", { name });
  const rowPx = 40;
  await list.waitFor();
  await page.waitForFunction(({ label, px }) => {
    const { document } = globalThis as unknown as { document: { querySelector(selector: string): { scrollTop: number; scrollHeight: number } } };
    const box = document.querySelector(`[role=region][aria-label="${label}"]`);
    box.scrollTop = box.scrollHeight;
    return box.scrollHeight >= px;
  }, { label: name, px: ITEMS * rowPx }, { timeout: 30_000, polling: 100 });
  await list.evaluate((box) => { (box as unknown as { scrollTop: number }).scrollTop = 0; });
}
