/** Those without the right see that there is a number, and enough of it to compare with what a client says. */
export const maskPhone = (phone: string): string => (phone === "" ? "" : `•••••${phone.slice(-3)}`);
export const maskEmail = (address: string): string => `${address.slice(0, 1)}•••${address.slice(address.lastIndexOf("@"))}`;

export function maskContacts<T extends { phones: string[]; emails: string[] }>(client: T): T {
  return { ...client, phones: client.phones.map(maskPhone), emails: client.emails.map(maskEmail) };
}

/** The same in the pictures before and after of an audit row. */
export function maskPicture(picture: unknown): unknown {
  if (typeof picture !== "object" || picture === null) return picture;
  const { phones, emails } = picture as { phones?: string[]; emails?: string[] };
  return { ...picture, ...(phones && { phones: phones.map(maskPhone) }), ...(emails && { emails: emails.map(maskEmail) }) };
}
