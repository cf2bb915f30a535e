import type { Field, Form } from "@linija/forms";

/** What a form takes from the card of the client it is filled for. */
export interface Card {
  familyName: string; givenName: string; middleName: string; phones: readonly string[]; emails: readonly string[];
  address: Readonly<Record<"city" | "street" | "house" | "flat" | "postcode" | "country", string>>;
  /** Phones and mails are shown in part: what is hidden is not carried. */
  masked: boolean;
}

type Value = readonly [path: string, value: string];

/** What a new form begins with: the fields that say so (`x-card`) as the card has them, part by part, so that nothing else of them is touched. */
export const carried = (form: Form, card: Card): Value[] => among(form.fields, "", card).filter(([, value]) => value !== "");

const among = (fields: ReadonlyMap<string, Field>, above: string, card: Card): Value[] => [...fields].flatMap(([name, field]) =>
  field.kind === "group" ? among(field.parts, `${above}${name}.`, card) : field.document["x-card"] ? valuesOf(field.kind, `${above}${name}`, card) : []);

function valuesOf(kind: Field["kind"], path: string, { familyName, givenName, middleName, phones, emails, address, masked }: Card): Value[] {
  if (kind === "person") return [[`${path}.surname`, familyName], [`${path}.given`, givenName], [`${path}.patronymic`, middleName]];
  if (kind === "address") return [...(["city", "street", "house", "flat", "postcode"] as const).map((part) => [`${path}.${part}`, address[part]] as const), [`${path}.country`, /^[A-Z]{2}$/.test(address.country) ? address.country : ""]];
  if (masked) return [];
  return [[path, (kind === "phone" ? phones[0] : emails[0]) ?? ""]];
}
