import type { Browser as Chromium } from "playwright-core";
import { Browser } from "./browser.ts";
import { DAYS, DEPARTMENTS, OPERATOR, SUPERVISOR, type Day } from "./days.ts";
import { Desk } from "./desk.ts";
import { linija, Session } from "./linija.ts";

const FIRST_PASSWORD = "given out on the first morning";
/** A day in a project that does not come with the demo. */
export type MadeDay = Day & { made: NonNullable<Day["made"]> };
export const projectOf = ({ template, made }: Day): string => made?.key ?? template;

/** A project from a template as an administrator makes one in the desk. */
export async function makeInDesk(peter: Desk, { made }: MadeDay, templateName: string): Promise<void> {
  const { page, t } = peter;
  await page.getByRole("link", { name: t("nav.projects") }).click();
  await page.getByRole("button", { name: new RegExp(`: ${templateName}$`) }).click();
  const form = page.getByRole("dialog", { name: `New project from “${templateName}”` });
  await form.getByRole("textbox", { name: "Name, English" }).fill(made.name);
  await form.getByRole("textbox", { name: "Numbers" }).fill(made.numbers.join(", "));
  await form.getByRole("textbox", { name: "Ticket letters" }).fill(made.prefix);
  await form.getByRole("textbox", { name: "Mail to clients from" }).fill(`${made.key}@example.com`);
  await form.getByRole("button", { name: "Create project" }).click();
  await page.waitForURL(`**/projects/${made.key}`);
  await page.getByRole("navigation", { name: `Texts of ${made.name}` }).getByRole("button", { name: /\bloan$/ }).first().waitFor();
}

/** The same by the route that button takes. */
export const makeByRoute = (peter: Session, { made, template }: MadeDay): Promise<{ key: string; texts: number }> =>
  peter.ask("POST", "/projects", {
    template, key: made.key, name: { en: made.name, ru: made.name, sl: made.name }, languages: ["en", "ru", "sl"], defaultLanguage: "en", numbers: made.numbers, callerId: made.numbers[0], ticketPrefix: made.prefix,
    mailFrom: `${made.key}@example.com`,
  });

/** An operator and a supervisor of all of it, and a worker of each department the demo has nobody for. Each chooses a password at the first sign-in. */
export async function employ(peter: Session): Promise<void> {
  const all = DAYS.map(projectOf);
  const people = [
    { login: OPERATOR, name: "Tilen Kos", roles: ["operator"], projects: all }, { login: SUPERVISOR, name: "Lea Breznik", roles: ["supervisor"], projects: all },
    ...Object.entries(DEPARTMENTS).map(([department, template]) => ({ login: `day.${department}`, name: `Worker of ${department}`, roles: ["department_worker"], department, projects: DAYS.filter((day) => day.template === template).map(projectOf) })),
  ];
  await Promise.all(people.map(async (person) => {
    await peter.ask("POST", "/access/users", { ...person, language: "en", password: FIRST_PASSWORD });
    await (await Session.of(person.login, FIRST_PASSWORD)).ask("PUT", "/access/me/password", { current: FIRST_PASSWORD, next: linija.password });
  }));
}

/** Who sits where: everybody signs in once, at a desk of their own in one Chromium. */
export class Seats {
  readonly #chromium: Chromium;
  readonly #taken = new Map<string, Promise<Desk>>();

  constructor(chromium: Chromium) { this.#chromium = chromium; }

  of(login: string): Promise<Desk> {
    const seat = this.#taken.get(login) ?? Browser.beside(this.#chromium).then((browser) => Desk.open(login, "en", browser));
    this.#taken.set(login, seat);
    return seat;
  }

  /** What the pages' policy refused, and what went wrong in them, at all desks. */
  failures = async (): Promise<string[]> => (await Promise.all(this.#taken.values())).flatMap(({ browser }) => browser.failures);
}
