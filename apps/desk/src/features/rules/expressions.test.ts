import { expect, test } from "vitest";
import { expressionAt, expressionsOf } from "./expressions.ts";

const text = `key: mine
name: { en: Mine }
on: { event: ticket.registered }
when: client.flags.size() > 0
steps:
  - set: { ticket.priority: '"urgent"' }
  - if: "true"
    then:
      - do: add_note
        with:
          text: >-
            "a" +
            ticket.subject
`;

test("expressions of a text are found where they stand, and nothing else is taken for one", () => {
  expect(expressionsOf(text).map((source) => source.text)).toEqual(["client.flags.size() > 0", '"urgent"', "true", '"a" + ticket.subject']);
});

test("R356 after client. the cursor is in the expression client.", () => {
  const typed = "steps: []\nwhen: client.";
  expect(expressionAt(typed, typed.length)).toMatchObject({ text: "client.", offset: 7 });
  const empty = "steps: []\nwhen: ";
  expect(expressionAt(empty, empty.length)).toMatchObject({ text: "", offset: 0 });
  expect(expressionAt(text, text.indexOf("name:"))).toBeNull();
});

test("places within quotes are those of the document", () => {
  const at = text.indexOf("urgent") + 2;
  const found = expressionAt(text, at)!;
  expect([found.text, found.offset, found.placeOf(found.offset)]).toEqual(['"urgent"', 3, at]);
});
