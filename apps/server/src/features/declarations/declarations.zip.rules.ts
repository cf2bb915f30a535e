import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";
import { decodeText, MAX_TEXT_BYTES, told, tooLarge, type ToldProblem } from "../projects/index.ts";

/** An archive as it may be sent, and what it may hold. */
export const MAX_ZIP_BYTES = 2 * 1024 * 1024;
const MAX_FILES = 400;
const MAX_UNPACKED_BYTES = 8 * 1024 * 1024;

export interface ZipProblem extends ToldProblem { file: string }
export type Unpacked = { ok: true; texts: Map<string, string> } | { ok: false; problems: ZipProblem[] };

/** The texts as an archive with one folder, named as the project. The same texts make the same bytes. */
export function pack(folder: string, texts: ReadonlyMap<string, string>): Uint8Array {
  const files: Zippable = Object.fromEntries([...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [`${folder}/${path}`, [strToU8(text), { mtime: "1980-01-01T12:00:00" }]]));
  return zipSync(files, { level: 9 });
}

/**
 * Texts by their path in the project's folder. Whatever an archive can be bent to (ways out of the folder, links, names
 * given twice, sizes that lie, a bomb) is refused by the name it stands under, before anything is unpacked.
 */
export function unpack(bytes: Uint8Array): Unpacked {
  const entries = entriesOf(bytes);
  if (!entries) return refuse(told("zip_unreadable"));
  const files = entries.filter(({ name }) => !name.endsWith("/"));
  const problems = [...refuseEntries(files), ...entries.filter(({ isLink }) => isLink).map(({ name }) => ({ file: name, ...told("zip_link") }))];
  if (problems.length > 0) return { ok: false, problems };
  try {
    return decode(unzipSync(bytes));
  } catch (error) {
    return refuse(told("zip_broken", { text: error instanceof Error ? error.message : "?" }));
  }
}

const refuse = (problem: ToldProblem): Unpacked => ({ ok: false, problems: [{ file: "", ...problem }] });

interface Entry { name: string; size: number; isLink: boolean }

function refuseEntries(files: readonly Entry[]): ZipProblem[] {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length === 0) return [{ file: "", ...told("zip_empty") }];
  if (files.length > MAX_FILES || total > MAX_UNPACKED_BYTES) return [{ file: "", ...told("zip_too_large", { files: files.length, size: Math.ceil(total / 1024), most_files: MAX_FILES, most: MAX_UNPACKED_BYTES / 1024 }) }];
  const seen = new Set<string>();
  return files.flatMap(({ name, size }): ZipProblem[] => {
    const isTwice = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (isTwice) return [{ file: name, ...told("zip_twice") }];
    if (name.startsWith("/") || /^[a-z]:/i.test(name) || /[\\\p{Cc}]/u.test(name) || name.split("/").some((part) => part === ".." || part === "." || part === "")) return [{ file: name, ...told("zip_outside") }];
    return size > MAX_TEXT_BYTES ? [{ file: name, ...tooLarge(size) }] : [];
  });
}

function decode(unpacked: Record<string, Uint8Array>): Unpacked {
  const names = Object.keys(unpacked).filter((name) => !name.endsWith("/"));
  // With or without the folder around; a README beside the texts is welcome and not read.
  const folders = new Set(names.map((name) => (name.includes("/") ? name.split("/")[0] : "")));
  const root = folders.size === 1 && !folders.has("") && !names.includes("project.yaml") ? `${[...folders][0]}/` : "";
  const texts = new Map<string, string>();
  const problems: ZipProblem[] = [];
  for (const name of names) {
    const path = name.slice(root.length);
    if (/(^|\/)(README\.md|\.DS_Store)$/i.test(path)) continue;
    const decoded = decodeText(unpacked[name]!);
    if (decoded.ok) texts.set(path, decoded.text);
    else problems.push({ file: name, ...decoded.problem });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, texts };
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LINK = 0o120000;

/** The central directory (APPNOTE 4.3.12): names, true sizes as declared, and what Unix says of the file. Null when there is none. */
function entriesOf(bytes: Uint8Array): Entry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= Math.max(0, bytes.length - 65_557) && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0 || bytes.length < 22 || view.getUint32(end, true) !== END) return null;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) return null;
    const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    entries.push({ name: strFromU8(bytes.subarray(at + 46, at + 46 + name)), size: view.getUint32(at + 24, true), isLink: ((view.getUint32(at + 38, true) >>> 16) & 0o170000) === LINK });
    at += 46 + name + extra + comment;
  }
  return entries;
}
