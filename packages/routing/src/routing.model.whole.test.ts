import { test } from "vitest";
import { compareWithPlainRules } from "../test/model.ts";

test("a million random events bring the offers the plain rules ask for, each to one free and qualified operator", () => {
  compareWithPlainRules(1_000_000);
}, 120_000);
