import type { FieldDocument, Kind, Text } from "./document.ts";

const t = (en: string, ru: string, sl: string): Text => ({ en, ru, sl });
const part = (name: Text, more: FieldDocument = {}): FieldDocument => ({ "x-kind": "text", "x-name": name, maxLength: 100, ...more });

/** Names of a person, as in the passport; patronymics are not everyone's. */
const PERSON: FieldDocument = {
  type: "object", required: ["surname", "given"],
  properties: {
    surname: part(t("Surname", "Фамилия", "Priimek")),
    given: part(t("Given name", "Имя", "Ime")),
    patronymic: part(t("Patronymic", "Отчество", "Očetovo ime")),
  },
};

/** City before street: one street name is in many cities (R199). Keys are those of the project's places. */
const ADDRESS: FieldDocument = {
  type: "object", required: ["city"],
  properties: {
    country: part(t("Country", "Страна", "Država"), { maxLength: 2 }),
    city: part(t("City", "Город", "Mesto")),
    cityKey: part(t("Key of the city", "Ключ города", "Ključ mesta")),
    street: part(t("Street", "Улица", "Ulica")),
    streetKey: part(t("Key of the street", "Ключ улицы", "Ključ ulice")),
    house: part(t("House", "Дом", "Hišna številka"), { maxLength: 20 }),
    flat: part(t("Flat", "Квартира", "Stanovanje"), { maxLength: 20 }),
    postcode: part(t("Postcode", "Индекс", "Poštna številka"), { maxLength: 12 }),
    note: part(t("How to find it", "Как найти", "Kako najti"), { maxLength: 300 }),
  },
};

const DOCUMENT: FieldDocument = {
  type: "object", required: ["number"],
  properties: {
    series: part(t("Series", "Серия", "Serija"), { maxLength: 20 }),
    number: part(t("Number", "Номер", "Številka"), { maxLength: 30 }),
    issuedBy: part(t("Issued by", "Кем выдан", "Izdajatelj"), { maxLength: 200 }),
    issuedOn: { "x-kind": "date", "x-name": t("Issued on", "Дата выдачи", "Datum izdaje") },
  },
};

/** What a kind says where the form says nothing. */
export const IMPLIED: Readonly<Record<Kind, FieldDocument>> = {
  text: { type: "string", maxLength: 1_000 },
  long_text: { type: "string", maxLength: 10_000 },
  number: { type: "number" },
  yes_no: { type: "boolean" },
  choice: { type: "string" },
  choices: { type: "array", uniqueItems: true },
  person: PERSON,
  phone: { type: "string", format: "phone", maxLength: 40 },
  email: { type: "string", format: "email", maxLength: 254 },
  address: ADDRESS,
  document: DOCUMENT,
  money: { type: "object" },
  date: { type: "string", format: "date", maxLength: 10 },
  moment: { type: "string", format: "date-time", maxLength: 40 },
  period: { type: "object" },
  file: { type: "array", uniqueItems: true, maxItems: 20 },
  lookup: { type: "object" },
  table: { type: "array", maxItems: 200 },
  consent: { type: "object" },
  group: { type: "object" },
};

/** Keywords every kind may have. */
const ALL = ["x-kind", "x-name", "x-hint", "x-client", "x-mask", "type", "default", "readOnly"];
const TEXT = ["x-example", "x-template", "minLength", "maxLength", "pattern", "format", "enum", "const"];
const PARTS = ["properties", "required", "additionalProperties"];

/** Keywords by kind; others are refused, because they would do nothing. */
export const KEYWORDS: Readonly<Record<Kind, ReadonlySet<string>>> = (() => {
  const of = (...words: string[]) => new Set([...ALL, ...words]);
  return {
    text: of(...TEXT, "x-number"), long_text: of(...TEXT),
    number: of("x-example", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum", "const"),
    yes_no: of("const"),
    choice: of("x-options"), choices: of("x-options", "minItems", "maxItems", "uniqueItems"),
    person: of(...PARTS, "x-card"), phone: of("x-example", "maxLength", "format", "x-country", "x-card"), email: of("x-example", "maxLength", "format", "x-card"), address: of(...PARTS, "x-country", "x-card"), document: of(...PARTS),
    money: of("x-currency", "minimum", "maximum"), date: of("format", "maxLength"), moment: of("format", "maxLength"), period: of(),
    file: of("x-accept", "minItems", "maxItems", "uniqueItems"), lookup: of("x-lookup"), table: of("items", "minItems", "maxItems", "x-sum"),
    consent: of("x-text"), group: of(...PARTS),
  };
})();

/** The type of JSON Schema each kind allows besides its own. */
export const OTHER_TYPES: Readonly<Partial<Record<Kind, string>>> = { number: "integer" };

/** What must be written with a kind. */
export const NEEDS: Readonly<Partial<Record<Kind, readonly (keyof FieldDocument)[]>>> = {
  choice: ["x-options"], choices: ["x-options"], lookup: ["x-lookup"], table: ["items"], consent: ["x-text"], group: ["properties"], document: ["x-mask"],
};

/** The kind of a field that names none, by its keywords: plain JSON Schema is a form as well. */
export function kindOf(field: FieldDocument): Kind {
  if (field["x-kind"]) return field["x-kind"];
  const byFormat: Readonly<Record<string, Kind>> = { date: "date", "date-time": "moment", email: "email", phone: "phone" };
  if (field.format && byFormat[field.format]) return byFormat[field.format]!;
  const byType: Readonly<Record<string, Kind>> = { object: "group", array: "table", number: "number", integer: "number", boolean: "yes_no" };
  return byType[field.type ?? ""] ?? (field.items ? "table" : field.properties ? "group" : "text");
}
