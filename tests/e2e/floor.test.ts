import { spawn } from "node:child_process";
import { afterAll, expect, test } from "vitest";
import { Desk } from "./desk.ts";
import { clock, linija, Session, tell } from "./linija.ts";

const vera = await Desk.open("vera.orlova", "ru");
const timur = await Session.of("timur.akhmetov");
afterAll(async () => { await timur.raw("PUT", "/calls/line/state", { state: "offline" }); await vera.browser.close(); });

test("a supervisor sees a call of another maker's phone wait and an operator come, without touching the screen", async () => {
  const { t, page } = vera;
  await page.goto("/floor");
  const queue = page.getByRole("region", { name: t("floor.queues") }).getByRole("row").filter({ hasText: "такси" });
  const waiting = queue.getByRole("cell").nth(0);
  const longest = queue.getByRole("cell").nth(1);
  const tile = page.getByRole("region", { name: t("floor.operators") }).getByRole("article").filter({ hasText: "Тимур Ахметов" });
  await tile.getByText(t("state.offline")).waitFor();
  expect(await waiting.innerText()).toBe("0");
  let loads = 0;
  page.on("load", () => { loads += 1; });

  // SIPp calls the taxi, waits twelve seconds and hangs up by itself.
  const sipp = spawn("sipp", ["-sn", "uac", "-s", "300", "-i", "127.0.0.1", "-m", "1", "-d", "12000", "-nostdin", `${linija.sip.host}:${linija.sip.port}`], { stdio: "ignore", env: { ...process.env, TERM: "dumb" } });
  const ended = new Promise<number | null>((resolve) => sipp.once("exit", resolve));
  await waiting.filter({ hasText: /^1$/ }).waitFor();
  const first = await longest.innerText();
  expect(first).toMatch(/^\d+:\d\d$/);
  await longest.filter({ hasNotText: first }).waitFor();
  expect(await longest.innerText()).toMatch(/^\d+:\d\d$/);

  // Ready at once means an offer; the tile follows by itself.
  const sinceReady = clock();
  await timur.ask("PUT", "/calls/line/state", { state: "ready" });
  await tile.getByText(t("state.offered")).waitFor();
  tell("operator's new state on the supervisor's screen", sinceReady(), "ms");
  const { offer } = await timur.lineIn("offered");
  const sinceDecline = clock();
  await timur.ask("POST", `/calls/offers/${offer!.id}/decline`);
  await tile.getByText(t("state.offered")).waitFor({ state: "detached" });
  tell("the declined offer gone from the screen", sinceDecline(), "ms");
  expect(await waiting.innerText()).toBe("1");

  // It hangs up: nobody waits any more.
  expect(await ended).toBe(0);
  await waiting.filter({ hasText: /^0$/ }).waitFor();
  expect(loads).toBe(0);
  expect(vera.browser.failures).toEqual([]);
});
