import { randomFillSync } from "node:crypto";

// Tags, branches and Call-IDs must be unguessable (§19.3, §8.1.1.7): one system call fills many of them.
const pool = Buffer.alloc(8192);
let used = pool.length;

/** `bytes` random bytes as hexadecimal text. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}

/** A branch with the magic cookie that marks RFC 3261 (§8.1.1.7). */
export const newBranch = (): string => `z9hG4bK${randomHex(10)}`;
export const newTag = (): string => randomHex(8);
