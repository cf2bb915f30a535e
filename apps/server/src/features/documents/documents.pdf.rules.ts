import type pdfmake from "pdfmake";
import type { PrintedBlock, PrintedDocument } from "./documents.rules.ts";

type Definition = Parameters<typeof pdfmake.createPdf>[0];
type Content = Extract<Definition["content"], readonly unknown[]>[number];
interface Laid { table: { body: unknown[]; widths?: unknown; headerRows?: number | undefined } }

/** In points. */
const MARGINS: [number, number, number, number] = [57, 57, 57, 62];
const WIDTHS = { A4: 595, A5: 420 } as const;
const SIGNATURES_GAP = 28;

/** Thin lines between rows, none outside. */
const HAIRLINES = {
  hLineWidth: (line: number, node: Laid) => (line === 0 || line === node.table.body.length ? 0 : 0.5), vLineWidth: () => 0, hLineColor: (line: number, node: Laid) => (line === node.table.headerRows ? "#555555" : "#cccccc"),
  paddingLeft: () => 0, paddingRight: (column: number, node: Laid) => (column === (node.table.widths as unknown[]).length - 1 ? 0 : 10), paddingTop: () => 3, paddingBottom: () => 3,
};

/** The page as pdfmake lays it out. The same words at the same moment give the same bytes. */
export function layOut(printed: PrintedDocument, at: Date): Definition {
  return {
    info: { title: printed.title, creator: "Linija", producer: "Linija", creationDate: at, modDate: at },
    pageSize: printed.page, pageMargins: MARGINS, language: printed.language,
    defaultStyle: { font: "Roboto", fontSize: 10.5, lineHeight: 1.3 },
    styles: { title: { fontSize: 17, bold: true, margin: [0, 0, 0, 14] }, heading: { fontSize: 12.5, bold: true, margin: [0, 12, 0, 5] }, small: { fontSize: 8.5, color: "#555555" } },
    content: [{ text: printed.title, style: "title" }, ...printed.content.map((block) => blockOf(block, WIDTHS[printed.page] - MARGINS[0] - MARGINS[2]))],
    footer: (page, pages) => ({ columns: [{ text: printed.footer, style: "small" }, { text: `${page} / ${pages}`, style: "small", alignment: "right", width: 60 }], margin: [57, 18, 57, 0] }),
  };
}

function blockOf(block: PrintedBlock, width: number): Content {
  if (block.kind === "heading") return { text: block.text, style: "heading" };
  if (block.kind === "text") return { text: block.text, alignment: block.align, bold: block.bold, margin: [0, 0, 0, 6], preserveLeadingSpaces: true };
  if (block.kind === "list") return { ul: block.items, margin: [0, 0, 0, 6] };
  if (block.kind === "space") return { text: " ", fontSize: 1, margin: [0, 0, 0, block.points] };
  if (block.kind === "page_break") return { text: "", pageBreak: "after" };
  if (block.kind === "signatures") return { columns: block.names.map((name) => signature(name, Math.min(190, (width - SIGNATURES_GAP * (block.names.length - 1)) / block.names.length))), columnGap: SIGNATURES_GAP, margin: [0, 42, 0, 0], unbreakable: true };
  if (block.kind === "facts") return { table: { widths: ["36%", "*"], body: block.facts.map(([name, value]) => [{ text: name, color: "#555555" }, { text: value }]) }, layout: HAIRLINES, margin: [0, 2, 0, 8] };
  const head = block.columns.map(({ name, align }) => ({ text: name, bold: true, alignment: align }));
  const rows = block.rows.map((row) => row.map((cell, index) => ({ text: cell, alignment: block.columns[index]?.align ?? "left" })));
  return { table: { headerRows: 1, dontBreakRows: true, widths: block.columns.map(({ width }) => (width === null ? "*" : `${width}%`)), body: [head, ...rows] }, layout: HAIRLINES, margin: [0, 2, 0, 8] };
}

/** Several of them share the width of the page. */
const signature = (name: string, width: number): Content => ({ stack: [{ canvas: [{ type: "line", x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.7 }] }, { text: name, style: "small", margin: [0, 3, 0, 0] }] });
