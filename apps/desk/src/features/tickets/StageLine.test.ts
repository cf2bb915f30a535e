import { expect, test } from "vitest";
import { stepsOf } from "./StageLine.tsx";

test.each(["cancelled", "rejected"])("R008 a ticket that was %s does not claim to have been worked on and completed", (closedAs) => {
  expect(stepsOf({ status: "closed", closedAs })).toEqual(["closed"]);
});

test("R008 a ticket that was completed and confirmed shows its whole way", () => {
  expect(stepsOf({ status: "closed", closedAs: "confirmed" })).toEqual(["open", "done", "closed"]);
});
