import { expect, test } from "vitest";
import { translate } from "./messages.ts";

test("what is not found is named in the reader's language", () => {
  const said = (language: "en" | "ru" | "sl") => translate(language, "not_found", { what: "ticket", id: "7" }).split(/[.,] /)[0];
  expect([said("en"), said("ru"), said("sl")]).toEqual(["There is no such ticket here", "Ничего не найдено (заявка)", "Ni najdeno (zahtevek)"]);
});
