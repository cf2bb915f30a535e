import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { told, type ToldProblem } from "./problems.contract.ts";
import { type FileProblem } from "./projects.contract.ts";
import { wordsOf } from "./projects.problems.ts";

/** Declarations wherever they lie: path with slashes (`shop/queues.yaml`) → text. The repository and the database both give this. */
export type Texts = ReadonlyMap<string, string>;

/** Nothing a person writes comes near it; what is longer is a mistake or an attack. */
export const MAX_TEXT_BYTES = 512 * 1024;
const MAX_DEPTH = 3;

type Decoded = { ok: true; text: string } | { ok: false; problem: ToldProblem };

export const tooLarge = (bytes: number): ToldProblem => told("text_too_large", { size: Math.ceil(bytes / 1024), most: MAX_TEXT_BYTES / 1024 });

/** The text of a file from outside, or why it is none. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_TEXT_BYTES) return { ok: false, problem: tooLarge(bytes.length) };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) return { ok: false, problem: told("not_text") };
    return { ok: true, text };
  } catch {
    return { ok: false, problem: told("not_utf8") };
  }
}

/** All YAML texts of a folder, and what cannot be one. Links are not followed: a folder of declarations is only itself. */
export async function readFolder(root: string): Promise<{ texts: Map<string, string>; problems: FileProblem[] }> {
  const texts = new Map<string, string>();
  const problems: FileProblem[] = [];
  const bad = (file: string, problem: ToldProblem): void => { problems.push({ file, line: null, column: null, path: "", ...wordsOf(problem, "en"), told: problem }); };
  const take = async (file: string): Promise<void> => {
    const path = join(root, file);
    const { size } = await lstat(path);
    const decoded = size > MAX_TEXT_BYTES ? decodeText(new Uint8Array(size > 64 * 1024 * 1024 ? MAX_TEXT_BYTES + 1 : size)) : decodeText(await readFile(path));
    if (decoded.ok) texts.set(file, decoded.text);
    else bad(file, decoded.problem);
  };
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    await Promise.all(entries.map(async (entry) => {
      const file = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isSymbolicLink()) bad(file, told("link"));
      else if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith(".")) await walk(file, depth + 1);
      else if (entry.isFile() && entry.name.endsWith(".yaml")) await take(file).catch((error: unknown) => bad(file, told("unreadable", { text: String((error as { code?: string }).code ?? error) })));
    }));
  };
  await walk("", 0);
  return { texts: new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1))), problems };
}
