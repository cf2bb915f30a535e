import { randomBytes, randomFillSync } from "node:crypto";

const pool = Buffer.alloc(4096);
let used = pool.length;

/** UUID version 7 (RFC 9562 §5.7): ordered by time, so that new rows land at the end of an index. */
export function newId(nowMs: number = Date.now()): string {
  if (used + 10 > pool.length) { randomFillSync(pool); used = 0; }
  const random = pool.subarray(used, used + 10);
  used += 10;
  const time = nowMs.toString(16).padStart(12, "0");
  const tail = random.toString("hex");
  const variant = ((random[2]! & 0x3f) | 0x80).toString(16).padStart(2, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(1, 4)}-${variant}${tail.slice(6, 8)}-${tail.slice(8, 20)}`;
}

/** A secret a browser or a client holds; 256 bits, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString("base64url");
