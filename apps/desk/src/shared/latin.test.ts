import { expect, test } from "vitest";
import { proposeKey, proposePrefix } from "../features/projects/newProject.ts";
import { latin } from "./latin.ts";

test.each([
  ["Скорая помощь", "skoraya-pomoshch"], ["Žičnica Šmarna gora", "zicnica-smarna-gora"], ["Подъёмный кран №5", "podemnyy-kran-5"], ["Đuro Ćosić", "duro-cosic"], ["Lipa shop", "lipa-shop"], ["Йод & co.", "yod-co"], ["电话", ""],
])("%s is written in Latin letters as %s", (name, expected) => {
  expect(latin(name)).toBe(expected);
});

test("a new project's key is read from its name in any of the three languages, and is nobody else's", () => {
  expect(proposeKey("Служба доставки", [])).toBe("sluzhba-dostavki");
  expect(proposeKey("Служба доставки", ["sluzhba-dostavki"])).toBe("sluzhba-dostavki-2");
  expect(proposeKey("Čebelar", [])).toBe("cebelar");
  expect(proposeKey("Common", [])).toBe("common-2");
  expect(proposeKey("24 часа", [])).toBe("chasa");
  expect(proposeKey("Очень длинное название службы доставки", []).length).toBeLessThanOrEqual(24);
  expect(proposeKey("Очень длинное название службы доставки", [])).not.toMatch(/-$/);
  expect(proposeKey("电话", ["project"])).toBe("project-2");
  expect(proposePrefix("Служба доставки", [])).toBe("SDL");
});
