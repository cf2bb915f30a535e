import { randomBytes, randomFillSync } from "node:crypto";

const pool = Buffer.alloc(4096);
let used = pool.length;

let lastMs = 0;
let count = 0;

/**
 * UUID version 7 (RFC 9562 §5.7): ordered by time, so that new rows land at the end of an index. Within a millisecond
 * twelve bits count up (§6.2, method 1), so that two facts of one transaction keep their order.
 */
export function newId(nowMs: number = Date.now()): string {
  if (used + 10 > pool.length) { randomFillSync(pool); used = 0; }
  const random = pool.subarray(used, used + 10);
  used += 10;
  const time = nowMs.toString(16).padStart(12, "0");
  const tail = random.toString("hex");
  // Begins low, so that thousands fit; after that the millisecond's last ones are in no order.
  count = nowMs === lastMs ? Math.min(count + 1, 0xfff) : random.readUInt16BE(0) & 0x3ff;
  lastMs = nowMs;
  const variant = ((random[2]! & 0x3f) | 0x80).toString(16).padStart(2, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, "0")}-${variant}${tail.slice(6, 8)}-${tail.slice(8, 20)}`;
}

/** A secret a browser or a client holds; 256 bits, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString("base64url");
