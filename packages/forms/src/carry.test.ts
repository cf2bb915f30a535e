import { compileExpression, createCatalogue } from "@linija/rules";
import { describe, expect, test } from "vitest";
import { catalogueOf, compute, fieldAt, formProblemText, mask, readForm, rightsBy, type Form, type Kind } from "./index.ts";

function formOf(text: string): Form {
  const read = readForm(text);
  if (!read.ok) throw new Error(read.problems.map((problem) => `${problem.line}: ${formProblemText(problem, "en")}`).join("\n"));
  return read.form;
}

describe("what is computed is no more open than what it is computed from (R129, R184)", () => {
  const names = "{ en: A, ru: А, sl: A }";
  const right = (name: string): string => `, x-mask: { read: ${name} }`;
  const field = (kind: string, more = ""): string => `{ x-kind: ${kind}, x-name: ${names}${more} }`;
  const copied = formOf(`key: copied
name: ${names}
schema:
  properties:
    income: ${field("number", right("clients.documents"))}
    reason: ${field("text", right("tickets.plan"))}
    phone: ${field("phone")}
    plain: ${field("text")}
    client: ${field("group", `, properties: { pin: ${field("text", right("clients.documents"))}, open: ${field("text")}, copy: ${field("text")} }`)}
    person: ${field("person", ", properties: { surname: { x-mask: { read: clients.documents } } }")}
    lines: ${field("table", `, items: { properties: { secret: ${field("number", right("clients.documents"))}, price: ${field("number")}, twice: ${field("number")} } }`)}
    direct: ${field("text")}
    chained: ${field("text")}
    both: ${field("text")}
    calls: ${field("text")}
    inner: ${field("text")}
    outer: ${field("text")}
    whole: ${field("text")}
    secrets: ${field("number")}
    prices: ${field("number")}
    twices: ${field("number")}
    many: ${field("yes_no")}
    dated: ${field("text")}
computed:
  chained: form.direct + "!"
  direct: 'form.income > decimal("1000") ? "rich" : "poor"'
  both: form.reason + form.direct
  calls: form.phone + "."
  inner: form.client.pin + form.plain
  outer: form.client.open
  client.copy: form.client.pin
  whole: form.person.full
  lines.twice: row.secret * decimal("2")
  secrets: form.lines.map(one, one.secret).sum()
  prices: form.lines.map(one, one.price).sum()
  twices: form.lines.map(one, one.twice).sum()
  many: form.lines.exists(one, one.secret > decimal("5"))
  dated: form.plain
`);

  test("a masked value that is copied, cut, chained, summed over rows or looked for in them is masked where it arrives, and what is open stays open", () => {
    const masks = Object.fromEntries(["direct", "chained", "both", "calls", "inner", "outer", "client.copy", "whole", "lines.twice", "secrets", "prices", "twices", "many", "dated"].map((path) => [path, fieldAt(copied.fields, path)!.masks]));
    const documents = ["clients.documents"];
    expect(masks).toEqual({
      direct: documents, chained: documents, both: ["tickets.plan", "clients.documents"], calls: [], inner: documents, outer: [], "client.copy": documents, whole: documents,
      "lines.twice": documents, secrets: documents, prices: [], twices: documents, many: documents, dated: [],
    });
  });

  test("what tells a phone is hidden from who may not see phones, and needs all rights of all it tells", () => {
    const data = { income: 2_000, reason: "late", phone: "+38631234567", plain: "a", client: { pin: "1234", open: "b" }, lines: [{ secret: 7, price: 3 }] };
    const whole = compute(copied, data);
    expect(whole).toMatchObject({ chained: "rich!", calls: "+38631234567.", secrets: 7, twices: 14, many: true });
    const shown = (rights: readonly string[], kinds?: ReadonlySet<Kind>) => mask(copied, whole, (name) => rights.includes(name), kinds);
    expect(JSON.stringify(shown([]).data)).not.toMatch(/rich|1234"|"secrets":7|14|"many":true/);
    expect(shown([]).masked).toEqual(expect.arrayContaining(["direct", "chained", "both", "inner", "client.copy", "lines.0.twice", "secrets", "twices", "many"]));
    expect(shown(["clients.documents"]).masked).toEqual(["reason", "both"]);
    expect(shown(["tickets.plan", "clients.documents"], new Set<Kind>(["phone"])).masked).toEqual(["phone", "calls"]);
  });

  test("a rule reads it only when its author has every right", () => {
    const { records } = catalogueOf(copied, "form", rightsBy({ phone: "clients.see_contacts" }));
    expect(records["form"]!.fields["both"]!.read).toEqual(["tickets.plan", "clients.documents"]);
    expect(records["form"]!.fields["calls"]!.read).toBe("clients.see_contacts");
    expect(records["form_lines"]!.fields["twice"]!.read).toBe("clients.documents");
    const catalogue = createCatalogue({ records, variables: { form: { type: "form", doc: { en: "A", ru: "А", sl: "A" } } } });
    const ok = (...rights: string[]) => compileExpression("form.both == 'x'", catalogue, { expects: "boolean", rights: new Set(rights) }).ok;
    expect([ok(), ok("tickets.plan"), ok("clients.documents"), ok("tickets.plan", "clients.documents")]).toEqual([false, false, false, true]);
  });
});
