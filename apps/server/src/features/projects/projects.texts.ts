import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FileProblem } from "./projects.contract.ts";

/** Declarations wherever they lie: path with slashes (`shop/queues.yaml`) → text. The repository and the database both give this. */
export type Texts = ReadonlyMap<string, string>;

/** Nothing a person writes comes near it; what is longer is a mistake or an attack. */
export const MAX_TEXT_BYTES = 512 * 1024;
const MAX_DEPTH = 3;

type Decoded = { ok: true; text: string } | { ok: false; message: string; remedy: string };

/** The text of a file from outside, or why it is none. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_TEXT_BYTES) return { ok: false, message: `has ${Math.ceil(bytes.length / 1024)} kB, and at most ${MAX_TEXT_BYTES / 1024} kB may be`, remedy: "split it or take out what does not belong here" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) return { ok: false, message: "holds bytes that are no text", remedy: "save it as plain text" };
    return { ok: true, text };
  } catch {
    return { ok: false, message: "is not UTF-8", remedy: "save it in the encoding UTF-8" };
  }
}

/** All YAML texts of a folder, and what cannot be one. Links are not followed: a folder of declarations is only itself. */
export async function readFolder(root: string): Promise<{ texts: Map<string, string>; problems: FileProblem[] }> {
  const texts = new Map<string, string>();
  const problems: FileProblem[] = [];
  const bad = (file: string, message: string, remedy: string): void => { problems.push({ file, line: null, column: null, path: "", message, remedy }); };
  const take = async (file: string): Promise<void> => {
    const path = join(root, file);
    const { size } = await lstat(path);
    const decoded = size > MAX_TEXT_BYTES ? decodeText(new Uint8Array(size > 64 * 1024 * 1024 ? MAX_TEXT_BYTES + 1 : size)) : decodeText(await readFile(path));
    if (decoded.ok) texts.set(file, decoded.text);
    else bad(file, decoded.message, decoded.remedy);
  };
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    await Promise.all(entries.map(async (entry) => {
      const file = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isSymbolicLink()) bad(file, "is a link", "put the file itself here");
      else if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith(".")) await walk(file, depth + 1);
      else if (entry.isFile() && entry.name.endsWith(".yaml")) await take(file).catch((error: unknown) => bad(file, `the file cannot be read: ${String((error as { code?: string }).code ?? error)}`, "check its rights"));
    }));
  };
  await walk("", 0);
  return { texts: new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1))), problems };
}
