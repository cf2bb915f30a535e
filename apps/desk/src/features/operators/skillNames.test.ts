import { expect, test } from "vitest";
import { skillsHere } from "./skillNames.ts";

test("R218 of what a person can do only what the reader's projects ask for is told, the best first", () => {
  const queues: { projectKey: string; skills: Record<string, number> }[] = [{ projectKey: "internet", skills: { modem: 1, tv: 2 } }, { projectKey: "bank", skills: { loans: 3, modem: 1 } }];
  expect(skillsHere({ tv: 1, loans: 5, modem: 3, knitting: 5 }, queues, ["internet"])).toEqual([["modem", 3], ["tv", 1]]);
  expect(skillsHere({ loans: 5 }, queues, ["internet"])).toEqual([]);
});
