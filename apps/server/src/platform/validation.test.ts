import { validatorCompiler } from "fastify-type-provider-zod";
import { expect, test } from "vitest";
import { z } from "zod";
import { languages } from "../features/api.contract.ts";
import { hasMessage, translate } from "./messages.ts";
import { fieldProblem, type Issue } from "./validation.ts";

const shape = z.strictObject({
  email: z.email(), url: z.url(), id: z.uuid(), at: z.iso.datetime(), day: z.iso.date(), key: z.string().regex(/^[a-z]+$/), name: z.string().min(1), password: z.string().min(12), note: z.string().max(3),
  tags: z.array(z.string()).max(1), pair: z.array(z.string()).min(2), score: z.int().min(2).max(5), kind: z.enum(["a", "b"]), missing: z.string(), count: z.number(), text: z.string().refine((text) => text === "right", "write right"),
});
const right = { email: "a@b.si", url: "https://a.si", id: crypto.randomUUID(), at: "2026-01-01T00:00:00Z", day: "2026-01-01", key: "a", name: "A", password: "a".repeat(12), note: "", tags: [], pair: ["a", "b"], score: 2, kind: "a", missing: "", count: 1, text: "right" };
const validate = validatorCompiler({ schema: shape, method: "POST", url: "/" });
const problemsOf = (change: Record<string, unknown>) => (validate({ ...right, ...change }) as { error: Issue[] }).error.map(fieldProblem("body"));

test.each([
  [{ email: "x" }, "wrong_email"], [{ url: "x" }, "wrong_url"], [{ id: "x" }, "wrong_id"], [{ at: "x" }, "wrong_moment"], [{ day: "x" }, "wrong_date"], [{ key: "A1" }, "wrong_form"], [{ name: "" }, "required"], [{ missing: undefined }, "required"],
  [{ password: "short" }, "too_short", { min: 12 }], [{ note: "long" }, "too_long", { max: 3 }], [{ tags: ["a", "b"] }, "too_many_items", { max: 1 }], [{ pair: ["a"] }, "too_few", { min: 2 }],
  [{ score: 1 }, "too_little", { min: 2 }], [{ score: 9 }, "too_much", { max: 5 }], [{ kind: "c" }, "wrong_choice"], [{ count: "1" }, "wrong_type"], [{ text: "left" }, "wrong_value"], [{ more: 1 }, "unknown_field", { names: "more" }],
] as [Record<string, unknown>, string, Record<string, unknown>?][])("tells what is wrong with %j in the reader's own language", (change, code, params) => {
  const [problem] = problemsOf(change);
  expect(problem).toEqual({ field: code === "unknown_field" ? "body" : Object.keys(change)[0], code, ...(params && { params }) });
  for (const language of languages) {
    expect(hasMessage(language, code)).toBe(true);
    expect(translate(language, code, problem!.params)).not.toMatch(/\{|invalid|expected|received/i);
  }
});
