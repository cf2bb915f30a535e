/** Those without the right see that there is a number, and enough of it to compare with what a client says. */
export const maskPhone = (phone: string): string => (phone === "" ? "" : `•••••${phone.slice(-3)}`);
export const maskEmail = (address: string): string => `${address.slice(0, 1)}•••${address.slice(address.lastIndexOf("@"))}`;

export function maskContacts<T extends { phones: string[]; emails: string[] }>(client: T): T {
  return { ...client, phones: client.phones.map(maskPhone), emails: client.emails.map(maskEmail) };
}

/** The right to see whole what fields of these kinds tell, in forms of all projects. */
export const CONTACT_KINDS = { phone: "clients.see_contacts", email: "clients.see_contacts" } as const;

/** How each kind of contact is shown in the pictures of audit rows, by the name it has there. */
const PICTURED: Record<string, (contact: string) => string> = {
  phones: maskPhone, contactPhone: maskPhone, phone: maskPhone, fromNumber: maskPhone, toNumber: maskPhone, emails: maskEmail, contactEmail: maskEmail, email: maskEmail, recipient: maskEmail,
};

/** The same in the pictures before and after of an audit row. */
export function maskPicture(picture: unknown): unknown {
  if (typeof picture !== "object" || picture === null || Array.isArray(picture)) return picture;
  return Object.fromEntries(Object.entries(picture).map(([name, value]) => [name, hidden(PICTURED[name], value)]));
}
const hidden = (mask: ((contact: string) => string) | undefined, value: unknown): unknown => {
  if (!mask) return value;
  return Array.isArray(value) ? value.map((each) => (typeof each === "string" ? mask(each) : each)) : typeof value === "string" ? mask(value) : value;
};

const NUMBER = /\+\d[\d\s().-]{6,18}\d/g;
/** Begins where a word does: tried from each letter of a long word it would take its square. */
const ADDRESS = /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** What of a text is hidden from who sees contacts in part. */
export const contactsIn = (text: string): string[] => [NUMBER, ADDRESS].flatMap((kind) => [...text.matchAll(kind)].map(([contact]) => contact));

/** Those a ticket, or a client, itself has: they are found in its texts in whatever way they were written. */
export interface OwnContacts { phone: Known; email: Known }
type Known = string | null | readonly string[];
const all = (known: Known): readonly string[] => (typeof known === "string" ? [known] : known ?? []);

/** Whatever is told, in part where it looks like a number or a mail: people write them into subjects and notes. What is of another kind comes back as it was. */
export function hideContacts<T>(told: T, own?: OwnContacts): T {
  if (typeof told === "string") return hideWithin(own && !CODE.test(told) ? maskWithin(told, own) : told) as T;
  if (Array.isArray(told)) return told.map((each: unknown) => hideContacts(each, own)) as T;
  if (typeof told !== "object" || told === null || !isPlain(told)) return told;
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, hideContacts(value as unknown, own)])) as T;
}

const hideWithin = (text: string): string => text.replaceAll(NUMBER, (number) => maskPhone(number.replaceAll(/\D/g, ""))).replaceAll(ADDRESS, maskEmail);
/** Ids and moments: digits of theirs are nobody's number, and the desk cannot read them with bullets. */
const CODE = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T[\d:.]+Z)?)$/;
const isPlain = (told: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(told) as null);

/** A text without these contacts, in whatever way the number is written in it. */
export function maskWithin(text: string, { phone, email }: OwnContacts): string {
  const numbers = all(phone).flatMap((one) => numberOf(one) ?? []);
  const written = numbers.reduce((left, { digits, spellings }) => left.replaceAll(spellings, maskPhone(digits)), text);
  return all(email).reduce((left, address) => (address === "" ? left : left.replaceAll(address, maskEmail(address))), written);
}

/** ITU-T E.164: country codes are prefix-free, of one or two digits where named here, and of three elsewhere. */
const COUNTRY = /^(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
const BETWEEN = "[\\s()./\\u2010-\\u2015-]*";
const FEWEST_DIGITS = 5;
/** Fewer without a country and an exchange are no number anybody could be called by, and stand in texts as something else. */
const FEWEST_AT_HOME = 6;
const spaced = (digits: string): string => digits.split("").join(BETWEEN);

/** As it is dialled from abroad (+386 40…, 00386…, 386…) and at home (040…, 8 926…, 40…). Null: too short to be one. */
function numberOf(phone: string): { digits: string; spellings: RegExp } | null {
  const digits = phone.replaceAll(/\D/g, "").replace(/^00/, "");
  if (digits.length < FEWEST_DIGITS) return null;
  const isWhole = /^\s*(?:\+|00)/.test(phone) || digits.length > LONGEST_AT_HOME;
  const country = isWhole ? COUNTRY.exec(digits)?.[0] ?? "" : "";
  const home = isWhole ? digits.slice(country.length) : digits.replace(/^0/, "");
  const abroad = isWhole ? `(?:(?:\\+|00|011|810)${BETWEEN})?${spaced(country)}${BETWEEN}(?:0${BETWEEN})?${spaced(home)}` : `\\+?${spaced(digits)}`;
  const before = isWhole ? "06|0|8" : "\\+?\\d{1,5}";
  return { digits, spellings: new RegExp(home.length < FEWEST_AT_HOME ? abroad : `${abroad}|(?<!\\d)(?:\\((?=\\d{1,5}\\)))?(?:(?:${before})${BETWEEN})?${spaced(home)}(?!\\d)`, "g") };
}
const LONGEST_AT_HOME = 10;
