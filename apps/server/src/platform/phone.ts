import { parsePhoneNumberFromString } from "libphonenumber-js";

/** A number in E.164 as it is read aloud, in groups: "+386 1 555 01 00". */
export const spokenPhone = (e164: string): string => parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
