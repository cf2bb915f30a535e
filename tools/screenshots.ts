import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { declaredScreens } from "./screens.declared.ts";
import { base, folder, go, open, shoot, signIn, write, type Language } from "./screens.desk.ts";

/**
 * Pictures of the desk for docs/screens, taken from a running server with the demo company:
 *   BASE_URL=http://127.0.0.1:8080 npm run screenshots
 * `-- declared` takes those of processes, forms, rules and the client's pages alone; SCREENS names another folder.
 * A client's call is placed from a second browser window, so that offer, talk and wrap-up are real.
 */
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"];

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

/** To a project that is open at any hour, whenever the pictures are taken. */
async function callOfUnknown(browser: Browser): Promise<void> {
  const page = await signIn(browser, "olga.vidmar", { language: "sl", dark: true });
  await goReady(page);
  const caller = await placeCall(browser, { project: "taxi", phone: `+3861555${Math.floor(1000 + Math.random() * 8999)}`, language: "sl" });
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
  if (process.argv[2] !== "declared") for (const take of [signInScreen, operatorScreens, callOfKnownClient, callOfUnknown, otherRoles]) await take(browser);
  await declaredScreens(browser);
} finally {
  await browser.close();
}
