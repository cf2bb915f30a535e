import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js";

/** Of numbers written without a country when no project says where it is. */
const DEFAULT_COUNTRY: CountryCode = "SI";

/** The country of a project: that of the number it shows when it calls. */
export const countryOf = (callerId: string): CountryCode | undefined => parsePhoneNumberFromString(callerId)?.country;

/**
 * E.164 of a number as people write it, read as of the first of `countries` in which it can be one. "Possible" and not
 * "valid": numbering plans change faster than libraries. Null when it cannot be a telephone number.
 */
export function normalizePhone(raw: string, countries: readonly CountryCode[] = []): string | null {
  const typed = raw.trim().replace(/^00(?=[1-9])/, "+").replace(/\(0\)/, "");
  for (const country of [...countries, DEFAULT_COUNTRY]) {
    const parsed = parsePhoneNumberFromString(typed, country);
    if (parsed?.isPossible() && !parsed.ext) return parsed.number;
  }
  return null;
}
