import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildClient } from "./clients.factory.ts";
import { searchClients } from "./clients.list.service.ts";

const database = await testDatabase();
const ctx = database.ctx();
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{"project": {"caller_id": "+38615550100"}}', '')`.execute(database.db);

let minutes = 0;
type Over = Parameters<typeof buildClient>[1];
/** Each changed a minute after the one before, so that without ranks the last made would stand first. */
const client = (over: Over) => buildClient({ ...ctx, now: () => new Date(Date.UTC(2026, 0, 1, 0, (minutes += 1))) }, over);
const found = async (text: string): Promise<string[]> => (await searchClients(ctx, { text })).items.map((row) => row.name);
const inTown = (city: string) => ({ city, street: "", house: "", postcode: "", country: "" }) as never;

test("the nearest stand first: family name, other names, then town, street and mail, whatever was changed last (R082)", async () => {
  await client({ familyName: "Novak", givenName: "Ana" });
  await client({ familyName: "Новиков", givenName: "Лев", language: "ru" });
  await client({ familyName: "Kos", givenName: "Novica" });
  await client({ familyName: "", givenName: "", kind: "organisation", organisation: "Nova pot d.o.o." });
  await client({ familyName: "Bizjak", givenName: "Eva", address: inTown("Novo mesto") });
  await client({ familyName: "Supernova", givenName: "Iva" });
  await client({ familyName: "Žagar", givenName: "Jan", emails: ["nov@example.test"] });
  expect(await found("nov")).toEqual(["Nova pot d.o.o.", "Новиков Лев", "Ana Novak", "Novica Kos", "Jan Žagar", "Iva Supernova", "Eva Bizjak"]);
  expect(await found("НОВ"), "in either alphabet").toEqual(await found("nov"));
  expect((await found("n")).slice(0, 4), "and by one letter").toEqual(["Nova pot d.o.o.", "Новиков Лев", "Ana Novak", "Novica Kos"]);
});

test("of several words, those whose family name one of them begins stand before the rest", async () => {
  await client({ familyName: "Vidmar", givenName: "Tone", address: inTown("Koper") });
  await client({ familyName: "Koper", givenName: "Tone" });
  await client({ familyName: "Zajc", givenName: "Tone", address: inTown("Koper") });
  for (const text of ["tone koper", "koper tone", "to kop"]) expect(await found(text)).toEqual(["Tone Koper", "Tone Zajc", "Tone Vidmar"]);
});

test("a number in full stands before numbers that contain it", async () => {
  await client({ familyName: "Prava", phones: ["+38641222333"] });
  await client({ familyName: "Daljša", phones: ["+79412223337"] });
  for (const text of ["041 222 333", "41222333"]) expect(await found(text)).toEqual(["Janez Prava", "Janez Daljša"]);
  for (const text of ["+386 41 222 333", "0038641222333"]) expect(await found(text)).toEqual(["Janez Prava"]);
  expect(await found("22233"), "a part of a number ranks nobody").toEqual(["Janez Daljša", "Janez Prava"]);
});

test("cards from before names were told from the rest are told so by the migration as the program would", async () => {
  await client({ familyName: "Kovač-Novak", givenName: "Ana Marija", middleName: "O'Neil", address: inTown("Novo mesto"), phones: ["+38641999111"] });
  await client({ familyName: "Щербаков", givenName: "Пётр", middleName: "Ильич", language: "ru", emails: ["p@example.test"] });
  await client({ familyName: "Rus", givenName: "", organisation: "A.B.C. d.o.o.", kind: "organisation" });
  const texts = () => sql<{ id: string; search: string }>`select id, search from clients order by id`.execute(database.db).then((result) => result.rows);
  const now = await texts();
  await sql`update clients set search = replace(search, ' |', '')`.execute(database.db);
  const migration = readFileSync(new URL("../../../migrations/0013_clients_search.sql", import.meta.url), "utf8");
  await sql.raw(migration.slice(0, migration.indexOf(";\n") + 1)).execute(database.db);
  expect(await texts()).toEqual(now);
});

test("R82 who sees contacts in part finds nobody by a piece of a mail either, and everybody by name and place", async () => {
  await buildClient(database.ctx(), { familyName: "Marn", phones: ["+38641999000"], emails: ["anna-maria.koszmrlj@pošta.example.si"], address: { city: "Škofja Loka", street: "Poljanska", house: "12", flat: "", postcode: "", country: "" } as never, projects: ["internet"] });
  await buildClient(database.ctx(), { familyName: "Zorn", emails: ["skrivnost@mail.example.si"], projects: ["internet"] });
  const reader = (role: string) => database.ctx({ kind: "user", id: newId(), name: "R", roles: [role], projects: ["internet"] });
  const names = async (role: string, text: string) => (await searchClients(reader(role), { text })).items.map(({ name }) => name);
  for (const piece of ["koszmrlj", "skrivnost", "skrivn", "example", "mariakosz"]) expect([piece, await names("administrator", piece)]).toEqual([piece, []]);
  expect([await names("operator", "koszmrlj"), await names("operator", "skrivn")]).toEqual([[expect.stringContaining("Marn")], [expect.stringContaining("Zorn")]]);
  for (const text of ["Marn", "marn poljanska", "loka", "Poljanska 12"]) expect([text, await names("administrator", text)]).toEqual([text, [expect.stringContaining("Marn")]]);
});
