import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { placesKind, suggestCities, suggestStreets } from "./forms.addresses.service.ts";
import { buildPlaces } from "./forms.factory.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const PLACES = `cities:
  novgorod: { name: Великий Новгород, country: RU, time_zone: Europe/Moscow, streets: [улица Ленина, Большая Московская, проспект Мира] }
  nizhny: { name: Нижний Новгород, country: RU, aliases: [Горький], streets: [улица Ленина, Большая Покровская] }
  maribor: { name: Maribor, country: SI, region: Podravska, time_zone: Europe/Ljubljana, streets: [Glavni trg, Žolgarjeva ulica] }
`;
await buildPlaces(database.ctx(), "taxi", PLACES);
const tone = database.ctx(actorOf(await buildUser(database.db, { name: "Tone Hren", projects: ["taxi"] })));
const ana = database.ctx(actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] })));
const taxi = (q: string, cityKey?: string) => ({ projectKey: "taxi", q, cityKey });

test("R199 a street that is in two cities offers the cities to choose from, never the street of one of them", async () => {
  const { items, cities } = await suggestStreets(tone, taxi("ул. Ленина"));
  expect(items).toEqual([]);
  expect(cities.map(({ key, street }) => [key, street])).toEqual([["novgorod", "улица Ленина"], ["nizhny", "улица Ленина"]]);
  expect(cities[0]!.timeZone).toBe("Europe/Moscow");
  expect((await suggestStreets(tone, taxi("ул. Линина"))).cities.map(({ key }) => key)).toEqual(["novgorod", "nizhny"]);
});

test("R199 once the city is chosen only its own streets are offered", async () => {
  expect((await suggestStreets(tone, taxi("ленина", "nizhny"))).items).toEqual([{ key: "ulica-lenina", name: "улица Ленина", cityKey: "nizhny", isExact: true }]);
  expect((await suggestStreets(tone, taxi("ленина", "maribor"))).items).toEqual([]);
});

test("R156 a misspelt street finds what was meant, in either alphabet", async () => {
  for (const typed of ["Покравская", "pokrovskaja", "Большая Покроская"]) {
    expect((await suggestStreets(tone, taxi(typed, "nizhny"))).items[0]).toMatchObject({ name: "Большая Покровская", isExact: false });
  }
  expect((await suggestStreets(tone, taxi("zolgarjeva", "maribor"))).items[0]!.name).toBe("Žolgarjeva ulica");
});

test("cities are found by what they are called too, and by their beginning first", async () => {
  expect((await suggestCities(tone, taxi("горький"))).items.map(({ key }) => key)).toEqual(["nizhny"]);
  expect((await suggestCities(tone, taxi("новг"))).items.map(({ key }) => key)).toEqual(["novgorod", "nizhny"]);
  expect((await suggestCities(tone, taxi(""))).items).toHaveLength(3);
});

test("the places of another project are not there", async () => {
  await expect(suggestCities(ana, taxi("mar"))).rejects.toMatchObject({ code: "not_found" });
  await expect(suggestStreets(ana, taxi("ленина"))).rejects.toMatchObject({ code: "not_found" });
});

test("what was taken out of the text is no longer offered, and a street that stands twice is refused", async () => {
  await buildPlaces(database.ctx(), "shop", "cities: { celje: { name: Celje, country: SI, streets: [Nova ulica] } }");
  await buildPlaces(database.ctx(), "shop", "cities: { kranj: { name: Kranj, country: SI } }");
  const system = database.ctx();
  expect((await suggestCities(system, { projectKey: "shop", q: "" })).items.map(({ key }) => key)).toEqual(["kranj"]);
  const twice = placesKind.read("cities: { celje: { name: Celje, country: SI, streets: [Nova ulica, nova ulica] } }", { key: "places", projectKey: "shop" });
  expect(twice.problems[0]).toMatchObject({ path: ["cities", "celje", "streets", 1] });
});
