import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { AppError } from "../../platform/errors.ts";
import { startPrinter } from "./documents.pdf.ts";
import type { PrintedDocument } from "./documents.rules.ts";

const printer = startPrinter();
afterAll(() => printer.stop());
const at = new Date("2026-11-22T10:00:00Z");
const paper: PrintedDocument = {
  title: "Ответ на претензию / Odgovor na reklamacijo", footer: "Zvezda Net · Čšž", page: "A4", language: "sl",
  content: [
    { kind: "heading", text: "Šumniki in кириллица" }, { kind: "text", text: "Spoštovani, čez žleb šumi voda. Здравствуйте!", align: "left", bold: false },
    { kind: "facts", facts: [["Številka", "INT-1"], ["Сумма", "1 234,50 €"]] }, { kind: "table", columns: [{ name: "Kaj", align: "left", width: 60 }, { name: "Cena", align: "right", width: null }], rows: [["Modem", "49,90 €"]] },
    { kind: "list", items: ["ena", "две"] }, { kind: "space", points: 20 }, { kind: "signatures", names: ["Stranka", "Оператор"] }, { kind: "page_break" }, { kind: "text", text: "2", align: "center", bold: true },
  ],
};

/** Characters the fonts of the file can show: its own tables say which, so that a missing glyph is seen. */
function shown(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf);
  const maps: string[] = [];
  for (let at = bytes.indexOf("stream\n"); at !== -1; at = bytes.indexOf("stream\n", at + 1)) {
    try {
      maps.push(inflateSync(bytes.subarray(at + 7, bytes.indexOf("endstream", at))).toString("latin1"));
    } catch { /* not a packed stream */ }
  }
  return maps.filter((map) => map.includes("beginbfrange") || map.includes("beginbfchar")).flatMap((map) => [...map.matchAll(/<([0-9a-f]{4})>/gi)].map((match) => String.fromCharCode(Number.parseInt(match[1]!, 16)))).join("");
}

test("R118 a document holds Cyrillic and š č ž, and the same words at the same moment are the same bytes", async () => {
  const [one, two] = await Promise.all([printer.print(paper, at), printer.print(paper, at)]);
  const hash = (pdf: Uint8Array) => createHash("sha256").update(pdf).digest("hex");
  expect(Buffer.from(one.pdf.subarray(0, 5)).toString()).toBe("%PDF-");
  expect(one.pages).toBe(2);
  expect(hash(one.pdf)).toBe(hash(two.pdf));
  expect(hash((await printer.print(paper, new Date(at.getTime() + 1_000))).pdf)).not.toBe(hash(one.pdf));
  const letters = shown(one.pdf);
  expect(Array.from("ОтветнапретензиюЗдравствуйтеčžšŠČŠ€").filter((letter) => !letters.includes(letter))).toEqual([]);
});

test("many documents asked for at once are printed one after another, and each has its own time", async () => {
  const heavy: PrintedDocument = { ...paper, content: [{ kind: "table", columns: [{ name: "Kaj", align: "left", width: null }], rows: Array.from({ length: 800 }, (_, row) => [`Vrstica ${row}`]) }] };
  await printer.print(heavy, at);
  const began = performance.now();
  await printer.print(heavy, at);
  const oneMs = performance.now() - began;
  // The first one waits for the thread to start as well.
  const busy = startPrinter({ printMs: 1_000 + 5 * oneMs, waitMs: 60_000, waiting: 50 });
  const many = Math.ceil((1_000 + 5 * oneMs) / oneMs) + 10;
  const printed = await Promise.allSettled(Array.from({ length: Math.min(many, 50) }, () => busy.print(heavy, at)));
  await busy.stop();
  expect(printed.filter(({ status }) => status === "rejected")).toEqual([]);
});

test("a document that is waited for in vain is refused for a while, and one too many at once", async () => {
  const busy = startPrinter({ printMs: 15_000, waitMs: 0, waiting: 1 });
  const [first, second, third] = await Promise.allSettled([busy.print(paper, at), busy.print(paper, at), busy.print(paper, at)]);
  await busy.stop();
  expect([first!.status, ...[second, third].map((one) => (one?.status === "rejected" ? (one.reason as AppError).reason : one?.status))]).toEqual(["fulfilled", "too_busy", "too_busy"]);
});

test("a document that takes too long is lost alone", async () => {
  const short = startPrinter({ printMs: 1, waitMs: 60_000, waiting: 50 });
  const lost = await Promise.allSettled([short.print(paper, at), short.print(paper, at)]);
  await short.stop();
  expect(lost.map((one) => (one.status === "rejected" ? (one.reason as AppError).reason : one.status))).toEqual(["document_too_long", "document_too_long"]);
});

test("words of clients cannot make the printer read a file or fetch a page", async () => {
  const { pdf } = await printer.print({ ...paper, content: [{ kind: "text", text: "file:///etc/passwd http://127.0.0.1/", align: "left", bold: false }] }, at);
  expect(Buffer.from(pdf).includes("root:")).toBe(false);
});
