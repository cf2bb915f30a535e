import { expect, test } from "vitest";
import { translate } from "../../platform/messages.ts";
import { canPrint } from "./documents.fonts.ts";
import { lettersKinds, printable } from "./documents.letters.rules.ts";
import type { PrintedDocument } from "./documents.rules.ts";

const letters = { has: canPrint, nameOf: (kind: string) => kind };
const paper = (...words: string[]): PrintedDocument => ({ title: words[0] ?? "", footer: "", page: "A4", language: "en", content: [
  { kind: "text", text: words.join("\n"), align: "left", bold: false }, { kind: "facts", facts: [["Имя", words[0] ?? ""]] }, { kind: "list", items: words }, { kind: "signatures", names: words },
  { kind: "table", columns: [{ name: words[0] ?? "", align: "left", width: null }], rows: [words] }, { kind: "space", points: 4 },
] });

test("R118 what the letters of a paper lack stands on it by its name and count, and is told", () => {
  const { printed, lacking } = printable(paper("Pozdrav שלום 👋🏽!", "日本語 ok ☎"), letters);
  expect(printed.title).toBe("Pozdrav [hebrew ×4] [picture]!");
  expect(printed.content[0]).toMatchObject({ text: "Pozdrav [hebrew ×4] [picture]!\n[east_asian ×3] ok [picture]" });
  expect(JSON.stringify(printed)).not.toMatch(/[שלום日本語👋]/u);
  expect(lacking).toEqual([{ name: "hebrew", characters: "שלום" }, { name: "picture", characters: "👋☎" }, { name: "east_asian", characters: "日本語" }]);
});

test("R118 a sign nobody has a name for is told by its code, and families of pictures are one", () => {
  expect(printable(paper("a ⎈ b"), letters).printed.title).toBe("a [U+2388] b");
  expect(printable(paper("مرحبا"), letters).printed.title).toBe("[arabic ×5]");
  expect(printable(paper("e\u0301"), letters).printed.title).toBe("é");
});

test("R118 words of the three languages of the product are printed as they are", () => {
  const words = "Ščuka žre čmrlja; đ ć. Съешь ещё этих мягких французских булок. “Quick” — €1 234,50 № 5 • a‑b × ±½ §";
  const { printed, lacking } = printable(paper(words), letters);
  expect([printed.title, lacking]).toEqual([words, []]);
});

test("every writing has its name in each language, in letters that papers have", () => {
  for (const kind of lettersKinds) for (const language of ["en", "ru", "sl"] as const) expect(Array.from(kind + translate(language, `letters_${kind}`)).filter((sign) => !canPrint(sign.codePointAt(0)!))).toEqual([]);
  expect(new Set(lettersKinds.map((kind) => translate("sl", `letters_${kind}`))).size).toBe(lettersKinds.length);
});
