import { expect, test } from "vitest";
import { ApiError } from "./api.ts";
import { answered, drawAnother, idUntilAnswered } from "./once.ts";

const problem = (status: number, code = "x") => new ApiError({ type: "", title: "", status, code, detail: "", requestId: "" });

test.each([[0], [500], [502], [503]])("what was sent and not answered (%i) is sent again under its id, until the answer is here", (status) => {
  const what = `paper ${status}`;
  const id = idUntilAnswered(what, []);
  answered(what, problem(status));
  expect(idUntilAnswered(what, [])).toBe(id);
  expect(idUntilAnswered(`${what} of another ticket`, [])).not.toBe(id);
  answered(what, null);
  expect(idUntilAnswered(what, [])).not.toBe(id);
});

test("a refusal is an answer: what is sent after it is another", () => {
  for (const status of [403, 409, 413, 422]) {
    const id = idUntilAnswered("file", []);
    answered("file", problem(status));
    expect(idUntilAnswered("file", [])).not.toBe(id);
  }
});

test("what is seen to have been made, though its answer was lost, is not made again by the next press: that makes another", () => {
  const id = idUntilAnswered("act", []);
  answered("act", problem(0));
  const next = idUntilAnswered("act", [{ id }]);
  expect(next).not.toBe(id);
  expect(idUntilAnswered("act", [{ id }])).toBe(next);
});

test("a draft keeps its id until the server says that something else stands under it", () => {
  const drawn: string[] = [];
  const refused = drawAnother(({ id }) => drawn.push(id));
  for (const error of [problem(0), problem(503), problem(409, "changed_meanwhile"), new Error("sent_before"), null]) refused(error);
  expect(drawn).toEqual([]);
  refused(problem(409, "sent_before"));
  expect(drawn).toHaveLength(1);
});
