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
const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** What of a text is hidden from who sees contacts in part. */
export const contactsIn = (text: string): string[] => [NUMBER, ADDRESS].flatMap((kind) => [...text.matchAll(kind)].map(([contact]) => contact));

/** Whatever is told, in part where it looks like a number or a mail: people write them into subjects and notes. What is of another kind comes back as it was. */
export function hideContacts<T>(told: T): T {
  if (typeof told === "string") return told.replaceAll(NUMBER, (number) => maskPhone(number.replaceAll(/\D/g, ""))).replaceAll(ADDRESS, maskEmail) as T;
  if (Array.isArray(told)) return told.map(hideContacts) as T;
  if (typeof told !== "object" || told === null || !isPlain(told)) return told;
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, hideContacts(value as unknown)])) as T;
}

const isPlain = (told: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(told) as null);

/** A text without these contacts, however the number is spaced in it. */
export function maskWithin(text: string, { phone, email }: { phone: string | null; email: string | null }): string {
  const digits = phone?.replaceAll(/\D/g, "") ?? "";
  const spaced = digits.length >= FEWEST_DIGITS ? text.replaceAll(new RegExp(`\\+?${digits.split("").join("[\\s().-]*")}`, "g"), maskPhone(digits)) : text;
  return email ? spaced.replaceAll(email, maskEmail(email)) : spaced;
}
const FEWEST_DIGITS = 5;
