import { test } from "vitest";
import { compareWithPlainRules } from "../test/model.ts";

test("two hundred thousand random events bring the offers the plain rules ask for, each to one free and qualified operator", () => {
  compareWithPlainRules(200_000);
}, 120_000);
