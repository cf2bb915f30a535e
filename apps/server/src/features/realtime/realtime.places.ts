import type { Db } from "../../platform/db.ts";
import { selectPlaces, type Place } from "./realtime.sql.ts";

/** `leaves`: from now on somebody else is whom it is about. */
export interface Thing { kind: string; id: string; leaves?: boolean }
/** With where it belongs; null: nowhere, and everybody may hear that it changed. */
export interface Placed extends Thing { place: Pick<Place, "projects" | "about"> | null }

/** No kind of thing: desks read everything again. */
export const EVERYTHING: Thing = { kind: "everything", id: "" };
/** Told by the key of a project; the floor and its alerts by names of their own besides. */
const OF_PROJECT = new Set(["project", "approvals", "floor"]);
const OF_NONE = new Set(["floor", "alerts"]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Asked after the change, beside it: nobody who changes anything waits for this. Where it cannot be looked up, each desk asks for what it may see. */
export async function placed(db: Db, things: readonly Thing[]): Promise<Placed[]> {
  const ids = [...new Set(things.map(({ id }) => id))].filter((id) => UUID.test(id));
  try {
    const places = new Map((ids.length > 0 ? await selectPlaces(db, ids) : []).map((place) => [place.id, place]));
    return things.map((thing) => ({ ...thing, place: placeOf(thing, places) }));
  } catch {
    return [{ ...EVERYTHING, place: null }];
  }
}

function placeOf({ kind, id }: Thing, places: ReadonlyMap<string, Place>): Placed["place"] {
  if (OF_PROJECT.has(kind) && !OF_NONE.has(id)) return { projects: [id], about: null };
  return places.get(id) ?? null;
}

type Who = { kind: string; id?: string; roles?: readonly string[]; projects?: readonly string[] };
/** What of it a desk is told. Administrators have projects, people and the floor of all before them. Whom it is about from now on reads anew what it shows, and is not told why (R129). */
export function hears({ id = "", roles = [], projects = [] }: Who, { kind, id: thing, place, leaves }: Placed): Thing | null {
  const isOthers = place !== null && place.projects.length > 0 && !place.projects.some((key) => projects.includes(key));
  if (isOthers && !roles.includes("administrator")) return null;
  if (place?.about?.includes(id)) return leaves ? EVERYTHING : null;
  return { kind, id: thing };
}
