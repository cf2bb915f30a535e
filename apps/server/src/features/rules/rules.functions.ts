import { Money, type CatalogueInput } from "@linija/rules";
import type { Language } from "../projects/texts.contract.ts";
import { words } from "./rules.words.ts";

/** The project's working hours as functions need them. */
export interface WorkingHours {
  add(from: Date, ms: number): Date;
  /** Milliseconds. */
  between(from: Date, to: Date): number;
  isOpen(at: Date): boolean;
}

/** What the authority matrix lets someone with these roles decide alone: an amount, anything, or nothing (null). */
export type Authority = (deed: string, roles: readonly string[]) => { amount: string; currency: string } | "any" | null;

/** Asked at the moment of a run, so that rules compiled once follow a calendar that changes. */
export interface FunctionSources { /** What the project's people read; asked at each call, where a rule is taken in several. */ language?: Language | (() => Language); hours?: () => WorkingHours; authority?: Authority; /** Of "anything" as an amount. */ currency?: string }

const HOUR_MS = 3_600_000;
/** Twenty years: every month between two moments is reckoned, and a rule must not hold the others up with thousands of them. */
const LONGEST_MS = 20 * 366 * 24 * HOUR_MS;
/** Above every amount that money can hold in a rule of this product. */
const ANY_AMOUNT = "999999999999999";

type Actor = { roles?: readonly string[] };

export function functionsOf({ language = "en", hours, authority, currency = "EUR" }: FunctionSources): NonNullable<CatalogueInput["functions"]> {
  const spoken = typeof language === "function" ? language : () => language;
  const at = { key: "at", type: "datetime" };
  const text = (key: Language) => ({ key, type: "text" });
  return {
    words: {
      doc: words("Of three texts, English, Russian and Slovenian, the one in the project's language; notes and tasks are read by each in their own", "Из трёх текстов – английского, русского и словенского – тот, что на языке проекта; заметки и задания каждый читает на своём", "Od treh besedil, angleškega, ruskega in slovenskega, tisto v jeziku projekta; zabeležke in naloge vsak bere v svojem"),
      params: [text("en"), text("ru"), text("sl")], result: "text",
      call: (en: string, ru: string, sl: string) => ({ en, ru, sl })[spoken()],
    },
    working_hours_between: {
      doc: words("Working hours between two moments, by the project's calendar", "Рабочие часы между двумя моментами по календарю проекта", "Delovne ure med dvema trenutkoma po koledarju projekta"),
      params: [{ key: "from", type: "datetime" }, { key: "to", type: "datetime" }], result: "double",
      call: (from: number, to: number) => (hours && to - from <= LONGEST_MS ? hours().between(new Date(from), new Date(to)) / HOUR_MS : null),
    },
    add_working_hours: {
      doc: words("The moment when so many working hours have passed", "Момент, когда пройдёт столько рабочих часов", "Trenutek, ko mine toliko delovnih ur"),
      params: [{ key: "from", type: "datetime" }, { key: "hours", type: "double" }], result: "datetime",
      call: (from: number, count: number) => (hours ? later(hours(), from, count * HOUR_MS) : null),
    },
    is_open: {
      doc: words("Whether the project is open at that moment", "Открыт ли проект в этот момент", "Ali je projekt takrat odprt"),
      params: [at], result: "boolean",
      call: (moment: number) => (hours ? hours().isOpen(new Date(moment)) : null),
    },
    authority: {
      doc: words("How much a person may decide alone, from the authority matrix; empty: nothing", "Сколько человек может решить сам по матрице полномочий; пусто: ничего", "Koliko sme oseba odločiti sama po matriki pooblastil; prazno: nič"),
      params: [{ key: "who", type: "who" }, { key: "deed", type: "text" }], result: "money",
      call: (who: Actor, deed: string) => amountOf(authority?.(deed, who.roles ?? []) ?? null, currency),
    },
    within_authority: {
      doc: words("Whether a person may decide this amount alone", "Может ли человек решить эту сумму сам", "Ali sme oseba ta znesek odločiti sama"),
      params: [{ key: "who", type: "who" }, { key: "deed", type: "text" }, { key: "amount", type: "money" }], result: "boolean",
      call: (who: Actor, deed: string, amount: Money) => isWithin(authority?.(deed, who.roles ?? []) ?? null, amount),
    },
  };
}

/** A calendar reaches ten years ahead; beyond it there is no answer. */
function later(clock: WorkingHours, from: number, ms: number): Date | null {
  try {
    return clock.add(new Date(from), ms);
  } catch {
    return null;
  }
}

const amountOf = (limit: ReturnType<Authority>, currency: string) => (limit === "any" ? { amount: ANY_AMOUNT, currency } : limit);

function isWithin(limit: ReturnType<Authority>, amount: Money): boolean {
  if (limit === null || limit === "any") return limit === "any";
  const most = Money.from(limit);
  return most !== null && most.currency === amount.currency && amount.amount.compare(most.amount) <= 0;
}
