import { afterAll, expect, test } from "vitest";
import { Browser, startChromium } from "./browser.ts";
import { Desk } from "./desk.ts";
import { Session } from "./linija.ts";

/** One account of each role: where it comes home, what stands there, and a route of each other role, as its own screen asks it. */
const ROLES = [
  { login: "emily.carter", home: "/work", sees: "nav.work", own: "/calls/line" },
  { login: "marko.zorman", home: "/floor", sees: "nav.floor", own: "/tickets/bulk" },
  { login: "tina.golob", home: "/department", sees: "nav.department", own: "/tickets?view=department" },
  { login: "irena.vidic", home: "/reports", sees: "nav.reports", own: "/floor" },
  { login: "peter.admin", home: "/admin", sees: "nav.admin", own: "/access/users" },
] as const;

const emily = await Session.of("emily.carter");
/** What each role alone does; asked as the others only, so that nothing of it happens. */
const ALONE: Record<string, readonly [method: string, path: string, body?: unknown]> = {
  "emily.carter": ["POST", "/calls/dial", { number: "+38640123456", projectKey: "shop" }],
  "marko.zorman": ["PUT", `/floor/operators/${emily.userId}/state`, { state: "offline" }],
  "irena.vidic": ["POST", "/reports/decisions", { project: "shop", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", what: "What", why: "Why", ownerId: emily.userId, dueAt: "2030-01-01T00:00:00Z" }],
  "peter.admin": ["GET", "/access/users"],
};

const chromium = await startChromium();
afterAll(() => chromium.close());

test("R003 one account of each role signs in, comes to its own home screen, and is refused the others' deeds", async () => {
  for (const { login, home, sees, own } of ROLES) {
    const desk = await Desk.open(login, "en", await Browser.beside(chromium));
    await desk.page.waitForURL(`**${home}`);
    // The rail has the place, and it is the one that is open.
    await desk.page.getByRole("navigation", { name: desk.t("nav.title") }).getByRole("link", { name: desk.t(sees), exact: true }).and(desk.page.locator("[aria-current=page]")).waitFor();
    const session = await Session.of(login);
    expect((await session.raw("GET", own)).status, `${login}: GET ${own}`).toBe(200);
    for (const [other, [method, path, body]] of Object.entries(ALONE)) {
      if (other === login) continue;
      expect((await session.raw(method, path, body)).status, `${login}: ${method} ${path}`).toBe(403);
    }
    expect(desk.browser.failures).toEqual([]);
    await desk.browser.close();
  }
});
