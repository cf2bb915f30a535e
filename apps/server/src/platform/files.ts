import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

/** A new file, whole and flushed to the disk, before anybody is told that it is there. Refuses a path that is taken. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
