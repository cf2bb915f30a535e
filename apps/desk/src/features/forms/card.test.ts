import { formHost, formSchema, openForm } from "@linija/forms";
import { expect, test } from "vitest";
import { carried, type Card } from "./card.ts";

const name = { en: "x", ru: "x", sl: "x" };
const field = (kind: string) => ({ "x-kind": kind, "x-name": name, "x-card": true });
const loan = openForm(formSchema.parse({ key: "loan", name, schema: { properties: {
  applicant: field("person"), phone: field("phone"), email: field("email"), address: field("address"), neighbour: { "x-kind": "phone", "x-name": name },
} } }), formHost("Europe/Ljubljana"));
const card: Card = { familyName: "Novak", givenName: "Ana", middleName: "", phones: ["+38641555001"], emails: [], address: { city: "Celje", street: "Savinjska", house: "4", flat: "", postcode: "3000", country: "Slovenija" }, masked: false };

test("the form of a known client begins with what the card says, and nothing that it does not (R127)", () => {
  expect(Object.fromEntries(carried(loan, card))).toEqual({
    "applicant.surname": "Novak", "applicant.given": "Ana", phone: "+38641555001", "address.city": "Celje", "address.street": "Savinjska", "address.house": "4", "address.postcode": "3000",
  });
});

test("phones and mails shown in part are not carried into the form", () => {
  expect(carried(loan, { ...card, phones: ["+386 •• •• 01"], masked: true }).map(([path]) => path)).not.toContain("phone");
});
