import { describe, expect, test } from "vitest";
import { EXAMPLE, complete, compute, defaults, diff, emptyOf, fieldProblemText, formProblemText, mask, merge, newRow, openForm, provenance, readForm, submission, sums, validate, valueAt, visible, withValue } from "./index.ts";
import type { Form, FormData } from "./index.ts";

function formOf(text: string, host = {}): Form {
  const read = readForm(text, host);
  if (!read.ok) throw new Error(read.problems.map((problem) => `${problem.line}: ${formProblemText(problem, "en")}`).join("\n"));
  return read.form;
}

const form = formOf(EXAMPLE);
const eur = (amount: string) => ({ amount, currency: "EUR" });
const full: FormData = {
  subscriber: { surname: "Čuk", given: "Žiga" }, phone: "+38631234567", address: { city: "Maribor", street: "Glavna" }, building: "house",
  tariff: { id: "t1", name: "Fibre", monthly: eur("20.00") }, consent: { given: true, text: "Ali soglašate?", language: "sl", recordingId: "r1", offsetMs: 61_500 },
};
const codes = (data: FormData, of = form): string[] => validate(of, data).map(({ path, code }) => `${path} ${code}`);

const one = (field: string, more = ""): Form => formOf(`key: one\nname: { en: One, ru: Один, sl: Ena }\nschema: { properties: { a: { x-name: { en: A, ru: А, sl: A }, ${field} } } }\n${more}`);

describe("filling an application (R153, R154, R160)", () => {
  test("R153 a whole application has nothing wrong and is complete", () => {
    expect(codes(full)).toEqual([]);
    expect(complete(form, full).percent).toBe(100);
  });

  test("R154 each mistake is explained in the reader's language, one a place", () => {
    const [problem] = validate(form, { ...full, phone: "12" });
    expect(problem).toMatchObject({ path: "phone", code: "phone" });
    expect(fieldProblemText(problem!, "sl")).toContain("Take telefonske številke ni");
    expect(fieldProblemText(problem!, "ru")).toContain("Такого номера телефона нет");
  });

  test("R155 a given name alone is refused, Cyrillic and š č ž are names, digits are not", () => {
    expect(codes({ ...full, subscriber: { given: "Žiga" } })).toEqual(["subscriber.surname required"]);
    expect(codes({ ...full, subscriber: { surname: "Римская-Корсакова", given: "Анна", patronymic: "Петровна" } })).toEqual([]);
    expect(codes({ ...full, subscriber: { surname: "O’Brien", given: "Šimon-Črt" } })).toEqual([]);
    expect(codes({ ...full, subscriber: { surname: "R2D2", given: "X" } })).toEqual(["subscriber name_letters"]);
  });

  test("R199 a street is not taken while the city is empty", () => {
    expect(codes({ ...full, address: { street: "Lenina" } })).toEqual(["address city_first", "address.city required"]);
  });

  test("R157 the price of the chosen tariff stays what it was when it was chosen", () => {
    expect(valueAt(submission(form, full), "tariff.monthly")).toEqual(eur("20.00"));
  });

  test("R163 consent carries what was read and where it stands in the recording, and a refusal is no consent", () => {
    expect(codes({ ...full, consent: { given: false } })).toEqual(["consent consent_needed"]);
    expect(submission(form, full)["consent"]).toMatchObject({ recordingId: "r1", offsetMs: 61_500 });
  });

  test("R009 blanks do not count as filled, and missing fields are told in the order of the form", () => {
    const { percent, missing } = complete(form, { ...full, phone: "  ", building: null, tariff: undefined });
    expect(percent).toBeLessThan(100);
    expect(missing.map(({ path }) => path)).toEqual(["phone", "building", "tariff"]);
  });

  test("a draft is not blamed for what is still missing", () => {
    expect(validate(form, {}, {}, { draft: true })).toEqual([]);
  });

  test("phones are judged and stored as the host says", () => {
    const phone = (text: string): string | null => (text.replaceAll(" ", "") === "031234567" ? "+38631234567" : null);
    expect(validate(form, { ...full, phone: "031 234 567" }, { phone })).toEqual([]);
    expect(submission(form, { ...full, phone: "031 234 567" }, { phone })["phone"]).toBe("+38631234567");
  });

  test("letters with a separate accent are stored composed", () => {
    expect(submission(form, { ...full, note: "c\u030cuk " })["note"]).toBe("čuk");
  });
});

