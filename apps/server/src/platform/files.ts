import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

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

export interface SentFile { name: string; mediaType: string; bytes: number; stream: Readable }

/**
 * A file as the answer. It leaves in a sandbox: whatever its bytes are, they cannot run in our origin. `isShown` lets the
 * browser show it instead of saving it, for what we made ourselves.
 */
export function sendFile(reply: FastifyReply, { name, mediaType, bytes, stream }: SentFile, { isShown = false } = {}): FastifyReply {
  return reply.headers({
    "content-type": mediaType, "content-length": String(bytes), "content-disposition": disposition(isShown ? "inline" : "attachment", name),
    "x-content-type-options": "nosniff", "content-security-policy": `sandbox; default-src 'none'${isShown ? "; style-src 'unsafe-inline'" : ""}`, "cache-control": "private, no-store",
  }).send(stream);
}

/** RFC 6266 §4.1 with RFC 8187 for names beyond ASCII. */
function disposition(kind: "attachment" | "inline", name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
