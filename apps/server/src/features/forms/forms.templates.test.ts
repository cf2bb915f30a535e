import { readFileSync } from "node:fs";
import { compute, readForm, visible } from "@linija/forms";
import { expect, test } from "vitest";

function formOf(key: string) {
  const read = readForm(readFileSync(new URL(`../../../../../projects/internet/forms/${key}.yaml`, import.meta.url), "utf8"));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.form;
}

test.each([["connection", "tariff"], ["tariff-change", "to_tariff"]])("R157 the internet provider's %s tells no price and asks for no consent to one before a tariff is chosen", (key, tariff) => {
  const form = formOf(key);
  expect(compute(form, {})["monthly"] ?? null).toBeNull();
  expect(visible(form, {}).has("consent")).toBe(false);
  for (const [chosen, price] of [["start", "19.90"], ["home", "27.90"], ["family", "39.90"]]) {
    const data = compute(form, { [tariff]: chosen });
    expect(data["monthly"]).toEqual({ amount: price, currency: "EUR" });
    expect(visible(form, data).has("consent")).toBe(true);
  }
});
