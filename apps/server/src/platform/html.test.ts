import { expect, test } from "vitest";
import { html, paragraphs } from "./html.ts";

test("escapes whatever comes from outside, in text and in attributes", () => {
  const evil = `"><script>alert('x')</script>`;
  const page = html`<p title="${evil}">${evil}</p>`.text;
  expect(page).not.toContain("<script>");
  expect(page.match(/"/g)).toHaveLength(2);
});

test("puts pieces and lists of pieces in as they are and leaves nothing for null", () => {
  expect(html`<ul>${["a", "<b>"].map((each) => html`<li>${each}</li>`)}${null}${false}${0}</ul>`.text).toBe("<ul><li>a</li><li>&#60;b&#62;</li>0</ul>");
});

test("makes links of addresses only, without the full stop after them", () => {
  const [first] = paragraphs("See https://linija.test/s/abc?x=1. Not javascript:alert(1) <i>");
  expect(first!.text).toBe('<p>See <a href="https://linija.test/s/abc?x=1">https://linija.test/s/abc?x=1</a>. Not javascript:alert(1) &#60;i&#62;</p>');
});
