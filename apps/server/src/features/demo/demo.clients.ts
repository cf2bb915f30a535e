import { newId } from "../../platform/ids.ts";
import { searchOf, type ClientData } from "../clients/index.ts";
import type { DemoClient } from "../projects/index.ts";

type Address = ClientData["address"];
const EMPTY: Address = { city: "", street: "", house: "", flat: "", postcode: "", country: "" };
const COUNTRY = { ru: "Россия", sl: "Slovenija", en: "United Kingdom" };

/** The parts of an address as the demo writes it in that language. */
export function addressParts(text: string, language: DemoClient["language"]): Address {
  const country = COUNTRY[language];
  const russian = /^г\. (.+?), (.+), д\. (\d+), кв\. (\d+)$/.exec(text);
  if (russian) return { ...EMPTY, country, city: russian[1]!, street: russian[2]!, house: russian[3]!, flat: russian[4]! };
  const slovenian = /^(.+) (\d+), (\d{4}) (.+)$/.exec(text);
  if (slovenian) return { ...EMPTY, country, street: slovenian[1]!, house: slovenian[2]!, postcode: slovenian[3]!, city: slovenian[4]! };
  const english = /^(\d+) (.+), ([^,]+)$/.exec(text);
  if (english) return { ...EMPTY, country, house: english[1]!, street: english[2]!, city: english[3]! };
  return { ...EMPTY, country, street: text };
}

export interface ClientSet { clients: object[]; phones: object[]; emails: object[]; ids: ReadonlyMap<string, string> }

/** Cards with their numbers, mails and search words. `lastAt`: when each client was last spoken with. */
export function clientRows(projectKey: string, made: readonly DemoClient[], lastAt: ReadonlyMap<string, Date>, now: Date): ClientSet {
  const ids = new Map(made.map((client) => [client.id, newId(now.getTime() - 90 * 86_400_000)]));
  const clients = made.map((client, index) => {
    const data = dataOf(client, projectKey);
    const created = new Date(now.getTime() - (30 + ((index * 37) % 300)) * 86_400_000);
    const { phones: _phones, emails: _emails, familyName, givenName, middleName, pinnedNote, ...plain } = data;
    return {
      ...plain, id: ids.get(client.id)!, family_name: familyName, given_name: givenName, middle_name: middleName, pinned_note: pinnedNote, search: searchOf(data),
      created_at: created.toISOString(), updated_at: (lastAt.get(client.id) ?? created).toISOString(),
    };
  });
  return {
    ids, clients,
    phones: made.flatMap((client) => client.phones.map((e164, position) => ({ client_id: ids.get(client.id)!, e164, label: "", position }))),
    emails: made.flatMap((client) => (client.email ? [{ client_id: ids.get(client.id)!, address: client.email, position: 0 }] : [])),
  };
}

function dataOf(client: DemoClient, projectKey: string): ClientData {
  const [givenName = "", ...family] = client.name.split(" ");
  return {
    kind: "person", givenName, familyName: family.join(" "), middleName: "", organisation: "", language: client.language, phones: client.phones, emails: client.email ? [client.email] : [],
    address: addressParts(client.address, client.language), pinnedNote: client.pinned ?? "", flags: [], projects: [projectKey],
  };
}
