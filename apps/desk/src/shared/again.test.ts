import { expect, test } from "vitest";
import { isAway } from "./again.ts";
import { ApiError } from "./api.ts";

const refusal = (status: number) => new ApiError({ type: "", title: "", status, code: "", detail: "", requestId: "" });
test("what nobody answered is tried again by itself, what was refused is not", () => {
  expect([new TypeError("Failed to fetch"), refusal(0), refusal(503), refusal(422), refusal(409), refusal(500)].map(isAway)).toEqual([true, true, true, false, false, false]);
});
