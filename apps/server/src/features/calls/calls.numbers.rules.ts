import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";

/** E.164 of what a line told or a person typed; null when it is no telephone number (anonymous, an internal name). */
export function toE164(raw: string, country: CountryCode = "SI"): string | null {
  const text = raw.trim().replace(/^00/, "+");
  const parsed = parsePhoneNumberFromString(text, country) ?? null;
  if (parsed?.isPossible()) return parsed.number;
  return /^\+\d{6,15}$/.test(text) ? text : null;
}

/** Whether one could call this number back. */
export const isCallable = (number: string): boolean => /^\+?\d{3,15}$/.test(number);

/** The part of a SIP URI that was dialled, as numbers are written in declarations. */
export function dialledNumber(user: string): string {
  const bare = decodeURIComponentSafe(user).replace(/[\s().-]/g, "");
  return bare.replace(/^00(?=\d{6,})/, "+");
}

function decodeURIComponentSafe(text: string): string {
  try { return decodeURIComponent(text); } catch { return text; }
}
