import { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { fold } from "../clients/index.ts";
import { problem, readBySchema, type KindProblem, type TextKind } from "../projects/index.ts";
import { replacePlaces, selectCities, selectCitiesByKey, selectStreetsNamed, selectStreetsNear, selectStreetsOf, type CityRow, type StreetRow } from "./forms.addresses.sql.ts";

const MOST_STREETS = 20_000;
const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, "schema_place_key");
const nameSchema = z.string().trim().min(1).max(100);

/** `places.yaml`: cities and their streets, `aliases` for other names and old ones. A street is its name; its key is made of it. */
const placesSchema = z.strictObject({
  cities: z.record(key, z.strictObject({
    name: nameSchema, country: z.string().regex(/^[A-Z]{2}$/, "schema_country"), region: z.string().max(100).default(""),
    time_zone: z.string().max(60).refine(isTimeZone, "schema_time_zone").optional(), aliases: z.array(nameSchema).max(20).default([]), streets: z.array(nameSchema).default([]),
  })),
});
type Places = z.output<typeof placesSchema>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

/** Cities and streets of a project, so that one is chosen and not guessed. */
export const placesKind: TextKind = {
  at: "places.yaml",
  read(text) {
    const read = readBySchema(text, placesSchema);
    if (!read.value) return read;
    const problems = placeProblems(read.value);
    return problems.length > 0 ? { value: null, problems } : read;
  },
  use: async (ctx, projectKey, values) => {
    const places = Object.values(values)[0] as Places | undefined;
    const cities = Object.entries(places?.cities ?? {});
    await replacePlaces(ctx.db, projectKey, cities.map(toCity), cities.flatMap(toStreets));
    return { cities: cities.length };
  },
};

function placeProblems({ cities }: Places): KindProblem[] {
  const count = Object.values(cities).reduce((sum, city) => sum + city.streets.length, 0);
  const many = count > MOST_STREETS ? [problem(["cities"], "streets_many", { count, most: MOST_STREETS })] : [];
  return [...many, ...Object.entries(cities).flatMap(([cityKey, { streets }]) => {
    const seen = new Set<string>();
    return streets.flatMap((street, index) => {
      const folded = fold(street);
      const isTwice = seen.has(folded);
      seen.add(folded);
      return isTwice || folded === "" ? [problem(["cities", cityKey, "streets", index], isTwice ? "street_twice" : "street_empty", { name: street })] : [];
    });
  })];
}

const searchOf = (...names: string[]): string => names.map((name) => ` ${fold(name)}`).join("");
const toCity = ([cityKey, city]: [string, Places["cities"][string]]): CityRow =>
  ({ key: cityKey, name: city.name, country: city.country, region: city.region, timeZone: city.time_zone ?? null, search: searchOf(city.name, ...city.aliases) });
const toStreets = ([cityKey, { streets }]: [string, Places["cities"][string]]): StreetRow[] =>
  streets.map((name) => ({ cityKey, key: fold(name).replaceAll(" ", "-"), name, search: searchOf(name) }));

/** What stands before the name of a street in three languages; people leave it out or write it otherwise. */
const PREFIX = /^(ulica|ul|prospekt|pr|pereulok|per|bulvar|nab|naberezhnaia|cesta|trg|street|str|road|avenue|ave)\s+(?=\S)/;
const wordsOf = (typed: string): string => fold(typed).replace(PREFIX, "").slice(0, 60);

function checkProject(ctx: Ctx, projectKey: string): void {
  if (!may(ctx, "forms.read", { projectKey, ownerId: ctx.actor.kind === "user" ? ctx.actor.id : null })) throw notFound("project", projectKey);
}

const MOST_CITIES = 12;
const MOST_FOUND = 12;

export async function suggestCities(ctx: Ctx, { projectKey, q }: { projectKey: string; q: string }) {
  checkProject(ctx, projectKey);
  return { items: await selectCities(ctx.db, projectKey, { folded: fold(q).slice(0, 60), limit: MOST_CITIES }) };
}

/**
 * Streets like what was typed in the chosen city. Without one no street is offered: the same name is in several cities,
 * and a carrier sent to the wrong one is worse than a question (R199), so the cities that have it are told instead.
 */
export async function suggestStreets(ctx: Ctx, { projectKey, q, cityKey }: { projectKey: string; q: string; cityKey?: string | undefined }) {
  checkProject(ctx, projectKey);
  const folded = wordsOf(q);
  if (folded.length < 2) return { items: [], cities: [] };
  if (cityKey) {
    const items = await selectStreetsOf(ctx.db, { projectKey, cityKey }, { folded, limit: MOST_FOUND });
    return { cities: [], items: items.map(({ search, ...street }) => ({ ...street, isExact: wordsOf(search) === folded })) };
  }
  const named = await selectStreetsNamed(ctx.db, projectKey, { folded, limit: 60 });
  const found = named.length > 0 ? named : await selectStreetsNear(ctx.db, projectKey, { folded, limit: 60 });
  const best = new Map(found.toReversed().map((street) => [street.cityKey, street.name]));
  const cities = await selectCitiesByKey(ctx.db, projectKey, [...best.keys()]);
  return { items: [], cities: cities.slice(0, MOST_CITIES).map((city) => ({ ...city, street: best.get(city.key)! })) };
}
