import { cutText } from "@linija/rules";
import type { ClientView } from "./clients.contract.ts";

/** Projects after a change: a person adds and takes away their own projects; those of others stay as they are. */
export function projectsAfter(before: readonly string[], wanted: readonly string[], mine: readonly string[] | null): string[] | "not_mine" {
  if (mine === null) return [...new Set(wanted)];
  if (wanted.some((key) => !mine.includes(key) && !before.includes(key))) return "not_mine";
  return [...new Set([...before.filter((key) => !mine.includes(key)), ...wanted])];
}

export type ClientData = Pick<ClientView, "kind" | "familyName" | "givenName" | "middleName" | "organisation" | "language" | "phones" | "emails" | "address" | "pinnedNote" | "flags" | "projects">;

/** Somebody must be recognisable by something. */
export const isNobody = (data: Pick<ClientData, "familyName" | "givenName" | "organisation" | "phones" | "emails">): boolean =>
  !data.familyName && !data.givenName && !data.organisation && data.phones.length === 0 && data.emails.length === 0;

/** Only what changed, for the audit row: before and after. */
export function difference(before: ClientData, after: ClientData): { before: Partial<ClientData>; after: Partial<ClientData> } {
  const keys = (Object.keys(after) as (keyof ClientData)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const pick = (data: ClientData) => Object.fromEntries(keys.map((key) => [key, data[key]])) as Partial<ClientData>;
  return { before: pick(before), after: pick(after) };
}

const MAX_CONTACTS = 10;

/** One card of two: what the kept card lacks comes from the other. `too_many` when it would have more than ten numbers or mails. */
export function mergedData(kept: ClientData, other: ClientData): ClientData | "too_many" {
  const phones = [...new Set([...kept.phones, ...other.phones])];
  const emails = [...new Set([...kept.emails, ...other.emails])];
  if (phones.length > MAX_CONTACTS || emails.length > MAX_CONTACTS) return "too_many";
  const notes = [kept.pinnedNote, other.pinnedNote].filter((note, index, all) => note && all.indexOf(note) === index);
  const address = Object.fromEntries(Object.entries(kept.address).map(([key, value]) => [key, value || other.address[key as keyof ClientData["address"]]])) as ClientData["address"];
  return {
    kind: kept.kind, familyName: kept.familyName || other.familyName, givenName: kept.givenName || other.givenName, middleName: kept.middleName || other.middleName,
    organisation: kept.organisation || other.organisation, language: kept.language ?? other.language, phones, emails, address, pinnedNote: cutText(notes.join("\n"), 2_000),
    flags: [...new Set([...kept.flags, ...other.flags])].slice(0, 20), projects: [...new Set([...kept.projects, ...other.projects])],
  };
}
