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
const LARGE = 0x07064b50;
const LINK = 0o120000;

/**
 * The central directory (APPNOTE 4.3.12): names, sizes, and what Unix says of the file. Null when there is none, or when the end
 * record does not agree with what stands there: what unpacks goes by another of its numbers than what looks, and would take
 * files that nobody has looked at.
 */
function entriesOf(bytes: Uint8Array): Entry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = directoryOf(view);
  if (!directory) return null;
  const entries: Entry[] = [];
  let at = directory.start;
  while (at < directory.end) {
    if (at + 46 > directory.end || view.getUint32(at, true) !== CENTRAL) return null;
    const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    // What is stored as it is comes out as long as it lies there, whatever it says of itself.
    const size = Math.max(view.getUint32(at + 24, true), view.getUint16(at + 10, true) === 0 ? view.getUint32(at + 20, true) : 0);
    entries.push({ name: strFromU8(bytes.subarray(at + 46, at + 46 + name)), size, isLink: ((view.getUint32(at + 38, true) >>> 16) & 0o170000) === LINK });
    at += 46 + name + extra + comment;
  }
  return at === directory.end && entries.length === directory.count ? entries : null;
}

/** By the end record (APPNOTE 4.3.16), whose numbers agree and behind which nothing comes. */
function directoryOf(view: DataView): { start: number; end: number; count: number } | null {
  const length = view.byteLength;
  let end = length - 22;
  while (end >= Math.max(0, length - 65_557) && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0 || view.getUint32(end, true) !== END) return null;
  const [disk, startsOn, here, count, comment] = [4, 6, 8, 10, 20].map((offset) => view.getUint16(end + offset, true)) as [number, number, number, number, number];
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  // Archives of gigabytes say all this a second time in front of it (4.3.15).
  const isLarge = end >= 20 && view.getUint32(end - 20, true) === LARGE;
  const agrees = disk === 0 && startsOn === 0 && here === count && start + size === end && end + 22 + comment === length;
  return agrees && !isLarge ? { start, end, count } : null;
}
