import { expect, test } from "vitest";
import { linesOf } from "./lines.ts";

test("R120 a long name of a stage stands in two lines of its box on the map of paths, and is cut only beyond them", () => {
  expect(linesOf("Registered", 24)).toEqual(["Registered"]);
  expect(linesOf("Ожидает решения руководителя", 24)).toEqual(["Ожидает решения", "руководителя"]);
  expect(linesOf("Čaka na potrditev stranke in potem še na montažo", 24)).toEqual(["Čaka na potrditev", "stranke in potem še na…"]);
  expect(linesOf("Nezadovoljivoprepoznavnostni", 24)).toEqual(["Nezadovoljivoprepoznavn…"]);
});
