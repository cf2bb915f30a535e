import { expect, test } from "vitest";
import { splitName } from "./names.ts";

test.each([
  ["Ana Marija Novak", "Novak", "Ana Marija"], ["  Иван   Петров ", "Петров", "Иван"], ["Mojca", "", "Mojca"], ["", "", ""],
])("a caller who says '%s' gets the family name '%s' and the given name '%s'", (told, familyName, givenName) => {
  expect(splitName(told)).toEqual({ familyName, givenName });
});
