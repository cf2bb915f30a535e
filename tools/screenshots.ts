import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

/**
 * Pictures of the desk for docs/screens, taken from a running server with the demo company:
 *   BASE_URL=http://127.0.0.1:8080 npm run screenshots
 * A client's call is placed from a second browser window, so that offer, talk and wrap-up are real.
 */
const base = (process.env["BASE_URL"] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const password = process.env["LINIJA_DEMO_PASSWORD"] ?? "linija-demo";
const folder = join(import.meta.dirname, "../docs/screens");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"];

type Language = "en" | "ru" | "sl";
interface Look { language: Language; dark?: boolean; width?: number; height?: number }

async function open(browser: Browser, look: Look): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 720 }, colorScheme: look.dark ? "dark" : "light", locale: look.language, timezoneId: "Europe/Ljubljana", permissions: ["microphone", "notifications"], reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await page.locator("input[name=login]").waitFor();
  return page;
}

async function signIn(browser: Browser, login: string, look: Look): Promise<Page> {
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
const write = (page: Page, method: string, path: string, body: unknown) => page.evaluate(async ([method, path, body]) => {
  const me = (await (await fetch("/api/access/me")).json()) as { csrf: string };
  await fetch(`/api${path as string}`, { method: method as string, headers: { "content-type": "application/json", "x-csrf": me.csrf }, body: JSON.stringify(body) });
}, [method, path, body]);

/** Ready for a call, whatever an earlier run left behind. */
async function goReady(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const me = (await (await fetch("/api/access/me")).json()) as { csrf: string };
    const line = (await (await fetch("/api/calls/line")).json()) as { state: string; call: { id: string } | null };
    const headers = { "content-type": "application/json", "x-csrf": me.csrf };
    if (line.state === "wrap_up" && line.call) await fetch(`/api/calls/${line.call.id}/wrap-up`, { method: "POST", headers, body: JSON.stringify({ disposition: "wrong-number", notes: "" }) });
    await fetch("/api/calls/line/state", { method: "PUT", headers, body: JSON.stringify({ state: "ready" }) });
  });
  await page.goto(`${base}/work`);
}

/** Nothing grey is left that waits for data, and the last frame is drawn. */
async function settle(page: Page): Promise<void> {
  await page.locator("main").first().waitFor();
  await page.locator("[aria-busy='true'], .skeleton").first().waitFor({ state: "detached", timeout: 10_000 }).catch(() => undefined);
  await page.waitForTimeout(250);
}

async function go(page: Page, path: string): Promise<void> {
  await page.goto(`${base}${path}`);
  await settle(page);
}

async function shoot(page: Page, name: string): Promise<void> {
  await settle(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`docs/screens/${name}.png`);
}

/** Runs in the client's window; text, because this file is checked without the browser's types. */
const clientsBrowser = `async (call) => {
  const peer = new RTCPeerConnection();
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of microphone.getTracks()) peer.addTrack(track, microphone);
  await peer.setLocalDescription(await peer.createOffer());
  await new Promise((done) => {
    peer.addEventListener("icegatheringstatechange", () => { if (peer.iceGatheringState === "complete") done(); });
    setTimeout(done, 1000);
  });
  const reply = await fetch("/api/public/calls", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...call, sdp: peer.localDescription.sdp }) });
  const { sdp } = await reply.json();
  if (sdp) await peer.setRemoteDescription({ type: "answer", sdp });
  globalThis.keptPeer = peer;
  return reply.status;
}`;

/** A client calls from a web page; the call waits in the queue until someone answers. */
async function placeCall(browser: Browser, call: { project: string; phone: string; language: Language }): Promise<Page> {
  const context = await browser.newContext({ permissions: ["microphone"] });
  const page = await context.newPage();
  await page.goto(`${base}/favicon.svg`);
  const status = await page.evaluate(`(${clientsBrowser})(${JSON.stringify(call)})`);
  if (status !== 200) throw new Error(`the demo call was refused with ${String(status)}`);
  return page;
}

async function signInScreen(browser: Browser): Promise<void> {
  const page = await open(browser, { language: "en" });
  await page.screenshot({ path: join(folder, "sign-in.png") });
  await page.context().close();
}