describe("conditions and computations", () => {
  test("a hidden field is neither asked for nor sent, and comes back with what was typed", () => {
    const flat = { ...full, building: "flat", entrance: "2", pets: true };
    expect(visible(form, flat).has("pets")).toBe(false);
    expect(submission(form, flat)).not.toHaveProperty("pets");
    expect(compute(form, flat)["pets"]).toBe(true);
    expect(codes({ ...full, building: "flat" })).toEqual(["entrance required"]);
  });

  test("rows and the whole are computed exactly, whatever was sent for them", () => {
    const equipment = [{ what: "router", count: 3, price: eur("0.10"), sum: eur("99.00") }, { what: "cable", count: 1, price: eur("0.20") }];
    const computed = compute(form, { equipment, total: eur("1.00") });
    expect(valueAt(computed, "equipment.0.sum")).toEqual(eur("0.30"));
    expect(computed["total"]).toEqual(eur("0.50"));
    expect(sums(form.fields.get("equipment")!, computed["equipment"])).toEqual({ sum: eur("0.50") });
  });

  test("required columns are asked for in each row", () => {
    expect(codes({ ...full, equipment: [{ what: "router", count: 1, price: eur("1.00") }, { count: 0 }] })).toEqual(
      ["equipment.1.count too_small", "equipment.1.what required", "equipment.1.price required"]);
  });

  test("a check speaks in the form's own words once all it reads is filled", () => {
    const [problem] = validate(form, { ...full, issue_on: "2026-03-01", convenient: { from: "2026-03-02", to: "2026-03-03" } });
    expect(fieldProblemText(problem!, "en")).toContain("before the days convenient");
    expect(codes({ ...full, issue_on: "2026-03-01" })).toEqual([]);
  });

  test("what is hidden does not answer for others", () => {
    const chain = formOf(`key: c\nname: &n { en: C, ru: Ц, sl: C }\n`.replace("&n ", "") + `schema:
  properties:
    a: { type: boolean, x-name: { en: A, ru: А, sl: A } }
    b: { type: boolean, x-name: { en: B, ru: Б, sl: B } }
    c: { type: string, x-name: { en: C, ru: Ц, sl: C } }
show: { c: form.b == true, b: form.a == true }
`);
    expect(visible(chain, { a: true, b: true }).has("c")).toBe(true);
    expect(visible(chain, { a: false, b: true }).has("c")).toBe(false);
  });

  test("days are computed in the zone of the project", () => {
    const zoned = formOf(`key: d\nname: { en: D, ru: Д, sl: D }\nschema: { properties: { on: { x-kind: date, x-name: { en: O, ru: О, sl: O } }, due: { x-kind: date, x-name: { en: D, ru: Д, sl: D } } } }\ncomputed: { due: 'form.on.addDays(3)' }`, { timeZone: "Europe/Ljubljana" });
    expect(compute(zoned, { on: "2026-03-28" })["due"]).toBe("2026-03-31");
  });

  test("an expression sees the host's variables", () => {
    const host = { records: { client: { doc: form.document.name, fields: { vip: { type: "boolean", doc: form.document.name } } } }, variables: { client: { type: "client", doc: form.document.name } } };
    const vip = formOf(`key: v\nname: { en: V, ru: В, sl: V }\nschema: { properties: { gift: { type: string, x-name: { en: G, ru: П, sl: D } } } }\nshow: { gift: client.vip == true }`, host);
    expect(visible(vip, {}, { values: { client: { vip: true } } }).has("gift")).toBe(true);
    expect(visible(vip, {}, { values: { client: { vip: false } } }).has("gift")).toBe(false);
  });
});

