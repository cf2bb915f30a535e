import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import pdfmake from "pdfmake";
import { BOLD, FONTS, REGULAR } from "./documents.fonts.ts";
import { layOut } from "./documents.pdf.rules.ts";
import type { PrintedDocument } from "./documents.rules.ts";

// Pages are laid out in a thread of their own: 60 ms a document would be heard in a call.
pdfmake.setFonts({ Roboto: { normal: REGULAR, bold: BOLD, italics: join(FONTS, "Roboto-Italic.ttf"), bolditalics: join(FONTS, "Roboto-MediumItalic.ttf") } });
// A document holds words of clients: nothing in them may fetch a page or read a file.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path: string) => path.startsWith(FONTS));

export interface PrintOrder { id: number; printed: PrintedDocument; atMs: number }
export type PrintReply = { id: number; ok: true; pdf: Uint8Array; pages: number } | { id: number; ok: false; message: string };

parentPort?.on("message", ({ id, printed, atMs }: PrintOrder) => {
  print(printed, new Date(atMs)).then(
    ({ pdf, pages }) => parentPort!.postMessage({ id, ok: true, pdf, pages } satisfies PrintReply),
    (error: unknown) => parentPort!.postMessage({ id, ok: false, message: String(error) } satisfies PrintReply));
});

async function print(printed: PrintedDocument, at: Date): Promise<{ pdf: Uint8Array; pages: number }> {
  const definition = layOut(printed, at);
  let pages = 0;
  const footer = definition.footer as (page: number, count: number) => unknown;
  const pdf = await pdfmake.createPdf({ ...definition, footer: ((page: number, count: number) => { pages = count; return footer(page, count); }) as never }).getBuffer();
  return { pdf: new Uint8Array(pdf), pages };
}
