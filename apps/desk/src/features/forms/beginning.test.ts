import { formHost, readForm } from "@linija/forms";
import { expect, test } from "vitest";
import { beginningOf } from "../projects/kinds.ts";
import { changeForm, freeName, readWritten } from "./document.ts";

const whole = (text: string) => { const read = readForm(text, formHost("UTC")); if (!read.ok) throw new Error(JSON.stringify(read.problems)); return read.form; };

test("a new form is whole from its first moment, named as its key reads, and every field added to it is drawn at once (R155)", () => {
  let text = beginningOf("forms", "lost-parcel");
  expect(whole(text).document.name).toEqual({ en: "Lost parcel", ru: "Lost parcel", sl: "Lost parcel" });
  for (const kind of ["text", "choice", "text", "address"] as const) {
    text = changeForm(text, { do: "add", kind, key: freeName(kind, readWritten(text)!.fields), section: 0, at: 99 });
    whole(text);
  }
  expect([...whole(text).fields.keys()]).toHaveLength(4);
});