async function callOfKnownClient(browser: Browser): Promise<void> {
  const page = await signIn(browser, "anna.sokolova", { language: "en" });
  await goReady(page);
  await shoot(page, "workspace-ready");
  const caller = await placeCall(browser, { project: "internet", phone: "+74955551020", language: "ru" });
  await page.locator("section[aria-label='Incoming call']").waitFor({ timeout: 90_000 });
  await shoot(page, "offer");
  await page.keyboard.press("Alt+a");
  await page.locator("section[aria-label='Live line']").waitFor();
  await page.waitForTimeout(1500);
  await shoot(page, "talking");
  await page.keyboard.press("Alt+e");
  await page.keyboard.press("Alt+e");
  await page.getByRole("radiogroup").first().waitFor();
  await page.getByRole("radio", { name: "Consultation given" }).click();
  await page.waitForTimeout(1500);
  await shoot(page, "wrap-up");
  await page.keyboard.press("n");
  await page.keyboard.type("Told how the repair stands; the client is satisfied.");
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(800);
  await write(page, "PUT", "/calls/line/state", { state: "offline" });
  await caller.context().close();
  await page.context().close();
}

async function callOfUnknown(browser: Browser): Promise<void> {
  const page = await signIn(browser, "olga.vidmar", { language: "sl", dark: true });
  await goReady(page);
  const caller = await placeCall(browser, { project: "shop", phone: `+3861555${Math.floor(1000 + Math.random() * 8999)}`, language: "sl" });
  await page.locator("section[aria-label='Dohodni klic']").waitFor({ timeout: 90_000 });
  await page.keyboard.press("Alt+a");
  await page.locator("section[aria-label='Aktivna linija']").waitFor();
  await page.waitForTimeout(1500);
  await shoot(page, "new-client-dark-sl");
  await page.keyboard.press("Alt+e");
  await page.keyboard.press("Alt+e");
  await page.getByRole("radio", { name: "Napačna številka" }).click();
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(800);
  await write(page, "PUT", "/calls/line/state", { state: "offline" });
  await caller.context().close();
  await page.context().close();
}

async function operatorScreens(browser: Browser): Promise<void> {
  const page = await signIn(browser, "olga.vidmar", { language: "ru" });
  await go(page, "/tickets?view=open");
  await shoot(page, "tickets-ru");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator("ol[aria-label]").first().waitFor();
  await shoot(page, "ticket-ru");
  await go(page, "/clients");
  await page.keyboard.type("нов");
  await page.waitForTimeout(600);
  await page.getByRole("listitem").first().getByRole("button").click();
  await shoot(page, "clients-ru");
  await go(page, "/calls");
  await page.getByRole("listitem").first().getByRole("button").click();
  await shoot(page, "calls-ru");
  await page.keyboard.press("Control+k");
  await page.locator("[role=dialog] input").waitFor();
  await page.waitForTimeout(300);
  await page.keyboard.type("ива");
  await page.waitForTimeout(700);
  await shoot(page, "command-bar-ru");
  await page.context().close();
  const dark = await signIn(browser, "olga.vidmar", { language: "sl", dark: true });
  await shoot(dark, "workspace-dark-sl");
  await go(dark, "/settings");
  await shoot(dark, "settings-dark-sl");
  await dark.context().close();
}

async function otherRoles(browser: Browser): Promise<void> {
  const floor = await signIn(browser, "vera.orlova", { language: "en", width: 1600, height: 900 });
  await shoot(floor, "floor");
  await floor.context().close();
  const wall = await signIn(browser, "marko.zorman", { language: "sl", dark: true, width: 1600, height: 900 });
  await go(wall, "/wall");
  await shoot(wall, "wall-dark-sl");
  await wall.context().close();
  const department = await signIn(browser, "denis.lebedev", { language: "ru", width: 420, height: 800 });
  await shoot(department, "department-phone-ru");
  await department.context().close();
  const admin = await signIn(browser, "peter.admin", { language: "en" });
  await shoot(admin, "administrator");
  await go(admin, "/operators");
  await admin.getByText("Luka Kranjc").click();
  await admin.locator("[data-skill]").first().waitFor();
  await shoot(admin, "operators");
  await admin.context().close();
  const zoomed = await signIn(browser, "anna.sokolova", { language: "en", width: 640, height: 720 });
  await shoot(zoomed, "workspace-zoom-200");
  await zoomed.context().close();
}

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", headless: true, args: flags });
try {
  await signInScreen(browser);
  await operatorScreens(browser);
  await callOfKnownClient(browser);
  await callOfUnknown(browser);
  await otherRoles(browser);
} finally {
  await browser.close();
}
