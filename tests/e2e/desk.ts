import type { Locator, Page } from "playwright-core";
import { Browser } from "./browser.ts";
import { deskWords, linija, Session, until, type Words } from "./linija.ts";

/** An operator or a supervisor at the desk, in a real browser. What is on screen is found by role and name, as people find it. */
export class Desk {
  readonly page: Page;
  readonly browser: Browser;
  readonly session: Session;
  readonly t: Words;

  private constructor(given: { page: Page; browser: Browser; session: Session; t: Words }) {
    this.page = given.page;
    this.browser = given.browser;
    this.session = given.session;
    this.t = given.t;
  }

  /** With a Chromium whose microphone hums, or in the one that is given. */
  static async open(login: string, language: "en" | "ru" | "sl", at: number | Browser = 800): Promise<Desk> {
    const [browser, session] = await Promise.all([typeof at === "number" ? Browser.open({ hz: at, language }) : at, Session.of(login)]);
    // Whoever was here in an earlier story may have left the desk in another language.
    await session.ask("PUT", "/access/me/language", { language });
    const page = await browser.page();
    const t = deskWords(language);
    await page.goto("/");
    await page.getByRole("textbox", { name: t("signIn.login") }).fill(login);
    await page.locator("input[name=password]").fill(linija.password);
    await page.getByRole("button", { name: t("signIn.enter") }).click();
    // A story that goes elsewhere at once would take the sign-in back.
    await page.locator("input[name=password]").waitFor({ state: "detached" });
    return new Desk({ page, browser, session, t });
  }

  button(key: string, params: Record<string, string> = {}): Locator { return this.page.getByRole("button", { name: this.t(key, params), exact: true }); }
  region(key: string): Locator { return this.page.getByRole("region", { name: this.t(key) }); }
  get offer(): Locator { return this.region("offer.title"); }
  get live(): Locator { return this.region("line.title"); }
  get client(): Locator { return this.page.getByRole("complementary", { name: this.t("client.tabs") }); }

  /** Ready by the menu of the own state, as the top bar has it. */
  async goReady(): Promise<void> {
    await this.page.getByRole("button", { name: this.t("state.mine") }).click();
    await this.page.getByRole("menuitem", { name: this.t("state.ready"), exact: true }).click();
    await this.session.lineIn("ready");
  }

  async answer(): Promise<void> {
    await this.offer.getByRole("button", { name: this.t("offer.accept") }).click();
    await this.session.lineIn("talking");
  }

  /** The end is pressed twice, so that a slip of the hand ends no call. */
  async hangUp(): Promise<void> {
    await this.live.getByRole("button", { name: this.t("line.end") }).click();
    await this.live.getByRole("button", { name: this.t("line.endAgain") }).click();
  }

  /** Chooses the option of a select by its label and text. */
  async choose(within: Locator, label: string, option: string): Promise<void> {
    await within.getByRole("combobox", { name: label }).or(within.getByRole("textbox", { name: label })).first().click();
    await this.page.getByRole("option", { name: option, exact: true }).click();
  }

  /** Fills the form beside the talk; resolves to the number to say aloud. */
  async register(given: { type: string; subject: string; description: string }): Promise<string> {
    const { t } = this;
    await this.client.getByRole("tab", { name: t("client.tab.register") }).click();
    const form = this.client.getByRole("form", { name: t("register.title") });
    await this.choose(form, t("register.type"), given.type);
    await form.getByRole("textbox", { name: t("register.subject") }).fill(given.subject);
    await form.getByRole("textbox", { name: t("register.description") }).fill(given.description);
    await form.getByRole("button", { name: t("register.send") }).click();
    const done = this.client.getByRole("status").filter({ hasText: t("register.done") });
    await done.waitFor();
    const number = /[A-Z]{2,4}-\d{3}-\d{3}-\d{3,4}-\d/.exec(await done.innerText())?.[0];
    if (!number) throw new Error(`no number in: ${await done.innerText()}`);
    return number;
  }

  /** Writes the card of someone we did not know; the number of the call is in it already. */
  async newClient(given: { familyName: string; givenName: string; email: string }): Promise<void> {
    const { t } = this;
    const form = this.client.getByRole("form", { name: t("client.new") });
    await form.getByLabel(t("client.familyName"), { exact: true }).fill(given.familyName);
    await form.getByLabel(t("client.givenName"), { exact: true }).fill(given.givenName);
    await form.getByLabel(t("client.emails")).fill(given.email);
    await form.getByRole("button", { name: t("client.create") }).click();
    await this.client.getByRole("heading", { name: `${given.givenName} ${given.familyName}` }).waitFor();
  }

  async openTicket(id: string): Promise<void> {
    await this.page.goto(`/tickets/${id}`);
  }

  /** Takes a step of the ticket that is open; fills the texts and choices its form asks for. */
  async step(name: string, fields: Record<string, string> = {}, choices: Record<string, string> = {}): Promise<void> {
    const steps = this.region("ticket.steps");
    await steps.getByRole("button", { name, exact: true }).click();
    const form = steps.getByRole("form", { name });
    await form.waitFor();
    for (const [label, text] of Object.entries(fields)) await form.getByRole("textbox", { name: label }).or(form.getByRole("spinbutton", { name: label })).fill(text);
    for (const [label, option] of Object.entries(choices)) await this.choose(form, label, option);
    await form.locator("button[type=submit]").click();
    await form.waitFor({ state: "detached" });
  }

  async wrapUp(disposition: string, notes: string): Promise<void> {
    const wrap = this.wrap;
    await wrap.getByRole("radio", { name: disposition }).click();
    await wrap.getByRole("textbox", { name: this.t("wrap.notes") }).fill(notes);
    await wrap.getByRole("button", { name: this.t("wrap.finish") }).click();
    await this.session.lineIn("ready");
  }

  get wrap(): Locator { return this.page.getByRole("region", { name: this.t("wrap.title") }).filter({ has: this.page.getByRole("radiogroup") }); }

  /** Leaves the chair, whatever a story that failed left in hand, so that the next story's call does not ring here. */
  async leave(): Promise<void> {
    const { session } = this;
    const left = until(`${this.page.url()}: the operator can leave`, async () => {
      const { state, call } = await session.line();
      if (call && state === "talking") await session.raw("POST", `/calls/${call.id}/hang-up`);
      if (call && state === "wrap_up") await session.raw("POST", `/calls/${call.id}/wrap-up`, { disposition: "wrong-number", ready: false });
      return (await session.raw("PUT", "/calls/line/state", { state: "offline" })).ok;
    });
    try {
      await left;
    } finally {
      await this.browser.close();
    }
  }
}
