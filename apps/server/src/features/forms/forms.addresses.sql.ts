import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface City { key: string; name: string; country: string; region: string; timeZone: string | null }
export interface CityRow extends City { search: string }
export interface StreetRow { cityKey: string; key: string; name: string; search: string }

/** A project's places are those of its text: what is no longer in it goes. */
export async function replacePlaces(db: Db, projectKey: string, cities: readonly CityRow[], streets: readonly StreetRow[]): Promise<void> {
  await sql`delete from form_cities where project_key = ${projectKey}`.execute(db);
  await sql`insert into form_cities (project_key, key, name, country, region, time_zone, search) select ${projectKey}, key, name, country, region, time_zone, search
    from jsonb_to_recordset(${JSON.stringify(cities.map(({ timeZone, ...city }) => ({ ...city, time_zone: timeZone })))}::jsonb) as x(key text, name text, country text, region text, time_zone text, search text)`.execute(db);
  await sql`insert into form_streets (project_key, city_key, key, name, search) select ${projectKey}, city_key, key, name, search
    from jsonb_to_recordset(${JSON.stringify(streets.map(({ cityKey, ...street }) => ({ ...street, city_key: cityKey })))}::jsonb) as x(city_key text, key text, name text, search text)`.execute(db);
}

const CITY = sql`c.key, c.name, c.country, c.region, c.time_zone`;

/** By the beginning of a word first, then by likeness. A project has some hundreds of cities: no index is worth its upkeep. */
export const selectCities = (db: Db, projectKey: string, { folded, limit }: { folded: string; limit: number }) =>
  sql<City>`select ${CITY} from form_cities c where c.project_key = ${projectKey} and (${folded} = '' or c.search like ${`% ${folded}%`} or word_similarity(${folded}, c.search) >= 0.4)
    order by c.search like ${`% ${folded}%`} desc, word_similarity(${folded}, c.search) desc, c.name, c.key limit ${limit}`.execute(db).then((result) => result.rows);

export interface FoundStreet { key: string; name: string; cityKey: string; search: string }
const FOUND = sql`s.key, s.name, s.city_key, s.search`;

/** Streets like what was typed in one city: some hundreds, found by the key. */
export const selectStreetsOf = (db: Db, { projectKey, cityKey }: { projectKey: string; cityKey: string }, { folded, limit }: { folded: string; limit: number }) =>
  sql<FoundStreet>`select ${FOUND} from form_streets s where s.project_key = ${projectKey} and s.city_key = ${cityKey} and (s.search like ${`% ${folded}%`} or word_similarity(${folded}, s.search) >= 0.4)
    order by s.search = ${` ${folded}`} desc, s.search like ${`% ${folded}%`} desc, word_similarity(${folded}, s.search) desc, s.name, s.key limit ${limit}`.execute(db).then((result) => result.rows);

/** In all cities, by the beginning of a word: by the index of trigrams. */
export const selectStreetsNamed = (db: Db, projectKey: string, { folded, limit }: { folded: string; limit: number }) =>
  sql<FoundStreet>`select ${FOUND} from form_streets s where s.project_key = ${projectKey} and s.search like ${`% ${folded}%`} order by s.search = ${` ${folded}`} desc, s.name, s.city_key, s.key limit ${limit}`.execute(db).then((result) => result.rows);

/** In all cities, misspelt: each name is compared once, however many cities have it. */
export const selectStreetsNear = (db: Db, projectKey: string, { folded, limit }: { folded: string; limit: number }) =>
  sql<FoundStreet>`with near as (select search, word_similarity(${folded}, search) as likeness from (select distinct search from form_streets where project_key = ${projectKey}) n
      where word_similarity(${folded}, search) >= 0.4 order by 2 desc, 1 limit 10)
    select ${FOUND} from near join form_streets s on s.project_key = ${projectKey} and s.search = near.search order by near.likeness desc, s.name, s.city_key, s.key limit ${limit}`.execute(db).then((result) => result.rows);

export const selectCitiesByKey = (db: Db, projectKey: string, keys: string[]) =>
  sql<City>`select ${CITY} from form_cities c where c.project_key = ${projectKey} and c.key = any(${keys}::text[]) order by c.name, c.key`.execute(db).then((result) => result.rows);