describe("kinds of values", () => {
  test.each([
    ["x-kind: money", eur("9.999"), "money_exact"], ["x-kind: money", { amount: 9.9, currency: "EUR" }, "wrong_type"], ["x-kind: money", { amount: "9.90", currency: "eur" }, "money"], ["x-kind: money, x-currency: EUR", { amount: "9", currency: "USD" }, "currency"], ["x-kind: money, minimum: 10", eur("9.99"), "too_small"],
    ["x-kind: date", "2026-02-30", "date"], ["x-kind: moment", "2026-03-29", "moment"], ["x-kind: period", { from: "2026-03-02", to: "2026-03-01" }, "period_order"],
    ["x-kind: email", "a@b", "email"], ["x-kind: email", "žiga@pošta.si", null], ["x-kind: number, type: integer", 1.5, "not_whole"], ["x-kind: number, multipleOf: 0.1", 0.3, null], ["x-kind: number, exclusiveMinimum: 0", 0, "not_above"],
    ["x-kind: yes_no", "true", "wrong_type"], ["x-kind: yes_no", false, null], ["x-kind: text, maxLength: 3", "šč😀", null], ["x-kind: text, maxLength: 3", "abcd", "too_long"], ["x-kind: text, x-template: \"## A-*\"", "12 Ж-x", null], ["x-kind: text, x-template: \"##\"", "1a", "template"],
    ["x-kind: text, pattern: \"^[A-Z]{2}[0-9]{3}$\"", "AB123", null], ["x-kind: text, pattern: \"^[A-Z]{2}[0-9]{3}$\"", "AB12", "pattern"], ["x-kind: text, format: uri", "javascript:alert(1)", "uri"],
    ["x-kind: choice, x-options: [{ value: x, name: { en: X, ru: X, sl: X } }]", "y", "not_an_option"], ["x-kind: choices, x-options: [{ value: x, name: { en: X, ru: X, sl: X } }]", ["x", "x"], "twice"], ["x-kind: file, maxItems: 1", ["a", "b"], "too_many"],
    ["x-kind: lookup, x-lookup: { entity: client }", { id: "1", name: "A", evil: 1 }, "unknown_field"], ["x-kind: document, x-mask: { read: clients.documents }", { number: "••••56" }, "masked"],
  ])("%s takes or refuses %j", (field, value, code) => {
    const problems = validate(one(field), { a: value });
    expect(problems.map((problem) => problem.code)).toEqual(code === null ? [] : [code]);
  });

  test("a field the form does not have is refused, also one every object inherits", () => {
    expect(codes(JSON.parse('{"zzz":1,"__proto__":{"a":1},"constructor":1}') as FormData, one("type: string"))).toEqual(["zzz unknown_field", "__proto__ unknown_field", "constructor unknown_field"]);
  });
});

describe("R159 a form is read the same from its text and from what is stored", () => {
  test("a stored document opens to the same form", () => {
    const opened = openForm(JSON.parse(JSON.stringify(form.document)) as Form["document"]);
    expect(opened.schema).toEqual(form.schema);
    expect(validate(opened, full)).toEqual([]);
    expect(opened.sections.map(({ key }) => key)).toEqual(["who", "where", "what"]);
  });

  test("defaults and countries stand in a new form, rows begin with theirs", () => {
    expect(defaults(form)).toEqual({ address: { country: "SI" } });
    expect(newRow(form, "equipment")).toEqual({ count: 1 });
    expect(emptyOf(form)).toMatchObject({ subscriber: {}, equipment: [] });
  });

  test("fields that no section names follow in the last one", () => {
    expect(one("type: string").sections).toMatchObject([{ fields: [{ path: "a" }] }]);
  });
});

