import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Roboto comes with pdfmake (Apache-2.0) and has Cyrillic and š č ž. */
export const FONTS = join(dirname(fileURLToPath(import.meta.resolve("pdfmake/package.json"))), "fonts", "Roboto");
export const REGULAR = join(FONTS, "Roboto-Regular.ttf");
export const BOLD = join(FONTS, "Roboto-Medium.ttf");

let known: { regular: CanShow; bold: CanShow } | null = null;
type CanShow = (code: number) => boolean;

/** Whether a character can be printed, upright and bold. */
export function canPrint(code: number): boolean {
  known ??= { regular: lettersOf(readFileSync(REGULAR)), bold: lettersOf(readFileSync(BOLD)) };
  return known.regular(code) && known.bold(code);
}

/** Reads which characters a font has (OpenType 1.9, "cmap", format 4: ranges of the first plane). */
function lettersOf(font: Buffer): CanShow {
  const cmap = tableOf(font, "cmap");
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const table = cmap.subarray(cmap.readUInt32BE(8 + index * 8));
    if (table.readUInt16BE(0) === 4) return inRanges(table);
  }
  throw new Error("the font of documents does not say which characters it has");
}

function inRanges(table: Buffer): CanShow {
  const bytes = table.readUInt16BE(6);
  const [ends, starts, deltas, offsets] = [14, 16 + bytes, 16 + 2 * bytes, 16 + 3 * bytes] as const;
  const glyphIn = (at: number, code: number): number => {
    const [delta, offset] = [table.readUInt16BE(deltas + at), table.readUInt16BE(offsets + at)];
    if (offset === 0) return (code + delta) & 0xff_ff;
    const glyph = table.readUInt16BE(offsets + at + offset + 2 * (code - table.readUInt16BE(starts + at)));
    return glyph === 0 ? 0 : (glyph + delta) & 0xff_ff;
  };
  return (code) => {
    if (code > 0xff_fe) return false;
    for (let at = 0; at < bytes; at += 2) {
      if (code <= table.readUInt16BE(ends + at)) return code >= table.readUInt16BE(starts + at) && glyphIn(at, code) !== 0;
    }
    return false;
  };
}

function tableOf(font: Buffer, tag: string): Buffer {
  for (let at = 12, left = font.readUInt16BE(4); left > 0; at += 16, left--) {
    if (font.toString("latin1", at, at + 4) === tag) return font.subarray(font.readUInt32BE(at + 8));
  }
  throw new Error(`the font of documents has no table "${tag}"`);
}
