import type { ClientView } from "@linija/server/contract/clients/clients";

/** A told name in two fields: the last word is the family name, what stands before it the given one; a single word is given. */
export function splitName(told: string): { familyName: string; givenName: string } {
  const words = told.trim().split(/\s+/);
  const familyName = words.length > 1 ? words.at(-1) ?? "" : "";
  return { familyName, givenName: (words.length > 1 ? words.slice(0, -1) : words).join(" ") };
}

/** An address in one line, as it is read out. */
export const addressLine = ({ street, house, flat, postcode, city, country }: ClientView["address"]) =>
  [[street, house && (flat ? `${house}/${flat}` : house)].filter(Boolean).join(" "), [postcode, city].filter(Boolean).join(" "), country].filter(Boolean).join(", ");