describe("who may see and who filled what (R164)", () => {
  const secret = { ...full, passport: { series: "12 34", number: "123456" } };

  test("a passport is bullets for those without the right, and bullets are not taken for a passport", () => {
    const { data, masked } = mask(form, secret, () => false);
    expect(data["passport"]).toEqual({ series: "••••", number: "••••56" });
    expect(masked).toEqual(["passport"]);
    expect(mask(form, secret, (right) => right === "clients.documents").data).toEqual(secret);
    expect(codes(data)).toContain("passport.series masked");
  });

  test("what each filled is marked with who it was", () => {
    const client = { by: "client", id: null, name: "Žiga", at: "2026-11-22T10:00:00Z" } as const;
    const operator = { by: "operator", id: "u1", name: "Vera", at: "2026-11-22T10:01:00Z" } as const;
    const first = provenance({}, diff(form, {}, { subscriber: { surname: "Čuk", given: "Žiga" } }), client);
    const second = provenance(first, diff(form, { subscriber: { surname: "Čuk", given: "Žiga" } }, { subscriber: { surname: "Čukova", given: "Žiga" }, building: "flat" }), operator);
    expect(second).toMatchObject({ "subscriber.given": { by: "client" }, "subscriber.surname": { by: "operator" }, building: { by: "operator" } });
  });
});

describe("two people fill one form (R090)", () => {
  const base = { subscriber: { surname: "Čuk", given: "Žiga" }, equipment: [{ what: "router" }] };

  test("each other's fields are all kept", () => {
    const mine = { ...base, phone: "+38631234567", subscriber: { surname: "Čuk", given: "Žan" } };
    const theirs = { ...base, building: "flat", subscriber: { surname: "Čukova", given: "Žiga" } };
    const { data, conflicts } = merge(form, { base, mine, theirs });
    expect(data).toMatchObject({ phone: "+38631234567", building: "flat", subscriber: { surname: "Čukova", given: "Žan" } });
    expect(conflicts).toEqual([]);
  });

  test("where both wrote, what is stored stays and the other is told, not lost", () => {
    const { data, conflicts } = merge(form, { base, mine: { ...base, note: "mine" }, theirs: { ...base, note: "theirs" } });
    expect(data["note"]).toBe("theirs");
    expect(conflicts).toEqual([{ path: "note", base: null, mine: "mine", theirs: "theirs" }]);
  });

  test("rows both added are all there, cells of one row are merged", () => {
    const grown = merge(form, { base, mine: { equipment: [{ what: "router" }, { what: "b" }] }, theirs: { equipment: [{ what: "router" }, { what: "a" }] } });
    expect(grown.data["equipment"]).toEqual([{ what: "router" }, { what: "a" }, { what: "b" }]);
    const cells = merge(form, { base, mine: { equipment: [{ what: "router", count: 2 }] }, theirs: { equipment: [{ what: "switch" }] } });
    expect(cells.data["equipment"]).toEqual([{ what: "switch", count: 2 }]);
  });

  test("a cell of a row the other took away is a conflict, and makes no row of its own", () => {
    const { data, conflicts } = merge(form, { base, mine: { equipment: [{ what: "mine" }] }, theirs: {} });
    expect(data).not.toHaveProperty("equipment");
    expect(conflicts.map(({ path }) => path)).toEqual(["equipment.0.what"]);
  });

  test("an address is changed as one: no street of one city in another", () => {
    const from = { address: { city: "Maribor", street: "Glavna" } };
    const { data, conflicts } = merge(form, { base: from, mine: { address: { city: "Maribor", street: "Nova" } }, theirs: { address: { city: "Celje", street: "Glavna" } } });
    expect(data["address"]).toEqual({ city: "Celje", street: "Glavna" });
    expect(conflicts).toHaveLength(1);
  });

  test("values are put at their place without touching what was", () => {
    const before = { equipment: [{ what: "a" }] };
    expect(withValue(before, "equipment.5.what", "b")).toEqual({ equipment: [{ what: "a" }, { what: "b" }] });
    expect(withValue(before, "equipment.0", null)).toEqual({ equipment: [] });
    expect(before).toEqual({ equipment: [{ what: "a" }] });
  });
});
